//! Answers of calls whose key, shape or objects need more than a list of one
//! kind: single objects, mixed lists, parents beside, keys that others use.

use super::*;

const HERE: (&str, &str) = ("111122223333", "eu-west-1");
const BALANCER: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/n/0123456789abcdef";
const TARGETS: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/0123456789abcdef";

fn at_home(files: &[(&str, &str)]) -> Collected {
    let files: Vec<(String, &[u8])> = files
        .iter()
        .map(|(name, text)| {
            let region = if name.starts_with("route53.") {
                "global"
            } else {
                HERE.1
            };
            (format!("aws/{}/{region}/{name}", HERE.0), text.as_bytes())
        })
        .collect();
    let named: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    collected(folder(&named).path())
}

fn complete(all: &Collected, service: &str, operation: &str) -> bool {
    outcome(all, HERE, service, operation) == Some(CallOutcome::Complete)
}

#[test]
fn listings_of_one_kind_are_read_by_key_alone() {
    let all = at_home(&[
        (
            "a.json",
            r#"{"FlowLogs": [{"FlowLogId": "fl-0aaaaaaaaaaaaaaa1", "ResourceId": "subnet-0aaaaaaaaaaaaaaa1", "FlowLogStatus": "ACTIVE", "CreationTime": "2026-01-01T00:00:00Z"}]}"#,
        ),
        (
            "b.json",
            r#"{"ProfileSummaries": [{"Arn": "arn:aws:route53profiles:eu-west-1:111122223333:profile/rp-1", "Id": "rp-1", "Name": "shared", "ShareStatus": "SHARED_BY_ME"}]}"#,
        ),
        (
            "c.json",
            r#"{"ProfileAssociations": [{"Id": "rpassoc-1", "ProfileId": "rp-1", "ResourceId": "vpc-1", "OwnerId": "111122223333", "Status": "COMPLETE", "CreationTime": 1710889296.363}]}"#,
        ),
        (
            "d.json",
            r#"{"ResolverConfigs": [{"Id": "rslvr-c-1", "ResourceId": "vpc-1", "OwnerId": "111122223333", "AutodefinedReverse": "DISABLED"}]}"#,
        ),
        (
            "e.json",
            r#"{"FirewallRuleGroupAssociations": [{"Id": "rslvr-frgassoc-1", "Arn": "arn:aws:route53resolver:eu-west-1:111122223333:firewall-rule-group-association/rslvr-frgassoc-1", "FirewallRuleGroupId": "rslvr-frg-1", "VpcId": "vpc-1", "Priority": 101, "Status": "COMPLETE"}]}"#,
        ),
        (
            "f.json",
            r#"{"items": [{"id": "dv-1", "arn": "arn:aws:vpc-lattice:eu-west-1:111122223333:domainverification/dv-1", "domainName": "db.example.com", "status": "VERIFIED", "txtMethodConfig": {"name": "_x.db.example.com", "value": "v"}, "createdAt": "2026-01-01T00:00:00Z"}]}"#,
        ),
        (
            "g.json",
            r#"{"items": [{"id": "snsa-1", "arn": "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetworkserviceassociation/snsa-1", "status": "ACTIVE", "serviceNetworkArn": "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-1", "serviceArn": "arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-1", "createdBy": "111122223333", "createdAt": "2026-01-01T00:00:00Z"}]}"#,
        ),
    ]);
    assert_eq!(messages(&all), [""; 0]);
    for (kind, service, operation) in [
        (Kind::FlowLog, "ec2", "DescribeFlowLogs"),
        (Kind::Route53Profile, "route53profiles", "ListProfiles"),
        (
            Kind::ProfileAssociation,
            "route53profiles",
            "ListProfileAssociations",
        ),
        (
            Kind::ResolverConfig,
            "route53resolver",
            "ListResolverConfigs",
        ),
        (
            Kind::FirewallRuleGroupAssociation,
            "route53resolver",
            "ListFirewallRuleGroupAssociations",
        ),
        (
            Kind::DomainVerification,
            "vpc-lattice",
            "ListDomainVerifications",
        ),
        (
            Kind::ServiceNetworkServiceAssociation,
            "vpc-lattice",
            "ListServiceNetworkServiceAssociations",
        ),
    ] {
        assert_eq!(rows(&all, kind), 1, "{kind:?}");
        assert!(complete(&all, service, operation), "{operation}");
    }
    assert_eq!(
        text(&all, Kind::FlowLog, 0, "ResourceId"),
        "subnet-0aaaaaaaaaaaaaaa1"
    );
    assert_eq!(
        text(&all, Kind::DomainVerification, 0, "txtMethodConfig.name"),
        "_x.db.example.com"
    );
    assert_eq!(
        text(&all, Kind::ProfileAssociation, 0, "CreationTime"),
        "2024-03-19T23:01:36+00:00"
    );
}

