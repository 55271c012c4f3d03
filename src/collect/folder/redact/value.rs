//! What becomes of a value: kept, or replaced by a token, by its looks and by the
//! field that it stands in.
//!
//! A text is kept only if it is known to say nothing about its owner: an id of
//! AWS, a word of a closed set, a place, a time, an address. Everything else is
//! replaced; a field that nobody has thought of is replaced too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use super::super::{json, secrets};
use super::shape;
use super::token::Tokens;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Shape};

/// What to replace besides what is always replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// Addresses and blocks.
    pub addresses: bool,
    /// Keys of tags.
    pub tag_keys: bool,
}

/// Ends of names of fields whose values AWS chooses from a closed set, in lower
/// case.
const CLOSED: &[&str] = &[
    "accessibility",
    "action",
    "actions",
    "architecture",
    "bootmode",
    "class",
    "code",
    "devicename",
    "direction",
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

/// Replaces values, and counts what it replaced.
#[derive(Debug)]
pub(super) struct Replacer {
    pub tokens: Tokens,
    wish: Wish,
    /// How many values of each category were replaced.
    pub counts: BTreeMap<&'static str, u64>,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
struct At<'p> {
    /// The nearest key above.
    field: &'p str,
    /// The key above that one.
    around: &'p str,
    /// The value of a tag.
    tag: bool,
}

impl Replacer {
    pub(super) const fn new(tokens: Tokens, wish: Wish) -> Self {
        Self {
            tokens,
            wish,
            counts: BTreeMap::new(),
        }
    }

    fn count(&mut self, category: &'static str) {
        *self.counts.entry(category).or_default() += 1;
    }

    /// Replaces what is in an answer.
    pub(super) fn document(&mut self, value: &mut Value) {
        let top = At {
            field: "",
            around: "",
            tag: false,
        };
        self.walk(value, top);
    }

    fn walk(&mut self, value: &mut Value, at: At<'_>) {
        match value {
            Value::Object(object) => self.object(object, at),
            Value::Array(items) => {
                for item in items {
                    self.walk(item, at);
                }
            }
            Value::String(text) => {
                if let Some(new) = self.text(text, at) {
                    *text = new;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn object(&mut self, object: &mut serde_json::Map<String, Value>, at: At<'_>) {
        let in_tags = is_tags(at.field);
        let pair = in_tags && object.keys().all(|key| is_part_of_tag(key));
        let fields = std::mem::take(object);
        for (key, mut value) in fields {
            let lower = key.to_ascii_lowercase();
            let inner = At {
                field: &key,
                around: at.field,
                tag: at.tag || in_tags && (!pair || lower.ends_with("value")),
            };
            if pair && lower.ends_with("key") {
                self.tag_key(&mut value);
            } else {
                self.walk(&mut value, inner);
            }
            let free = in_tags && !pair;
            let key = self.key(key, free);
            object.insert(key, value);
        }
    }

    /// A key of an object; some answers have accounts, ARNs or keys of tags there.
    fn key(&mut self, key: String, free: bool) -> String {
        if free {
            let mut key = Value::String(key);
            self.tag_key(&mut key);
            return key.as_str().unwrap_or_default().to_owned();
        }
        self.sure(&key).unwrap_or(key)
    }

    fn tag_key(&mut self, value: &mut Value) {
        if let Value::String(key) = value
            && self.wish.tag_keys
            && !key.is_empty()
            && key != "Name"
            && !key.starts_with("aws:")
        {
            self.count("keys of tags");
            *key = self.tokens.text(key);
        }
    }

    /// The replacement of a text, if it is not kept.
    fn text(&mut self, text: &str, at: At<'_>) -> Option<String> {
        if text.is_empty() || text == secrets::REDACTED {
            return None;
        }
        let field = at.field.to_ascii_lowercase();
        if REQUESTS.contains(&field.as_str()) {
            self.count("ids of requests");
            return Some(self.tokens.text(text));
        }
        if field == "raw_sha256" {
            // A digest of what was replaced would give it away to whoever tries.
            self.count("digests of answers");
            return Some(self.tokens.text(text));
        }
        if let Some(new) = self.sure(text) {
            return Some(new);
        }
        if let Some(new) = self.document_in(text) {
            return Some(new);
        }
        if let Some((address, length)) = shape::address(text) {
            return self.address(address, length);
        }
        if let Some((address, rest)) = shape::address_in_name(text) {
            let new = self.address(address, None)?;
            return Some(format!("ip-{}.{rest}", new.replace('.', "-")));
        }
        if shape::is_id(text) || shape::is_place(text) {
            return None;
        }
        if !at.tag && self.is_closed(&field, at, text) {
            return self.accounts_in(text);
        }
        if let Some(new) = self.named(text) {
            return new;
        }
        if field == "value" && !at.tag && text.contains(' ') && !text.starts_with('"') {
            return Some(self.words(text));
        }
        self.count(category(&field, at.tag));
        if let Some(quoted) = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        {
            return Some(format!("\"{}\"", self.tokens.text(quoted)));
        }
        Some(self.tokens.text(text))
    }

    /// What is replaced wherever it stands: accounts and ARNs.
    fn sure(&mut self, text: &str) -> Option<String> {
        if shape::is_account(text) {
            self.count("accounts");
            return Some(self.tokens.account(text));
        }
        text.starts_with("arn:").then(|| self.arn(text))
    }

    /// Whether AWS chose the text, or nobody could learn anything from it.
    fn is_closed(&self, field: &str, at: At<'_>, text: &str) -> bool {
        let state_name = field == "name" && at.around.to_ascii_lowercase().ends_with("state");
        let closed = || CLOSED.iter().any(|end| field.ends_with(end)) || modelled().contains(field);
        let free = is_free(field);
        shape::is_word(text)
            || shape::is_time(text)
            || text.starts_with("com.amazonaws.")
            || text.starts_with("cn.com.amazonaws.")
            || text.starts_with("/dev/")
            || self.is_platform_text(text)
            || state_name
            // Names of dimensions and filters are parameters of calls.
            || field == "name" && matches!(at.around, "Dimensions" | "dimensions" | "Filters" | "filters")
            || !free && (shape::is_number(text) || text.len() <= 128 && closed())
            || field == "key"
    }

    /// What AWS writes into the description of an interface: a sentence and an id.
    #[expect(clippy::unused_self, reason = "one of the questions of a replacer")]
    fn is_platform_text(&self, text: &str) -> bool {
        const SENTENCES: &[&str] = &[
            "Interface for NAT Gateway ",
            "Network Interface for Transit Gateway Attachment ",
            "VPC Endpoint Interface ",
        ];
        SENTENCES
            .iter()
            .any(|start| text.strip_prefix(start).is_some_and(shape::is_id))
    }

    fn address(&mut self, address: std::net::IpAddr, length: Option<u8>) -> Option<String> {
        if !self.wish.addresses {
            return None;
        }
        self.count("addresses");
        Some(match length {
            None => self.tokens.address(address).to_string(),
            Some(length) => format!("{}/{length}", self.tokens.block(address, length)),
        })
    }

    /// JSON inside a text: policies.
    fn document_in(&mut self, text: &str) -> Option<String> {
        if !text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let mut inner: Value = serde_json::from_str(text).ok()?;
        self.document(&mut inner);
        Some(json::compact(&inner))
    }

    /// Accounts inside a text that is kept otherwise.
    fn accounts_in(&mut self, text: &str) -> Option<String> {
        let parts: Vec<&str> = text
            .split_inclusive(|char: char| !char.is_ascii_alphanumeric())
            .collect();
        let mut new = String::with_capacity(text.len());
        let mut found = false;
        for part in parts {
            let word = part.trim_end_matches(|char: char| !char.is_ascii_alphanumeric());
            if shape::is_account(word) {
                found = true;
                self.count("accounts");
                new.push_str(&self.tokens.account(word));
                new.push_str(part.get(word.len()..).unwrap_or_default());
            } else {
                new.push_str(part);
            }
        }
        found.then_some(new)
    }

    /// A name in the DNS, label by label, so that what was inside a zone still is.
    /// The outer `None`: it is no such name.
    #[expect(
        clippy::option_option,
        reason = "no such name, a name that is kept, and a name with tokens are three things"
    )]
    fn named(&mut self, text: &str) -> Option<Option<String>> {
        if !shape::is_domain(text) {
            return None;
        }
        let labels: Vec<&str> = text.split('.').collect();
        let owned = shape::platform_labels(text).unwrap_or(0);
        let named = labels.iter().filter(|label| !label.is_empty()).count();
        // The label before a region is a service in names of endpoints, and a name
        // somebody chose in those of load balancers.
        let chosen = ["elb", "cache", "rds"]
            .iter()
            .any(|kind| labels.contains(kind));
        let mut changed = false;
        let mut new = Vec::with_capacity(labels.len());
        for (at, label) in labels.iter().enumerate() {
            let last = at + 1 >= named;
            let place = labels.get(at + 1).is_some_and(|next| shape::is_place(next));
            let kept = label.is_empty()
                || matches!(*label, "*" | "\\052")
                || at + owned >= named
                || owned > 0
                    && (shape::is_platform_label(label)
                        || place && !chosen
                        || at == 0 && named == owned + 1)
                || last && shape::is_public_end(&label.to_ascii_lowercase());
            if kept {
                new.push((*label).to_owned());
            } else {
                changed = true;
                new.push(self.label(label));
            }
        }
        if changed {
            self.count("domain names");
        }
        Some(changed.then(|| new.join(".")))
    }

    fn label(&self, label: &str) -> String {
        let lower = label.to_ascii_lowercase();
        match lower.strip_prefix('_') {
            Some(rest) => format!("_{}", self.tokens.text(rest)),
            None => self.tokens.text(&lower),
        }
    }

    /// A value of a record with several words: `10 mail.shop.internal`.
    fn words(&mut self, text: &str) -> String {
        let words = text.split(' ').map(|word| {
            if shape::is_number(word) || word.is_empty() {
                return word.to_owned();
            }
            if let Some((address, length)) = shape::address(word) {
                return self
                    .address(address, length)
                    .unwrap_or_else(|| word.to_owned());
            }
            if let Some(new) = self.named(word) {
                return new.unwrap_or_else(|| word.to_owned());
            }
            self.count("texts");
            self.tokens.text(word)
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// `arn:partition:service:region:account:resource`.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    fn arn(&mut self, text: &str) -> String {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [arn, partition, service, region, account, resource] = parts.as_slice() else {
            self.count("ARNs");
            return self.tokens.text(text);
        };
        let owner = match *account {
            "" | "*" => (*account).to_owned(),
            // What AWS owns is the same for all.
            "aws" => return text.to_owned(),
            account if shape::is_account(account) => self.tokens.account(account),
            other => self.tokens.text(other),
        };
        self.count("ARNs");
        let typed = !matches!(*service, "s3" | "sns" | "sqs" | "execute-api");
        let resource = self.resource(resource, typed);
        format!("{arn}:{partition}:{service}:{region}:{owner}:{resource}")
    }

    /// The last part of an ARN: type, path, name.
    fn resource(&self, resource: &str, typed: bool) -> String {
        const STEPS: &[&str] = &["app", "net", "gwy", "root", "aws-service-role", "*"];
        let pieces: Vec<&str> = resource.split_inclusive(['/', ':']).collect();
        let several = pieces.len() > 1;
        let mut new = String::with_capacity(resource.len());
        for (at, piece) in pieces.iter().enumerate() {
            let word = piece.trim_end_matches(['/', ':']);
            let hex = word.len() >= 16 && word.bytes().all(|b| b.is_ascii_hexdigit());
            let is_type = typed
                && at == 0
                && several
                && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
            let kept = is_type
                || hex
                || word.is_empty()
                || STEPS.contains(&word)
                || shape::is_id(word)
                || word.starts_with("AWSServiceRoleFor")
                || word.ends_with(".amazonaws.com");
            if kept {
                new.push_str(word);
            } else if shape::is_account(word) {
                new.push_str(&self.tokens.account(word));
            } else {
                new.push_str(&self.tokens.text(word));
            }
            new.push_str(piece.get(word.len()..).unwrap_or_default());
        }
        new
    }

    /// The id in the name of a file: what a field with that id would become.
    pub(super) fn parent(&mut self, parent: &str) -> String {
        // vpc-0….enableDnsSupport
        if parent.split('.').next().is_some_and(shape::is_id) {
            return parent.to_owned();
        }
        let at = At {
            field: "Name",
            around: "",
            tag: false,
        };
        self.text(parent, at).unwrap_or_else(|| parent.to_owned())
    }
}

/// Whether people write what they like into a field.
fn is_free(field: &str) -> bool {
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
fn is_tags(field: &str) -> bool {
    let lower = field.to_ascii_lowercase();
    lower.ends_with("tags") || matches!(lower.as_str(), "tagset" | "taglist")
}

fn is_part_of_tag(key: &str) -> bool {
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

fn category(field: &str, tag: bool) -> &'static str {
    if tag {
        "values of tags"
    } else if field.ends_with("name") {
        "names"
    } else {
        "texts"
    }
}
