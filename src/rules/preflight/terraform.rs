//! Terraform that makes what is missing.
//!
//! Attributes are those of the AWS provider
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs>). A pure
//! function of the plan; texts are quoted and never templates.

use std::fmt::Write as _;

use super::commands::listened;
use super::{Plan, Provider};
use crate::graph::reach::change::terraform_text as text;

pub(super) fn of(plan: &Plan<'_>) -> String {
    let mut out = String::new();
    if !plan.attributes.is_empty() {
        let vpc = &plan.vpc;
        let names: Vec<&str> = plan
            .attributes
            .iter()
            .map(|option| match *option {
                "--enable-dns-support" => "enable_dns_support",
                _ => "enable_dns_hostnames",
            })
            .collect();
        let _always = writeln!(
            out,
            "# In the aws_vpc of {vpc}: {} = true",
            names.join(" = true, ")
        );
    }
    if plan.subnets.is_empty() {
        return out;
    }
    match plan.ask.provider {
        Provider::RedisCloud => {
            group(plan, &mut out);
            endpoint(plan, &mut out);
        }
        Provider::Zilliz => {
            group(plan, &mut out);
            endpoint(plan, &mut out);
            zone(plan, &mut out);
        }
        Provider::Emqx => service(plan, &mut out),
        Provider::ElastiCache => {
            group(plan, &mut out);
            cache(plan, &mut out);
        }
    }
    out
}

/// One block with arguments.
fn block(out: &mut String, head: &str, arguments: &[(&str, String)]) {
    let width = arguments.iter().map(|(name, _)| name.len()).max();
    let _always = writeln!(out, "{head} {{");
    for (name, value) in arguments {
        let _always = writeln!(out, "  {name:width$} = {value}", width = width.unwrap_or(0));
    }
    out.push_str("}\n");
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| text(item)).collect();
    format!("[{}]", items.join(", "))
}

fn group(plan: &Plan<'_>, out: &mut String) {
    if plan.group.is_some() {
        return;
    }
    block(
        out,
        "resource \"aws_security_group\" \"clients\"",
        &[
            ("name", text(&plan.ask.name)),
            (
                "description",
                text(&format!("Clients of {}", plan.ask.name)),
            ),
            ("vpc_id", text(&plan.vpc)),
        ],
    );
    let mut number = 0;
    for (low, high) in plan.ports.ranges() {
        for client in &plan.clients {
            number += 1;
            let source = if client.starts_with("sg-") {
                "referenced_security_group_id"
            } else if client.contains(':') {
                "cidr_ipv6"
            } else {
                "cidr_ipv4"
            };
            block(
                out,
                &format!("resource \"aws_vpc_security_group_ingress_rule\" \"clients_{number}\""),
                &[
                    (
                        "security_group_id",
                        "aws_security_group.clients.id".to_owned(),
                    ),
                    ("ip_protocol", text("tcp")),
                    ("from_port", low.to_string()),
                    ("to_port", high.to_string()),
                    (source, text(client)),
                ],
            );
        }
    }
}

fn groups(plan: &Plan<'_>) -> String {
    match &plan.group {
        Some(group) => list(std::slice::from_ref(group)),
        None => "[aws_security_group.clients.id]".to_owned(),
    }
}

fn target(plan: &Plan<'_>, placeholder: &str) -> String {
    text(plan.ask.target.as_deref().unwrap_or(placeholder))
}

fn endpoint(plan: &Plan<'_>, out: &mut String) {
    let resource = plan.ask.provider == Provider::RedisCloud;
    let mut arguments = vec![
        ("vpc_id", text(&plan.vpc)),
        ("subnet_ids", list(&plan.subnets)),
        ("security_group_ids", groups(plan)),
        ("private_dns_enabled", resource.to_string()),
    ];
    if resource {
        let arn = target(plan, "<resource-configuration-arn>");
        arguments.push(("vpc_endpoint_type", text("Resource")));
        arguments.push(("resource_configuration_arn", arn));
        let preference = text("VERIFIED_DOMAINS_ONLY");
        arguments.push((
            "dns_options",
            format!("{{ private_dns_preference = {preference} }}"),
        ));
    } else {
        arguments.push(("vpc_endpoint_type", text("Interface")));
        arguments.push(("service_name", target(plan, "<service-name>")));
    }
    arguments.push(("tags", format!("{{ Name = {} }}", text(&plan.ask.name))));
    let mut body = String::new();
    block(
        &mut body,
        "resource \"aws_vpc_endpoint\" \"this\"",
        &arguments,
    );
    // DNS options are a block, not an argument.
    for line in body.lines() {
        let line = match line.trim_start().strip_prefix("dns_options") {
            Some(rest) => format!("  dns_options {}", rest.trim_start_matches([' ', '='])),
            None => line.to_owned(),
        };
        out.push_str(&line);
        out.push('\n');
    }
}

