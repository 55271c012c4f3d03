//! What stands on a way, judged: groups, ACLs, faults.
//!
//! Turns steps of a walk into hops with checks, and ports into those that pass.
//! Uses the filters and the model; which ways are walked is decided elsewhere.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::code::{Assumption, Code};
use super::evaluate::Asking;
use super::filter::{self, Decided, Identity, Log, Other, Way};
use super::flow::{Admitted, Aspect, At, Check, Component, End, Header, Hop, Outcome, Protocol};
use super::model::acl_of;
use super::walk::{Landing, Place, Step, Walk, What};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::snapshot::record::Kind;

/// What became of ports along a way.
#[derive(Debug)]
pub(super) struct Judged {
    /// The components, with their checks.
    pub(super) hops: Vec<Hop>,
    /// Ports that pass.
    pub(super) open: Ports,
    /// Ports that may pass besides.
    pub(super) maybe: Ports,
    /// Whether some connections pass and others do not, whatever their ports.
    pub(super) in_part: bool,
    /// What was taken for granted.
    pub(super) assumptions: BTreeSet<Assumption>,
}

impl Asking<'_> {
    /// Judges all that stands on a way, for these ports.
    pub(super) fn judge(&self, walk: &Walk, asked: &Ports, replies: bool) -> Judged {
        let mut judged = Judged {
            hops: Vec::new(),
            open: asked.clone(),
            maybe: Ports::default(),
            in_part: false,
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
            What::EchoOnly => echo_only(asked),
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
            What::GroupsOut(row) => {
                self.groups(*row, Way::Out, (step, walk), asked, replies, assumptions)
            }
            What::GroupsIn(row) => {
                self.groups(*row, Way::In, (step, walk), asked, replies, assumptions)
            }
            What::AclOut(row) => self.acl(*row, Way::Out, step, asked, replies, assumptions),
            What::AclIn(row) => self.acl(*row, Way::In, step, asked, replies, assumptions),
        }
    }

    fn groups(
        &self,
        row: u32,
        way: Way,
        (step, walk): (&Step, &Walk),
        asked: &Ports,
        replies: bool,
        assumptions: &mut BTreeSet<Assumption>,
    ) -> (Option<Check>, Admitted) {
        let Some(interface) = self.network.interfaces.get(row as usize) else {
            return (None, Admitted::default());
        };
        let (address, peer) = other_side(way, step, walk, meant(self.to));
        let ports = if replies {
            self.reply_header(asked)
        } else {
            asked.clone()
        };
        let peer = peer.and_then(|row| self.network.interfaces.get(row as usize));
        let source = self.within.source.filter(|_| way == Way::In);
        let peer = source.or(peer);
        let other = Other {
            address,
            interface: peer.filter(|peer| peer.has(address)),
            unseen: way == Way::Out && peer.is_none() && ends_in_doubt(walk),
            identity: identity_for(way, step, walk),
        };
        let mut log = Log::default();
        let admitted = filter::groups(
            self.network,
            interface,
            way,
            other,
            (self.traffic.protocol, &ports),
            self.assume,
            &mut log,
        );
        let admitted = if replies {
            self.reply_admitted(admitted, asked, &ports)
        } else {
            admitted
        };
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

    /// What the ACL of a subnet admits, by row.
    pub(super) fn acl(
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
    pub(super) fn reply_header(&self, asked: &Ports) -> Ports {
        match self.traffic.protocol {
            Protocol::Icmp => Ports::range(0, 0),
            // Type 129, code 0.
            Protocol::Icmpv6 => Ports::range(129 << 8, 129 << 8),
            _ => asked.clone(),
        }
    }

    /// An echo reply passes or does not, whatever else was asked.
    pub(super) fn reply_admitted(
        &self,
        admitted: Admitted,
        asked: &Ports,
        sent: &Ports,
    ) -> Admitted {
        if !self.traffic.protocol.is_icmp() {
            return admitted;
        }
        if sent.difference(&admitted.open).is_empty() {
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

const fn landed(landing: &Landing) -> Option<u32> {
    match landing {
        Landing::Interface(row) => Some(*row),
        _ => None,
    }
}

fn echo_only(asked: &Ports) -> (Option<Check>, Admitted) {
    let admitted = Admitted {
        open: asked.intersection(&Ports::range(8 << 8, 8 << 8)),
        unknown: Ports::default(),
    };
    let code = Code::VpceGatewayProtocol;
    let check = judged_check(Aspect::Gateway, &admitted, asked, code);
    let told = (check.outcome != Outcome::Pass).then_some(check);
    (told, admitted)
}

/// The address that groups look at, and the interface of the other side.
pub(super) fn other_side(
    way: Way,
    step: &Step,
    walk: &Walk,
    meant: Option<u32>,
) -> (IpAddr, Option<u32>) {
    match way {
        Way::Out => (step.destination, landed(&walk.landing).or(meant)),
        Way::In => (step.source, sender(walk)),
    }
}

/// Whether rules know the other side's groups. Rules of the sender are about
/// the end, those on the way about where the packet comes from.
pub(super) fn identity_for(way: Way, step: &Step, walk: &Walk) -> Identity {
    match way {
        Way::Out if step.identity != Identity::Lost => walk.identity,
        _ => step.identity,
    }
}

/// Whether what was not seen decides where a way ends.
fn ends_in_doubt(walk: &Walk) -> bool {
    let doubt =
        |step: &Step| matches!(&step.what, What::Fault(fault) if fault.outcome == Outcome::Unknown);
    walk.landing == Landing::Nowhere && walk.steps.iter().any(doubt)
}

/// The interface that a way begins at.
fn sender(walk: &Walk) -> Option<u32> {
    match walk.steps.first()?.place {
        Place::Resource(node) if node.kind == Kind::NetworkInterface => node.row(),
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

/// Lets through what a filter admits.
pub(super) fn narrow(judged: &mut Judged, asked: &Ports, admitted: &Admitted) {
    if admitted.unknown.is_empty() && asked.difference(&admitted.open).is_empty() {
        return;
    }
    let open = judged.open.intersection(&admitted.open);
    let either = admitted.open.clone().union(&admitted.unknown);
    let before = std::mem::take(&mut judged.maybe).union(&judged.open);
    judged.maybe = before.intersection(&either).difference(&open);
    judged.open = open;
}

pub(super) fn meant(end: &End) -> Option<u32> {
    match end {
        End::Interface(node, _) => node.row(),
        _ => None,
    }
}
