//! What differs between clouds: where a resource must have been listed, and
//! which clouds were given at all.
//!
//! Answers from the snapshot and its ledger; judges nothing.

use super::coverage::Listing;
use super::{Graph, Node};
use crate::snapshot::arm;
use crate::snapshot::ledger::{Scope, cloud_of};
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Cloud;

impl Graph {
    /// Whether anything of a cloud was given: a resource, or word of a call.
    pub fn is_given(&self, cloud: Cloud) -> bool {
        let mut kinds = Kind::ALL.iter();
        let mut calls = self.snapshot.ledger.iter();
        kinds.any(|kind| kind.spec().cloud() == cloud && self.nodes(*kind).len() > 0)
            || calls.any(|(_, (service, _), _)| cloud_of(service) == cloud)
    }

    /// The clouds of which nothing was given although something of another was:
    /// nobody asks about them.
    pub fn clouds_aside(&self) -> Vec<Cloud> {
        let (given, aside): (Vec<Cloud>, Vec<Cloud>) =
            Cloud::ALL.iter().partition(|cloud| self.is_given(**cloud));
        if given.is_empty() { Vec::new() } else { aside }
    }

    /// How much of its kind was listed where a resource must be that is named
    /// and not in the snapshot: in the subscription of its id, else where it was
    /// named.
    pub fn home_listing(&self, node: Node) -> Listing {
        match self.subscription(node) {
            Some(account) => {
                let region = "global".to_owned();
                let scope = Scope { account, region };
                self.coverage.listing_at(&self.snapshot, node.kind, &scope)
            }
            None => self.listing(node.kind, node),
        }
    }

    /// The subscription in the id of a resource of Azure that is not in the
    /// snapshot.
    pub(super) fn subscription(&self, node: Node) -> Option<String> {
        let gap = self.gap(node)?;
        arm::subscription(self.snapshot.symbols.text(gap.id.symbol()?))
    }
}
