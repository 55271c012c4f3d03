//! One HTML file that needs nothing but itself: no request, no other script
//! than its own, and readable without any.
//!
//! May use only [`findings`](crate::findings), the files under `templates/` and
//! its own parts. What an attacker may have written is escaped by the
//! environment for every value at once, never by the templates one by one.

mod columns;
mod intern;
mod island;
mod page;
mod print;
mod tables;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, escape_formatter};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::visible;
use crate::findings::Report;
use island::Island;
use page::Page;

/// Bytes of the whole file, at most. More makes browsers slow to open it, and
/// mail and ticket systems refuse it.
const BUDGET: usize = 3_000_000;
/// Findings that are tried first; a finding takes some 40 bytes.
const MOST: usize = 100_000;

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("../../../templates/script/data.js"),
    include_str!("../../../templates/script/filter.js"),
    include_str!("../../../templates/script/facets.js"),
    include_str!("../../../templates/script/list.js"),
    include_str!("../../../templates/script/finding.js"),
    include_str!("../../../templates/script/page.js"),
    "})();\n"
);
const SHELL: &str = include_str!("../../../templates/report.html");
/// Name of each section and its template, in the order of the page.
const SECTIONS: [(&str, &str); 7] = [
    ("summary", include_str!("../../../templates/summary.html")),
    ("findings", include_str!("../../../templates/findings.html")),
    ("rules", include_str!("../../../templates/rules.html")),
    (
        "resources",
        include_str!("../../../templates/resources.html"),
    ),
    ("coverage", include_str!("../../../templates/coverage.html")),
    ("inputs", include_str!("../../../templates/inputs.html")),
    ("verify", include_str!("../../../templates/verify.html")),
];

/// What the shell shows around the sections.
#[derive(Serialize)]
struct Shell<'a> {
    page: &'a Page<'a>,
    body: &'a str,
    style: &'a str,
    style_hash: String,
    script: &'a str,
    script_hash: String,
    rules: String,
    findings: &'a str,
    excerpts: &'a [String],
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let environment = environment().map_err(io::Error::other)?;
    let page = Page::of(report)?;
    let body = sections(&environment, &page).map_err(io::Error::other)?;
    let rules = island::compress(
        &report
            .rules
            .iter()
            .map(page::RuleText::of)
            .collect::<Vec<_>>(),
    )?;
    let mut shell = Shell {
        page: &page,
        body: &body,
        style: STYLE,
        style_hash: hash(STYLE),
        script: SCRIPT,
        script_hash: hash(SCRIPT),
        rules,
        findings: "",
        excerpts: &[],
    };
    let template = environment
        .get_template("report.html")
        .map_err(io::Error::other)?;
    let frame = template
        .render(Serde(&shell))
        .map_err(io::Error::other)?
        .len();
    let island = fitting(report, BUDGET.saturating_sub(frame))?;
    shell.findings = &island.findings;
    shell.excerpts = &island.excerpts;
    let html = template.render(Serde(&shell)).map_err(io::Error::other)?;
    out.write_all(html.as_bytes())
}

/// All findings if they fit, else as many as do; excerpts where room is left.
fn fitting(report: &Report<'_>, room: usize) -> io::Result<Island> {
    let mut most = MOST;
    loop {
        let mut island = island::encode(report.findings, most, room)?;
        if island.findings.len() <= room || island.embedded == 0 {
            let mut left = room.saturating_sub(island.findings.len());
            let pieces = island.excerpts.into_iter();
            island.excerpts = pieces
                .map_while(|piece| {
                    left = left.checked_sub(piece.len() + 1)?;
                    Some(piece)
                })
                .collect();
            return Ok(island);
        }
        // A little less than in proportion, so that the second try nearly always fits.
        most = island.embedded * room / island.findings.len() * 19 / 20;
    }
}

