//! A file of intents as people write it.
//!
//! `plaudit schema intents` prints its shape for editors. May use the tree and
//! collect what is wrong; whether a place exists is asked of a snapshot, later.

use super::traffic;
use crate::findings::{Reference, Severity};
use crate::graph::reach::flow::Traffic;
use crate::rules::expression::suggest;
use crate::rules::intent::{Expect, Intent, Question, Selector};
use crate::rules::load::digest;
use crate::rules::load::facts::is_date;
use crate::rules::tree::{Reader, Shape, Tree};
use crate::snapshot::record::Kind;

/// Keys of an intent.
const KEYS: &[&str] = &[
    "name",
    "from",
    "to",
    "ports",
    "client-ports",
    "expect",
    "resolve",
    "severity",
    "reason",
    "owner",
    "references",
];

/// Characters of a name.
const MAX_NAME: usize = 128;
/// Characters of any other text.
const MAX_TEXT: usize = 4096;

/// The intents of a document; what is wrong is left to the reader.
pub(super) fn intents(document: &Tree, reader: &mut Reader<'_>) -> Vec<Intent> {
    let Some(keys) = reader.map(document, "a file of intents", &["intents"]) else {
        return Vec::new();
    };
    let Some((_, list)) = keys.first() else {
        if reader.problems.is_empty() {
            reader.wrong_help(
                document,
                "there are no intents",
                "begin with `intents:` and a list, or give a Network Access Analyzer scope",
            );
        }
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in reader.list(list, "`intents`") {
        found.extend(intent(item, reader));
    }
    found
}

fn intent(item: &Tree, reader: &mut Reader<'_>) -> Option<Intent> {
    let before = reader.problems.len();
    let keys = reader.map(item, "an intent", KEYS)?;
    let get = |key: &str| keys.iter().find(|(name, _)| *name == key).map(|(_, v)| *v);
    for key in ["name", "from", "to", "ports", "expect"] {
        if get(key).is_none() {
            reader.wrong(item, format!("the intent has no `{key}`"));
        }
    }
    let name = get("name").and_then(|value| name(value, reader));
    let from = get("from").map(|value| selectors(value, "`from`", reader));
    let to = get("to").map(|value| selectors(value, "`to`", reader));
    let mut traffic = get("ports").map_or_else(Vec::new, |value| ports(value, reader));
    if let Some(value) = get("client-ports") {
        client_ports(value, &mut traffic, reader);
    }
    let expect = get("expect").and_then(|value| {
        let known = [Expect::MustReach, Expect::MustNotReach];
        one_of(value, "`expect`", &known, |expect| expect.name(), reader)
    });
    let severity = get("severity").map_or(Some(Severity::High), |value| severity(value, reader));
    let resolve = get("resolve").and_then(|value| text(value, "`resolve`", reader));
    let reason = get("reason").and_then(|value| text(value, "`reason`", reader));
    let owner = get("owner").and_then(|value| text(value, "`owner`", reader));
    let references = get("references").map_or_else(Vec::new, |value| references(value, reader));
    if let (Some(value), Some(Expect::MustNotReach)) = (get("resolve"), expect) {
        reader.wrong_help(
            value,
            "`resolve` belongs to `expect: must-reach`",
            "what must not be reached need not have a name; leave it out",
        );
    }
    if reader.problems.len() > before {
        return None;
    }
    Some(Intent {
        name: name?,
        expect: expect?,
        question: Question::Ways {
            from: from?,
            to: to?,
            traffic,
            resolve,
        },
        severity: severity?,
        reason,
        owner,
        references,
        file: reader.path.to_owned(),
        line: item.line(reader.source),
        digest: digest(&[reader.source]),
    })
}

fn name(value: &Tree, reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.text(value, "`name`")?;
    if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        reader.wrong(
            value,
            format!("a name has at most {MAX_NAME} characters, all of them visible"),
        );
        return None;
    }
    Some(name.to_owned())
}

fn text(value: &Tree, what: &str, reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.text(value, what)?;
    if text.chars().count() > MAX_TEXT {
        reader.wrong(value, format!("{what} has at most {MAX_TEXT} characters"));
        return None;
    }
    Some(text.to_owned())
}

/// Places, or resources by their tags; one or several.
fn selectors(value: &Tree, what: &str, reader: &mut Reader<'_>) -> Vec<Selector> {
    let mut found = Vec::new();
    for item in reader.one_or_more(value, what) {
        if let Shape::Map(_) = &item.value {
            found.extend(tagged(item, what, reader));
        } else if let Some(place) = text(item, what, reader) {
            found.push(Selector::Place(place));
        }
    }
    found
}

