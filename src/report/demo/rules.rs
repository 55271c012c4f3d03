//! The rules of the made-up reports: what they say, and on which field.
//!
//! Compiled for tests only and uses only [`findings`](crate::findings). The
//! texts read like those of real rules, so that pages can be judged by eye.

use super::hex;
use crate::findings::{Confidence, Control, Counts, Reference, RuleSummary, Severity};

pub(super) struct RuleText {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) kind: &'static str,
    pub(super) cloudformation: &'static str,
    pub(super) prefix: &'static str,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) field: &'static str,
    pub(super) op: &'static str,
    pub(super) wanted: &'static str,
    pub(super) seen: &'static str,
    pub(super) call: &'static str,
    pub(super) why: &'static str,
    pub(super) fix: &'static str,
    pub(super) cli: Option<&'static str>,
    pub(super) terraform: Option<&'static str>,
}

pub(super) const RULES: [RuleText; 8] = [
    RuleText {
        name: "endpoint-service-open-to-all",
        title: "An endpoint service accepts every AWS principal without asking",
        kind: "vpc-endpoint-service",
        cloudformation: "AWS::EC2::VPCEndpointService",
        prefix: "vpce-svc",
        severity: Severity::Critical,
        confidence: Confidence::Proven,
        field: "AcceptanceRequired",
        op: "==",
        wanted: "true",
        seen: "false",
        call: "DescribeVpcEndpointServiceConfigurations",
        why: "Anybody with an AWS account can connect to the service behind the load balancer, \
              and no one is asked first. The allowed principals contain `*`.",
        fix: "Require acceptance, and name the principals that may connect.",
        cli: Some(
            "aws ec2 modify-vpc-endpoint-service-configuration \\\n  \
             --service-id vpce-svc-0123456789abcdef0 --acceptance-required",
        ),
        terraform: Some(
            "resource \"aws_vpc_endpoint_service\" \"this\" {\n  acceptance_required = true\n  \
             allowed_principals  = [\"arn:aws:iam::123456789012:root\"]\n}",
        ),
    },
    RuleText {
        name: "endpoint-port-closed",
        title: "The endpoint's security group does not admit the ports of the service",
        kind: "vpc-endpoint",
        cloudformation: "AWS::EC2::VPCEndpoint",
        prefix: "vpce",
        severity: Severity::High,
        confidence: Confidence::Proven,
        field: "IpPermissions",
        op: "admits",
        wanted: "tcp 10000-19999 from 10.0.0.0/16",
        seen: "tcp 443 from 10.0.0.0/16",
        call: "DescribeSecurityGroups",
        why: "Redis Cloud serves each database on its own port between 10000 and 19999. Clients \
              time out on a database whose port the group does not admit.",
        fix: "Admit TCP 10000-19999 from the clients' addresses in the endpoint's security group.",
        cli: Some(
            "aws ec2 authorize-security-group-ingress --group-id sg-0123456789abcdef0 \\\n  \
             --protocol tcp --port 10000-19999 --cidr 10.0.0.0/16",
        ),
        terraform: Some(
            "resource \"aws_vpc_security_group_ingress_rule\" \"redis\" {\n  \
             security_group_id = aws_security_group.endpoint.id\n  ip_protocol       = \"tcp\"\n  \
             from_port         = 10000\n  to_port           = 19999\n  \
             cidr_ipv4         = \"10.0.0.0/16\"\n}",
        ),
    },
    RuleText {
        name: "endpoint-subnet-few-free-ips",
        title: "A subnet of an endpoint has too few free addresses",
        kind: "vpc-endpoint",
        cloudformation: "AWS::EC2::VPCEndpoint",
        prefix: "vpce",
        severity: Severity::High,
        confidence: Confidence::Proven,
        field: "AvailableIpAddressCount",
        op: ">=",
        wanted: "16",
        seen: "11",
        call: "DescribeSubnets",
        why: "A resource endpoint needs 16 free addresses in each of its subnets; creating or \
              extending it fails in a subnet that has fewer.",
        fix: "Move the endpoint to a subnet with room, or free addresses in this one.",
        cli: Some(
            "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0123456789abcdef0 \\\n  \
             --add-subnet-ids subnet-0fedcba9876543210 --remove-subnet-ids subnet-0123456789abcdef0",
        ),
        terraform: None,
    },
    RuleText {
        name: "security-group-open-to-world",
        title: "A security group of an endpoint admits the whole internet",
        kind: "security-group",
        cloudformation: "AWS::EC2::SecurityGroup",
        prefix: "sg",
        severity: Severity::High,
        confidence: Confidence::Proven,
        field: "CidrIp",
        op: "not in",
        wanted: "0.0.0.0/0, ::/0",
        seen: "0.0.0.0/0",
        call: "DescribeSecurityGroups",
        why: "The endpoint is private, its group is not: whoever reaches the VPC by any way may \
              use it.",
        fix: "Replace the open range by the addresses of the clients.",
        cli: None,
        terraform: None,
    },
    RuleText {
        name: "vpc-dns-attributes-off",
        title: "A VPC with private DNS names does not resolve them",
        kind: "vpc",
        cloudformation: "AWS::EC2::VPC",
        prefix: "vpc",
        severity: Severity::Medium,
        confidence: Confidence::Proven,
        field: "EnableDnsHostnames.Value",
        op: "==",
        wanted: "true",
        seen: "false",
        call: "DescribeVpcAttribute",
        why: "Private hosted zones and private DNS names of endpoints work only if both DNS \
              attributes of the VPC are on.",
        fix: "Turn on both DNS attributes of the VPC.",
        cli: Some(
            "aws ec2 modify-vpc-attribute --vpc-id vpc-0123456789abcdef0 --enable-dns-hostnames",
        ),
        terraform: Some("resource \"aws_vpc\" \"this\" {\n  enable_dns_hostnames = true\n}"),
    },
    RuleText {
        name: "private-zone-duplicate",
        title: "Two private hosted zones of one name answer in one VPC",
        kind: "hosted-zone",
        cloudformation: "AWS::Route53::HostedZone",
        prefix: "Z",
        severity: Severity::Medium,
        confidence: Confidence::Suspected,
        field: "Name",
        op: "unique",
        wanted: "one zone a name",
        seen: "2 zones",
        call: "GetHostedZone",
        why: "Which of the two answers is not said in the zones; one of them is stale.",
        fix: "Take the VPC out of the zone that is no longer kept.",
        cli: None,
        terraform: None,
    },
    RuleText {
        name: "endpoint-orphaned",
        title: "An endpoint that nothing uses costs money",
        kind: "vpc-endpoint",
        cloudformation: "AWS::EC2::VPCEndpoint",
        prefix: "vpce",
        severity: Severity::Low,
        confidence: Confidence::Suspected,
        field: "State",
        op: "!=",
        wanted: "rejected",
        seen: "rejected",
        call: "DescribeVpcEndpoints",
        why: "An interface endpoint is billed by the hour and zone, in every state but deleted.",
        fix: "Ask the owner, then delete the endpoint.",
        cli: Some("aws ec2 delete-vpc-endpoints --vpc-endpoint-ids vpce-0123456789abcdef0"),
        terraform: None,
    },
    RuleText {
        name: "endpoint-owner-untagged",
        title: "An endpoint names no owner",
        kind: "vpc-endpoint",
        cloudformation: "AWS::EC2::VPCEndpoint",
        prefix: "vpce",
        severity: Severity::Info,
        confidence: Confidence::Proven,
        field: "Tags",
        op: "has",
        wanted: "Owner",
        seen: "Name",
        call: "DescribeVpcEndpoints",
        why: "Nobody can be asked.",
        fix: "Tag the endpoint with `Owner`.",
        cli: None,
        terraform: None,
    },
];

