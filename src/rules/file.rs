//! The rule file as it is written: YAML, with the place of what is checked.
//!
//! Shapes only; whether the content makes sense is decided in
//! [`load`](super::load). Unknown keys are errors.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_yaml::Spanned;

use crate::findings::{Confidence, ControlMapping, Reference, Severity};

/// A rule as its author wrote it.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) name: Spanned<String>,
    pub(super) code: Spanned<String>,
    pub(super) title: Spanned<String>,
    pub(super) severity: Severity,
    #[serde(default = "proven")]
    pub(super) confidence: Confidence,
    pub(super) resource: Spanned<String>,
    #[serde(default)]
    pub(super) params: BTreeMap<String, ParamFile>,
    #[serde(default)]
    pub(super) facts: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) when: Option<Spanned<String>>,
    #[serde(default, rename = "let")]
    pub(super) lets: Lets,
    pub(super) check: Spanned<String>,
    pub(super) message: Spanned<String>,
    pub(super) why: String,
    pub(super) fix: Fix,
    #[serde(default)]
    pub(super) references: Vec<Reference>,
    #[serde(default)]
    pub(super) controls: Vec<ControlFile>,
    #[serde(default)]
    pub(super) formerly: Vec<String>,
    #[serde(default)]
    pub(super) tests: Vec<TestFile>,
}

/// Controls of one framework.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlFile {
    pub(super) framework: Spanned<String>,
    pub(super) ids: Vec<Spanned<String>>,
}

const fn proven() -> Confidence {
    Confidence::Proven
}

/// A parameter.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParamFile {
    #[serde(rename = "type")]
    pub(super) ty: Spanned<String>,
    #[serde(default)]
    pub(super) default: Option<Datum>,
    /// The fact whose value is the default.
    #[serde(default)]
    pub(super) default_fact: Option<Spanned<String>>,
    pub(super) doc: String,
}

/// What to do about a finding.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fix {
    pub(super) text: String,
    #[serde(default)]
    pub(super) cli: Option<String>,
    #[serde(default)]
    pub(super) terraform: Option<String>,
}

/// A case inside a rule file.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestFile {
    pub(super) name: Spanned<String>,
    pub(super) snapshot: serde_json::Value,
    #[serde(default)]
    pub(super) params: BTreeMap<String, Datum>,
    #[serde(default)]
    pub(super) now: Option<String>,
    pub(super) expect: Expect,
    #[serde(default)]
    pub(super) message: Option<String>,
}

/// What a case expects: one verdict for all, or one for each resource.
#[derive(Debug, Clone)]
pub(super) enum Expect {
    One(String),
    Each(BTreeMap<String, String>),
}

impl Expect {
    /// The verdicts that are named.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = &str> {
        let (one, each) = match self {
            Self::One(verdict) => (Some(verdict.as_str()), None),
            Self::Each(verdicts) => (None, Some(verdicts.values().map(String::as_str))),
        };
        one.into_iter().chain(each.into_iter().flatten())
    }
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Expect;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "pass, fail, unknown, not-applicable, or a map from resource id to one of them",
                )
            }

            fn visit_str<E: serde::de::Error>(self, verdict: &str) -> Result<Expect, E> {
                Ok(Expect::One(verdict.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expect, A::Error> {
                Ok(Expect::Each(BTreeMap::deserialize(
                    serde::de::value::MapAccessDeserializer::new(map),
                )?))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The `let`s in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Lets(pub(super) Vec<(String, Spanned<String>)>);

impl<'de> Deserialize<'de> for Lets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Lets;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from name to expression")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lets, A::Error> {
                let mut lets: Vec<(String, Spanned<String>)> = Vec::new();
                while let Some((name, expression)) = map.next_entry::<String, Spanned<String>>()? {
                    if lets.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format!("duplicate key `{name}`")));
                    }
                    lets.push((name, expression));
                }
                Ok(Lets(lets))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// One value of a parameter or a fact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Datum {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Several.
    List(Vec<Self>),
}

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyDatum;
        impl<'de> Visitor<'de> for AnyDatum {
            type Value = Datum;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a truth value, a whole number, a text or a list of them")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Datum, E> {
                Ok(Datum::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Datum, E> {
                Ok(Datum::Int(value))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Datum, E> {
                i64::try_from(value)
                    .map(Datum::Int)
                    .map_err(|_| E::custom("the number is too large"))
            }

            fn visit_str<E>(self, value: &str) -> Result<Datum, E> {
                Ok(Datum::Text(value.to_owned()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Datum, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Datum::List(items))
            }
        }
        deserializer.deserialize_any(AnyDatum)
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::List(items) => {
                let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", texts.join(", "))
            }
        }
    }
}

/// A fact file: a dated, sourced value or table.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactFile {
    pub(super) name: Spanned<String>,
    #[expect(dead_code, reason = "for readers of the file; demanded, not used")]
    pub(super) title: String,
    pub(super) as_of: Spanned<String>,
    pub(super) references: Vec<Reference>,
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the file")]
    pub(super) note: Option<String>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "for readers of the file: how the value came to be"
    )]
    pub(super) history: Vec<BTreeMap<String, Datum>>,
    #[serde(default)]
    pub(super) value: Option<Datum>,
    #[serde(default)]
    pub(super) entries: Vec<BTreeMap<String, Datum>>,
}

/// A framework and the controls of it that rules may name.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameworkFile {
    pub(super) framework: Spanned<String>,
    pub(super) title: String,
    pub(super) version: String,
    pub(super) url: String,
    pub(super) as_of: Spanned<String>,
    pub(super) reviewed_by: String,
    pub(super) note: String,
    pub(super) references: Vec<Reference>,
    pub(super) controls: Vec<ControlMapping>,
}

/// A named selection of rules.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackFile {
    pub(super) name: Spanned<String>,
    pub(super) title: String,
    pub(super) rules: Vec<Spanned<String>>,
}
