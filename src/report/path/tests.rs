//! How answers are written: all of it, in the width, and nothing raw.

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::{Format, write};
use crate::findings::path::{
    Analysis, Aspect, Assumed, Change, Check, End, Evidence, Hop, Outcome, Pair, PairCounts, Path,
    Place, PortsAcross, PortsSplit, Question, Reach, Span,
};
use crate::findings::{Reason, ReasonCode, SourceLine};
use crate::report::Style;

const HOSTILE: &str = "a\u{1b}[31m\u{202e}b\nc";

fn span(from: u16, to: u16) -> Vec<Span> {
    vec![Span { from, to }]
}

fn place(text: &str) -> Place {
    Place {
        text: text.to_owned(),
        name: Some(HOSTILE.to_owned()),
        what: "security-group, 2 interfaces".to_owned(),
        classes: 2,
    }
}

fn check(aspect: Aspect, outcome: Outcome, code: Option<&str>, resource: &str) -> Check {
    let decides = matches!(outcome, Outcome::Fail | Outcome::Unknown);
    Check {
        aspect,
        outcome,
        code: code.map(ToOwned::to_owned),
        meaning: "A rule stops it.".to_owned(),
        advice: if decides { "Change the rule." } else { "" }.to_owned(),
        ports: span(6379, 6379),
        detail: format!("about {resource}"),
        evidence: vec![Evidence {
            kind: "security-group".to_owned(),
            resource: resource.to_owned(),
            name: Some(HOSTILE.to_owned()),
            path: "IpPermissions/0".to_owned(),
            shown: "allow tcp 443 from 10.0.0.0/16".to_owned(),
            source: Some(SourceLine {
                file: "snapshot/ec2.DescribeSecurityGroups.json".to_owned(),
                pointer: "/SecurityGroups/0/IpPermissions/0".to_owned(),
                line: 42,
                sha256: String::new(),
                excerpt: Vec::new(),
                excerpt_line: 0,
            }),
        }],
        reasons: if outcome == Outcome::Unknown {
            vec![reason()]
        } else {
            Vec::new()
        },
    }
}

fn reason() -> Reason {
    Reason {
        code: ReasonCode::NotCollected,
        what: "all network-acl of 111122223333 in us-east-1".to_owned(),
        call: Some("aws ec2 describe-network-acls --region us-east-1".to_owned()),
        action: Some("ec2:DescribeNetworkAcls".to_owned()),
    }
}

fn hop(sequence: u64, id: &str, checks: Vec<Check>) -> Hop {
    Hop {
        sequence,
        kind: "network-interface".to_owned(),
        id: id.to_owned(),
        arn: None,
        name: None,
        of: Some(HOSTILE.to_owned()),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        source: "10.0.1.5".to_owned(),
        destination: "10.0.2.9".to_owned(),
        checks,
    }
}

fn end(id: &str) -> End {
    End {
        id: id.to_owned(),
        name: Some(HOSTILE.to_owned()),
        of: Some(HOSTILE.to_owned()),
        address: "10.0.1.5".to_owned(),
        zone: Some("use1-az1".to_owned()),
        vpc: Some("vpc-1".to_owned()),
        count: 3,
        alike: vec!["eni-7".to_owned(), "eni-8".to_owned()],
        ranges: None,
    }
}

fn path(verdict: Reach, forward: Vec<Hop>, back: Vec<Hop>) -> Path {
    Path {
        verdict,
        there: verdict,
        pairs: vec![Pair {
            from: end("eni-1"),
            to: end("eni-2"),
        }],
        pairs_left_out: 0,
        ports: PortsSplit {
            open: span(443, 443),
            unknown: Vec::new(),
            blocked: span(6379, 6379),
        },
        client_ports: PortsSplit {
            open: span(1024, 2000),
            unknown: Vec::new(),
            blocked: span(2001, 65535),
        },
        forward,
        back,
    }
}

fn analysis(verdict: Reach, paths: Vec<Path>) -> Analysis {
    Analysis {
        question: Question {
            from: place("sg-1"),
            to: place("carts"),
            protocol: "tcp".to_owned(),
            protocol_number: 6,
            ports: vec![
                Span { from: 443, to: 443 },
                Span {
                    from: 6379,
                    to: 6379,
                },
            ],
            client_ports: span(1024, 65535),
        },
        verdict,
        ports: PortsAcross {
            open: span(443, 443),
            blocked: span(6379, 6379),
            ..PortsAcross::default()
        },
        counts: PairCounts {
            blocked: 1,
            ..PairCounts::default()
        },
        name: vec![check(Aspect::Name, Outcome::Pass, None, "Z1")],
        paths,
        paths_left_out: 0,
        notes: vec![format!("from: {HOSTILE}")],
        reasons: vec![reason()],
        assumptions: vec![Assumed {
            name: "states-fine".to_owned(),
            text: "States are good.".to_owned(),
        }],
        changes: vec![Change {
            title: format!("Open {HOSTILE}"),
            resource: "sg-2".to_owned(),
            codes: vec!["ENI_SG_RULES_MISMATCH".to_owned()],
            cli: vec!["aws ec2 authorize-security-group-ingress --group-id sg-2".to_owned()],
            terraform: "resource \"aws_x\" \"y\" {\n}\n".to_owned(),
            note: "Costs nothing.".to_owned(),
        }],
    }
}

