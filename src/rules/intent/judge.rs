//! Whether a network is as its intents want it.
//!
//! Asks the graph about each pair of places and says what it amounts to. May
//! use the graph, and the evidence of paths; a verdict rests on flows alone,
//! and what was not seen is unknown, never a pass.

use rayon::prelude::*;

use super::names::{self, Led};
use super::places::{self, Asked};
use super::search;
use super::{Expect, Intent, Question, Selector};
use crate::findings::{Reason, Verdict};
use crate::graph::Graph;
use crate::graph::reach::answer::{self, Answer};
use crate::graph::reach::flow::{Assume, Flow, Outcome, Traffic, Verdict as Reach};
use crate::graph::reach::place::{Finder, Place};
use crate::rules::expression::trace::Read;
use crate::rules::{calls, paths};

/// Ways that the facts of one finding tell; the rest is counted.
const SHOWN: usize = 6;

/// What became of an intent, or of one path of a scope.
#[derive(Debug)]
pub(super) struct Ruling {
    pub(super) verdict: Verdict,
    pub(super) message: String,
    /// Tells it from other rulings about the same intent.
    pub(super) about: String,
    /// Ways: what they are, and what became of them.
    pub(super) ways: Vec<(String, String)>,
    /// The values that decided.
    pub(super) reads: Vec<Read>,
    pub(super) reasons: Vec<Reason>,
}

/// Judges one intent. A scope may have several findings.
fn judge(graph: &Graph, finder: &Finder<'_>, intent: &Intent) -> Vec<Ruling> {
    match &intent.question {
        Question::Ways {
            from,
            to,
            traffic,
            resolve,
        } => {
            let resolve = resolve.as_deref();
            vec![ways(graph, finder, intent, (from, to), traffic, resolve)]
        }
        Question::Scope(scope) => search::search(graph, intent, scope),
    }
}

/// All answers about an intent.
#[derive(Default)]
struct Seen {
    answers: Vec<Answer>,
    reasons: Vec<Reason>,
    /// Why a name does not lead where it should, with the evidence.
    astray: Vec<(String, Vec<Read>)>,
}

fn ways(
    graph: &Graph,
    finder: &Finder<'_>,
    intent: &Intent,
    (from, to): (&[Selector], &[Selector]),
    traffic: &[Traffic],
    resolve: Option<&str>,
) -> Ruling {
    let mut seen = Seen::default();
    let sources = places::sources(graph, finder, from, &mut seen.reasons);
    for source in &sources {
        let ends = places::destinations(graph, finder, to, source, &mut seen.reasons);
        if let Some(name) = resolve {
            let wanted: Vec<&Place> = ends.iter().map(|end| &end.place).collect();
            for led in names::leads(graph, name, &source.place, &wanted) {
                match led {
                    Led::There => {}
                    Led::Astray(why, reads) => seen.astray.push((why, reads)),
                    Led::Unknown(reasons) => seen.reasons.extend(reasons),
                }
            }
        }
        for Asked { label, place } in ends {
            // What must be reached is reached by IPv4 where both sides have it.
            let families = match intent.expect {
                Expect::MustReach => vec![(source.place.clone(), place)],
                Expect::MustNotReach => places::families(&source.place, &place),
            };
            for (from, to) in families {
                for traffic in traffic {
                    let (from, to) = (from.clone(), to.clone());
                    match answer::answer(graph, from, to, traffic.clone(), Assume::default()) {
                        Ok(answer) => seen.answers.push(answer),
                        Err(answer::SamePlace) => seen.reasons.push(calls::sense(format!(
                            "traffic from {} to {label}, which is the same interface",
                            source.label
                        ))),
                    }
                }
            }
        }
    }
    seen.doubts(graph);
    let from = shown(from);
    let to = shown(to);
    ruling(graph, intent, &from, &to, traffic, seen)
}

fn shown(selectors: &[Selector]) -> String {
    let names: Vec<String> = selectors.iter().map(Selector::shown).collect();
    names.join(", ")
}

impl Seen {
    /// What was not seen of places and flows.
    fn doubts(&mut self, graph: &Graph) {
        for answer in &self.answers {
            for place in [&answer.from, &answer.to] {
                places::doubts(graph, place, &mut self.reasons);
            }
            if answer.left_out > 0 {
                self.reasons.push(calls::sense(format!(
                    "{} pairs of ends that are too many to look at; name smaller places",
                    answer.left_out
                )));
            }
            for pair in &answer.pairs {
                if pair.flow.verdict == Reach::Unknown || pair.flow.there == Reach::Unknown {
                    let needs = paths::needs(&pair.flow);
                    self.reasons
                        .extend(needs.iter().map(|need| calls::reason(graph, need)));
                }
            }
            let steps = answer.to.checks.iter();
            for check in steps.filter(|check| check.outcome == Outcome::Unknown) {
                let needs = check.needs.iter();
                self.reasons
                    .extend(needs.map(|need| calls::reason(graph, need)));
            }
        }
        self.reasons.sort();
        self.reasons.dedup();
    }

    fn flows(&self) -> impl Iterator<Item = &Flow> {
        let pairs = self.answers.iter().flat_map(|answer| &answer.pairs);
        pairs.map(|pair| &pair.flow)
    }
}

