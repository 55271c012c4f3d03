//! Edits as Terraform, with the resources of the AWS provider.
//!
//! Names are those of <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.
//! An edit of an argument of a resource that exists is shown as that argument.
//! A pure function of the edit; texts are quoted and never templates.

use std::fmt::Write as _;

use super::command::{icmp, whole_or};
use super::edit::{Edit, Peer, RouteDestination, RouteTarget, Setting, Waiting};
use crate::graph::reach::flow::Protocol;

/// A text of HCL: no escape of ours, no template and no hidden character.
pub fn text(value: &str) -> String {
    let mut out = String::from("\"");
    let mut before = ' ';
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            // `${` and `%{` begin templates; doubled they do not.
            '{' if matches!(before, '$' | '%') => {
                out.push(before);
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ => {
                let _always = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
        before = c;
    }
    out.push('"');
    out
}

/// A name for a resource: of ids, in the letters that HCL allows.
fn label(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    let letters = parts.join("_to_");
    let mut label: String = letters
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(96)
        .collect();
    if !label.starts_with(|c: char| c.is_ascii_alphabetic()) {
        label.insert_str(0, "r_");
    }
    label
}

fn block(kind: &str, name: &str, arguments: &[(&str, String)]) -> String {
    let width = arguments.iter().map(|(key, _)| key.len()).max();
    let width = width.unwrap_or(0);
    let mut out = format!("resource \"{kind}\" \"{name}\" {{\n");
    for (key, value) in arguments {
        let _always = writeln!(out, "  {key:width$} = {value}");
    }
    out.push_str("}\n");
    out
}

/// One argument of a resource that exists already.
fn argument(kind: &str, id: &str, lines: &str) -> String {
    let id = text(id);
    format!("# in the {kind} that is {id}\nresource \"{kind}\" \"this\" {{\n{lines}}}\n")
}

/// An edit as Terraform; empty where the provider has no resource for it.
pub(super) fn blocks(edit: &Edit) -> String {
    match edit {
        Edit::GroupRule { .. } => group_rules(edit),
        Edit::AclEntries { .. } => acl_rules(edit),
        Edit::Route {
            table,
            destination,
            target,
            ..
        } => {
            let (key, value) = match destination {
                RouteDestination::Block(block) if block.addr().is_ipv4() => {
                    ("destination_cidr_block", block.to_string())
                }
                RouteDestination::Block(block) => {
                    ("destination_ipv6_cidr_block", block.to_string())
                }
                RouteDestination::List(list) => ("destination_prefix_list_id", list.clone()),
            };
            block(
                "aws_route",
                &label(&[table, target.id()]),
                &[
                    ("route_table_id", text(table)),
                    (key, text(&value)),
                    (target_argument(target), text(target.id())),
                ],
            )
        }
        Edit::EndpointTable { endpoint, table } => block(
            "aws_vpc_endpoint_route_table_association",
            &label(&[endpoint, table]),
            &[
                ("vpc_endpoint_id", text(endpoint)),
                ("route_table_id", text(table)),
            ],
        ),
        Edit::PublicAddress { interface, address } => block(
            "aws_eip",
            &label(&[interface]),
            &[
                ("domain", text("vpc")),
                ("network_interface", text(interface)),
                ("associate_with_private_ip", text(address)),
            ],
        ),
        Edit::PublicAccess { subnet } => block(
            "aws_vpc_block_public_access_exclusion",
            &label(&[subnet]),
            &[
                ("subnet_id", text(subnet)),
                (
                    "internet_gateway_exclusion_mode",
                    text("allow-bidirectional"),
                ),
            ],
        ),
        Edit::VpnRoute {
            connection,
            block: network,
        } => block(
            "aws_vpn_connection_route",
            &label(&[connection, &network.to_string()]),
            &[
                ("vpn_connection_id", text(connection)),
                ("destination_cidr_block", text(&network.to_string())),
            ],
        ),
        Edit::ZoneAssociation { zone, vpc, region } => block(
            "aws_route53_zone_association",
            &label(&[zone, vpc]),
            &[
                ("zone_id", text(zone)),
                ("vpc_id", text(vpc)),
                ("vpc_region", text(region)),
            ],
        ),
        Edit::AttachInternetGateway { gateway, vpc } => block(
            "aws_internet_gateway_attachment",
            &label(&[gateway, vpc]),
            &[
                ("internet_gateway_id", text(gateway)),
                ("vpc_id", text(vpc)),
            ],
        ),
        Edit::AttachVpnGateway { gateway, vpc } => block(
            "aws_vpn_gateway_attachment",
            &label(&[gateway, vpc]),
            &[("vpn_gateway_id", text(gateway)), ("vpc_id", text(vpc))],
        ),
        Edit::TransitRoute { .. }
        | Edit::Associate { .. }
        | Edit::AttachmentSubnet { .. }
        | Edit::AttachVpc { .. } => transit(edit),
        Edit::Accept(waiting) => accept(waiting),
        Edit::Set(setting) => set(setting),
    }
}

fn group_rules(edit: &Edit) -> String {
    let Edit::GroupRule {
        group,
        egress,
        protocol,
        ports,
        peer,
    } = edit
    else {
        return String::new();
    };
    let kind = if *egress {
        "aws_vpc_security_group_egress_rule"
    } else {
        "aws_vpc_security_group_ingress_rule"
    };
    let (key, value) = match peer {
        Peer::Block(block) if block.addr().is_ipv4() => ("cidr_ipv4", block.to_string()),
        Peer::Block(block) => ("cidr_ipv6", block.to_string()),
        Peer::Group(id, None) => ("referenced_security_group_id", id.clone()),
        // The provider takes a group of another account with the account before it.
        Peer::Group(id, Some(account)) => {
            ("referenced_security_group_id", format!("{account}/{id}"))
        }
    };
    let rules = whole_or(*protocol, ports).into_iter().map(|range| {
        let name = match protocol {
            Protocol::Other(number) => number.to_string(),
            known => known.name(),
        };
        let mut arguments = vec![
            ("security_group_id", text(group)),
            (key, text(&value)),
            ("ip_protocol", text(&name)),
        ];
        let mut at = String::new();
        if let Some((low, high)) = range {
            let (from, to) = if protocol.is_icmp() {
                icmp(low, high)
            } else {
                (i32::from(low), i32::from(high))
            };
            arguments.push(("from_port", from.to_string()));
            arguments.push(("to_port", to.to_string()));
            at = format!("{name}_{low}");
        }
        block(kind, &label(&[group, &value, &at]), &arguments)
    });
    rules.collect::<Vec<_>>().join("\n")
}

fn acl_rules(edit: &Edit) -> String {
    let Edit::AclEntries {
        acl,
        egress,
        numbers,
        protocol,
        ports,
        block: peer,
    } = edit
    else {
        return String::new();
    };
    let pairs = numbers.iter().zip(whole_or(*protocol, ports));
    let rules = pairs.map(|(number, range)| {
        let cidr = if peer.addr().is_ipv4() {
            "cidr_block"
        } else {
            "ipv6_cidr_block"
        };
        let mut arguments = vec![
            ("network_acl_id", text(acl)),
            ("rule_number", number.to_string()),
            ("egress", egress.to_string()),
            ("protocol", text(&protocol.number().to_string())),
            ("rule_action", text("allow")),
            (cidr, text(&peer.to_string())),
        ];
        match range {
            Some((low, high)) if protocol.is_icmp() => {
                let (kind, code) = icmp(low, high);
                arguments.push(("icmp_type", kind.to_string()));
                arguments.push(("icmp_code", code.to_string()));
            }
            Some((low, high)) => {
                arguments.push(("from_port", low.to_string()));
                arguments.push(("to_port", high.to_string()));
            }
            None => {}
        }
        let way = if *egress { "egress" } else { "ingress" };
        let name = format!("{acl}_{way}_{number}");
        block("aws_network_acl_rule", &label(&[&name]), &arguments)
    });
    rules.collect::<Vec<_>>().join("\n")
}

fn transit(edit: &Edit) -> String {
    match edit {
        Edit::TransitRoute {
            table,
            block: network,
            attachment,
            ..
        } => block(
            "aws_ec2_transit_gateway_route",
            &label(&[table, &network.to_string()]),
            &[
                ("transit_gateway_route_table_id", text(table)),
                ("destination_cidr_block", text(&network.to_string())),
                ("transit_gateway_attachment_id", text(attachment)),
            ],
        ),
        Edit::Associate { table, attachment } => block(
            "aws_ec2_transit_gateway_route_table_association",
            &label(&[attachment, table]),
            &[
                ("transit_gateway_route_table_id", text(table)),
                ("transit_gateway_attachment_id", text(attachment)),
            ],
        ),
        Edit::AttachmentSubnet {
            attachment,
            present,
            subnet,
        } => {
            let all: Vec<String> = present
                .iter()
                .chain([subnet])
                .map(|subnet| text(subnet))
                .collect();
            argument(
                "aws_ec2_transit_gateway_vpc_attachment",
                attachment,
                &format!("  subnet_ids = [{}]\n", all.join(", ")),
            )
        }
        Edit::AttachVpc {
            gateway,
            vpc,
            subnet,
        } => block(
            "aws_ec2_transit_gateway_vpc_attachment",
            &label(&[vpc, gateway]),
            &[
                ("transit_gateway_id", text(gateway)),
                ("vpc_id", text(vpc)),
                ("subnet_ids", format!("[{}]", text(subnet))),
            ],
        ),
        _ => String::new(),
    }
}

fn accept(waiting: &Waiting) -> String {
    let accepter = |kind: &str, key: &str, id: &str| {
        let mut arguments = vec![(key, text(id))];
        if kind == "aws_vpc_peering_connection_accepter" {
            arguments.push(("auto_accept", "true".to_owned()));
        }
        block(kind, &label(&[id]), &arguments)
    };
    match waiting {
        Waiting::Peering(id) => accepter(
            "aws_vpc_peering_connection_accepter",
            "vpc_peering_connection_id",
            id,
        ),
        Waiting::VpcAttachment(id) => accepter(
            "aws_ec2_transit_gateway_vpc_attachment_accepter",
            "transit_gateway_attachment_id",
            id,
        ),
        Waiting::PeeringAttachment(id) => accepter(
            "aws_ec2_transit_gateway_peering_attachment_accepter",
            "transit_gateway_attachment_id",
            id,
        ),
        Waiting::Endpoint { service, endpoint } => block(
            "aws_vpc_endpoint_connection_accepter",
            &label(&[endpoint]),
            &[
                ("vpc_endpoint_service_id", text(service)),
                ("vpc_endpoint_id", text(endpoint)),
            ],
        ),
    }
}

fn set(setting: &Setting) -> String {
    let (kind, id, lines) = match setting {
        Setting::DnsSupport(id) => ("aws_vpc", id, "  enable_dns_support = true\n"),
        Setting::DnsHostnames(id) => ("aws_vpc", id, "  enable_dns_hostnames = true\n"),
        Setting::PrivateDns(id) => ("aws_vpc_endpoint", id, "  private_dns_enabled = true\n"),
        Setting::DnsPreference(id) => (
            "aws_vpc_endpoint",
            id,
            "  dns_options {\n    private_dns_preference        = \"VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS\"\n    private_dns_specified_domains = [\"<domain>\"]\n  }\n",
        ),
        Setting::GatewayReferencing(id) => (
            "aws_ec2_transit_gateway",
            id,
            "  security_group_referencing_support = \"enable\"\n",
        ),
        Setting::AttachmentReferencing(id) => (
            "aws_ec2_transit_gateway_vpc_attachment",
            id,
            "  security_group_referencing_support = \"enable\"\n",
        ),
        Setting::SourceDestCheck(id) => {
            ("aws_network_interface", id, "  source_dest_check = false\n")
        }
        Setting::CrossZone(arn) => ("aws_lb", arn, "  enable_cross_zone_load_balancing = true\n"),
    };
    argument(kind, id, lines)
}

const fn target_argument(target: &RouteTarget) -> &'static str {
    match target {
        RouteTarget::Peering(_) => "vpc_peering_connection_id",
        RouteTarget::Transit(_) => "transit_gateway_id",
        RouteTarget::Gateway(_) => "gateway_id",
        RouteTarget::EgressOnly(_) => "egress_only_gateway_id",
        RouteTarget::Nat(_) => "nat_gateway_id",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_id_is_text_and_no_template() {
        for (value, expected) in [
            ("sg-1", "\"sg-1\""),
            ("a\"b\\", r#""a\"b\\""#),
            ("${var.x} %{if} $x{", r#""$${var.x} %%{if} $x{""#),
            ("a\n\u{202e}", r#""a\U0000000a\U0000202e""#),
        ] {
            assert_eq!(text(value), expected);
        }
        assert_eq!(label(&["1\"x", "y z"]), "r_1_x_to_y_z");
    }

    #[test]
    fn a_rule_is_one_resource_a_range() {
        let edit = Edit::GroupRule {
            group: "sg-a".to_owned(),
            egress: true,
            protocol: Protocol::Udp,
            ports: vec![(53, 53)],
            peer: Peer::Block("10.0.0.2/32".parse().unwrap()),
        };
        assert_eq!(
            blocks(&edit),
            "resource \"aws_vpc_security_group_egress_rule\" \"sg_a_to_10_0_0_2_32_to_udp_53\" {\n  \
               security_group_id = \"sg-a\"\n  \
               cidr_ipv4         = \"10.0.0.2/32\"\n  \
               ip_protocol       = \"udp\"\n  \
               from_port         = 53\n  \
               to_port           = 53\n}\n"
        );
    }
}
