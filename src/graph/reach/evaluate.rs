//! From ways and filters to an answer.
//!
//! Walks there and back, judges every filter on both, and keeps all that
//! blocks. Uses the walk, the filters and the model; aggregation over many ends
//! is done elsewhere.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::code::{Assumption, Code};
use super::filter::{self, Decided, Identity, Log, Other, Way};
use super::flow::{
    Admitted, Aspect, Assume, At, Check, Component, End, Flow, Header, Hop, Outcome, Protocol,
    Split, Traffic, Verdict,
};
use super::model::{Network, acl_of};
use super::walk::{self, Journey, Landing, Place, Step, Walk, What};
use crate::graph::Graph;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::snapshot::record::Kind;

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
        let asking = Asking {
            graph,
            network: self,
            from,
            to,
            traffic,
            assume,
        };
        let first = asking.one(0);
        let mut flow = first.0;
        for choice in 1..first.1.min(MAX_CHOICES) {
            flow = both(flow, asking.one(choice).0);
        }
        flow
    }
}

/// One answer for two ways that AWS may choose between: what holds for both.
fn both(one: Flow, other: Flow) -> Flow {
    if one.verdict == other.verdict && one.ports == other.ports {
        return one;
    }
    let open = one.ports.open.intersection(&other.ports.open);
    let blocked = one.ports.blocked.intersection(&other.ports.blocked);
    let all = one.traffic.ports.clone();
    let unknown = all.difference(&open).difference(&blocked);
    let verdict = match (one.verdict, other.verdict) {
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (one, other) if one == other => one,
        _ => Verdict::Partial,
    };
    let there = if one.there == other.there {
        one.there
    } else {
        Verdict::Partial
    };
    // The way that fares worse shows what to mend.
    let mut worse = if one.verdict >= other.verdict {
        one
    } else {
        other
    };
    worse.ports = Split {
        open,
        unknown,
        blocked,
    };
    worse.verdict = verdict;
    worse.there = there;
    worse
}

struct Asking<'q> {
    graph: &'q Graph,
    network: &'q Network,
    from: &'q End,
    to: &'q End,
    traffic: &'q Traffic,
    assume: Assume,
}

/// What became of ports along a way.
#[derive(Debug)]
struct Judged {
    hops: Vec<Hop>,
    open: Ports,
    maybe: Ports,
    assumptions: BTreeSet<Assumption>,
}

