//! `connections:` of the configuration: what is meant to be connected.
//!
//! May use the tree of a document, and makes objects of the kind `connection` of
//! it, each value with its place. Whether what is named exists is for rules.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::collect::{Object, Written};
use crate::diagnostic::Diagnostic;
use crate::graph::prefixes;
use crate::rules::expression::suggest;
use crate::rules::tree::{Reader, Shape, Tree};
use crate::snapshot::record::Kind;

/// Keys of a connection.
const KEYS: &[&str] = &[
    "name",
    "provider",
    "endpoints",
    "service",
    "replication-groups",
    "domain",
    "subscription",
    "region",
    "clients",
    "ports",
    "az-ids",
    "principals",
];

/// Connections of one file; more are a mistake, or an attack on its memory.
const MAX_CONNECTIONS: usize = 10_000;
/// Values of one list.
const MAX_VALUES: usize = 10_000;
/// Characters of a text.
const MAX_TEXT: usize = 512;

/// The connections of a document.
pub(super) fn read(
    path: &str,
    text: &Arc<str>,
    document: &Tree,
) -> Result<Option<Written>, Vec<Diagnostic>> {
    let Some(list) = document.get("connections") else {
        return Ok(None);
    };
    let mut reader = Reader::new(path, text);
    let items = reader.list(list, "`connections`");
    if items.len() > MAX_CONNECTIONS {
        let message = format!("{} connections; at most {MAX_CONNECTIONS}", items.len());
        reader.wrong(list, message);
    }
    let mut names = BTreeSet::new();
    let mut objects = Vec::new();
    for (number, item) in items.iter().take(MAX_CONNECTIONS).enumerate() {
        let entry = Entry::new(number, item, text);
        objects.extend(entry.read(item, &mut names, &mut reader));
    }
    if reader.problems.is_empty() {
        Ok(Some(Written {
            path: path.to_owned(),
            text: Arc::clone(text),
            key: "Connections",
            objects,
        }))
    } else {
        Err(reader.problems)
    }
}

/// A connection that is being read.
struct Entry<'t> {
    object: Object,
    pointer: String,
    text: &'t str,
}

/// A value and where it is.
struct At<'t> {
    key: &'static str,
    number: Option<usize>,
    tree: &'t Tree,
}

impl<'t> Entry<'t> {
    fn new(number: usize, item: &Tree, text: &'t str) -> Self {
        let mut entry = Self {
            object: Object::default(),
            pointer: format!("/connections/{number}"),
            text,
        };
        let place = (entry.pointer.clone(), entry.span(item));
        entry.object.places.insert(String::new(), place);
        entry
    }

    fn span(&self, tree: &Tree) -> Range<usize> {
        tree.span(self.text).unwrap_or(0..0)
    }

    fn read(
        mut self,
        item: &Tree,
        names: &mut BTreeSet<String>,
        reader: &mut Reader<'_>,
    ) -> Option<Object> {
        let keys = reader.map(item, "a connection", KEYS)?;
        for wanted in ["name", "provider"] {
            if !keys.iter().any(|(key, _)| *key == wanted) {
                reader.wrong(item, format!("a connection needs the key `{wanted}`"));
            }
        }
        for (key, value) in keys {
            self.key(key, value, names, reader);
        }
        Some(self.object)
    }

    fn key(
        &mut self,
        key: &str,
        value: &Tree,
        names: &mut BTreeSet<String>,
        reader: &mut Reader<'_>,
    ) {
        match key {
            "name" => self.name(value, names, reader),
            "provider" => self.provider(value, reader),
            "service" => self.service(value, reader),
            "domain" => self.one("domain", "Domain", value, reader, domain),
            "subscription" => self.one("subscription", "SubscriptionId", value, reader, any),
            "region" => self.one("region", "Region", value, reader, region),
            "endpoints" => self.many("endpoints", value, reader, |text| {
                id("vpce-", text).map(|text| ("VpcEndpointIds", text))
            }),
            "replication-groups" => self.many("replication-groups", value, reader, |text| {
                Ok(("ReplicationGroupIds", text.to_owned()))
            }),
            "clients" => self.many("clients", value, reader, client),
            "ports" => self.many("ports", value, reader, ports),
            "az-ids" => self.many("az-ids", value, reader, zone),
            "principals" => self.many("principals", value, reader, principal),
            _ => {}
        }
    }

