//! Every call that the product makes, one entry each.
//!
//! The plan, the AWS CLI script, the IAM policy and the live collector all
//! follow from this table; a call that is not in it cannot be made. Data only:
//! how a call is sent belongs to `live`.

use super::operation::{Each, Operation, Part};
use super::service::Service::{
    CloudWatch, Ec2, ElastiCache, ElasticLoadBalancing, Organizations, Ram, Route53,
    Route53Profiles, Route53Resolver, Sts, VpcLattice,
};

/// Gateway and network load balancers can stand behind an endpoint service
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html>);
/// the many application load balancers of an account are not asked about one
/// by one.
const BEHIND_SERVICES: &[&str] = &["network", "gateway"];

/// Protocols of target groups of such load balancers
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html>).
const BEHIND_SERVICES_PROTOCOLS: &[&str] =
    &["TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE"];

/// Endpoint types that take blocks of addresses out of their subnets
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html>).
const TAKES_BLOCKS: &[&str] = &["Resource", "ServiceNetwork"];

/// Endpoint types that publish metrics
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html>).
const MEASURED: &[&str] = &["Interface", "GatewayLoadBalancer"];

const ROUTE_TABLES: Each = Each::of(
    "DescribeTransitGatewayRouteTables",
    "TransitGatewayRouteTables",
    "TransitGatewayRouteTableId",
    "TransitGatewayRouteTableId",
);

const SERVICE_NETWORKS: Each = Each::of(
    "ListServiceNetworks",
    "items",
    "arn",
    "serviceNetworkIdentifier",
)
.part(Part::TailOfOwn);

const PRIVATE_ZONES: Each = Each::of("ListHostedZones", "HostedZones", "Id", "Id")
    .only("Config.PrivateZone", &["true"])
    .part(Part::Tail);

const LOAD_BALANCERS: Each = Each::of(
    "DescribeLoadBalancers",
    "LoadBalancers",
    "LoadBalancerArn",
    "LoadBalancerArn",
)
.only("Type", BEHIND_SERVICES);

const TARGET_GROUPS: Each = Each::of(
    "DescribeTargetGroups",
    "TargetGroups",
    "TargetGroupArn",
    "TargetGroupArn",
)
.only("Protocol", BEHIND_SERVICES_PROTOCOLS);

/// The metrics that are asked for, of each endpoint; the first letter of a
/// query's id is small, so they are written that way.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html>
pub const METRICS: &[(&str, &str)] = &[
    ("activeConnections", "ActiveConnections"),
    ("bytesProcessed", "BytesProcessed"),
    ("newConnections", "NewConnections"),
    ("packetsDropped", "PacketsDropped"),
    ("rstPacketsReceived", "RstPacketsReceived"),
];

/// Queries in one call of `GetMetricData`, at most
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const METRIC_QUERIES: usize = 500;

/// The calls that come before the others: who asks, which regions and accounts
/// there are.
pub const OPENING: &[Operation] = &[
    Operation::single(Sts, "GetCallerIdentity", &[]),
    Operation::single(Ec2, "DescribeRegions", &["Regions"]),
    Operation::list(Organizations, "ListAccounts", &["Accounts"]),
];