impl Asking<'_> {
    fn one(&self, choice: usize) -> (Flow, usize) {
        let there = walk::walk(
            self.graph,
            self.network,
            &self.journey_there(choice),
            self.assume,
        );
        let mut forward = self.judge(&there, &self.traffic.ports, false);
        self.expect_landing(&there, &mut forward);
        if let Landing::Interface(interface) = there.landing {
            self.beyond_endpoint(interface, &mut forward);
        }
        let there_verdict = verdict(&self.traffic.ports, &forward.open, &forward.maybe);
        let (back, choices) = self.replies(&there, choice);
        let ports = split(&self.traffic.ports, &forward.open, &forward.maybe);
        let reply_ports = self.reply_ports();
        let client_ports = split(&reply_ports, &back.open, &back.maybe);
        let verdict = with_replies(there_verdict, &client_ports);
        let mut assumptions = forward.assumptions;
        assumptions.extend(back.assumptions);
        let mut back_hops = back.hops;
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
            ports: ports_with(ports, &client_ports),
            client_ports,
            forward: forward.hops,
            back: back_hops,
            assumptions,
        };
        (flow, there.choices.max(choices))
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
        }
    }

    /// Traffic that is meant for one kind of end must not land at another.
    fn expect_landing(&self, walk: &Walk, judged: &mut Judged) {
        let wrong = match (self.to, &walk.landing) {
            (_, Landing::Nowhere) | (End::Address(_), _) => false,
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
    #[expect(clippy::unused_self, reason = "what lies beyond is judged here")]
    fn beyond_endpoint(&self, _interface: u32, _judged: &mut Judged) {}

    /// Client ports that replies go to; all for protocols without ports.
    fn reply_ports(&self) -> Ports {
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
            Landing::Endpoint(_) => return (self.from_gateway_endpoint(&all), 1),
            // Nothing came there, so nothing comes back; the way there says why.
            Landing::Nat(_) | Landing::Nowhere => None,
        };
        let Some(end) = end else {
            return (passed(all), 1);
        };
        let Some(nat) = there.translated else {
            let journey = self.journey_back(&end, self.seen_source(there), choice);
            let back = walk::walk(self.graph, self.network, &journey, self.assume);
            let mut judged = self.judge(&back, &all, true);
            self.expect_return(&back, &mut judged);
            return (judged, back.choices);
        };
        let journey = Journey {
            meant: None,
            ..self.journey_back(&end, self.seen_source(there), choice)
        };
        let outer = walk::walk(self.graph, self.network, &journey, self.assume);
        let mut judged = self.judge(&outer, &all, true);
        if !matches!(outer.landing, Landing::Nat(_)) && said_nothing(&judged.hops) {
            block(&mut judged, Code::DeliveredElsewhere);
        }
        let journey = self.journey_back(&end, self.from.address(), choice);
        let inner = walk::from_nat(self.graph, self.network, nat, &journey, self.assume);
        let second = self.judge(&inner, &all, true);
        (joined(judged, second), outer.choices.max(inner.choices))
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

    fn journey_back<'e>(&self, end: &'e End, destination: IpAddr, choice: usize) -> Journey<'e> {
        Journey {
            from: end,
            source: end.address(),
            destination,
            meant: meant(self.from),
            protocol: self.traffic.protocol,
            replies: true,
            choice,
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
    fn from_gateway_endpoint(&self, all: &Ports) -> Judged {
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
            what: What::AclIn(subnet),
        });
        let walk = Walk {
            steps: step.into_iter().collect(),
            landing: Landing::Nowhere,
            identity: Identity::Lost,
            assumptions: BTreeSet::new(),
            choices: 1,
            translated: None,
        };
        self.judge(&walk, all, true)
    }

    /// Judges all that stands on a way, for these ports.
    fn judge(&self, walk: &Walk, asked: &Ports, replies: bool) -> Judged {
        let mut judged = Judged {
            hops: Vec::new(),
            open: asked.clone(),
            maybe: Ports::default(),
            assumptions: walk.assumptions.clone(),
        };
        for step in &walk.steps {
            let component = component(&step.place);
            let fresh = judged
                .hops
                .last()
                .is_none_or(|hop| hop.component != component);
            if fresh {
                judged.hops.push(Hop {
                    component,
                    header: Header {
                        source: step.source,
                        destination: step.destination,
                    },
                    checks: Vec::new(),
                });
            }
            let (check, admitted) = self.check(step, walk, asked, replies, &mut judged.assumptions);
            narrow(&mut judged, asked, &admitted);
            if let (Some(check), Some(hop)) = (check, judged.hops.last_mut()) {
                hop.checks.push(check);
            }
        }
        judged
    }

    fn check(
        &self,
        step: &Step,
        walk: &Walk,
        asked: &Ports,
        replies: bool,
        assumptions: &mut BTreeSet<Assumption>,
    ) -> (Option<Check>, Admitted) {
        let everything = Admitted {
            open: asked.clone(),
            unknown: Ports::default(),
        };
        match &step.what {
            What::Passed => (None, everything),
            What::Fact(aspect, at) => (Some(passing(*aspect, at.clone())), everything),
            What::Fault(fault) => {
                let admitted = match fault.outcome {
                    Outcome::Fail => Admitted::default(),
                    Outcome::Unknown => Admitted {
                        open: Ports::default(),
                        unknown: asked.clone(),
                    },
                    Outcome::Pass | Outcome::Note => everything,
                };
                let check = Check {
                    aspect: fault.aspect,
                    outcome: fault.outcome,
                    code: Some(fault.code),
                    ports: asked.difference(&admitted.open),
                    evidence: fault.at.clone().into_iter().collect(),
                    needs: fault.needs.clone(),
                    detail: fault.detail.clone(),
                };
                (Some(check), admitted)
            }
            What::GroupsOut(row) => self.groups(*row, Way::Out, step, walk, asked, assumptions),
            What::GroupsIn(row) => self.groups(*row, Way::In, step, walk, asked, assumptions),
            What::AclOut(row) => self.acl(*row, Way::Out, step, asked, replies, assumptions),
            What::AclIn(row) => self.acl(*row, Way::In, step, asked, replies, assumptions),
        }
    }

    fn groups(
        &self,
        row: u32,
        way: Way,
        step: &Step,
        walk: &Walk,
        asked: &Ports,
        assumptions: &mut BTreeSet<Assumption>,
    ) -> (Option<Check>, Admitted) {
        let Some(interface) = self.network.interfaces.get(row as usize) else {
            return (None, Admitted::default());
        };
        let (address, peer) = match way {
            Way::Out => (
                step.destination,
                landed(&walk.landing).or_else(|| meant(self.to)),
            ),
            Way::In => (step.source, meant(self.from)),
        };
        let peer = peer.and_then(|row| self.network.interfaces.get(row as usize));
        let other = Other {
            address,
            interface: peer.filter(|peer| peer.addresses.contains(&address)),
            identity: walk.identity,
        };
        let mut log = Log::default();
        let admitted = filter::groups(
            self.network,
            interface,
            way,
            other,
            (self.traffic.protocol, asked),
            self.assume,
            &mut log,
        );
        assumptions.extend(log.assumptions.iter().copied());
        let aspect = match way {
            Way::Out => Aspect::GroupEgress,
            Way::In => Aspect::GroupIngress,
        };
        let none = if log.any {
            Code::EniSgRulesMismatch
        } else {
            Code::SgHasNoRules
        };
        let mut check = judged_check(aspect, &admitted, asked, none);
        if check.outcome == Outcome::Unknown && !log.any {
            check.code = Some(Code::SnapshotMissing);
        }
        check.evidence = log
            .decided
            .iter()
            .map(|one| self.rule_at(*one, way))
            .collect();
        if check.outcome != Outcome::Pass {
            let field = rules_field(way);
            let groups = interface.groups.iter().flatten();
            let groups = groups.filter_map(|row| self.network.groups.get(*row as usize));
            check.evidence.extend(groups.map(|group| At {
                node: group.node,
                path: field.to_owned(),
                shown: format!("{} {field}", group.id),
            }));
            check.needs = log.needs;
            let names: Vec<&str> = log.codes.iter().map(|code| code.name()).collect();
            check.detail = names.join(", ");
        }
        (Some(check), admitted)
    }

    fn rule_at(&self, decided: Decided, way: Way) -> At {
        let field = rules_field(way);
        let (list, position) = decided.peer;
        let group = self.network.groups.get(decided.group as usize);
        let node = group.map_or(
            crate::graph::Node::new(Kind::SecurityGroup, decided.group),
            |group| group.node,
        );
        At {
            node,
            path: format!("{field}/{}/{list}/{position}", decided.permission),
            shown: self.network.shown_rule(decided, way == Way::In),
        }
    }

    fn acl(
        &self,
        row: u32,
        way: Way,
        step: &Step,
        asked: &Ports,
        replies: bool,
        assumptions: &mut BTreeSet<Assumption>,
    ) -> (Option<Check>, Admitted) {
        let Some(subnet) = self.network.subnets.get(row as usize) else {
            return (None, Admitted::default());
        };
        let aspect = match way {
            Way::Out => Aspect::AclEgress,
            Way::In => Aspect::AclIngress,
        };
        let acl = acl_of(self.network, subnet);
        let entries = acl.and_then(|acl| match way {
            Way::Out => acl.egress.as_ref(),
            Way::In => acl.ingress.as_ref(),
        });
        let (Some(acl), Some(entries)) = (acl, entries) else {
            let need = acl.map_or(Need::Listing(Kind::NetworkAcl, subnet.node), |acl| {
                Need::Field(acl.node, "Entries")
            });
            return self.acl_unseen(aspect, subnet.vpc, need, asked, assumptions);
        };
        let address = match way {
            Way::Out => step.destination,
            Way::In => step.source,
        };
        let ports = if replies {
            self.reply_header(asked)
        } else {
            asked.clone()
        };
        let answer = filter::acl(entries, address, (self.traffic.protocol, &ports));
        let admitted = if replies {
            self.reply_admitted(answer.admitted, asked, &ports)
        } else {
            answer.admitted
        };
        let mut check = judged_check(aspect, &admitted, asked, Code::SubnetAclRestriction);
        check.evidence = entries
            .iter()
            .filter(|entry| answer.decided.contains(&entry.position))
            .map(|entry| At {
                node: acl.node,
                path: format!("Entries/{}", entry.position),
                shown: super::model::shown_entry(entry, way == Way::In),
            })
            .collect();
        if answer.implicit && check.outcome == Outcome::Fail {
            check.evidence.push(At {
                node: acl.node,
                path: "Entries".to_owned(),
                shown: "the last rule, *: deny all".to_owned(),
            });
        }
        if check.outcome == Outcome::Unknown {
            check.needs = vec![Need::Field(acl.node, "Entries")];
        }
        (Some(check), admitted)
    }

    fn acl_unseen(
        &self,
        aspect: Aspect,
        vpc: Option<u32>,
        need: Need,
        asked: &Ports,
        assumptions: &mut BTreeSet<Assumption>,
    ) -> (Option<Check>, Admitted) {
        let none_seen = self.network.acls.iter().all(|acl| acl.vpc != vpc);
        let mut admitted = Admitted {
            open: Ports::default(),
            unknown: asked.clone(),
        };
        if self.assume.defaults && none_seen {
            assumptions.insert(Assumption::NetworkAclsDefault);
            std::mem::swap(&mut admitted.open, &mut admitted.unknown);
            return (None, admitted);
        }
        let mut check = judged_check(aspect, &admitted, asked, Code::SnapshotMissing);
        check.needs = vec![need];
        (Some(check), admitted)
    }

    /// What a reply carries where a request carries its ports: the client's
    /// port, for an echo request the echo reply.
    fn reply_header(&self, asked: &Ports) -> Ports {
        match self.traffic.protocol {
            Protocol::Icmp => Ports::range(0, 0),
            // Type 129, code 0.
            Protocol::Icmpv6 => Ports::range(129 << 8, 129 << 8),
            _ => asked.clone(),
        }
    }

    /// Only an echo request is answered; other ICMP needs no reply.
    fn reply_admitted(&self, admitted: Admitted, asked: &Ports, sent: &Ports) -> Admitted {
        let echo = match self.traffic.protocol {
            Protocol::Icmp => Ports::range(8 << 8, 8 << 8),
            Protocol::Icmpv6 => Ports::range(128 << 8, 128 << 8),
            _ => return admitted,
        };
        let answered = self.traffic.ports.difference(&echo).is_empty();
        if !answered || sent.difference(&admitted.open).is_empty() {
            return Admitted {
                open: asked.clone(),
                unknown: Ports::default(),
            };
        }
        if admitted.unknown.is_empty() {
            return Admitted::default();
        }
        Admitted {
            open: Ports::default(),
            unknown: asked.clone(),
        }
    }
}

