//! The answer about two places: all pairs of their ends, taken together.
//!
//! One flow for each pair of classes, in order, and what they amount to. Uses
//! the evaluation of single flows; how an answer is shown is not decided here.

use rayon::prelude::*;

use super::flow::{Assume, End, Flow, Traffic, Verdict};
use super::outside;
use super::place::{Place, one_family};
use crate::graph::Graph;
use crate::graph::ports::Ports;

/// Pairs of classes that one answer looks at.
pub const MAX_PAIRS: usize = 2500;

/// The answer to one question.
#[derive(Debug)]
pub struct Answer {
    /// Where traffic begins.
    pub from: Place,
    /// Where it is meant for.
    pub to: Place,
    /// What is sent.
    pub traffic: Traffic,
    /// What all pairs amount to.
    pub verdict: Verdict,
    /// Ports by what becomes of them over all pairs.
    pub ports: Across,
    /// The pairs, by source and then by destination.
    pub pairs: Vec<Pair>,
    /// Pairs that were not looked at, because there are too many.
    pub left_out: u64,
}

/// One pair of classes.
#[derive(Debug)]
pub struct Pair {
    /// Position among the classes of the source.
    pub from: usize,
    /// Position among the classes of the destination.
    pub to: usize,
    /// What becomes of traffic between one end of each.
    pub flow: Flow,
}

/// Ports over several pairs; the four do not overlap and make up what was
/// asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Across {
    /// They pass between all pairs.
    pub open: Ports,
    /// They pass between some pairs.
    pub partly: Ports,
    /// They pass between no pair for sure, and perhaps between some.
    pub unknown: Ports,
    /// They pass between no pair.
    pub blocked: Ports,
}

/// There is nothing to ask: both places are one interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SamePlace;

/// Answers for all ends of two places.
///
/// # Errors
/// Both places are the same single interface.
pub fn answer(
    graph: &Graph,
    mut from: Place,
    mut to: Place,
    traffic: Traffic,
    assume: Assume,
) -> Result<Answer, SamePlace> {
    to = outside::as_named_by(graph.network(), &from, to);
    one_family(&mut from, &mut to);
    let mut wanted = wanted(graph, &from, &to);
    if wanted.is_empty() && !from.classes.is_empty() && !to.classes.is_empty() {
        return Err(SamePlace);
    }
    let left_out = wanted.len().saturating_sub(MAX_PAIRS);
    wanted.truncate(MAX_PAIRS);
    let network = graph.network();
    let pairs: Vec<Pair> = wanted
        .into_par_iter()
        .map(|(one, other, source, destination)| Pair {
            from: one,
            to: other,
            flow: network.flow(graph, &source, &destination, &traffic, assume),
        })
        .collect();
    let verdict = together(&from, &to, &pairs, left_out > 0);
    let ports = across(&traffic.ports, &pairs);
    Ok(Answer {
        verdict,
        ports,
        pairs,
        left_out: left_out as u64,
        from,
        to,
        traffic,
    })
}

/// Positions of the classes of each pair, with one end of each.
fn wanted(graph: &Graph, from: &Place, to: &Place) -> Vec<(usize, usize, End, End)> {
    let mut wanted = Vec::new();
    for (one, source) in from.classes.iter().enumerate() {
        let vpc = source
            .ends
            .first()
            .and_then(|end| graph.network().vpc_of(end));
        for (other, destination) in to.classes.iter().enumerate() {
            if destination.only_from.is_some() && destination.only_from != vpc {
                continue;
            }
            if let Some((source, destination)) = source.pair(destination) {
                let destination = as_seen(graph, source, destination);
                wanted.push((one, other, source.clone(), destination));
            }
        }
    }
    wanted
}

/// A destination by the address that the source uses: from the internet, an
/// interface is known by its public address.
fn as_seen(graph: &Graph, source: &End, destination: &End) -> End {
    let network = graph.network();
    if let (End::Internet(_), End::Interface(node, address)) = (source, destination) {
        let vpc = network.vpc_of(destination);
        if let Some(public) = vpc.and_then(|vpc| network.public_of(vpc, *address)) {
            return End::Interface(*node, public);
        }
    }
    destination.clone()
}

