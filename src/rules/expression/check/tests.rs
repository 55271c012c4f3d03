//! What the checker refuses: message, place and help of each error; and the
//! types of what it accepts. Nothing is evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::rules::expression::parser::parse;

/// A rule about endpoints with a parameter of each shape, facts and a `let`.
fn names() -> Names {
    let shape = FactShape {
        name: "zones".to_owned(),
        fields: vec![
            ("id".to_owned(), FactType::Text),
            ("open".to_owned(), FactType::Bool),
        ],
    };
    Names {
        subject: Kind::VpcEndpoint,
        params: BTreeMap::from([
            ("min_free".to_owned(), Given::One(FactType::Int)),
            ("states".to_owned(), Given::Many(FactType::Text)),
        ]),
        facts: BTreeMap::from([("zones".to_owned(), Given::Table(Arc::new(shape)))]),
        lets: vec![("dead".to_owned(), Type::Bool)],
    }
}

fn typed(text: &str) -> Result<Typed, Vec<TypeError>> {
    let tree = parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    check(&tree, text, &names())
}

/// Rows: `expression  =>  message @ place ? help`.
const ERRORS: &str = r#"
endpont.State == "x"  =>  unknown variable `endpont` @ endpont ? did you mean `endpoint`?
subnet.SubnetId == "x"  =>  unknown variable `subnet` @ subnet ? known: dead, endpoint, facts, params
params == 1  =>  unknown variable `params` @ params ? write `params.<name>`
facts  =>  unknown variable `facts` @ facts ? write `facts.<name>`
params.min_fre == 1  =>  the rule has no parameter `min_fre` @ min_fre ? did you mean `min_free`?
facts.zone.exists(z, true)  =>  the rule has no fact `zone` @ zone ? did you mean `zones`?
facts.zones.exists(z, z.opn)  =>  the entries of `facts.zones` have no `opn` @ opn ? did you mean `open`?
[1].all(x, y > 0)  =>  unknown variable `y` @ y ? known:
[1].all(x, true) && x > 0  =>  unknown variable `x` @ x ? known:
endpoint.Stat == "x"  =>  a vpc-endpoint has no field `Stat` @ Stat ? did you mean `State`?
endpoint.state == "x"  =>  a vpc-endpoint has no field `state` @ state ? did you mean `State`?
endpoint.Zzz == "x"  =>  a vpc-endpoint has no field `Zzz` @ Zzz ? names; see `plaudit schema`
has(endpoint.Stat)  =>  a vpc-endpoint has no field `Stat` @ Stat ? did you mean `State`?
endpoint.DnsOptions.Preference == ""  =>  a endpoint.DnsOptions has no field `Preference` @ Preference ? known: DnsRecordIpType, 
endpoint.Groups.all(g, g.Id == "")  =>  a endpoint.Groups has no field `Id` @ Id ? known: GroupId, GroupName
endpoint.vpc.CidrBlock == ""  =>  a vpc-endpoint has no field `vpc` @ vpc ? `vpc` is a link: write `vpc()`
endpoint.subnets.size() > 0  =>  a vpc-endpoint has no field `subnets` @ subnets ? write `subnets()`
endpoint.subnets().SubnetId == ""  =>  a list of subnet has no fields @ SubnetId ? use `.map(x, x.SubnetId)`, `.all(…)` or `.exists(…)`
endpoint.Groups.GroupId == ""  =>  a list of endpoint.Groups has no fields @ GroupId ? `.map(x, x.GroupId)`
endpoint.State.size == 1  =>  a value of type text has no fields @ size
endpoint.subnet()  =>  a vpc-endpoint has no function `subnet` @ subnet ? did you mean `subnets`?
endpoint.vpc("x")  =>  the link `vpc()` takes no arguments @ "x"
endpoint.vpc().subnets(1, 2)  =>  the link `subnets()` takes no arguments @ 1
sized(endpoint.SubnetIds)  =>  unknown function `sized` @ sized ? did you mean `size`?
endpoint.State.starts("a")  =>  a text has no function `starts` @ starts ? did you mean `startsWith`?
[1].existsOne(x, x == 1)  =>  unknown variable `x` @ x
[1].existsOne(1)  =>  a list of int has no function `existsOne` @ existsOne ? write `exists_one`
not(true)  =>  unknown function `not` @ not ? write `!`
size(1)  =>  `size` does not take (int) @ size ? it is `size(list, text or tags) → int`
endpoint.State.startsWith(1)  =>  `startsWith` of text does not take (int) @ startsWith ? `text.startsWith(text) → bool`
endpoint.State.startsWith()  =>  `startsWith` of text does not take () @ startsWith ? it is
[1].join(",")  =>  `join` of list of int does not take (text) @ join ? `list of text.join(text) → text`
endpoint.admits("tcp", 1, 2, "10.0.0.0/8")  =>  `admits` of vpc-endpoint does not take (text, int, int, text) @ admits ? security-group
endpoint.State == 1  =>  `==` cannot compare or combine text and int @ == ? convert one side
1 + "a" == "1a"  =>  `+` cannot compare or combine int and text @ + ? `int(…)` or `string(…)`
endpoint.State in "available"  =>  `in` cannot compare or combine text and text @ in ? `.contains(…)`
1 in ["a"]  =>  `in` cannot compare or combine int and list of text @ in
"a" - "b"  =>  `-` cannot compare or combine text and text @ -
true < false  =>  `<` cannot compare or combine bool and bool @ <
endpoint == endpoint.vpc()  =>  `==` cannot compare or combine vpc-endpoint and vpc @ ==
endpoint.Tags == endpoint.Tags  =>  `==` cannot compare or combine tags and tags @ ==
endpoint.Groups == endpoint.Groups  =>  `==` cannot compare or combine list of endpoint.Groups and list of endpoint.Groups @ ==
endpoint.State == null  =>  `==` cannot compare or combine text and null @ ==
1 && true  =>  `&&` needs bool on both sides, and this is int @ 1
true || (endpoint.State)  =>  `||` needs bool on both sides, and this is text @ (endpoint.State)
!endpoint.State  =>  `!` needs bool, and this is text @ endpoint.State
-endpoint.State  =>  `-` needs int, and this is text @ endpoint.State
-true  =>  `-` needs int, and this is bool @ true
endpoint.State ? 1 : 2  =>  the condition must be bool, and this is text @ endpoint.State
true ? 1 : "a"  =>  both results must have one type, and these are int and text @ "a"
[1, "a"]  =>  a list of int cannot hold text @ "a"
endpoint.SubnetIds["a"]  =>  elements of a list are found by int, not by text @ "a"
endpoint.Tags[1]  =>  tags are found by text, not by int @ 1
endpoint.State[0]  =>  a value of type text has no elements @ endpoint.State
endpoint.all(x, true)  =>  `all` goes through a list, and this is vpc-endpoint @ endpoint
endpoint.State.exists(x, true)  =>  `exists` goes through a list, and this is text @ endpoint.State
endpoint.SubnetIds.all(id, id)  =>  the condition of `all` must be bool, and this is text @ id
[1].filter(x, x + 1)  =>  the condition of `filter` must be bool, and this is int @ x + 1
[1].map(x, x, x)  =>  the condition of `map` must be bool, and this is int @ x
[1].all(endpoint, true)  =>  `endpoint` already means something else @ endpoint ? choose another name
[1].all(params, true)  =>  `params` already means something else @ params ? choose another name
[1].all(dead, true)  =>  `dead` already means something else @ dead ? choose another name
1u == 1u  =>  unsigned numbers are not used here @ 1u ? leave out the `u`
1.5 > 1.0  =>  fractions are not used here @ 1.5 ? use a whole number
b"a" == b"a"  =>  bytes are not used here @ b"a" ? without the `b`
{"a": 1}  =>  map literals are not used here @ {"a": 1}
"#;

