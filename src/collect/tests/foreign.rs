//! Shapes of other collectors: answers folded into lists, keys and ids that are
//! spelled in another way, interfaces that are nowhere but in instances.

use super::*;

const ANYWHERE: (&str, &str) = ("", "");

#[test]
fn folded_static_routes_are_no_search_for_all_routes() {
    let all = read_text(
        "TransitGatewayStaticRoutes.json",
        r#"{"TransitGatewayStaticRoutes": [
            {"TransitGatewayRouteTableId": "tgw-rtb-0a", "AdditionalRoutesAvailable": false, "Routes": [
                {"DestinationCidrBlock": "10.1.0.0/16", "Type": "static", "State": "blackhole"},
                {"DestinationCidrBlock": "10.2.0.0/16", "Type": "static", "State": "active",
                 "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-0a", "ResourceType": "vpc", "ResourceId": "vpc-0a"}]}]},
            {"Routes": [], "TransitGatewayRouteTableId": "tgw-rtb-0b"},
            {"TransitGatewayRouteTableId": "tgw-rtb-0c", "AdditionalRoutesAvailable": true, "Routes": [
                {"DestinationCidrBlock": "10.3.0.0/16", "Type": "static", "State": "active"}]}
        ]}"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::TransitGatewayRoute), 3);
    let parent = text(
        &all,
        Kind::TransitGatewayRoute,
        2,
        "TransitGatewayRouteTableId",
    );
    assert_eq!(parent, "tgw-rtb-0c");
    let told: Vec<_> = all
        .snapshot
        .runs
        .iter()
        .map(|run| (run.parent.as_deref().unwrap(), run.narrowed, run.partial))
        .collect();
    assert_eq!(
        told,
        [
            ("tgw-rtb-0a", "static", false),
            ("tgw-rtb-0b", "static", false),
            ("tgw-rtb-0c", "static", true)
        ]
    );
    let ledger = &all.snapshot.ledger;
    let call = ledger.call(&Scope::default(), "ec2", "SearchTransitGatewayRoutes");
    assert_eq!(call.unwrap().outcome, CallOutcome::Partial);
    assert_eq!(call.unwrap().items, 3);
}

#[test]
fn other_folded_answers_are_whole() {
    let all = read_text(
        "x.json",
        r#"{"TransitGatewayPropagations": [{"TransitGatewayRouteTableId": "tgw-rtb-0a", "TransitGatewayRouteTablePropagations": [
                {"TransitGatewayAttachmentId": "tgw-attach-0a", "ResourceType": "vpc", "ResourceId": "vpc-0a", "State": "enabled"}]}],
            "LoadBalancerListeners": [{"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/n/1", "Listeners": [
                {"ListenerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/n/1/2", "Port": 443, "Protocol": "TCP",
                 "LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/n/1", "DefaultActions": []}]}],
            "LoadBalancerAttributes": {"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/n/1", "Attributes": [
                {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]},
            "LoadBalancerTargetHealth": []}"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::Listener), 1);
    assert_eq!(rows(&all, Kind::LoadBalancer), 1);
    let scope = ("111122223333", "eu-west-1");
    for (service, operation) in [
        ("ec2", "GetTransitGatewayRouteTablePropagations"),
        ("elasticloadbalancing", "DescribeListeners"),
        ("elasticloadbalancing", "DescribeLoadBalancerAttributes"),
    ] {
        let outcome = outcome(&all, scope, service, operation);
        assert_eq!(outcome, Some(CallOutcome::Complete), "{operation}");
    }
    // Nobody was asked, so nothing was answered.
    assert_eq!(
        outcome(&all, scope, "elasticloadbalancing", "DescribeTargetHealth"),
        None
    );
}

#[test]
fn items_of_a_folded_section_that_are_no_answers_are_named() {
    let all = read_text(
        "x.json",
        r#"{"TransitGatewayStaticRoutes": [
            {"TransitGatewayRouteTableId": "tgw-rtb-0a", "Routes": []},
            {"TransitGatewayRouteTableId": "tgw-rtb-0b"}, 7]}"#,
    );
    assert_eq!(
        messages(&all),
        [
            "Incomplete /TransitGatewayStaticRoutes/1 `TransitGatewayStaticRoutes` has an item that is no answer of ec2.SearchTransitGatewayRoutes; it is left out",
            "Incomplete /TransitGatewayStaticRoutes/2 `TransitGatewayStaticRoutes` has an item that is no answer of ec2.SearchTransitGatewayRoutes; it is left out",
        ]
    );
}