/// What all pairs amount to. Some that pass and some that do not are `partial`
/// whatever else there is; otherwise one that is not known leaves all unknown.
fn together(from: &Place, to: &Place, pairs: &[Pair], cut: bool) -> Verdict {
    let of = |wanted: &[Verdict]| pairs.iter().any(|pair| wanted.contains(&pair.flow.verdict));
    let unseen =
        |place: &Place| !place.needs.is_empty() || place.unlisted.is_some() || place.left_out > 0;
    let some = of(&[Verdict::Reachable, Verdict::Partial]);
    let not = of(&[Verdict::Blocked, Verdict::Partial]) || to.names.contains(&Verdict::Blocked);
    let doubt = of(&[Verdict::Unknown])
        || to.names.contains(&Verdict::Unknown)
        || unseen(from)
        || unseen(to)
        || cut;
    match (some, not, doubt) {
        (true, true, _) => Verdict::Partial,
        (_, _, true) | (false, false, false) => Verdict::Unknown,
        (true, false, false) => Verdict::Reachable,
        (false, true, false) => Verdict::Blocked,
    }
}

fn across(asked: &Ports, pairs: &[Pair]) -> Across {
    let mut flows = pairs.iter().map(|pair| &pair.flow.ports);
    let Some(first) = flows.next() else {
        return Across {
            unknown: asked.clone(),
            ..Across::default()
        };
    };
    let (mut all, mut some, mut none) = (
        first.open.clone(),
        first.open.clone(),
        first.blocked.clone(),
    );
    for ports in flows {
        all = all.intersection(&ports.open);
        some = some.union(&ports.open);
        none = none.intersection(&ports.blocked);
    }
    Across {
        partly: some.difference(&all),
        unknown: asked.difference(&some).difference(&none),
        open: all,
        blocked: none,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::graph::admission::Need;
    use crate::graph::reach::flow::{Protocol, Split};

    fn pair(verdict: Verdict, open: Ports, blocked: Ports) -> Pair {
        let end = End::Internet("8.8.8.8".parse().unwrap());
        Pair {
            from: 0,
            to: 0,
            flow: Flow {
                from: end.clone(),
                to: end,
                traffic: Traffic::new(Protocol::Tcp, Ports::range(1, 9)),
                verdict,
                there: verdict,
                ports: Split {
                    open,
                    blocked,
                    unknown: Ports::default(),
                },
                client_ports: Split::default(),
                forward: Vec::new(),
                back: Vec::new(),
                assumptions: BTreeSet::new(),
            },
        }
    }

    fn of(verdicts: &[Verdict], from: &Place) -> Verdict {
        let pairs: Vec<Pair> = verdicts
            .iter()
            .map(|verdict| pair(*verdict, Ports::default(), Ports::default()))
            .collect();
        together(from, &Place::default(), &pairs, false)
    }

    #[test]
    fn what_is_not_known_is_never_taken_for_the_rest() {
        use Verdict::{Blocked, Partial, Reachable, Unknown};
        let whole = Place::default();
        let holey = Place {
            needs: vec![Need::Sense("x".to_owned())],
            ..Place::default()
        };
        assert_eq!(of(&[Reachable, Reachable], &whole), Reachable);
        assert_eq!(of(&[Reachable, Reachable], &holey), Unknown);
        assert_eq!(of(&[Reachable, Unknown], &whole), Unknown);
        assert_eq!(of(&[Reachable, Blocked, Unknown], &whole), Partial);
        assert_eq!(of(&[Reachable, Blocked], &holey), Partial);
        assert_eq!(of(&[Partial], &whole), Partial);
        assert_eq!(of(&[Blocked, Unknown], &whole), Unknown);
        assert_eq!(of(&[Blocked], &holey), Unknown);
        assert_eq!(of(&[Blocked], &whole), Blocked);
        assert_eq!(of(&[], &whole), Unknown);
    }

    #[test]
    fn ports_are_split_over_all_pairs() {
        let asked = Ports::range(1, 9);
        let pairs = [
            pair(Verdict::Partial, Ports::range(1, 4), Ports::range(6, 9)),
            pair(Verdict::Partial, Ports::range(3, 5), Ports::range(7, 9)),
        ];
        let across = across(&asked, &pairs);
        assert_eq!(across.open, Ports::range(3, 4));
        assert_eq!(across.partly.to_string(), "1-2, 5");
        assert_eq!(across.unknown, Ports::range(6, 6));
        assert_eq!(across.blocked, Ports::range(7, 9));
    }
}