fn tagged(item: &Tree, what: &str, reader: &mut Reader<'_>) -> Option<Selector> {
    let keys = reader.map(item, what, &["kind", "tags"])?;
    let get = |key: &str| keys.iter().find(|(name, _)| *name == key).map(|(_, v)| *v);
    let (Some(kind), Some(tags)) = (get("kind"), get("tags")) else {
        reader.wrong_help(
            item,
            format!("{what} by tags needs `kind` and `tags`"),
            "such as {kind: instance, tags: {Role: worker}}",
        );
        return None;
    };
    let kind = one_of(kind, "`kind`", PLACES, |kind| kind.spec().name, reader);
    let Shape::Map(entries) = &tags.value else {
        reader.wrong(
            tags,
            format!("`tags` is a map, and this is {}", tags.noun()),
        );
        return None;
    };
    let mut wanted = Vec::new();
    for (key, value) in entries {
        let key = text(key, "the key of a tag", reader)?;
        // An empty value is a value.
        let value = match &value.value {
            Shape::Text(text) => text.clone(),
            Shape::Int(number) => number.to_string(),
            Shape::Bool(truth) => truth.to_string(),
            _ => {
                reader.wrong(
                    value,
                    format!("the value of a tag is a text, and this is {}", value.noun()),
                );
                return None;
            }
        };
        wanted.push((key, value));
    }
    if wanted.is_empty() {
        reader.wrong(tags, "`tags` is empty");
        return None;
    }
    Some(Selector::Tagged {
        kind: kind?,
        tags: wanted,
    })
}

/// Kinds that are places and may have tags.
const PLACES: &[Kind] = &[
    Kind::Instance,
    Kind::NetworkInterface,
    Kind::Subnet,
    Kind::SecurityGroup,
    Kind::Vpc,
    Kind::VpcEndpoint,
];

fn ports(value: &Tree, reader: &mut Reader<'_>) -> Vec<Traffic> {
    let mut found = Vec::new();
    for item in reader.one_or_more(value, "`ports`") {
        let Some(written) = reader.text(item, "`ports`") else {
            continue;
        };
        match traffic::parse(written) {
            Some(traffic) => found.push(traffic),
            None => reader.wrong_help(
                item,
                format!("`{written}` is no protocol with ports"),
                traffic::FORMS,
            ),
        }
    }
    found
}

fn client_ports(value: &Tree, traffic: &mut [Traffic], reader: &mut Reader<'_>) {
    let number = match value.value {
        Shape::Int(number) => Some(number.to_string()),
        _ => None,
    };
    let written = match &number {
        Some(number) => number,
        None => match reader.text(value, "`client-ports`") {
            Some(written) => written,
            None => return,
        },
    };
    match traffic::range(written) {
        Some(range) => {
            for traffic in traffic {
                traffic.client_ports.clone_from(&range);
            }
        }
        None => reader.wrong_help(
            value,
            format!("`{written}` is no range of ports"),
            "write 32768-60999, the ports that your clients send from",
        ),
    }
}

fn severity(value: &Tree, reader: &mut Reader<'_>) -> Option<Severity> {
    const ALL: &[(&str, Severity)] = &[
        ("info", Severity::Info),
        ("low", Severity::Low),
        ("medium", Severity::Medium),
        ("high", Severity::High),
        ("critical", Severity::Critical),
    ];
    one_of(value, "`severity`", ALL, |(name, _)| name, reader).map(|(_, severity)| severity)
}

fn one_of<T: Copy>(
    value: &Tree,
    what: &str,
    known: &[T],
    name: impl Fn(&T) -> &'static str,
    reader: &mut Reader<'_>,
) -> Option<T> {
    let written = reader.text(value, what)?;
    let found = known.iter().find(|known| name(known) == written).copied();
    if found.is_none() {
        reader.wrong_help(
            value,
            format!("{what} cannot be `{written}`"),
            suggest::among(written, known.iter().map(name)),
        );
    }
    found
}

fn references(value: &Tree, reader: &mut Reader<'_>) -> Vec<Reference> {
    let mut found = Vec::new();
    for item in reader.list(value, "`references`") {
        let Some(keys) = reader.map(item, "a reference", &["title", "url", "date"]) else {
            continue;
        };
        let get = |key: &str| keys.iter().find(|(name, _)| *name == key).map(|(_, v)| *v);
        let mut texts = ["title", "url", "date"].map(|key| {
            let Some(value) = get(key) else {
                reader.wrong(item, format!("the reference has no `{key}`"));
                return None;
            };
            text(value, &format!("`{key}`"), reader)
        });
        if let (Some(value), Some(date)) = (get("date"), &texts[2])
            && !is_date(date)
        {
            reader.wrong(value, "the date of a reference is a day: YYYY-MM-DD");
        }
        if let [Some(title), Some(url), Some(date)] = &mut texts {
            found.push(Reference {
                title: std::mem::take(title),
                url: std::mem::take(url),
                date: std::mem::take(date),
            });
        }
    }
    found
}