const fn rules_field(way: Way) -> &'static str {
    match way {
        Way::In => "IpPermissions",
        Way::Out => "IpPermissionsEgress",
    }
}

fn meant(end: &End) -> Option<u32> {
    match end {
        End::Interface(node, _) => node.row(),
        _ => None,
    }
}

const fn landed(landing: &Landing) -> Option<u32> {
    match landing {
        Landing::Interface(row) => Some(*row),
        _ => None,
    }
}

fn component(place: &Place) -> Component {
    match place {
        Place::Resource(node) => Component::Resource(*node),
        Place::Named(name) => Component::Named(name.clone()),
        Place::Internet => Component::Internet,
        Place::OnPremises => Component::OnPremises,
    }
}

fn passing(aspect: Aspect, at: At) -> Check {
    Check {
        aspect,
        outcome: Outcome::Pass,
        code: None,
        ports: Ports::default(),
        evidence: vec![at],
        needs: Vec::new(),
        detail: String::new(),
    }
}

fn judged_check(aspect: Aspect, admitted: &Admitted, asked: &Ports, code: Code) -> Check {
    let shut = asked.difference(&admitted.open);
    let surely = shut.difference(&admitted.unknown);
    let outcome = if shut.is_empty() {
        Outcome::Pass
    } else if surely.is_empty() {
        Outcome::Unknown
    } else {
        Outcome::Fail
    };
    Check {
        aspect,
        outcome,
        code: (outcome != Outcome::Pass).then_some(code),
        ports: if outcome == Outcome::Fail {
            surely
        } else {
            shut
        },
        evidence: Vec::new(),
        needs: Vec::new(),
        detail: String::new(),
    }
}

