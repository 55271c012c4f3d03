//! AWS CLI commands that make what is missing, in order.
//!
//! Options are those of the command reference
//! (<https://docs.aws.amazon.com/cli/latest/reference/>). A pure function of the
//! plan: nothing is run, and texts of others are quoted for the shell.

use std::fmt::Write as _;

use super::{Plan, Provider};
use crate::graph::reach::change::quoted;

/// Listeners that a load balancer may have
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html>).
pub(super) const MAX_LISTENERS: usize = 50;

pub(super) fn of(plan: &Plan<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for arn in &plan.invitations {
        lines.push(format!(
            "aws ram accept-resource-share-invitation{} --resource-share-invitation-arn {}",
            region(plan),
            quoted(arn)
        ));
    }
    for option in &plan.attributes {
        lines.push(format!(
            "aws ec2 modify-vpc-attribute{} --vpc-id {} {option} '{{\"Value\":true}}'",
            region(plan),
            quoted(&plan.vpc)
        ));
    }
    if plan.subnets.is_empty() {
        return lines;
    }
    match plan.ask.provider {
        Provider::RedisCloud => {
            group(plan, &mut lines);
            lines.push(endpoint(plan));
        }
        Provider::Zilliz => {
            group(plan, &mut lines);
            lines.push(endpoint(plan));
            zone(plan, &mut lines);
        }
        Provider::Emqx => service(plan, &mut lines),
        Provider::ElastiCache => {
            group(plan, &mut lines);
            cache(plan, &mut lines);
        }
    }
    lines
}

fn region(plan: &Plan<'_>) -> String {
    if plan.region.is_empty() {
        String::new()
    } else {
        format!(" --region {}", quoted(&plan.region))
    }
}

fn name(plan: &Plan<'_>) -> String {
    quoted(&plan.ask.name)
}

fn target(plan: &Plan<'_>, placeholder: &str) -> String {
    quoted(plan.ask.target.as_deref().unwrap_or(placeholder))
}

/// The group that fits, or one that is made: `"$group"` afterwards.
fn group(plan: &Plan<'_>, lines: &mut Vec<String>) {
    if let Some(group) = &plan.group {
        lines.push(format!("group={}", quoted(group)));
        return;
    }
    lines.push(format!(
        "group=$(aws ec2 create-security-group{} --group-name {} --description {} --vpc-id {} --query GroupId --output text)",
        region(plan),
        name(plan),
        quoted(&format!("Clients of {}", plan.ask.name)),
        quoted(&plan.vpc)
    ));
    for (low, high) in plan.ports.ranges() {
        let permissions: Vec<String> = plan
            .clients
            .iter()
            .map(|client| {
                let peer = peer(client);
                quoted(&format!(
                    "IpProtocol=tcp,FromPort={low},ToPort={high},{peer}"
                ))
            })
            .collect();
        lines.push(format!(
            "aws ec2 authorize-security-group-ingress{} --group-id \"$group\" --ip-permissions {}",
            region(plan),
            permissions.join(" ")
        ));
    }
}

fn peer(client: &str) -> String {
    if client.starts_with("sg-") {
        format!("UserIdGroupPairs=[{{GroupId={client}}}]")
    } else if client.contains(':') {
        format!("Ipv6Ranges=[{{CidrIpv6={client}}}]")
    } else {
        format!("IpRanges=[{{CidrIp={client}}}]")
    }
}

fn endpoint(plan: &Plan<'_>) -> String {
    let mut line = format!(
        "endpoint=$(aws ec2 create-vpc-endpoint{} --vpc-id {}",
        region(plan),
        quoted(&plan.vpc)
    );
    let _always = match plan.ask.provider {
        Provider::RedisCloud => write!(
            line,
            " --vpc-endpoint-type Resource --resource-configuration-arn {} --private-dns-enabled \
             --dns-options PrivateDnsPreference=VERIFIED_DOMAINS_ONLY",
            target(plan, "<resource-configuration-arn>")
        ),
        _ => write!(
            line,
            " --vpc-endpoint-type Interface --service-name {} --no-private-dns-enabled",
            target(plan, "<service-name>")
        ),
    };
    let tags = format!(
        "ResourceType=vpc-endpoint,Tags=[{{Key=Name,Value={}}}]",
        plan.ask.name
    );
    let _always = write!(
        line,
        " --subnet-ids {} --security-group-ids \"$group\" --tag-specifications {} \
         --query VpcEndpoint.VpcEndpointId --output text)",
        subnets(plan),
        quoted(&tags)
    );
    line
}

fn subnets(plan: &Plan<'_>) -> String {
    let ids: Vec<String> = plan.subnets.iter().map(|id| quoted(id)).collect();
    ids.join(" ")
}