#[test]
fn the_block_on_public_access_is_one_object() {
    let all = read_text(
        "x.json",
        r#"{"VpcBlockPublicAccessOptions": {"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1", "State": "default-state", "InternetGatewayBlockMode": "off"}}"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    let kind = Kind::VpcBlockPublicAccessOptions;
    assert_eq!(text(&all, kind, 0, "InternetGatewayBlockMode"), "off");
    assert!(complete(&all, "ec2", "DescribeVpcBlockPublicAccessOptions"));
    let origin = all.snapshot.table(kind).origins[0];
    let run = &all.snapshot.runs[origin.run as usize];
    assert_eq!(
        run.pointer_of(origin.ordinal),
        "/VpcBlockPublicAccessOptions"
    );
}

#[test]
fn profiles_say_what_they_carry_one_call_each() {
    let all = at_home(&[
        (
            "route53profiles.ListProfileResourceAssociations/rp-1.json",
            r#"{"ProfileResourceAssociations": [{"Id": "rpr-1", "ProfileId": "rp-1", "OwnerId": "111122223333", "ResourceArn": "arn:aws:route53:::hostedzone/Z1", "ResourceType": "AWS::Route53::HostedZone", "Status": "COMPLETE"}]}"#,
        ),
        (
            "route53profiles.ListProfileResourceAssociations/rp-2.json",
            r#"{"ProfileResourceAssociations": []}"#,
        ),
    ]);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::ProfileResourceAssociation), 1);
    let parents: Vec<_> = all
        .snapshot
        .runs
        .iter()
        .map(|run| run.parent.as_deref())
        .collect();
    assert_eq!(parents, [Some("rp-1"), Some("rp-2")]);
}

#[test]
fn authorizations_are_told_from_the_zone_that_has_vpcs() {
    let vpcs = r#"[{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}]"#;
    let authorized = format!(r#"{{"HostedZoneId": "Z1", "VPCs": {vpcs}}}"#);
    let zone =
        format!(r#"{{"HostedZone": {{"Id": "/hostedzone/Z1", "Name": "x."}}, "VPCs": {vpcs}}}"#);
    let all = at_home(&[
        (
            "route53.ListVPCAssociationAuthorizations/Z1.json",
            &authorized,
        ),
        (
            "route53.ListVPCAssociationAuthorizations/Z2.json",
            r#"{"VPCs": [], "HostedZoneId": "Z2"}"#,
        ),
        ("route53.GetHostedZone/Z1.json", &zone),
    ]);
    let alone = read_text("x.json", &authorized);
    let zones = read_text("x.json", &zone);
    assert_eq!(messages(&all), [""; 0]);
    for read in [&all, &alone] {
        assert_eq!(rows(read, Kind::VpcAssociationAuthorization), 1);
        assert_eq!(
            text(read, Kind::VpcAssociationAuthorization, 0, "HostedZoneId"),
            "Z1"
        );
    }
    assert_eq!(rows(&all, Kind::HostedZone), 1);
    assert_eq!(rows(&zones, Kind::HostedZone), 1);
    assert_eq!(rows(&zones, Kind::VpcAssociationAuthorization), 0);
    let created = read_text(
        "x.json",
        r#"{"VPC": {"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}}"#,
    );
    assert_eq!(rows(&created, Kind::VpcAssociationAuthorization), 0);
}

#[test]
fn tags_of_several_kinds_in_one_list_go_to_their_resources() {
    let balancers = format!(
        r#"{{"LoadBalancers": [{{"LoadBalancerArn": "{BALANCER}", "Type": "network", "State": {{"Code": "active"}}}}]}}"#
    );
    let targets = format!(
        r#"{{"TargetGroups": [{{"TargetGroupArn": "{TARGETS}", "TargetGroupName": "t"}}]}}"#
    );
    let tags = format!(
        r#"{{"TagDescriptions": [
            {{"ResourceArn": "{TARGETS}", "Tags": []}},
            {{"ResourceArn": "{}", "Tags": []}},
            {{"ResourceArn": "{BALANCER}", "Tags": [{{"Key": "Owner", "Value": "net"}}]}}]}}"#,
        BALANCER.replace(":loadbalancer/", ":listener/")
    );
    let all = at_home(&[
        (
            "elasticloadbalancing.DescribeLoadBalancers.json",
            &balancers,
        ),
        ("elasticloadbalancing.DescribeTargetGroups.json", &targets),
        ("elasticloadbalancing.DescribeTags.json", &tags),
    ]);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::LoadBalancer), 1);
    assert_eq!(rows(&all, Kind::TargetGroup), 1);
    assert_eq!(
        text(&all, Kind::LoadBalancer, 0, "Tags"),
        r#"[("Owner", "net")]"#
    );
    assert_eq!(text(&all, Kind::TargetGroup, 0, "Tags"), "[]");
    assert!(complete(&all, "elasticloadbalancing", "DescribeTags"));
    assert_eq!(all.snapshot.ignored["TagDescriptions"].items, 1);
    let view = &all.snapshot.views[&(Kind::LoadBalancer, 0)][0];
    let run = &all.snapshot.runs[view.origin.run as usize];
    assert_eq!(run.pointer_of(view.origin.ordinal), "/TagDescriptions/2");
}

