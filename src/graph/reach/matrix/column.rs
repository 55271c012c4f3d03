//! One target, and what becomes of traffic from every class to it.
//!
//! Filters that see only the target or the way are added up once a station; what
//! remains for a class is a few lookups. Uses ways, gates and sheets; nothing is
//! walked here.

use std::net::IpAddr;

use super::gates::GateId;
use super::passage::{Filter, Holder, Leg, Passage, Role};
use super::reasons::{Assumed, Codes};
use super::sheet::{Named, Sheet, Side, Total};
use super::source::Class;
use super::station::Stand;
use super::{Matrix, NO_WAY, Outcome, Ways};
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::Verdict;
use crate::graph::reach::model::Interface;

/// Stands for a class that is the target itself and nobody else.
pub const ITSELF: u32 = u32::MAX;

/// What becomes of traffic to one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Position of the target in the question.
    pub target: usize,
    /// Different outcomes, in the order in which classes show them.
    pub outcomes: Vec<Outcome>,
    /// For each class the position of its outcome, or [`ITSELF`].
    pub cells: Vec<u32>,
    /// What was taken for granted.
    pub assumed: Assumed,
}

/// One interface of a target, in one family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Landing<'m> {
    pub(super) row: u32,
    pub(super) address: IpAddr,
    pub(super) interface: &'m Interface,
    /// The number of its set of groups.
    set: u32,
}

/// A way, with all that does not depend on the client added up.
#[derive(Debug, Default)]
struct Ready<'w> {
    ways: Vec<ReadyWay<'w>>,
}

#[derive(Debug)]
struct ReadyWay<'w> {
    there: ReadyLeg<'w>,
    back: Vec<ReadyLeg<'w>>,
    seen: Option<Role>,
}

#[derive(Debug)]
struct ReadyLeg<'w> {
    leg: &'w Leg,
    total: Total,
    /// What is left: what sees the client's address or groups.
    left: Vec<Filter>,
}

