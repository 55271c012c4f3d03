//! The way between two stations, with what stands on it as filters of addresses.
//!
//! Walks there and back for one pair of interfaces and keeps what holds for all
//! pairs of the two stations. Uses the walk and the gates; ports are not added
//! up here. The order of ways is that of single answers, which are the
//! reference.

use std::net::IpAddr;

use super::Matrix;
use super::gates::GateId;
use super::reasons::{Assumed, Codes};
use super::station::Stand;
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::{Identity, Way as Direction};
use crate::graph::reach::flow::{End, Outcome};
use crate::graph::reach::walk::{self, Journey, Landing, Walk, What};

/// Ways that are tried where AWS may choose between attachment subnets.
const MAX_CHOICES: usize = 16;

/// All ways that AWS may choose.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Passage {
    pub(super) ways: Vec<Way>,
    pub(super) assumed: Assumed,
}

/// A way there and back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Way {
    pub(super) there: Leg,
    /// Replies: one leg, or two if a NAT gateway is between.
    pub(super) back: Vec<Leg>,
    /// Whose address the destination sees, if traffic lands there.
    pub(super) seen: Option<Role>,
}

/// What holds of a leg whatever filters say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum State {
    Open,
    Doubt,
    Shut,
}

/// A way in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Leg {
    pub(super) state: State,
    /// Why it is shut, or in doubt.
    pub(super) fails: Codes,
    pub(super) doubts: Codes,
    pub(super) filters: Vec<Filter>,
    /// What holds if nothing else was said: it ends nowhere.
    pub(super) silent: Option<(State, Code)>,
    pub(super) identity: Identity,
}

/// Whose address a filter sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Source,
    Destination,
    Other(IpAddr),
}

/// Whose groups filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Source,
    Destination,
    Other(u32),
}

/// A filter on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Filter {
    Groups(Holder, Direction, Role),
    Acl(GateId, Role),
}

/// Which fields of a packet are an end's.
struct Ends {
    source: Stand,
    destination: Stand,
    replies: bool,
}

