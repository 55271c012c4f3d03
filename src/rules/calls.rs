//! What is missing, and the call and permission that would settle it.
//!
//! Turns the graph's needs into reasons that a person can act on. Names of
//! operations come from the records; nothing is decided here.

use crate::findings::{Reason, ReasonCode};
use crate::graph::admission::Need;
use crate::graph::{Graph, Listing, Node};
use crate::snapshot::arm;
use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::ledger::{Scope, cloud_of, is_foreign, is_global};
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Cloud, Source};

/// The reason behind a need, with the call and the permission that settle it.
pub fn reason(graph: &Graph, need: &Need) -> Reason {
    match need {
        Need::Field(node, path) => field(graph, *node, path),
        Need::Resource(node) => resource(graph, *node),
        Need::Listing(kind, near) => listing(graph, *kind, *near),
        Need::Sense(what) => sense(what.clone()),
    }
}

/// Something that nothing collected would settle.
pub(super) const fn sense(what: String) -> Reason {
    Reason {
        code: ReasonCode::Undetermined,
        what,
        call: None,
        action: None,
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
        .calls()
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
    Reason {
        code: code_of(graph.call(node.kind, source.operation, node)),
        what,
        call: Some(command(graph, node.kind, source, node, Some(path))),
        action: action(source),
    }
}

fn resource(graph: &Graph, node: Node) -> Reason {
    let spec = node.kind.spec();
    let mut what = format!("{} {}", spec.name, graph.id(node));
    let (owner, here) = (graph.account(node), graph.scope(node).account);
    let azure = spec.cloud() == Cloud::Azure;
    let foreign = !azure && !owner.is_empty() && !here.is_empty() && owner != here;
    if foreign {
        what.push_str(" of account ");
        what.push_str(&owner);
    }
    let code = if foreign {
        ReasonCode::OwnedByAnotherAccount
    } else {
        code_of(graph.home_listing(node))
    };
    let source = spec.sources.first();
    Reason {
        code,
        what,
        call: source.map(|source| command(graph, node.kind, source, node, None)),
        action: source.and_then(action),
    }
}

fn listing(graph: &Graph, kind: Kind, near: Node) -> Reason {
    let source = kind.spec().sources.first();
    Reason {
        code: code_of(graph.listing(kind, near)),
        what: everything(kind, &graph.scope(near)),
        call: source.map(|source| command(graph, kind, source, near, None)),
        action: source.and_then(action),
    }
}

/// The permission for a call; other providers than AWS have none of that form.
fn action(source: &Source) -> Option<String> {
    (!is_foreign(source.service)).then(|| source.iam_action())
}

/// The reason for a rule whose resources nobody listed.
pub(super) fn unlisted(kind: Kind, scope: &Scope, listing: Listing) -> Reason {
    let source = kind.spec().sources.first();
    Reason {
        code: code_of(listing),
        what: everything(kind, scope),
        call: source.map(|source| {
            let mut command = plain_command(source);
            if cloud_of(source.service) == Cloud::Azure {
                if source.parent.is_some() {
                    add_option(&mut command, "resource-group", "<id>");
                    add_option(&mut command, source.option, "<id>");
                }
                if !scope.account.is_empty() {
                    add_option(&mut command, "subscription", &scope.account);
                }
                return command;
            }
            if is_foreign(source.service) {
                add_option(&mut command, "subscription", "<id>");
            } else if let Some(parent) = source.parent {
                let option = parent.rsplit('.').next().unwrap_or(parent);
                add_option(&mut command, &kebab(option), "<id>");
            }
            in_region(command, source, &scope.region)
        }),
        action: source.and_then(action),
    }
}

/// `all vpc-endpoint of 111122223333 in us-east-1`.
pub(super) fn everything(kind: Kind, scope: &Scope) -> String {
    let place = match (scope.account.as_str(), scope.region.as_str()) {
        ("", "") => "of the account".to_owned(),
        ("", region) => format!("in {region}"),
        (account, "" | "global") => format!("of {account}"),
        (account, region) => format!("of {account} in {region}"),
    };
    format!("all {} {place}", kind.spec().name)
}

/// Why a listing does not settle a question.
const fn code_of(listing: Listing) -> ReasonCode {
    match listing {
        Listing::Denied => ReasonCode::Denied,
        Listing::Absent | Listing::Failed => ReasonCode::NotCollected,
        Listing::Partial | Listing::Complete => ReasonCode::NotInThisSource,
    }
}

/// The options that lead a command of the Azure CLI to the subscription, and to
/// the resource that it lists the children of.
fn azure_options(graph: &Graph, kind: Kind, source: &Source, node: Node, command: &mut String) {
    let itself = node.kind == kind;
    let parent = source.parent.and_then(|parent| {
        if itself {
            graph.field_text(node, parent)
        } else {
            Some(graph.id(node)).filter(|id| arm::is_id(id))
        }
    });
    if source.parent.is_some() {
        let (group, name) = parent_parts(kind, graph, node, source);
        add_option(command, "resource-group", &group);
        add_option(command, source.option, &name);
    }
    let place = parent.as_deref().and_then(arm::subscription);
    let subscription = place.unwrap_or_else(|| graph.account(node));
    if !subscription.is_empty() {
        add_option(command, "subscription", &subscription);
    }
}

/// Resource group and name of the resource that children are listed of.
fn parent_parts(kind: Kind, graph: &Graph, node: Node, source: &Source) -> (String, String) {
    let field = source.parent.unwrap_or_default();
    let id = if node.kind == kind {
        graph.field_text(node, field).unwrap_or_default()
    } else if is_parent(kind, field, node) {
        graph.id(node)
    } else {
        String::new()
    };
    let parts: Vec<&str> = id.split('/').collect();
    let group = parts
        .windows(2)
        .find(|pair| {
            pair.first()
                .is_some_and(|name| name.eq_ignore_ascii_case("resourceGroups"))
        })
        .and_then(|pair| pair.last());
    let name = parts.last().filter(|_| arm::is_id(&id));
    let open = || "<id>".to_owned();
    (
        group.map_or_else(open, |group| (*group).to_owned()),
        name.map_or_else(open, |name| (*name).to_owned()),
    )
}

/// Whether a resource is of the kind that the parent of another kind is of; where
/// something is not known, a need may be about any resource near it.
fn is_parent(kind: Kind, field: &str, node: Node) -> bool {
    let columns = &Level::of(kind).columns;
    let column = columns.iter().find(|column| column.path == field);
    column.is_none_or(|column| match column.shape {
        ColumnShape::Id(of) | ColumnShape::Ids(of) => of == node.kind,
        _ => true,
    })
}

/// The AWS CLI command for a call: `aws ec2 describe-vpc-attribute …`.
fn command(graph: &Graph, kind: Kind, source: &Source, node: Node, path: Option<&str>) -> String {
    let mut command = plain_command(source);
    if is_foreign(source.service) {
        let subscription = match node.kind {
            Kind::RedisCloudPrivateLink => Some(graph.id(node)),
            Kind::RedisCloudDatabase => graph.field_text(node, "subscriptionId"),
            _ => None,
        };
        let subscription = subscription.unwrap_or_else(|| "<id>".to_owned());
        add_option(&mut command, "subscription", &subscription);
        return command;
    }
    let about_itself = node.kind == kind;
    if cloud_of(source.service) == Cloud::Azure {
        azure_options(graph, kind, source, node, &mut command);
        return command;
    }
    if source.operation == "DescribeVpcAttribute" {
        let attribute = path
            .and_then(|path| path.split('.').next())
            .unwrap_or("EnableDnsSupport");
        let mut attribute = attribute.to_owned();
        if let Some(first) = attribute.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        let id = graph.id(node);
        add_option(&mut command, "vpc-id", &id);
        add_option(&mut command, "attribute", &attribute);
    } else if let Some(parent) = source.parent {
        let id = if about_itself {
            graph.field_text(node, parent)
        } else {
            Some(graph.id(node)).filter(|_| is_parent(kind, parent, node))
        };
        let option = parent.rsplit('.').next().unwrap_or(parent);
        let id = id.unwrap_or_else(|| "<id>".to_owned());
        add_option(&mut command, &kebab(option), &id);
    } else if about_itself && source.key.is_empty() {
        let option = match source.service {
            "vpc-lattice" => {
                let noun = kebab(source.operation.trim_start_matches("Get"));
                format!("{noun}-identifier")
            }
            _ => "id".to_owned(),
        };
        add_option(&mut command, &option, &graph.id(node));
    }
    in_region(command, source, &graph.scope(node).region)
}

fn plain_command(source: &Source) -> String {
    if cloud_of(source.service) == Cloud::Azure {
        return format!("{} {}", source.service, source.operation);
    }
    if is_foreign(source.service) {
        return "plaudit collect redis-cloud".to_owned();
    }
    let service = match source.service {
        "elasticloadbalancing" => "elbv2",
        other => other,
    };
    format!("aws {service} {}", kebab(source.operation))
}

fn in_region(mut command: String, source: &Source, region: &str) -> String {
    if !region.is_empty() && region != "global" && !is_global(source.service) {
        add_option(&mut command, "region", region);
    }
    command
}

/// Adds ` --name value`.
fn add_option(command: &mut String, name: &str, value: &str) {
    for part in [" --", name, " ", &quoted(value)] {
        command.push_str(part);
    }
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