#[test]
fn mixed_lists_in_pieces_read_like_the_whole() {
    let listener = BALANCER.replace(":loadbalancer/", ":listener/");
    let described = |arn: &str| format!(r#"{{"ResourceArn": "{arn}", "Tags": []}}"#);
    let metrics = |label: &str| format!(r#"{{"Id": "a", "Label": "{label}", "Values": [1.5, 2]}}"#);
    for list in [
        format!(
            r#"{{"TagDescriptions": [{}, {}, {}]}}"#,
            described(TARGETS),
            described(&listener),
            described(BALANCER)
        ),
        format!(
            r#"{{"MetricDataResults": [{}, {}, {}]}}"#,
            metrics("CPUUtilization"),
            metrics("vpce-1"),
            metrics("x")
        ),
        format!(
            r#"{{"MetricDataResults": [{}]}}"#,
            metrics("CPUUtilization")
        ),
        r#"{"MetricDataResults": []}"#.to_owned(),
    ] {
        let folder = folder(&[("x.json", list.as_bytes())]);
        let whole = collected(folder.path());
        for piece in 1..list.len() as u64 {
            let tiny = Options {
                limits: Limits {
                    whole: 1,
                    piece,
                    ..Limits::default()
                },
                ..Options::default()
            };
            let pieces = with(folder.path(), &tiny);
            assert_eq!(dump(&whole), dump(&pieces), "{list} in pieces of {piece}");
            assert_eq!(messages(&whole), messages(&pieces));
        }
    }
}

#[test]
fn tags_of_zones_find_them_with_and_without_path() {
    let all = at_home(&[
        (
            "route53.ListHostedZones.json",
            r#"{"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "x.", "Config": {"PrivateZone": true}}]}"#,
        ),
        (
            "route53.ListTagsForResources.json",
            r#"{"ResourceTagSets": [{"ResourceType": "healthcheck", "ResourceId": "1-2", "Tags": []},
            {"ResourceType": "hostedzone", "ResourceId": "Z1", "Tags": [{"Key": "Team", "Value": "dns"}]}]}"#,
        ),
    ]);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::HostedZone), 1);
    assert_eq!(text(&all, Kind::HostedZone, 0, "Id"), "/hostedzone/Z1");
    assert_eq!(
        text(&all, Kind::HostedZone, 0, "Tags"),
        r#"[("Team", "dns")]"#
    );
}

