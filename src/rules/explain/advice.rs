//! What to do about each reason why a packet does not pass.
//!
//! One short instruction a code, in general words: the particulars stand in
//! the check and in the changes. Uses the codes and nothing else.

use crate::graph::reach::code::Code;

/// What to do; empty where there is nothing to do.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a code; the compiler asks for each"
)]
pub(super) const fn advice(code: Code) -> &'static str {
    use Code as C;
    match code {
        C::BadState => "Bring the resource into service, or use another one.",
        C::BadStateRoute => {
            "Point the route at a target that exists, or delete it so that a less specific route serves."
        }
        C::BadStateVpn => "Bring a tunnel of the VPN connection up.",
        C::NoRouteToDestination => {
            "Add a route to the destination to this route table, or associate the subnet with a table that has one."
        }
        C::EniSgRulesMismatch | C::SgHasNoRules => {
            "Add a rule to one of the security groups for this protocol, these ports and the other side."
        }
        C::SgReferencesNotPreserved => {
            "Use a rule with the CIDR or a prefix list of the other side in place of the group."
        }
        C::SgReferencingSupport => {
            "Turn on security group referencing on the transit gateway and both attachments, or use a rule with a CIDR."
        }
        C::UnknownPeeredSgs => {
            "Add the account of the peer VPC to the snapshot, or use a rule with a CIDR."
        }
        C::SubnetAclRestriction => {
            "Add an allow entry with a lower number than the deciding one; replies need the client's ports too."
        }
        C::EniAddressRestriction => "Ask about an address that the interface has.",
        C::EniSourceDestCheckRestriction => {
            "Turn off the source and destination check of the appliance's interface."
        }
        C::IgwPublicIpAssociationForEgress => {
            "Give the interface an Elastic IP address, or route through a NAT gateway."
        }
        C::IgwPrivateIpAssociationForIngress => {
            "Associate the public address with an interface of the VPC."
        }
        C::IgwDestinationAddressInPrivateRange => {
            "Route private addresses through a peering, a transit gateway or a virtual private gateway."
        }
        C::IgwRejectsSpoofed => "Attach the internet gateway to the VPC.",
        C::BlockPublicAccess => {
            "Add an exclusion for the VPC or subnet, or turn VPC Block Public Access off."
        }
        C::NgwRequiresSourceInVpc => {
            "Route through a transit gateway, or use a NAT gateway in the VPC of the source."
        }
        C::ProtocolRestriction => "Use a protocol that the component carries, or another way.",
        C::PcxRequiresAddressInVpcCidr => {
            "Peer with the VPC that holds the address, or use a transit gateway."
        }
        C::TgwRouteAzRestriction => {
            "Add a subnet in the zone of the source to the attachment of the VPC."
        }
        C::TgwAttachMissingAssociation => {
            "Associate the attachment with a route table of the transit gateway."
        }
        C::TgwRtbBadStateRoute => "Remove the blackhole route, or point it at an attachment.",
        C::TgwRtbNoRoute => {
            "Propagate the attachment of the destination into this table, or add a static route to it."
        }
        C::TgwBadState => "Accept or repair the attachment.",
        C::TgwApplianceMode => "Turn on appliance mode on the attachment of the appliance's VPC.",
        C::TgwNotAttached => "Attach the VPC to the transit gateway.",
        C::VgwNoRoute => "Attach a VPN connection or Direct Connect that leads to the address.",
        C::VpceGatewayProtocol => "Use an interface endpoint for this protocol.",
        C::VpceIntraVpcTraffic => "Ask for the other direction: clients connect to the endpoint.",
        C::VpcePendingAcceptance => "Ask the provider to accept the endpoint.",
        C::VpceServiceNotInstalledInAz => {
            "Use endpoint subnets in zones of the service, or ask the provider to add the zone."
        }
        C::VpceConnectionMissing => "Ask the provider to accept the connection.",
        C::ElbNotCrosszone => "Turn on cross-zone balancing, or add targets in this zone.",
        C::Elbv2ListenersMismatch => {
            "Use the port of a listener, or ask the provider for a listener on this port."
        }
        C::Elbv2NoTargetsInAz => "Add healthy targets, or turn on cross-zone balancing.",
        C::AvailabilityZoneCrossed => {
            "Nothing needs to change; traffic between zones costs money and depends on both."
        }
        C::MoreSpecificRoute => "Remove the more specific route, or point it the right way.",
        C::HigherPriorityRoute => "Remove the route of higher priority, or point it the right way.",
        C::PathThroughGwlbNotChecked => "Check the rules of the appliances by hand.",
        C::NoSubnetForAddress => "Use an address of a subnet of the VPC.",
        C::NoEniForAddress => "Start something that has the address, or use another address.",
        C::DeliveredElsewhere => {
            "Address ranges overlap: use another range, PrivateLink, or a private NAT gateway."
        }
        C::NatUnsolicitedInbound => {
            "Nothing outside can begin a connection through a NAT gateway; use a load balancer or a public address."
        }
        C::EgressOnlyUnsolicitedInbound => {
            "Nothing outside can begin a connection through an egress-only gateway; use an internet gateway."
        }
        C::EdgeToEdgeNotSupported => {
            "Connect the source to the destination's network itself, or use a transit gateway."
        }
        C::VgwNoKnownPrefix => {
            "Add the network to the static routes of the VPN connection, or advertise it by BGP."
        }
        C::ReturnEphemeralPartial => {
            "Let replies pass to all ports that clients use: 1024-65535 suits every client."
        }
        C::AmbiguousPrefixListRoute => {
            "Make the prefix lists disjoint, or use a static route with a CIDR."
        }
        C::SnapshotMissing => "Collect what is missing; the reasons name the call.",
        C::NotModelled => "Check this component by hand.",
        C::ReplyFromElsewhere => {
            "Route replies back the way that the traffic came, not through a NAT gateway."
        }
        C::RoutingLoop => "Take the circle out of the routes.",
        C::LinkLocalNotForwarded => "Use another address; this range never leaves the host's link.",
        C::FamilyMismatch => {
            "Ask about addresses of one family, or give both sides addresses of it."
        }
        C::NothingThere => "Attach an interface, or name another end.",
        C::RegionMismatch => {
            "Use inter-Region peering, transit gateway peering or a cross-Region endpoint."
        }
        C::RcfgPortNotAllowed => {
            "Use a port that the resource configuration offers, or ask the provider to add it."
        }
        C::RcfgInaccessible => {
            "Ask the provider to share the resource configuration and check its state."
        }
        C::RgwNoAzOverlap => {
            "Use an endpoint subnet in a zone of the resource gateway, or ask the provider to add yours."
        }
        C::RgwSgEgress => {
            "Ask the provider to let the resource gateway's security groups out to the resource."
        }
        C::SnvaNotTransitive => {
            "Use a service network endpoint, which clients outside of the VPC can reach."
        }
        C::SnvaSgMismatch => {
            "Add the client to the security groups of the service network association."
        }
        C::PlNlbSgEnforced => {
            "Ask the provider to admit the client's address, or to turn enforcement for PrivateLink off."
        }
        C::DnsSupportDisabled => "Turn on DNS support of the VPC.",
        C::DnsHostnamesDisabled => "Turn on DNS hostnames of the VPC.",
        C::DnsPrivateDnsOff => {
            "Turn on private DNS of the endpoint, or use the endpoint's own names."
        }
        C::DnsDomainNotVerified => {
            "Ask the provider to verify the domain, or let the endpoint accept all domains."
        }
        C::DnsPreferenceExcludes => "Add the domain to the endpoint's private DNS preference.",
        C::DnsZoneNotAssociated => "Associate the private zone with the VPC.",
        C::DnsNoRecord => "Add the record to the zone that answers.",
        C::DnsShadowedByZone => "Add the record to the private zone, or take the zone off the VPC.",
        C::DnsForwardedOffsite => "Ask the servers that the rule forwards to.",
        C::DnsResolvesPublic => "Turn on private DNS, or add a private zone with the name.",
        C::DnsResolvesElsewhere => "Point the record at the endpoint.",
        C::DnsCustomServers => "Ask the name servers of the DHCP options.",
        C::DnsChainTooLong => "Shorten the chain of aliases, and take circles out.",
        C::DnsFirewall => "Look at the rules of the DNS Firewall.",
        C::DnsNotInSnapshot => "Look the name up, and name the destination by its address.",
        C::DnsRuleTie => "Keep one of the sources.",
        C::DnsNotModelled => "Check this step by hand.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_advice_is_a_sentence() {
        for code in Code::ALL {
            let text = advice(*code);
            assert!(text.ends_with('.') && text.len() < 130, "{code}: {text}");
        }
    }
}