#[test]
fn attributes_of_classic_load_balancers_are_other_things() {
    let all = read_text(
        "x.json",
        r#"{"LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": true}}}"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    assert_eq!(rows(&all, Kind::LoadBalancer), 0);
    assert_eq!(all.snapshot.ignored["LoadBalancerAttributes"].items, 1);
}

#[test]
fn keys_in_another_spelling_are_read_though_ids_are_masked() {
    let all = read_text(
        "dump.json",
        r#"{"provider": "aws", "collector_version": "1.0",
            "vpcs": [{"VpcId": "VpcId:1", "CidrBlock": "10.0.0.0/16", "IsDefault": false, "State": "available", "OwnerId": "OwnerId:9"}],
            "subnets": [{"SubnetId": "SubnetId:2", "VpcId": "VpcId:1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a", "State": "available"}],
            "internet_gateways": [{"InternetGatewayId": "InternetGatewayId:3", "Attachments": [{"VpcId": "VpcId:1", "State": "available"}], "Other": 1}],
            "instances": [
                {"InstanceId": "InstanceId:4", "InstanceType": "t3.nano", "State": {"Name": "running"}, "VpcId": "VpcId:1", "SubnetId": "SubnetId:2", "CpuOptions": {"CoreCount": 1},
                 "NetworkInterfaces": [{"NetworkInterfaceId": "NetworkInterfaceId:5", "PrivateIpAddress": "10.0.0.4", "Attachment": {"Status": "attached"}}]},
                {"NetworkInterfaces": [{"NetworkInterfaceId": "NetworkInterfaceId:6"}, {"NetworkInterfaceId": "NetworkInterfaceId:7"}], "InstanceId": "InstanceId:8"}],
            "volumes": [{"VolumeId": "VolumeId:1", "State": "in-use"}]}"#,
    );
    assert_eq!(
        messages(&all),
        ["Incomplete /volumes unknown section `volumes`; nothing in it is read"]
    );
    for (kind, count, operation) in [
        (Kind::Vpc, 1, "DescribeVpcs"),
        (Kind::Subnet, 1, "DescribeSubnets"),
        (Kind::InternetGateway, 1, "DescribeInternetGateways"),
        (Kind::Instance, 2, "DescribeInstances"),
    ] {
        assert_eq!(rows(&all, kind), count, "{kind:?}");
        assert_eq!(
            outcome(&all, ("", "eu-west-1"), "ec2", operation),
            Some(CallOutcome::Complete),
            "{operation}"
        );
    }
    assert_eq!(text(&all, Kind::Subnet, 0, "VpcId"), "VpcId:1");
    assert_eq!(
        outcome(&all, ANYWHERE, "ec2", "DescribeNetworkInterfaces"),
        None
    );
}

#[test]
fn interfaces_in_instances_are_those_of_the_instance() {
    let all = read_text(
        "x.json",
        r#"{"Reservations": [{"Instances": [
            {"InstanceId": "i-0a", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-0a"}, {"NetworkInterfaceId": "eni-0b", "Attachment": {"Status": "attached"}}]},
            {"InstanceId": "i-0b"},
            {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-0c"}], "InstanceId": "i-0c"}]}],
            "NetworkInterfaces": [{"NetworkInterfaceId": "eni-0d"}, {"NetworkInterfaceId": "eni-0a", "Attachment": {"InstanceId": "i-0a"}}]}"#,
    );
    assert_eq!(messages(&all), [""; 0]);
    let of = |row| {
        let field = |path| text(&all, Kind::NetworkInterface, row, path);
        (field("NetworkInterfaceId"), field("Attachment.InstanceId"))
    };
    let mut all: Vec<_> = (0..4).map(of).collect();
    all.sort();
    assert_eq!(
        all,
        [
            ("eni-0a", "i-0a"),
            ("eni-0b", "i-0a"),
            ("eni-0c", "i-0c"),
            ("eni-0d", "")
        ]
        .map(|(interface, instance)| (interface.to_owned(), instance.to_owned()))
    );
}

#[test]
fn folded_answers_in_pieces_read_like_the_whole() {
    let list = r#"{"TransitGatewayStaticRoutes": [
        {"TransitGatewayRouteTableId": "tgw-rtb-0a", "Routes": []},
        {"TransitGatewayRouteTableId": "tgw-rtb-0b", "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "Type": "static", "State": "blackhole"}]},
        {"TransitGatewayRouteTableId": "tgw-rtb-0c", "Routes": []}]}"#;
    let folder = folder(&[("x.json", list.as_bytes())]);
    let told = |all: &Collected| {
        let runs = all.snapshot.runs.iter();
        runs.map(|run| (run.pointer.clone(), run.parent.clone(), run.narrowed))
            .collect::<Vec<_>>()
    };
    let whole = collected(folder.path());
    let parts: Vec<_> = told(&whole).into_iter().map(|run| run.2).collect();
    assert_eq!(parts, ["static"; 3]);
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
        assert_eq!(told(&pieces), told(&whole), "pieces of {piece} bytes");
        assert_eq!(dump(&pieces), dump(&whole), "pieces of {piece} bytes");
    }
}
