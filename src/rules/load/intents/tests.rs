//! Files of intents and scopes, good and bad.

use super::read_intents_text as read;
use crate::findings::Severity;
use crate::rules::intent::{Addresses, Components, Expect, Question, Selector};
use crate::snapshot::record::Kind;

const GOOD: &str = "\
intents:
  - name: workers-to-redis
    from: sg-0a
    to: [vpce-0b, redis.example.com]
    ports: [tcp/10000-19999, tcp/8070]
    client-ports: 32768-60999
    expect: must-reach
    resolve: redis.example.com
    severity: critical
    reason: Orders are kept there.
    owner: team-orders
    references:
      - {title: Design, url: 'https://example.com/design', date: '2026-11-20'}
  - name: nobody from outside
    from: internet
    to: {kind: vpc-endpoint, tags: {Tier: data, Index: 1}}
    ports: tcp
    expect: must-not-reach
";

/// The problems of a text, each as `line:column message (help)`.
fn problems(text: &str) -> Vec<String> {
    let problems = read("intents.yaml", text).expect_err("something is wrong");
    let shown = problems.iter().map(|problem| {
        let place = problem
            .position()
            .map_or("-".to_owned(), |(line, column)| format!("{line}:{column}"));
        let help = problem.help.as_deref().unwrap_or("-");
        format!("{place} {} ({help})", problem.message)
    });
    shown.collect()
}

#[test]
fn a_file_of_intents_is_read() {
    let intents = read("intents.yaml", GOOD).unwrap();
    let [first, second] = &intents[..] else {
        panic!("{intents:?}");
    };
    assert_eq!((first.name.as_str(), first.line), ("workers-to-redis", 2));
    assert_eq!(first.expect, Expect::MustReach);
    assert_eq!(first.severity, Severity::Critical);
    assert_eq!(first.references[0].date, "2026-11-20");
    let Question::Ways {
        from,
        to,
        traffic,
        resolve,
    } = &first.question
    else {
        panic!("{first:?}");
    };
    assert_eq!(from[..], [Selector::Place("sg-0a".to_owned())]);
    assert_eq!(to.len(), 2);
    assert_eq!(traffic[1].ports.to_string(), "8070");
    assert_eq!(traffic[1].client_ports.to_string(), "32768-60999");
    assert_eq!(resolve.as_deref(), Some("redis.example.com"));
    assert_eq!((second.line, second.severity), (14, Severity::High));
    let Question::Ways { to, .. } = &second.question else {
        panic!("{second:?}");
    };
    let tags = [("Tier", "data"), ("Index", "1")];
    assert_eq!(
        to[..],
        [Selector::Tagged {
            kind: Kind::VpcEndpoint,
            tags: tags
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec(),
        }]
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_where() {
    let text = "\
intents:
  - nme: a
    from: ''
    to: []
    ports: [tcp/70000, 443]
    expect: must-rech
    severity: hihg
  - name: b
    from: {kind: vpc-endpont, tags: {A: [1]}}
    to: vpce-1
    ports: tcp/443
    expect: must-not-reach
    resolve: b.example.com
    client-ports: many
    references: [{title: x, url: y}]
  - just a text
";
    let found = problems(text);
    let wanted = [
        "2:5 an intent has no key `nme` (did you mean `name`?)",
        "2:5 the intent has no `name` (-)",
        "3:11 `from` is a text, and this is an empty one (-)",
        "4:9 `to` is empty (-)",
        "5:13 `tcp/70000` is no protocol with ports",
        "5:24 `ports` is a text, and this is a number (-)",
        "6:13 `expect` cannot be `must-rech` (did you mean `must-reach`?)",
        "7:15 `severity` cannot be `hihg` (did you mean `high`?)",
        "9:18 `kind` cannot be `vpc-endpont` (did you mean `vpc-endpoint`?)",
        "9:41 the value of a tag is a text, and this is a list (-)",
        "14:19 `many` is no range of ports",
        "15:18 the reference has no `date` (-)",
        "13:14 `resolve` belongs to `expect: must-reach`",
        "16:5 an intent is a map, and this is a text (-)",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.starts_with(wanted), "{found}\n{wanted}");
    }
}

#[test]
fn what_is_no_file_of_intents_says_what_one_is() {
    for (text, message) in [
        ("", "a file of intents is a map"),
        ("[]", "a file of intents is a map, and this is a list"),
        (
            "intent: []",
            "has no key `intent` (did you mean `intents`?)",
        ),
        ("{}", "there are no intents"),
        ("intents: x", "`intents` is a list, and this is a text"),
        ("a: [1", ""),
        ("intents: []\nintents: []", "duplicate"),
    ] {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains(message), "{text}: {found:?}");
    }
    assert!(read("a.yaml", "intents: []").unwrap().is_empty());
}