fn zone(plan: &Plan<'_>, out: &mut String) {
    let domain = text(plan.ask.domain.as_deref().unwrap_or("<private-link-host>"));
    let _always = writeln!(
        out,
        "resource \"aws_route53_zone\" \"link\" {{\n  name = {domain}\n  vpc {{\n    vpc_id     = {}\n    \
         vpc_region = {}\n  }}\n}}",
        text(&plan.vpc),
        text(&plan.region)
    );
    let _always = writeln!(
        out,
        "resource \"aws_route53_record\" \"link\" {{\n  zone_id = aws_route53_zone.link.zone_id\n  \
         name    = {domain}\n  type    = \"A\"\n  alias {{\n    \
         name                   = aws_vpc_endpoint.this.dns_entry[0].dns_name\n    \
         zone_id                = aws_vpc_endpoint.this.dns_entry[0].hosted_zone_id\n    \
         evaluate_target_health = false\n  }}\n}}"
    );
}

fn service(plan: &Plan<'_>, out: &mut String) {
    block(
        out,
        "resource \"aws_lb\" \"this\"",
        &[
            ("name", text(&plan.ask.name)),
            ("load_balancer_type", text("network")),
            ("internal", "true".to_owned()),
            ("ip_address_type", text("ipv4")),
            ("subnets", list(&plan.subnets)),
        ],
    );
    for (port, suffix) in listened(plan) {
        let port = port.replace('\'', "\"");
        let label = format!("this{}", suffix.replace('-', "_"));
        block(
            out,
            &format!("resource \"aws_lb_target_group\" \"{label}\""),
            &[
                ("name", text(&format!("{}{suffix}", plan.ask.name))),
                ("protocol", text("TCP")),
                ("port", port.clone()),
                ("vpc_id", text(&plan.vpc)),
                ("target_type", text("ip")),
            ],
        );
        let _always = writeln!(
            out,
            "resource \"aws_lb_listener\" \"{label}\" {{\n  load_balancer_arn = aws_lb.this.arn\n  \
             protocol          = \"TCP\"\n  port              = {port}\n  default_action {{\n    \
             type             = \"forward\"\n    target_group_arn = aws_lb_target_group.{label}.arn\n  }}\n}}"
        );
    }
    let principals = if plan.ask.principals.is_empty() {
        list(&["<arn-of-the-deployment>".to_owned()])
    } else {
        list(&plan.ask.principals)
    };
    block(
        out,
        "resource \"aws_vpc_endpoint_service\" \"this\"",
        &[
            ("acceptance_required", "true".to_owned()),
            ("network_load_balancer_arns", "[aws_lb.this.arn]".to_owned()),
            ("supported_ip_address_types", list(&["ipv4".to_owned()])),
            ("allowed_principals", principals),
        ],
    );
}

fn cache(plan: &Plan<'_>, out: &mut String) {
    let port = plan.ports.ranges().first().map_or(6379, |(port, _)| *port);
    let several = plan.subnets.len() > 1;
    block(
        out,
        "resource \"aws_elasticache_subnet_group\" \"this\"",
        &[
            ("name", text(&plan.ask.name)),
            ("subnet_ids", list(&plan.subnets)),
        ],
    );
    block(
        out,
        "resource \"aws_elasticache_replication_group\" \"this\"",
        &[
            ("replication_group_id", text(&plan.ask.name)),
            ("description", text(&format!("Caches of {}", plan.ask.name))),
            ("engine", text("valkey")),
            ("node_type", text("<node-type>")),
            (
                "num_cache_clusters",
                if several { "2" } else { "1" }.to_owned(),
            ),
            ("automatic_failover_enabled", several.to_string()),
            ("multi_az_enabled", several.to_string()),
            ("transit_encryption_enabled", "true".to_owned()),
            ("port", port.to_string()),
            (
                "subnet_group_name",
                "aws_elasticache_subnet_group.this.name".to_owned(),
            ),
            ("security_group_ids", groups(plan)),
        ],
    );
}
