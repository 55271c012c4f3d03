//! Ways through transit gateways.
//!
//! Attachments, their zones, the route tables in between, and the ACLs of
//! attachment subnets
//! (<https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html>). Uses the model;
//! filters are judged elsewhere.

use super::{Entered, Fault, Landing, Place, Walker, What, field};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::Identity;
use crate::graph::reach::flow::{Aspect, At, Outcome};
use crate::graph::reach::lookup::{self, Found, TransitHop};
use crate::graph::reach::model::is_listed;
use crate::graph::reach::model::{Attachment, AttachmentKind, Seen, VpcAttachment, Zone};
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

/// Where a packet is between two attachments.
struct Between<'g> {
    /// The transit gateway's id.
    gateway: &'g str,
    /// Position of the attachment that it came by.
    from: usize,
    /// The zone that it came from, if known.
    zone: Option<&'g Zone>,
    /// Whether the option for group references is on so far, if known.
    references: Option<bool>,
    /// Gateways passed.
    passed: Vec<&'g str>,
}

impl<'g> Walker<'g> {
    pub(super) fn via_transit(&mut self, target: &Target, vpc: u32, subnet: Option<u32>) {
        let id = match target {
            Target::Here(node) => self.graph.id(*node),
            Target::Elsewhere(id) => id.clone(),
            Target::Nothing => return,
        };
        let home = self.network.vpcs.get(vpc as usize);
        let attachments = self.network.attachments_of(vpc);
        let mut own =
            attachments.filter(|(_, attachment)| attachment.gateway == id && !is_dead(attachment));
        let Some((position, attachment)) = own.next() else {
            let Some(home) = home else { return };
            let place = Place::Named(id);
            let kind = Kind::TransitGatewayVpcAttachment;
            return if is_listed(self.graph, kind, home.node) {
                self.fault(place, Aspect::Gateway, Code::TgwNotAttached, "");
            } else {
                let needs = vec![Need::Listing(kind, home.node)];
                self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
            };
        };
        self.pass(attachment.node);
        self.state(
            attachment.node,
            attachment.state.as_deref(),
            "State",
            &["available", "modifying"],
        );
        let zone = subnet
            .and_then(|row| self.network.subnets.get(row as usize))
            .and_then(|subnet| subnet.zone.as_ref());
        let AttachmentKind::Vpc(of) = &attachment.kind else {
            return;
        };
        self.enter_in_zone(attachment, of, zone);
        self.carries(attachment, of);
        let references = self.references(of, &id);
        self.between(Between {
            gateway: &attachment.gateway,
            from: position,
            zone,
            references,
            passed: Vec::new(),
        });
    }

    /// The option must be on at the gateway and at the attachment.
    fn references(&self, of: &VpcAttachment, gateway: &str) -> Option<bool> {
        let gateway = self.network.transit_gateway(gateway);
        both(
            of.references,
            gateway.and_then(|gateway| gateway.references),
        )
    }

    /// Traffic of a zone enters only by an attachment subnet of that zone.
    fn enter_in_zone(&mut self, attachment: &Attachment, of: &VpcAttachment, zone: Option<&Zone>) {
        let place = Place::Resource(attachment.node);
        let (Some(subnets), Some(zone)) = (&of.subnets, zone) else {
            let need = if of.subnets.is_none() {
                Need::Listing(Kind::TransitGatewayVpcAttachment, attachment.node)
            } else {
                Need::Sense("the Availability Zone of the source subnet".to_owned())
            };
            return self.doubt(
                place,
                Aspect::Gateway,
                Code::TgwRouteAzRestriction,
                vec![need],
            );
        };
        let same = self.in_zone(subnets, zone);
        match same {
            Seen::There(row) => {
                if let Some(subnet) = self.network.subnets.get(row as usize) {
                    self.step(Place::Resource(subnet.node), What::AclIn(row));
                }
            }
            Seen::Gone if of.strangers.is_empty() => {
                let detail = format!("no attachment subnet in {}", zone.shown());
                self.fault(place, Aspect::Gateway, Code::TgwRouteAzRestriction, detail);
            }
            _ => {
                let sense = "the zones of the attachment's subnets".to_owned();
                let needs = vec![Need::Sense(sense)];
                self.doubt(place, Aspect::Gateway, Code::TgwRouteAzRestriction, needs);
            }
        }
    }