fn blocked() -> Path {
    let group = check(
        Aspect::GroupIngress,
        Outcome::Fail,
        Some("ENI_SG_RULES_MISMATCH"),
        "sg-2",
    );
    let acl = check(
        Aspect::AclIngress,
        Outcome::Fail,
        Some("SUBNET_ACL_RESTRICTION"),
        "acl-2",
    );
    let unseen = check(
        Aspect::Route,
        Outcome::Unknown,
        Some("X_RETURN_SNAPSHOT_MISSING"),
        "rtb-2",
    );
    let pass = check(Aspect::GroupEgress, Outcome::Pass, None, "sg-1");
    path(
        Reach::Blocked,
        vec![
            hop(1, "eni-1", vec![pass]),
            hop(2, "subnet-2", vec![acl]),
            hop(3, "eni-2", vec![group]),
        ],
        vec![
            hop(1, "eni-2", Vec::new()),
            hop(2, "subnet-2", vec![unseen]),
        ],
    )
}

fn open() -> Path {
    let pass = check(Aspect::GroupEgress, Outcome::Pass, None, "sg-1");
    let note = check(
        Aspect::Gateway,
        Outcome::Note,
        Some("AVAILABILITY_ZONE_CROSSED"),
        "eni-2",
    );
    path(
        Reach::Reachable,
        vec![hop(1, "eni-1", vec![pass]), hop(2, "eni-2", vec![note])],
        vec![hop(1, "eni-2", Vec::new()), hop(2, "eni-1", Vec::new())],
    )
}

fn render(analysis: &Analysis, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    write(format, "0.1.0", analysis, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(analysis: &Analysis, width: usize) -> String {
    let style = Style {
        color: false,
        width,
    };
    render(analysis, Format::Text, style)
}

#[test]
fn a_blocked_path_is_one_line_and_then_every_blocker() {
    let text = text(&analysis(Reach::Blocked, vec![blocked()]), 100);
    let line = "  eni-1 | subnet-2 | ✗ acl-2 | eni-2 | ✗ sg-2";
    let replies = "  replies: eni-2 | subnet-2 | ? rtb-2";
    let mut from = 0;
    for wanted in [
        "blocked: tcp 443, 6379 from sg-1",
        line,
        replies,
        "error[SUBNET_ACL_RESTRICTION]: A rule stops it.",
        "error[ENI_SG_RULES_MISMATCH]: A rule stops it.",
        "snapshot/ec2.DescribeSecurityGroups.json:42",
        "= do: Change the rule.",
        "unknown[X_RETURN_SNAPSHOT_MISSING]",
        "= settle: aws ec2 describe-network-acls",
    ] {
        let at = text[from..].find(wanted);
        assert!(at.is_some(), "no `{wanted}` where it belongs in\n{text}");
        from += at.unwrap();
    }
    // What passes is not drawn.
    assert!(!text.contains('●'), "{text}");
}

#[test]
fn an_open_path_is_drawn_there_and_back() {
    let text = text(&analysis(Reach::Reachable, vec![open()]), 100);
    let there = text.find("  there\n  ● eni-1").unwrap();
    let back = text.find("  back\n  ● eni-2").unwrap();
    assert!(there < back);
    assert!(text.contains("✓ group out"), "{text}");
    assert!(
        text.contains("about eni-2"),
        "a note says what it is about\n{text}"
    );
}

#[test]
fn changes_and_assumptions_are_told() {
    let text = text(&analysis(Reach::Blocked, vec![blocked()]), 60);
    assert!(text.contains("\n  aws ec2 authorize-security-group-ingress --group-id sg-2\n"));
    assert!(text.contains("\n  resource \"aws_x\" \"y\" {\n  }\n"));
    assert!(text.contains("assumed: States are good. (states-fine)"));
}

#[test]
fn lines_fit_unless_a_word_is_longer() {
    for width in [60, 80, 120] {
        for line in text(&analysis(Reach::Partial, vec![blocked(), open()]), width).lines() {
            let longest = line.split(' ').map(str::len).max().unwrap();
            let command = line.starts_with("  aws ");
            assert!(
                line.width() <= width || command || longest + 26 > width,
                "{width}: {line}"
            );
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    let answer = analysis(Reach::Partial, vec![blocked(), open()]);
    let style = Style {
        color: true,
        width: 80,
    };
    let colored = render(&answer, Format::Text, style);
    assert!(colored.contains("\u{1b}["));
    let mut plain = String::new();
    for (n, part) in colored.split('\u{1b}').enumerate() {
        plain += if n == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
    }
    assert_eq!(plain, text(&answer, 80));
}

#[test]
fn nothing_of_the_input_is_written_raw() {
    let answer = analysis(Reach::Partial, vec![blocked(), open()]);
    let style = Style {
        color: false,
        width: 80,
    };
    for format in [Format::Text, Format::Json] {
        let written = render(&answer, format, style);
        let bad = written
            .chars()
            .find(|c| crate::report::visible::is_hidden(*c) && *c != '\n');
        assert_eq!(bad, None, "{format:?}");
    }
}

#[test]
fn the_json_is_as_its_schema_says_and_no_more() {
    let schema = include_str!("../../../docs/schema/reach.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let style = Style {
        color: false,
        width: 80,
    };
    let full = analysis(Reach::Partial, vec![blocked(), open()]);
    let mut answer: Value = serde_json::from_str(&render(&full, Format::Json, style)).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&answer)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(answer["question"]["from"]["name"], HOSTILE);
    answer["paths"][0]["forward"][0]["surprise"] = Value::Bool(true);
    assert!(!validator.is_valid(&answer));
}
