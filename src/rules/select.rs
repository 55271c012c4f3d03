//! Which rules run, how severe they are, and with which parameters.
//!
//! Pure decisions over names; files and flags are read elsewhere.

use std::collections::BTreeMap;

use super::expression::suggest;
use super::load::fits;
use super::rule::{Datum, Rule, RuleSet};
use crate::findings::Severity;

/// What somebody wants.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Packs, rules, codes or patterns to run; all if empty.
    pub select: Vec<String>,
    /// Those to leave out; stronger than `select`.
    pub ignore: Vec<String>,
    /// Severity by rule name, code or pattern; the last match counts.
    pub severity: Vec<(String, Severity)>,
    /// Parameters: `name` for all rules that have it, `rule.name` for one.
    pub params: Vec<(String, Datum)>,
}

/// A rule as it will run.
#[derive(Debug, Clone)]
pub struct Selected<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// After overrides.
    pub severity: Severity,
    /// All parameters with their values.
    pub params: BTreeMap<String, Datum>,
}

/// Picks the rules to run, in the order of their names.
///
/// # Errors
/// Every name that matches nothing and every value of the wrong type, as
/// message and help.
pub fn select<'r>(
    set: &'r RuleSet,
    wanted: &Selection,
) -> Result<Vec<Selected<'r>>, Vec<(String, String)>> {
    let mut problems = Vec::new();
    let names = wanted
        .select
        .iter()
        .chain(&wanted.ignore)
        .chain(wanted.severity.iter().map(|(name, _)| name));
    for name in names {
        if !set.rules.iter().any(|rule| picks(name, rule)) {
            let known = set
                .rules
                .iter()
                .map(|rule| rule.name.as_str())
                .chain(set.packs.iter().map(|pack| pack.name.as_str()));
            problems.push((
                format!("`{name}` matches no rule, code or pack"),
                suggest::among(name, known),
            ));
        }
    }
    let mut selected = Vec::new();
    for rule in &set.rules {
        let wants = wanted.select.is_empty() || wanted.select.iter().any(|name| picks(name, rule));
        if !wants || wanted.ignore.iter().any(|name| picks(name, rule)) {
            continue;
        }
        let severity = wanted
            .severity
            .iter()
            .rev()
            .find(|(name, _)| picks(name, rule))
            .map_or(rule.severity, |(_, severity)| *severity);
        let params = rule
            .params
            .iter()
            .map(|(name, param)| (name.clone(), param.default.clone()))
            .collect();
        selected.push(Selected {
            rule,
            severity,
            params,
        });
    }
    set_params(set, &mut selected, &wanted.params, &mut problems);
    if problems.is_empty() {
        Ok(selected)
    } else {
        Err(problems)
    }
}

fn set_params(
    set: &RuleSet,
    selected: &mut [Selected<'_>],
    params: &[(String, Datum)],
    problems: &mut Vec<(String, String)>,
) {
    for (path, value) in params {
        let (scope, name) = path
            .split_once('.')
            .map_or((None, path.as_str()), |(rule, name)| (Some(rule), name));
        let has = |rule: &Rule| {
            scope.is_none_or(|scope| picks(scope, rule)) && rule.params.contains_key(name)
        };
        if !set.rules.iter().any(has) {
            let known = set
                .rules
                .iter()
                .flat_map(|rule| rule.params.keys().map(String::as_str));
            problems.push((
                format!("no rule has a parameter `{path}`"),
                suggest::among(name, known),
            ));
        }
        for chosen in selected.iter_mut().filter(|chosen| has(chosen.rule)) {
            let Some(param) = chosen.rule.params.get(name) else {
                continue;
            };
            match fit(&param.given, value) {
                Some(value) => {
                    chosen.params.insert(name.to_owned(), value);
                }
                None => problems.push((
                    format!("`{path}` of `{}` cannot be {value}", chosen.rule.name),
                    format!("its default is {}: {}", param.default, param.doc),
                )),
            }
        }
    }
}

/// The value as a parameter wants it. On the command line everything is text,
/// so a single text also stands for a number or for a list with one element.
fn fit(given: &super::expression::check::Given, value: &Datum) -> Option<Datum> {
    use super::expression::check::Given;
    if fits(given, value) {
        return Some(value.clone());
    }
    match (given, value) {
        (Given::Many(ty), Datum::List(items)) => items
            .iter()
            .map(|item| fit(&Given::One(*ty), item))
            .collect::<Option<Vec<_>>>()
            .map(Datum::List),
        (Given::Many(ty), one) => fit(&Given::One(*ty), one).map(|one| Datum::List(vec![one])),
        (Given::One(_), Datum::Text(text)) => {
            let read = text
                .parse()
                .map(Datum::Int)
                .or_else(|_| text.parse().map(Datum::Bool))
                .ok()?;
            fits(given, &read).then_some(read)
        }
        (Given::One(_), Datum::Int(number)) => {
            let text = Datum::Text(number.to_string());
            fits(given, &text).then_some(text)
        }
        _ => None,
    }
}

/// Whether a name, code, pack or pattern means a rule.
fn picks(name: &str, rule: &Rule) -> bool {
    matches(name, &rule.name)
        || name.eq_ignore_ascii_case(&rule.code)
        || rule.packs.iter().any(|pack| pack == name)
        || rule.formerly.iter().any(|old| old == name)
}

/// Whether a pattern with `*` matches the whole text. Linear in the text for
/// each star.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_anything() {
        assert!(matches("*", "endpoint-state-dead"));
        assert!(matches("endpoint-*", "endpoint-state-dead"));
        assert!(matches("*-state-*", "endpoint-state-dead"));
        assert!(matches("endpoint-state-dead", "endpoint-state-dead"));
        assert!(!matches("endpoint", "endpoint-state-dead"));
        assert!(!matches("*-dead-*", "endpoint-state-dead"));
        assert!(!matches("a*a", "a"));
    }
}