impl Matrix<'_> {
    /// The answers for one target.
    pub(super) fn column(&self, position: usize, ways: &Ways, sheet: &mut Sheet<'_>) -> Column {
        sheet.assumed = Assumed::default();
        let mut cells: Vec<u32> = vec![ITSELF; self.classes.len()];
        let target = self.question.targets.get(position);
        let interfaces = target.map_or(&[][..], |target| &target.interfaces);
        for row in interfaces {
            self.interface(*row, ways, sheet, &mut cells);
        }
        if interfaces.is_empty() || target.is_some_and(|target| target.unseen) {
            let unseen = target.is_none_or(|target| target.unseen);
            let (verdict, code) = if unseen {
                (Verdict::Unknown, Code::SnapshotMissing)
            } else {
                (Verdict::Blocked, Code::NothingThere)
            };
            let outcome = Outcome::all(sheet.asked(), verdict, Codes::of(code));
            let number = sheet.number(outcome);
            for cell in &mut cells {
                add(sheet, cell, number);
            }
        }
        let (outcomes, cells) = pack(sheet, &cells);
        Column {
            target: position,
            outcomes,
            cells,
            assumed: sheet.assumed,
        }
    }

    /// Adds the answers for one interface.
    fn interface(&self, row: u32, ways: &Ways, sheet: &mut Sheet<'_>, cells: &mut [u32]) {
        sheet.beyond.clear();
        let stands = self.landings.get(&row).copied().unwrap_or_default();
        let mismatch = Codes::of(Code::FamilyMismatch);
        let mismatch = Outcome::all(sheet.asked(), Verdict::Blocked, mismatch);
        let mismatch = sheet.number(mismatch);
        let missing = Codes::of(Code::SnapshotMissing);
        let missing = Outcome::all(sheet.asked(), Verdict::Unknown, missing);
        let missing = sheet.number(missing);
        let mut last: Option<((u32, bool), Ready<'_>)> = None;
        for (class, cell) in self.classes.iter().zip(cells) {
            if class.members == [row] {
                continue;
            }
            let v6 = stands[0].is_none() || class.origin(false).is_none();
            let (Some(origin), Some((station, stand))) =
                (class.origin(v6), stands[usize::from(v6)])
            else {
                let known = stands.iter().any(Option::is_some)
                    && (class.origin(false).is_some() || class.origin(true).is_some());
                add(sheet, cell, if known { mismatch } else { missing });
                continue;
            };
            let Some(landing) = self.landing(stand) else {
                continue;
            };
            if last
                .as_ref()
                .is_none_or(|(known, _)| *known != (origin.station, v6))
            {
                let number = ways.numbers.get(&station).and_then(|numbers| {
                    let number = numbers.get(origin.station as usize)?;
                    (*number != NO_WAY).then_some(*number)
                });
                let passage = number.and_then(|number| ways.passages.get(number as usize));
                let Some(passage) = passage else {
                    continue;
                };
                let ready = self.ready(passage, &landing, sheet);
                last = Some(((origin.station, v6), ready));
            }
            if let Some((_, ready)) = &last
                && let Some(number) = self.cell(ready, class, origin.address, &landing, sheet)
            {
                add(sheet, cell, number);
            }
        }
    }

    fn landing(&self, (row, address): Stand) -> Option<Landing<'_>> {
        Some(Landing {
            row,
            address,
            interface: self.network.interfaces.get(row as usize)?,
            set: self.sets.number(row),
        })
    }

    /// Adds up what does not depend on the client.
    fn ready<'w>(
        &self,
        passage: &'w Passage,
        landing: &Landing<'_>,
        sheet: &mut Sheet<'_>,
    ) -> Ready<'w> {
        sheet.assumed = sheet.assumed.with(passage.assumed);
        let mut ready = Ready::default();
        for way in &passage.ways {
            let there = self.ready_leg(&way.there, landing, false, sheet);
            let back = way.back.iter();
            let back = back.map(|leg| self.ready_leg(leg, landing, true, sheet));
            ready.ways.push(ReadyWay {
                there,
                back: back.collect(),
                seen: way.seen,
            });
        }
        ready
    }

    fn ready_leg<'w>(
        &self,
        leg: &'w Leg,
        landing: &Landing<'_>,
        replies: bool,
        sheet: &mut Sheet<'_>,
    ) -> ReadyLeg<'w> {
        let side = if replies { &sheet.back } else { &sheet.there };
        let mut ready = ReadyLeg {
            leg,
            total: side.start(leg),
            left: Vec::new(),
        };
        if ready.total.admit == side.sums.pool().none {
            return ready;
        }
        for filter in &leg.filters {
            let fixed = self.fixed(*filter, leg.identity, landing, replies, sheet);
            match fixed {
                Some((gate, admit)) => {
                    let side = if replies {
                        &mut sheet.back
                    } else {
                        &mut sheet.there
                    };
                    side.through(&mut ready.total, admit, gate);
                }
                None => ready.left.push(*filter),
            }
        }
        ready
    }

    /// What a filter admits whoever the client is; `None` if that matters.
    fn fixed(
        &self,
        filter: Filter,
        identity: Identity,
        landing: &Landing<'_>,
        replies: bool,
        sheet: &mut Sheet<'_>,
    ) -> Option<(GateId, super::admit::Admit)> {
        let own = |role: Role| match role {
            Role::Source => None,
            Role::Destination => Some(landing.address),
            Role::Other(address) => Some(address),
        };
        let side = if replies { &sheet.back } else { &sheet.there };
        let is_v6 = landing.address.is_ipv6();
        match filter {
            Filter::Acl(id, role) => {
                let gate = side.gates.get(id)?;
                sheet.assumed = sheet.assumed.with(gate.assumed);
                match own(role) {
                    Some(address) => Some((id, gate.band.at(address)?)),
                    None => Some((id, gate.band.constant(is_v6)?)),
                }
            }
            Filter::Groups(holder, way, role) => {
                let (row, interface) = match holder {
                    Holder::Source => return None,
                    Holder::Destination => (landing.row, landing.interface),
                    Holder::Other(row) => (row, self.network.interfaces.get(row as usize)?),
                };
                let set = self.sets.of(row)?;
                let (id, names) = match way {
                    Way::In => (set.ingress?, set.names.0),
                    Way::Out => (set.egress?, set.names.1),
                };
                let gate = side.gates.get(id)?;
                sheet.assumed = sheet.assumed.with(gate.assumed);
                let admit = match own(role) {
                    Some(address) => gate.band.at(address)?,
                    None if names => return None,
                    None => return Some((id, gate.band.constant(is_v6)?)),
                };
                // Who sends on is no longer the client; whom it goes to is known.
                if names && way == Way::Out && role == Role::Destination {
                    let holder = (row, interface);
                    let peer = (landing.set, landing.interface, landing.address);
                    let more = self.named(holder, way, peer, identity, sheet);
                    return Some((id, sheet.there.sums.either(admit, more)));
                }
                Some((id, admit))
            }
        }
    }

    /// The outcome for a class: its number.
    fn cell(
        &self,
        ready: &Ready<'_>,
        class: &Class,
        address: IpAddr,
        landing: &Landing<'_>,
        sheet: &mut Sheet<'_>,
    ) -> Option<u32> {
        let mut all: Option<u32> = None;
        for way in &ready.ways {
            let mut total = self.total(&way.there, class, address, landing, false, sheet);
            let mut sometimes = false;
            if let Some(role) = way.seen
                && total.admit != sheet.there.sums.pool().none
            {
                let source = match role {
                    Role::Other(other) => other,
                    Role::Source | Role::Destination => address,
                };
                let client = (class, address);
                if let Some(further) = self.further(landing, client, source, sheet) {
                    total.admit = sheet.there.sums.both(total.admit, further.total.admit);
                    total.fails = total.fails.with(further.total.fails);
                    total.doubts = total.doubts.with(further.total.doubts);
                    sometimes = further.sometimes;
                }
            }
            let pool = sheet.back.sums.pool();
            let mut replies = Total {
                admit: pool.all,
                fails: Codes::default(),
                doubts: Codes::default(),
            };
            if total.admit != sheet.there.sums.pool().none {
                for leg in &way.back {
                    let one = self.total(leg, class, address, landing, true, sheet);
                    replies = Total {
                        admit: sheet.back.sums.both(replies.admit, one.admit),
                        fails: replies.fails.with(one.fails),
                        doubts: replies.doubts.with(one.doubts),
                    };
                }
            }
            let number = sheet.add(total, replies, sometimes);
            all = Some(match all {
                Some(before) => sheet.either_way(before, number),
                None => number,
            });
        }
        all
    }

    fn total(
        &self,
        ready: &ReadyLeg<'_>,
        class: &Class,
        address: IpAddr,
        landing: &Landing<'_>,
        replies: bool,
        sheet: &mut Sheet<'_>,
    ) -> Total {
        let mut total = ready.total;
        for filter in &ready.left {
            let found = match *filter {
                Filter::Acl(id, _) => {
                    let side = if replies { &sheet.back } else { &sheet.there };
                    let gate = side.gates.get(id);
                    gate.and_then(|gate| Some((id, gate.band.at(address)?)))
                }
                Filter::Groups(holder, way, _) => self.groups(
                    (holder, way),
                    (class, address),
                    landing,
                    ready.leg.identity,
                    sheet,
                ),
            };
            let side = side(sheet, replies);
            match found {
                Some((gate, admit)) => side.through(&mut total, admit, gate),
                // A filter that is not there admits nothing, as in single answers.
                None => total.admit = side.sums.pool().none,
            }
        }
        side(sheet, replies).end(&mut total, ready.leg);
        total
    }

    /// What groups admit that see the client.
    fn groups(
        &self,
        (holder, way): (Holder, Way),
        (class, address): (&Class, IpAddr),
        landing: &Landing<'_>,
        identity: Identity,
        sheet: &mut Sheet<'_>,
    ) -> Option<(GateId, super::admit::Admit)> {
        let client = class.example()?;
        let row = match holder {
            Holder::Source => client,
            Holder::Destination => landing.row,
            Holder::Other(row) => row,
        };
        let set = self.sets.of(row)?;
        let (id, names, sees) = match way {
            Way::In => (set.ingress?, set.names.0, address),
            Way::Out => (set.egress?, set.names.1, landing.address),
        };
        let gate = sheet.there.gates.get(id)?;
        sheet.assumed = sheet.assumed.with(gate.assumed);
        let admit = gate.band.at(sees)?;
        if !names || admit == sheet.there.sums.pool().all {
            return Some((id, admit));
        }
        let interface = |row: u32| self.network.interfaces.get(row as usize);
        let peer = match way {
            Way::In => (self.sets.number(client), interface(client)?, address),
            Way::Out => (landing.set, landing.interface, landing.address),
        };
        let more = self.named((row, interface(row)?), way, peer, identity, sheet);
        Some((id, sheet.there.sums.either(admit, more)))
    }

    /// What rules that name groups admit.
    fn named(
        &self,
        (row, interface): (u32, &Interface),
        way: Way,
        (peer_set, peer, address): (u32, &Interface, IpAddr),
        identity: Identity,
        sheet: &mut Sheet<'_>,
    ) -> super::admit::Admit {
        let key = Named {
            holder: self.sets.number(row),
            is_endpoint: interface.endpoint.is_some(),
            way,
            peer: peer_set,
            identity,
        };
        if let Some((admit, assumed)) = sheet.named.get(&key).copied() {
            sheet.assumed = sheet.assumed.with(assumed);
            return admit;
        }
        let mut log = Log::default();
        let other = Other {
            address,
            interface: Some(peer),
            identity,
        };
        let traffic = &self.question.traffic;
        let admitted = filter::references(
            self.network,
            interface,
            way,
            other,
            (traffic.protocol, &traffic.ports),
            self.question.assume,
            &mut log,
        );
        let assumed: Assumed = log.assumptions.into_iter().collect();
        sheet.assumed = sheet.assumed.with(assumed);
        let admit = sheet.there.sums.number(admitted);
        sheet.named.insert(key, (admit, assumed));
        admit
    }
}

const fn side<'s, 'm>(sheet: &'s mut Sheet<'m>, replies: bool) -> &'s mut Side<'m> {
    if replies {
        &mut sheet.back
    } else {
        &mut sheet.there
    }
}

fn add(sheet: &mut Sheet<'_>, cell: &mut u32, number: u32) {
    *cell = if *cell == ITSELF {
        number
    } else {
        sheet.together(*cell, number)
    };
}

/// The outcomes that cells name, and cells by position among them.
fn pack(sheet: &Sheet<'_>, cells: &[u32]) -> (Vec<Outcome>, Vec<u32>) {
    let mut places: Vec<u32> = Vec::new();
    let mut outcomes = Vec::new();
    let cells = cells
        .iter()
        .map(|cell| {
            let Some(outcome) = sheet.outcome(*cell) else {
                return ITSELF;
            };
            let place = *cell as usize;
            if places.len() <= place {
                places.resize(place + 1, ITSELF);
            }
            let Some(known) = places.get_mut(place) else {
                return ITSELF;
            };
            if *known == ITSELF {
                *known = u32::try_from(outcomes.len()).unwrap_or(ITSELF);
                outcomes.push(outcome.clone());
            }
            *known
        })
        .collect();
    (outcomes, cells)
}
