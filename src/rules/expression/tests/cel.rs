//! The same expressions in this engine and in the crate `cel`. Resources,
//! unknown values and functions of one side only are left out.

use cel::{Context, Program};

use super::value_of;
use super::world::World;

const SAME: &str = r#"
1 + 2 * 3 - 4   (1 + 2) * 3   7 / 2   -7 / 2   7 % 3   -7 % 3   7 % -3   -(3)   --3   1 - -1   0x10 + 1
9223372036854775807 + 1   -9223372036854775808 - 1   9223372036854775807 * 2   1 / 0   1 % 0
1 < 2   2 <= 1   1 == 1   1 != 1   3 > 2 && 2 > 1   true || 1 / 0 == 1   1 / 0 == 1 || true
false && 1 / 0 == 1   1 / 0 == 1 && false   !true   !!true   true == false   null == null   null != null
'a' + 'b'   '' + ''   'a' < 'b'   'B' < 'a'   'ä' > 'z'   'a' == "a"   r'\n' == '\\n'   'abc'.contains('b')
'abc'.startsWith('ab')   'abc'.endsWith('ab')   'abc'.contains('')   size('abc')   'abc'.size()   size('')
'''a'b''' == "a'b"   '\x41\u00e4' == 'Aä'   string(12)   int('-12')   int(3)   string('a')   int('twelve')
[1, 2] + [3]   [] + [1]   [1, 2] == [1, 2]   [1, 2] == [2, 1]   [1, 2] != [1]   [[1], []] == [[1], []]
[1, 2, 3][1]   ['a', 'b'][0]   [1][1]   [[1, 2], [3]][1][0]   size([1, 2])   [].size()   [1, 2,].size()
1 in [1, 2]   3 in [1, 2]   'a' in ['a']   1 in []   [1] in [[1]]   !(1 in [2])
[1, 2].all(x, x > 0)   [1, 2].all(x, x > 1)   [].all(x, x == null)   [1, 2].exists(x, x > 1)
[1, 2].exists(x, x > 2)   [].exists(x, true)   [1, 2, 2].exists_one(x, x == 1)   [1, 2, 2].exists_one(x, x == 2)
[1, 2].exists_one(x, x == 3)   [1, 2].map(x, x * 2)   [1, 2, 3].map(x, x > 1, x * 2)   [1, 2, 3].filter(x, x != 2)
[1, 2].map(x, [x]).filter(y, y[0] > 1)   [[1, 2], [3]].map(l, l.map(x, x + 1))   [3, 4].map(x, 'n' + string(x))
[1, 2].all(x, [3, 4].exists(y, y > x))   [1, 2].map(x, [10].map(x, x)[0] + x)   [1, 0].all(x, 1 / x == 1)
[0, 1].exists(x, 1 / x == 1)   [1, 2].filter(x, [1].exists(y, y == x))   ['b', 'a'].map(s, s + s)
true ? 1 : 2   false ? 'a' : 'b'   1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'   (true ? [1] : [2])[0]   true ? 1 : 1 / 0
false ? 1 / 0 : 1   [1, 2].exists(x, x == 2) ? 'y' : 'n'   (1 == 1) == (2 == 2)   1 + 2 in [3]
"#;

fn theirs(text: &str) -> String {
    let program = Program::compile(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    // What is an error there is unknown here.
    let value = program.execute(&Context::default());
    value.map_or_else(|_| "unknown".to_owned(), |value| written(&value))
}

fn written(value: &cel::Value) -> String {
    match value {
        cel::Value::List(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        cel::Value::Int(value) => value.to_string(),
        cel::Value::Bool(value) => value.to_string(),
        cel::Value::String(text) => format!("{:?}", text.as_str()),
        cel::Value::Null => "null".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn gives_what_the_cel_crate_gives() {
    let (graph, subject) = World::endpoint().build();
    let expressions: Vec<&str> = SAME
        .lines()
        .flat_map(|line| line.split("   "))
        .filter(|text| !text.is_empty())
        .collect();
    assert!(expressions.len() >= 100, "{}", expressions.len());
    let differences: Vec<String> = expressions
        .into_iter()
        .filter_map(|text| {
            let (ours, theirs) = (value_of(text, &graph, subject).0, theirs(text));
            (ours != theirs).then(|| format!("{text}: {ours}, and cel gives {theirs}"))
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