#[test]
fn errors_point_to_the_place_and_help() {
    for row in ERRORS.lines().filter(|row| !row.is_empty()) {
        let (text, rest) = row.split_once("  =>  ").unwrap();
        let (message, rest) = rest.split_once(" @ ").unwrap();
        let (place, help) = rest.split_once(" ? ").unwrap_or((rest, ""));
        let errors = typed(text).expect_err(text);
        let found = &errors[0];
        assert_eq!(found.message, message, "{text}");
        assert_eq!(found.span.slice(text), place, "{text}: {found:?}");
        let found_help = found.help.as_deref().unwrap_or_default();
        assert!(found_help.contains(help), "{text}: {found:?}");
    }
}

#[test]
fn places_count_bytes_of_the_text() {
    for (text, start, end) in [
        ("\"ö\" == \"ä\" && endpoint.Stat == \"\"", 25, 29),
        ("endpoint.State  ==  1", 16, 18),
        ("  endpoint.Tags [ 1 ]", 18, 19),
        ("endpoint\n  .vpc()\n  .Cidr == \"\"", 21, 25),
    ] {
        let found = typed(text).expect_err(text)[0].span;
        assert_eq!(found, Span::new(start, end), "{text}");
    }
}

#[test]
fn both_sides_are_reported() {
    let messages = |text: &str| -> Vec<String> {
        let errors = typed(text).expect_err(text);
        errors.into_iter().map(|error| error.message).collect()
    };
    let (one, other) = (
        "a vpc-endpoint has no field `Stat`".to_owned(),
        "unknown variable `x`".to_owned(),
    );
    for text in [
        "endpoint.Stat == x",
        "endpoint.Stat == 1 && x",
        "endpoint.Stat ? x : 1",
        "endpoint.Groups.map(g, endpoint.Stat, x)",
    ] {
        assert_eq!(messages(text), [one.clone(), other.clone()], "{text}");
    }
}

