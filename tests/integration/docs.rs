//! Documents that are made from the program, and claims that can be checked.
//!
//! `UPDATE=1 cargo test docs` writes the generated files; without it, a file
//! that differs fails. Prose stays by hand.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use plaudit::graph::links;
use plaudit::rules::expression::functions;
use plaudit::rules::{FactValue, Rule, kebab, load, load_text, needs};
use plaudit::snapshot::record::Kind;
use plaudit::snapshot::schema::{Absent, Field, Shape};
use serde_json::Value;

use crate::program::{Outcome, plaudit, root};
use crate::samples::files;

const NOTE: &str = "<!-- Made from the program by `UPDATE=1 cargo test docs`. Do not edit. -->\n";

/// Compares a document with what it should be, or writes it.
fn document(name: &str, wanted: &str) {
    let path = root().join("docs").join(name);
    let wanted = format!("{}\n", wanted.trim_end());
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    let differs = there.lines().zip(wanted.lines()).position(|(a, b)| a != b);
    assert!(
        there == wanted,
        "docs/{name} is out of date from line {}: UPDATE=1 cargo test docs",
        differs.map_or(0, |line| line + 1)
    );
}

/// Text for a cell of a table, or for prose.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown = String::new();
    for (number, part) in text.split('`').enumerate() {
        if number > 0 {
            shown.push('`');
        }
        let part = part.replace('|', "\\|");
        shown.push_str(&if number % 2 == 0 {
            part.replace('<', "&lt;").replace("&lt;https", "<https")
        } else {
            part
        });
    }
    shown
}

/// The text of a case in a rule file that expects a verdict.
fn case(rule: &Rule, verdict: &str) -> String {
    let lines: Vec<&str> = rule.source.lines().collect();
    let tests = lines.iter().position(|line| *line == "tests:").unwrap();
    let starts: Vec<usize> = (tests + 1..lines.len())
        .filter(|line| lines[*line].starts_with("  - name:"))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let blocks = starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| &lines[start..end]);
    let wanted = format!("expect: {verdict}");
    let block = blocks
        .into_iter()
        .find(|block| {
            block.iter().any(|line| {
                let line = line.trim();
                // One verdict for all resources, or one for each.
                let each = line.starts_with("expect: {") && line.contains(&format!(": {verdict}"));
                line == wanted || each
            })
        })
        .unwrap_or_else(|| panic!("{}: no case with `{wanted}`", rule.name));
    let text: Vec<&str> = block
        .iter()
        .map(|line| line.get(2..).unwrap_or_default())
        .collect();
    text.join("\n").trim_end().to_owned()
}

/// One rule as a chapter.
fn chapter(rule: &Rule, out: &mut String) -> std::fmt::Result {
    let file: Value = serde_yaml::from_str(&rule.source).unwrap();
    let word = |key: &str, default: &str| file[key].as_str().unwrap_or(default).to_owned();
    writeln!(
        out,
        "## {}\n\n{} ({}).\n",
        rule.name,
        plain(&rule.title),
        rule.code
    )?;
    writeln!(out, "### What it checks\n")?;
    writeln!(
        out,
        "Severity {}, {}. Speaks about `{}`; in the packs {}.\n",
        word("severity", ""),
        word("confidence", "proven"),
        rule.kind.spec().name,
        rule.packs.join(", ")
    )?;
    if let Some(when) = file["when"].as_str() {
        writeln!(out, "Where this holds:\n\n```cel\n{}\n```\n", when.trim())?;
    }
    let lets: Vec<&str> = rule
        .source
        .lines()
        .skip_while(|line| *line != "let:")
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .map(|line| line.get(2..).unwrap_or_default())
        .collect();
    if !lets.is_empty() {
        writeln!(out, "With:\n\n```yaml\n{}\n```\n", lets.join("\n"))?;
    }
    writeln!(
        out,
        "This must hold:\n\n```cel\n{}\n```\n",
        word("check", "").trim()
    )?;
    let calls: Vec<String> = needs(rule)
        .into_iter()
        .map(|call| format!("`{}`", call.action))
        .collect();
    writeln!(out, "It rests on answers that need {}.\n", calls.join(", "))?;
    writeln!(out, "### Why\n\n{}\n", plain(&rule.why))?;
    writeln!(out, "### How to fix\n\n{}\n", plain(&rule.fix))?;
    for (language, text) in [("sh", &rule.fix_cli), ("hcl", &rule.fix_terraform)] {
        if let Some(text) = text {
            writeln!(out, "```{language}\n{}\n```\n", text.trim_end())?;
        }
    }
    grounds(rule, &file, out)?;
    let (fails, passes) = (case(rule, "fail"), case(rule, "pass"));
    writeln!(out, "\n### Example that fails\n\n```yaml\n{fails}\n```\n")?;
    writeln!(out, "### Example that passes\n\n```yaml\n{passes}\n```\n")
}

