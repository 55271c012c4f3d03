//! Changes for every reason there is, as commands, Terraform and words.
//!
//! The checks are made by hand here, about a network that has one of each kind;
//! whether a change opens a path is asked in `change.rs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use plaudit::collect;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::change::{self, Change};
use plaudit::graph::reach::code::Code;
use plaudit::graph::reach::flow::{
    Aspect, At, Check, Component, End, Flow, Header, Hop, Outcome, Protocol, Split, Traffic,
    Verdict,
};
use plaudit::graph::{Graph, Node};
use plaudit::snapshot::record::Kind;
use serde_json::{Value, json};

const HOSTILE: &str = "eni-1'; $(touch x) \u{202e}${path.root}\"";

fn network(interface: &str) -> Value {
    json!({
        "Vpcs": [
            {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "444455556666"},
            {"VpcId": "vpc-2", "CidrBlock": "10.2.0.0/16", "OwnerId": "444455556666"},
        ],
        "Subnets": [
            {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az3"},
            {"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/28", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az3"},
        ],
        "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [], "Associations": [{"Main": true}]}],
        "NetworkInterfaces": [
            {"NetworkInterfaceId": interface, "VpcId": "vpc-1", "SubnetId": "subnet-1", "Groups": [],
             "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5"}]},
        ],
        "VpcPeeringConnections": [
            {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "pending-acceptance"},
             "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "444455556666", "Region": "eu-west-1"},
             "AccepterVpcInfo": {"VpcId": "vpc-9", "CidrBlock": "10.9.0.0/16", "OwnerId": "777788889999", "Region": "us-east-1"}},
        ],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": []}],
        "NatGateways": [{"NatGatewayId": "nat-1", "VpcId": "vpc-1", "State": "available", "NatGatewayAddresses": []}],
        "VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}],
        "VpnConnections": [{"VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "State": "available", "Options": {"StaticRoutesOnly": true}, "Routes": []}],
        "VpcEndpoints": [
            {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "State": "pendingAcceptance",
             "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"},
        ],
        "TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "available", "Options": {"SecurityGroupReferencingSupport": "disable"}}],
        "TransitGatewayVpcAttachments": [
            {"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "State": "pendingAcceptance", "SubnetIds": ["subnet-9"]},
            {"TransitGatewayAttachmentId": "tgw-attach-2", "TransitGatewayId": "tgw-1", "VpcId": "vpc-2", "State": "available", "SubnetIds": []},
        ],
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "DefaultAssociationRouteTable": true}],
        "LoadBalancers": [{"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:444455556666:loadbalancer/net/a/1", "Type": "network", "VpcId": "vpc-1"}],
        "HostedZones": [{"Id": "/hostedzone/Z1", "Name": "internal.example.", "Config": {"PrivateZone": true}}],
    })
}

fn graph(interface: &str) -> Graph {
    let text = network(interface).to_string();
    Graph::build(collect::read_text("network.json", &text).snapshot)
}

/// A flow from the interface that fails at one node, for one reason.
fn blocked(graph: &Graph, code: Option<Code>, aspect: Aspect, at: Node) -> Flow {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let interface = graph.nodes(Kind::NetworkInterface).next().unwrap();
    let (source, destination) = (address("10.0.1.5"), address("10.2.0.9"));
    let passed: Vec<Hop> = [Kind::TransitGatewayVpcAttachment]
        .into_iter()
        .map(|kind| Hop {
            component: Component::Resource(graph.nodes(kind).next().unwrap()),
            header: Header {
                source,
                destination,
            },
            checks: Vec::new(),
        })
        .collect();
    let evidence = graph
        .nodes(Kind::RouteTable)
        .chain(graph.nodes(Kind::Vpc).take(1))
        .map(|node| At {
            node,
            path: String::new(),
            shown: String::new(),
        });
    let hop = Hop {
        component: Component::Resource(at),
        header: Header {
            source,
            destination,
        },
        checks: vec![Check {
            aspect,
            outcome: Outcome::Fail,
            code,
            ports: Ports::range(443, 443),
            evidence: evidence.collect(),
            needs: Vec::new(),
            detail: String::new(),
        }],
    };
    Flow {
        from: End::Interface(interface, source),
        to: End::Address(destination),
        traffic: Traffic::new(Protocol::Tcp, Ports::range(443, 443)),
        verdict: Verdict::Blocked,
        there: Verdict::Blocked,
        ports: Split::default(),
        client_ports: Split::default(),
        forward: passed.into_iter().chain([hop]).collect(),
        back: Vec::new(),
        assumptions: BTreeSet::new(),
    }
}

const ASPECTS: &[Aspect] = &[
    Aspect::End,
    Aspect::GroupEgress,
    Aspect::GroupIngress,
    Aspect::AclEgress,
    Aspect::AclIngress,
    Aspect::Route,
    Aspect::Gateway,
    Aspect::Provider,
    Aspect::Name,
];