    /// The subnet in a zone.
    fn in_zone(&self, subnets: &[u32], zone: &Zone) -> Seen<u32> {
        let mut open = false;
        for row in subnets {
            let Some(subnet) = self.network.subnets.get(*row as usize) else {
                return Seen::Unseen;
            };
            match subnet.zone.as_ref().and_then(|own| own.same(zone)) {
                Some(true) => return Seen::There(*row),
                Some(false) => {}
                None => open = true,
            }
        }
        if open { Seen::Unseen } else { Seen::Gone }
    }

    /// In from a VPN, Direct Connect or Connect attachment.
    pub(super) fn in_by_attachment(&mut self, via: Node) {
        let id = self.graph.id(via);
        let attachments = self.network.attachments.iter().enumerate();
        let mut own = attachments.filter(|(_, attachment)| attachment.id == id);
        let Some((position, attachment)) = own.next() else {
            return self.missing(via);
        };
        self.pass(via);
        self.state(
            via,
            attachment.state.as_deref(),
            "State",
            &["available", "modifying"],
        );
        self.between(Between {
            gateway: &attachment.gateway,
            from: position,
            zone: None,
            references: Some(false),
            passed: Vec::new(),
        });
    }

    /// From attachment to attachment, by the table that the first one is
    /// associated with.
    fn between(&mut self, mut between: Between<'g>) {
        let Some(attachment) = self.network.attachments.get(between.from) else {
            return;
        };
        let place = Place::Resource(attachment.node);
        if between.passed.len() > 8 || between.passed.contains(&between.gateway) {
            return self.fault(place, Aspect::Route, Code::RoutingLoop, "");
        }
        between.passed.push(between.gateway);
        let table = match &attachment.association {
            Seen::There(table) => table,
            Seen::Gone => {
                let code = Code::TgwAttachMissingAssociation;
                return self.fault(place, Aspect::Gateway, code, "");
            }
            Seen::Unseen => {
                let needs = vec![Need::Listing(
                    Kind::TransitGatewayRouteTableAssociation,
                    attachment.node,
                )];
                let code = Code::TgwAttachMissingAssociation;
                return self.doubt(place, Aspect::Gateway, code, needs);
            }
        };
        let Some(table) = self.network.transit_table(table) else {
            let needs = vec![Need::Listing(
                Kind::TransitGatewayRouteTable,
                attachment.node,
            )];
            let place = Place::Named(table.clone());
            return self.doubt(place, Aspect::Route, Code::SnapshotMissing, needs);
        };
        let hop = match lookup::transit(self.network, table, self.destination) {
            Found::Route(hop) => hop,
            Found::Nothing => {
                let place = Place::Resource(table.node);
                return self.fault(place, Aspect::Route, Code::TgwRtbNoRoute, "");
            }
            Found::Unknown(needs) => {
                let place = Place::Resource(table.node);
                return self.doubt(place, Aspect::Route, Code::SnapshotMissing, needs);
            }
            Found::Ambiguous(_) => {
                let sense = "which of several equal routes the transit gateway follows".to_owned();
                let place = Place::Resource(table.node);
                let code = Code::AmbiguousPrefixListRoute;
                return self.doubt(place, Aspect::Route, code, vec![Need::Sense(sense)]);
            }
        };
        self.pass(table.node);
        let derived;
        let next = match hop {
            TransitHop::Listed(index) => {
                let Some(route) = table.routes.get(index) else {
                    return;
                };
                let at = At {
                    node: route.node,
                    path: String::new(),
                    shown: if self.told {
                        shown(route)
                    } else {
                        String::new()
                    },
                };
                if route.state.as_deref() == Some("blackhole") {
                    let fault = Fault {
                        aspect: Aspect::Route,
                        outcome: Outcome::Fail,
                        code: Code::TgwRtbBadStateRoute,
                        at: Some(at),
                        needs: Vec::new(),
                        detail: String::new(),
                    };
                    return self.step(Place::Resource(table.node), What::Fault(fault));
                }
                self.step(Place::Resource(table.node), What::Fact(Aspect::Route, at));
                route.attachments.first().map_or("", String::as_str)
            }
            TransitHop::Derived(id, block) => {
                let shown = if self.told {
                    format!("{block} → {id} (propagated)")
                } else {
                    String::new()
                };
                self.fact(Aspect::Route, table.node, String::new(), shown);
                derived = id;
                &derived
            }
        };
        self.via_attachment(next, between);
    }