/// Whether one flow is other than it must be: proven, or not known. For what
/// must not reach, one way is enough: a packet that arrives has arrived, also
/// if no reply comes back.
fn broken(expect: Expect, flow: &Flow) -> Option<bool> {
    let (verdict, bad) = match expect {
        Expect::MustReach => (flow.verdict, [Reach::Blocked, Reach::Partial]),
        Expect::MustNotReach => (flow.there, [Reach::Reachable, Reach::Partial]),
    };
    match verdict {
        Reach::Unknown => None,
        verdict => Some(bad.contains(&verdict)),
    }
}

fn ruling(
    graph: &Graph,
    intent: &Intent,
    from: &str,
    to: &str,
    traffic: &[Traffic],
    seen: Seen,
) -> Ruling {
    let asked: Vec<String> = traffic.iter().map(paths::shown_traffic).collect();
    let asked = asked.join(", ");
    let total = seen.flows().count();
    let wrong: Vec<&Flow> = seen
        .flows()
        .filter(|flow| broken(intent.expect, flow) == Some(true))
        .collect();
    let doubtful = !seen.reasons.is_empty()
        || total == 0
        || seen
            .flows()
            .any(|flow| broken(intent.expect, flow).is_none());
    let unresolved = seen
        .answers
        .iter()
        .flat_map(|answer| &answer.to.checks)
        .any(|check| check.outcome == Outcome::Fail);
    // A name that leads nowhere is a failure where something must be reached,
    // and nothing that proves anything where it must not.
    let astray = intent.expect == Expect::MustReach && (unresolved || !seen.astray.is_empty());
    let verdict = if !wrong.is_empty() || astray {
        Verdict::Fail
    } else if doubtful {
        Verdict::Unknown
    } else {
        Verdict::Pass
    };
    let name = &intent.name;
    let message = match (verdict, intent.expect) {
        (Verdict::Fail, Expect::MustReach) => {
            let mut why = Vec::new();
            if !wrong.is_empty() {
                why.push(format!("{} of {total} ways are blocked", wrong.len()));
                why.extend(first_blockers(graph, &wrong));
            }
            why.extend(seen.astray.first().map(|(why, _)| why.clone()));
            if unresolved && seen.astray.is_empty() {
                why.push("the name does not resolve".to_owned());
            }
            format!(
                "{name}: {from} must reach {to} on {asked} and does not: {}",
                why.join("; ")
            )
        }
        (Verdict::Fail, Expect::MustNotReach) => format!(
            "{name}: {from} must not reach {to} on {asked} and does: {} of {total} ways are open",
            wrong.len()
        ),
        (Verdict::Pass, Expect::MustReach) => {
            format!("{name}: {from} reaches {to} on {asked}")
        }
        (Verdict::Pass, _) => format!("{name}: {from} does not reach {to} on {asked}"),
        _ => format!("{name}: whether {from} reaches {to} on {asked} cannot be decided"),
    };
    let mut told: Vec<&Flow> = if verdict == Verdict::Fail {
        wrong
    } else {
        seen.flows().collect()
    };
    told.truncate(SHOWN);
    let mut reads: Vec<Read> = seen
        .astray
        .iter()
        .take(SHOWN)
        .flat_map(|(_, reads)| reads.iter().cloned())
        .collect();
    for flow in &told {
        reads.extend(match intent.expect {
            Expect::MustNotReach if verdict == Verdict::Fail => paths::passing(flow),
            _ => paths::deciding(flow),
        });
    }
    Ruling {
        verdict,
        message: with_reason(message, intent, verdict),
        about: String::new(),
        ways: told.iter().map(|flow| way(graph, flow)).collect(),
        reads,
        reasons: if verdict == Verdict::Unknown {
            seen.reasons
        } else {
            Vec::new()
        },
    }
}

/// The message of a failure says why somebody wants it otherwise.
pub(super) fn with_reason(message: String, intent: &Intent, verdict: Verdict) -> String {
    match &intent.reason {
        Some(reason) if verdict == Verdict::Fail => format!("{message}. Wanted because: {reason}"),
        _ => message,
    }
}

/// What blocks the first of several flows.
fn first_blockers(graph: &Graph, flows: &[&Flow]) -> Option<String> {
    let blockers = paths::blockers(graph, flows.first()?);
    (!blockers.is_empty()).then(|| blockers.join(", "))
}

/// A flow in words: from where to where, and what became of it.
pub(super) fn way(graph: &Graph, flow: &Flow) -> (String, String) {
    let mut became = flow.verdict.name().to_owned();
    if flow.verdict == Reach::Partial {
        became = format!(
            "partial: open {}, blocked {}",
            flow.ports.open, flow.ports.blocked
        );
    }
    if flow.verdict == Reach::Blocked && flow.there == Reach::Reachable {
        "arrives, and no reply comes back".clone_into(&mut became);
    }
    let components = paths::components(graph, flow);
    if !components.is_empty() {
        became = format!("{became} ({})", components.join(" > "));
    }
    let ends = format!(
        "{} to {} on {}",
        paths::shown_end(graph, &flow.from),
        paths::shown_end(graph, &flow.to),
        paths::shown_traffic(&flow.traffic)
    );
    (ends, became)
}

/// Judges all, in their order; in parallel, and the result does not show it.
pub(super) fn all(graph: &Graph, intents: &[Intent]) -> Vec<Vec<Ruling>> {
    if intents.is_empty() {
        return Vec::new();
    }
    let finder = Finder::new(graph);
    intents
        .par_iter()
        .map(|intent| judge(graph, &finder, intent))
        .collect()
}