    fn name(&mut self, value: &Tree, names: &mut BTreeSet<String>, reader: &mut Reader<'_>) {
        let Some(text) = short(value, "`name`", reader) else {
            return;
        };
        if names.insert(text.clone()) {
            self.put("Name", text, &at("name", None, value));
        } else {
            reader.wrong_help(
                value,
                format!("the connection `{text}` is there twice"),
                "give each connection its own name",
            );
        }
    }

    fn provider(&mut self, value: &Tree, reader: &mut Reader<'_>) {
        let Some(text) = short(value, "`provider`", reader) else {
            return;
        };
        let known = Kind::Connection.spec().fields.iter();
        let known = known.filter(|field| field.name == "Provider");
        let known: Vec<&str> = known.flat_map(|field| field.values).copied().collect();
        if known.contains(&text.as_str()) {
            self.put("Provider", text, &at("provider", None, value));
        } else {
            let help = suggest::among(&text, known.into_iter());
            reader.wrong_help(value, format!("no provider is called `{text}`"), help);
        }
    }

    /// A service by its name, or one of ours by its id. The name of one of ours
    /// ends with its id.
    fn service(&mut self, value: &Tree, reader: &mut Reader<'_>) {
        let Some(text) = short(value, "`service`", reader) else {
            return;
        };
        let place = at("service", None, value);
        let own = text.rsplit('.').next().unwrap_or_default().to_owned();
        if !own.starts_with("vpce-svc-") && !text.starts_with("com.amazonaws.") {
            reader.wrong_help(
                value,
                format!("`{text}` is no endpoint service"),
                "write com.amazonaws.vpce.<region>.vpce-svc-…, or vpce-svc-… for one of your own",
            );
            return;
        }
        if own.starts_with("vpce-svc-") {
            self.put("VpcEndpointServiceId", own, &place);
        }
        if text.contains('.') {
            self.put("ServiceName", text, &place);
        }
    }

    fn one(
        &mut self,
        key: &'static str,
        field: &'static str,
        value: &Tree,
        reader: &mut Reader<'_>,
        parse: fn(&str) -> Result<String, &'static str>,
    ) {
        let Some(text) = short(value, &format!("`{key}`"), reader) else {
            return;
        };
        match parse(&text) {
            Ok(text) => self.put(field, text, &at(key, None, value)),
            Err(wanted) => reader.wrong(value, format!("`{text}` is not {wanted}")),
        }
    }

    fn many(
        &mut self,
        key: &'static str,
        value: &Tree,
        reader: &mut Reader<'_>,
        parse: fn(&str) -> Result<(&'static str, String), &'static str>,
    ) {
        let what = format!("an entry of `{key}`");
        let is_list = matches!(value.value, Shape::List(_));
        let items = reader.one_or_more(value, &format!("`{key}`"));
        if items.len() > MAX_VALUES {
            reader.wrong(value, format!("`{key}` has more than {MAX_VALUES} entries"));
        }
        for (number, item) in items.iter().take(MAX_VALUES).enumerate() {
            let Some(text) = short(item, &what, reader) else {
                continue;
            };
            match parse(&text) {
                Ok((field, text)) => {
                    self.push(field, text, &at(key, is_list.then_some(number), item));
                }
                Err(wanted) => reader.wrong(item, format!("`{text}` is not {wanted}")),
            }
        }
    }

    fn pointer(&self, at: &At<'_>) -> String {
        match at.number {
            Some(number) => format!("{}/{}/{number}", self.pointer, at.key),
            None => format!("{}/{}", self.pointer, at.key),
        }
    }

    fn put(&mut self, field: &str, text: String, at: &At<'_>) {
        let place = (self.pointer(at), self.span(at.tree));
        self.object.places.insert(field.to_owned(), place);
        self.object.fields.insert(field.to_owned(), text.into());
    }

    /// Adds to a list; what is about the list is shown at its first value.
    fn push(&mut self, field: &str, text: String, at: &At<'_>) {
        let place = (self.pointer(at), self.span(at.tree));
        let list = self
            .object
            .fields
            .entry(field)
            .or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(values) = list else {
            return;
        };
        let path = format!("{field}/{}", values.len());
        values.push(text.into());
        self.object
            .places
            .entry(field.to_owned())
            .or_insert_with(|| place.clone());
        self.object.places.insert(path, place);
    }
}

const fn at<'t>(key: &'static str, number: Option<usize>, tree: &'t Tree) -> At<'t> {
    At { key, number, tree }
}

/// A text or a whole number, not empty and not longer than anything real.
fn short(value: &Tree, what: &str, reader: &mut Reader<'_>) -> Option<String> {
    if let Shape::Int(number) = value.value {
        return Some(number.to_string());
    }
    let text = reader.text(value, what)?;
    if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
        reader.wrong(
            value,
            format!("{what} has at most {MAX_TEXT} characters, all of them visible"),
        );
        return None;
    }
    Some(text.to_owned())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one of several ways to read a text"
)]
fn any(text: &str) -> Result<String, &'static str> {
    Ok(text.to_owned())
}

