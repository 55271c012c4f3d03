//! Analyses as `describe-network-insights-analyses` prints them.
//!
//! Pretty JSON with the members of EC2's shapes and no others, so that what
//! reads the answer of AWS reads this. May use only
//! [`findings`](crate::findings); what the members hold is decided before.

use std::io::{self, Write};

use serde::Serialize;

use super::visible;
use crate::findings::insights::Analyses;

/// Writes analyses, and ends the line.
///
/// # Errors
/// Those of `out`.
pub fn write(analyses: &Analyses, out: &mut dyn Write) -> io::Result<()> {
    pretty(analyses, out)
}

/// Pretty JSON that is safe to look at in a terminal: what would be invisible
/// there is escaped, which no JSON reader can tell from the character itself.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let mut units = [0; 2];
    for line in text.lines() {
        for c in line.chars() {
            if visible::is_hidden(c) {
                for unit in c.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                write!(out, "{c}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::insights::{Analysis, Component, PathComponent};

    #[test]
    fn a_hostile_name_is_escaped_and_read_back_whole() {
        let name = "a\u{202e}b\u{7f}\n\u{1b}[31m\u{e0001}";
        let component = PathComponent {
            component: Some(Component {
                name: Some(name.to_owned()),
                ..Component::default()
            }),
            ..PathComponent::default()
        };
        let analyses = Analyses {
            network_insights_analyses: vec![Analysis {
                forward_path_components: vec![component],
                ..Analysis::default()
            }],
        };
        let mut out = Vec::new();
        write(&analyses, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.chars().all(|c| c == '\n' || !visible::is_hidden(c)),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Analyses>(&text).unwrap(), analyses);
    }
}
