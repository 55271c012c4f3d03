//! Requests to the services that are asked a few things only.
//!
//! One arm an operation of the table, by service. Nothing here looks at an
//! answer.

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use aws_smithy_types::DateTime;

use super::super::clients::Clients;
use super::super::record::Recorder;
use super::{Dimensions, Question, Sending, send};
use crate::collect::aws::table::METRICS;

/// One value a day.
const PERIOD: i32 = 86_400;

/// `None` if the operation is not one of these.
#[expect(clippy::too_many_lines, reason = "one arm an operation")]
pub(super) fn request(
    clients: &Clients,
    question: &Question,
    token: Option<String>,
    recorder: Recorder,
) -> Option<Sending> {
    let id = question.id();
    let ids = Some(question.ids.clone());
    macro_rules! list {
        ($client:ident.$method:ident $(, $setter:ident = $value:expr)*) => {
            send!(recorder, clients.$client.$method().set_next_token(token)$(.$setter($value))*)
        };
    }
    macro_rules! marked {
        ($client:ident.$method:ident $(, $setter:ident = $value:expr)*) => {
            send!(recorder, clients.$client.$method().set_marker(token)$(.$setter($value))*)
        };
    }
    macro_rules! get {
        ($client:ident.$method:ident $(, $setter:ident = $value:expr)*) => {
            send!(recorder, clients.$client.$method()$(.$setter($value))*)
        };
    }
    Some(match question.operation.name {
        "GetCallerIdentity" => get!(sts.get_caller_identity),
        "ListAccounts" => list!(organizations.list_accounts),
        "ListResolverEndpoints" => list!(resolver.list_resolver_endpoints, max_results = 100),
        "ListResolverEndpointIpAddresses" => list!(
            resolver.list_resolver_endpoint_ip_addresses,
            max_results = 100,
            set_resolver_endpoint_id = id
        ),
        "ListResolverRules" => list!(resolver.list_resolver_rules, max_results = 100),
        "ListResolverRuleAssociations" => {
            list!(resolver.list_resolver_rule_associations, max_results = 100)
        }
        "ListResolverConfigs" => list!(resolver.list_resolver_configs, max_results = 100),
        "ListFirewallRuleGroupAssociations" => {
            list!(
                resolver.list_firewall_rule_group_associations,
                max_results = 100
            )
        }
        "ListProfiles" => list!(profiles.list_profiles, max_results = 100),
        "ListProfileAssociations" => list!(profiles.list_profile_associations, max_results = 100),
        "ListProfileResourceAssociations" => list!(
            profiles.list_profile_resource_associations,
            max_results = 100,
            set_profile_id = id
        ),
        "GetResourceShares" => {
            list!(
                ram.get_resource_shares,
                max_results = 500,
                set_resource_owner = question.variant()
            )
        }
        "GetResourceShareAssociations" => list!(
            ram.get_resource_share_associations,
            max_results = 500,
            set_association_type = question.variant()
        ),
        "GetResourceShareInvitations" => {
            list!(ram.get_resource_share_invitations, max_results = 500)
        }
        "ListResources" => {
            list!(
                ram.list_resources,
                max_results = 500,
                set_resource_owner = question.variant()
            )
        }
        "DescribeLoadBalancers" => marked!(load_balancing.describe_load_balancers, page_size = 400),
        "DescribeListeners" => marked!(
            load_balancing.describe_listeners,
            page_size = 400,
            set_load_balancer_arn = id
        ),
        "DescribeLoadBalancerAttributes" => {
            get!(
                load_balancing.describe_load_balancer_attributes,
                set_load_balancer_arn = id
            )
        }
        "DescribeTargetGroups" => marked!(load_balancing.describe_target_groups, page_size = 400),
        "DescribeTargetGroupAttributes" => {
            get!(
                load_balancing.describe_target_group_attributes,
                set_target_group_arn = id
            )
        }
        "DescribeTargetHealth" => {
            get!(
                load_balancing.describe_target_health,
                set_target_group_arn = id
            )
        }
        "DescribeTags" => get!(load_balancing.describe_tags, set_resource_arns = ids),
        "DescribeReplicationGroups" => {
            marked!(elasticache.describe_replication_groups, max_records = 100)
        }
        "DescribeCacheClusters" => marked!(
            elasticache.describe_cache_clusters,
            max_records = 100,
            show_cache_node_info = true
        ),
        "DescribeCacheSubnetGroups" => {
            marked!(elasticache.describe_cache_subnet_groups, max_records = 100)
        }
        "DescribeServerlessCaches" => list!(elasticache.describe_serverless_caches),
        "GetMetricData" => {
            let (start, end) = question.window;
            let queries = question.dimensions.iter().flat_map(queries).collect();
            list!(
                cloudwatch.get_metric_data,
                set_metric_data_queries = Some(queries),
                start_time = DateTime::from_secs(start),
                end_time = DateTime::from_secs(end),
                scan_by = ScanBy::TimestampAscending
            )
        }
        _ => return None,
    })
}

/// One query a metric of an endpoint.
fn queries(of: &Dimensions) -> impl Iterator<Item = MetricDataQuery> + '_ {
    let dimensions = [
        ("Endpoint Type", &of.kind),
        ("Service Name", &of.service),
        ("VPC Endpoint Id", &of.endpoint),
        ("VPC Id", &of.vpc),
    ];
    METRICS.iter().map(move |(id, name)| {
        let dimensions = dimensions
            .iter()
            .map(|(name, value)| Dimension::builder().name(*name).value(*value).build())
            .collect();
        let metric = Metric::builder()
            .namespace("AWS/PrivateLinkEndpoints")
            .metric_name(*name)
            .set_dimensions(Some(dimensions));
        let stat = MetricStat::builder()
            .metric(metric.build())
            .period(PERIOD)
            .stat("Sum");
        MetricDataQuery::builder()
            .id(format!("{id}_{}", of.endpoint.replace('-', "_")))
            .label(&of.endpoint)
            .metric_stat(stat.build())
            .return_data(true)
            .build()
    })
}