    fn via_attachment(&mut self, id: &str, between: Between<'g>) {
        let network = self.network;
        let attachments = || network.attachments_by_id(id);
        let found = attachments()
            .find(|known| known.gateway == between.gateway)
            .or_else(|| attachments().next());
        let Some(next) = found else {
            let sense = format!("the attachment {id}");
            let place = Place::Named(id.to_owned());
            return self.doubt(
                place,
                Aspect::Gateway,
                Code::SnapshotMissing,
                vec![Need::Sense(sense)],
            );
        };
        self.pass(next.node);
        self.state(
            next.node,
            next.state.as_deref(),
            "State",
            &["available", "modifying"],
        );
        match &next.kind {
            AttachmentKind::Vpc(of) => self.on_into_vpc(next, of, &between),
            AttachmentKind::Vpn(_) | AttachmentKind::DirectConnect(_) => {
                if let AttachmentKind::Vpn(id) = &next.kind {
                    self.tunnels(next.node, id);
                }
                self.walk.identity = Identity::Lost;
                self.step(Place::OnPremises, What::Passed);
                self.walk.landing = Landing::OnPremises(next.node);
            }
            AttachmentKind::Peering(other, _) => self.over_peering(next, other.as_ref(), between),
            AttachmentKind::Connect(_) | AttachmentKind::Other(_) => {
                let sense = "what lies behind this attachment".to_owned();
                let place = Place::Resource(next.node);
                let needs = vec![Need::Sense(sense)];
                self.doubt(place, Aspect::Gateway, Code::NotModelled, needs);
            }
        }
    }

    /// Whether a tunnel of a VPN connection is up.
    fn tunnels(&mut self, attachment: Node, id: &str) {
        let mut connections = self.network.vpn_connections.iter();
        let Some(connection) = connections.find(|known| self.graph.id(known.node) == id) else {
            if !self.assume.defaults {
                let needs = vec![Need::Listing(Kind::VpnConnection, attachment)];
                let place = Place::Resource(attachment);
                self.doubt(place, Aspect::Gateway, Code::BadStateVpn, needs);
            }
            return;
        };
        match connection.up {
            Some(true) => {}
            _ if self.assume.defaults => self.assumed(Assumption::VpnTunnelsUp),
            Some(false) => {
                let at = field(connection.node, "VgwTelemetry", "no tunnel is UP");
                self.fault_at(Aspect::Gateway, Code::BadStateVpn, at, "");
            }
            None => self.unseen(connection.node, "VgwTelemetry"),
        }
    }

    /// IPv6 passes only attachments that were made for it
    /// (<https://docs.aws.amazon.com/vpc/latest/tgw/create-vpc-attachment.html>).
    fn carries(&mut self, attachment: &Attachment, of: &VpcAttachment) {
        if self.destination.is_ipv4() || of.ipv6 == Some(true) {
            return;
        }
        let place = Place::Resource(attachment.node);
        if of.ipv6.is_none() {
            let needs = vec![Need::Listing(
                Kind::TransitGatewayVpcAttachment,
                attachment.node,
            )];
            return self.doubt(place, Aspect::Gateway, Code::ProtocolRestriction, needs);
        }
        let detail = "its option Ipv6Support is off";
        self.fault(place, Aspect::Gateway, Code::ProtocolRestriction, detail);
    }

