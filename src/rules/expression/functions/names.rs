//! What names resolve to, and which names an endpoint has.
//!
//! Asks the resolver of the graph and writes down what it looked at; what an
//! answer is worth is for rules to say.

use super::dns::record;
use super::{Accepts, Call, Function, Gives, answered, senseless};
use crate::graph::admission::Need;
use crate::graph::dns::{self, Name, Open, RecordType, Resolution, Verdict};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::Outcome;
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::Value;
use crate::snapshot::record::Kind;

/// Kinds that decide which names an endpoint has.
const ENDPOINTS: &[Kind] = &[
    Kind::VpcEndpoint,
    Kind::VpcEndpointService,
    Kind::VpcEndpointAssociation,
    Kind::ResourceConfiguration,
    Kind::ServiceNetworkResourceAssociation,
];

/// Kinds that decide what a name resolves to.
pub(super) const NAMES: &[Kind] = &[
    Kind::Vpc,
    Kind::DhcpOptions,
    Kind::HostedZone,
    Kind::HostedZoneSummary,
    Kind::ResourceRecordSet,
    Kind::ResolverRule,
    Kind::ResolverRuleAssociation,
    Kind::ResolverEndpoint,
    Kind::ProfileAssociation,
    Kind::ProfileResourceAssociation,
    Kind::Route53Profile,
    Kind::FirewallRuleGroupAssociation,
    Kind::VpcEndpoint,
    Kind::VpcEndpointService,
    Kind::VpcEndpointAssociation,
    Kind::ResourceConfiguration,
    Kind::ServiceNetworkResourceAssociation,
    Kind::ServiceNetworkVpcAssociation,
];

/// Fields of kinds of which more would be kept in vain.
const ADDRESSES: &[(Kind, &str)] = &[
    (Kind::NetworkInterface, "VpcId"),
    (Kind::NetworkInterface, "Description"),
    (Kind::NetworkInterface, "AvailabilityZone"),
    (
        Kind::NetworkInterface,
        "PrivateIpAddresses[].PrivateIpAddress",
    ),
    (Kind::NetworkInterface, "Ipv4Prefixes[].Ipv4Prefix"),
    (Kind::NetworkInterface, "Ipv6Addresses[].Ipv6Address"),
    (Kind::NetworkInterface, "Ipv6Prefixes[].Ipv6Prefix"),
    (Kind::NetworkInterface, "Association.PublicIp"),
    (Kind::LoadBalancer, "LoadBalancerArn"),
    (Kind::LoadBalancer, "DNSName"),
    (Kind::LoadBalancer, "Scheme"),
    (Kind::VpcPeeringConnection, "Status.Code"),
    (Kind::VpcPeeringConnection, "RequesterVpcInfo.VpcId"),
    (Kind::VpcPeeringConnection, "AccepterVpcInfo.VpcId"),
    (
        Kind::VpcPeeringConnection,
        "RequesterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc",
    ),
    (
        Kind::VpcPeeringConnection,
        "AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc",
    ),
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "resolves_to",
        receiver: Some(Accepts::Resource(Kind::Vpc)),
        args: &[Accepts::Text],
        gives: Gives::Texts,
        doc: "The addresses that the name has inside the VPC, IPv4 and IPv6; none if it does not resolve, unknown if the snapshot does not decide or the addresses are public and not in it.",
        example: "vpc.resolves_to(\"db.shop.example\").size() > 0",
        reads: ADDRESSES,
        follows: &[],
        whole: NAMES,
        call: resolves_to,
    },
    Function {
        name: "resolution",
        receiver: Some(Accepts::Resource(Kind::Vpc)),
        args: &[Accepts::Text],
        gives: Gives::Text,
        doc: "`answered` if the name has an IPv4 address inside the VPC, else the code of what stands in the way, as `plaudit resolve` shows it; unknown if the snapshot does not show who answers.",
        example: "vpc.resolution(\"db.shop.example\") == \"X_DNS_SHADOWED_BY_ZONE\"",
        reads: ADDRESSES,
        follows: &[],
        whole: NAMES,
        call: resolution,
    },
    Function {
        name: "answers",
        receiver: Some(Accepts::Resource(Kind::VpcEndpoint)),
        args: &[Accepts::Text],
        gives: Gives::Bool,
        doc: "Whether the name leads to the endpoint and nowhere else, for whoever asks in the endpoint's VPC.",
        example: "endpoint.private_names().all(n, endpoint.answers(n))",
        reads: ADDRESSES,
        follows: &[],
        whole: NAMES,
        call: answers,
    },
    Function {
        name: "private_names",
        receiver: Some(Accepts::Resource(Kind::VpcEndpoint)),
        args: &[],
        gives: Gives::Texts,
        doc: "The names that private DNS gives the endpoint in its VPC, wildcards among them; none where it is off or the endpoint is not available.",
        example: "endpoint.private_names().exists(n, n.endsWith(\".amazonaws.com\"))",
        reads: &[],
        follows: &[],
        whole: ENDPOINTS,
        call: |call, frame| listed(call, frame, dns::private_names),
    },
    Function {
        name: "names",
        receiver: Some(Accepts::Resource(Kind::VpcEndpoint)),
        args: &[],
        gives: Gives::Texts,
        doc: "All names that are meant to lead to the endpoint: its own, and those of its service or resources, whether or not private DNS is on.",
        example: "endpoint.names().size() > 0",
        reads: &[],
        follows: &[],
        whole: ENDPOINTS,
        call: |call, frame| listed(call, frame, dns::endpoint_names),
    },
    Function {
        name: "sees_zone",
        receiver: Some(Accepts::Resource(Kind::Vpc)),
        args: &[Accepts::Resource(Kind::HostedZone)],
        gives: Gives::Bool,
        doc: "Whether the VPC asks the private zone: by an association, or by a Route 53 profile.",
        example: "vpc.sees_zone(hosted_zone)",
        reads: &[],
        follows: &[],
        whole: &[
            Kind::HostedZone,
            Kind::HostedZoneSummary,
            Kind::ProfileAssociation,
            Kind::ProfileResourceAssociation,
        ],
        call: sees_zone,
    },
    Function {
        name: "duplicates",
        receiver: Some(Accepts::Resource(Kind::HostedZone)),
        args: &[],
        gives: Gives::Resources(Kind::HostedZone),
        doc: "Other private zones of the same name that have other records; there may be more where zones or records were not listed.",
        example: "hosted_zone.duplicates().size() > 0",
        reads: &[],
        follows: &[],
        whole: &[
            Kind::HostedZone,
            Kind::HostedZoneSummary,
            Kind::ResourceRecordSet,
        ],
        call: duplicates,
    },
];

