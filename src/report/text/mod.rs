//! Text for terminals: findings by rule, worst first, then what was not seen.
//!
//! May use only [`findings`](crate::findings) and its own pages. Nothing is
//! printed raw: names go through [`visible`](super::visible), and colour comes
//! only from [`Style`].

mod coverage;
mod group;
pub(super) mod rule;

use std::io::{self, Write};

use super::Style;
pub(crate) use super::layout::plural;
use super::layout::{Layout, Role};
use crate::findings::{Counts, Report, Verdict};
use group::Groups;
pub(super) use rule::reason_name;

pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let groups = Groups::read(report.findings)?;
    let mut page = Layout::new(out, style);
    for verdict in [
        Verdict::Fail,
        Verdict::Unknown,
        Verdict::Pass,
        Verdict::NotApplicable,
    ] {
        for group in groups.of(verdict) {
            rule::write(&mut page, report, group)?;
        }
    }
    coverage::write(&mut page, report)?;
    summary(&mut page, report)
}

/// All four verdicts, always, zero or not.
fn counted(counts: Counts) -> String {
    format!(
        "{} fail · {} pass · {} unknown · {} not applicable",
        counts.fail, counts.pass, counts.unknown, counts.not_applicable
    )
}

fn summary(page: &mut Layout<'_>, report: &Report<'_>) -> io::Result<()> {
    let summary = &report.summary;
    let severities: Vec<_> = summary
        .by_severity
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", rule::severity_name(*severity)))
        .collect();
    if !severities.is_empty() {
        page.wrapped(
            "",
            Role::Plain,
            &format!("failing: {}", severities.join(" · ")),
            "  ",
        )?;
    }
    if let Some(threshold) = summary.fail_on {
        let name = rule::severity_name(threshold);
        let text = format!("{} at or above {name} (--fail-on)", summary.at_threshold);
        page.wrapped("", Role::Plain, &text, "  ")?;
    }
    let scope = format!(
        "{}, {}, {} of {} complete",
        plural(summary.resources, "resource"),
        plural(summary.rules, "rule"),
        summary.calls_complete,
        plural(summary.calls, "call")
    );
    page.wrapped("", Role::Plain, &scope, "  ")?;
    if !summary.complete {
        let text = "this audit has gaps: unknown is neither pass nor fail";
        page.wrapped("incomplete: ", Role::Warning, text, "  ")?;
    }
    let role = match (summary.verdicts.fail, summary.complete) {
        (1.., _) => Role::Error,
        (0, false) => Role::Warning,
        (0, true) => Role::Good,
    };
    page.line(&[(role, &counted(summary.verdicts))])
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::super::Style;
    use super::super::demo::{Demo, HOSTILE};
    use super::write;

    fn text(demo: &Demo, color: bool, width: usize) -> String {
        let mut out = Vec::new();
        write(&demo.report(), &Style { color, width }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_last_line_counts_every_verdict() {
        let text = text(&Demo::empty(), false, 80);
        let last = text.lines().last();
        assert_eq!(last, Some("0 fail · 0 pass · 0 unknown · 0 not applicable"));
    }

    #[test]
    fn escape_codes_appear_only_with_colour() {
        assert!(!text(&Demo::small(), false, 80).contains('\u{1b}'));
        assert!(text(&Demo::small(), true, 80).contains("\u{1b}["));
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let colored = text(&Demo::small(), true, 80);
        let mut plain = String::new();
        for (n, part) in colored.split('\u{1b}').enumerate() {
            plain += if n == 0 {
                part
            } else {
                part.split_once('m').unwrap().1
            };
        }
        assert_eq!(plain, text(&Demo::small(), false, 80));
    }

    #[test]
    fn a_rule_shows_ten_findings_and_counts_the_rest() {
        let text = text(&Demo::small(), false, 100);
        assert_eq!(
            text.matches("error[endpoint-subnet-few-free-ips]:").count(),
            10
        );
        assert!(text.contains("… and 14 more (see -f json=…)"));
    }

    #[test]
    fn why_and_fix_stand_once_a_rule() {
        let text = text(&Demo::small(), false, 100);
        assert_eq!(
            text.matches("= fix: Turn on both DNS attributes").count(),
            1
        );
    }

    #[test]
    fn unknown_names_the_call_and_the_action_that_settle_it() {
        let text = text(&Demo::small(), false, 100);
        assert!(text.contains("unknown[endpoint-subnet-few-free-ips]: 8 resources"));
        assert!(text.contains("ec2:DescribeSubnets"));
        assert!(text.contains("aws ec2 DescribeSubnets --region"));
    }

    #[test]
    fn lines_fit_unless_a_word_is_longer() {
        for width in [60, 80, 120] {
            for line in text(&Demo::small(), false, width).lines() {
                let longest = line.split(' ').map(str::len).max().unwrap();
                assert!(
                    line.width() <= width || longest + 14 > width,
                    "{width}: {line}"
                );
            }
        }
    }

    #[test]
    fn hostile_names_are_shown_and_long_ones_cut() {
        let text = text(&Demo::small(), false, 100);
        assert!(
            !HOSTILE
                .iter()
                .any(|name| name.contains('\0') && text.contains(name))
        );
        assert!(text.contains("\\u{202e}"));
        assert!(text.contains("(65536 characters)"));
        assert!(text.lines().all(|line| line.chars().count() < 600));
    }
}