/// A private zone of the link's name with an alias at its apex, where no CNAME
/// may stand
/// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html>).
fn zone(plan: &Plan<'_>, lines: &mut Vec<String>) {
    let domain = plan.ask.domain.as_deref().unwrap_or("<private-link-host>");
    for (variable, field) in [("dns", "DnsName"), ("dnszone", "HostedZoneId")] {
        lines.push(format!(
            "{variable}=$(aws ec2 describe-vpc-endpoints{} --vpc-endpoint-ids \"$endpoint\" \
             --query 'VpcEndpoints[0].DnsEntries[0].{field}' --output text)",
            region(plan)
        ));
    }
    lines.push(format!(
        "zone=$(aws route53 create-hosted-zone --name {} --vpc {} --caller-reference {} \
         --hosted-zone-config PrivateZone=true --query HostedZone.Id --output text)",
        quoted(domain),
        quoted(&format!("VPCRegion={},VPCId={}", plan.region, plan.vpc)),
        quoted(&format!("{}-{}", plan.ask.name, plan.vpc))
    ));
    // The shell puts the two names in, between two quoted parts.
    let escaped = serde_json::Value::from(domain).to_string();
    let before = format!(
        "{{\"Changes\":[{{\"Action\":\"CREATE\",\"ResourceRecordSet\":{{\"Name\":{escaped},\
         \"Type\":\"A\",\"AliasTarget\":{{\"EvaluateTargetHealth\":false,\"DNSName\":\""
    );
    lines.push(format!(
        "aws route53 change-resource-record-sets --hosted-zone-id \"$zone\" --change-batch \
         {}\"$dns\"'\",\"HostedZoneId\":\"'\"$dnszone\"'\"}}}}}}]}}'",
        quoted(&before)
    ));
}

fn service(plan: &Plan<'_>, lines: &mut Vec<String>) {
    let region = region(plan);
    lines.push(format!(
        "balancer=$(aws elbv2 create-load-balancer{region} --name {} --type network --scheme internal \
         --ip-address-type ipv4 --subnets {} --query 'LoadBalancers[0].LoadBalancerArn' --output text)",
        name(plan),
        subnets(plan)
    ));
    for (port, suffix) in listened(plan) {
        let name = quoted(&format!("{}{suffix}", plan.ask.name));
        lines.push(format!(
            "targets=$(aws elbv2 create-target-group{region} --name {name} --protocol TCP --port {port} \
             --vpc-id {} --target-type ip --query 'TargetGroups[0].TargetGroupArn' --output text)",
            quoted(&plan.vpc)
        ));
        lines.push(format!(
            "aws elbv2 register-targets{region} --target-group-arn \"$targets\" --targets 'Id=<target-address>'"
        ));
        lines.push(format!(
            "aws elbv2 create-listener{region} --load-balancer-arn \"$balancer\" --protocol TCP --port {port} \
             --default-actions Type=forward,TargetGroupArn=\"$targets\""
        ));
    }
    lines.push(format!(
        "service=$(aws ec2 create-vpc-endpoint-service-configuration{region} \
         --network-load-balancer-arns \"$balancer\" --acceptance-required \
         --supported-ip-address-types ipv4 --query ServiceConfiguration.ServiceId --output text)"
    ));
    let principals: Vec<String> = if plan.ask.principals.is_empty() {
        vec![quoted("<arn-of-the-deployment>")]
    } else {
        plan.ask.principals.iter().map(|arn| quoted(arn)).collect()
    };
    lines.push(format!(
        "aws ec2 modify-vpc-endpoint-service-permissions{region} --service-id \"$service\" \
         --add-allowed-principals {}",
        principals.join(" ")
    ));
}

/// The ports to listen on, and what tells the names of their target groups apart;
/// `'<port>'` if nobody said.
pub(super) fn listened(plan: &Plan<'_>) -> Vec<(String, String)> {
    let ranges = plan.ports.ranges().iter();
    let ports: Vec<u16> = ranges
        .flat_map(|(low, high)| *low..=*high)
        .take(MAX_LISTENERS)
        .collect();
    match ports.as_slice() {
        [] => vec![("'<port>'".to_owned(), String::new())],
        [port] => vec![(port.to_string(), String::new())],
        ports => ports
            .iter()
            .map(|port| (port.to_string(), format!("-{port}")))
            .collect(),
    }
}

fn cache(plan: &Plan<'_>, lines: &mut Vec<String>) {
    let port = plan.ports.ranges().first().map_or(6379, |(port, _)| *port);
    let description = quoted(&format!("Caches of {}", plan.ask.name));
    lines.push(format!(
        "aws elasticache create-cache-subnet-group{} --cache-subnet-group-name {} \
         --cache-subnet-group-description {description} --subnet-ids {}",
        region(plan),
        name(plan),
        subnets(plan)
    ));
    let several = if plan.subnets.len() > 1 {
        " --replicas-per-node-group 1 --automatic-failover-enabled --multi-az-enabled"
    } else {
        " --replicas-per-node-group 0"
    };
    lines.push(format!(
        "aws elasticache create-replication-group{} --replication-group-id {} \
         --replication-group-description {description} --engine valkey \
         --cache-node-type '<node-type>' --num-node-groups 1{several} --transit-encryption-enabled \
         --cache-subnet-group-name {} --security-group-ids \"$group\" --port {port}",
        region(plan),
        name(plan),
        name(plan)
    ));
}