/// All other calls, in the order in which they are planned.
pub const OPERATIONS: &[Operation] = &[
    Operation::list(Ec2, "DescribeVpcs", &["Vpcs"]),
    Operation::single(Ec2, "DescribeVpcAttribute", &[])
        .each(Each::of("DescribeVpcs", "Vpcs", "VpcId", "VpcId"))
        .variants("Attribute", &["enableDnsHostnames", "enableDnsSupport"]),
    Operation::list(Ec2, "DescribeSubnets", &["Subnets"]),
    Operation::list(
        Ec2,
        "GetSubnetCidrReservations",
        &["SubnetIpv4CidrReservations", "SubnetIpv6CidrReservations"],
    )
    .each(
        Each::of(
            "DescribeVpcEndpoints",
            "VpcEndpoints",
            "SubnetIds",
            "SubnetId",
        )
        .only("VpcEndpointType", TAKES_BLOCKS),
    ),
    Operation::list(Ec2, "DescribeVpcEndpoints", &["VpcEndpoints"]),
    Operation::list(
        Ec2,
        "DescribeVpcEndpointAssociations",
        &["VpcEndpointAssociations"],
    ),
    Operation::list(Ec2, "DescribeVpcEndpointServices", &["ServiceDetails"]),
    Operation::list(
        Ec2,
        "DescribeVpcEndpointServiceConfigurations",
        &["ServiceConfigurations"],
    ),
    Operation::list(
        Ec2,
        "DescribeVpcEndpointServicePermissions",
        &["AllowedPrincipals"],
    )
    .each(Each::of(
        "DescribeVpcEndpointServiceConfigurations",
        "ServiceConfigurations",
        "ServiceId",
        "ServiceId",
    )),
    Operation::list(
        Ec2,
        "DescribeVpcEndpointConnections",
        &["VpcEndpointConnections"],
    ),
    Operation::list(Ec2, "DescribeSecurityGroups", &["SecurityGroups"]),
    Operation::list(Ec2, "DescribeSecurityGroupRules", &["SecurityGroupRules"]),
    Operation::list(
        Ec2,
        "DescribeSecurityGroupVpcAssociations",
        &["SecurityGroupVpcAssociations"],
    ),
    Operation::list(Ec2, "DescribeManagedPrefixLists", &["PrefixLists"]),
    Operation::list(Ec2, "GetManagedPrefixListEntries", &["Entries"]).each(Each::of(
        "DescribeManagedPrefixLists",
        "PrefixLists",
        "PrefixListId",
        "PrefixListId",
    )),
    Operation::list(Ec2, "DescribeNetworkAcls", &["NetworkAcls"]),
    Operation::list(Ec2, "DescribeRouteTables", &["RouteTables"]),
    Operation::list(Ec2, "DescribeNetworkInterfaces", &["NetworkInterfaces"]),
    Operation::list(Ec2, "DescribeInstances", &["Reservations"]),
    Operation::list(Ec2, "DescribeDhcpOptions", &["DhcpOptions"]),
    Operation::single(Ec2, "DescribeAvailabilityZones", &["AvailabilityZones"]),
    Operation::list(
        Ec2,
        "DescribeVpcPeeringConnections",
        &["VpcPeeringConnections"],
    ),
    Operation::list(Ec2, "DescribeTransitGateways", &["TransitGateways"]),
    Operation::list(
        Ec2,
        "DescribeTransitGatewayAttachments",
        &["TransitGatewayAttachments"],
    ),
    Operation::list(
        Ec2,
        "DescribeTransitGatewayVpcAttachments",
        &["TransitGatewayVpcAttachments"],
    ),
    Operation::list(
        Ec2,
        "DescribeTransitGatewayPeeringAttachments",
        &["TransitGatewayPeeringAttachments"],
    ),
    Operation::list(
        Ec2,
        "DescribeTransitGatewayRouteTables",
        &["TransitGatewayRouteTables"],
    ),
    Operation::list(
        Ec2,
        "GetTransitGatewayRouteTableAssociations",
        &["Associations"],
    )
    .each(ROUTE_TABLES),
    Operation::list(
        Ec2,
        "GetTransitGatewayRouteTablePropagations",
        &["TransitGatewayRouteTablePropagations"],
    )
    .each(ROUTE_TABLES),
    Operation::list(
        Ec2,
        "GetTransitGatewayPrefixListReferences",
        &["TransitGatewayPrefixListReferences"],
    )
    .each(ROUTE_TABLES),
    Operation::list(Ec2, "SearchTransitGatewayRoutes", &["Routes"])
        .each(ROUTE_TABLES)
        // A filter is required; every route is in one of these two states.
        .arguments(&["--filters", "Name=state,Values=active,blackhole"]),
    Operation::single(Ec2, "DescribeVpnGateways", &["VpnGateways"]),
    Operation::single(Ec2, "DescribeVpnConnections", &["VpnConnections"]),
    Operation::single(Ec2, "DescribeCustomerGateways", &["CustomerGateways"]),
    Operation::list(Ec2, "DescribeInternetGateways", &["InternetGateways"]),
    Operation::list(
        Ec2,
        "DescribeEgressOnlyInternetGateways",
        &["EgressOnlyInternetGateways"],
    ),
    Operation::list(Ec2, "DescribeNatGateways", &["NatGateways"]),
    Operation::list(Ec2, "DescribeFlowLogs", &["FlowLogs"]),
    Operation::single(Ec2, "DescribeVpcBlockPublicAccessOptions", &[]),
    Operation::list(VpcLattice, "ListServiceNetworks", &["items"]),
    Operation::single(VpcLattice, "GetServiceNetwork", &[]).each(SERVICE_NETWORKS),
    Operation::list(VpcLattice, "ListResourceConfigurations", &["items"]),
    Operation::single(VpcLattice, "GetResourceConfiguration", &[]).each(
        Each::of(
            "ListResourceConfigurations",
            "items",
            "arn",
            "resourceConfigurationIdentifier",
        )
        .part(Part::TailOfOwn),
    ),
    Operation::list(VpcLattice, "ListResourceGateways", &["items"]),
    Operation::single(VpcLattice, "GetResourceGateway", &[]).each(
        Each::of(
            "ListResourceGateways",
            "items",
            "arn",
            "resourceGatewayIdentifier",
        )
        .part(Part::TailOfOwn),
    ),
    Operation::list(VpcLattice, "ListServiceNetworkVpcAssociations", &["items"])
        .each(SERVICE_NETWORKS),
    Operation::single(VpcLattice, "GetServiceNetworkVpcAssociation", &[]).each(
        Each::of(
            "ListServiceNetworkVpcAssociations",
            "items",
            "arn",
            "serviceNetworkVpcAssociationIdentifier",
        )
        .part(Part::TailOfOwn),
    ),
    Operation::list(
        VpcLattice,
        "ListServiceNetworkResourceAssociations",
        &["items"],
    )
    .each(SERVICE_NETWORKS),
    Operation::single(VpcLattice, "GetServiceNetworkResourceAssociation", &[]).each(
        Each::of(
            "ListServiceNetworkResourceAssociations",
            "items",
            "arn",
            "serviceNetworkResourceAssociationIdentifier",
        )
        .part(Part::TailOfOwn),
    ),
    Operation::list(
        VpcLattice,
        "ListServiceNetworkServiceAssociations",
        &["items"],
    )
    .each(SERVICE_NETWORKS),
    Operation::list(
        VpcLattice,
        "ListServiceNetworkVpcEndpointAssociations",
        &["items"],
    )
    .each(SERVICE_NETWORKS.own()),
    Operation::list(VpcLattice, "ListResourceEndpointAssociations", &["items"]).each(
        Each::of(
            "ListResourceConfigurations",
            "items",
            "arn",
            "resourceConfigurationIdentifier",
        )
        .own()
        .part(Part::TailOfOwn),
    ),
    Operation::list(VpcLattice, "ListDomainVerifications", &["items"]),
    Operation::list(Route53, "ListHostedZones", &["HostedZones"]),
    Operation::single(Route53, "GetHostedZone", &[]).each(PRIVATE_ZONES),
    Operation::list(Route53, "ListResourceRecordSets", &["ResourceRecordSets"])
        .each(Each::of("ListHostedZones", "HostedZones", "Id", "HostedZoneId").part(Part::Tail)),
    Operation::list(Route53, "ListHostedZonesByVPC", &["HostedZoneSummaries"]).each(Each::of(
        "DescribeVpcs",
        "Vpcs",
        "VpcId",
        "VPCId",
    )),
    Operation::list(Route53, "ListVPCAssociationAuthorizations", &["VPCs"]).each(
        Each::of("ListHostedZones", "HostedZones", "Id", "HostedZoneId")
            .only("Config.PrivateZone", &["true"])
            .part(Part::Tail),
    ),
    Operation::single(Route53, "ListTagsForResources", &["ResourceTagSets"])
        .each(
            Each::of("ListHostedZones", "HostedZones", "Id", "ResourceIds")
                .part(Part::Tail)
                .batch(10),
        )
        .arguments(&["--resource-type", "hostedzone"]),
    Operation::list(
        Route53Resolver,
        "ListResolverEndpoints",
        &["ResolverEndpoints"],
    ),
    Operation::list(
        Route53Resolver,
        "ListResolverEndpointIpAddresses",
        &["IpAddresses"],
    )
    .each(Each::of(
        "ListResolverEndpoints",
        "ResolverEndpoints",
        "Id",
        "ResolverEndpointId",
    )),
    Operation::list(Route53Resolver, "ListResolverRules", &["ResolverRules"]),
    Operation::list(
        Route53Resolver,
        "ListResolverRuleAssociations",
        &["ResolverRuleAssociations"],
    ),
    Operation::list(Route53Resolver, "ListResolverConfigs", &["ResolverConfigs"]),
    Operation::list(
        Route53Resolver,
        "ListFirewallRuleGroupAssociations",
        &["FirewallRuleGroupAssociations"],
    ),
    Operation::list(Route53Profiles, "ListProfiles", &["ProfileSummaries"]),
    Operation::list(
        Route53Profiles,
        "ListProfileAssociations",
        &["ProfileAssociations"],
    ),
    Operation::list(
        Route53Profiles,
        "ListProfileResourceAssociations",
        &["ProfileResourceAssociations"],
    )
    .each(Each::of(
        "ListProfiles",
        "ProfileSummaries",
        "Id",
        "ProfileId",
    )),
    Operation::list(Ram, "GetResourceShares", &["resourceShares"])
        .variants("resourceOwner", &["OTHER-ACCOUNTS", "SELF"]),
    Operation::list(
        Ram,
        "GetResourceShareAssociations",
        &["resourceShareAssociations"],
    )
    .variants("associationType", &["PRINCIPAL", "RESOURCE"]),
    Operation::list(
        Ram,
        "GetResourceShareInvitations",
        &["resourceShareInvitations"],
    ),
    Operation::list(Ram, "ListResources", &["resources"])
        .variants("resourceOwner", &["OTHER-ACCOUNTS", "SELF"]),
    Operation::list(
        ElasticLoadBalancing,
        "DescribeLoadBalancers",
        &["LoadBalancers"],
    ),
    Operation::list(ElasticLoadBalancing, "DescribeListeners", &["Listeners"]).each(LOAD_BALANCERS),
    Operation::single(
        ElasticLoadBalancing,
        "DescribeLoadBalancerAttributes",
        &["Attributes"],
    )
    .each(LOAD_BALANCERS),
    Operation::list(
        ElasticLoadBalancing,
        "DescribeTargetGroups",
        &["TargetGroups"],
    ),
    Operation::single(
        ElasticLoadBalancing,
        "DescribeTargetGroupAttributes",
        &["Attributes"],
    )
    .each(TARGET_GROUPS),
    Operation::single(
        ElasticLoadBalancing,
        "DescribeTargetHealth",
        &["TargetHealthDescriptions"],
    )
    .each(TARGET_GROUPS),
    Operation::single(ElasticLoadBalancing, "DescribeTags", &["TagDescriptions"]).each(
        Each::of(
            "DescribeLoadBalancers",
            "LoadBalancers",
            "LoadBalancerArn",
            "ResourceArns",
        )
        .batch(20),
    ),
    Operation::single(ElasticLoadBalancing, "DescribeTags", &["TagDescriptions"]).each(
        Each::of(
            "DescribeTargetGroups",
            "TargetGroups",
            "TargetGroupArn",
            "ResourceArns",
        )
        .batch(20),
    ),
    Operation::list(
        ElastiCache,
        "DescribeReplicationGroups",
        &["ReplicationGroups"],
    ),
    Operation::list(ElastiCache, "DescribeCacheClusters", &["CacheClusters"])
        .arguments(&["--show-cache-node-info"]),
    Operation::list(
        ElastiCache,
        "DescribeCacheSubnetGroups",
        &["CacheSubnetGroups"],
    ),
    Operation::list(
        ElastiCache,
        "DescribeServerlessCaches",
        &["ServerlessCaches"],
    ),
    Operation::list(CloudWatch, "GetMetricData", &["MetricDataResults"]).each(
        Each::of(
            "DescribeVpcEndpoints",
            "VpcEndpoints",
            "VpcEndpointId",
            "MetricDataQueries",
        )
        .only("VpcEndpointType", MEASURED)
        .batch(METRIC_QUERIES / METRICS.len()),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::collect::aws::operation::is_read_only;
    use crate::snapshot::record::Kind;
    use crate::snapshot::schema::Cloud;

    #[test]
    fn every_call_only_reads() {
        for operation in OPERATIONS {
            assert!(is_read_only(operation.name), "{}", operation.name);
        }
    }

    #[test]
    fn every_source_of_a_kind_is_asked() {
        let asked: BTreeSet<(&str, &str)> = OPERATIONS
            .iter()
            .map(|operation| (operation.service.name(), operation.name))
            .collect();
        let mut known = BTreeSet::new();
        let kinds = Kind::ALL.iter().map(|kind| kind.spec());
        let aws = kinds.filter(|spec| spec.cloud() == Cloud::Aws);
        for source in aws.flat_map(crate::snapshot::schema::KindSpec::calls) {
            let call = (source.service, source.operation);
            // Other providers are asked by their own collectors.
            if crate::snapshot::ledger::is_foreign(source.service) {
                continue;
            }
            known.insert(call);
            // An older call with less about the same lists.
            if call != ("ec2", "DescribePrefixLists") {
                assert!(asked.contains(&call), "nobody asks {call:?}");
            }
        }
        for call in asked {
            assert!(known.contains(&call), "no kind reads {call:?}");
        }
    }

    #[test]
    fn what_a_call_is_made_for_is_listed_before() {
        for operation in OPERATIONS {
            let Some(each) = &operation.each else {
                continue;
            };
            let listed = OPERATIONS.iter().find(|other| other.name == each.of);
            let listed = listed.unwrap_or_else(|| panic!("nobody asks {}", each.of));
            assert!(
                listed.lists.contains(&each.list),
                "{} has no {}",
                each.of,
                each.list
            );
            assert!(each.batch > 0, "{}", operation.name);
        }
    }
}