/// One node of each kind that the network has.
fn one_of_each(graph: &Graph) -> Vec<Node> {
    let kinds = Kind::ALL.iter();
    kinds.filter_map(|kind| graph.nodes(*kind).next()).collect()
}

fn change(graph: &Graph, code: Option<Code>, aspect: Aspect, at: Node) -> Change {
    let mut plan = change::plan(graph, &[&blocked(graph, code, aspect, at)], &[]);
    assert_eq!(plan.changes.len(), 1, "{code:?} {aspect:?}: {plan:#?}");
    plan.changes.remove(0)
}

#[test]
fn every_reason_at_every_component_has_one_change_with_words() {
    let graph = graph("eni-1");
    let codes = Code::ALL.iter().copied().map(Some).chain([None]);
    for code in codes {
        for aspect in ASPECTS {
            for at in one_of_each(&graph) {
                let change = change(&graph, code, *aspect, at);
                assert!(change.title.len() > 5, "{change:#?}");
                assert_eq!(change.title.trim(), change.title);
                assert!(
                    change.edit.is_some() || !change.note.is_empty(),
                    "{change:#?}"
                );
                assert_eq!(change.edit.is_some(), !change.cli.is_empty(), "{change:#?}");
                assert!(
                    change.cli.iter().all(|line| line.starts_with("aws ")),
                    "{change:#?}"
                );
            }
        }
    }
}

#[test]
fn a_hostile_id_is_quoted_in_commands_and_terraform() {
    let graph = graph(HOSTILE);
    let interface = graph.nodes(Kind::NetworkInterface).next().unwrap();
    let code = Some(Code::EniSourceDestCheckRestriction);
    let change = change(&graph, code, Aspect::Gateway, interface);
    let written = format!("{}{}", change.cli[0], change.terraform);
    assert!(!written.contains('\u{202e}'), "{written}");
    assert!(
        change.cli[0].contains(r"$'eni-1\'; $(touch x) \U0000202e"),
        "{written}"
    );
    assert!(change.terraform.contains("$${path.root}\\\""), "{written}");
}

#[test]
fn changes_read_well() {
    let graph = graph("eni-1");
    let mut text = String::new();
    let cases = [
        (
            Code::SgReferencingSupport,
            Aspect::GroupIngress,
            Kind::NetworkInterface,
        ),
        (
            Code::EniSourceDestCheckRestriction,
            Aspect::Gateway,
            Kind::NetworkInterface,
        ),
        (
            Code::IgwPublicIpAssociationForEgress,
            Aspect::Gateway,
            Kind::InternetGateway,
        ),
        (
            Code::IgwRejectsSpoofed,
            Aspect::Gateway,
            Kind::InternetGateway,
        ),
        (
            Code::BlockPublicAccess,
            Aspect::Gateway,
            Kind::InternetGateway,
        ),
        (Code::BadState, Aspect::Gateway, Kind::VpcPeeringConnection),
        (Code::VpcePendingAcceptance, Aspect::End, Kind::VpcEndpoint),
        (Code::VgwNoKnownPrefix, Aspect::Gateway, Kind::VpnGateway),
        (Code::ElbNotCrosszone, Aspect::Provider, Kind::LoadBalancer),
        (Code::DnsSupportDisabled, Aspect::Name, Kind::Vpc),
        (Code::DnsHostnamesDisabled, Aspect::Name, Kind::Vpc),
        (Code::DnsPrivateDnsOff, Aspect::Name, Kind::VpcEndpoint),
        (Code::DnsPreferenceExcludes, Aspect::Name, Kind::VpcEndpoint),
        (Code::DnsZoneNotAssociated, Aspect::Name, Kind::HostedZone),
        (
            Code::TgwRouteAzRestriction,
            Aspect::Gateway,
            Kind::TransitGatewayVpcAttachment,
        ),
        (
            Code::TgwAttachMissingAssociation,
            Aspect::Gateway,
            Kind::TransitGatewayVpcAttachment,
        ),
        (
            Code::TgwRtbNoRoute,
            Aspect::Route,
            Kind::TransitGatewayRouteTable,
        ),
        (Code::TgwNotAttached, Aspect::Gateway, Kind::TransitGateway),
        (
            Code::TgwBadState,
            Aspect::Gateway,
            Kind::TransitGatewayVpcAttachment,
        ),
        (
            Code::NatUnsolicitedInbound,
            Aspect::Gateway,
            Kind::NatGateway,
        ),
        (
            Code::RcfgPortNotAllowed,
            Aspect::Provider,
            Kind::VpcEndpoint,
        ),
        (Code::BadStateVpn, Aspect::Gateway, Kind::VpnConnection),
    ];
    for (code, aspect, kind) in cases {
        let at = graph.nodes(kind).next().unwrap();
        let change = change(&graph, Some(code), aspect, at);
        let _always = writeln!(
            text,
            "== {code}\n{}\n{:?}\n{}\n{}\n{}",
            change.title,
            change.party,
            change.note,
            change.cli.join("\n"),
            change.terraform
        );
    }
    insta::assert_snapshot!("changes-by-reason", text);
}
