//! How a matrix looks, and what hostile names cannot do to it.

use super::{Format, Writer};
use crate::findings::matrix::{CodeText, Question, Row, Target, Totals};
use crate::findings::path::{PairCounts, PortsAcross, Reach, Span};
use crate::report::{Style, visible};

const ALL: Span = Span {
    from: 0,
    to: u16::MAX,
};

fn question() -> Question {
    Question {
        protocol: "tcp".to_owned(),
        ports: vec![ALL],
        client_ports: vec![],
        by: "vpc",
        clients: 5,
        classes: 3,
        targets: 1,
    }
}

fn target() -> Target {
    Target {
        id: "vpce-0a".to_owned(),
        name: Some("=cmd()\u{202e}\n".to_owned()),
        kind: "vpc-endpoint",
        service: Some("com.amazonaws.us-east-1.kms".to_owned()),
        vpc: Some("vpc-0a".to_owned()),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        interfaces: 3,
    }
}

fn row(from: &str, verdict: Reach) -> Row {
    let open = verdict == Reach::Reachable;
    Row {
        from: from.to_owned(),
        name: Some("a, \"b\"".to_owned()),
        vpc: Some(from.to_owned()),
        clients: 2,
        example: "eni-0a".to_owned(),
        verdict,
        ports: PortsAcross {
            open: if open { vec![ALL] } else { vec![] },
            blocked: if open { vec![] } else { vec![ALL] },
            ..PortsAcross::default()
        },
        blocked_by: if open {
            vec![]
        } else {
            vec!["NO_ROUTE_TO_DESTINATION"]
        },
        unknown_by: vec![],
    }
}

fn written(format: Format, width: usize) -> String {
    let mut out = Vec::new();
    let style = Style {
        color: false,
        width,
    };
    let mut writer = Writer::new(format, style);
    writer.begin("1.0", &question(), &mut out).unwrap();
    let rows = [
        row("vpc-0a", Reach::Reachable),
        row("vpc-0b", Reach::Blocked),
        row("vpc-0c", Reach::Blocked),
    ];
    writer.target(&target(), &rows, &mut out).unwrap();
    let totals = Totals {
        pairs: PairCounts {
            reachable: 2,
            blocked: 4,
            ..PairCounts::default()
        },
        codes: vec![CodeText {
            code: "NO_ROUTE_TO_DESTINATION",
            text: "The route table has no route to the destination.",
        }],
        assumptions: vec![],
        reasons: vec![],
    };
    writer.end(&totals, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn names_stay_on_their_line() {
    for format in [Format::Table, Format::Csv, Format::Json] {
        let text = written(format, 80);
        let bad = text
            .chars()
            .find(|c| visible::is_hidden(*c) && !matches!(c, '\n' | '\r'));
        assert_eq!(bad, None, "{format:?}");
    }
    assert!(written(Format::Csv, 80).contains(",\"'=cmd()"));
}

#[test]
fn groups_that_are_blocked_for_the_same_reason_share_a_line() {
    let text = written(Format::Table, 80);
    assert!(text.contains("vpc-0b (a, \"b\") and 1 more"), "{text}");
    assert!(text.contains("2 of 6 pairs reachable"), "{text}");
    assert!(text.contains("all ports"), "{text}");
}

#[test]
fn a_table_fits_the_terminal() {
    use unicode_width::UnicodeWidthStr as _;
    let longest = written(Format::Table, 60);
    let longest = longest.lines().map(str::width).max();
    assert!(longest.unwrap() <= 60, "{longest:?}");
}

#[test]
fn json_is_json() {
    let text = written(Format::Json, 80);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["targets"][0]["rows"][1]["clients"], 2);
    assert_eq!(value["targets"][0]["name"], "=cmd()\u{202e}\n");
}
