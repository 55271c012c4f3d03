//! Security groups of things that are not interfaces.
//!
//! Load balancers, resource gateways and service network associations carry
//! groups of their own; they are kept as an interface keeps its. Uses the
//! graph; decides nothing.

use super::Interface;
use crate::graph::{Entry, Node, Target};
use crate::snapshot::column::Presence;

/// Security groups, by row.
#[derive(Debug, Clone, Default)]
pub struct Members {
    /// The field that names them.
    pub field: &'static str,
    /// Rows, sorted; `None` stands for one that is not in the snapshot.
    pub rows: Vec<Option<u32>>,
    /// Ids of those that are not.
    pub strangers: Vec<String>,
    /// Whether the list was seen. One that the API leaves out when it is empty
    /// is seen when it is absent.
    pub seen: bool,
}

impl Members {
    /// An interface with these groups in a VPC: what asks groups about traffic
    /// asks interfaces.
    pub fn as_interface(&self, node: Node, vpc: Option<u32>, subnet: Option<u32>) -> Interface {
        Interface {
            node,
            vpc,
            subnet,
            addresses: Vec::new(),
            addresses_seen: true,
            prefixes: Vec::new(),
            public: Vec::new(),
            groups: self.rows.clone(),
            strangers: self.strangers.clone(),
            groups_seen: self.seen,
            source_dest_check: None,
            kind: String::new(),
            status: None,
            instance: None,
            endpoint: None,
        }
    }
}

/// Reads a list of references to groups; `always` where the API never leaves it
/// out.
pub(super) fn members(entry: Option<Entry<'_>>, field: &'static str, always: bool) -> Members {
    let presence = entry.map_or(Presence::Unknown, |entry| entry.presence(field));
    let mut members = Members {
        field,
        seen: presence == Presence::Present || (!always && presence == Presence::Absent),
        ..Members::default()
    };
    for target in entry.iter().flat_map(|entry| entry.targets(field)) {
        match target {
            Target::Here(node) => members.rows.push(node.row()),
            Target::Elsewhere(id) => {
                members.rows.push(None);
                members.strangers.push(id);
            }
            Target::Nothing => members.rows.push(None),
        }
    }
    members.rows.sort_unstable();
    members.rows.dedup();
    members
}
