//! One target, and what becomes of traffic from every class to it.
//!
//! Filters that see only the target or the way are added up once a station; what
//! remains for a class is a few lookups. Uses ways, gates and sheets; nothing is
//! walked here.

use std::net::IpAddr;

use super::admit::Admit;
use super::gates::{Gate, GateId};
use super::passage::{Filter, Holder, Leg, Load, Passage, Role};
use super::reasons::{Assumed, Codes};
use super::sheet::{Named, Sheet, Side, Total};
use super::source::Class;
use super::station::Stand;
use super::{Matrix, NO_WAY, Outcome, Ways};
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::{self, Log, Other, Way};
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
            let [four, six] = stands;
            let v6 = four.is_none() || class.origin(false).is_none();
            let (Some(origin), Some((station, stand))) =
                (class.origin(v6), if v6 { six } else { four })
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
                && let Some(number) = self.cell(ready, (class, origin.address), &landing, sheet)
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
            let there = self.ready_leg(&way.there, landing, sheet);
            let back = way.back.iter();
            let back = back.map(|leg| self.ready_leg(leg, landing, sheet));
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
        sheet: &mut Sheet<'_>,
    ) -> ReadyLeg<'w> {
        let side = sheet.side(leg.load);
        let mut ready = ReadyLeg {
            leg,
            total: side.start(leg),
            left: Vec::new(),
        };
        // Where no way leads, filters are not asked.
        if ready.total.admit == side.sums.pool().none {
            return ready;
        }
        for filter in &leg.filters {
            if self.sees_client(*filter, leg.load, landing, sheet) {
                ready.left.push(*filter);
                continue;
            }
            // Whoever the client is, the answer is the same.
            let found = self.filter(*filter, leg.load, None, landing, sheet);
            pass(sheet.side_mut(leg.load), &mut ready.total, found);
        }
        ready
    }

    /// Whether a filter may admit more or less of one client than of another.
    fn sees_client(
        &self,
        filter: Filter,
        load: Load,
        landing: &Landing<'_>,
        sheet: &Sheet<'_>,
    ) -> bool {
        let gates = sheet.side(load).gates;
        let varies = |gate: Option<GateId>| {
            let gate = gate.and_then(|gate| gates.get(gate));
            let is_v6 = landing.address.is_ipv6();
            gate.is_some_and(|gate| gate.band.constant(is_v6).is_none())
        };
        match filter {
            Filter::Acl(gate, role) => role == Role::Source && varies(Some(gate)),
            Filter::Groups {
                holder: Holder::Source,
                ..
            }
            | Filter::Groups {
                peer: Some(Holder::Source),
                ..
            } => true,
            Filter::Groups {
                holder, way, sees, ..
            } => {
                let row = match holder {
                    Holder::Other(row) => row,
                    Holder::Destination | Holder::Source => landing.row,
                };
                sees == Role::Source && varies(gates.set(self.sets.number(row), way))
            }
        }
    }

    /// What a filter admits, and which gate it is. Without a client it must not
    /// matter who that is.
    fn filter(
        &self,
        filter: Filter,
        load: Load,
        client: Option<(&Class, IpAddr)>,
        landing: &Landing<'_>,
        sheet: &mut Sheet<'_>,
    ) -> Option<(GateId, Admit)> {
        let address = |role: Role| match role {
            Role::Source => client.map(|(_, address)| address),
            Role::Destination => Some(landing.address),
            Role::Other(address) => Some(address),
        };
        let is_v6 = landing.address.is_ipv6();
        let at = |gate: &Gate, role: Role| match address(role) {
            Some(address) => gate.band.at(address),
            None => gate.band.constant(is_v6),
        };
        let row_of = |holder: Holder| match holder {
            Holder::Source => client.and_then(|(class, _)| class.example()),
            Holder::Destination => Some(landing.row),
            Holder::Other(row) => Some(row),
        };
        let gates = sheet.side(load).gates;
        match filter {
            Filter::Acl(id, role) => {
                let gate = gates.get(id)?;
                sheet.assumed = sheet.assumed.with(gate.assumed);
                Some((id, at(gate, role)?))
            }
            Filter::Groups {
                holder,
                way,
                sees,
                peer,
                identity,
            } => {
                let row = row_of(holder)?;
                let set = self.sets.number(row);
                let id = gates.set(set, way)?;
                let gate = gates.get(id)?;
                sheet.assumed = sheet.assumed.with(gate.assumed);
                let admit = at(gate, sees)?;
                let names = self.sets.of(row)?.names;
                let names = if way == Way::In { names.0 } else { names.1 };
                let peer = peer.and_then(row_of).filter(|_| names);
                let (Some(peer), Some(address)) = (peer, address(sees)) else {
                    return Some((id, admit));
                };
                if admit == sheet.side(load).sums.pool().all {
                    return Some((id, admit));
                }
                let key = Named {
                    load,
                    holder: set,
                    is_endpoint: self.network.interfaces.get(row as usize)?.is_endpoint(),
                    way,
                    peer: self.sets.number(peer),
                    identity,
                };
                let more = self.named(key, (row, peer, address), sheet)?;
                let sums = &mut sheet.side_mut(load).sums;
                Some((id, sums.either(admit, more)))
            }
        }
    }

    /// What rules that name groups admit.
    fn named(
        &self,
        key: Named,
        (row, peer, address): (u32, u32, IpAddr),
        sheet: &mut Sheet<'_>,
    ) -> Option<Admit> {
        if let Some((admit, assumed)) = sheet.named.get(&key).copied() {
            sheet.assumed = sheet.assumed.with(assumed);
            return Some(admit);
        }
        let interface = |row: u32| self.network.interfaces.get(row as usize);
        let mut log = Log::default();
        let other = Other {
            unseen: false,
            address,
            interface: Some(interface(peer)?),
            identity: key.identity,
        };
        let asked = self.gates(key.load).pool.asked();
        let admitted = self.asking(|asking| {
            let replies = key.load != Load::Traffic;
            let ports = if replies {
                asking.reply_header(asked)
            } else {
                asked.clone()
            };
            let admitted = filter::references(
                self.network,
                interface(row)?,
                key.way,
                other,
                (asking.traffic.protocol, &ports),
                asking.assume,
                &mut log,
            );
            Some(if replies {
                asking.reply_admitted(admitted, asked, &ports)
            } else {
                admitted
            })
        })?;
        let assumed: Assumed = log.assumptions.into_iter().collect();
        sheet.assumed = sheet.assumed.with(assumed);
        let admit = sheet.side_mut(key.load).sums.number(admitted);
        sheet.named.insert(key, (admit, assumed));
        Some(admit)
    }

    /// The outcome for a class: its number.
    fn cell(
        &self,
        ready: &Ready<'_>,
        client: (&Class, IpAddr),
        landing: &Landing<'_>,
        sheet: &mut Sheet<'_>,
    ) -> Option<u32> {
        let mut all: Option<u32> = None;
        for way in &ready.ways {
            let mut total = self.total(&way.there, client, landing, sheet);
            let mut sometimes = false;
            let none = sheet.side(Load::Traffic).sums.pool().none;
            if let Some(role) = way.seen
                && total.admit != none
            {
                let source = match role {
                    Role::Other(other) => other,
                    Role::Source | Role::Destination => client.1,
                };
                if let Some(further) = self.further(landing, client, source, sheet) {
                    let sums = &mut sheet.side_mut(Load::Traffic).sums;
                    total.admit = sums.both(total.admit, further.total.admit);
                    total.fails = total.fails.with(further.total.fails);
                    total.doubts = total.doubts.with(further.total.doubts);
                    sometimes = further.sometimes;
                }
            }
            let mut replies = sheet.replies();
            if total.admit != none {
                for leg in &way.back {
                    let one = self.total(leg, client, landing, sheet);
                    sheet.reply(&mut replies, one, leg.leg.load);
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
        client: (&Class, IpAddr),
        landing: &Landing<'_>,
        sheet: &mut Sheet<'_>,
    ) -> Total {
        let mut total = ready.total;
        let load = ready.leg.load;
        for filter in &ready.left {
            let found = self.filter(*filter, load, Some(client), landing, sheet);
            pass(sheet.side_mut(load), &mut total, found);
        }
        sheet.side_mut(load).end(&mut total, ready.leg);
        total
    }
}

/// Goes through a filter; one that is not there admits nothing.
fn pass(side: &mut Side<'_>, total: &mut Total, found: Option<(GateId, Admit)>) {
    match found {
        Some((gate, admit)) => side.through(total, admit, gate),
        None => total.admit = side.sums.pool().none,
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
