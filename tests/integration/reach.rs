//! `plaudit reach`: places, verdicts, exit codes, formats.
//!
//! `reach.yaml` of a scenario says what is true, by hand; the snapshots how an
//! answer looks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use plaudit::collect::{self, Options};
use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::answer::answer;
use plaudit::graph::reach::flow::{Assume, Protocol, Traffic, Verdict};
use plaudit::graph::reach::place::{self, Place};
use serde_json::Value;

use crate::program::{Outcome, plaudit, root};
use crate::samples::{copy, files, fixture};

const SHOP: &str = "fixtures/reach-shop";
const WEB: &str = "sg-00000000000005601";

/// One question of `reach.yaml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    why: String,
    from: String,
    to: String,
    port: Option<String>,
    protocol: Option<String>,
    verdict: String,
    codes: Option<BTreeSet<String>>,
    counts: Option<BTreeMap<String, u64>>,
}

fn ask(from: &str, to: &str, port: &str) -> Outcome {
    plaudit(["reach", SHOP, "--from", from, "--to", to, "--port", port]).run()
}

const fn exit_of(verdict: &str) -> i32 {
    match verdict.as_bytes() {
        b"reachable" => 0,
        b"blocked" | b"partial" => 1,
        _ => 3,
    }
}

/// Codes of all checks that stop something.
fn codes(answer: &Value) -> BTreeSet<String> {
    let paths = answer["paths"].as_array().unwrap().iter();
    let ways = paths.flat_map(|path| [&path["forward"], &path["back"]]);
    let hops = ways.flat_map(|way| way.as_array().unwrap());
    hops.flat_map(|hop| hop["checks"].as_array().unwrap())
        .filter(|check| check["outcome"] == "fail" || check["outcome"] == "unknown")
        .map(|check| check["code"].as_str().unwrap().to_owned())
        .collect()
}

