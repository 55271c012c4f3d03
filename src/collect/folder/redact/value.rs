//! What becomes of a value: kept, or replaced by a token, by its looks and by the
//! field that it stands in.
//!
//! A text is kept only if it is known to say nothing about its owner: an id of
//! AWS, a word of a closed set, a place, a time, an address. Everything else is
//! replaced; a field that nobody has thought of is replaced too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{json, secrets};
use super::token::Tokens;
use super::{field, shape};

/// What to replace besides what is always replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// Addresses and blocks.
    pub addresses: bool,
    /// Keys of tags.
    pub tag_keys: bool,
}

/// Replaces values, and counts what it replaced.
#[derive(Debug)]
pub(super) struct Replacer {
    pub tokens: Tokens,
    /// Ids of hosted zones, which stand alone in some places.
    pub zones: BTreeSet<String>,
    wish: Wish,
    /// How many values of each category were replaced.
    pub counts: BTreeMap<&'static str, u64>,
}

/// Keys of tags in general use, which name nobody and which rules ask for.
const OWNER_TAGS: &[&str] = &["owner", "team", "costcenter", "cost-center"];
/// Of these the value may be common too.
const ENVIRONMENT_TAGS: &[&str] = &["environment", "env", "stage"];
/// What many call environments that are not production. The others may name a
/// project.
const ENVIRONMENTS: &[&str] = &[
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "staging",
    "sandbox",
    "lab",
    "demo",
    "poc",
];

fn is_common_tag(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let lower = lower.as_str();
    key == "Name" || OWNER_TAGS.contains(&lower) || ENVIRONMENT_TAGS.contains(&lower)
}

