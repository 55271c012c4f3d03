//! Why a packet passes or not: one enumeration of reasons.
//!
//! Where AWS's Reachability Analyzer has a code of the same meaning, its name
//! is used (<https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>);
//! ours begin with `X_`. Names, one sentence each, and nothing else.

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $text:literal;)*) => {
        /// A reason.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $text] $variant,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as reports write it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it means, in one sentence.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

codes! {
    BadState = "BAD_STATE", "The resource is not in a state in which it carries traffic.";
    BadStateRoute = "BAD_STATE_ROUTE", "The most specific route is a blackhole.";
    BadStateVpn = "BAD_STATE_VPN", "No tunnel of the VPN connection is up.";
    NoRouteToDestination = "NO_ROUTE_TO_DESTINATION", "The route table has no route to the destination.";
    EniSgRulesMismatch = "ENI_SG_RULES_MISMATCH", "No rule of the security groups admits the traffic.";
    SgHasNoRules = "SG_HAS_NO_RULES", "The security groups have no rules in this direction.";
    SgReferencesNotPreserved = "SG_REFERENCES_NOT_PRESERVED", "A rule names a security group, and this path does not carry group identities.";
    SgReferencingSupport = "SG_REFERENCING_SUPPORT", "A rule names a security group, and the transit gateway or attachment has group referencing off.";
    UnknownPeeredSgs = "UNKNOWN_PEERED_SGS", "A rule names a security group of the peer VPC that is not in the snapshot.";
    SubnetAclRestriction = "SUBNET_ACL_RESTRICTION", "The network ACL of the subnet denies the traffic.";
    EniAddressRestriction = "ENI_ADDRESS_RESTRICTION", "The source address is not one of the interface.";
    EniSourceDestCheckRestriction = "ENI_SOURCE_DEST_CHECK_RESTRICTION", "The interface forwards nothing while its source and destination check is on.";
    IgwPublicIpAssociationForEgress = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "The source address has no public address, so the internet gateway drops it.";
    IgwPrivateIpAssociationForIngress = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "No interface of the VPC is associated with the public address.";
    IgwDestinationAddressInPrivateRange = "X_IGW_DESTINATION_ADDRESS_NOT_PUBLIC", "An internet gateway does not carry private destination addresses.";
    IgwRejectsSpoofed = "X_IGW_NOT_ATTACHED", "The internet gateway is not attached to this VPC.";
    BlockPublicAccess = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "VPC Block Public Access is on in this account and Region.";
    NgwRequiresSourceInVpc = "NGW_REQUIRES_SOURCE_IN_VPC", "A NAT gateway serves only sources of its VPC.";
    ProtocolRestriction = "PROTOCOL_RESTRICTION", "The component does not carry this protocol.";
    PcxRequiresAddressInVpcCidr = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "A peering carries only traffic between addresses of its two VPCs.";
    TgwRouteAzRestriction = "TGW_ROUTE_AZ_RESTRICTION", "The transit gateway attachment has no subnet in the Availability Zone of the source.";
    TgwAttachMissingAssociation = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "The transit gateway attachment is associated with no route table.";
    TgwRtbBadStateRoute = "TGW_RTB_BAD_STATE_ROUTE", "The route of the transit gateway is a blackhole.";
    TgwRtbNoRoute = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "The transit gateway route table has no route to the destination.";
    TgwBadState = "BAD_STATE_ATTACHMENT", "The transit gateway or its attachment is not available.";
    TgwApplianceMode = "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED", "A stateful appliance behind an attachment in several zones needs appliance mode.";
    TgwNotAttached = "DISCONNECTED_VPCS", "The VPC is not attached to the transit gateway.";
    VgwNoRoute = "X_VGW_NO_ROUTE", "The virtual private gateway has no way to the address.";
    VpceGatewayProtocol = "VPCE_GATEWAY_PROTOCOL_RESTRICTION", "A gateway endpoint carries TCP and ICMP echo only.";
    VpceIntraVpcTraffic = "VPCE_INTRA_VPC_TRAFFIC", "An endpoint begins no connections into the VPC.";
    VpcePendingAcceptance = "X_VPCE_PENDING_ACCEPTANCE", "The provider has not accepted the endpoint.";
    VpceServiceNotInstalledInAz = "VPCE_SERVICE_NOT_INSTALLED_IN_AZ", "The service has no load balancer in the zone of the endpoint's interface.";
    VpceConnectionMissing = "X_VPCE_CONNECTION_NOT_ACCEPTED", "The service does not list the endpoint as an accepted connection.";
    ElbNotCrosszone = "ELB_NOT_CROSSZONE", "The healthy targets are in other zones, and cross-zone balancing is off.";
    Elbv2ListenersMismatch = "ELBV2_LISTENERS_MISMATCH", "No listener of the load balancer has this port and protocol.";
    Elbv2NoTargetsInAz = "ELBV2_NO_TARGETS_IN_AZ", "No healthy target is in reach of this zone.";
    AvailabilityZoneCrossed = "AVAILABILITY_ZONE_CROSSED", "The way crosses Availability Zones.";
    MoreSpecificRoute = "MORE_SPECIFIC_ROUTE", "A more specific route takes the traffic elsewhere.";
    HigherPriorityRoute = "HIGHER_PRIORITY_ROUTE", "A route of higher priority takes the traffic elsewhere.";
    PathThroughGwlbNotChecked = "PATH_THROUGH_GWLB_NOT_CHECKED", "The traffic passes appliances behind a Gateway Load Balancer, which are not modelled.";
    /// Ours from here on.
    NoSubnetForAddress = "X_NO_SUBNET_FOR_ADDRESS", "No subnet of the VPC holds the address.";
    NoEniForAddress = "X_NO_ENI_FOR_ADDRESS", "No interface has the address.";
    DeliveredElsewhere = "X_DELIVERED_ELSEWHERE", "The traffic ends at another interface, since address ranges overlap.";
    ReplyFromElsewhere = "X_REPLY_FROM_ANOTHER_ADDRESS", "Replies come from another address than the one that was asked.";
    NatUnsolicitedInbound = "X_NAT_UNSOLICITED_INBOUND", "A NAT gateway admits no connections from outside.";
    EgressOnlyUnsolicitedInbound = "X_EGRESS_ONLY_UNSOLICITED_INBOUND", "An egress-only internet gateway admits no connections from outside.";
    EdgeToEdgeNotSupported = "X_EDGE_TO_EDGE_NOT_SUPPORTED", "What entered a VPC by a gateway or peering leaves it by no other.";
    VgwNoKnownPrefix = "X_VGW_NO_KNOWN_PREFIX", "The virtual private gateway knows no network behind it with this address.";
    ReturnEphemeralPartial = "X_RETURN_EPHEMERAL_PARTIAL", "Replies reach only some of the client's ports.";
    AmbiguousPrefixListRoute = "X_AMBIGUOUS_PREFIX_LIST_ROUTE", "Two prefix lists lead to different targets, and AWS picks one at random.";
    SnapshotMissing = "X_SNAPSHOT_MISSING", "What decides is not in the snapshot.";
    NotModelled = "X_NOT_MODELLED", "The component on the way is not modelled.";
    RoutingLoop = "X_ROUTING_LOOP", "The routes lead in a circle.";
    LinkLocalNotForwarded = "X_LINK_LOCAL_NOT_FORWARDED", "AWS never forwards this address range.";
    FamilyMismatch = "X_ADDRESS_FAMILY_MISMATCH", "Source and destination have no address family in common.";
    NothingThere = "X_NOTHING_THERE", "There is no interface to begin or end at.";
    RegionMismatch = "X_REGION_MISMATCH", "Source and destination are in different Regions, and this component does not join them.";
    RcfgPortNotAllowed = "X_RCFG_PORT_NOT_ALLOWED", "The resource configuration does not offer the port.";
    RcfgInaccessible = "X_RCFG_INACCESSIBLE", "The resource configuration is not accessible through the endpoint.";
    RgwNoAzOverlap = "X_RGW_NO_AZ_OVERLAP", "Endpoint and resource gateway have no Availability Zone in common.";
    RgwSgEgress = "X_RGW_SG_EGRESS", "The security groups of the resource gateway do not let the traffic out.";
    SnvaNotTransitive = "X_SNVA_NOT_TRANSITIVE", "A service network association serves only clients of its own VPC.";
    SnvaSgMismatch = "X_SNVA_SG_MISMATCH", "The security groups of the service network association do not admit the client.";
    PlNlbSgEnforced = "X_PL_NLB_SG_ENFORCED", "The load balancer's security groups, which hold for PrivateLink, do not admit the client.";
    DnsSupportDisabled = "X_DNS_SUPPORT_DISABLED", "The VPC has DNS support off.";
    DnsHostnamesDisabled = "X_DNS_HOSTNAMES_DISABLED", "The VPC has DNS hostnames off, so private zones do not answer.";
    DnsPrivateDnsOff = "X_DNS_PRIVATE_DNS_OFF", "The endpoint has private DNS off.";
    DnsDomainNotVerified = "X_DNS_DOMAIN_NOT_VERIFIED", "The provider's domain is not verified, and the endpoint accepts only verified domains.";
    DnsPreferenceExcludes = "X_DNS_PREFERENCE_EXCLUDES", "The endpoint's private DNS preference leaves the domain out.";
    DnsZoneNotAssociated = "X_DNS_ZONE_NOT_ASSOCIATED", "A private zone has the name, and is not associated with the VPC.";
    DnsNoRecord = "X_DNS_NO_RECORD", "The zone that answers has no such record.";
    DnsShadowedByZone = "X_DNS_SHADOWED_BY_ZONE", "A private zone answers for the name and hides what lies behind it.";
    DnsForwardedOffsite = "X_DNS_FORWARDED_OFFSITE", "A resolver rule sends the question to servers that are not in the snapshot.";
    DnsResolvesPublic = "X_DNS_RESOLVES_PUBLIC", "The name resolves to public addresses.";
    DnsResolvesElsewhere = "X_DNS_RESOLVES_ELSEWHERE", "The name resolves to other addresses than those that were meant.";
    DnsCustomServers = "X_DNS_CUSTOM_SERVERS", "The VPC asks name servers that are not in the snapshot.";
    DnsChainTooLong = "X_DNS_CHAIN_TOO_LONG", "The names lead on and on, or in a circle.";
    DnsFirewall = "X_DNS_FIREWALL", "A DNS Firewall rule group may block the name.";
    DnsNotInSnapshot = "X_DNS_NOT_IN_SNAPSHOT", "The name is public, and public answers are not in the snapshot.";
    DnsRuleTie = "X_DNS_TIE", "Two sources answer for the same name, and AWS does not say which wins.";
    DnsNotModelled = "X_DNS_NOT_MODELLED", "A step of the resolution is not modelled.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name())
    }
}

