//! The lines around a value, short enough for a report, with secrets masked.
//!
//! Works on text, and of JSON knows only what a key before a text looks like. A
//! secret is known by the name of its key, as in what collectors write.

use std::borrow::Cow;

use super::folder::secrets::is_secret_name;

/// Lines before and after the value's own.
const AROUND: usize = 3;
/// Characters of a line.
const WIDTH: usize = 240;
/// Bytes on both sides of a value that are looked at for secrets.
const LOOK: usize = 8192;

/// The lines around a value, and the number of the first one. `line` is the
/// number of the line that the value begins on.
pub(super) fn excerpt(text: &str, start: usize, length: usize, line: u64) -> (Vec<String>, u64) {
    let (before, after) = (
        text.get(..start).unwrap_or_default(),
        text.get(start..).unwrap_or_default(),
    );
    let own_start = before.rfind('\n').map_or(0, |at| at + 1);
    let own_end = start + after.find('\n').unwrap_or(after.len());
    let mut lines: Vec<String> = Vec::new();
    let earlier = text.get(..own_start.saturating_sub(1)).unwrap_or_default();
    if own_start > 0 {
        let mut some: Vec<&str> = earlier.rsplit('\n').take(AROUND).collect();
        some.reverse();
        lines.extend(some.iter().map(|line| head(line)));
    }
    let first = line.saturating_sub(lines.len() as u64).max(1);
    let own = text.get(own_start..own_end).unwrap_or_default();
    let (near, at) = near(own, start - own_start, length);
    lines.push(cut(&masked(near), at, length));
    if let Some(later) = text.get(own_end + 1..) {
        lines.extend(later.lines().take(AROUND).map(head));
    }
    (lines, first)
}

/// What of a line may be shown, and where the value is in it.
fn near(line: &str, at: usize, length: usize) -> (&str, usize) {
    let at = at.min(line.len());
    let boundary = |mut place: usize| {
        while !line.is_char_boundary(place) {
            place -= 1;
        }
        place
    };
    let from = boundary(at.saturating_sub(LOOK));
    let to = boundary(
        line.len()
            .min(at.saturating_add(length).saturating_add(LOOK)),
    );
    (line.get(from..to).unwrap_or_default(), at - from)
}

/// The text with stars for every byte of a secret: `"password":"******"`.
fn masked(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut secrets = Vec::new();
    let mut from = 0;
    while let Some(colon) = memchr::memchr(b':', bytes.get(from..).unwrap_or_default()) {
        let colon = from + colon;
        from = colon + 1;
        let before = text.get(..colon).unwrap_or_default().trim_end();
        let after = text.get(from..).unwrap_or_default();
        let Some(value) = after.trim_start().strip_prefix('"') else {
            continue;
        };
        let key = before.strip_suffix('"').map(|key| {
            let start = key.rfind('"').map_or(0, |quote| quote + 1);
            key.get(start..).unwrap_or_default()
        });
        if key.is_some_and(is_secret_name) {
            let start = text.len() - value.len();
            secrets.push(start..start + text_length(value));
        }
    }
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    for secret in secrets {
        let stars = "*".repeat(secret.len());
        text.replace_range(secret, &stars);
    }
    Cow::Owned(text)
}

/// Bytes of a JSON text up to its closing quote, or to the end of what is there.
fn text_length(value: &str) -> usize {
    let mut escaped = false;
    let end = value.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    end.unwrap_or(value.len())
}

/// The beginning of a line.
fn head(line: &str) -> String {
    let (near, _) = near(line, 0, 0);
    let line = masked(near);
    let line = line.trim_end_matches('\r');
    match line.char_indices().nth(WIDTH) {
        None => line.to_owned(),
        Some(_) => line
            .chars()
            .take(WIDTH - 1)
            .chain(std::iter::once('…'))
            .collect(),
    }
}

/// The part of a line around a value.
fn cut(line: &str, at: usize, length: usize) -> String {
    let line = line.trim_end_matches('\r');
    if line.char_indices().nth(WIDTH).is_none() {
        return line.to_owned();
    }
    // The value with some of its key before it.
    let lead = (WIDTH - 2).saturating_sub(length.min(WIDTH / 2)) / 2;
    let mut start = at.min(line.len());
    let mut room = lead;
    while let Some(char) = line
        .get(..start)
        .and_then(|before| before.chars().next_back())
        .filter(|_| room > 0)
    {
        start -= char.len_utf8();
        room -= 1;
    }
    let rest = line.get(start..).unwrap_or_default();
    let mut text = String::new();
    let mut width = WIDTH;
    if start > 0 {
        text.push('…');
        width -= 1;
    }
    if rest.char_indices().nth(width).is_none() {
        text.push_str(rest);
    } else {
        text.extend(rest.chars().take(width - 1));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_value() {
        let line = format!("{}\"x\": 17{}", "é".repeat(500), "b".repeat(500));
        let at = line.find("17").unwrap();
        let (lines, first) = excerpt(&line, at, 2, 1);
        assert_eq!((lines.len(), first), (1, 1));
        assert!(lines[0].contains("\"x\": 17") && lines[0].chars().count() <= WIDTH);
    }

    #[test]
    fn three_lines_on_each_side() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        let (lines, first) = excerpt(text, text.find('5').unwrap(), 1, 5);
        assert_eq!((lines.join(","), first), ("2,3,4,5,6,7,8".to_owned(), 2));
        assert_eq!(excerpt(text, 0, 1, 1).0.join(","), "1,2,3,4");
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let text = r#"{"a": 1, "password": "x\"y", "security":{"clientSecret":"abc"}, "passwords": true,
 "AuthToken" : "unclosed"#;
        let (lines, _) = excerpt(text, text.find('1').unwrap(), 1, 1);
        let shown = lines.join("\n");
        for secret in ["x\\\"y", "abc", "unclosed"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains(r#""password": "****""#), "{shown}");
        assert!(shown.contains("\"passwords\": true"), "{shown}");
        let long = format!(
            "{}{}",
            "[0],".repeat(9000),
            r#"{"password":"hunter2","b":5}"#
        );
        let (lines, _) = excerpt(&long, long.find('5').unwrap(), 1, 1);
        assert!(!lines.join("").contains("hunter2"), "{lines:?}");
        assert!(lines.join("").contains("\"b\":5"), "{lines:?}");
    }
}
