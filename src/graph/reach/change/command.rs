//! Edits as commands of the AWS CLI, quoted for the shell.
//!
//! Options are those of the command reference
//! (<https://docs.aws.amazon.com/cli/latest/reference/ec2/>). A pure function of
//! the edit: nothing is run here, and ids are never trusted.

use std::fmt::Write as _;

use super::edit::{Edit, Peer, PortRanges, RouteDestination, RouteTarget, Setting, Waiting};
use crate::graph::reach::flow::Protocol;

/// One argument for a POSIX shell. What has no shape of its own is written as
/// an escape, so that a name cannot hide in a command.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if text.chars().all(|c| matches!(c, ' '..='~')) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ => {
                let _always = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('\'');
    out
}

/// The commands that make an edit, in order.
pub(super) fn commands(edit: &Edit, region: &str) -> Vec<String> {
    let one = |operation: &str, options: &[(&str, &str)]| {
        vec![command("ec2", operation, region, options)]
    };
    match edit {
        Edit::GroupRule { .. } => group_rule(edit, region),
        Edit::AclEntries { .. } => acl_entries(edit, region),
        Edit::Route { .. } => route(edit, region),
        Edit::EndpointTable { endpoint, table } => one(
            "modify-vpc-endpoint",
            &[
                ("vpc-endpoint-id", endpoint),
                ("add-route-table-ids", table),
            ],
        ),
        Edit::PublicAddress { interface, address } => vec![
            command("ec2", "allocate-address", region, &[("domain", "vpc")]),
            command(
                "ec2",
                "associate-address",
                region,
                &[
                    ("network-interface-id", interface),
                    ("private-ip-address", address),
                    ("allocation-id", "<AllocationId of the answer above>"),
                ],
            ),
        ],
        Edit::PublicAccess { subnet } => one(
            "create-vpc-block-public-access-exclusion",
            &[
                ("subnet-id", subnet),
                ("internet-gateway-exclusion-mode", "allow-bidirectional"),
            ],
        ),
        Edit::VpnRoute { connection, block } => one(
            "create-vpn-connection-route",
            &[
                ("vpn-connection-id", connection),
                ("destination-cidr-block", &block.to_string()),
            ],
        ),
        Edit::ZoneAssociation {
            zone,
            vpc,
            region: home,
        } => vec![command(
            "route53",
            "associate-vpc-with-hosted-zone",
            "",
            &[
                ("hosted-zone-id", zone),
                ("vpc", &format!("VPCRegion={home},VPCId={vpc}")),
            ],
        )],
        Edit::AttachInternetGateway { gateway, vpc } => one(
            "attach-internet-gateway",
            &[("internet-gateway-id", gateway), ("vpc-id", vpc)],
        ),
        Edit::AttachVpnGateway { gateway, vpc } => one(
            "attach-vpn-gateway",
            &[("vpn-gateway-id", gateway), ("vpc-id", vpc)],
        ),
        Edit::TransitRoute { .. }
        | Edit::Associate { .. }
        | Edit::AttachmentSubnet { .. }
        | Edit::AttachVpc { .. } => transit(edit, region),
        Edit::Accept(waiting) => accept(waiting, region),
        Edit::Set(setting) => set(setting, region),
    }
}

fn group_rule(edit: &Edit, region: &str) -> Vec<String> {
    let Edit::GroupRule {
        group,
        egress,
        protocol,
        ports,
        peer,
    } = edit
    else {
        return Vec::new();
    };
    let way = if *egress { "egress" } else { "ingress" };
    let mut line = command(
        "ec2",
        &format!("authorize-security-group-{way}"),
        region,
        &[("group-id", group), ("ip-permissions", "")],
    );
    for range in whole_or(*protocol, ports) {
        line.push(' ');
        line.push_str(&quoted(&permission(*protocol, range, peer)));
    }
    vec![line]
}

fn route(edit: &Edit, region: &str) -> Vec<String> {
    let Edit::Route {
        table,
        destination,
        target,
        replace,
    } = edit
    else {
        return Vec::new();
    };
    let operation = if *replace {
        "replace-route"
    } else {
        "create-route"
    };
    let (option, value) = match destination {
        RouteDestination::Block(block) if block.addr().is_ipv4() => {
            ("destination-cidr-block", block.to_string())
        }
        RouteDestination::Block(block) => ("destination-ipv6-cidr-block", block.to_string()),
        RouteDestination::List(list) => ("destination-prefix-list-id", list.clone()),
    };
    let options = [
        ("route-table-id", table.as_str()),
        (option, &value),
        (target_option(target), target.id()),
    ];
    vec![command("ec2", operation, region, &options)]
}