/// What a rule can be told, and what it rests on.
fn grounds(rule: &Rule, file: &Value, out: &mut String) -> std::fmt::Result {
    writeln!(out, "### Parameters\n")?;
    if rule.params.is_empty() {
        writeln!(out, "None.\n")?;
    } else {
        writeln!(
            out,
            "| name | type | default | meaning |\n|---|---|---|---|"
        )?;
        for (name, param) in &rule.params {
            let ty = file["params"][name]["type"].as_str().unwrap_or_default();
            let default = param.default.to_string();
            let default = if default.is_empty() {
                String::new()
            } else {
                format!("`{default}`")
            };
            writeln!(
                out,
                "| `{name}` | {} | {default} | {} |",
                plain(ty),
                plain(&param.doc)
            )?;
        }
        writeln!(out)?;
    }
    writeln!(out, "### Facts\n")?;
    for fact in rule.facts.values() {
        let value = match &fact.value {
            FactValue::One(value) => format!("{value}"),
            FactValue::Table(rows) => format!("a table of {} rows", rows.len()),
        };
        writeln!(
            out,
            "- [{0}](../rules/facts/{0}.yaml): {value}, as of {1}",
            fact.name, fact.as_of
        )?;
    }
    for reference in &rule.references {
        writeln!(
            out,
            "- [{}]({}), read {}",
            plain(&reference.title),
            reference.url,
            reference.date
        )?;
    }
    for control in &rule.controls {
        let ids = control.ids.join(", ");
        let framework = &control.framework;
        writeln!(out, "- [{framework}](controls.md#{framework}): {ids}")?;
    }
    Ok(())
}

#[test]
fn every_control_that_a_rule_names_is_in_the_table() {
    let (set, _) = load(&[]).unwrap();
    let mut out = format!("# Controls\n\n{NOTE}\n");
    out.push_str(
        "A finding is evidence for the controls that its rule names. The files in\n\
         [rules/controls](../rules/controls) have the ids, the relation and where they come from.\n\n",
    );
    for framework in &set.frameworks {
        let name = &framework.framework;
        let note = plain(&framework.note.replace('\n', " "));
        writeln!(out, "## {name}\n").unwrap();
        writeln!(
            out,
            "[{}]({}), {}.",
            plain(&framework.title),
            framework.url,
            plain(&framework.version)
        )
        .unwrap();
        writeln!(
            out,
            "Looked over on {} by {}.\n\n{note}\n",
            framework.as_of, framework.reviewed_by
        )
        .unwrap();
        writeln!(
            out,
            "| control | relation | about | rules |\n|---|---|---|---|"
        )
        .unwrap();
        for mapping in &framework.controls {
            let names = |rule: &&Rule| {
                let mut of = rule
                    .controls
                    .iter()
                    .filter(|control| control.framework == *name);
                of.any(|control| control.ids.contains(&mapping.id))
            };
            let rules: Vec<String> = set
                .rules
                .iter()
                .filter(names)
                .map(|rule| format!("[{0}](rules.md#{0})", rule.name))
                .collect();
            let (id, relation) = (&mapping.id, mapping.relation.name());
            let rules = if rules.is_empty() {
                "none yet".to_owned()
            } else {
                rules.join(", ")
            };
            writeln!(
                out,
                "| {id} | {relation} | {} | {rules} |",
                plain(&mapping.about)
            )
            .unwrap();
        }
        out.push('\n');
    }
    document("controls.md", &out);
}

