//! Destinations as the internet names them.
//!
//! Who is outside sends to public addresses, of which an interface may have
//! several, also behind its secondary ones. Uses the model and the places;
//! whether traffic gets through is not asked here.

use std::net::IpAddr;

use super::flow::End;
use super::model::{Interface, Network};
use super::place::{Class, Place};

/// The destination as the source names it: by all its public addresses if the
/// source is the internet and it has any, else as it is.
#[must_use]
pub fn as_named_by(network: &Network, from: &Place, to: Place) -> Place {
    let mut ends = from.ends().peekable();
    if ends.peek().is_none() || !ends.all(|end| matches!(end, End::Internet(_))) {
        return to;
    }
    let mut classes = Vec::new();
    for class in to.classes {
        let (public, hidden): (Vec<End>, Vec<End>) = class
            .ends
            .iter()
            .cloned()
            .partition(|end| !outer(network, end).is_empty());
        // Interfaces that are alike inside have addresses of their own outside.
        for end in public {
            classes.extend(outer(network, &end).into_iter().map(|end| Class {
                ends: vec![end],
                count: 1,
                ranges: None,
                only_from: class.only_from,
            }));
        }
        if !hidden.is_empty() {
            let shown = class.ends.len().saturating_sub(hidden.len());
            classes.push(Class {
                count: class.count.saturating_sub(shown as u64),
                ends: hidden,
                ..class
            });
        }
    }
    Place { classes, ..to }
}

/// The public addresses of an interface that is named by a private IPv4 one.
fn outer(network: &Network, end: &End) -> Vec<End> {
    let End::Interface(node, IpAddr::V4(address)) = end else {
        return Vec::new();
    };
    let row = node.row().map(|row| row as usize);
    let interface = row.and_then(|row| network.interfaces.get(row));
    let is_own = |interface: &&Interface| interface.addresses.contains(&IpAddr::V4(*address));
    interface
        .filter(is_own)
        .into_iter()
        .flat_map(|interface| &interface.public)
        .map(|(public, _)| End::Interface(*node, *public))
        .collect()
}