fn acl_entries(edit: &Edit, region: &str) -> Vec<String> {
    let Edit::AclEntries {
        acl,
        egress,
        numbers,
        protocol,
        ports,
        block,
    } = edit
    else {
        return Vec::new();
    };
    let pairs = numbers.iter().zip(whole_or(*protocol, ports));
    pairs
        .map(|(number, range)| {
            let cidr = if block.addr().is_ipv4() {
                "cidr-block"
            } else {
                "ipv6-cidr-block"
            };
            let mut line = command(
                "ec2",
                "create-network-acl-entry",
                region,
                &[
                    ("network-acl-id", acl),
                    ("rule-number", &number.to_string()),
                    ("protocol", &protocol.number().to_string()),
                    ("rule-action", "allow"),
                    (cidr, &block.to_string()),
                ],
            );
            line.push_str(if *egress { " --egress" } else { " --ingress" });
            match range {
                Some((low, high)) if protocol.is_icmp() => {
                    let (kind, code) = icmp(low, high);
                    let _always = write!(line, " --icmp-type-code Type={kind},Code={code}");
                }
                Some((low, high)) => {
                    let _always = write!(line, " --port-range From={low},To={high}");
                }
                None => {}
            }
            line
        })
        .collect()
}

fn transit(edit: &Edit, region: &str) -> Vec<String> {
    let one = |operation: &str, options: &[(&str, &str)]| {
        vec![command("ec2", operation, region, options)]
    };
    match edit {
        Edit::TransitRoute {
            table,
            block,
            attachment,
            replace,
        } => one(
            if *replace {
                "replace-transit-gateway-route"
            } else {
                "create-transit-gateway-route"
            },
            &[
                ("transit-gateway-route-table-id", table),
                ("destination-cidr-block", &block.to_string()),
                ("transit-gateway-attachment-id", attachment),
            ],
        ),
        Edit::Associate { table, attachment } => one(
            "associate-transit-gateway-route-table",
            &[
                ("transit-gateway-route-table-id", table),
                ("transit-gateway-attachment-id", attachment),
            ],
        ),
        Edit::AttachmentSubnet {
            attachment, subnet, ..
        } => one(
            "modify-transit-gateway-vpc-attachment",
            &[
                ("transit-gateway-attachment-id", attachment),
                ("add-subnet-ids", subnet),
            ],
        ),
        Edit::AttachVpc {
            gateway,
            vpc,
            subnet,
        } => one(
            "create-transit-gateway-vpc-attachment",
            &[
                ("transit-gateway-id", gateway),
                ("vpc-id", vpc),
                ("subnet-ids", subnet),
            ],
        ),
        _ => Vec::new(),
    }
}

fn accept(waiting: &Waiting, region: &str) -> Vec<String> {
    let (operation, options): (&str, Vec<(&str, &str)>) = match waiting {
        Waiting::Peering(id) => (
            "accept-vpc-peering-connection",
            vec![("vpc-peering-connection-id", id)],
        ),
        Waiting::VpcAttachment(id) => (
            "accept-transit-gateway-vpc-attachment",
            vec![("transit-gateway-attachment-id", id)],
        ),
        Waiting::PeeringAttachment(id) => (
            "accept-transit-gateway-peering-attachment",
            vec![("transit-gateway-attachment-id", id)],
        ),
        Waiting::Endpoint { service, endpoint } => (
            "accept-vpc-endpoint-connections",
            vec![("service-id", service), ("vpc-endpoint-ids", endpoint)],
        ),
    };
    vec![command("ec2", operation, region, &options)]
}

fn set(setting: &Setting, region: &str) -> Vec<String> {
    let (operation, option, id, rest) = match setting {
        Setting::DnsSupport(id) => ("modify-vpc-attribute", "vpc-id", id, "--enable-dns-support"),
        Setting::DnsHostnames(id) => (
            "modify-vpc-attribute",
            "vpc-id",
            id,
            "--enable-dns-hostnames",
        ),
        Setting::PrivateDns(id) => (
            "modify-vpc-endpoint",
            "vpc-endpoint-id",
            id,
            "--private-dns-enabled",
        ),
        Setting::DnsPreference(id) => (
            "modify-vpc-endpoint",
            "vpc-endpoint-id",
            id,
            "--dns-options PrivateDnsPreference=VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS,PrivateDnsSpecifiedDomains='<domain>'",
        ),
        Setting::GatewayReferencing(id) => (
            "modify-transit-gateway",
            "transit-gateway-id",
            id,
            "--options SecurityGroupReferencingSupport=enable",
        ),
        Setting::AttachmentReferencing(id) => (
            "modify-transit-gateway-vpc-attachment",
            "transit-gateway-attachment-id",
            id,
            "--options SecurityGroupReferencingSupport=enable",
        ),
        Setting::SourceDestCheck(id) => (
            "modify-network-interface-attribute",
            "network-interface-id",
            id,
            "--no-source-dest-check",
        ),
        Setting::CrossZone(arn) => {
            let line = command(
                "elbv2",
                "modify-load-balancer-attributes",
                region,
                &[("load-balancer-arn", arn)],
            );
            return vec![format!(
                "{line} --attributes Key=load_balancing.cross_zone.enabled,Value=true"
            )];
        }
    };
    vec![format!(
        "{} {rest}",
        command("ec2", operation, region, &[(option, id)])
    )]
}