#[test]
fn the_chapter_of_every_rule_is_what_the_rule_says() {
    let (set, _) = load(&[]).unwrap();
    let mut out = format!("# Rules\n\n{NOTE}\n");
    out.push_str("| code | rule | severity | what is wrong |\n|---|---|---|---|\n");
    let mut by_code: Vec<&Rule> = set.rules.iter().collect();
    by_code.sort_by(|a, b| a.code.cmp(&b.code));
    for rule in &by_code {
        let severity = serde_json::to_value(rule.severity).unwrap();
        let severity = severity.as_str().unwrap();
        writeln!(
            out,
            "| {} | [{1}](#{1}) | {severity} | {2} |",
            rule.code,
            rule.name,
            plain(&rule.title)
        )
        .unwrap();
    }
    out.push('\n');
    for rule in by_code {
        chapter(rule, &mut out).unwrap();
    }
    document("rules.md", &out);
}

/// What a field holds, in words, and the fields inside.
fn shape(field: &Field) -> (String, &'static [Field]) {
    match field.shape {
        Shape::Text => ("text".to_owned(), &[]),
        Shape::Int => ("int".to_owned(), &[]),
        Shape::Bool => ("bool".to_owned(), &[]),
        Shape::Address => ("address".to_owned(), &[]),
        Shape::Cidr => ("CIDR".to_owned(), &[]),
        Shape::Texts => ("list of text".to_owned(), &[]),
        Shape::Reference(kind) => {
            let kinds = std::iter::once(kind).chain(field.others.iter().map(|other| other.0));
            let names: Vec<String> = kinds.map(linked).collect();
            (format!("id of {}", names.join(" or ")), &[])
        }
        Shape::References(kind) => (format!("ids of {}", linked(kind)), &[]),
        Shape::Object(inner) => ("object".to_owned(), inner),
        Shape::List(inner) => ("list".to_owned(), inner),
        Shape::Tags => ("tags".to_owned(), &[]),
        Shape::Embedded(kind) => (format!("objects that become {}", linked(kind)), &[]),
    }
}

fn linked(kind: Kind) -> String {
    format!("[{0}](#{0})", kind.spec().name)
}

fn fields(all: &[Field], before: &str, out: &mut String) -> std::fmt::Result {
    for field in all {
        let (holds, inner) = shape(field);
        let path = format!("{before}{}", field.name);
        let absent = if field.absent == Absent::Unknown {
            "unknown"
        } else {
            "empty"
        };
        let mut doc = plain(field.doc);
        if !field.values.is_empty() {
            write!(doc, " Known values: {}.", field.values.join(", "))?;
        }
        if let Some(operation) = field.operation {
            write!(doc, " From `{operation}`.")?;
        }
        writeln!(out, "| `{path}` | {holds} | {absent} | {doc} |")?;
        let list = matches!(field.shape, Shape::List(_));
        fields(
            inner,
            &format!("{path}{}.", if list { "[]" } else { "" }),
            out,
        )?;
    }
    Ok(())
}

