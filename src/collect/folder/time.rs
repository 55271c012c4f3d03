//! Times as ledgers spell them, in seconds, so that two clocks can be compared.
//!
//! Texts and numbers only. Must not ask the clock.

/// Seconds since 1970 in UTC of `2026-11-20T08:00:00Z` (RFC 3339) or of
/// `Fri, 20 Nov 2026 08:00:00 GMT` (the `Date` header,
/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>). Fractions are cut.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.get(3..4) == Some(",") {
        header(text)
    } else {
        internet(text)
    }
}

fn internet(text: &str) -> Option<i64> {
    let (date, rest) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.get(10..11)?, "T" | "t" | " ") {
        return None;
    }
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let clock = clock(rest.get(..8)?)?;
    let rest = rest.get(8..)?;
    let zone = rest.strip_prefix('.').map_or(rest, |rest| {
        rest.trim_start_matches(|char: char| char.is_ascii_digit())
    });
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            sign * (number(hours)? * 3600 + number(minutes)? * 60)
        }
    };
    Some(days(year, month, day)? * 86_400 + clock - offset)
}

fn header(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = text.split(' ').skip(1);
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let (time, zone) = (words.next()?, words.next()?);
    if zone != "GMT" || month.len() != 3 {
        return None;
    }
    let month = MONTHS.find(month).filter(|at| at % 3 == 0)?;
    let month = i64::try_from(month / 3).ok()? + 1;
    Some(days(number(year)?, month, number(day)?)? * 86_400 + clock(time)?)
}

fn clock(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, ':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// Days since 1970 in the Gregorian calendar: years are counted from March, so
/// that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1 {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        for text in [
            "2026-11-20T08:00:00Z",
            "2026-11-20T08:00:00.123Z",
            "2026-11-20T10:30:00+02:30",
            "Fri, 20 Nov 2026 08:00:00 GMT",
        ] {
            assert_eq!(seconds(text), Some(1_795_161_600), "{text}");
        }
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2000-02-29T00:00:00Z"), Some(951_782_400));
        for bad in [
            "",
            "2026-11-20",
            "2026-13-20T08:00:00Z",
            "é",
            "Fri, é",
            "2026-11-20T08:00:00",
            "Fri, 20 anF 2026 08:00:00 GMT",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
