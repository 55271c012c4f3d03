//! CEL's standard functions over texts, and conversions.
//!
//! Semantics are those of the CEL specification and its strings extension;
//! nothing about networks belongs here.

use super::{Accepts, Call, Function, Gives, senseless};
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    test(
        "startsWith",
        "Whether the text begins with another.",
        "endpoint.ServiceName.startsWith(\"com.amazonaws.vpce.\")",
        |call, _| Value::Bool(call.text(0).starts_with(&call.text(1))),
    ),
    test(
        "endsWith",
        "Whether the text ends with another.",
        "hosted_zone.Name.endsWith(\".internal.\")",
        |call, _| Value::Bool(call.text(0).ends_with(&call.text(1))),
    ),
    test(
        "contains",
        "Whether the text contains another.",
        "security_group.Description.contains(\"redis\")",
        |call, _| Value::Bool(call.text(0).contains(&call.text(1))),
    ),
    Function {
        name: "lowerAscii",
        receiver: Some(Accepts::Text),
        args: &[],
        gives: Gives::Text,
        doc: "The text with its ASCII letters in lower case.",
        example: "resource_record_set.Name.lowerAscii()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| Value::text(call.text(0).to_ascii_lowercase()),
    },
    Function {
        name: "replace",
        receiver: Some(Accepts::Text),
        args: &[Accepts::Text, Accepts::Text],
        gives: Gives::Text,
        doc: "The text with every occurrence of the first argument replaced by the second.",
        example: "hosted_zone.Name.replace(\"\\\\052\", \"*\")",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| Value::text(call.text(0).replace(&call.text(1), &call.text(2))),
    },
    Function {
        name: "split",
        receiver: Some(Accepts::Text),
        args: &[Accepts::Text],
        gives: Gives::Texts,
        doc: "The parts of the text between separators.",
        example: "endpoint.ResourceConfigurationArn.split(\":\")",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| Value::texts(call.text(0).split(&call.text(1)).map(str::to_owned)),
    },
    Function {
        name: "int",
        receiver: None,
        args: &[Accepts::Scalar],
        gives: Gives::Int,
        doc: "The text as a whole number; unknown if it is none.",
        example: "int(\"16\")",
        reads: &[],
        follows: &[],
        whole: &[],
        call: to_int,
    },
    Function {
        name: "string",
        receiver: None,
        args: &[Accepts::Scalar],
        gives: Gives::Text,
        doc: "The number as text.",
        example: "string(params.min_free)",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| {
            Value::text(
                call.args
                    .first()
                    .map_or_else(String::new, |value| value.display(call.graph)),
            )
        },
    },
    Function {
        name: "age_days",
        receiver: None,
        args: &[Accepts::Text],
        gives: Gives::Int,
        doc: "Days from an RFC 3339 time to the time of the run; unknown when the run has no time (`--now`) or the text is no time.",
        example: "age_days(endpoint.CreationTimestamp) > 14",
        reads: &[],
        follows: &[],
        whole: &[],
        call: age_days,
    },
    Function {
        name: "undecided",
        receiver: None,
        args: &[Accepts::Text],
        gives: Gives::Bool,
        doc: "Neither true nor false: what nothing that can be collected decides. The text says what that is, and is the reason that a finding gives.",
        example: "undecided(\"what the appliance \" + endpoint.VpcEndpointId + \" lets through\")",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, frame| senseless(frame, call.text(0)),
    },
];

const fn test(
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    call: Code,
) -> Function {
    Function {
        name,
        receiver: Some(Accepts::Text),
        args: &[Accepts::Text],
        gives: Gives::Bool,
        doc,
        example,
        reads: &[],
        follows: &[],
        whole: &[],
        call,
    }
}

type Code = for<'c, 'g> fn(&Call<'c, 'g>, &mut Frame<'g>) -> Value<'g>;

fn to_int<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    match call.args.first() {
        Some(Value::Int(value)) => Value::Int(*value),
        _ => match call.text(0).parse() {
            Ok(value) => Value::Int(value),
            Err(_) => senseless(frame, format!("`{}` as a whole number", call.text(0))),
        },
    }
}

fn age_days<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(now) = call.now else {
        return senseless(frame, "the time of the run (give --now)");
    };
    match (day(&call.text(0)), day(now)) {
        (Some(then), Some(now)) => Value::Int(now - then),
        _ => senseless(frame, format!("`{}` as a time", call.text(0))),
    }
}

/// The day of an RFC 3339 time, counted from 1970-01-01.
///
/// The usual reckoning with years that begin in March, so that the leap day is
/// the last of the year.
pub fn day(time: &str) -> Option<i64> {
    let date = time.get(..10)?;
    let mut parts = date.split('-').map(str::parse::<i64>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(day("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(day("2000-03-01"), Some(11017));
        assert_eq!(
            day("2026-11-20T08:00:00+00:00").unwrap() - day("2026-11-06T23:00:00.000Z").unwrap(),
            14
        );
        assert_eq!(day("yesterday"), None);
    }
}