fn kind_chapter(kind: Kind, out: &mut String) -> std::fmt::Result {
    let spec = kind.spec();
    writeln!(
        out,
        "## {}\n\n{} In rules `{}`; `{}`.",
        spec.name,
        plain(spec.doc),
        spec.variable,
        spec.cloudformation
    )?;
    writeln!(out, "[Documentation]({})\n", spec.url)?;
    if spec.is_given() {
        writeln!(
            out,
            "No call: `connections` of `plaudit.yaml`, or a list `{}`.",
            spec.sources.first().map_or("", |source| source.key)
        )?;
    } else {
        writeln!(out, "| call | recognised by | IAM action |\n|---|---|---|")?;
    }
    for source in spec.calls() {
        let by = if source.key.is_empty() {
            source.marks.join(" + ")
        } else {
            source.key.to_owned()
        };
        writeln!(
            out,
            "| {} {} | `{by}` | `{}` |",
            source.service,
            source.operation,
            source.iam_action()
        )?;
    }
    writeln!(
        out,
        "\n| field | holds | if absent | meaning |\n|---|---|---|---|"
    )?;
    fields(spec.fields, "", out)?;
    let mut members = BTreeSet::new();
    for link in links::all() {
        if link.from == kind {
            let many = if link.many { "list of " } else { "" };
            members.insert(format!(
                "| `{}.{}()` | {many}{} |",
                spec.variable,
                link.forward,
                linked(link.to)
            ));
        }
        if link.to == kind && !link.reverse.is_empty() {
            members.insert(format!(
                "| `{}.{}()` | list of {} |",
                spec.variable,
                link.reverse,
                linked(link.from)
            ));
        }
    }
    if !members.is_empty() {
        writeln!(out, "\n| link | leads to |\n|---|---|")?;
        for member in members {
            writeln!(out, "{member}")?;
        }
    }
    writeln!(out)
}

#[test]
fn the_table_of_every_kind_is_what_the_program_reads() {
    let mut out = format!("# Kinds of resources\n\n{NOTE}\n");
    out.push_str(
        "What rules can speak about. \"If absent\" says what it means that an answer does not contain the field: \
        `unknown` when the\nAPI always returns it, so that this source does not know; `empty` when the API leaves it \
        out because there is nothing to say.\n\n",
    );
    for kind in Kind::ALL {
        writeln!(out, "- {}: {}", linked(*kind), plain(kind.spec().doc)).unwrap();
    }
    out.push('\n');
    for kind in Kind::ALL {
        kind_chapter(*kind, &mut out).unwrap();
    }
    document("kinds.md", &out);
}

#[test]
fn the_table_of_functions_is_that_of_the_checker() {
    const START: &str = "<!-- functions: made from the program by `UPDATE=1 cargo test docs` -->\n";
    const END: &str = "<!-- end of functions -->";
    let mut table = "\n| function | answers | example |\n|---|---|---|\n".to_owned();
    for function in functions::all() {
        writeln!(
            table,
            "| `{}` | {} | `{}` |",
            function.signature().replace('|', "\\|"),
            plain(function.doc),
            function.example.replace('|', "\\|")
        )
        .unwrap();
    }
    table.push('\n');
    let there = fs::read_to_string(root().join("docs/expressions.md")).unwrap();
    let (before, rest) = there.split_once(START).expect("the start of the table");
    let (_, after) = rest.split_once(END).expect("the end of the table");
    document(
        "expressions.md",
        &format!("{before}{START}{table}{END}{after}"),
    );
}

/// `plaudit` and every subcommand below it.
fn commands() -> Vec<Vec<String>> {
    let mut found = vec![Vec::new()];
    let mut next = 0;
    while let Some(command) = found.get(next).cloned() {
        next += 1;
        let help = plaudit(&command).arg("--help").run().ends_with(0);
        let listed = help
            .text()
            .split("\nCommands:\n")
            .nth(1)
            .unwrap_or_default();
        for line in listed.lines().take_while(|line| !line.is_empty()) {
            let name = line.split_whitespace().next().unwrap();
            if line.starts_with("  ") && !line.starts_with("   ") && name != "help" {
                found.push([&command[..], &[name.to_owned()]].concat());
            }
        }
    }
    found.sort();
    assert!(found.len() > 10, "{found:?}");
    found
}

#[test]
fn the_help_texts_are_those_of_the_program() {
    let mut out = format!("# Command line\n\n{NOTE}\n");
    for command in commands() {
        let help = plaudit(&command).arg("--help").run().ends_with(0);
        let lines: Vec<&str> = help.text().lines().map(str::trim_end).collect();
        let name = [&["plaudit".to_owned()][..], &command].concat().join(" ");
        writeln!(
            out,
            "## {name}\n\n```text\n{}\n```\n",
            lines.join("\n").trim_end()
        )
        .unwrap();
    }
    document("cli.md", &out);
}