#[test]
fn names_are_unique() {
    let twice = GOOD.replace("nobody from outside", "workers-to-redis");
    let found = problems(&twice);
    assert!(
        found[0].contains("the intent `workers-to-redis` of line 14 is also in intents.yaml:2"),
        "{found:?}"
    );
}

#[test]
fn scopes_are_taken_as_aws_writes_them() {
    let text = r#"{
  "NetworkInsightsAccessScopeContent": {
    "NetworkInsightsAccessScopeId": "nis-0123",
    "MatchPaths": [{
      "Source": {
        "ResourceStatement": {"Resources": [], "ResourceTypes": ["AWS::EC2::InternetGateway"]},
        "PacketHeaderStatement": {"SourceAddresses": ["0.0.0.0/5"], "Protocols": ["tcp"], "DestinationPorts": ["22", "80-90"]}
      },
      "Destination": {"ResourceStatement": {"Resources": ["arn:aws:ec2:us-east-1:111122223333:subnet/subnet-0a"]}},
      "ThroughResources": [{"ResourceStatement": {"ResourceTypes": ["AWS::EC2::TransitGatewayAttachment"]}}]
    }],
    "ExcludePaths": [{"Source": {"PacketHeaderStatement": {"DestinationPrefixLists": ["pl-1"]}}}]
  }
}"#;
    let tabs = text.replace("  ", "\t");
    for text in [text, &tabs] {
        let intents = read("a/scope.json", text).unwrap();
        assert_eq!(intents[0].name, "nis-0123");
        assert_eq!(intents[0].expect, Expect::MustNotReach);
        let Question::Scope(scope) = &intents[0].question else {
            panic!("{intents:?}");
        };
        let path = &scope.matches[0];
        assert_eq!(
            path.source.resources,
            Components::Types(vec!["AWS::EC2::InternetGateway".to_owned()])
        );
        assert_eq!(
            path.destination.resources,
            Components::Ids(vec!["subnet-0a".to_owned()])
        );
        let ports = path.source.header.destination_ports.as_ref().unwrap();
        assert_eq!(ports.to_string(), "22, 80-90");
        assert_eq!(path.through.len(), 1);
        assert!(path.unsupported.is_empty());
        assert_eq!(
            scope.excludes[0].source.header.destinations,
            Some(Addresses::Lists(vec!["pl-1".to_owned()]))
        );
    }
    let plain = r#"{"MatchPaths": [{"Source": {}}]}"#;
    assert_eq!(read("a/scope.json", plain).unwrap()[0].name, "scope");
}

#[test]
fn a_bad_scope_is_refused_with_places() {
    let text = r#"{"MatchPaths": [{
  "Sorce": {},
  "Source": {"ResourceStatement": {"Resources": ["eni-1"], "ResourceTypes": ["AWS::EC2::Instance"]}},
  "Destination": {"PacketHeaderStatement": {"Protocols": ["icmp"], "DestinationPorts": ["x"],
    "SourceAddresses": ["here"], "SourcePrefixLists": ["pl-1"]}}
}]}"#;
    let found = problems(text);
    let wanted = [
        "2:3 an entry of `MatchPaths` has no key `Sorce` (did you mean `Source`?)",
        "3:35 a `ResourceStatement` has `Resources` and `ResourceTypes`",
        "4:59 `icmp` is no protocol of a scope",
        "4:89 `x` is no range of ports",
        "5:25 `here` is no address or CIDR block",
        "5:55 a `PacketHeaderStatement` has addresses and prefix lists of one side",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.starts_with(wanted), "{found}\n{wanted}");
    }
    let found = problems(r#"{"ExcludePaths": []}"#);
    assert!(found[0].contains("no `MatchPaths`"), "{found:?}");
}

#[test]
fn what_aws_knows_and_this_program_does_not_is_kept() {
    let text = r#"{"MatchPaths": [{"Source": {"ResourceStatement": {"ResourceTypes": ["AWS::New::Thing"]}},
        "Destination": {"ResourceStatement": {"Resources": ["arn:aws:resource-groups:us-east-1:1:group/x"]}}}]}"#;
    let intents = read("scope.json", text).unwrap();
    let Question::Scope(scope) = &intents[0].question else {
        panic!("{intents:?}");
    };
    assert_eq!(scope.matches[0].unsupported.len(), 2, "{scope:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[ a-z:{}\\[\\],\\-\"'\n\t0-9/&*#|>]{0,200}") {
        let _either = read("a.yaml", &text);
    }
}