fn schema() -> jsonschema::Validator {
    let path = root().join("docs/schema/reach.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn every_question_gets_the_answer_that_is_true() {
    let text = fs::read_to_string(fixture("reach-shop").join("reach.yaml")).unwrap();
    let cases: Vec<Case> = serde_yaml::from_str(&text).unwrap();
    let schema = schema();
    let mut wrong = Vec::new();
    for case in &cases {
        let about = format!("{} → {} {:?}", case.from, case.to, case.port);
        let mut run = plaudit(["reach", SHOP, "--format", "json"])
            .args(&["--from", &case.from, "--to", &case.to]);
        if let Some(port) = &case.port {
            run = run.args(&["--port", port]);
        }
        if let Some(protocol) = &case.protocol {
            run = run.args(&["--protocol", protocol]);
        }
        let run = run.run();
        assert_ne!(run.code, 2, "{about}: {}", run.err);
        let answer = run.json();
        let errors: Vec<String> = schema
            .iter_errors(&answer)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{about}\n{}", errors.join("\n"));
        let verdict = answer["verdict"].as_str().unwrap();
        assert_eq!(run.code, exit_of(verdict), "{about}");
        if verdict != case.verdict {
            wrong.push(format!(
                "{about}: {verdict} instead of {} ({}) {:?}",
                case.verdict,
                case.why,
                codes(&answer)
            ));
        }
        if let Some(expected) = case
            .codes
            .as_ref()
            .filter(|wanted| **wanted != codes(&answer))
        {
            let seen = codes(&answer);
            wrong.push(format!("{about}: {seen:?} instead of {expected:?}"));
        }
        for (name, count) in case.counts.iter().flatten() {
            if answer["counts"][name] != *count {
                wrong.push(format!(
                    "{about}: {} instead of {count} {name}",
                    answer["counts"][name]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_answer_looks_like_this() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, from, to, port) in [
        ("reach.partial", WEB, "carts", "6379"),
        ("reach.blocked", "i-00000000000001005", "carts-002", "6379"),
        (
            "reach.reachable",
            "i-00000000000001001",
            "carts-001",
            "6379",
        ),
        ("reach.internet", "i-00000000000001001", "internet", "443"),
    ] {
        let run = ask(from, to, port);
        assert_eq!(run.err, "");
        settings.bind(|| insta::assert_snapshot!(name, run.text()));
    }
}

#[test]
fn a_name_is_resolved_where_the_source_is() {
    for (from, to, port, verdict, says) in [
        (
            "10.20.0.0/16",
            "sessions.redis.shop.internal",
            "10000",
            "reachable",
            "6 of 6 pairs reachable",
        ),
        (
            "vpc-0ac0d9169b5f9f591",
            "Sessions.Redis.Shop.Internal.",
            "22",
            "blocked",
            "error[ENI_SG_RULES_MISMATCH]",
        ),
        (
            "10.20.4.4",
            "nothing.shop.internal",
            "10000",
            "blocked",
            "error[X_DNS_NO_RECORD]",
        ),
        (
            "10.20.4.4",
            "www.example.com",
            "443",
            "unknown",
            "unknown[X_DNS_NOT_IN_SNAPSHOT]",
        ),
    ] {
        let run = plaudit(["reach", "fixtures/redis-cloud-healthy", "--from", from])
            .args(&["--to", to, "--port", port])
            .run()
            .ends_with(exit_of(verdict));
        assert!(run.text().starts_with(verdict), "{to}\n{}", run.text());
        assert!(run.text().contains(says), "{to}\n{}", run.text());
    }
}

#[test]
fn a_place_that_is_none_is_explained() {
    for (from, to, says) in [
        (
            "i-0000000000000100",
            "carts",
            "did you mean `i-00000000000001001`?",
        ),
        ("web-1", "carts", "use the id: i-00000000000001001"),
        ("cart", "carts-001", "did you mean `carts`?"),
        ("rtb-0c00000000000001", "carts", "which traffic passes"),
        ("10.40.1.10", "carts", "`10.40.1.10` is in 2 VPCs"),
        (
            "10.40.1.10",
            "carts",
            "10.40.1.10@vpc-0a400000000000001 or 10.40.1.10@vpc-0a400000000000003",
        ),
        (
            "10.40.77.1@vpc-0a400000000000001",
            "carts",
            "is in no subnet of vpc-0a400000000000001",
        ),
        ("10.40.1.10@pcx-1", "carts", "expected vpc-… or subnet-…"),
        (
            "onprem:172.30.0.0/16@vgw-0a00000000000002",
            "carts",
            "did you mean `vgw-0a00000000000001`?",
        ),
        ("internet:everywhere", "carts", "is no address and no CIDR"),
        ("web.example.com", "carts", "does not begin at a name"),
        ("carts-001", "carts-001", "the same interface"),
        ("", "carts", "this names no place"),
        ("\u{1b}[31m", "carts", "this names no place"),
    ] {
        let run = ask(from, to, "6379").ends_with(2);
        assert!(
            run.err.contains(says),
            "{from}: no `{says}` in\n{}",
            run.err
        );
        assert!(run.out.is_empty(), "{from}");
        assert!(!run.err.contains('\u{1b}'), "{from}");
    }
    // Both ends are told at once.
    let run = ask("nobody", "nowhere", "1").ends_with(2);
    assert!(
        run.err.contains("--from") && run.err.contains("--to"),
        "{}",
        run.err
    );
    assert!(run.err.contains("2 errors"), "{}", run.err);
}

#[test]
fn flags_that_do_not_fit_are_mistakes() {
    for args in [
        &["--from", WEB, "--to", "carts"][..],
        &["--from", WEB, "--to", "carts", "--port", "http"],
        &["--from", WEB, "--to", "carts", "--port", "9-1"],
        &["--from", WEB, "--to", "carts", "--port", "65536"],
        &[
            "--from",
            WEB,
            "--to",
            "carts",
            "--protocol",
            "icmp",
            "--port",
            "8",
        ],
        &["--from", WEB, "--to", "carts", "--protocol", "sctpp"],
        &["--from", WEB, "--port", "1"],
    ] {
        let run = plaudit(["reach", SHOP]).args(args).run().ends_with(2);
        assert!(!run.err.is_empty() && run.out.is_empty(), "{args:?}");
    }
}

#[test]
fn what_was_not_collected_is_unknown_and_says_how_to_get_it() {
    for (file, from, to, says) in [
        (
            "ec2.DescribeNetworkInterfaces.json",
            WEB,
            "carts",
            "aws ec2 describe-network-interfaces --region eu-central-1",
        ),
        (
            "ec2.DescribeInstances.json",
            "i-00000000000001001",
            "carts",
            "ec2:DescribeInstances",
        ),
        (
            "ec2.DescribeManagedPrefixLists.json",
            "i-00000000000001001",
            "vpce-0c00000000000002",
            "ec2:DescribeManagedPrefixLists",
        ),
    ] {
        let shop = copy("reach-shop").without_bookkeeping();
        let folder = shop.path().join("aws/111122223333/eu-central-1");
        fs::remove_file(folder.join(file)).unwrap();
        let run = plaudit(["reach", "--from", from, "--to", to, "--port", "443"])
            .arg(shop.path())
            .run()
            .ends_with(3);
        assert!(run.text().contains(says), "{file}\n{}", run.text());
    }
}

#[test]
fn a_file_gets_what_the_screen_gets() {
    let folder = tempfile::TempDir::new().unwrap();
    for format in ["text", "json"] {
        let file = folder.path().join(format);
        let question = [
            "reach", SHOP, "--from", WEB, "--to", "carts", "--port", "6379",
        ];
        let screen = plaudit(question).args(&["-f", format]).run();
        let silent = plaudit(question)
            .args(&["-f", format, "-o"])
            .arg(&file)
            .run();
        assert_eq!(silent.code, screen.code);
        assert!(silent.out.is_empty());
        assert_eq!(fs::read(file).unwrap(), screen.out, "{format}");
    }
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    for format in ["text", "json"] {
        let run = |threads| {
            plaudit([
                "reach", SHOP, "--from", WEB, "--to", "internet", "--port", "1-9000",
            ])
            .args(&["-f", format, "--threads", threads])
            .run()
            .out
        };
        assert_eq!(run("1"), run("4"), "{format}");
    }
}

#[test]
fn names_of_strangers_cannot_steer_the_terminal() {
    let shop = copy("reach-shop").without_bookkeeping();
    shop.edit(
        "aws/111122223333/eu-central-1/ec2.DescribeSecurityGroups.json",
        |groups| {
            groups["SecurityGroups"][1]["Tags"][0]["Value"] = "a\u{1b}[31m\u{202e}b".into();
        },
    );
    for format in ["text", "json"] {
        let run = plaudit(["reach", "--from", WEB, "--to", "carts", "--port", "6379"])
            .args(&["-f", format])
            .arg(shop.path())
            .run();
        let hidden = run
            .text()
            .chars()
            .find(|c| matches!(c, '\u{1b}' | '\u{202e}'));
        assert_eq!(hidden, None, "{format}");
    }
}

#[test]
fn colour_is_only_there_when_it_is_wanted() {
    let question = [
        "reach", SHOP, "--from", WEB, "--to", "carts", "--port", "6379",
    ];
    let plain = plaudit(question).run();
    assert!(!plain.text().contains('\u{1b}'));
    let colored = plaudit(question).args(&["--color", "always"]).run();
    assert!(colored.text().contains("\u{1b}["));
}

/// The graph of a scenario.
fn graph(name: &str) -> Graph {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    let collected = collect::read(&[path], &Options::default(), &()).unwrap();
    Graph::build(collected.snapshot)
}

/// Sizes of the classes of a place.
fn sizes(place: &Place) -> Vec<u64> {
    place.classes.iter().map(|class| class.count).collect()
}

#[test]
fn interfaces_that_are_treated_alike_are_one_class() {
    let graph = graph("reach-shop");
    let web = place::source(&graph, WEB).unwrap();
    // web-1 shares its address with the twin, web-4 is named by a rule; the
    // loose interface does not count, and that is said.
    assert_eq!(sizes(&web), [1, 2, 1]);
    assert_eq!(web.what, "security-group, 4 interfaces");
    assert_eq!(web.notes, ["1 interface left out: attached to nothing"]);
    let same = place::source(&graph, "10.40.0.0/16@vpc-0a400000000000001").unwrap();
    // Endpoints and gateways begin nothing.
    assert_eq!(same.what, "9 interfaces");
    assert_eq!(same.notes.len(), 3, "{:?}", same.notes);
    let there = place::destination(&graph, "vpc-0a400000000000001", &web).unwrap();
    assert_eq!(there.what, "vpc, 11 interfaces");
}

#[test]
fn services_are_found_by_what_they_write_on_their_interfaces() {
    let graph = graph("reach-shop");
    let nowhere = Place::default();
    let count = |text: &str| {
        let place = place::destination(&graph, text, &nowhere).unwrap();
        assert!(place.needs.is_empty(), "{text}: {:?}", place.needs);
        place.ends().count()
    };
    let account = "eu-central-1:111122223333";
    assert_eq!(count("carts"), 2);
    assert_eq!(count("carts-002"), 1);
    assert_eq!(
        count(&format!(
            "arn:aws:elasticache:{account}:replicationgroup:carts"
        )),
        2
    );
    assert_eq!(count("shop-internal"), 2);
    let balancer = "loadbalancer/app/shop-internal/50dc6c495c0c9188";
    assert_eq!(
        count(&format!(
            "arn:aws:elasticloadbalancing:{account}:{balancer}"
        )),
        2
    );
    assert_eq!(count("vpce-0c00000000000001"), 2);
    assert_eq!(count("i-00000000000001001"), 1);
    let interface = "network-interface/eni-0000000000000e001";
    assert_eq!(count(&format!("arn:aws:ec2:{account}:{interface}")), 1);
}

#[test]
fn blocks_are_cut_where_rules_and_routes_cut_them() {
    let graph = graph("reach-shop");
    let ranges = |text: &str| -> Vec<String> {
        let place = place::source(&graph, text).unwrap();
        place
            .classes
            .into_iter()
            .filter_map(|class| class.ranges)
            .collect()
    };
    assert_eq!(
        ranges("internet:198.51.100.0/23"),
        ["198.51.100.0/24", "198.51.101.0/24"]
    );
    assert_eq!(
        ranges("10.40.120.0/24@vpc-0a400000000000001"),
        ["10.40.120.0/24"]
    );
    assert_eq!(ranges("subnet-000000000005a0006"), ["10.40.120.0/24"]);
    assert_eq!(
        ranges("onprem:172.30.0.0/15@vgw-0a00000000000001"),
        ["172.30.0.0/16", "172.31.0.0/16"]
    );
    let internet = place::source(&graph, "internet").unwrap();
    let v4: u64 = internet
        .classes
        .iter()
        .filter(|class| class.is_v6() == Some(false))
        .map(|class| class.count)
        .sum();
    // All of IPv4 without what is private or special.
    assert_eq!(v4, 3_702_259_456);
}

#[test]
fn a_single_address_is_that_of_the_interface_that_has_it() {
    let graph = graph("reach-shop");
    let place = place::source(&graph, "198.51.100.200").unwrap();
    assert_eq!(place.what, "public address of an interface");
    let place = place::source(&graph, "10.50.1.10").unwrap();
    assert_eq!(place.what, "1 interface");
    let place = place::source(&graph, "10.50.1.77").unwrap();
    assert_eq!(place.what, "addresses without an interface");
    let place = place::source(&graph, "192.168.7.7").unwrap();
    assert_eq!(place.what, "network on premises");
    let place = place::source(&graph, "8.8.8.8").unwrap();
    assert_eq!(place.what, "addresses of the internet");
}

/// The verdict of a question, asked without a process between.
fn verdict(graph: &Graph, case: &Case) -> Option<Verdict> {
    let from = place::source(graph, &case.from).ok()?;
    let to = place::destination(graph, &case.to, &from).ok()?;
    let (protocol, ports) = match &case.port {
        Some(port) => {
            let mut ports = Ports::default();
            for part in port.split(',') {
                let port = part.parse().unwrap();
                ports.insert(port, port);
            }
            (Protocol::Tcp, ports)
        }
        None => (Protocol::Icmp, Ports::range(8 << 8, 8 << 8)),
    };
    let traffic = Traffic::new(protocol, ports);
    let answer = answer(graph, from, to, traffic, Assume::default()).ok()?;
    Some(answer.verdict)
}

#[test]
fn less_data_never_turns_an_answer_into_another() {
    let text = fs::read_to_string(fixture("reach-shop").join("reach.yaml")).unwrap();
    let cases: Vec<Case> = serde_yaml::from_str(&text).unwrap();
    let whole = graph("reach-shop");
    let before: Vec<Option<Verdict>> = cases.iter().map(|case| verdict(&whole, case)).collect();
    let mut wrong = Vec::new();
    for file in files(&fixture("reach-shop").join("aws")) {
        let less = copy("reach-shop").without_bookkeeping();
        fs::remove_file(less.path().join("aws").join(&file)).unwrap();
        let options = Options::default();
        let path = less.path().to_owned();
        let graph = Graph::build(collect::read(&[path], &options, &()).unwrap().snapshot);
        for (case, before) in cases.iter().zip(&before) {
            let after = verdict(&graph, case);
            // Nothing to ask about, not known, or still the same.
            let honest = after.is_none() || after == Some(Verdict::Unknown) || after == *before;
            if !honest {
                let file = file.display();
                wrong.push(format!(
                    "without {file}: {} → {} {:?}: {before:?} becomes {after:?}",
                    case.from, case.to, case.port
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