fn said_nothing(hops: &[Hop]) -> bool {
    !hops.iter().flat_map(|hop| &hop.checks).any(|check| {
        matches!(check.outcome, Outcome::Fail | Outcome::Unknown) && check.code.is_some()
    })
}

/// Lets through what a filter admits.
fn narrow(judged: &mut Judged, asked: &Ports, admitted: &Admitted) {
    if admitted.unknown.is_empty() && asked.difference(&admitted.open).is_empty() {
        return;
    }
    let open = judged.open.intersection(&admitted.open);
    let either = admitted.open.clone().union(&admitted.unknown);
    let before = std::mem::take(&mut judged.maybe).union(&judged.open);
    judged.maybe = before.intersection(&either).difference(&open);
    judged.open = open;
}

fn block(judged: &mut Judged, code: Code) {
    let check = Check {
        aspect: Aspect::End,
        outcome: Outcome::Fail,
        code: Some(code),
        ports: judged.open.clone(),
        evidence: Vec::new(),
        needs: Vec::new(),
        detail: String::new(),
    };
    judged.open = Ports::default();
    judged.maybe = Ports::default();
    if let Some(hop) = judged.hops.last_mut() {
        hop.checks.push(check);
    }
}

fn passed(open: Ports) -> Judged {
    Judged {
        hops: Vec::new(),
        open,
        maybe: Ports::default(),
        assumptions: BTreeSet::new(),
    }
}