    /// To the other transit gateway, where the end of the peering there has an
    /// association of its own.
    fn over_peering(&mut self, via: &Attachment, other: Option<&'g String>, between: Between<'g>) {
        let place = Place::Resource(via.node);
        let far = other.and_then(|other| {
            let ends = self.network.peering_ends(other);
            let far = ends.filter(|(_, known)| {
                matches!(&known.kind, AttachmentKind::Peering(Some(to), _) if to == between.gateway)
            });
            // The far end has this id, or one of its own of which more is known.
            let best = far
                .min_by_key(|(_, known)| (known.association == Seen::Unseen, known.id != via.id));
            best.map(|(position, _)| (other.as_str(), position))
        });
        let Some((gateway, from)) = far else {
            let needs = vec![Need::Listing(
                Kind::TransitGatewayPeeringAttachment,
                via.node,
            )];
            return self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
        };
        self.walk.identity = Identity::Lost;
        self.between(Between {
            gateway,
            from,
            zone: None,
            references: Some(false),
            passed: between.passed,
        });
    }

    /// Into a VPC: by the attachment subnet of the source's zone, else by any,
    /// and from there by that subnet's route table.
    fn on_into_vpc(&mut self, next: &Attachment, of: &VpcAttachment, between: &Between<'_>) {
        let place = Place::Resource(next.node);
        let Some(vpc) = of.vpc else {
            let sense = format!(
                "the VPC {}, whose account or region is not in the snapshot",
                of.vpc_id
            );
            let needs = vec![Need::Sense(sense)];
            return self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
        };
        self.carries(next, of);
        let references = both(between.references, self.references(of, between.gateway));
        self.walk.identity = match self.walk.identity {
            Identity::SameVpc => Identity::Transit(references),
            _ => Identity::Lost,
        };
        let subnets = of.subnets.as_deref().unwrap_or_default();
        let (Some(first), true) = (subnets.first(), of.strangers.is_empty()) else {
            let needs = vec![Need::Listing(Kind::TransitGatewayVpcAttachment, next.node)];
            return self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
        };
        // In appliance mode a hash of the flow decides, the same for both
        // directions
        // (<https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html>).
        let hashed = of.appliance_mode == Some(true);
        let before = self.memory.hashed.iter().find(|(by, _)| *by == next.node);
        let settled = match (hashed, before) {
            (true, Some((_, row))) => Some(*row),
            (true, None) => None,
            (false, _) => between
                .zone
                .and_then(|zone| match self.in_zone(subnets, zone) {
                    Seen::There(row) => Some(row),
                    Seen::Gone | Seen::Unseen => None,
                }),
        };
        let row = settled.unwrap_or_else(|| {
            // AWS may take any of them.
            self.walk.choices = self.walk.choices.max(subnets.len());
            subnets.get(self.choice).copied().unwrap_or(*first)
        });
        if hashed {
            self.walk.memory.hashed.push((next.node, row));
        }
        self.entered = Entered::Transit;
        self.on_from_attachment(row, vpc);
    }

    fn on_from_attachment(&mut self, row: u32, vpc: u32) {
        let Some(subnet) = self.network.subnets.get(row as usize) else {
            return;
        };
        self.pass(subnet.node);
        if subnet.blocks.is_empty() {
            return self.unseen(subnet.node, "CidrBlock");
        }
        if subnet
            .blocks
            .iter()
            .any(|block| block.contains(&self.destination))
        {
            // From the gateway's interface to a neighbour: no ACL.
            return self.arrive(vpc, row);
        }
        self.step(Place::Resource(subnet.node), What::AclOut(row));
        if subnet.table.is_none() && self.assume.defaults {
            self.assumed(Assumption::RouteTablesDefault);
        }
        self.route_from(row);
    }
}

fn is_dead(attachment: &Attachment) -> bool {
    matches!(
        attachment.state.as_deref(),
        Some("deleted" | "deleting" | "failed" | "rejected")
    )
}

fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn shown(route: &crate::graph::reach::model::TransitRoute) -> String {
    use crate::graph::reach::model::Destination;
    let to = match &route.destination {
        Destination::Block(block) => block.to_string(),
        Destination::List(_, id) => id.clone(),
        Destination::Unreadable => "(unreadable)".to_owned(),
    };
    let how = if route.is_static {
        "static"
    } else {
        "propagated"
    };
    let state = route.state.as_deref().unwrap_or("state not known");
    format!("{to} → {} ({how}, {state})", route.attachments.join(", "))
}
