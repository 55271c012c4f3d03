//! A scope of Network Access Analyzer as AWS writes it.
//!
//! The input of `create-network-insights-access-scope` and the output of
//! `get-network-insights-access-scope-content` are both understood. What AWS
//! would refuse is an error; what AWS accepts and this program does not follow
//! is kept, so that the answer is unknown
//! (<https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/resource-statement.html>).

use super::traffic;
use crate::findings::Severity;
use crate::graph::ports::Ports;
use crate::graph::prefixes;
use crate::graph::reach::flow::Protocol;
use crate::rules::expression::suggest;
use crate::rules::intent::{
    Addresses, Components, Expect, Header, Intent, Pattern, Question, Scope, Side,
};
use crate::rules::load::digest;
use crate::rules::tree::{Reader, Shape, Tree};

const WRAPPER: &str = "NetworkInsightsAccessScopeContent";

/// Types of resources that a statement may name, with the beginning of their
/// ids.
const TYPES: &[&str] = &[
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCEndpointService",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::VPNGateway",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::NetworkFirewall::Firewall",
];

/// Whether a document is a scope rather than a file of ours.
pub(super) fn is_scope(document: &Tree) -> bool {
    [WRAPPER, "MatchPaths", "ExcludePaths"]
        .iter()
        .any(|key| document.get(key).is_some())
}

/// The scope as an intent: no path may be found.
pub(super) fn intent(document: &Tree, reader: &mut Reader<'_>) -> Option<Intent> {
    let before = reader.problems.len();
    let body = match document.get(WRAPPER) {
        Some(body) => {
            reader.map(
                document,
                "a scope",
                &[WRAPPER, "NetworkInsightsAccessScope"],
            )?;
            body
        }
        None => document,
    };
    let known = [
        "NetworkInsightsAccessScopeId",
        "MatchPaths",
        "ExcludePaths",
        "ClientToken",
        "TagSpecifications",
        "Tags",
        "DryRun",
    ];
    let keys = reader.map(body, "a scope", &known)?;
    let (mut name, mut scope) = (None, Scope::default());
    for (key, value) in keys {
        match key {
            "NetworkInsightsAccessScopeId" => name = reader.text(value, key).map(str::to_owned),
            "MatchPaths" => scope.matches = patterns(value, key, reader),
            "ExcludePaths" => scope.excludes = patterns(value, key, reader),
            _ => {}
        }
    }
    if scope.matches.is_empty() && reader.problems.len() == before {
        reader.wrong_help(
            body,
            "the scope has no `MatchPaths`",
            "a scope finds paths that match at least one entry of `MatchPaths`",
        );
    }
    if reader.problems.len() > before {
        return None;
    }
    let file = reader.path.to_owned();
    Some(Intent {
        name: name.unwrap_or_else(|| stem(&file).to_owned()),
        expect: Expect::MustNotReach,
        question: Question::Scope(scope),
        severity: Severity::High,
        reason: None,
        owner: None,
        references: Vec::new(),
        line: body.line(reader.source),
        digest: digest(&[reader.source]),
        file,
    })
}

/// The name of a file without folder and ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.')
        .next()
        .filter(|stem| !stem.is_empty())
        .unwrap_or(name)
}

/// Lists that the CLI prints as `null` or leaves out are empty.
fn items<'t>(value: &'t Tree, what: &str, reader: &mut Reader<'_>) -> &'t [Tree] {
    if matches!(value.value, Shape::Nothing) {
        return &[];
    }
    reader.list(value, &format!("`{what}`"))
}

fn patterns(value: &Tree, what: &str, reader: &mut Reader<'_>) -> Vec<Pattern> {
    let mut found = Vec::new();
    for item in items(value, what, reader) {
        let known = ["Source", "Destination", "ThroughResources"];
        let Some(keys) = reader.map(item, &format!("an entry of `{what}`"), &known) else {
            continue;
        };
        let mut pattern = Pattern::default();
        for (key, value) in keys {
            match key {
                "Source" => pattern.source = side(value, key, &mut pattern.unsupported, reader),
                "Destination" => {
                    pattern.destination = side(value, key, &mut pattern.unsupported, reader);
                }
                _ => {
                    for item in items(value, key, reader) {
                        let Some(keys) = reader.map(item, key, &["ResourceStatement"]) else {
                            continue;
                        };
                        for (_, value) in keys {
                            let through = components(value, &mut pattern.unsupported, reader);
                            pattern.through.push(through);
                        }
                    }
                }
            }
        }
        found.push(pattern);
    }
    found
}

fn side(value: &Tree, what: &str, unsupported: &mut Vec<String>, reader: &mut Reader<'_>) -> Side {
    let mut side = Side::default();
    if matches!(value.value, Shape::Nothing) {
        return side;
    }
    let known = ["ResourceStatement", "PacketHeaderStatement"];
    for (key, value) in reader.map(value, what, &known).unwrap_or_default() {
        if matches!(value.value, Shape::Nothing) {
            continue;
        }
        if key == "ResourceStatement" {
            side.resources = components(value, unsupported, reader);
        } else {
            side.header = header(value, reader);
        }
    }
    side
}

