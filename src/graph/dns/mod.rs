//! What does a name resolve to inside a VPC: Route 53 Resolver, offline.
//!
//! [`resolve`] asks the resolver of a VPC for one name and says, step by step,
//! who answered and by which line of which file. Uses the graph and the types
//! of reachability; knows neither rules nor reports. What the snapshot does not
//! show makes an answer unknown, also where something less specific was found.

mod answer;
mod choose;
mod endpoint;
mod follow;
mod forward;
mod hidden;
mod hints;
mod index;
mod instance;
mod name;
mod outside;
mod profile;
mod public;
mod question;
mod view;
mod walk;
mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub use answer::{Address, Failure, RecordType, Resolution, Step, Verdict};
pub use name::{BadName, Name};
pub use question::{Open, duplicates, endpoint_names, leads_to, private_names, sees_zone};

pub(super) use index::Index;

use super::{Graph, Node};

/// Answers of public DNS that somebody looked up, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    names: BTreeMap<Name, BTreeSet<IpAddr>>,
}

impl Given {
    /// Adds the answers for a name; several times add up.
    pub fn insert(&mut self, name: Name, addresses: impl IntoIterator<Item = IpAddr>) {
        self.names.entry(name).or_default().extend(addresses);
    }

    /// The answers for a name, if they were given.
    fn of(&self, name: &Name) -> Option<&BTreeSet<IpAddr>> {
        self.names.get(name)
    }
}

/// Resolves a name as an interface of the VPC would, with what the snapshot
/// shows and nothing else.
pub fn resolve(graph: &Graph, vpc: Node, name: &Name, kind: RecordType) -> Resolution {
    let given = Given::default();
    walk::Walk::new(graph, &given, kind).run(vpc, name)
}

/// Resolves a name as an interface of the VPC would. Where public DNS decides,
/// what was given stands for it; where the name does not resolve, the last steps
/// say what could have answered and does not.
pub fn resolve_with(
    graph: &Graph,
    vpc: Node,
    name: &Name,
    kind: RecordType,
    given: &Given,
) -> Resolution {
    let mut found = walk::Walk::new(graph, given, kind).run(vpc, name);
    hints::add(graph, &mut found);
    found
}