/// The name in an argument.
fn name<'g>(
    call: &Call<'_, 'g>,
    frame: &mut Frame<'g>,
    position: usize,
) -> Result<Name, Value<'g>> {
    let text = call.text(position);
    Name::parse(&text).map_err(|error| senseless(frame, format!("`{text}` is no name: {error}")))
}

/// Shows where the steps of a resolution stand, and what it missed.
fn show(frame: &mut Frame<'_>, found: &Resolution) {
    if frame.tracing() {
        for step in found
            .steps
            .iter()
            .filter(|step| step.outcome != Outcome::Note)
        {
            for place in &step.evidence {
                let label = place.path.replace('/', ".");
                frame.saw(Read::seen(
                    place.node,
                    place.path.clone(),
                    label,
                    place.shown.clone(),
                ));
            }
        }
    }
}

fn miss<'g>(frame: &mut Frame<'g>, needs: impl IntoIterator<Item = Need>) -> Value<'g> {
    for need in needs {
        frame.missed(need);
    }
    Value::Unknown
}

fn resolves_to<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let (Some(vpc), name) = (record(call), name(call, frame, 1)) else {
        return Value::Unknown;
    };
    let name = match name {
        Ok(name) => name,
        Err(unknown) => return unknown,
    };
    let mut addresses = Vec::new();
    let mut open = false;
    for kind in [RecordType::A, RecordType::Aaaa] {
        let found = dns::resolve(call.graph, vpc, &name, kind);
        show(frame, &found);
        match found.verdict {
            Verdict::Answered => addresses.extend(found.addresses.iter().map(|one| one.ip)),
            Verdict::NoAnswer(_) => {}
            Verdict::Unknown => {
                miss(frame, found.needs());
                open = true;
            }
            Verdict::Public => {
                frame.missed(Need::Sense(format!("the public addresses of {name}")));
                open = true;
            }
        }
    }
    if open && addresses.is_empty() {
        return Value::Unknown;
    }
    addresses.sort_unstable();
    addresses.dedup();
    let texts = addresses.into_iter().map(|ip| Value::text(ip.to_string()));
    Value::list(texts.collect(), open)
}

fn resolution<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let (Some(vpc), name) = (record(call), name(call, frame, 1)) else {
        return Value::Unknown;
    };
    let name = match name {
        Ok(name) => name,
        Err(unknown) => return unknown,
    };
    let found = dns::resolve(call.graph, vpc, &name, RecordType::A);
    show(frame, &found);
    match found.verdict {
        Verdict::Answered => Value::text("answered".to_owned()),
        // Who answers is known, though not what.
        Verdict::Unknown => match found.code() {
            Some(code @ (Code::DnsNotInSnapshot | Code::DnsForwardedOffsite)) => {
                Value::text(code.name().to_owned())
            }
            _ => miss(frame, found.needs()),
        },
        verdict @ (Verdict::Public | Verdict::NoAnswer(_)) => {
            let code = found.code().map_or(verdict.name(), |code| code.name());
            Value::text(code.to_owned())
        }
    }
}

fn answers<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let (Some(endpoint), name) = (record(call), name(call, frame, 1)) else {
        return Value::Unknown;
    };
    let name = match name {
        Ok(name) => name,
        Err(unknown) => return unknown,
    };
    if frame.tracing() {
        let vpc = call
            .graph
            .entry(endpoint)
            .and_then(|one| one.target("VpcId").node());
        if let Some(vpc) = vpc {
            show(frame, &dns::resolve(call.graph, vpc, &name, RecordType::A));
        }
    }
    answered(
        dns::leads_to(call.graph, endpoint, &name),
        frame,
        Value::Bool,
    )
}

fn listed<'g>(
    call: &Call<'_, 'g>,
    frame: &mut Frame<'g>,
    list: fn(&crate::graph::Graph, crate::graph::Node) -> Open,
) -> Value<'g> {
    let Some(endpoint) = record(call) else {
        return Value::Unknown;
    };
    let (names, needs) = list(call.graph, endpoint);
    let open = !needs.is_empty();
    miss(frame, needs);
    Value::list(names.into_iter().map(Value::text).collect(), open)
}

fn sees_zone<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let (Some(vpc), Some(Value::Node(zone))) = (record(call), call.args.get(1)) else {
        return Value::Unknown;
    };
    answered(dns::sees_zone(call.graph, vpc, *zone), frame, Value::Bool)
}

fn duplicates<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(zone) = record(call) else {
        return Value::Unknown;
    };
    let (found, needs) = dns::duplicates(call.graph, zone);
    let open = !needs.is_empty();
    miss(frame, needs);
    Value::list(found.into_iter().map(Value::Node).collect(), open)
}
