//! The ends that an intent names.
//!
//! Turns selectors into places of the graph, and says why where there is none.
//! May use the graph; nothing is asked about traffic here.

use super::Selector;
use crate::findings::{Reason, ReasonCode};
use crate::graph::reach::place::{Finder, NoPlace, Place};
use crate::graph::{Graph, Node};
use crate::rules::calls;

/// Resources that one selector by tags may pick; more are said to be left out.
const MAX_TAGGED: usize = 256;

/// A place and how messages call it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) label: String,
    pub(super) place: Place,
}

/// Where traffic begins. What names nothing becomes a reason.
pub(super) fn sources(
    graph: &Graph,
    finder: &Finder<'_>,
    selectors: &[Selector],
    reasons: &mut Vec<Reason>,
) -> Vec<Asked> {
    find(graph, selectors, reasons, &|text| finder.source(text))
}

/// Where it ends, for one source.
pub(super) fn destinations(
    graph: &Graph,
    finder: &Finder<'_>,
    selectors: &[Selector],
    source: &Asked,
    reasons: &mut Vec<Reason>,
) -> Vec<Asked> {
    find(graph, selectors, reasons, &|text| {
        finder.destination(text, &source.place)
    })
}

fn find(
    graph: &Graph,
    selectors: &[Selector],
    reasons: &mut Vec<Reason>,
    read: &dyn Fn(&str) -> Result<Place, NoPlace>,
) -> Vec<Asked> {
    let mut found = Vec::new();
    for selector in selectors {
        let texts = match selector {
            Selector::Place(text) => vec![text.clone()],
            Selector::Tagged { kind, tags } => {
                let nodes = graph
                    .nodes(*kind)
                    .filter(|node| has_tags(graph, *node, tags));
                let mut ids: Vec<String> = nodes.map(|node| graph.id(node)).collect();
                for (scope, listing) in graph.unlisted(*kind) {
                    reasons.push(calls::unlisted(*kind, &scope, listing));
                }
                if ids.is_empty() {
                    reasons.push(not_here(format!("any {}", selector.shown())));
                }
                if ids.len() > MAX_TAGGED {
                    reasons.push(calls::sense(format!(
                        "{} of {} resources, which are too many: {}",
                        ids.len() - MAX_TAGGED,
                        ids.len(),
                        selector.shown()
                    )));
                    ids.truncate(MAX_TAGGED);
                }
                ids
            }
        };
        for text in texts {
            match read(&text) {
                Ok(place) => found.push(Asked { label: text, place }),
                Err(NoPlace { message, help }) => {
                    reasons.push(not_here(format!("{message}; {help}")));
                }
            }
        }
    }
    found
}

fn has_tags(graph: &Graph, node: Node, tags: &[(String, String)]) -> bool {
    tags.iter()
        .all(|(key, value)| graph.tag(node, key) == Some(value.as_str()))
}

/// Both places by family of addresses, where they have one in common: what is
/// closed for IPv4 may be open for IPv6. Without one in common as they are.
pub(super) fn families(from: &Place, to: &Place) -> Vec<(Place, Place)> {
    let of = |place: &Place, v6: bool| {
        let mut part = place.clone();
        part.classes.retain(|class| class.is_v6() == Some(v6));
        part
    };
    let pairs = [false, true].map(|v6| (of(from, v6), of(to, v6)));
    let both: Vec<(Place, Place)> = pairs
        .into_iter()
        .filter(|(from, to)| !from.classes.is_empty() && !to.classes.is_empty())
        .collect();
    if both.is_empty() {
        vec![(from.clone(), to.clone())]
    } else {
        both
    }
}

/// Something that the snapshot does not hold.
pub(super) fn not_here(what: String) -> Reason {
    Reason {
        code: ReasonCode::NotInThisSource,
        what,
        call: None,
        action: None,
    }
}

/// What was not seen of a place, so that more may belong to it.
pub(super) fn doubts(graph: &Graph, place: &Place, reasons: &mut Vec<Reason>) {
    let needs = place.needs.iter();
    reasons.extend(needs.map(|need| calls::reason(graph, need)));
    if let Some(kind) = place.unlisted {
        for (scope, listing) in graph.unlisted(kind) {
            reasons.push(calls::unlisted(kind, &scope, listing));
        }
    }
    if place.left_out > 0 {
        reasons.push(calls::sense(format!(
            "{} classes of ends of {}, which are too many to look at",
            place.left_out, place.text
        )));
    }
}
