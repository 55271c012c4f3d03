//! A rule compiled for one graph: its conditions, its message, its values.
//!
//! It may use the compiler of expressions. It decides about one resource at a
//! time; which resources there are and what becomes of verdicts is not known
//! here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::findings::Verdict;
use crate::graph::Graph;
use crate::rules::expression::check;
use crate::rules::expression::compile::{self, Context, Eval, Lets};
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::{Text, Value};
use crate::rules::rule::{Datum, FactValue, Part, Rule};
use crate::rules::select::Selected;
use crate::snapshot::record::Kind;

/// A rule compiled for one graph.
pub(in crate::rules) struct Compiled<'g> {
    when: Option<Eval<'g>>,
    check: Eval<'g>,
    message: Vec<MessagePart<'g>>,
    pub(in crate::rules) slots: usize,
    pub(in crate::rules) lets: usize,
    pub(in crate::rules) kind: Kind,
}

/// A part of a message.
enum MessagePart<'g> {
    Text(String),
    Hole(Eval<'g>),
}

impl<'g> Compiled<'g> {
    pub(in crate::rules) fn verdict(&self, frame: &mut Frame<'g>) -> Verdict {
        if let Some(when) = &self.when {
            match when(frame).truth() {
                Some(true) => frame.as_context(),
                Some(false) => return Verdict::NotApplicable,
                None => return Verdict::Unknown,
            }
        }
        match (self.check)(frame).truth() {
            Some(true) => Verdict::Pass,
            Some(false) => Verdict::Fail,
            None => Verdict::Unknown,
        }
    }

    /// The message of a finding; holes whose value is unknown say so.
    pub(in crate::rules) fn message(&self, graph: &'g Graph, frame: &mut Frame<'g>) -> String {
        frame.start_rendering();
        self.message
            .iter()
            .map(|part| match part {
                MessagePart::Text(text) => text.clone(),
                MessagePart::Hole(code) => code(frame).display(graph),
            })
            .collect()
    }
}

/// Compiles a rule, its parameters and facts in place.
pub(super) fn compile_rule<'g>(
    selected: &Selected<'_>,
    graph: &'g Graph,
    now: Option<&'g str>,
) -> Compiled<'g> {
    let rule = selected.rule;
    let context = Context {
        graph,
        now,
        given: Arc::new(given(selected, graph)),
    };
    // Each `let` sees those before it.
    let mut compiled: Vec<Arc<Eval<'g>>> = Vec::new();
    for (_, typed) in &rule.lets {
        let before = Arc::new(compiled.clone());
        compiled.push(Arc::new(compile::compile(typed, &context, &before)));
    }
    let lets: Lets<'g> = Arc::new(compiled);
    let message = rule
        .message
        .iter()
        .map(|part| match part {
            Part::Text(text) => MessagePart::Text(text.clone()),
            Part::Hole(typed) => MessagePart::Hole(compile::compile(typed, &context, &lets)),
        })
        .collect();
    Compiled {
        when: rule
            .when
            .as_ref()
            .map(|when| compile::compile(when, &context, &Arc::default())),
        check: compile::compile(&rule.check, &context, &lets),
        message,
        slots: slots(rule),
        lets: rule.lets.len(),
        kind: rule.kind,
    }
}

/// Values of parameters and facts, by the name that expressions use.
fn given<'g>(selected: &Selected<'_>, graph: &'g Graph) -> BTreeMap<String, Value<'g>> {
    let mut given = BTreeMap::new();
    for (name, value) in &selected.params {
        given.insert(format!("params.{name}"), constant(value, graph));
    }
    for (name, fact) in &selected.rule.facts {
        let value = match &fact.value {
            FactValue::One(value) => constant(value, graph),
            FactValue::Table(rows) => Value::list(
                rows.iter()
                    .map(|row| {
                        Value::Fact(Arc::new(
                            row.iter().map(|value| constant(value, graph)).collect(),
                        ))
                    })
                    .collect(),
                false,
            ),
        };
        given.insert(format!("facts.{name}"), value);
    }
    given
}

/// Slots for the variables of all expressions of a rule.
fn slots(rule: &Rule) -> usize {
    let holes = rule.message.iter().filter_map(|part| match part {
        Part::Hole(typed) => Some(typed),
        Part::Text(_) => None,
    });
    rule.when
        .iter()
        .chain([&rule.check])
        .chain(rule.lets.iter().map(|(_, typed)| typed))
        .chain(holes)
        .map(check::slots)
        .max()
        .unwrap_or(1)
}

fn constant<'g>(datum: &Datum, graph: &'g Graph) -> Value<'g> {
    match datum {
        Datum::Bool(value) => Value::Bool(*value),
        Datum::Int(value) => Value::Int(*value),
        Datum::Text(text) => Value::Text(
            graph
                .symbol(text)
                .map_or_else(|| Text::Shared(text.as_str().into()), Text::Symbol),
        ),
        Datum::List(items) => Value::list(
            items.iter().map(|item| constant(item, graph)).collect(),
            false,
        ),
    }
}