fn id(prefix: &'static str, text: &str) -> Result<String, &'static str> {
    let rest = text
        .strip_prefix(prefix)
        .filter(|rest| !rest.starts_with("svc-"));
    match rest {
        Some(rest) if !rest.is_empty() => Ok(text.to_owned()),
        _ => Err("the id of an endpoint, `vpce-…`"),
    }
}

fn domain(text: &str) -> Result<String, &'static str> {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let good = |c: char| c.is_ascii_alphanumeric() || "-_.*".contains(c);
    let dotted = name.contains('.') && name.split('.').all(|label| !label.is_empty());
    if dotted && name.chars().all(good) {
        Ok(name)
    } else {
        Err(
            "a name such as `in01-0a1b.aws-us-east-1.vectordb.zillizcloud.com`; leave out scheme and port",
        )
    }
}

fn region(text: &str) -> Result<String, &'static str> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let parts = text.split('-').count();
    if text.chars().all(good) && parts >= 3 && text.ends_with(|c: char| c.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("a region such as `us-east-1`")
    }
}

/// An AZ ID is the same zone in every account: `use1-az1`.
fn zone(text: &str) -> Result<(&'static str, String), &'static str> {
    match text.split_once("-az") {
        Some((region, number))
            if !region.is_empty()
                && !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit()) =>
        {
            Ok(("AvailabilityZoneIds", text.to_owned()))
        }
        _ => Err(
            "the id of a zone such as `use1-az1`; names such as us-east-1a mean other zones in other accounts",
        ),
    }
}

