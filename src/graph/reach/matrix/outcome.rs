//! What becomes of traffic between a class and a target.
//!
//! Ports and verdict of one pair, of several ways, and of several interfaces
//! behind one name. Plain values with the arithmetic of single answers; how
//! ports come about is decided elsewhere.

use super::reasons::Codes;
use crate::graph::ports::Ports;
use crate::graph::reach::flow::{Admitted, Verdict};
use crate::graph::reach::verdict;

/// What becomes of traffic. Ports that are in none of the sets are blocked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Ports that pass, to all interfaces.
    pub open: Ports,
    /// Ports that pass to some of the interfaces.
    pub partly: Ports,
    /// Ports that perhaps pass.
    pub unknown: Ports,
    /// Why ports are blocked.
    pub fails: Codes,
    /// Why it is not known whether ports pass.
    pub doubts: Codes,
    /// Verdicts of the interfaces: some pass, some do not, some are unknown.
    seen: (bool, bool, bool),
}

/// A way there and back.
#[derive(Debug)]
pub(super) struct Both<'a> {
    pub(super) there: &'a Admitted,
    pub(super) back: &'a Admitted,
    /// Whether what passes there does so only sometimes.
    pub(super) sometimes: bool,
    /// Whether only some connections get replies.
    pub(super) in_part: bool,
    /// The ICMP request that is answered, if ICMP is asked about.
    pub(super) echo: Option<&'a Ports>,
}

const fn seen(verdict: Verdict) -> (bool, bool, bool) {
    match verdict {
        Verdict::Reachable => (true, false, false),
        Verdict::Partial => (true, true, false),
        Verdict::Blocked => (false, true, false),
        Verdict::Unknown => (false, false, true),
    }
}

impl Outcome {
    /// One way: what passes there, and whether replies come back.
    pub(super) fn of(
        asked: (&Ports, &Ports),
        way: &Both<'_>,
        (fails, doubts): (Codes, Codes),
    ) -> Self {
        let replies = verdict::split(asked.1, &way.back.open, &way.back.unknown);
        let ports = verdict::split(asked.0, &way.there.open, &way.there.unknown);
        let (ports, verdict) = if let Some(echo) = way.echo {
            let ports = verdict::ports_with_echo(ports, echo, &replies);
            let verdict = verdict::verdict(asked.0, &ports.open, &ports.unknown);
            (ports, verdict)
        } else {
            let mut there = verdict::verdict(asked.0, &way.there.open, &way.there.unknown);
            if way.sometimes && there == Verdict::Reachable {
                there = Verdict::Partial;
            }
            let verdict = verdict::with_replies(there, &replies);
            (verdict::ports_with(ports, &replies), verdict)
        };
        let verdict = match verdict {
            Verdict::Reachable if way.in_part => Verdict::Partial,
            verdict => verdict,
        };
        Self {
            verdict,
            open: ports.open,
            partly: Ports::default(),
            unknown: ports.unknown,
            fails,
            doubts,
            seen: seen(verdict),
        }
    }

    /// All ports alike, for one reason.
    pub(super) fn all(asked: &Ports, verdict: Verdict, codes: Codes) -> Self {
        let unknown = verdict == Verdict::Unknown;
        Self {
            verdict,
            open: Ports::default(),
            partly: Ports::default(),
            unknown: if unknown {
                asked.clone()
            } else {
                Ports::default()
            },
            fails: if unknown { Codes::default() } else { codes },
            doubts: if unknown { codes } else { Codes::default() },
            seen: seen(verdict),
        }
    }

    /// Ports that do not pass.
    pub fn blocked(&self, asked: &Ports) -> Ports {
        asked
            .difference(&self.open)
            .difference(&self.partly)
            .difference(&self.unknown)
    }

    /// What holds for two ways of which AWS picks one.
    pub(super) fn either_way(&self, other: &Self, asked: &Ports) -> Self {
        let open = self.open.intersection(&other.open);
        let blocked = self.blocked(asked).intersection(&other.blocked(asked));
        let verdict = match (self.verdict, other.verdict) {
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            (one, other) if one == other => one,
            _ => Verdict::Partial,
        };
        Self {
            verdict,
            unknown: asked.difference(&open).difference(&blocked),
            open,
            partly: Ports::default(),
            fails: self.fails.with(other.fails),
            doubts: self.doubts.with(other.doubts),
            seen: seen(verdict),
        }
    }

    /// What holds for two interfaces of one target: open is what both let
    /// through, some that pass and some that do not are partial, and otherwise
    /// one that is not known leaves all unknown.
    pub(super) fn together(&self, other: &Self, asked: &Ports) -> Self {
        let some = |outcome: &Self| outcome.open.clone().union(&outcome.partly);
        let open = self.open.intersection(&other.open);
        let some = some(self).union(&some(other));
        let none = self.blocked(asked).intersection(&other.blocked(asked));
        let (one, two) = (self.seen, other.seen);
        let seen = (one.0 || two.0, one.1 || two.1, one.2 || two.2);
        Self {
            verdict: match seen {
                (true, true, _) => Verdict::Partial,
                (_, _, true) | (false, false, false) => Verdict::Unknown,
                (true, false, false) => Verdict::Reachable,
                (false, true, false) => Verdict::Blocked,
            },
            partly: some.difference(&open),
            unknown: asked.difference(&some).difference(&none),
            open,
            fails: self.fails.with(other.fails),
            doubts: self.doubts.with(other.doubts),
            seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(open: Ports, unknown: Ports) -> Outcome {
        let asked = Ports::range(1, 9);
        let there = Admitted { open, unknown };
        let all = Admitted {
            open: asked.clone(),
            unknown: Ports::default(),
        };
        let codes = (Codes::default(), Codes::default());
        let way = Both {
            there: &there,
            back: &all,
            sometimes: false,
            in_part: false,
            echo: None,
        };
        Outcome::of((&asked, &asked), &way, codes)
    }

    #[test]
    fn interfaces_together_are_as_open_as_the_least_open() {
        let asked = Ports::range(1, 9);
        let one = outcome(Ports::range(1, 4), Ports::default());
        let other = outcome(Ports::range(3, 5), Ports::range(6, 6));
        let both = one.together(&other, &asked);
        assert_eq!(both.open, Ports::range(3, 4));
        assert_eq!(both.partly.to_string(), "1-2, 5");
        assert_eq!(both.unknown, Ports::range(6, 6));
        assert_eq!(both.blocked(&asked), Ports::range(7, 9));
        assert_eq!(both.verdict, Verdict::Partial);
        let open = outcome(asked.clone(), Ports::default());
        let unknown = outcome(Ports::default(), asked.clone());
        let blocked = outcome(Ports::default(), Ports::default());
        let verdict = |outcomes: &[&Outcome]| {
            let first = outcomes[0].clone();
            let rest = outcomes[1..].iter();
            rest.fold(first, |all, one| all.together(one, &asked))
                .verdict
        };
        assert_eq!(verdict(&[&open, &unknown]), Verdict::Unknown);
        assert_eq!(verdict(&[&open, &unknown, &blocked]), Verdict::Partial);
        assert_eq!(verdict(&[&blocked, &unknown]), Verdict::Unknown);
        assert_eq!(verdict(&[&blocked, &blocked]), Verdict::Blocked);
    }
}