#[test]
fn attributes_are_those_of_the_call_that_the_folder_names() {
    let attributes = r#"{"Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "true"}]}"#;
    let named = |arn: &str| arn.replace(':', "%3A").replace('/', "%2F");
    let (target, balancer) = (
        format!(
            "elasticloadbalancing.DescribeTargetGroupAttributes/{}.json",
            named(TARGETS)
        ),
        format!(
            "elasticloadbalancing.DescribeLoadBalancerAttributes/{}.json",
            named(BALANCER)
        ),
    );
    let all = at_home(&[
        (&target, attributes),
        (&balancer, attributes),
        (
            "elasticloadbalancing.DescribeListenerAttributes/x.json",
            attributes,
        ),
    ]);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(text(&all, Kind::TargetGroup, 0, "TargetGroupArn"), TARGETS);
    assert_eq!(text(&all, Kind::TargetGroup, 0, "Attributes"), "1 entries");
    assert_eq!(rows(&all, Kind::TargetGroup), 1);
    assert_eq!(rows(&all, Kind::LoadBalancer), 1);
    let beside = read_text(
        "x.json",
        &format!(
            r#"{{"TargetGroupArn": "{TARGETS}", "Attributes": [{{"Key": "a", "Value": "b"}}]}}"#
        ),
    );
    assert_eq!(rows(&beside, Kind::TargetGroup), 1);
    assert_eq!(rows(&beside, Kind::LoadBalancer), 0);
}

#[test]
fn shared_resources_are_told_from_other_resources() {
    let shared = r#"{"resources": [{"arn": "arn:aws:vpc-lattice:eu-west-1:444455556666:resourceconfiguration/rcfg-1", "type": "vpc-lattice:ResourceConfiguration",
        "resourceShareArn": "arn:aws:ram:eu-west-1:444455556666:resource-share/s", "creationTime": "2026-01-01T00:00:00Z"}]}"#;
    let all = read_text("x.json", shared);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::SharedResource), 1);
    // What an invitation offers is not shared yet.
    let offered = at_home(&[("ram.ListPendingInvitationResources/i.json", shared)]);
    assert_eq!(messages(&offered), [""; 0]);
    assert_eq!(rows(&offered, Kind::SharedResource), 0);
    assert_eq!(outcome(&offered, HERE, "ram", "ListResources"), None);
    let both = at_home(&[
        ("ram.ListResources/SELF.json", r#"{"resources": []}"#),
        ("ram.ListResources/OTHER-ACCOUNTS.json", shared),
    ]);
    assert_eq!(rows(&both, Kind::SharedResource), 1);
    assert!(complete(&both, "ram", "ListResources"));
    for other in [
        r#"{"resources": []}"#,
        r#"{"version": 4, "resources": [{"mode": "managed", "type": "aws_vpc", "name": "x", "instances": []}]}"#,
        r#"{"resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "x", "apiVersion": "1"}]}"#,
        r#"{"resources": [{"name": "x", "arn": "arn:aws:servicecatalog:eu-west-1:1:x", "resourceType": "CFN_STACK"}]}"#,
        r#"{"resource": {"arn": "arn:aws:ram:x", "type": "x", "status": "y"}}"#,
    ] {
        let all = read_text("x.json", other);
        assert_eq!(rows(&all, Kind::SharedResource), 0, "{other}");
        let scope = ("", "");
        assert_eq!(
            outcome(&all, scope, "ram", "ListResources"),
            None,
            "{other}"
        );
    }
}

#[test]
fn metrics_of_endpoints_are_told_from_others() {
    let all = at_home(&[(
        "cloudwatch.GetMetricData.json",
        r#"{"MetricDataResults": [
            {"Id": "bytesProcessed_vpce_0aaaaaaaaaaaaaaa1", "Label": "vpce-0aaaaaaaaaaaaaaa1", "StatusCode": "Complete",
             "Timestamps": ["2026-11-19T00:00:00+00:00", "2026-11-18T00:00:00+00:00"], "Values": [0.0, 1536.5]},
            {"Id": "m1", "Label": "CPUUtilization", "StatusCode": "Complete", "Timestamps": [], "Values": []},
            {"Id": "newConnections_vpce_0aaaaaaaaaaaaaaa1", "Label": "vpce-0aaaaaaaaaaaaaaa1", "StatusCode": "Complete", "Timestamps": [], "Values": []}
        ], "Messages": []}"#,
    )]);
    assert_eq!(messages(&all), [""; 0]);
    let kind = Kind::MetricDataResult;
    assert_eq!(rows(&all, kind), 2);
    assert_eq!(text(&all, kind, 0, "Values"), r#"["0", "1536.5"]"#);
    assert_eq!(text(&all, kind, 1, "Values"), "[]");
    assert_eq!(text(&all, kind, 1, "Label"), "vpce-0aaaaaaaaaaaaaaa1");
    assert!(complete(&all, "cloudwatch", "GetMetricData"));
    // Metrics of something else answer no question about endpoints.
    let others = at_home(&[(
        "cloudwatch.GetMetricData.json",
        r#"{"MetricDataResults": [{"Id": "m1", "Label": "CPUUtilization", "StatusCode": "Complete", "Timestamps": [], "Values": []}]}"#,
    )]);
    assert_eq!(outcome(&others, HERE, "cloudwatch", "GetMetricData"), None);
    assert_eq!(others.snapshot.ignored["MetricDataResults"].items, 1);
}

