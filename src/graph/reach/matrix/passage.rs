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
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::{Identity, Way as Direction};
use crate::graph::reach::flow::{End, Outcome};
use crate::graph::reach::judge;
use crate::graph::reach::walk::{self, Journey, Landing, Memory, Step, Walk, What};

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
    /// Replies: none if nothing lands, else one leg, or two if a NAT gateway is
    /// between.
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

/// What a leg carries, and so what is asked of its filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Load {
    /// The traffic.
    Traffic,
    /// Replies to the client.
    Replies,
    /// Replies to a NAT gateway, which has ports of its own.
    NatReplies,
}

/// A way in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Leg {
    pub(super) load: Load,
    pub(super) state: State,
    /// Why it is shut, or in doubt.
    pub(super) fails: Codes,
    pub(super) doubts: Codes,
    pub(super) filters: Vec<Filter>,
    /// What holds if nothing else was said: it ends nowhere.
    pub(super) silent: Option<(State, Code)>,
}

/// Whose address a filter sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Source,
    Destination,
    Other(IpAddr),
}

/// Whose groups filter, or are known to filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Source,
    Destination,
    Other(u32),
}

/// A filter on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Filter {
    /// Security groups.
    Groups {
        holder: Holder,
        way: Direction,
        sees: Role,
        /// Whose groups the rules may name.
        peer: Option<Holder>,
        identity: Identity,
    },
    /// A network ACL.
    Acl(GateId, Role),
}

/// Which fields of a packet are an end's.
#[derive(Clone, Copy)]
struct Ends {
    source: Stand,
    destination: Stand,
    load: Load,
}

