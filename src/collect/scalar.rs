//! Scalars as text, and dates that a recorder wrote as objects.
//!
//! For the few values whose text is wanted whatever their type is. Knows no
//! columns.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Reads the text of a scalar; `None` for everything else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some((IgnoredAny, IgnoredAny)) = map.next_entry()? {}
        Ok(None)
    }
}

/// RFC 3339 for seconds since 1970, as version 1 of the AWS CLI writes times of
/// some services. `None` for what is no time of this century.
pub(super) fn epoch(seconds: f64) -> Option<String> {
    if !(9.0e8..4.2e9).contains(&seconds) {
        return None;
    }
    let whole: u64 = format!("{:.0}", seconds.floor()).parse().ok()?;
    let (days, second) = (whole / 86_400, whole % 86_400);
    // Howard Hinnant's `civil_from_days`, for days after 1970.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (
        day - (153 * month + 2) / 5 + 1,
        if month < 10 { month + 3 } else { month - 9 },
    );
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00"
    ))
}

/// `{"__class__": "datetime", "year": 2016, …}`, as botocore's recorder writes
/// dates.
#[derive(Debug, Default)]
pub(super) struct Date {
    class: bool,
    parts: [u32; 6],
}

impl Date {
    pub(super) fn set(&mut self, key: &str, value: &str) {
        const NAMES: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];
        self.class |= key == "__class__" && value == "datetime";
        let part = NAMES
            .iter()
            .zip(&mut self.parts)
            .find(|(name, _)| **name == key);
        if let (Some((_, part)), Ok(number)) = (part, value.parse()) {
            *part = number;
        }
    }

    /// RFC 3339.
    pub(super) fn text(&self) -> Option<String> {
        let [year, month, day, hour, minute, second] = self.parts;
        self.class.then(|| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_dates() {
        assert_eq!(
            epoch(1_565_295_733.282).as_deref(),
            Some("2019-08-08T20:22:13+00:00")
        );
        assert_eq!(
            epoch(1_709_164_799.0).as_deref(),
            Some("2024-02-28T23:59:59+00:00")
        );
        assert_eq!(
            epoch(951_782_400.0).as_deref(),
            Some("2000-02-29T00:00:00+00:00")
        );
        assert_eq!(epoch(80.0), None);
    }
}