impl Matrix<'_> {
    /// The way between two interfaces.
    pub(super) fn passage(&self, source: Stand, destination: Stand) -> Passage {
        let mut passage = Passage::default();
        let choices = self.choose(source, destination, 0, &mut passage);
        for choice in 1..choices.min(MAX_CHOICES) {
            self.choose(source, destination, choice, &mut passage);
        }
        passage
    }

    /// Adds the way of one choice; how many choices there are.
    fn choose(
        &self,
        source: Stand,
        destination: Stand,
        choice: usize,
        passage: &mut Passage,
    ) -> usize {
        let Some(from) = self.end(source) else {
            return 0;
        };
        let journey = Journey {
            from: &from,
            source: source.1,
            destination: destination.1,
            meant: Some(destination.0),
            protocol: self.question.traffic.protocol,
            replies: false,
            choice,
        };
        let walked = self.walk(&journey, passage);
        let ends = Ends {
            source,
            destination,
            replies: false,
        };
        let mut there = self.leg(&walked, &ends);
        match walked.landing {
            Landing::Nowhere => there.silent = Some((State::Doubt, Code::NotModelled)),
            Landing::Interface(_) | Landing::Nat(_) => {}
            _ => there.shut(Code::DeliveredElsewhere),
        }
        let (back, choices) = self.back(&walked, &ends, choice, passage);
        let seen = walked.steps.last().map(|step| ends.sender(step.source));
        let lands = matches!(walked.landing, Landing::Interface(_));
        let way = Way {
            there,
            back,
            seen: seen.filter(|_| lands),
        };
        if !passage.ways.contains(&way) {
            passage.ways.push(way);
        }
        walked.choices.max(choices)
    }

    fn end(&self, (row, address): Stand) -> Option<End> {
        let interface = self.network.interfaces.get(row as usize)?;
        Some(End::Interface(interface.node, address))
    }

    fn walk(&self, journey: &Journey<'_>, passage: &mut Passage) -> Walk {
        let walk = walk::bare(self.graph, self.network, journey, self.question.assume);
        let assumed = walk.assumptions.iter().copied().collect();
        passage.assumed = passage.assumed.with(assumed);
        walk
    }

    /// The way of replies, if the traffic lands at an interface.
    fn back(
        &self,
        there: &Walk,
        ends: &Ends,
        choice: usize,
        passage: &mut Passage,
    ) -> (Vec<Leg>, usize) {
        let (source, destination) = (ends.source, ends.destination);
        let (Landing::Interface(row), Some(last)) = (&there.landing, there.steps.last()) else {
            return (Vec::new(), 1);
        };
        let Some(end) = self.end((*row, last.destination)) else {
            return (Vec::new(), 1);
        };
        let ends = Ends {
            source,
            destination,
            replies: true,
        };
        let mut journey = Journey {
            from: &end,
            source: last.destination,
            destination: last.source,
            meant: Some(source.0),
            protocol: self.question.traffic.protocol,
            replies: true,
            choice,
        };
        let Some(nat) = there.translated else {
            let walked = self.walk(&journey, passage);
            let mut leg = self.leg(&walked, &ends);
            match walked.landing {
                Landing::Nowhere => leg.silent = Some((State::Shut, Code::DeliveredElsewhere)),
                Landing::Interface(row) if row == source.0 => {}
                _ => leg.shut(Code::DeliveredElsewhere),
            }
            return (vec![leg], walked.choices);
        };
        journey.meant = None;
        let outer = self.walk(&journey, passage);
        let mut first = self.leg(&outer, &ends);
        if !matches!(outer.landing, Landing::Nat(_)) {
            first.silent = Some((State::Shut, Code::DeliveredElsewhere));
        }
        journey.meant = Some(source.0);
        journey.destination = source.1;
        let assume = self.question.assume;
        let inner = walk::from_nat(self.graph, self.network, nat, &journey, assume);
        let assumed = inner.assumptions.iter().copied().collect();
        passage.assumed = passage.assumed.with(assumed);
        let second = self.leg(&inner, &ends);
        (vec![first, second], outer.choices.max(inner.choices))
    }

    /// What stands on a walk.
    fn leg(&self, walk: &Walk, ends: &Ends) -> Leg {
        let mut leg = Leg {
            state: State::Open,
            fails: Codes::default(),
            doubts: Codes::default(),
            filters: Vec::new(),
            silent: None,
            identity: walk.identity,
        };
        let gates = if ends.replies {
            &self.back
        } else {
            &self.there
        };
        for step in &walk.steps {
            let filter = match &step.what {
                What::Passed | What::Fact(..) => continue,
                What::Fault(fault) => {
                    match fault.outcome {
                        Outcome::Fail => leg.shut(fault.code),
                        Outcome::Unknown => {
                            leg.state = leg.state.max(State::Doubt);
                            leg.doubts = leg.doubts.with(Codes::of(fault.code));
                        }
                        Outcome::Pass | Outcome::Note => {}
                    }
                    continue;
                }
                What::GroupsOut(row) => Filter::Groups(
                    ends.holder(*row),
                    Direction::Out,
                    ends.receiver(step.destination),
                ),
                What::GroupsIn(row) => {
                    Filter::Groups(ends.holder(*row), Direction::In, ends.sender(step.source))
                }
                What::AclOut(row) => match gates.acl(*row, Direction::Out) {
                    Some(gate) => Filter::Acl(gate, ends.receiver(step.destination)),
                    None => continue,
                },
                What::AclIn(row) => match gates.acl(*row, Direction::In) {
                    Some(gate) => Filter::Acl(gate, ends.sender(step.source)),
                    None => continue,
                },
            };
            leg.filters.push(filter);
        }
        leg
    }
}

impl Leg {
    fn shut(&mut self, code: Code) {
        self.state = State::Shut;
        self.fails = self.fails.with(Codes::of(code));
    }
}

impl Ends {
    fn holder(&self, row: u32) -> Holder {
        if row == self.source.0 {
            Holder::Source
        } else if row == self.destination.0 {
            Holder::Destination
        } else {
            Holder::Other(row)
        }
    }

    /// Whose address a packet comes from.
    fn sender(&self, address: IpAddr) -> Role {
        let (own, role) = if self.replies {
            (self.destination.1, Role::Destination)
        } else {
            (self.source.1, Role::Source)
        };
        if address == own {
            role
        } else {
            Role::Other(address)
        }
    }

    /// Whose address a packet goes to.
    fn receiver(&self, address: IpAddr) -> Role {
        let (own, role) = if self.replies {
            (self.source.1, Role::Source)
        } else {
            (self.destination.1, Role::Destination)
        };
        if address == own {
            role
        } else {
            Role::Other(address)
        }
    }
}
