//! What a field holds, by its name: words of a closed set, or what somebody
//! wrote.
//!
//! Names of fields only, in lower case unless they are keys as they came. Must not
//! look at values.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Shape};

/// Ends of names of fields whose values AWS chooses from a closed set, in lower
/// case.
const CLOSED: &[&str] = &[
    "accessibility",
    "action",
    "actions",
    "architecture",
    "attribute",
    "bootmode",
    "class",
    "code",
    "devicename",
    "direction",
    "discovery",
    "effect",
    "engine",
    "engineversion",
    "enforcement",
    "eventtype",
    "failover",
    "family",
    "featureset",
    "format",
    "hypervisor",
    "iamaction",
    "instancematch",
    "metadatatags",
    "metricname",
    "mode",
    "namespace",
    "nodetype",
    "notaction",
    "operation",
    "optinstatus",
    "origin",
    "outcome",
    "platform",
    "platformdetails",
    "preference",
    "productcode",
    "protocol",
    "protocolversion",
    "purpose",
    "region",
    "regionname",
    "regions",
    "resolution",
    "service",
    "servicetype",
    "sslpolicy",
    "state",
    "states",
    "statistic",
    "stats",
    "status",
    "statuscode",
    "support",
    "tenancy",
    "tokens",
    "type",
    "types",
    "unit",
    "usageoperation",
    "version",
    "zone",
    "zoneid",
    "zonename",
    "zones",
];

/// Fields with numbers that somebody drew by lot, or chose: requests, tokens,
/// references.
const REQUESTS: &[&str] = &[
    "callerreference",
    "clienttoken",
    "creatorrequestid",
    "hostid",
    "requestid",
    "request_id",
];

/// Names of modelled fields with a closed set of values, in lower case.
fn modelled() -> &'static BTreeSet<String> {
    static NAMES: OnceLock<BTreeSet<String>> = OnceLock::new();
    fn add(fields: &[Field], names: &mut BTreeSet<String>) {
        for field in fields {
            if !field.values.is_empty() {
                names.insert(field.name.to_ascii_lowercase());
            }
            if let Shape::Object(inner) | Shape::List(inner) = field.shape {
                add(inner, names);
            }
        }
    }
    NAMES.get_or_init(|| {
        let mut names = BTreeSet::new();
        for kind in Kind::ALL {
            add(kind.spec().fields, &mut names);
        }
        // Closed in the state of an instance, and free nearly everywhere else.
        for free in ["name", "value", "key", "description"] {
            names.remove(free);
        }
        names
    })
}

/// Whether people write what they like into a field.
pub(super) fn is_free(field: &str) -> bool {
    const ENDS: &[&str] = &[
        "name",
        "description",
        "comment",
        "message",
        "reason",
        "value",
        "title",
    ];
    ENDS.iter().any(|end| field.ends_with(end))
        && !matches!(
            field,
            "regionname" | "zonename" | "metricname" | "devicename" | "rootdevicename"
        )
}

/// Whether a list or object holds tags.
pub(super) fn is_tags(field: &str) -> bool {
    let lower = field.to_ascii_lowercase();
    lower.ends_with("tags") || matches!(lower.as_str(), "tagset" | "taglist")
}

pub(super) fn is_part_of_tag(key: &str) -> bool {
    const PARTS: &[&str] = &[
        "key",
        "value",
        "tagkey",
        "tagvalue",
        "resourceid",
        "resourcetype",
    ];
    PARTS.contains(&key.to_ascii_lowercase().as_str())
}

pub(super) fn category(field: &str, tag: bool) -> &'static str {
    if tag {
        "values of tags"
    } else if field.ends_with("name") {
        "names"
    } else {
        "texts"
    }
}

/// Whether AWS chooses the values of a field.
pub(super) fn is_closed(field: &str) -> bool {
    CLOSED.iter().any(|end| field.ends_with(end)) || modelled().contains(field)
}

/// Whether a field holds a number that was drawn by lot for one request.
pub(super) fn is_request(field: &str) -> bool {
    REQUESTS.contains(&field)
}