/// The documents that people read.
fn prose() -> Vec<(String, String)> {
    let mut names: Vec<String> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
        .map(ToOwned::to_owned)
        .to_vec();
    for folder in ["docs", "fixtures", "bench", "fuzz"] {
        names.extend(
            files(&root().join(folder))
                .into_iter()
                .map(|file| format!("{folder}/{}", file.display()))
                .filter(|file| {
                    Path::new(file).extension().is_some_and(|end| end == "md")
                        && !file.contains("/target/")
                        && !file.contains("/data/")
                }),
        );
    }
    names
        .into_iter()
        .map(|name| {
            let text = fs::read_to_string(root().join(&name)).unwrap();
            (name, text)
        })
        .collect()
}

/// Fenced blocks of a language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let open = format!("\n```{language}\n");
    text.match_indices(&open)
        .filter_map(|(at, _)| text[at + open.len()..].split("\n```").next())
        .collect()
}

#[test]
fn every_link_to_a_file_leads_somewhere() {
    let mut dead = Vec::new();
    for (name, text) in prose() {
        let folder = Path::new(&name).parent().unwrap().to_owned();
        let headings: BTreeSet<String> = text
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| {
                line.trim_start_matches('#')
                    .trim()
                    .to_lowercase()
                    .replace(' ', "-")
            })
            .collect();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', ' ']).next().unwrap();
            let alive = match target.split_once('#') {
                _ if target.starts_with("https://") => true,
                Some(("", heading)) => headings.contains(heading),
                Some((file, _)) => root().join(&folder).join(file).exists(),
                None => root().join(&folder).join(target).exists(),
            };
            if !alive {
                dead.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn every_rule_in_a_document_is_a_rule() {
    let mut count = 0;
    for (name, text) in prose() {
        for block in blocks(&text, "yaml") {
            let Some(rule) = block.strip_prefix("name: ") else {
                continue;
            };
            let rule = rule.lines().next().unwrap();
            if let Err(problems) = load_text(&format!("docs/{rule}.yaml"), block) {
                let drawn: Vec<String> = problems
                    .iter()
                    .map(|problem| problem.render(false))
                    .collect();
                panic!("{name}: {rule}\n{}", drawn.join("\n"));
            }
            count += 1;
        }
    }
    assert!(count >= 1, "the recipe of a rule is a rule");
}

#[test]
fn every_requirement_of_the_seeds_has_a_rule_or_a_reason() {
    let text = fs::read_to_string(root().join("docs/seeds.md")).unwrap();
    let (set, _) = load(&[]).unwrap();
    let rules: BTreeSet<&str> = set.rules.iter().map(|rule| rule.name.as_str()).collect();
    let (mut rows, mut named) = (0, BTreeSet::new());
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [asked, answer] = cells.as_slice() else {
            panic!("two cells: {line}");
        };
        if *answer == "rules, or why none" {
            continue;
        }
        rows += 1;
        let quoted: Vec<&str> = answer.split('`').skip(1).step_by(2).collect();
        // Names of rules have hyphens; names of parameters do not.
        let in_cell = quoted
            .iter()
            .filter(|name| !name.contains(' ') && name.contains('-'));
        for name in in_cell {
            assert!(rules.contains(name), "{asked}: there is no rule {name}");
            named.insert(*name);
        }
        let reason = answer.contains("no rule: ") || answer.contains("no longer so");
        let other = quoted.iter().any(|name| name.starts_with("plaudit "));
        let answered = quoted.iter().any(|name| rules.contains(name));
        assert!(
            answered || reason || other || answer.starts_with("every "),
            "{asked}: neither a rule nor a reason"
        );
    }
    assert!(rows >= 60, "{rows} rows");
    assert!(named.len() >= 60, "{} rules", named.len());
}

#[test]
fn every_flag_in_a_document_exists() {
    let help: String = commands()
        .iter()
        .map(|command| plaudit(command).arg("--help").run().text().to_owned())
        .collect();
    let known: BTreeSet<&str> = help
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| word.starts_with("--"))
        .chain(["--version"])
        .collect();
    let names = commands();
    let mut wrong = Vec::new();
    for (name, text) in prose() {
        for block in blocks(&text, "sh") {
            for line in block.lines() {
                let Some(words) = line
                    .split(" # ")
                    .next()
                    .and_then(|line| line.split_once("plaudit ").map(|(_, rest)| rest))
                    .filter(|_| line.starts_with("plaudit ") || line.starts_with("target/"))
                else {
                    continue;
                };
                let words: Vec<&str> = words.split_whitespace().collect();
                if !names
                    .iter()
                    .any(|command| command.first().map(String::as_str) == words.first().copied())
                    && !words[0].starts_with("--")
                {
                    wrong.push(format!("{name}: no command `{}`", words[0]));
                }
                for word in words.iter().filter(|word| word.starts_with("--")) {
                    if !known.contains(word.split('=').next().unwrap()) {
                        wrong.push(format!("{name}: no flag `{word}`"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_has_every_exit_code() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for code in 0..=4 {
        assert!(
            readme.contains(&format!("| {code} | ")),
            "no row for exit code {code}"
        );
    }
}

#[test]
fn the_script_and_the_policy_have_every_call_that_a_rule_rests_on() {
    let printed = |flag: &str| {
        let outcome = plaudit(["collect", "aws", flag, "--no-config"]).run();
        assert_eq!(outcome.code, 0, "{}", outcome.err);
        String::from_utf8(outcome.out).unwrap()
    };
    let (script, policy) = (printed("--script"), printed("--iam-policy"));
    let azure = |flag: &str| plaudit(["collect", "azure", flag]).run();
    let (azure_script, azure_actions) = (azure("--script"), azure("--permissions"));
    let (set, _) = load(&[]).unwrap();
    // Redis Cloud has a collector and a script of its own.
    let calls = set.rules.iter().flat_map(needs);
    for call in calls.filter(|call| !call.service.starts_with("redis-cloud")) {
        if call.service == "az" {
            let words = format!(" {}\n", call.operation);
            assert!(azure_script.text().contains(&words), "{words}");
            assert!(
                azure_actions.text().contains(&call.action),
                "{}",
                call.action
            );
            continue;
        }
        let service = match call.service {
            "elasticloadbalancing" => "elbv2",
            other => other,
        };
        let command = format!("aws {service} {}", kebab(call.operation));
        assert!(
            script.contains(&command),
            "`{command}` is not in the script"
        );
        let action = format!("\"{}\"", call.action);
        assert!(policy.contains(&action), "{action} is not in the policy");
    }
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let run = plaudit(["audit", "fixtures/redis-cloud-broken", "-f", "text"]).run();
    let mut printed: BTreeSet<&str> = run.text().lines().collect();
    let questions: Vec<Vec<&str>> = blocks(&readme, "sh")
        .iter()
        .flat_map(|block| block.lines())
        .filter_map(|line| line.strip_prefix("plaudit "))
        .filter(|rest| {
            ["reach fixtures/", "matrix fixtures/"]
                .iter()
                .any(|start| rest.starts_with(start))
        })
        .map(|rest| rest.split_whitespace().collect())
        .collect();
    assert!(!questions.is_empty());
    let answers: Vec<Outcome> = questions
        .iter()
        .map(|words| plaudit([words[0]]).args(&words[1..]).run())
        .collect();
    for answer in &answers {
        printed.extend(answer.text().lines());
    }
    let shown = blocks(&readme, "text");
    assert_eq!(shown.len(), 4);
    for line in shown.iter().flat_map(|block| block.lines()) {
        assert!(printed.contains(line), "not printed: {line}");
    }
}