/// What was taken for granted because the snapshot does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// Network ACLs were not collected: taken as AWS makes them, admitting all.
    NetworkAclsDefault,
    /// VPC Block Public Access was not collected: taken as off.
    BlockPublicAccessOff,
    /// Route tables were not collected: local routes, and a default route to
    /// the internet gateway from subnets that map public addresses.
    RouteTablesDefault,
    /// The group referencing option was not collected: taken as off.
    SecurityGroupReferencingOff,
    /// Security groups references hold for endpoints over peering; AWS's
    /// documentation does not say.
    PeeringReferenceToEndpoint,
    /// A VPN connection without telemetry or with all tunnels down carries.
    VpnTunnelsUp,
    /// Networks on premises send replies back the same way.
    OnPremisesRoutesBack,
    /// Gateways and attachments whose state was not collected carry.
    StatesFine,
    /// No Direct Connect leads to a virtual private gateway.
    NoDirectConnect,
    /// Name servers that rules and DHCP options name are reached.
    ResolversReachable,
    /// DNS Firewall lets the name pass.
    DnsFirewallAdmits,
    /// Public zones of the snapshot are the ones that public DNS asks.
    PublicZonesDelegated,
    /// Health checks and routing policies leave every record in use.
    RecordsHealthy,
}

impl Assumption {
    /// All of them, in order.
    pub const ALL: &[Self] = &[
        Self::NetworkAclsDefault,
        Self::BlockPublicAccessOff,
        Self::RouteTablesDefault,
        Self::SecurityGroupReferencingOff,
        Self::PeeringReferenceToEndpoint,
        Self::VpnTunnelsUp,
        Self::OnPremisesRoutesBack,
        Self::StatesFine,
        Self::NoDirectConnect,
        Self::ResolversReachable,
        Self::DnsFirewallAdmits,
        Self::PublicZonesDelegated,
        Self::RecordsHealthy,
    ];

