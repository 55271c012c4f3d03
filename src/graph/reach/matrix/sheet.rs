//! What one thread has worked out and may meet again.
//!
//! Sums of ports, outcomes by number, and what rules that name groups admit.
//! Uses the numbers of filters; in which order pairs are asked is not decided
//! here, and never shows.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Matrix;
use super::admit::{Admit, Mood, Pool, Sums};
use super::gates::{GateId, Gates};
use super::outcome::{Both, Outcome};
use super::passage::{Leg, Load, State};
use super::reasons::{Assumed, Codes};
use crate::graph::ports::Ports;
use crate::graph::reach::filter::{Identity, Way};

/// What thread-local memory holds.
#[derive(Debug)]
pub(super) struct Sheet<'m> {
    there: Side<'m>,
    back: Side<'m>,
    nat: Side<'m>,
    /// Ports that were asked, and client ports.
    asked: (Ports, Ports),
    echo: Option<Ports>,
    has_ports: bool,
    outcomes: Vec<Outcome>,
    /// Looked up, never iterated.
    numbers: HashMap<Outcome, u32, FxBuildHasher>,
    added: HashMap<(Total, Total, bool, bool), u32, FxBuildHasher>,
    either_way: HashMap<(u32, u32), u32, FxBuildHasher>,
    together: HashMap<(u32, u32), u32, FxBuildHasher>,
    /// What rules that name groups admit.
    pub(super) named: HashMap<Named, (Admit, Assumed), FxBuildHasher>,
    /// What lies beyond the interface at hand.
    pub(super) beyond: HashMap<Seen, Further, FxBuildHasher>,
    pub(super) assumed: Assumed,
}

/// What what lies beyond an interface sees of a client: what load balancers
/// there admit of it, and whether its groups are known.
#[expect(
    clippy::struct_field_names,
    reason = "the name that the model gives the same fact"
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    pub(super) is_v6: bool,
    pub(super) admits: Vec<Admit>,
    pub(super) groups_seen: bool,
}

/// What lies beyond an interface.
#[derive(Debug, Clone, Copy)]
pub(super) struct Further {
    pub(super) total: Total,
    /// Whether ports pass only sometimes.
    pub(super) sometimes: bool,
    pub(super) assumed: Assumed,
}

/// What decides about rules that name groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Named {
    pub(super) load: Load,
    /// The set of the rules.
    pub(super) holder: u32,
    pub(super) is_endpoint: bool,
    pub(super) way: Way,
    /// The set of the other side.
    pub(super) peer: u32,
    pub(super) identity: Identity,
}

/// The filters of one direction, with their sums.
#[derive(Debug)]
pub(super) struct Side<'m> {
    pub(super) gates: &'m Gates,
    pub(super) sums: Sums<'m>,
}

/// The way of replies, so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replies {
    total: Total,
    /// Whether some connections get replies and others do not.
    in_part: bool,
}

/// What a leg amounts to, and why not to more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Total {
    pub(super) admit: Admit,
    pub(super) fails: Codes,
    pub(super) doubts: Codes,
}

impl Side<'_> {
    /// What holds of a leg before filters.
    pub(super) fn start(&self, leg: &Leg) -> Total {
        Total {
            admit: of(self.sums.pool(), leg.state),
            fails: leg.fails,
            doubts: leg.doubts,
        }
    }

    /// Goes through a filter.
    pub(super) fn through(&mut self, total: &mut Total, admit: Admit, gate: GateId) {
        match self.sums.mood(admit) {
            Mood::Pass => return,
            Mood::Fail => total.fails = total.fails.with(self.code(gate)),
            Mood::Unknown => total.doubts = total.doubts.with(self.doubt(gate)),
        }
        total.admit = self.sums.both(total.admit, admit);
    }

    fn code(&self, gate: GateId) -> Codes {
        let gate = self.gates.get(gate);
        gate.map_or(Codes::default(), |gate| Codes::of(gate.code))
    }

    fn doubt(&self, gate: GateId) -> Codes {
        let gate = self.gates.get(gate);
        gate.map_or(Codes::default(), |gate| Codes::of(gate.doubt))
    }

    /// What holds where nothing was said on the way.
    pub(super) fn end(&mut self, total: &mut Total, leg: &Leg) {
        let Some((state, code)) = leg.silent else {
            return;
        };
        if !(total.fails.is_empty() && total.doubts.is_empty()) {
            return;
        }
        match state {
            State::Open => {}
            State::Doubt => total.doubts = Codes::of(code),
            State::Shut => total.fails = Codes::of(code),
        }
        let admit = of(self.sums.pool(), state);
        total.admit = self.sums.both(total.admit, admit);
    }
}

const fn of(pool: &Pool, state: State) -> Admit {
    match state {
        State::Open => pool.all,
        State::Doubt => pool.maybe,
        State::Shut => pool.none,
    }
}