fn components(value: &Tree, unsupported: &mut Vec<String>, reader: &mut Reader<'_>) -> Components {
    let what = "ResourceStatement";
    let known = ["Resources", "ResourceTypes"];
    let (mut ids, mut types) = (Vec::new(), Vec::new());
    for (key, value) in reader.map(value, what, &known).unwrap_or_default() {
        for item in items(value, key, reader) {
            let Some(text) = reader.text(item, key) else {
                continue;
            };
            if key == "Resources" {
                ids.push(id(text, unsupported));
            } else if let Some(known) = TYPES.iter().find(|known| known.eq_ignore_ascii_case(text))
            {
                types.push((*known).to_owned());
            } else {
                // AWS may have more types than this list.
                let help = suggest::among(text, TYPES.iter().copied());
                unsupported.push(format!("resources of the type `{text}` ({help})"));
            }
        }
    }
    if !ids.is_empty() && !types.is_empty() {
        reader.wrong_help(
            value,
            "a `ResourceStatement` has `Resources` and `ResourceTypes`",
            "AWS takes either ids or types: make two entries of it",
        );
    }
    match (ids.is_empty(), types.is_empty()) {
        (false, _) => Components::Ids(ids),
        (_, false) => Components::Types(types),
        // Nothing that is understood is not the same as nothing that is asked.
        _ => Components::Any,
    }
}

/// The id in an ARN; what has no id of ours is kept as it is and reported.
fn id(text: &str, unsupported: &mut Vec<String>) -> String {
    if !text.starts_with("arn:") {
        return text.to_owned();
    }
    let resource = text.splitn(6, ':').nth(5).unwrap_or_default();
    let service = text.split(':').nth(2).unwrap_or_default();
    match service {
        "ec2" => resource.rsplit('/').next().unwrap_or(resource).to_owned(),
        "elasticloadbalancing" => text.to_owned(),
        _ => {
            unsupported.push(format!("the resource `{text}`"));
            text.to_owned()
        }
    }
}

fn header(value: &Tree, reader: &mut Reader<'_>) -> Header {
    let known = [
        "SourceAddresses",
        "DestinationAddresses",
        "SourcePorts",
        "DestinationPorts",
        "SourcePrefixLists",
        "DestinationPrefixLists",
        "Protocols",
    ];
    let mut header = Header::default();
    let keys = reader
        .map(value, "PacketHeaderStatement", &known)
        .unwrap_or_default();
    for (key, value) in keys {
        let items = items(value, key, reader);
        // An empty list is as good as none: that is how the CLI prints it.
        if items.is_empty() {
            continue;
        }
        let mut both = false;
        match key {
            "SourcePorts" => header.source_ports = Some(ports(items, key, reader)),
            "DestinationPorts" => header.destination_ports = Some(ports(items, key, reader)),
            "Protocols" => header.protocols = Some(protocols(items, reader)),
            "SourceAddresses" | "SourcePrefixLists" => {
                both = header.sources.is_some();
                header.sources = Some(addresses(items, key, reader));
            }
            _ => {
                both = header.destinations.is_some();
                header.destinations = Some(addresses(items, key, reader));
            }
        }
        if both {
            reader.wrong_help(
                value,
                "a `PacketHeaderStatement` has addresses and prefix lists of one side",
                "AWS takes one of them: make two entries of it",
            );
        }
    }
    header
}

fn ports(items: &[Tree], key: &str, reader: &mut Reader<'_>) -> Ports {
    let mut ports = Ports::default();
    for item in items {
        let number = match item.value {
            Shape::Int(number) => Some(number.to_string()),
            _ => None,
        };
        let text = number.as_deref().or_else(|| item.text());
        match text.and_then(traffic::range) {
            Some(range) => ports = ports.union(&range),
            None => reader.wrong_help(
                item,
                format!("`{}` is no range of ports", text.unwrap_or(item.noun())),
                format!("`{key}` holds texts such as 443 or 10000-19999"),
            ),
        }
    }
    ports
}

fn protocols(items: &[Tree], reader: &mut Reader<'_>) -> Vec<Protocol> {
    let mut found = Vec::new();
    for item in items {
        match item.text().map(str::to_ascii_lowercase).as_deref() {
            Some("tcp") => found.push(Protocol::Tcp),
            Some("udp") => found.push(Protocol::Udp),
            other => {
                let shown = other.unwrap_or(item.noun()).to_owned();
                reader.wrong_help(
                    item,
                    format!("`{shown}` is no protocol of a scope"),
                    "AWS takes tcp and udp",
                );
            }
        }
    }
    found
}

fn addresses(items: &[Tree], key: &str, reader: &mut Reader<'_>) -> Addresses {
    let (mut blocks, mut lists) = (Vec::new(), Vec::new());
    for item in items {
        let Some(text) = reader.text(item, key) else {
            continue;
        };
        if key.ends_with("PrefixLists") {
            lists.push(text.rsplit('/').next().unwrap_or(text).to_owned());
        } else if let Some(block) = prefixes::parse(text) {
            blocks.push(block);
        } else {
            reader.wrong_help(
                item,
                format!("`{text}` is no address or CIDR block"),
                "write 10.0.0.0/16 or 10.0.0.5",
            );
        }
    }
    if key.ends_with("PrefixLists") {
        Addresses::Lists(lists)
    } else {
        Addresses::Blocks(blocks)
    }
}
