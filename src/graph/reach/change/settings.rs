//! Settings, acceptances and what no setting changes, by the code of the check.
//!
//! For each reason that is not about a rule or a route: the one setting that
//! removes it, else whose move it is. Uses the model; a code that is not here
//! belongs to another file of this folder.

use super::edit::{Edit, Setting, Waiting};
use super::{Blocked, Change, Party};
use crate::graph::Node;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Aspect, End};
use crate::graph::reach::model::EndpointType;
use crate::snapshot::record::Kind;

impl Blocked<'_> {
    /// A change for a code that is about one setting, or about nobody's.
    pub(super) fn setting(&self) -> Option<Change> {
        let code = self.check.code?;
        match code {
            Code::SgReferencingSupport => self.referencing(),
            Code::EniSourceDestCheckRestriction => self.on(
                &[Kind::NetworkInterface],
                "Let",
                "forward what is not its own",
                |id| Edit::Set(Setting::SourceDestCheck(id)),
                "Only an appliance should: it then passes packets of any address.",
            ),
            Code::IgwPublicIpAssociationForEgress => self.public_address(),
            Code::IgwRejectsSpoofed => self.attach_gateway(),
            Code::BlockPublicAccess => self.public_access(),
            Code::BadState if self.resource(&[Kind::VpcPeeringConnection]).is_some() => {
                self.accept_peering()
            }
            Code::BadState if self.resource(&[Kind::VpnGateway]).is_some() => {
                self.attach_vpn_gateway()
            }
            Code::VpcePendingAcceptance | Code::VpceConnectionMissing => self.accept_endpoint(),
            Code::VgwNoKnownPrefix | Code::VgwNoRoute => Some(self.vpn_route()),
            Code::ElbNotCrosszone => self.on(
                &[Kind::LoadBalancer],
                "Let",
                "balance across zones",
                |id| Edit::Set(Setting::CrossZone(id)),
                "Traffic between zones of a Network Load Balancer is charged.",
            ),
            _ => self.name_setting(code).or_else(|| self.whose(code)),
        }
    }

    /// One setting of one resource.
    fn on(
        &self,
        kinds: &[Kind],
        verb: &str,
        what: &str,
        edit: impl Fn(String) -> Edit,
        remark: &str,
    ) -> Option<Change> {
        let node = self.resource(kinds)?;
        let id = self.graph.id(node);
        let title = format!("{verb} {id} {what}");
        let title = title.trim_end().to_owned();
        Some(self.edit(node, title, edit(id), remark.to_owned()))
    }

    fn name_setting(&self, code: Code) -> Option<Change> {
        match code {
            Code::DnsSupportDisabled => self.on(
                &[Kind::Vpc],
                "Turn on DNS support of",
                "",
                |id| Edit::Set(Setting::DnsSupport(id)),
                "",
            ),
            Code::DnsHostnamesDisabled => self.on(
                &[Kind::Vpc],
                "Turn on DNS hostnames of",
                "",
                |id| Edit::Set(Setting::DnsHostnames(id)),
                "",
            ),
            Code::DnsPrivateDnsOff | Code::DnsPreferenceExcludes | Code::DnsDomainNotVerified
                if self.has_fixed_names() =>
            {
                Some(self.new_endpoint())
            }
            Code::DnsPrivateDnsOff => self.on(
                &[Kind::VpcEndpoint],
                "Turn on private DNS of",
                "",
                |id| Edit::Set(Setting::PrivateDns(id)),
                "The VPC needs DNS support and DNS hostnames on. All of the VPC then reaches the name through the endpoint.",
            ),
            Code::DnsPreferenceExcludes | Code::DnsDomainNotVerified => self.on(
                &[Kind::VpcEndpoint],
                "Let",
                "accept the domain",
                |id| Edit::Set(Setting::DnsPreference(id)),
                "Put the domain for <domain>. Or the provider verifies the domain.",
            ),
            Code::DnsZoneNotAssociated => self.zone_association(),
            _ => None,
        }
    }

    /// Private DNS of endpoints to resources and service networks is set when
    /// they are made
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html>).
    fn has_fixed_names(&self) -> bool {
        let endpoint = self
            .resource(&[Kind::VpcEndpoint])
            .and_then(|node| self.network.endpoints.get(node.row()? as usize));
        endpoint.is_some_and(|endpoint| {
            matches!(
                endpoint.kind,
                EndpointType::Resource | EndpointType::ServiceNetwork
            )
        })
    }

    fn new_endpoint(&self) -> Change {
        let node = self.resource(&[Kind::VpcEndpoint]);
        let id = node.map_or_else(String::new, |node| self.graph.id(node));
        let account = node.map_or_else(String::new, |node| self.graph.account(node));
        self.advice(
            format!("Make a new endpoint in the place of {id}, with private DNS for the domain"),
            Party::Owner(account),
            "Private DNS and its preference cannot be changed on an endpoint of this type; delete the old one when the new one serves.".to_owned(),
        )
    }

    /// Group referencing is an option of the transit gateway and of each
    /// attachment (<https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>).
    fn referencing(&self) -> Option<Change> {
        let crossed: Vec<&String> = self
            .vpc_attachments()
            .map(|(attachment, _)| &attachment.gateway)
            .collect();
        let gateway = self.network.transit_gateways.iter().find(|gateway| {
            gateway.references == Some(false) && crossed.contains(&&self.graph.id(gateway.node))
        });
        let note = "A rule that names the address instead of the group works without the option.";
        if let Some(gateway) = gateway {
            let id = self.graph.id(gateway.node);
            let title = format!("Turn on security group referencing of {id}");
            let edit = Edit::Set(Setting::GatewayReferencing(id));
            return Some(self.edit(gateway.node, title, edit, note.to_owned()));
        }
        let (attachment, _) = self
            .vpc_attachments()
            .find(|(_, vpc)| vpc.references == Some(false))?;
        let id = attachment.id.clone();
        let title = format!("Turn on security group referencing of {id}");
        let edit = Edit::Set(Setting::AttachmentReferencing(id));
        Some(self.edit(attachment.node, title, edit, note.to_owned()))
    }

    fn public_address(&self) -> Option<Change> {
        let address = self.hop.header.source;
        let ends = [&self.flow.from, &self.flow.to];
        let node = ends.into_iter().find_map(|end| match end {
            End::Interface(node, own) if *own == address => Some(*node),
            _ => None,
        })?;
        let id = self.graph.id(node);
        let title = format!("Give {address} of {id} a public address");
        let edit = Edit::PublicAddress {
            interface: id,
            address: address.to_string(),
        };
        let remark = "Public IPv4 addresses are charged by the hour. A route to a NAT gateway instead lets it out and lets nobody in.";
        Some(self.edit(node, title, edit, remark.to_owned()))
    }

    fn attach_gateway(&self) -> Option<Change> {
        let gateway = self.resource(&[Kind::InternetGateway])?;
        let attached = self
            .network
            .internet_gateways
            .get(gateway.row()? as usize)
            .is_some_and(|gateway| !gateway.vpcs.is_empty());
        let (Some(vpc), false) = (self.table_vpc(), attached) else {
            return None;
        };
        let (gateway_id, vpc) = (self.graph.id(gateway), self.graph.id(vpc));
        let title = format!("Attach {gateway_id} to {vpc}");
        let edit = Edit::AttachInternetGateway {
            gateway: gateway_id,
            vpc,
        };
        Some(self.edit(gateway, title, edit, String::new()))
    }

    /// The VPC whose route table led here.
    fn table_vpc(&self) -> Option<Node> {
        let table = self.table()?.row()?;
        let vpc = self.network.tables.get(table as usize)?.vpc?;
        Some(Node::new(Kind::Vpc, vpc))
    }

    fn attach_vpn_gateway(&self) -> Option<Change> {
        let gateway = self.resource(&[Kind::VpnGateway])?;
        let known = self.network.vpn_gateways.get(gateway.row()? as usize)?;
        if !known.vpcs.is_empty() || known.state.as_deref() != Some("available") {
            return None;
        }
        let (id, vpc) = (self.graph.id(gateway), self.graph.id(self.table_vpc()?));
        let title = format!("Attach {id} to {vpc}");
        let edit = Edit::AttachVpnGateway { gateway: id, vpc };
        Some(self.edit(gateway, title, edit, String::new()))
    }

    /// An exclusion of the subnet is smaller than turning it off for the
    /// account (<https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>).
    fn public_access(&self) -> Option<Change> {
        let header = &self.hop.header;
        let row = [&self.flow.from, &self.flow.to]
            .into_iter()
            .find_map(|end| match end {
                End::Interface(node, own) if [header.source, header.destination].contains(own) => {
                    self.network.interfaces.get(node.row()? as usize)?.subnet
                }
                End::Subnet(node, _) => node.row(),
                _ => None,
            })?;
        let node = self.network.subnets.get(row as usize)?.node;
        let id = self.graph.id(node);
        let title = format!("Exclude {id} from Block Public Access");
        let edit = Edit::PublicAccess { subnet: id };
        let remark = "The subnet can then be reached from the internet as far as its rules allow. Somebody turned it on for a reason.";
        Some(self.edit(node, title, edit, remark.to_owned()))
    }

    fn accept_peering(&self) -> Option<Change> {
        let node = self.resource(&[Kind::VpcPeeringConnection])?;
        let peering = self.network.peerings.get(node.row()? as usize)?;
        let id = self.graph.id(node);
        let state = peering.state.as_deref().unwrap_or_default();
        if state != "pending-acceptance" {
            return Some(self.advice(
                format!("Make a new peering in the place of {id}"),
                Party::Owner(self.graph.account(node)),
                format!("{id} is {state}; a peering that is not active and does not wait never becomes active. Routes to it must then lead to the new one."),
            ));
        }
        let entry = self.graph.entry(node);
        let accepter = |field: &str| {
            let path = format!("AccepterVpcInfo.{field}");
            entry.and_then(|entry| entry.text(&path))
        };
        let edit = Edit::Accept(Waiting::Peering(id.clone()));
        let region = accepter("Region").unwrap_or_else(|| self.graph.scope(node).region);
        let mut change = self.edit(
            node,
            format!("Accept {id}"),
            edit,
            "The owner of the accepter's VPC accepts it, in that VPC's Region.".to_owned(),
        );
        if let Some(edit) = &change.edit {
            change.cli = super::command::commands(edit, &region);
        }
        if let Some(owner) = accepter("OwnerId") {
            change.party = Party::Owner(owner);
        }
        Some(change)
    }

    fn accept_endpoint(&self) -> Option<Change> {
        let node = self.resource(&[Kind::VpcEndpoint])?;
        let endpoint = self.network.endpoints.get(node.row()? as usize)?;
        let id = self.graph.id(node);
        // The last part of `com.amazonaws.vpce.us-east-1.vpce-svc-…` is the id.
        let service = endpoint
            .service
            .as_deref()
            .and_then(|name| name.rsplit('.').next())
            .filter(|id| id.starts_with("vpce-svc-"));
        let Some(service) = service else {
            return Some(self.advice(
                format!("Ask for {id} to be accepted"),
                Party::Provider,
                "The provider accepts connections of endpoints.".to_owned(),
            ));
        };
        let edit = Edit::Accept(Waiting::Endpoint {
            service: service.to_owned(),
            endpoint: id.clone(),
        });
        let mut change = self.edit(
            node,
            format!("Accept {id} at {service}"),
            edit,
            "The provider does that; the consumer cannot.".to_owned(),
        );
        change.party = Party::Provider;
        Some(change)
    }

    fn vpn_route(&self) -> Change {
        let address = self.hop.header.destination;
        let connection = self.network.vpn_connections.iter().find(|connection| {
            let gateway = connection
                .vpn_gateway
                .map(|row| Node::new(Kind::VpnGateway, row));
            connection.static_only == Some(true)
                && gateway
                    .is_some_and(|gateway| self.resource(&[Kind::VpnGateway]) == Some(gateway))
        });
        let Some(connection) = connection else {
            return self.advice(
                format!("Let the customer gateway announce {address}"),
                Party::OnPremises,
                "The gateway learns networks over BGP from the other side; no static VPN connection of it is in the snapshot.".to_owned(),
            );
        };
        let id = self.graph.id(connection.node);
        let title = format!("Tell {id} that {address} lies behind it");
        let edit = Edit::VpnRoute {
            connection: id,
            block: ipnet::IpNet::from(address),
        };
        let note = "The block of the whole network is the usual value.";
        self.edit(connection.node, title, edit, note.to_owned())
    }

    fn zone_association(&self) -> Option<Change> {
        let zone = self.resource(&[Kind::HostedZone])?;
        let vpc = self
            .check
            .evidence
            .iter()
            .map(|at| at.node)
            .find(|node| node.kind == Kind::Vpc)
            .or_else(|| self.source_vpc())?;
        let edit = Edit::ZoneAssociation {
            zone: self.graph.id(zone),
            vpc: self.graph.id(vpc),
            region: self.graph.scope(vpc).region,
        };
        let title = format!(
            "Let {} answer in {}",
            self.graph.id(zone),
            self.graph.id(vpc)
        );
        let note = "A zone of another account is authorised there first (create-vpc-association-authorization).";
        Some(self.edit(zone, title, edit, note.to_owned()))
    }

    fn source_vpc(&self) -> Option<Node> {
        let row = match &self.flow.from {
            End::Interface(node, _) => self.network.interfaces.get(node.row()? as usize)?.vpc?,
            End::Subnet(node, _) => self.network.subnets.get(node.row()? as usize)?.vpc?,
            _ => return None,
        };
        Some(Node::new(Kind::Vpc, row))
    }

    /// What no edit of the consumer's network removes.
    fn whose(&self, code: Code) -> Option<Change> {
        let provider = self.check.aspect == Aspect::Provider;
        let (party, note) = match code {
            Code::NatUnsolicitedInbound => (
                Party::Nobody,
                "The other side needs a way of its own: a public address, a load balancer, or PrivateLink.",
            ),
            Code::EdgeToEdgeNotSupported | Code::PcxRequiresAddressInVpcCidr => (
                Party::Nobody,
                "A peering or gateway does not carry traffic of third networks; a direct peering or a transit gateway does.",
            ),
            Code::NgwRequiresSourceInVpc => (
                Party::Nobody,
                "The source needs a NAT gateway of its own VPC, or a way through a transit gateway.",
            ),
            Code::LinkLocalNotForwarded | Code::FamilyMismatch | Code::RegionMismatch => {
                (Party::Nobody, "Another address has to be used.")
            }
            Code::ProtocolRestriction | Code::VpceGatewayProtocol | Code::VpceIntraVpcTraffic => (
                Party::Nobody,
                "The component carries no such traffic, whatever is set.",
            ),
            Code::IgwDestinationAddressInPrivateRange => (
                Party::Nobody,
                "Private addresses are reached over a peering, a transit gateway or a VPN, not over the internet gateway.",
            ),
            Code::BadStateVpn => (
                Party::OnPremises,
                "The tunnels come up when the customer gateway brings them up.",
            ),
            Code::NoEniForAddress | Code::NoSubnetForAddress | Code::NothingThere => (
                Party::Owner(String::new()),
                "Nothing that could answer has the address; ask for one that an interface has.",
            ),
            Code::DeliveredElsewhere | Code::RoutingLoop | Code::ReplyFromElsewhere => (
                Party::Owner(String::new()),
                "Routes on the way lead elsewhere; a route to the narrower block comes before them, unless blocks overlap, which no route mends.",
            ),
            Code::EniAddressRestriction => (
                Party::Owner(String::new()),
                "Send from an address that the interface has, or turn off its source and destination check if it forwards for others.",
            ),
            Code::IgwPrivateIpAssociationForIngress => (
                Party::Owner(String::new()),
                "Associate the public address with an interface of the VPC.",
            ),
            Code::SnvaNotTransitive => (
                Party::Owner(String::new()),
                "Make a VPC endpoint to the service network instead: that serves clients of other networks too.",
            ),
            Code::VpceServiceNotInstalledInAz | Code::RgwNoAzOverlap => (
                Party::Provider,
                "The provider adds the zone; or the endpoint moves to subnets in zones that the provider has.",
            ),
            Code::Elbv2ListenersMismatch
            | Code::Elbv2NoTargetsInAz
            | Code::RcfgPortNotAllowed
            | Code::RcfgInaccessible
            | Code::RgwSgEgress
            | Code::PlNlbSgEnforced => (Party::Provider, "It is set on the provider's side."),
            _ if provider => (Party::Provider, "It is set on the provider's side."),
            _ => return None,
        };
        let title = match party {
            Party::Provider => format!("Ask the provider of {}", self.shown()),
            Party::OnPremises => format!("See to the other side of {}", self.shown()),
            Party::Nobody => format!("Take another way than {}", self.shown()),
            Party::Owner(_) => format!("See to {}", self.shown()),
        };
        Some(self.advice(title, party, format!("{} {note}", code.text())))
    }
}