fn principal(text: &str) -> Result<(&'static str, String), &'static str> {
    if text.starts_with("arn:") || text == "*" {
        Ok(("Principals", text.to_owned()))
    } else {
        Err("an ARN such as `arn:aws:iam::111122223333:root`")
    }
}

fn ports(text: &str) -> Result<(&'static str, String), &'static str> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    match (port(low), port(high)) {
        (Some(low), Some(high)) if low < high => Ok(("Ports", format!("{low}-{high}"))),
        (Some(low), Some(high)) if low == high => Ok(("Ports", low.to_string())),
        _ => Err("a port or a range such as `10000-19999`, from 1 to 65535"),
    }
}

/// Clients are told apart by how their ids begin; a block holds clients too.
fn client(text: &str) -> Result<(&'static str, String), &'static str> {
    let field = match text.split_once('-') {
        Some(("vpc", rest)) if !rest.is_empty() => "ClientVpcIds",
        Some(("subnet", rest)) if !rest.is_empty() => "ClientSubnetIds",
        Some(("sg", rest)) if !rest.is_empty() => "ClientSecurityGroupIds",
        _ if prefixes::parse(text).is_some() => "ClientCidrs",
        _ => return Err("vpc-…, subnet-…, sg-… or a block such as `10.0.0.0/8`"),
    };
    Ok((field, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tree;

    fn of(text: &str) -> Result<Option<Written>, Vec<String>> {
        let text: Arc<str> = text.into();
        let document = tree::read("plaudit.yaml", &text).unwrap();
        read("plaudit.yaml", &text, &document).map_err(|problems| {
            let line = |problem: &Diagnostic| {
                let (line, column) = problem.position().unwrap();
                let help = problem.help.clone().unwrap_or_default();
                format!("{line}:{column} {} {help}", problem.message)
                    .trim()
                    .to_owned()
            };
            problems.iter().map(line).collect()
        })
    }

    #[test]
    fn values_become_fields_with_their_places() {
        let text = "\
connections:
  - name: orders
    provider: redis-cloud
    endpoints: [vpce-1, vpce-2]
    clients:
      - vpc-1
      - 10.0.0.0/8
      - sg-1
      - subnet-1
    ports: [6379, 10000-19999]
    subscription: 4711
    region: us-east-1
    az-ids: use1-az1
";
        let written = of(text).unwrap().unwrap();
        let object = &written.objects[0];
        assert_eq!(
            Value::Object(object.fields.clone()),
            serde_json::json!({
                "Name": "orders",
                "Provider": "redis-cloud",
                "VpcEndpointIds": ["vpce-1", "vpce-2"],
                "ClientVpcIds": ["vpc-1"],
                "ClientSubnetIds": ["subnet-1"],
                "ClientSecurityGroupIds": ["sg-1"],
                "ClientCidrs": ["10.0.0.0/8"],
                "Ports": ["6379", "10000-19999"],
                "SubscriptionId": "4711",
                "Region": "us-east-1",
                "AvailabilityZoneIds": ["use1-az1"],
            })
        );
        let place = |path: &str| {
            let (pointer, span) = &object.places[path];
            (pointer.as_str(), &text[span.clone()])
        };
        assert_eq!(place("Name"), ("/connections/0/name", "orders"));
        assert_eq!(
            place("VpcEndpointIds/1"),
            ("/connections/0/endpoints/1", "vpce-2")
        );
        assert_eq!(
            place("ClientCidrs/0"),
            ("/connections/0/clients/1", "10.0.0.0/8")
        );
        assert_eq!(
            place("AvailabilityZoneIds/0"),
            ("/connections/0/az-ids", "use1-az1")
        );
        assert_eq!(place("").0, "/connections/0");
    }

    #[test]
    fn a_service_of_ours_is_known_by_its_id() {
        let service = |text: &str| {
            let text = format!("connections: [{{name: a, provider: emqx, service: {text}}}]");
            Value::Object(of(&text).unwrap().unwrap().objects[0].fields.clone())
        };
        assert_eq!(service("vpce-svc-1")["VpcEndpointServiceId"], "vpce-svc-1");
        let named = service("com.amazonaws.vpce.us-east-1.vpce-svc-1");
        assert_eq!(named["VpcEndpointServiceId"], "vpce-svc-1");
        assert_eq!(
            named["ServiceName"],
            "com.amazonaws.vpce.us-east-1.vpce-svc-1"
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once_and_where() {
        let wrong = of("\
connections:
  - name: a
    provider: ziliz
    endpoints: [vpce-svc-1, vpce-2]
    ports: [0, 20-10, http]
    client: [vpc-1]
  - name: a
    provider: emqx
    az-ids: [us-east-1a]
    domain: https://x
    service: nonsense
    principals: [me]
    region: here
    clients: [i-1]
  - {}
  - 7
")
        .unwrap_err();
        let wrong: Vec<&str> = wrong
            .iter()
            .map(|one| one.split(',').next().unwrap())
            .collect();
        assert_eq!(
            wrong,
            [
                "6:5 a connection has no key `client` did you mean `clients`?",
                "3:15 no provider is called `ziliz` did you mean `zilliz`?",
                "4:17 `vpce-svc-1` is not the id of an endpoint",
                "5:13 `0` is not a port or a range such as `10000-19999`",
                "5:16 `20-10` is not a port or a range such as `10000-19999`",
                "5:23 `http` is not a port or a range such as `10000-19999`",
                "7:11 the connection `a` is there twice give each connection its own name",
                "9:14 `us-east-1a` is not the id of a zone such as `use1-az1`; names such as us-east-1a mean other zones in other accounts",
                "10:13 `https://x` is not a name such as `in01-0a1b.aws-us-east-1.vectordb.zillizcloud.com`; leave out scheme and port",
                "11:14 `nonsense` is no endpoint service write com.amazonaws.vpce.<region>.vpce-svc-…",
                "12:18 `me` is not an ARN such as `arn:aws:iam::111122223333:root`",
                "13:13 `here` is not a region such as `us-east-1`",
                "14:15 `i-1` is not vpc-…",
                "15:5 a connection needs the key `name`",
                "15:5 a connection needs the key `provider`",
                "16:5 a connection is a map",
            ]
        );
        assert!(of("rules: []\n").unwrap().is_none());
        assert_eq!(
            of("connections: 7\n").unwrap_err(),
            ["1:14 `connections` is a list, and this is a number"]
        );
    }
}
