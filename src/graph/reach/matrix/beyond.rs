//! What lies beyond the interface of an endpoint, for classes of clients.
//!
//! Only the groups of load balancers look at clients there, so the way on is
//! followed once for all clients that these treat alike. Uses the code that
//! answers about single pairs; ports are added up elsewhere.

use std::net::IpAddr;

use super::Matrix;
use super::column::Landing;
use super::passage::Load;
use super::reasons::Codes;
use super::sheet::{Further, Seen, Sheet, Total};
use super::source::Class;
use crate::graph::reach::endpoint::{self, Beyond};
use crate::graph::reach::flow::{End, Outcome};

impl Matrix<'_> {
    /// What lies beyond for a client; `None` if the interface is no endpoint's.
    pub(super) fn further(
        &self,
        landing: &Landing<'_>,
        (class, address): (&Class, IpAddr),
        source: IpAddr,
        sheet: &mut Sheet<'_>,
    ) -> Option<Further> {
        let row = landing.interface.endpoint?;
        let client = self.network.interfaces.get(class.example()? as usize)?;
        let there = sheet.side(Load::Traffic);
        let none = there.sums.pool().none;
        let balancers = self.client_filters.get(&row).into_iter().flatten();
        let admits = balancers.map(|balancer| {
            let gate = there.gates.balancer(*balancer);
            gate.and_then(|gate| gate.band.at(source)).unwrap_or(none)
        });
        let seen = Seen {
            is_v6: source.is_ipv6(),
            admits: admits.collect(),
            groups_seen: client.groups_seen || source != address,
        };
        if let Some(known) = sheet.beyond.get(&seen).copied() {
            sheet.assumed = sheet.assumed.with(known.assumed);
            return Some(known);
        }
        let end = End::Interface(client.node, address);
        let beyond = endpoint::beyond(
            self.graph,
            self.network,
            &endpoint::Landing {
                endpoint: row,
                interface: landing.row,
                client: &end,
                source,
                address: landing.address,
                traffic: &self.question.traffic,
                assume: self.question.assume,
                depth: 0,
            },
        );
        let (fails, doubts) = codes(&beyond);
        let sums = &mut sheet.side_mut(Load::Traffic).sums;
        let further = Further {
            total: Total {
                admit: sums.number(beyond.admitted),
                fails,
                doubts,
            },
            sometimes: !beyond.sometimes.is_empty(),
            assumed: beyond.assumptions.into_iter().collect(),
        };
        sheet.assumed = sheet.assumed.with(further.assumed);
        sheet.beyond.insert(seen, further);
        Some(further)
    }
}

/// Codes of what blocks beyond, and of what is not known.
fn codes(beyond: &Beyond) -> (Codes, Codes) {
    let hops = beyond.forward.iter().chain(&beyond.back);
    let (mut fails, mut doubts) = (Codes::default(), Codes::default());
    for check in hops.flat_map(|hop| &hop.checks) {
        let code = check.code.map_or(Codes::default(), Codes::of);
        match check.outcome {
            Outcome::Fail => fails = fails.with(code),
            Outcome::Unknown => doubts = doubts.with(code),
            Outcome::Pass | Outcome::Note => {}
        }
    }
    (fails, doubts)
}
