//! What answers are recognised as, and what becomes of them.

use super::*;

#[test]
fn sections_become_rows() {
    let all = read_text("estate.json", ESTATE);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Subnet), 2);
    assert_eq!(
        text(&all, Kind::Subnet, 0, "Tags"),
        r#"[("Name", "a \"quoted\" name")]"#
    );
    assert_eq!(rows(&all, Kind::NetworkInterface), 1);
    assert_eq!(all.snapshot.ignored["Buckets"].items, 1);
    let scope = &all.snapshot.scopes[usize::from(all.snapshot.scope(Kind::SecurityGroup, 0))];
    assert_eq!(
        (scope.account.as_str(), scope.region.as_str()),
        ("111122223333", "eu-west-1")
    );
    assert_eq!(
        outcome(
            &all,
            ("111122223333", "eu-west-1"),
            "ec2",
            "DescribeInstances"
        ),
        Some(CallOutcome::Complete)
    );
    // Interfaces inside instances are no listing of interfaces.
    assert_eq!(
        outcome(
            &all,
            ("111122223333", "eu-west-1"),
            "ec2",
            "DescribeNetworkInterfaces"
        ),
        None
    );
}

#[test]
fn answers_about_one_resource_are_one_row() {
    let all = read_text(
        "x.json",
        r#"[{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
            {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": true}},
            {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": false}}]"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Vpc), 1);
    assert_eq!(text(&all, Kind::Vpc, 0, "EnableDnsSupport"), "True");
    assert_eq!(text(&all, Kind::Vpc, 0, "EnableDnsHostnames"), "False");
    let views = &all.snapshot.views[&(Kind::Vpc, 0)];
    assert_eq!(
        views
            .iter()
            .map(|view| view.columns.len())
            .collect::<Vec<_>>(),
        [1, 1]
    );
}

#[test]
fn files_tell_the_call_where_the_object_does_not() {
    // Without `numberOfAssociatedVPCs`, which would betray the call.
    let answer = r#"{"id": "sn-1", "arn": "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-1", "authType": "NONE"}"#;
    let name = "aws/111122223333/eu-west-1/vpc-lattice.GetServiceNetwork/sn-1.json";
    let all = read_text(name, answer);
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::ServiceNetwork), 1);
    assert_eq!(
        outcome(
            &all,
            ("111122223333", "eu-west-1"),
            "vpc-lattice",
            "GetServiceNetwork"
        ),
        Some(CallOutcome::Complete)
    );
}

#[test]
fn contradictions_and_repetitions_are_told_apart() {
    let all = read_text(
        "x.json",
        r#"{"Subnets": [{"SubnetId": "subnet-1", "State": "available"}, {"SubnetId": "subnet-1", "State": "available"},
                        {"SubnetId": "subnet-1", "State": "pending"}]}"#,
    );
    assert_eq!(rows(&all, Kind::Subnet), 1);
    assert_eq!(text(&all, Kind::Subnet, 0, "State"), "available");
    let found = messages(&all);
    assert!(
        found[0].contains("/Subnets/2") && found[0].contains("different content")
            || found[1].contains("different content"),
        "{found:?}"
    );
    assert_eq!(found.len(), 2);
}

#[test]
fn parents_come_from_envelopes_and_names() {
    let routes = r#"{"Routes": [{"DestinationCidrBlock": "10.0.0.0/8", "Type": "static"}], "AdditionalRoutesAvailable": false}"#;
    let entries = r#"{"Entries": [{"Cidr": "10.0.0.0/8"}]}"#;
    let folder = folder(&[
        ("ec2.SearchTransitGatewayRoutes/tgw-rtb-1.json", routes.as_bytes()),
        ("ec2.GetManagedPrefixListEntries/pl-1.json", entries.as_bytes()),
        ("more.json", br#"{"TransitGatewayStaticRoutes": [{"Routes": [{"DestinationCidrBlock": "::/0"}], "TransitGatewayRouteTableId": "tgw-rtb-2"}]}"#),
        ("z.json", routes.as_bytes()),
    ]);
    let all = collected(folder.path());
    let table = |row| {
        text(
            &all,
            Kind::TransitGatewayRoute,
            row,
            "TransitGatewayRouteTableId",
        )
    };
    assert_eq!(
        (table(0), table(1), table(2)),
        (
            "tgw-rtb-1".to_owned(),
            "tgw-rtb-2".to_owned(),
            String::new()
        )
    );
    assert_eq!(
        text(&all, Kind::ManagedPrefixList, 0, "PrefixListId"),
        "pl-1"
    );
    assert!(
        messages(&all)
            .iter()
            .any(|message| message.contains("cannot tell which `TransitGatewayRouteTableId`")),
        "{:?}",
        messages(&all)
    );
}

#[test]
fn errors_are_calls() {
    let folder = folder(&[
        ("111122223333/us-east-1/ec2.DescribeVpcEndpoints_1.json", br#"{"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation"}}}"#),
        ("111122223333/us-east-1/ec2.DescribeVpcs_1.json", br#"{"status_code": 200, "data": {"Vpcs": [{"VpcId": "vpc-1"}], "ResponseMetadata": {}}}"#),
        ("111122223333/us-east-1/ec2.DescribeSubnets_1.json", br#"{"status_code": 200, "data": {"Subnets": [], "NextToken": "x"}}"#),
    ]);
    let all = collected(folder.path());
    let call = |operation| outcome(&all, ("111122223333", "us-east-1"), "ec2", operation);
    assert_eq!(call("DescribeVpcEndpoints"), Some(CallOutcome::Denied));
    assert_eq!(call("DescribeVpcs"), Some(CallOutcome::Complete));
    assert_eq!(call("DescribeSubnets"), Some(CallOutcome::Partial));
}

#[test]
fn later_pages_complete_earlier_ones() {
    let page = |token: &str| {
        format!(r#"{{"Subnets": [{{"SubnetId": "subnet-{token}"}}], "NextToken": "{token}"}}"#)
    };
    let (one, two, three) = (page("a"), page("b"), r#"{"Subnets": []}"#);
    let folder = folder(&[
        ("d_1.json", one.as_bytes()),
        ("d_2.json", two.as_bytes()),
        ("d_10.json", three.as_bytes()),
    ]);
    let all = collected(folder.path());
    assert_eq!(
        outcome(&all, ("", ""), "ec2", "DescribeSubnets"),
        Some(CallOutcome::Complete)
    );
    std::fs::remove_file(folder.path().join("d_10.json")).unwrap();
    assert_eq!(
        outcome(
            &collected(folder.path()),
            ("", ""),
            "ec2",
            "DescribeSubnets"
        ),
        Some(CallOutcome::Partial)
    );
}
