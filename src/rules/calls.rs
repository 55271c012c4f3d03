//! What is missing, and the call and permission that would settle it.
//!
//! Turns the graph's needs into reasons that a person can act on. Names of
//! operations come from the records; nothing is decided here.

use crate::findings::{Reason, ReasonCode};
use crate::graph::admission::Need;
use crate::graph::{Graph, Listing, Node};
use crate::snapshot::layout::Level;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Source;

/// The reason behind a need.
pub(super) fn reason(graph: &Graph, need: &Need) -> Reason {
    match need {
        Need::Field(node, path) => field(graph, *node, path),
        Need::Resource(node) => resource(graph, *node),
        Need::Listing(kind, near) => listing(graph, *kind, *near),
        Need::Sense(what) => Reason {
            code: ReasonCode::Undetermined,
            what: what.clone(),
            call: None,
            action: None,
        },
    }
}

/// For an unknown verdict that left no trace; a finding never lacks a reason.
pub(super) fn unexplained() -> Reason {
    Reason {
        code: ReasonCode::UnknownValue,
        what: "a value that the rule needs".to_owned(),
        call: None,
        action: None,
    }
}

fn field(graph: &Graph, node: Node, path: &str) -> Reason {
    let spec = Level::of(node.kind)
        .columns
        .iter()
        .find(|column| path == column.path || path.starts_with(&format!("{}.", column.path)));
    let operation = spec.and_then(|column| column.operation);
    let source = node
        .kind
        .spec()
        .sources
        .iter()
        .find(|source| operation.is_none_or(|operation| source.operation == operation));
    let what = format!("{path} of {} {}", node.kind.spec().name, graph.id(node));
    let Some(source) = source else {
        return Reason {
            code: ReasonCode::NotInThisSource,
            what,
            call: None,
            action: None,
        };
    };
    let code = match graph.call(node.kind, source.operation, node) {
        Listing::Denied => ReasonCode::Denied,
        Listing::Absent | Listing::Failed => ReasonCode::NotCollected,
        Listing::Partial | Listing::Complete => ReasonCode::NotInThisSource,
    };
    Reason {
        code,
        what,
        call: Some(command(graph, node.kind, source, node, Some(path))),
        action: Some(source.iam_action()),
    }
}

fn resource(graph: &Graph, node: Node) -> Reason {
    let id = graph.id(node);
    let spec = node.kind.spec();
    let what = format!("{} {id}", spec.name);
    let Some(source) = spec.sources.first() else {
        return Reason {
            code: ReasonCode::NotCollected,
            what,
            call: None,
            action: None,
        };
    };
    let (owner, here) = (graph.account(node), graph.scope(node).account);
    let code = match graph.listing(node.kind, node) {
        _ if !owner.is_empty() && !here.is_empty() && owner != here => {
            ReasonCode::OwnedByAnotherAccount
        }
        Listing::Denied => ReasonCode::Denied,
        Listing::Absent | Listing::Failed => ReasonCode::NotCollected,
        Listing::Partial | Listing::Complete => ReasonCode::NotInThisSource,
    };
    Reason {
        code,
        what,
        call: Some(command(graph, node.kind, source, node, None)),
        action: Some(source.iam_action()),
    }
}

fn listing(graph: &Graph, kind: Kind, near: Node) -> Reason {
    let spec = kind.spec();
    let scope = graph.scope(near);
    let place = match (scope.account.as_str(), scope.region.as_str()) {
        ("", "") => "of the account".to_owned(),
        ("", region) => format!("in {region}"),
        (account, "") => format!("of {account}"),
        (account, region) => format!("of {account} in {region}"),
    };
    let what = format!("all {} {place}", spec.name);
    let Some(source) = spec.sources.first() else {
        return Reason {
            code: ReasonCode::NotCollected,
            what,
            call: None,
            action: None,
        };
    };
    let code = match graph.listing(kind, near) {
        Listing::Denied => ReasonCode::Denied,
        Listing::Absent | Listing::Failed => ReasonCode::NotCollected,
        Listing::Partial | Listing::Complete => ReasonCode::NotInThisSource,
    };
    Reason {
        code,
        what,
        call: Some(command(graph, kind, source, near, None)),
        action: Some(source.iam_action()),
    }
}

/// The AWS CLI command for a call: `aws ec2 describe-vpc-attribute …`.
fn command(graph: &Graph, kind: Kind, source: &Source, node: Node, path: Option<&str>) -> String {
    let service = match source.service {
        "elasticloadbalancing" => "elbv2",
        other => other,
    };
    let mut command = format!("aws {service} {}", kebab(source.operation));
    let about_itself = node.kind == kind;
    if source.operation == "DescribeVpcAttribute" {
        let attribute = path
            .and_then(|path| path.split('.').next())
            .unwrap_or("EnableDnsSupport");
        let mut attribute = attribute.to_owned();
        if let Some(first) = attribute.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        command.push_str(&format!(
            " --vpc-id {} --attribute {attribute}",
            graph.id(node)
        ));
    } else if let Some(parent) = source.parent {
        let id = if about_itself {
            graph.field_text(node, parent)
        } else {
            Some(graph.id(node))
        };
        let option = parent.rsplit('.').next().unwrap_or(parent);
        command.push_str(&format!(
            " --{} {}",
            kebab(option),
            quoted(&id.unwrap_or_else(|| "<id>".to_owned()))
        ));
    } else if about_itself && source.key.is_empty() {
        let option = match source.service {
            "vpc-lattice" => format!(
                "{}-identifier",
                kebab(source.operation.trim_start_matches("Get"))
            ),
            _ => "id".to_owned(),
        };
        command.push_str(&format!(" --{option} {}", quoted(&graph.id(node))));
    }
    let region = graph.scope(node).region;
    if !region.is_empty()
        && region != "global"
        && !crate::snapshot::ledger::is_global(source.service)
    {
        command.push_str(&format!(" --region {region}"));
    }
    command
}

/// Ids are data of strangers; in a command that people copy they are quoted
/// unless they are plain.
fn quoted(id: &str) -> String {
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_:/.<>".contains(&byte));
    if plain {
        id.to_owned()
    } else {
        format!("'{}'", id.replace('\'', "'\\''"))
    }
}

/// `DescribeVPCAttribute` → `describe-vpc-attribute`.
pub fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before_lower = chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let after_lower = at
            .checked_sub(1)
            .and_then(|before| chars.get(before))
            .is_some_and(|c| !c.is_ascii_uppercase());
        if c.is_ascii_uppercase() && at > 0 && (before_lower || after_lower) {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_become_commands() {
        assert_eq!(kebab("DescribeVpcEndpoints"), "describe-vpc-endpoints");
        assert_eq!(kebab("ListHostedZonesByVPC"), "list-hosted-zones-by-vpc");
        assert_eq!(kebab("VPCId"), "vpc-id");
        assert_eq!(
            kebab("resourceConfigurationIdentifier"),
            "resource-configuration-identifier"
        );
    }

    #[test]
    fn ids_cannot_leave_their_place_in_a_command() {
        assert_eq!(quoted("vpc-0a"), "vpc-0a");
        assert_eq!(quoted("a; rm -rf ~"), "'a; rm -rf ~'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
