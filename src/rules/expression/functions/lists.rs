//! CEL's standard functions over lists, and those of its lists extension.
//!
//! An open list has no size and cannot be joined: what is not seen would be
//! missing. Nothing about networks belongs here.

use super::{Accepts, Call, Function, Gives, senseless};
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "size",
        receiver: Some(Accepts::Sized),
        args: &[],
        gives: Gives::Int,
        doc: "How many elements, characters or tags; unknown while a list may have more.",
        example: "endpoint.SubnetIds.size()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: size,
    },
    Function {
        name: "size",
        receiver: None,
        args: &[Accepts::Sized],
        gives: Gives::Int,
        doc: "How many elements, characters or tags; unknown while a list may have more.",
        example: "size(endpoint.SubnetIds)",
        reads: &[],
        follows: &[],
        whole: &[],
        call: size,
    },
    Function {
        name: "join",
        receiver: Some(Accepts::Texts),
        args: &[Accepts::Text],
        gives: Gives::Text,
        doc: "The texts with a separator between them; unknown while an element is unknown or the list may have more, but a message shows what there is.",
        example: "endpoint.SubnetIds.join(\", \")",
        reads: &[],
        follows: &[],
        whole: &[],
        call: join,
    },
    Function {
        name: "distinct",
        receiver: Some(Accepts::Sortable),
        args: &[],
        gives: Gives::Receiver,
        doc: "The list without repetitions, in the order of first appearance.",
        example: "endpoint.subnets().map(s, s.AvailabilityZoneId).distinct()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| {
            let (items, mut open) = call.items(0);
            // An unknown element may be one of the others.
            open |= items.iter().any(Value::is_unknown);
            let mut kept: Vec<Value<'_>> = Vec::new();
            for item in items {
                if !kept
                    .iter()
                    .any(|other| other.same(&item, false, call.graph) == Some(true))
                {
                    kept.push(item);
                }
            }
            Value::list(kept, open)
        },
    },
    Function {
        name: "total",
        receiver: Some(Accepts::Sortable),
        args: &[],
        gives: Gives::Int,
        doc: "The sum of the numbers, also of numbers in texts; a fraction counts as one more. Unknown if an element is no number or there may be more.",
        example: "metric_data_result.Values.total() == 0",
        reads: &[],
        follows: &[],
        whole: &[],
        call: total,
    },
    Function {
        name: "sort",
        receiver: Some(Accepts::Sortable),
        args: &[],
        gives: Gives::Receiver,
        doc: "The list in ascending order: numbers by value, texts by their characters.",
        example: "vpc.subnets().map(s, s.AvailabilityZoneId).sort()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| {
            let (mut items, mut open) = call.items(0);
            // The place of an unknown element is not known either.
            open |= items.iter().any(Value::is_unknown);
            items.sort_by_cached_key(|item| match item {
                Value::Int(value) => (*value, String::new()),
                other => (0, other.display(call.graph)),
            });
            Value::list(items, open)
        },
    },
];

fn join<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let (items, open) = call.items(0);
    if !frame.rendering && (open || items.iter().any(Value::is_unknown)) {
        return Value::Unknown;
    }
    let mut texts: Vec<String> = items.iter().map(|item| item.display(call.graph)).collect();
    if open {
        texts.push("…".to_owned());
    }
    Value::text(texts.join(&call.text(1)))
}

/// Whole numbers are added exactly; fractions, which measured values may have,
/// as floating-point numbers.
fn total<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let (items, open) = call.items(0);
    if open || items.iter().any(Value::is_unknown) {
        return Value::Unknown;
    }
    let (mut whole, mut rest) = (0_i64, 0.0_f64);
    for item in &items {
        let text = item.display(call.graph);
        if let Ok(number) = text.parse::<i64>() {
            let Some(sum) = whole.checked_add(number) else {
                return senseless(frame, "a sum of more than 63 bits");
            };
            whole = sum;
        } else {
            match text.parse::<f64>() {
                Ok(number) if number.is_finite() => rest += number,
                _ => return senseless(frame, format!("`{text}`, which is no number")),
            }
        }
    }
    let rest: Option<i64> = format!("{:.0}", rest.ceil()).parse().ok();
    let sum = rest.and_then(|rest| whole.checked_add(rest));
    sum.map_or_else(
        || senseless(frame, "a sum of more than 63 bits"),
        Value::Int,
    )
}

fn size<'g>(call: &Call<'_, 'g>, _: &mut Frame<'g>) -> Value<'g> {
    call.args
        .first()
        .and_then(|value| value.size(call.graph))
        .map_or(Value::Unknown, Value::Int)
}
