//! Ids of Azure's resources: what type, what subscription and what parent they
//! name, and when two of them name the same.
//!
//! Azure compares ids without case, and answers spell the same id in several
//! ways. Texts in, texts out; it reads no tables and no files.

use std::borrow::Cow;

/// Whether a text is the id of a resource of Azure.
pub fn is_id(text: &str) -> bool {
    text.get(..ROOT.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(ROOT))
}

const ROOT: &str = "/subscriptions/";

/// Whether a text is the id of a subscription: 32 hexadecimal digits in five
/// groups.
pub fn is_subscription(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The subscription that an id is in, in lower case.
pub fn subscription(id: &str) -> Option<String> {
    let rest = id.get(ROOT.len()..).filter(|_| is_id(id))?;
    let name = rest.split('/').next()?;
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// The type that an id names, in lower case: `microsoft.cache/redis`.
pub fn type_of(id: &str) -> Option<String> {
    if !is_id(id) {
        return None;
    }
    let lower = id.to_ascii_lowercase();
    let lower = lower.trim_end_matches('/');
    let Some((_, rest)) = lower.rsplit_once("/providers/") else {
        let groups = lower.split('/').count() > 3;
        let kind = if groups {
            "microsoft.resources/resourcegroups"
        } else {
            "microsoft.resources/subscriptions"
        };
        return Some(kind.to_owned());
    };
    let mut parts = rest.split('/');
    let mut name = parts.next()?.to_owned();
    for part in parts.step_by(2) {
        name.push('/');
        name.push_str(part);
    }
    Some(name)
}

/// The type under which a kind is known: record sets have one type for each
/// type of record.
pub fn known_type(name: &str) -> Cow<'_, str> {
    const RECORDS: &str = "microsoft.network/privatednszones/";
    let lower = name.to_ascii_lowercase();
    let record = lower.strip_prefix(RECORDS).is_some_and(|rest| {
        matches!(
            rest,
            "a" | "aaaa" | "cname" | "mx" | "ptr" | "soa" | "srv" | "txt"
        )
    });
    if record {
        Cow::Owned(format!("{RECORDS}recordsets"))
    } else {
        Cow::Owned(lower)
    }
}

/// The resource that a child is in: the zone of a record set.
pub fn parent(id: &str) -> Option<&str> {
    let (rest, _name) = id.rsplit_once('/')?;
    let (parent, _kind) = rest.rsplit_once('/')?;
    let (_, inside) = parent.rsplit_once("/providers/")?;
    (inside.split('/').count() >= 3).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = "/subscriptions/0A000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/z";

    #[test]
    fn ids_tell_type_subscription_and_parent() {
        let link = format!("{ZONE}/virtualNetworkLinks/l");
        assert_eq!(
            type_of(&link).unwrap(),
            "microsoft.network/privatednszones/virtualnetworklinks"
        );
        assert_eq!(parent(&link), Some(ZONE));
        assert_eq!(parent(ZONE), None);
        assert_eq!(
            subscription(ZONE).unwrap(),
            "0a000000-0000-0000-0000-000000000001"
        );
        assert!(is_subscription("0A000000-0000-0000-0000-000000000001"));
        assert!(!is_subscription("0A000000-0000-0000-0000-00000000000g"));
        assert_eq!(type_of("eni-1"), None);
        assert_eq!(
            type_of("/subscriptions/1/resourceGroups/g").unwrap(),
            "microsoft.resources/resourcegroups"
        );
    }

    #[test]
    fn records_of_all_types_are_record_sets() {
        let a = known_type("Microsoft.Network/privateDnsZones/A");
        assert_eq!(a, "microsoft.network/privatednszones/recordsets");
        assert_eq!(known_type("Microsoft.Cache/Redis"), "microsoft.cache/redis");
    }

    #[test]
    fn no_text_makes_it_panic() {
        for text in [
            "",
            "/",
            "/subscriptions/",
            "/Subscriptions//",
            "/subscriptions/ä/providers/",
            "é/b/c",
        ] {
            let _ = (
                type_of(text),
                parent(text),
                subscription(text),
                known_type(text),
            );
        }
    }
}