/// A command with its options; the values of one without are added by the
/// caller.
fn command(service: &str, operation: &str, region: &str, options: &[(&str, &str)]) -> String {
    let mut line = format!("aws {service} {operation}");
    if !region.is_empty() && region != "global" {
        let _always = write!(line, " --region {}", quoted(region));
    }
    for (option, value) in options {
        let _always = write!(line, " --{option}");
        if !value.is_empty() {
            line.push(' ');
            line.push_str(&quoted(value));
        }
    }
    line
}

const fn target_option(target: &RouteTarget) -> &'static str {
    match target {
        RouteTarget::Peering(_) => "vpc-peering-connection-id",
        RouteTarget::Transit(_) => "transit-gateway-id",
        RouteTarget::Gateway(_) => "gateway-id",
        RouteTarget::EgressOnly(_) => "egress-only-internet-gateway-id",
        RouteTarget::Nat(_) => "nat-gateway-id",
    }
}

/// The ranges of a rule; `None` for a protocol without ports.
pub(super) fn whole_or(protocol: Protocol, ports: &PortRanges) -> Vec<Option<(u16, u16)>> {
    if protocol.has_ports() || protocol.is_icmp() {
        ports.iter().copied().map(Some).collect()
    } else {
        vec![None]
    }
}

/// Type and code of a range of `type * 256 + code`; -1 stands for all. A range
/// that is not one type, or all, is written as all.
pub(super) fn icmp(low: u16, high: u16) -> (i32, i32) {
    let ([kind, first], [last_kind, last]) = (low.to_be_bytes(), high.to_be_bytes());
    if low == high {
        (kind.into(), first.into())
    } else if kind == last_kind && first == 0 && last == u8::MAX {
        (kind.into(), -1)
    } else {
        (-1, -1)
    }
}

/// A permission in the shorthand of the CLI.
fn permission(protocol: Protocol, range: Option<(u16, u16)>, peer: &Peer) -> String {
    let name = match protocol {
        Protocol::Other(number) => number.to_string(),
        known => known.name(),
    };
    let mut out = format!("IpProtocol={name}");
    match range {
        Some((low, high)) if protocol.is_icmp() => {
            let (kind, code) = icmp(low, high);
            let _always = write!(out, ",FromPort={kind},ToPort={code}");
        }
        Some((low, high)) => {
            let _always = write!(out, ",FromPort={low},ToPort={high}");
        }
        None => {}
    }
    let _always = match peer {
        Peer::Block(block) if block.addr().is_ipv4() => {
            write!(out, ",IpRanges=[{{CidrIp={block}}}]")
        }
        Peer::Block(block) => write!(out, ",Ipv6Ranges=[{{CidrIpv6={block}}}]"),
        Peer::Group(id, account) => {
            let id = shorthand(id);
            match account {
                Some(account) => write!(
                    out,
                    ",UserIdGroupPairs=[{{UserId={},GroupId={id}}}]",
                    shorthand(account)
                ),
                None => write!(out, ",UserIdGroupPairs=[{{GroupId={id}}}]"),
            }
        }
    };
    out
}

/// A value inside the CLI's shorthand: in double quotes where it holds more
/// than an id has.
fn shorthand(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_id_stays_one_argument() {
        for (text, expected) in [
            ("sg-1", "sg-1"),
            ("", "''"),
            ("a b; rm -rf /", "'a b; rm -rf /'"),
            ("it's", r"'it'\''s'"),
            ("a\n\u{202e}b'", r"$'a\U0000000a\U0000202eb\''"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn commands_are_those_of_the_reference() {
        let edit = Edit::GroupRule {
            group: "sg-a".to_owned(),
            egress: false,
            protocol: Protocol::Tcp,
            ports: vec![(443, 443), (8070, 8071)],
            peer: Peer::Group("sg-b".to_owned(), None),
        };
        assert_eq!(
            commands(&edit, "us-east-1"),
            [
                "aws ec2 authorize-security-group-ingress --region us-east-1 --group-id sg-a --ip-permissions \
                'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-b}]' \
                'IpProtocol=tcp,FromPort=8070,ToPort=8071,UserIdGroupPairs=[{GroupId=sg-b}]'"
            ]
        );
        let edit = Edit::AclEntries {
            acl: "acl-a".to_owned(),
            egress: true,
            numbers: vec![99],
            protocol: Protocol::Icmp,
            ports: vec![(8 << 8, 8 << 8 | 0xff)],
            block: "10.0.0.5/32".parse().unwrap(),
        };
        assert_eq!(
            commands(&edit, ""),
            [
                "aws ec2 create-network-acl-entry --network-acl-id acl-a --rule-number 99 --protocol 1 \
                --rule-action allow --cidr-block 10.0.0.5/32 --egress --icmp-type-code Type=8,Code=-1"
            ]
        );
    }
}