fn is_common_environment(key: &str, value: &str) -> bool {
    ENVIRONMENT_TAGS.contains(&key.to_ascii_lowercase().as_str())
        && ENVIRONMENTS.contains(&value.to_ascii_lowercase().as_str())
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
            zones: BTreeSet::new(),
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
        let in_tags = field::is_tags(at.field);
        let pair = in_tags && object.keys().all(|key| field::is_part_of_tag(key));
        let name = object
            .iter()
            .find(|(key, _)| pair && key.to_ascii_lowercase().ends_with("key"))
            .and_then(|(_, value)| value.as_str().map(str::to_owned));
        let fields = std::mem::take(object);
        for (key, mut value) in fields {
            let lower = key.to_ascii_lowercase();
            let inner = At {
                field: &key,
                around: at.field,
                tag: at.tag || in_tags && (!pair || lower.ends_with("value")),
            };
            let tag = if pair {
                name.as_deref()
            } else {
                Some(key.as_str())
            };
            let common = in_tags
                && tag
                    .zip(value.as_str())
                    .is_some_and(|(tag, value)| is_common_environment(tag, value));
            if pair && lower.ends_with("key") {
                self.tag_key(&mut value);
            } else if !common {
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
            && !is_common_tag(key)
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
        if field::is_request(&field) {
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
        // Where people write, what looks like an id may be theirs.
        let theirs = at.tag || field::is_free(&field);
        let is_id = shape::is_known_id(text)
            || !theirs && (shape::is_id(text) || self.zones.contains(text));
        if is_id || shape::is_place(text) {
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
        self.count(field::category(&field, at.tag));
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

        let free = field::is_free(field);
        shape::is_word(text)
            || shape::is_time(text)
            || text.starts_with("com.amazonaws.")
            || text.starts_with("cn.com.amazonaws.")
            || shape::is_endpoint_name(text)
            || shape::is_variant(text)
            // https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
            || matches!(at.field, "ServiceName" | "ServiceNames") && text.starts_with("aws.")
            || text.starts_with("/dev/")
            || self.is_platform_text(text)
            || state_name
            // Names of dimensions and filters are parameters of calls.
            || field == "name" && matches!(at.around, "Dimensions" | "dimensions" | "Filters" | "filters")
            || !free && (shape::is_number(text) || text.len() <= 128 && field::is_closed(field))
            || field == "key"
    }

    /// What AWS writes into the description of an interface: a sentence and an id.
    #[expect(clippy::unused_self, reason = "one of the questions of a replacer")]
    fn is_platform_text(&self, text: &str) -> bool {
        const SENTENCES: &[&str] = &[
            "Interface for NAT Gateway ",
            "Network Interface for Transit Gateway Attachment ",
            "Route 53 Resolver: ",
            "VPC Endpoint Interface ",
        ];
        SENTENCES
            .iter()
            .filter_map(|start| text.strip_prefix(start))
            .any(|ids| ids.split(':').all(shape::is_id))
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
        let mut changed = false;
        let mut new = Vec::with_capacity(labels.len());
        for (at, label) in labels.iter().enumerate() {
            let last = at + 1 >= named;
            let kept = label.is_empty()
                || matches!(*label, "*" | "\\052")
                || at + owned >= named
                || owned > 0
                    && (shape::is_platform_label(label) || is_service(&labels, at, named - owned))
                || last && shape::is_public_end(&label.to_ascii_lowercase());
            if shape::is_account(label) {
                changed = true;
                new.push(self.tokens.account(label));
                continue;
            }
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
            "aws" | "AWS" => return text.to_owned(),
            account if shape::is_account(account) => self.tokens.account(account),
            other => self.tokens.text(other),
        };
        self.count("ARNs");
        let typed = !matches!(*service, "s3" | "sns" | "sqs" | "execute-api");
        let plain = matches!(*region, "" | "*") || shape::is_place(region);
        let region = if plain {
            (*region).to_owned()
        } else {
            self.tokens.text(region)
        };
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
        if let Some((parent, variant)) = parent.rsplit_once('.')
            && shape::is_variant(variant)
        {
            return format!("{}.{variant}", self.parent(parent));
        }
        let at = At {
            field: "parent",
            around: "",
            tag: false,
        };
        self.text(parent, at).unwrap_or_else(|| parent.to_owned())
    }
}

/// Whether a label of a name of AWS is that of a service: `s3` in
/// `s3.amazonaws.com`, `s3.us-east-1.amazonaws.com` and
/// `vpce-….s3.us-east-1.vpce.amazonaws.com`. What stands before a region in other
/// names (of load balancers, of domains) was chosen by somebody.
fn is_service(labels: &[&str], at: usize, own: usize) -> bool {
    let rest = labels.get(at + 1..own).unwrap_or_default();
    match rest {
        [] => {
            at == 0
                && labels
                    .get(own)
                    .is_some_and(|label| label.eq_ignore_ascii_case("amazonaws"))
        }
        [place] => shape::is_place(place),
        [place, kind] => shape::is_place(place) && *kind == "vpce",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::Key;
    use super::*;

    fn replacer(wish: Wish) -> Replacer {
        Replacer::new(Tokens::new(Key::new([3; 32])), wish)
    }

    /// What a value becomes in a field.
    fn becomes(field: &str, text: &str) -> String {
        let mut value = json!({ field: text });
        replacer(Wish::default()).document(&mut value);
        value[field].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_aws_says_stays() {
        for (field, text) in [
            ("State", "available"),
            ("VpcEndpointType", "Resource"),
            ("VpcId", "vpc-019313eb4fb7d0323"),
            ("Id", "/hostedzone/Z0A1DB4D6C4E077AC81B5"),
            ("AvailabilityZone", "us-east-1a"),
            ("ServiceName", "com.amazonaws.us-east-1.s3"),
            ("CidrBlock", "10.0.0.0/8"),
            ("AttachmentId", "ela-attach-0a25ec6b8e8d3f0b9"),
            (
                "Description",
                "Route 53 Resolver: rslvr-out-224933f71a0798cb2:rni-146a17f21b2d2f481",
            ),
            ("Id", "bytesProcessed_vpce_0b43179223bb7f9f8"),
            (
                "DnsName",
                "vpce-00b6fa12100ebdc4f-c1da8749.vpce-svc-0d9e3c77d765858b4.us-east-1.vpce.amazonaws.com",
            ),
            ("DnsName", "secretsmanager.us-east-1.amazonaws.com"),
            (
                "DnsName",
                "vpce-02643488e22634e82-snra-0107bcb597ae28590.rcfg-0062fc490634b4567.0eefd75.vpc-lattice-rsc.us-east-1.on.aws",
            ),
            ("Service", "vpce.amazonaws.com"),
            (
                "Value",
                "ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
            ),
            ("InstanceType", "m7g.large"),
            ("CreationTimestamp", "2026-02-10T09:12:41.220000+00:00"),
            ("portRanges", "10000-19999"),
            (
                "ResourceArn",
                "arn:aws:ec2:us-east-1:aws:prefix-list/pl-09ec487d636ea60d0",
            ),
            ("GroupName", "default"),
            (
                "Description",
                "VPC Endpoint Interface vpce-099a941882c757792",
            ),
        ] {
            assert_eq!(becomes(field, text), text, "{field}");
        }
    }

    #[test]
    fn what_somebody_chose_goes() {
        for (field, text, gone) in [
            ("Name", "acme-prod", "acme"),
            ("Name", "acme-vpc-0a25ec6b8e8d3f0b9", "acme"),
            ("Description", "for acme", "acme"),
            ("UnheardOf", "acme", "acme"),
            ("Name", "db.acme.internal.", "acme"),
            (
                "DNSName",
                "internal-acme-123.us-east-1.elb.amazonaws.com",
                "acme",
            ),
            (
                "Address",
                "acme.abc123.ng.0001.use1.cache.amazonaws.com",
                "acme",
            ),
            (
                "Endpoint",
                "vpc-acme-abc.us-east-1.es.amazonaws.com",
                "acme",
            ),
            ("Endpoint", "acme.s3.us-east-1.amazonaws.com", "acme"),
            (
                "Endpoint",
                "111122223333.s3-control.us-east-1.amazonaws.com",
                "1111",
            ),
            ("Host", "acme.ec2.internal", "acme"),
            ("Arn", "arn:aws:iam::111122223333:role/acme/Admin", "acme"),
            (
                "Arn",
                "arn:aws:sts::111122223333:assumed-role/Admin/jane@acme",
                "Admin",
            ),
            ("Arn", "arn:aws:s3:::acme/*", "acme"),
            (
                "Arn",
                "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/acme/50dc6c495c0c9188",
                "acme",
            ),
            ("Arn", "arn:acme", "acme"),
            ("Value", "10 mail.acme.com", "acme"),
            ("Value", "\"acme=1\"", "acme"),
            (
                "PolicyDocument",
                "{\"Statement\":[{\"Sid\":\"acme\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"}}]}",
                "acme",
            ),
            ("OwnerId", "111122223333", "1111"),
            ("requestId", "ab4ab823-a244-933e-1326-6946d1690ae5", "ab4a"),
        ] {
            let new = becomes(field, text);
            assert!(!new.contains(gone), "{field}: {new}");
            assert!(!new.contains("111122223333"), "{new}");
        }
        let arn = becomes(
            "Arn",
            "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/acme/50dc6c495c0c9188",
        );
        assert!(
            arn.contains(":loadbalancer/app/anon-") && arn.ends_with("/50dc6c495c0c9188"),
            "{arn}"
        );
    }

    #[test]
    fn the_same_value_has_the_same_token_everywhere() {
        let mut value = json!({
            "Name": "acme", "Description": "acme", "Tags": [{"Key": "Name", "Value": "acme"}],
            "tags": {"Team": "acme"}, "Arn": "arn:aws:sns:us-east-1:111122223333:acme",
            "Zone": {"Name": "acme.internal."}, "OwnerId": "111122223333",
        });
        let mut replacer = replacer(Wish::default());
        replacer.document(&mut value);
        let token = replacer.tokens.text("acme");
        let account = replacer.tokens.account("111122223333");
        assert_eq!(
            value,
            json!({
                "Name": token, "Description": token, "Tags": [{"Key": "Name", "Value": token}],
                "tags": {"Team": token}, "Arn": format!("arn:aws:sns:us-east-1:{account}:{token}"),
                "Zone": {"Name": format!("{token}.internal.")}, "OwnerId": account,
            })
        );
        assert_eq!(replacer.counts["values of tags"], 2);
        assert_eq!(replacer.parent("acme"), token);
        assert_eq!(
            replacer.parent("vpc-019313eb4fb7d0323.enableDnsSupport"),
            "vpc-019313eb4fb7d0323.enableDnsSupport"
        );
    }

    #[test]
    fn values_of_tags_go_even_if_they_look_like_words_of_aws() {
        let mut value = json!({"Tags": [
            {"Key": "Shape", "Value": "default"}, {"Key": "Cost", "Value": "4711"}, {"Key": "State", "Value": "available"},
            {"Key": "Customer", "Value": "ab4ab823-a244-933e-1326-6946d1690ae5"}, {"Key": "aws:cloudformation:stack-name", "Value": "acme"},
        ]});
        replacer(Wish {
            tag_keys: true,
            ..Wish::default()
        })
        .document(&mut value);
        for tag in value["Tags"].as_array().unwrap() {
            assert!(tag["Value"].as_str().unwrap().starts_with("anon-"), "{tag}");
            let key = tag["Key"].as_str().unwrap();
            assert!(key.starts_with("anon-") || key.starts_with("aws:"), "{tag}");
        }
    }

    #[test]
    fn what_many_call_owners_and_environments_stays() {
        let mut value = json!({
            "Tags": [
                {"Key": "Stage", "Value": "Staging"}, {"Key": "env", "Value": "acme-staging"}, {"Key": "Owner", "Value": "acme"},
                {"Key": "Customer", "Value": "staging"},
            ],
            "tags": {"environment": "dev", "team": "dev"},
        });
        replacer(Wish {
            tag_keys: true,
            ..Wish::default()
        })
        .document(&mut value);
        let tags = value["Tags"].as_array().unwrap();
        let keys: Vec<&str> = tags
            .iter()
            .map(|tag| tag["Key"].as_str().unwrap())
            .collect();
        assert_eq!(keys[..3], ["Stage", "env", "Owner"]);
        assert!(keys[3].starts_with("anon-"), "{}", keys[3]);
        assert_eq!(tags[0]["Value"], "Staging");
        for tag in &tags[1..] {
            assert!(tag["Value"].as_str().unwrap().starts_with("anon-"), "{tag}");
        }
        assert_eq!(value["tags"]["environment"], "dev");
        assert!(value["tags"]["team"].as_str().unwrap().starts_with("anon-"));
    }

    #[test]
    fn addresses_go_when_they_are_asked_to() {
        let wish = Wish {
            addresses: true,
            ..Wish::default()
        };
        let mut value = json!({"CidrBlock": "10.20.0.0/16", "PrivateIpAddress": "10.20.4.4", "PrivateDnsName": "ip-10-20-4-4.ec2.internal", "CidrIp": "0.0.0.0/0"});
        replacer(wish).document(&mut value);
        let address = value["PrivateIpAddress"].as_str().unwrap().to_owned();
        assert_ne!(address, "10.20.4.4");
        assert_eq!(
            value["PrivateDnsName"],
            format!("ip-{}.ec2.internal", address.replace('.', "-"))
        );
        assert_eq!(value["CidrIp"], "0.0.0.0/0");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(field in "[A-Za-z]{0,12}", text in "\\PC{0,40}|arn:[a-z:/*0-9]{0,60}|[a-z0-9.-]{0,40}(amazonaws.com|on.aws|awsdns-)?\\.?") {
            let wish = Wish { addresses: true, tag_keys: true };
            let mut value = json!({ field: [text.clone(), {"Tags": [{"Key": text.clone(), "Value": text}]}] });
            replacer(wish).document(&mut value);
        }
    }
}
