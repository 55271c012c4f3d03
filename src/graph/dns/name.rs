//! Domain names: one form for comparison, and the limits of DNS.
//!
//! Names come from people and from strangers' records, so that every text is
//! either a name within the limits of RFC 1035 or is refused with a reason.
//! Uses the standard library only; what a name means is not here.

use std::fmt;

use crate::graph::name::plain_dns_name;

/// A name in lower case, without the closing dot and with escapes undone; the
/// root is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadName {
    /// There is nothing.
    Empty,
    /// Two dots without anything between, or a dot in front.
    EmptyLabel,
    /// A part is longer than 63 characters.
    LongLabel,
    /// The whole is longer than 253 characters.
    Long,
    /// A character that names do not have.
    Character(char),
}

impl fmt::Display for BadName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("there is no name"),
            Self::EmptyLabel => out.write_str("there is nothing between two dots"),
            Self::LongLabel => out.write_str("a part between dots has more than 63 characters"),
            Self::Long => out.write_str("it has more than 253 characters"),
            Self::Character(c) => write!(
                out,
                "`{}` is not in the alphabet of names (letters of other scripts are written as `xn--…`)",
                c.escape_default()
            ),
        }
    }
}

impl Name {
    /// Longest name, without the closing dot (RFC 1035, 2.3.4).
    const LONGEST: usize = 253;
    /// Longest part of a name (RFC 1035, 2.3.4).
    const LONGEST_LABEL: usize = 63;

    /// The root, under which all names are.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Reads a name as people and records write it.
    ///
    /// # Errors
    /// If it is not a name.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        if text.is_empty() {
            return Err(BadName::Empty);
        }
        // An escape takes four characters for one.
        if text.len() > 4 * (Self::LONGEST + 1) {
            return Err(BadName::Long);
        }
        let one_dot = text.strip_suffix('.').unwrap_or(text);
        if one_dot.is_empty() {
            return Ok(Self::root());
        }
        if one_dot.ends_with('.') {
            return Err(BadName::EmptyLabel);
        }
        let name = plain_dns_name(one_dot);
        if let Some(bad) = name.chars().find(|c| !is_allowed(*c)) {
            return Err(BadName::Character(bad));
        }
        if name.len() > Self::LONGEST {
            return Err(BadName::Long);
        }
        for label in name.split('.') {
            if label.is_empty() {
                return Err(BadName::EmptyLabel);
            }
            if label.len() > Self::LONGEST_LABEL {
                return Err(BadName::LongLabel);
            }
        }
        Ok(Self(name))
    }

    /// Reads a name of the snapshot; what is no name can neither be asked for
    /// nor answer.
    pub(super) fn read(text: Option<String>) -> Option<Self> {
        Self::parse(&text?).ok()
    }

    /// The name as text, without the closing dot; `.` for the root.
    pub fn as_str(&self) -> &str {
        if self.0.is_empty() { "." } else { &self.0 }
    }

    /// How many labels it has; more are more specific.
    pub fn labels(&self) -> usize {
        if self.0.is_empty() {
            0
        } else {
            self.0.split('.').count()
        }
    }

    /// Whether it is this domain or below it.
    pub fn is_within(&self, domain: &Self) -> bool {
        domain.0.is_empty()
            || self
                .0
                .strip_suffix(domain.0.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// The name without its first label.
    pub fn parent(&self) -> Option<Self> {
        if self.0.is_empty() {
            return None;
        }
        let rest = self.0.split_once('.').map_or("", |(_, rest)| rest);
        Some(Self(rest.to_owned()))
    }

    /// The first label.
    pub fn first(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// The wildcard right below this name.
    pub(super) fn wildcard(&self) -> Self {
        if self.0.is_empty() {
            Self("*".to_owned())
        } else {
            Self(format!("*.{}", self.0))
        }
    }

    /// The name under which a wildcard stands: `example.com` of
    /// `*.example.com`.
    pub(super) fn under_wildcard(&self) -> Option<Self> {
        self.0
            .strip_prefix("*.")
            .map(|under| Self(under.to_owned()))
    }

    /// Labels from the last to the first, each closed by a dot, so that names
    /// below a domain follow it in order.
    pub(super) fn reversed(&self) -> String {
        let mut out = String::with_capacity(self.0.len() + 1);
        for label in self.0.rsplit('.').filter(|label| !label.is_empty()) {
            out.push_str(label);
            out.push('.');
        }
        out
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Route 53 takes these unescaped or escaped; spaces and controls would only
/// confuse whoever reads a report.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>
const fn is_allowed(c: char) -> bool {
    c.is_ascii_graphic() && c != '\\'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    #[test]
    fn names_are_read_in_one_form() {
        assert_eq!(name("WWW.Example.COM."), name("www.example.com"));
        assert_eq!(name("\\052.example.com").as_str(), "*.example.com");
        assert_eq!(name(".").labels(), 0);
        assert_eq!(name("dualstack.example.com").labels(), 3);
    }

    #[test]
    fn what_is_no_name_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", BadName::Empty),
            ("a..b", BadName::EmptyLabel),
            (".a", BadName::EmptyLabel),
            ("a..", BadName::EmptyLabel),
            ("a b", BadName::Character(' ')),
            ("größe.de", BadName::Character('ö')),
            ("a\u{1b}[31m", BadName::Character('\u{1b}')),
        ] {
            assert_eq!(Name::parse(text), Err(reason), "{text}");
        }
        assert_eq!(Name::parse(&"a".repeat(64)), Err(BadName::LongLabel));
        assert_eq!(Name::parse(&"a.".repeat(127)), Ok(name(&"a.".repeat(127))));
        assert_eq!(Name::parse(&"a.".repeat(128)), Err(BadName::Long));
        assert_eq!(Name::parse(&"a".repeat(100_000)), Err(BadName::Long));
    }

    #[test]
    fn domains_hold_themselves_and_what_is_below() {
        assert!(name("a.example.com").is_within(&name("example.com")));
        assert!(name("example.com").is_within(&name("example.com")));
        assert!(!name("badexample.com").is_within(&name("example.com")));
        assert!(name("com").is_within(&Name::root()));
        assert_eq!(name("a.b").parent(), Some(name("b")));
        assert_eq!(name("b").parent(), Some(Name::root()));
        assert_eq!(Name::root().parent(), None);
        assert_eq!(name("a.b.c").reversed(), "c.b.a.");
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,80}|(\\\\[0-9]{0,3}|[.*a])*") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert!(name.as_str().len() <= 253);
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
                prop_assert!(name.is_within(&Name::root()));
            }
        }
    }
}