/// The content of a `sha256-…` source of the page's security policy.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => {
            escape_formatter(out, state, &Value::from(visible::lines(text).into_owned()))
        }
        _ => escape_formatter(out, state, value),
    });
    environment.add_filter("count", tables::count);
    environment.add_filter("cut", |text: &str, most: usize| {
        visible::cut(visible::line(text), most).into_owned()
    });
    environment.add_template("report.html", SHELL)?;
    for (name, source) in SECTIONS {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

fn sections(environment: &Environment<'_>, page: &Page<'_>) -> Result<String, minijinja::Error> {
    let mut body = String::new();
    for (name, _) in SECTIONS {
        body += &environment.get_template(name)?.render(Serde(page))?;
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::super::demo::{Demo, HOSTILE};
    use super::{BUDGET, fitting, hash, write};

    fn html(demo: &Demo) -> String {
        let mut out = Vec::new();
        write(&demo.report(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
        text.split_once(start).unwrap().1.split_once(end).unwrap().0
    }

    fn decode(text: &str) -> Value {
        let bytes = STANDARD.decode(text).unwrap();
        let mut json = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut json)
            .unwrap();
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn fifty_thousand_findings_fit_three_megabytes() {
        let html = html(&Demo::big(50_000));
        assert!(html.len() <= BUDGET, "{} bytes", html.len());
        let island = between(&html, "id=\"data-findings\">", "</script>");
        assert_eq!(decode(island)["embedded"], 50_000);
    }

    #[test]
    fn too_many_findings_are_counted_and_excerpts_go_first() {
        let demo = Demo::big(2_000);
        let whole = fitting(&demo.report(), 1_000_000).unwrap();
        assert_eq!((whole.embedded, whole.excerpts.len()), (2_000, 4));
        let core = whole.findings.len();
        let lean = fitting(&demo.report(), core + whole.excerpts[0].len() + 1).unwrap();
        assert_eq!((lean.embedded, lean.excerpts.len()), (2_000, 1));
        let part = fitting(&demo.report(), core / 2).unwrap();
        assert!((500..1_500).contains(&part.embedded), "{}", part.embedded);
        assert!(part.findings.len() <= core / 2);
        assert_eq!(decode(&part.findings)["total"], 2_000);
        assert_eq!(fitting(&demo.report(), 0).unwrap().embedded, 0);
    }

    #[test]
    fn the_security_policy_names_the_very_bytes() {
        let html = html(&Demo::small());
        let script = between(&html, "<script>", "</script>");
        let style = between(&html, "<style>", "</style>");
        let policy = between(&html, "Content-Security-Policy\" content=\"", "\"");
        assert!(policy.starts_with("default-src 'none'; "));
        assert!(policy.contains(&format!("script-src 'sha256-{}'", hash(script))));
        assert!(policy.contains(&format!("style-src 'sha256-{}'", hash(style))));
    }

    #[test]
    fn nothing_is_fetched_and_nothing_inline_runs() {
        let html = html(&Demo::small());
        for bad in [
            "<iframe",
            "<object",
            "<form",
            " style=",
            " onclick=",
            "javascript:",
        ] {
            assert!(!html.contains(bad), "{bad}");
        }
        // Without it, browsers ask a server for an icon.
        assert!(html.contains("<link rel=\"icon\" href=\"data:,\">"));
        assert_eq!(html.matches("<link").count(), 1);
        // `src` and `onerror` occur in a hostile name only, and there as text.
        assert!(!html.contains("<img"));
        assert_eq!(html.matches("<script").count(), 4);
    }

    #[test]
    fn hostile_names_are_text() {
        let html = html(&Demo::small());
        for name in HOSTILE.iter().filter(|name| name.contains('<')) {
            assert!(!html.contains(name), "{name}");
        }
        assert!(html.contains("&lt;&#x2f;script&gt;&lt;img src=x onerror=alert(1)&gt;"));
        assert!(html.contains("invoice\\u{202e}fdp.exe"));
        assert!(html.lines().all(|line| !line.contains(&"x".repeat(3_000))));
    }

    #[test]
    fn failing_findings_are_there_without_script() {
        let demo = Demo::small();
        let html = html(&demo);
        let failing = demo
            .findings
            .iter()
            .filter(|f| f.verdict == crate::findings::Verdict::Fail);
        for finding in failing.take(200) {
            assert!(html.contains(&finding.id), "{}", finding.id);
        }
        assert!(html.contains("<noscript>"));
    }
}