    /// The assumption as reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NetworkAclsDefault => "network-acls-default",
            Self::BlockPublicAccessOff => "block-public-access-off",
            Self::RouteTablesDefault => "route-tables-default",
            Self::SecurityGroupReferencingOff => "security-group-referencing-off",
            Self::PeeringReferenceToEndpoint => "peering-reference-to-endpoint",
            Self::VpnTunnelsUp => "vpn-tunnels-up",
            Self::OnPremisesRoutesBack => "on-premises-routes-back",
            Self::StatesFine => "states-fine",
            Self::NoDirectConnect => "no-direct-connect",
            Self::ResolversReachable => "resolvers-reachable",
            Self::DnsFirewallAdmits => "dns-firewall-admits",
            Self::PublicZonesDelegated => "public-zones-delegated",
            Self::RecordsHealthy => "records-healthy",
        }
    }

    /// What it means, in one sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NetworkAclsDefault => {
                "Network ACLs were not collected and are taken to admit everything, as AWS makes them."
            }
            Self::BlockPublicAccessOff => {
                "VPC Block Public Access was not collected and is taken to be off."
            }
            Self::RouteTablesDefault => {
                "Route tables were not collected: VPCs route locally, and subnets that map public addresses to their internet gateway."
            }
            Self::SecurityGroupReferencingOff => {
                "Security group referencing was not collected and is taken to be off."
            }
            Self::PeeringReferenceToEndpoint => {
                "Security group references are taken to hold for endpoints over peering, of which the documentation says nothing."
            }
            Self::VpnTunnelsUp => {
                "The VPN tunnels are taken to be up, whatever the telemetry says."
            }
            Self::OnPremisesRoutesBack => {
                "Networks on premises are taken to send replies back the way the traffic came."
            }
            Self::StatesFine => "States that were not collected are taken to be good.",
            Self::NoDirectConnect => {
                "Direct Connect is not collected, and is taken not to lead to virtual private gateways."
            }
            Self::ResolversReachable => {
                "Resolver endpoints that questions are forwarded to are taken to be reached."
            }
            Self::DnsFirewallAdmits => "DNS Firewall is taken to let the name pass.",
            Self::PublicZonesDelegated => {
                "Public zones of the snapshot are taken to be the ones that public DNS asks."
            }
            Self::RecordsHealthy => {
                "Health checks and routing policies are taken to leave every record in use."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Code;

    #[test]
    fn names_are_unique_and_texts_are_sentences() {
        let mut names = BTreeSet::new();
        for code in Code::ALL {
            assert!(names.insert(code.name()), "{code}");
            assert!(code.text().ends_with('.'), "{code}");
        }
    }
}
