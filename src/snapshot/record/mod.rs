//! The kinds of resources, one file each, and the one list that knows them all.
//!
//! A kind is data: a [`KindSpec`] of sources, fields and links. Reading,
//! storing, the graph, the checker of rules, the IAM policy and the
//! documentation follow from it; no code per kind belongs here.

use super::schema::KindSpec;

macro_rules! records {
    ($($kind:ident = $module:ident,)*) => {
        $(mod $module;)*

        /// A kind of resource.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $(
                #[doc = concat!("See `record/", stringify!($module), ".rs`.")]
                $kind,
            )*
        }

        impl Kind {
            /// All kinds, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// What the product knows about the kind.
            pub const fn spec(self) -> &'static KindSpec {
                match self {
                    $(Self::$kind => &$module::SPEC,)*
                }
            }
        }
    };
}

records! {
    Vpc = vpc,
    Subnet = subnet,
    VpcEndpoint = vpc_endpoint,
    SubnetCidrReservation = subnet_cidr_reservation,
    SecurityGroup = security_group,
    SecurityGroupRule = security_group_rule,
    SecurityGroupVpcAssociation = security_group_vpc_association,
    NetworkAcl = network_acl,
    RouteTable = route_table,
    NetworkInterface = network_interface,
    Instance = instance,
    ManagedPrefixList = managed_prefix_list,
    DhcpOptions = dhcp_options,
    AvailabilityZone = availability_zone,
    VpcEndpointAssociation = vpc_endpoint_association,
    VpcEndpointService = vpc_endpoint_service,
    VpcEndpointServiceConfiguration = vpc_endpoint_service_configuration,
    VpcEndpointServicePermission = vpc_endpoint_service_permission,
    VpcEndpointConnection = vpc_endpoint_connection,
    VpcPeeringConnection = vpc_peering_connection,
    TransitGateway = transit_gateway,
    TransitGatewayAttachment = transit_gateway_attachment,
    TransitGatewayVpcAttachment = transit_gateway_vpc_attachment,
    TransitGatewayPeeringAttachment = transit_gateway_peering_attachment,
    TransitGatewayRouteTable = transit_gateway_route_table,
    TransitGatewayRoute = transit_gateway_route,
    TransitGatewayRouteTableAssociation = transit_gateway_route_table_association,
    TransitGatewayRouteTablePropagation = transit_gateway_route_table_propagation,
    TransitGatewayPrefixListReference = transit_gateway_prefix_list_reference,
    VpnGateway = vpn_gateway,
    VpnConnection = vpn_connection,
    CustomerGateway = customer_gateway,
    InternetGateway = internet_gateway,
    NatGateway = nat_gateway,
    EgressOnlyInternetGateway = egress_only_internet_gateway,
    HostedZone = hosted_zone,
    HostedZoneSummary = hosted_zone_summary,
    ResourceRecordSet = resource_record_set,
    ResolverEndpoint = resolver_endpoint,
    ResolverRule = resolver_rule,
    ResolverRuleAssociation = resolver_rule_association,
    ServiceNetwork = service_network,
    ResourceConfiguration = resource_configuration,
    ResourceGateway = resource_gateway,
    ServiceNetworkVpcAssociation = service_network_vpc_association,
    ServiceNetworkResourceAssociation = service_network_resource_association,
    ResourceEndpointAssociation = resource_endpoint_association,
    ServiceNetworkVpcEndpointAssociation = service_network_vpc_endpoint_association,
    ResourceShare = resource_share,
    ResourceShareInvitation = resource_share_invitation,
    ResourceShareAssociation = resource_share_association,
    LoadBalancer = load_balancer,
    Listener = listener,
    TargetGroup = target_group,
    TargetHealth = target_health,
    ReplicationGroup = replication_group,
    CacheCluster = cache_cluster,
    CacheSubnetGroup = cache_subnet_group,
    ServerlessCache = serverless_cache,
}

impl Kind {
    /// The kind with this kebab-case name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.spec().name == name)
    }

    /// Position in [`Kind::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}
