//! From ways and filters to an answer.
//!
//! Walks there and back, judges every filter on both, and keeps all that
//! blocks. Uses the walk, the filters and the model; aggregation over many ends
//! is done elsewhere.

use std::net::IpAddr;

use super::code::{Assumption, Code};
use super::endpoint::{self, Beyond};
use super::filter::Identity;
use super::flow::{Aspect, Assume, Check, End, Flow, Outcome, Protocol, Traffic, Verdict};
use super::judge::{Judged, meant, narrow};
use super::model::{Interface, Network};
use super::verdict::{
    block, both, joined, note_partial_replies, passed, ports_with, ports_with_echo, said_nothing,
    split, verdict, with_replies,
};
use super::walk::{self, Journey, Landing, Memory, Place, Step, Walk, What};
use crate::graph::Graph;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;

/// Ways that are tried where AWS may choose between attachment subnets.
const MAX_CHOICES: usize = 16;

impl Network {
    /// Whether traffic from one address reaches another, and replies come back.
    pub fn flow(
        &self,
        graph: &Graph,
        from: &End,
        to: &End,
        traffic: &Traffic,
        assume: Assume,
    ) -> Flow {
        if endpoint::is_offered(to) {
            return endpoint::association_flow(graph, self, from, to, traffic, assume);
        }
        self.flow_within(graph, from, to, (traffic, assume), Within::default())
    }

    /// The same, as a part of a longer way.
    pub(super) fn flow_within(
        &self,
        graph: &Graph,
        from: &End,
        to: &End,
        (traffic, assume): (&Traffic, Assume),
        within: Within<'_>,
    ) -> Flow {
        let asking = Asking {
            graph,
            network: self,
            from,
            to,
            traffic,
            assume,
            within,
        };
        let (mut flow, ways, mut ways_back) = asking.one(0, 0);
        for there in 0..ways.min(MAX_CHOICES) {
            if there > 0 {
                let (other, _, other_back) = asking.one(there, 0);
                flow = both(flow, other);
                ways_back = other_back;
            }
            for back in 1..ways_back.min(MAX_CHOICES) {
                flow = both(flow, asking.one(there, back).0);
            }
        }
        flow
    }
}

/// What a way is a part of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Within<'q> {
    /// How many endpoints were passed before.
    pub(super) depth: u8,
    /// What the source is, where no interface in the snapshot says it: its
    /// groups are known to the rules of the destination.
    pub(super) source: Option<&'q Interface>,
}

pub(super) struct Asking<'q> {
    pub(super) graph: &'q Graph,
    pub(super) network: &'q Network,
    pub(super) from: &'q End,
    pub(super) to: &'q End,
    pub(super) traffic: &'q Traffic,
    pub(super) assume: Assume,
    pub(super) within: Within<'q>,
}