#[test]
fn the_same_keys_of_other_services_are_known_and_not_read() {
    for (name, text) in [
        (
            "wellarchitected.ListProfiles.json",
            r#"{"ProfileSummaries": [{"ProfileArn": "arn:aws:wellarchitected:x", "ProfileName": "p", "Owner": "111122223333"}]}"#,
        ),
        (
            "elb.DescribeTags.json",
            r#"{"TagDescriptions": [{"LoadBalancerName": "classic", "Tags": []}]}"#,
        ),
        (
            "ec2.DescribeTags.json",
            r#"{"Tags": [{"ResourceId": "vpc-1", "Key": "a", "Value": "b"}]}"#,
        ),
        (
            "autoscaling.DescribeTags.json",
            r#"{"Tags": [{"ResourceId": "g", "Key": "a", "Value": "b"}]}"#,
        ),
        (
            "ec2.GetCapacityManagerMetricData.json",
            r#"{"MetricDataResults": [{"Dimension": {}, "Timestamp": "2026-01-01T00:00:00Z", "MetricValues": []}]}"#,
        ),
    ] {
        let all = at_home(&[(name, text)]);
        assert_eq!(messages(&all), [""; 0], "{name}");
        assert!(
            Kind::ALL.iter().all(|kind| rows(&all, *kind) == 0),
            "{name}"
        );
        assert_eq!(all.snapshot.ledger.iter().count(), 0, "{name}");
        assert_eq!(all.snapshot.ignored.len(), 1, "{name}");
    }
    // An error is one of the service that the file names.
    let denied = at_home(&[(
        "ec2.DescribeTags_1.json",
        r#"{"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation"}}}"#,
    )]);
    assert_eq!(
        outcome(&denied, HERE, "ec2", "DescribeTags"),
        Some(CallOutcome::Denied)
    );
    assert_eq!(
        outcome(&denied, HERE, "elasticloadbalancing", "DescribeTags"),
        None
    );
}

#[test]
fn a_mixed_list_that_is_no_list_is_reported() {
    for (value, said) in [
        (r#"{"a": 1}"#, "an object"),
        ("7", "a number"),
        (r#"["x", 1]"#, "not objects (2)"),
    ] {
        let all = read_text("x.json", &format!(r#"{{"TagDescriptions": {value}}}"#));
        assert!(messages(&all)[0].contains(said), "{:?}", messages(&all));
    }
    let broken = read_text(
        "x.json",
        r#"{"MetricDataResults": [{"Id": "a_vpce_1", "Label": "vpce-1", "Values": [1.0]}, {"Id": "#,
    );
    assert_eq!(rows(&broken, Kind::MetricDataResult), 1);
    assert_eq!(
        outcome(&broken, ("", ""), "cloudwatch", "GetMetricData"),
        Some(CallOutcome::Partial)
    );
}

#[test]
fn connections_are_given_by_people_and_answer_no_call() {
    let all = read_text(
        "x.json",
        r#"{"Connections": [{"Name": "a", "Provider": "emqx", "ClientVpcIds": ["vpc-1"]}], "VpcEndpoints": []}"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Connection), 1);
    let calls: Vec<_> = all.snapshot.ledger.scopes().collect();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(outcome(&all, ("", ""), "plaudit", "Connections"), None);
}

#[test]
fn connections_of_other_services_are_not_taken_for_ours() {
    let all = read_text(
        "x.json",
        r#"{"Connections": [{"ConnectionName": "a", "ProviderType": "GitHub", "ConnectionStatus": "AVAILABLE"}]}"#,
    );
    assert_eq!(rows(&all, Kind::Connection), 0);
    assert_eq!(all.snapshot.ignored["Connections"].items, 1);
}
