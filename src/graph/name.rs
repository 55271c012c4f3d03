//! DNS names as records, endpoints and zones spell them.
//!
//! Names in one form for comparison, and which records lead to which name;
//! resolution itself does not belong here.

use std::collections::BTreeMap;

use super::{Graph, Node};
use crate::snapshot::record::Kind;

/// The name that an alias or CNAME record leads to, in the form of
/// [`normal_dns_name`]; empty for other records.
pub fn record_target(graph: &Graph, record: Node) -> String {
    if let Some(name) = graph
        .field_text(record, "AliasTarget.DNSName")
        .filter(|name| !name.is_empty())
    {
        return normal_dns_name(&name);
    }
    if !graph
        .field_text(record, "Type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("CNAME"))
    {
        return String::new();
    }
    graph
        .entry_texts(record, "ResourceRecords", "Value")
        .first()
        .map_or_else(String::new, |name| normal_dns_name(name))
}

/// All records by the name that they lead to.
pub(super) fn record_targets(graph: &Graph) -> BTreeMap<String, Vec<u32>> {
    let mut targets: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for record in graph.nodes(Kind::ResourceRecordSet) {
        let target = record_target(graph, record);
        if let (false, Some(row)) = (target.is_empty(), record.row()) {
            if let Some(id) = vpc_endpoint_id_in(&target) {
                targets.entry(id.to_owned()).or_default().push(row);
            }
            targets.entry(target).or_default().push(row);
        }
    }
    targets
}

/// A name for comparison: lower case, without the trailing dot, with Route 53's
/// octal escapes undone (`\052` is `*`) and without the `dualstack.` that the
/// console puts before alias targets.
///
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>
pub fn normal_dns_name(name: &str) -> String {
    let out = plain_dns_name(name);
    out.strip_prefix("dualstack.")
        .map(str::to_owned)
        .unwrap_or(out)
}

/// A name as [`normal_dns_name`] gives it, but with all of its labels.
pub(super) fn plain_dns_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name.trim_end_matches('.');
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at + 1..at + 4).unwrap_or_default();
        if let Some(byte) = u8::from_str_radix(escape, 8)
            .ok()
            .filter(|byte| escape.len() == 3 && byte.is_ascii())
        {
            out.push(char::from(byte));
            rest = rest.get(at + 4..).unwrap_or_default();
        } else {
            out.push('\\');
            rest = rest.get(at + 1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out.make_ascii_lowercase();
    out
}

/// The endpoint id with which the names of interface endpoints begin:
/// `vpce-0ab…-xyz.vpce-svc-….us-east-1.vpce.amazonaws.com`.
pub fn vpc_endpoint_id_in(name: &str) -> Option<&str> {
    let label = name
        .split('.')
        .find(|label| label.starts_with("vpce-") && !label.starts_with("vpce-svc-"))?;
    let digits = label.get(5..)?.split('-').next()?;
    let plausible = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plausible.then(|| label.get(..5 + digits.len()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_one_form() {
        assert_eq!(normal_dns_name("\\052.Example.COM."), "*.example.com");
        assert_eq!(normal_dns_name("dualstack.a.b"), "a.b");
        assert_eq!(normal_dns_name("a\\9z\\"), "a\\9z\\");
    }

    #[test]
    fn endpoint_ids_are_found_in_names() {
        let name = "vpce-0ce90d01341533a5c-ngbqfdnj.vpce-svc-0b62964bfd0edfb74.us-west-2.vpce.amazonaws.com";
        assert_eq!(vpc_endpoint_id_in(name), Some("vpce-0ce90d01341533a5c"));
        assert_eq!(vpc_endpoint_id_in("vpce-svc-0b62964bfd0edfb74.x"), None);
        assert_eq!(vpc_endpoint_id_in("redis.example.com"), None);
    }
}