impl Asking<'_> {
    /// The answer for one of the ways there and back, and how many there are.
    fn one(&self, choice: usize, choice_back: usize) -> (Flow, usize, usize) {
        let there = walk::walk(
            self.graph,
            self.network,
            &self.journey_there(choice),
            self.assume,
        );
        let mut forward = self.judge(&there, &self.traffic.ports, false);
        self.expect_landing(&there, &mut forward);
        let beyond = self.beyond_endpoint(&there, &mut forward);
        let mut there_verdict = verdict(&self.traffic.ports, &forward.open, &forward.maybe);
        if there_verdict == Verdict::Reachable
            && beyond
                .as_ref()
                .is_some_and(|beyond| !beyond.sometimes.is_empty())
        {
            there_verdict = Verdict::Partial;
        }
        let (back, choices) = self.replies(&there, choice_back);
        let ports = split(&self.traffic.ports, &forward.open, &forward.maybe);
        let reply_ports = self.reply_ports();
        let client_ports = split(&reply_ports, &back.open, &back.maybe);
        let (ports, verdict) = match self.echo() {
            Some(echo) => {
                let ports = ports_with_echo(ports, &echo, &client_ports);
                let verdict = verdict(&self.traffic.ports, &ports.open, &ports.unknown);
                (ports, verdict)
            }
            None => (
                ports_with(ports, &client_ports),
                with_replies(there_verdict, &client_ports),
            ),
        };
        let verdict = match verdict {
            Verdict::Reachable if back.in_part => Verdict::Partial,
            verdict => verdict,
        };
        let mut assumptions = forward.assumptions;
        assumptions.extend(back.assumptions);
        let mut back_hops = beyond.map_or_else(Vec::new, |beyond| beyond.back);
        back_hops.extend(back.hops);
        if verdict == Verdict::Partial
            && !client_ports.open.is_empty()
            && !client_ports.blocked.is_empty()
        {
            note_partial_replies(&mut back_hops, &client_ports);
        }
        let flow = Flow {
            from: self.from.clone(),
            to: self.to.clone(),
            traffic: self.traffic.clone(),
            verdict,
            there: there_verdict,
            ports,
            client_ports,
            forward: forward.hops,
            back: back_hops,
            assumptions,
        };
        (flow, there.choices, choices)
    }

    /// The ICMP request that is answered, where it is asked about: no other
    /// message has a reply.
    pub(super) fn echo(&self) -> Option<Ports> {
        let echo = match self.traffic.protocol {
            Protocol::Icmp => 8 << 8,
            Protocol::Icmpv6 => 128 << 8,
            _ => return None,
        };
        Some(Ports::range(echo, echo).intersection(&self.traffic.ports))
    }

    fn journey_there(&self, choice: usize) -> Journey<'_> {
        Journey {
            from: self.from,
            source: self.from.address(),
            destination: self.to.address(),
            meant: meant(self.to),
            protocol: self.traffic.protocol,
            replies: false,
            choice,
            memory: Memory::default(),
        }
    }

    /// Traffic that is meant for one kind of end must not land at another.
    fn expect_landing(&self, walk: &Walk, judged: &mut Judged) {
        let wrong = match (self.to, &walk.landing) {
            (_, Landing::Nowhere) | (End::Address(_) | End::Offered(..), _) => false,
            (End::Interface(..) | End::Subnet(..), landing) => {
                !matches!(landing, Landing::Interface(_) | Landing::Nat(_))
            }
            (End::Internet(_), landing) => !matches!(
                landing,
                Landing::Internet | Landing::Endpoint(_) | Landing::Interface(_)
            ),
            (End::OnPremises(via, _), Landing::OnPremises(at)) => via.is_some_and(|via| via != *at),
            (End::OnPremises(..), _) => true,
        };
        // A walk that ended nowhere has said why.
        let nowhere = walk.landing == Landing::Nowhere && said_nothing(&judged.hops);
        if !(wrong || nowhere) {
            return;
        }
        let check = Check {
            aspect: Aspect::End,
            outcome: if wrong {
                Outcome::Fail
            } else {
                Outcome::Unknown
            },
            code: Some(if wrong {
                Code::DeliveredElsewhere
            } else {
                Code::NotModelled
            }),
            ports: self.traffic.ports.clone(),
            evidence: Vec::new(),
            needs: if wrong {
                Vec::new()
            } else {
                vec![Need::Sense("where this way ends".to_owned())]
            },
            detail: String::new(),
        };
        if wrong {
            judged.open = Ports::default();
            judged.maybe = Ports::default();
        } else {
            judged.maybe = std::mem::take(&mut judged.maybe).union(&judged.open);
            judged.open = Ports::default();
        }
        if let Some(hop) = judged.hops.last_mut() {
            hop.checks.push(check);
        }
    }

    /// What lies behind the interface of an endpoint decides too.
    fn beyond_endpoint(&self, there: &Walk, judged: &mut Judged) -> Option<Beyond> {
        let Landing::Interface(interface) = there.landing else {
            return None;
        };
        let endpoint = self.network.interfaces.get(interface as usize)?.endpoint?;
        let beyond = endpoint::beyond(
            self.graph,
            self.network,
            &endpoint::Landing {
                endpoint,
                interface,
                client: self.from,
                source: self.seen_source(there),
                address: self.last(there),
                traffic: self.traffic,
                assume: self.assume,
                depth: self.within.depth,
            },
        );
        narrow(judged, &self.traffic.ports, &beyond.admitted);
        judged.hops.extend(beyond.forward.iter().cloned());
        judged.assumptions.extend(&beyond.assumptions);
        Some(beyond)
    }

    /// Client ports that replies go to; all for protocols without ports.
    pub(super) fn reply_ports(&self) -> Ports {
        if self.traffic.protocol.has_ports() {
            self.traffic.client_ports.clone()
        } else {
            Ports::range(0, u16::MAX)
        }
    }

    /// The way of replies: from where the traffic ended back to the client,
    /// over the NAT gateway if there was one.
    fn replies(&self, there: &Walk, choice: usize) -> (Judged, usize) {
        let all = self.reply_ports();
        if self.echo().is_some_and(|echo| echo.is_empty()) {
            return (passed(all), 1);
        }
        let end = match there.landing {
            // Whoever gets what was meant for another is not asked for replies.
            Landing::Interface(row) if meant(self.to).is_some_and(|meant| meant != row) => None,
            Landing::Interface(row) => {
                let interface = self.network.interfaces.get(row as usize);
                interface.map(|interface| End::Interface(interface.node, self.last(there)))
            }
            // What left without a public address was dropped, and nobody replies.
            Landing::Internet if walk::is_private(self.seen_source(there)) => None,
            Landing::Internet => Some(End::Internet(self.last(there))),
            Landing::OnPremises(via) => Some(End::OnPremises(Some(via), self.last(there))),
            Landing::Endpoint(_) => return (self.gateway_endpoint_replies(&all), 1),
            // Nothing came there, so nothing comes back; the way there says why.
            Landing::Nat(_) | Landing::Subnet(_) | Landing::Nowhere => None,
        };
        let Some(end) = end else {
            return (passed(all), 1);
        };
        let seen = self.seen_source(there);
        let Some(nat) = there.translated else {
            let journey = self.journey_back(&end, seen, there, choice);
            let back = walk::walk(self.graph, self.network, &journey, self.assume);
            let mut judged = self.judge(&back, &all, true);
            self.expect_return(&back, &mut judged);
            expect_answerer(there, &back, &mut judged);
            return (judged, back.choices);
        };
        let journey = Journey {
            meant: None,
            ..self.journey_back(&end, seen, there, choice)
        };
        let outer = walk::walk(self.graph, self.network, &journey, self.assume);
        let mut judged = self.judge_to_nat(&outer, &all);
        if outer.landing != Landing::Nat(nat.gateway) && said_nothing(&judged.hops) {
            block(&mut judged, Code::DeliveredElsewhere);
        }
        expect_answerer(there, &outer, &mut judged);
        let journey = self.journey_back(&end, self.from.address(), there, choice);
        let inner = walk::from_nat(self.graph, self.network, nat, &journey, self.assume);
        let second = self.judge(&inner, &all, true);
        (joined(judged, second), outer.choices.max(inner.choices))
    }

    /// A NAT gateway takes a port of its own for each connection, any from 1024
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>),
    /// so that whether replies come back is not a matter of the client's.
    fn judge_to_nat(&self, outer: &Walk, all: &Ports) -> Judged {
        if !self.traffic.protocol.has_ports() {
            return self.judge(outer, all, true);
        }
        let own = Ports::range(1024, u16::MAX);
        let mut judged = self.judge(outer, &own, true);
        judged.in_part = !judged.open.is_empty() && judged.open != own;
        let (open, maybe) = (!judged.open.is_empty(), !judged.maybe.is_empty());
        judged.open = if open { all.clone() } else { Ports::default() };
        judged.maybe = if maybe && !open {
            all.clone()
        } else {
            Ports::default()
        };
        judged
    }

    /// The source address as the far end saw it.
    fn seen_source(&self, there: &Walk) -> IpAddr {
        there
            .steps
            .last()
            .map_or_else(|| self.from.address(), |step| step.source)
    }

    /// The destination address as the packet had it at the end.
    fn last(&self, there: &Walk) -> IpAddr {
        there
            .steps
            .last()
            .map_or_else(|| self.to.address(), |step| step.destination)
    }

    fn journey_back<'e>(
        &self,
        end: &'e End,
        destination: IpAddr,
        there: &Walk,
        choice: usize,
    ) -> Journey<'e> {
        Journey {
            from: end,
            source: end.address(),
            destination,
            meant: meant(self.from),
            protocol: self.traffic.protocol,
            replies: true,
            choice,
            memory: there.memory.clone(),
        }
    }

    /// Replies must come back to where the traffic began.
    fn expect_return(&self, back: &Walk, judged: &mut Judged) {
        let right = match (self.from, &back.landing) {
            (_, Landing::Nowhere) => !said_nothing(&judged.hops),
            (End::Interface(node, _), Landing::Interface(row)) => node.row() == Some(*row),
            (End::Subnet(..) | End::Address(_), _) | (End::Internet(_), Landing::Internet) => true,
            (End::OnPremises(..), Landing::OnPremises(_)) => {
                judged.assumptions.insert(Assumption::OnPremisesRoutesBack);
                true
            }
            _ => false,
        };
        if matches!(self.to, End::OnPremises(..)) {
            judged.assumptions.insert(Assumption::OnPremisesRoutesBack);
        }
        if !right {
            block(judged, Code::DeliveredElsewhere);
        }
    }

    /// Replies of a gateway endpoint come straight into the client's subnet.
    fn gateway_endpoint_replies(&self, all: &Ports) -> Judged {
        let subnet = match self.from {
            End::Interface(node, _) => node
                .row()
                .and_then(|row| self.network.interfaces.get(row as usize)?.subnet),
            End::Subnet(node, _) => node.row(),
            _ => None,
        };
        let Some(subnet) = subnet else {
            return passed(all.clone());
        };
        let node = self
            .network
            .subnets
            .get(subnet as usize)
            .map(|subnet| subnet.node);
        let step = node.map(|node| Step {
            place: Place::Resource(node),
            source: self.to.address(),
            destination: self.from.address(),
            identity: Identity::Lost,
            what: What::AclIn(subnet),
        });
        let walk = Walk {
            steps: step.into_iter().collect(),
            landing: Landing::Nowhere,
            identity: Identity::Lost,
            assumptions: std::collections::BTreeSet::new(),
            choices: 1,
            translated: None,
            memory: Memory::default(),
        };
        self.judge(&walk, all, true)
    }
}

/// A client knows only whom it wrote to: replies that a NAT gateway gave its
/// own address, or that lost their public one, are nothing to it.
fn expect_answerer(there: &Walk, back: &Walk, judged: &mut Judged) {
    let (Some(asked), Some(answered)) = (there.steps.first(), back.steps.last()) else {
        return;
    };
    if back.landing != Landing::Nowhere && asked.destination != answered.source {
        block(judged, Code::ReplyFromElsewhere);
    }
}