impl<'m> Sheet<'m> {
    pub(super) fn new(matrix: &'m Matrix<'_>) -> Self {
        let side = |gates: &'m Gates| Side {
            gates,
            sums: Sums::new(&gates.pool),
        };
        Self {
            there: side(&matrix.there),
            back: side(&matrix.back),
            nat: side(&matrix.nat),
            echo: matrix.echo.clone(),
            has_ports: matrix.question.traffic.protocol.has_ports(),
            asked: (
                matrix.there.pool.asked().clone(),
                matrix.back.pool.asked().clone(),
            ),
            outcomes: Vec::new(),
            numbers: HashMap::default(),
            added: HashMap::default(),
            either_way: HashMap::default(),
            together: HashMap::default(),
            named: HashMap::default(),
            beyond: HashMap::default(),
            assumed: Assumed::default(),
        }
    }

    /// What is added up about a load.
    pub(super) const fn side(&self, load: Load) -> &Side<'m> {
        match load {
            Load::Traffic => &self.there,
            Load::Replies => &self.back,
            Load::NatReplies => &self.nat,
        }
    }

    pub(super) const fn side_mut(&mut self, load: Load) -> &mut Side<'m> {
        match load {
            Load::Traffic => &mut self.there,
            Load::Replies => &mut self.back,
            Load::NatReplies => &mut self.nat,
        }
    }

    /// Replies of which none were stopped so far.
    pub(super) fn replies(&self) -> Replies {
        Replies {
            total: Total {
                admit: self.back.sums.pool().all,
                fails: Codes::default(),
                doubts: Codes::default(),
            },
            in_part: false,
        }
    }

    /// Adds a leg to the way of replies. That to a NAT gateway is about ports
    /// of the gateway, so that it passes, perhaps passes, or does not.
    pub(super) fn reply(&mut self, replies: &mut Replies, leg: Total, load: Load) {
        let mut admit = leg.admit;
        if load == Load::NatReplies {
            let found = self.nat.sums.value(leg.admit);
            let pool = self.back.sums.pool();
            admit = if !self.has_ports {
                self.back.sums.number(found)
            } else if !found.open.is_empty() {
                replies.in_part |= leg.admit != self.nat.sums.pool().all;
                pool.all
            } else if !found.unknown.is_empty() {
                pool.maybe
            } else {
                pool.none
            };
        }
        replies.total.admit = self.back.sums.both(replies.total.admit, admit);
        replies.total.fails = replies.total.fails.with(leg.fails);
        replies.total.doubts = replies.total.doubts.with(leg.doubts);
    }

    /// The ports that were asked.
    pub(super) const fn asked(&self) -> &Ports {
        &self.asked.0
    }

    /// The outcome with a number.
    pub(super) fn outcome(&self, number: u32) -> Option<&Outcome> {
        self.outcomes.get(number as usize)
    }

    /// The number of an outcome.
    pub(super) fn number(&mut self, outcome: Outcome) -> u32 {
        let next = u32::try_from(self.outcomes.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(outcome.clone()).or_insert(next);
        if number == next {
            self.outcomes.push(outcome);
        }
        number
    }

    /// What there and back make together.
    pub(super) fn add(&mut self, there: Total, replies: Replies, sometimes: bool) -> u32 {
        let back = replies.total;
        let key = (there, back, sometimes, replies.in_part);
        if let Some(known) = self.added.get(&key) {
            return *known;
        }
        let codes = (there.fails.with(back.fails), there.doubts.with(back.doubts));
        let (forward, backward) = (
            self.there.sums.value(there.admit),
            self.back.sums.value(back.admit),
        );
        let way = Both {
            there: &forward,
            back: &backward,
            sometimes,
            in_part: replies.in_part,
            echo: self.echo.as_ref(),
        };
        let outcome = Outcome::of((&self.asked.0, &self.asked.1), &way, codes);
        let number = self.number(outcome);
        self.added.insert(key, number);
        number
    }

    /// What two ways make of which AWS picks one.
    pub(super) fn either_way(&mut self, one: u32, other: u32) -> u32 {
        if one == other {
            return one;
        }
        if let Some(known) = self.either_way.get(&(one, other)) {
            return *known;
        }
        let (Some(first), Some(second)) = (self.outcome(one), self.outcome(other)) else {
            return one;
        };
        let outcome = first.either_way(second, &self.asked.0);
        let number = self.number(outcome);
        self.either_way.insert((one, other), number);
        number
    }

    /// What two interfaces make together.
    pub(super) fn together(&mut self, one: u32, other: u32) -> u32 {
        if one == other {
            return one;
        }
        let pair = (one.min(other), one.max(other));
        if let Some(known) = self.together.get(&pair) {
            return *known;
        }
        let (Some(first), Some(second)) = (self.outcome(one), self.outcome(other)) else {
            return one;
        };
        let outcome = first.together(second, &self.asked.0);
        let number = self.number(outcome);
        self.together.insert(pair, number);
        number
    }
}
