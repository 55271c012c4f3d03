//! JSON for programs: versioned, complete, one finding per line.
//!
//! May use only [`findings`](crate::findings); where the format differs from
//! the model it has its own structs, and `docs/schema/report.schema.json` says
//! what every field means. Findings are streamed and never collected, because
//! there may be millions of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::visible;
use crate::findings::{
    Confidence, Control, Counts, Reference, Report, RuleSummary, Severity, Summary,
};

/// Name and version of the format. The number changes when a reader of the old
/// one would misread the new one; fields may be added without.
const FORMAT: &str = "plaudit-report/1";

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
}

/// As [`Summary`], with severities as keys.
#[derive(Serialize)]
struct SummaryObject<'a> {
    verdicts: Counts,
    #[serde(serialize_with = "map")]
    by_severity: &'a [(Severity, u64)],
    resources: u64,
    rules: u64,
    complete: bool,
    calls_complete: u64,
    calls: u64,
    at_threshold: u64,
    fail_on: Option<Severity>,
    exit: u8,
}

impl<'a> From<&'a Summary> for SummaryObject<'a> {
    fn from(summary: &'a Summary) -> Self {
        Self {
            verdicts: summary.verdicts,
            by_severity: &summary.by_severity,
            resources: summary.resources,
            rules: summary.rules,
            complete: summary.complete,
            calls_complete: summary.calls_complete,
            calls: summary.calls,
            at_threshold: summary.at_threshold,
            fail_on: summary.fail_on,
            exit: summary.exit,
        }
    }
}

/// As [`RuleSummary`], with the names of parameters and frameworks as keys.
#[derive(Serialize)]
struct RuleObject<'a> {
    name: &'a str,
    code: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    resource: &'a str,
    packs: &'a [String],
    why: &'a str,
    fix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_cli: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_terraform: Option<&'a str>,
    references: &'a [Reference],
    controls: BTreeMap<&'a str, Vec<&'a str>>,
    #[serde(serialize_with = "map")]
    params: &'a [(String, String)],
    digest: &'a str,
    counts: Counts,
}

impl<'a> From<&'a RuleSummary> for RuleObject<'a> {
    fn from(rule: &'a RuleSummary) -> Self {
        Self {
            name: &rule.name,
            code: &rule.code,
            title: &rule.title,
            severity: rule.severity,
            confidence: rule.confidence,
            resource: &rule.resource,
            packs: &rule.packs,
            why: &rule.why,
            fix: &rule.fix,
            fix_cli: rule.fix_cli.as_deref(),
            fix_terraform: rule.fix_terraform.as_deref(),
            references: &rule.references,
            controls: by_framework(&rule.controls),
            params: &rule.params,
            digest: &rule.digest,
            counts: rule.counts,
        }
    }
}

fn by_framework(controls: &[Control]) -> BTreeMap<&str, Vec<&str>> {
    let mut map = BTreeMap::<_, Vec<_>>::new();
    for control in controls {
        let ids = control.ids.iter().map(String::as_str);
        map.entry(control.framework.as_str())
            .or_default()
            .extend(ids);
    }
    map
}

fn map<K: Serialize, V: Serialize, S: Serializer>(
    pairs: &[(K, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

/// Compact, and safe to look at in a terminal: what would be invisible there is
/// escaped, which no JSON reader can tell from the character itself.
struct Plain;

impl Formatter for Plain {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|b| b < 0x7f) {
            return out.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        for c in fragment.chars() {
            if visible::is_hidden(c) {
                for unit in c.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                write!(out, "{c}")?;
            }
        }
        Ok(())
    }
}

pub(super) fn value(out: &mut dyn Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Plain);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

pub(super) fn field(
    out: &mut dyn Write,
    key: &str,
    content: &(impl Serialize + ?Sized),
) -> io::Result<()> {
    write!(out, ",\n\"{key}\": ")?;
    value(out, content)
}

pub(super) fn array<T: Serialize>(
    out: &mut dyn Write,
    key: &str,
    items: impl Iterator<Item = T>,
) -> io::Result<()> {
    write!(out, ",\n\"{key}\": [")?;
    let mut separator = "\n";
    for item in items {
        out.write_all(separator.as_bytes())?;
        value(out, &item)?;
        separator = ",\n";
    }
    out.write_all(if separator == "\n" { b"]" } else { b"\n]" })
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\n\"format\": \"{FORMAT}\"")?;
    field(
        out,
        "tool",
        &Tool {
            name: "plaudit",
            version: report.version,
        },
    )?;
    field(out, "now", &report.now)?;
    field(out, "rules_digest", &report.rules_digest)?;
    field(out, "summary", &SummaryObject::from(&report.summary))?;
    array(out, "coverage", report.coverage.iter())?;
    array(out, "problems", report.problems.iter())?;
    array(out, "inputs", report.inputs.iter())?;
    array(out, "ignored", report.ignored.iter())?;
    array(out, "population", report.population.iter())?;
    array(out, "frameworks", report.frameworks.iter())?;
    array(out, "rules", report.rules.iter().map(RuleObject::from))?;
    out.write_all(b",\n\"findings\": [")?;
    let mut separator = "\n";
    report.findings.each(&mut |finding| {
        out.write_all(separator.as_bytes())?;
        separator = ",\n";
        value(out, finding)
    })?;
    out.write_all(if separator == "\n" {
        b"]\n}\n"
    } else {
        b"\n]\n}\n"
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::demo::{Demo, HOSTILE};
    use super::write;

    const SCHEMA: &str = include_str!("../../docs/schema/report.schema.json");

    fn json(demo: &Demo) -> (String, Value) {
        let mut out = Vec::new();
        write(&demo.report(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let value = serde_json::from_str(&text).unwrap();
        (text, value)
    }

    #[test]
    fn reports_obey_the_published_schema() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for demo in [Demo::small(), Demo::empty(), Demo::clean()] {
            let (_, report) = json(&demo);
            let errors: Vec<_> = validator
                .iter_errors(&report)
                .map(|e| format!("{e} at {}", e.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new());
        }
    }

    #[test]
    fn the_schema_refuses_what_it_does_not_know() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let (_, mut report) = json(&Demo::small());
        report["findings"][0]["surprise"] = Value::Bool(true);
        assert!(!validator.is_valid(&report));
    }

    #[test]
    fn every_property_of_the_schema_is_described_and_every_object_closed() {
        fn walk(at: &str, value: &Value) {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                assert_eq!(
                    value.get("additionalProperties"),
                    Some(&Value::Bool(false)),
                    "{at}"
                );
                for (name, property) in properties {
                    let text = property.get("description").and_then(Value::as_str);
                    assert!(
                        text.is_some_and(|t| t.len() > 3),
                        "{at}/{name} has no description"
                    );
                }
            }
            match value {
                Value::Object(map) => map.iter().for_each(|(k, v)| walk(&format!("{at}/{k}"), v)),
                Value::Array(list) => list.iter().for_each(|v| walk(at, v)),
                _ => {}
            }
        }
        walk("", &serde_json::from_str(SCHEMA).unwrap());
    }

    #[test]
    fn hostile_names_come_back_unchanged() {
        let (_, report) = json(&Demo::small());
        let names: Vec<_> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|f| f["resource"]["name"].as_str())
            .collect();
        for hostile in HOSTILE {
            assert!(names.contains(hostile));
        }
    }

    #[test]
    fn each_finding_stands_on_a_line_of_its_own() {
        let demo = Demo::small();
        let (text, _) = json(&demo);
        let lines = text.lines().filter(|l| l.starts_with("{\"id\":")).count();
        assert_eq!(lines, demo.findings.len());
    }
}