fn joined(mut first: Judged, second: Judged) -> Judged {
    let open = first.open.intersection(&second.open);
    let one = first.open.union(&first.maybe);
    let other = second.open.union(&second.maybe);
    first.maybe = one.intersection(&other).difference(&open);
    first.open = open;
    first.hops.extend(second.hops);
    first.assumptions.extend(second.assumptions);
    first
}

fn split(asked: &Ports, open: &Ports, maybe: &Ports) -> Split {
    Split {
        open: open.clone(),
        unknown: maybe.clone(),
        blocked: asked.difference(open).difference(maybe),
    }
}

fn verdict(asked: &Ports, open: &Ports, maybe: &Ports) -> Verdict {
    if asked.difference(open).is_empty() {
        Verdict::Reachable
    } else if !open.is_empty() {
        Verdict::Partial
    } else if maybe.is_empty() {
        Verdict::Blocked
    } else {
        Verdict::Unknown
    }
}

/// The verdict with replies: without any there is no connection.
fn with_replies(there: Verdict, replies: &Split) -> Verdict {
    let open = !replies.open.is_empty();
    let unknown = !replies.unknown.is_empty();
    match there {
        Verdict::Blocked => Verdict::Blocked,
        _ if !open && !unknown => Verdict::Blocked,
        Verdict::Unknown => Verdict::Unknown,
        _ if !open => Verdict::Unknown,
        Verdict::Reachable if unknown || !replies.blocked.is_empty() => Verdict::Partial,
        same => same,
    }
}

/// Ports are open only where replies come back.
fn ports_with(ports: Split, replies: &Split) -> Split {
    if !replies.open.is_empty() {
        return ports;
    }
    let all = ports.open.clone().union(&ports.unknown);
    if replies.unknown.is_empty() {
        return Split {
            open: Ports::default(),
            unknown: Ports::default(),
            blocked: all.union(&ports.blocked),
        };
    }
    Split {
        open: Ports::default(),
        unknown: all,
        blocked: ports.blocked,
    }
}

/// Says that replies reach only some client ports.
fn note_partial_replies(hops: &mut [Hop], replies: &Split) {
    if let Some(hop) = hops.last_mut() {
        hop.checks.push(Check {
            aspect: Aspect::End,
            outcome: Outcome::Note,
            code: Some(Code::ReturnEphemeralPartial),
            ports: replies.blocked.clone(),
            evidence: Vec::new(),
            needs: Vec::new(),
            detail: format!("replies reach client ports {}", replies.open),
        });
    }
}