impl Matrix<'_> {
    /// The way between two interfaces.
    pub(super) fn passage(&self, source: Stand, destination: Stand) -> Passage {
        let ends = Ends {
            source,
            destination,
            load: Load::Traffic,
        };
        let mut passage = Passage::default();
        let mut there = 0;
        let mut ways = 1;
        while there < ways {
            let Some(walked) = self.there(&ends, there, &mut passage) else {
                return passage;
            };
            ways = if there == 0 {
                walked.choices.min(MAX_CHOICES)
            } else {
                ways
            };
            let mut back = 0;
            let mut ways_back = 1;
            while back < ways_back {
                let choices = self.choose(&walked, &ends, back, &mut passage);
                if back == 0 {
                    ways_back = choices.min(MAX_CHOICES);
                }
                back += 1;
            }
            there += 1;
        }
        passage
    }

    fn there(&self, ends: &Ends, choice: usize, passage: &mut Passage) -> Option<Walk> {
        let from = self.end(ends.source)?;
        let journey = Journey {
            from: &from,
            source: ends.source.1,
            destination: ends.destination.1,
            meant: Some(ends.destination.0),
            protocol: self.question.traffic.protocol,
            replies: false,
            choice,
            memory: Memory::default(),
        };
        Some(self.walk(&journey, passage))
    }

    /// Adds the way with one choice for the way back; how many choices there are.
    fn choose(&self, there: &Walk, ends: &Ends, choice: usize, passage: &mut Passage) -> usize {
        let mut leg = self.leg(there, ends);
        match there.landing {
            Landing::Nowhere => leg.silent = Some((State::Doubt, Code::NotModelled)),
            Landing::Interface(_) | Landing::Nat(_) => {}
            _ => leg.shut(Code::DeliveredElsewhere),
        }
        let (back, choices) = self.back(there, ends, choice, passage);
        let seen = there.steps.last().map(|step| ends.sender(step.source));
        let lands = matches!(there.landing, Landing::Interface(_));
        let way = Way {
            there: leg,
            back,
            seen: seen.filter(|_| lands),
        };
        if !passage.ways.contains(&way) {
            passage.ways.push(way);
        }
        choices
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
        // What was delivered elsewhere, and messages that nobody answers.
        if *row != destination.0 || self.echo.as_ref().is_some_and(Ports::is_empty) {
            return (Vec::new(), 1);
        }
        let ends = Ends {
            source,
            destination,
            load: Load::Replies,
        };
        let mut journey = Journey {
            from: &end,
            source: last.destination,
            destination: last.source,
            meant: Some(source.0),
            protocol: self.question.traffic.protocol,
            replies: true,
            choice,
            memory: there.memory.clone(),
        };
        let Some(nat) = there.translated else {
            let walked = self.walk(&journey, passage);
            let mut leg = self.leg(&walked, &ends);
            match walked.landing {
                Landing::Nowhere => leg.silent = Some((State::Shut, Code::DeliveredElsewhere)),
                Landing::Interface(row) if row == source.0 => {}
                _ => leg.shut(Code::DeliveredElsewhere),
            }
            leg.expect_answerer(there, &walked);
            return (vec![leg], walked.choices);
        };
        journey.meant = None;
        let outer = self.walk(&journey, passage);
        let to_nat = Ends {
            load: Load::NatReplies,
            ..ends
        };
        let mut first = self.leg(&outer, &to_nat);
        if outer.landing != Landing::Nat(nat.gateway) {
            first.silent = Some((State::Shut, Code::DeliveredElsewhere));
        }
        first.expect_answerer(there, &outer);
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
            load: ends.load,
            state: State::Open,
            fails: Codes::default(),
            doubts: Codes::default(),
            filters: Vec::new(),
            silent: None,
        };
        let gates = self.gates(ends.load);
        for step in &walk.steps {
            match &step.what {
                What::Passed | What::Fact(..) | What::EchoOnly => {}
                What::Fault(fault) => match fault.outcome {
                    Outcome::Fail => leg.shut(fault.code),
                    Outcome::Unknown => {
                        leg.state = leg.state.max(State::Doubt);
                        leg.doubts = leg.doubts.with(Codes::of(fault.code));
                    }
                    Outcome::Pass | Outcome::Note => {}
                },
                What::GroupsOut(row) => {
                    let filter = self.groups_of(*row, Direction::Out, (step, walk), ends);
                    leg.filters.push(filter);
                }
                What::GroupsIn(row) => {
                    let filter = self.groups_of(*row, Direction::In, (step, walk), ends);
                    leg.filters.push(filter);
                }
                What::AclOut(row) => {
                    let gate = gates.acl(*row, Direction::Out);
                    let sees = ends.receiver(step.destination);
                    leg.filters.extend(gate.map(|gate| Filter::Acl(gate, sees)));
                }
                What::AclIn(row) => {
                    let gate = gates.acl(*row, Direction::In);
                    let sees = ends.sender(step.source);
                    leg.filters.extend(gate.map(|gate| Filter::Acl(gate, sees)));
                }
            }
        }
        leg
    }

    fn groups_of(
        &self,
        row: u32,
        way: Direction,
        (step, walk): (&Step, &Walk),
        ends: &Ends,
    ) -> Filter {
        let (address, peer) = judge::other_side(way, step, walk, Some(ends.destination.0));
        let has = |row: &u32| {
            let interface = self.network.interfaces.get(*row as usize);
            interface.is_some_and(|interface| interface.has(address))
        };
        Filter::Groups {
            holder: ends.holder(row),
            way,
            sees: match way {
                Direction::Out => ends.receiver(address),
                Direction::In => ends.sender(address),
            },
            peer: peer.filter(has).map(|row| ends.holder(row)),
            identity: judge::identity_for(way, step, walk),
        }
    }
}

impl Leg {
    fn shut(&mut self, code: Code) {
        self.state = State::Shut;
        self.fails = self.fails.with(Codes::of(code));
    }

    /// Replies must come from where the traffic was sent to.
    fn expect_answerer(&mut self, there: &Walk, back: &Walk) {
        let (Some(asked), Some(answered)) = (there.steps.first(), back.steps.last()) else {
            return;
        };
        if back.landing != Landing::Nowhere && asked.destination != answered.source {
            self.shut(Code::ReplyFromElsewhere);
        }
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
        let (own, role) = if self.load == Load::Traffic {
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

    /// Whose address a packet goes to.
    fn receiver(&self, address: IpAddr) -> Role {
        let (own, role) = if self.load == Load::Traffic {
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
}