pub(super) fn rule_summary(index: usize, rule: &RuleText, counts: Counts) -> RuleSummary {
    RuleSummary {
        name: rule.name.to_owned(),
        code: format!("PL{}", 1101 + index),
        title: rule.title.to_owned(),
        severity: rule.severity,
        confidence: rule.confidence,
        resource: rule.kind.to_owned(),
        packs: vec!["recommended".to_owned(), "redis-cloud".to_owned()],
        why: rule.why.to_owned(),
        fix: rule.fix.to_owned(),
        fix_cli: rule.cli.map(ToOwned::to_owned),
        fix_terraform: rule.terraform.map(ToOwned::to_owned),
        references: vec![Reference {
            title: "Access AWS services through AWS PrivateLink".to_owned(),
            url: "https://docs.aws.amazon.com/vpc/latest/privatelink/".to_owned(),
            date: "2026-11-20".to_owned(),
        }],
        controls: vec![
            Control {
                framework: "nist-800-53-r5".to_owned(),
                ids: vec!["SC-7(5)".to_owned(), "AC-4".to_owned()],
            },
            Control {
                framework: "pci-dss-4.0.1".to_owned(),
                ids: vec!["1.3.1".to_owned()],
            },
        ],
        params: vec![("wanted".to_owned(), rule.wanted.to_owned())],
        digest: hex(index as u64 + 5, 64),
        counts,
    }
}