#[test]
fn types_of_what_is_accepted() {
    for (text, ty) in [
        ("endpoint", "vpc-endpoint"),
        ("endpoint.State", "text"),
        ("endpoint.PrivateDnsEnabled", "bool"),
        ("endpoint.SubnetIds", "list of text"),
        ("endpoint.Groups", "list of endpoint.Groups"),
        ("endpoint.DnsOptions", "endpoint.DnsOptions"),
        ("endpoint.Tags", "tags"),
        ("endpoint.Tags.Owner", "text"),
        ("endpoint.vpc()", "vpc"),
        ("endpoint.vpc().subnets()", "list of subnet"),
        ("endpoint.subnets().map(s, s.vpc())", "list of vpc"),
        ("endpoint.subnets().filter(s, true)", "list of subnet"),
        ("endpoint.Tags.filter(k, true)", "list of text"),
        (
            "endpoint.Groups.map(g, g.GroupName != \"\", g.GroupId)",
            "list of text",
        ),
        ("endpoint.SubnetIds.exists_one(id, id == \"\")", "bool"),
        ("params.min_free + 1", "int"),
        ("params.states", "list of text"),
        ("facts.zones", "list of entry of facts.zones"),
        ("facts.zones.map(z, z.id)", "list of text"),
        ("dead || false", "bool"),
        ("[]", "empty list"),
        ("[] + [1]", "list of int"),
        ("[1] + []", "list of int"),
        ("true ? [] : [1]", "list of int"),
        ("[[1]]", "list of list of int"),
        ("[1].all(x, [2].all(x, x == 2))", "bool"),
        ("\"Owner\" in endpoint.Tags", "bool"),
        ("null", "null"),
    ] {
        let typed = typed(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(typed.ty.to_string(), ty, "{text}");
        assert_eq!(&*typed.text, text);
    }
}

#[test]
fn nested_variables_have_slots_of_their_own() {
    for (text, count) in [
        ("true", 1),
        ("[1].all(x, true)", 2),
        ("[1].all(x, true) && [2].all(y, true)", 2),
        ("[1].all(x, [x].exists(y, [y].all(z, z == x)))", 4),
    ] {
        assert_eq!(slots(&typed(text).unwrap()), count, "{text}");
    }
}

#[test]
fn walking_shows_every_part() {
    let text = "[1].map(a, a > 0, a + 2).size() == 3 ? endpoint.vpc().Tags[\"k\"] : -params.min_free in [4] ? \"y\" : \"n\"";
    let mut seen = Vec::new();
    walk(&typed(text).unwrap(), &mut |typed| {
        seen.push(typed.text.to_string());
    });
    for part in [
        "[1]",
        "1",
        "a > 0",
        "0",
        "a + 2",
        "2",
        "3",
        "endpoint",
        "endpoint.vpc()",
        "endpoint.vpc().Tags",
        "\"k\"",
        "params.min_free",
        "-params.min_free",
        "[4]",
        "4",
        "\"y\"",
        "\"n\"",
    ] {
        assert!(seen.iter().any(|text| text == part), "{part}: {seen:?}");
    }
}
