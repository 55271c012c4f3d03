//! Times as the AWS CLI prints them: ISO 8601 with an offset, in UTC.
//!
//! Answers hold seconds since 1970 or texts in several forms. A text that is
//! no time is kept as it is.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Seconds since 1970.
pub(super) fn of_seconds(seconds: f64) -> Option<String> {
    printed(DateTime::from_secs_f64(seconds))
}

/// A text.
pub(super) fn of_text(text: &str) -> String {
    let read = DateTime::from_str(text, Format::DateTimeWithOffset)
        .or_else(|_| DateTime::from_str(text, Format::HttpDate));
    read.ok()
        .and_then(printed)
        .unwrap_or_else(|| text.to_owned())
}

fn printed(time: DateTime) -> Option<String> {
    // A fraction has six digits or is not there. Seconds that came as a floating
    // point number are off by some nanoseconds.
    let micros = (time.subsec_nanos() + 500) / 1000;
    let (seconds, micros) = (
        time.secs() + i64::from(micros / 1_000_000),
        micros % 1_000_000,
    );
    let whole = DateTime::from_secs(seconds).fmt(Format::DateTime).ok()?;
    let whole = whole.strip_suffix('Z')?;
    Some(if micros == 0 {
        format!("{whole}+00:00")
    } else {
        format!("{whole}.{micros:06}+00:00")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_times() {
        assert_eq!(
            of_text("2026-01-02T03:04:05.000Z"),
            "2026-01-02T03:04:05+00:00"
        );
        assert_eq!(
            of_text("2026-01-02T03:04:05+01:00"),
            "2026-01-02T02:04:05+00:00"
        );
        assert_eq!(of_text("soon"), "soon");
        assert_eq!(
            of_seconds(0.25).unwrap(),
            "1970-01-01T00:00:00.250000+00:00"
        );
        assert_eq!(
            of_seconds(1_795_274_481.016_579).unwrap(),
            "2026-11-21T15:21:21.016579+00:00"
        );
        assert_eq!(of_seconds(-1.0).unwrap(), "1969-12-31T23:59:59+00:00");
    }
}
