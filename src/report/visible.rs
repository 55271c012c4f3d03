//! Names and tags that hide something, made visible.
//!
//! Uses only the standard library. Whatever is shown to a person goes through
//! here: a name is written by whoever may tag a resource, and must not be able
//! to move the cursor, turn the text around or hide in it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character has no shape of its own or changes how others look:
/// controls, directions, zero widths, fillers, variation selectors and tags.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// For one line: whatever is hidden becomes `\n`, `\t`, `\u{202e}`.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// For texts of several lines: as [`line`], but line ends and tabs stay.
pub(super) fn lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| matches!(c, '\n' | '\t'))
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hidden = |c| is_hidden(c) && !keep(c);
    // Nearly all text is printable ASCII, and a million findings go through here.
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) || !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// The first `most` characters, with a note of how many there were.
pub(super) fn cut(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    // Bytes bound characters from above, so nearly all texts need no count.
    if text.len() <= most {
        return text;
    }
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text;
    };
    let count = text.chars().count();
    let head = text.get(..end).unwrap_or_default();
    Cow::Owned(format!("{head}… ({count} characters)"))
}

/// What would be invisible on a terminal is escaped, which no reader of JSON can
/// tell from the character itself; line ends stand between values only.
pub(crate) fn json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c == '\n' || !is_hidden(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                let _never_fails = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{cut, line, lines};

    #[test]
    fn ordinary_text_is_left_alone() {
        for text in ["vpce-0b (redis-cloud)", "größe 東京 עברית", ""] {
            assert!(matches!(line(text), std::borrow::Cow::Borrowed(t) if t == text));
        }
    }

    #[test]
    fn escapes_directions_and_nul_are_shown() {
        assert_eq!(line("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(line("evil\u{202e}gpj.exe"), "evil\\u{202e}gpj.exe");
        assert_eq!(line("nul\0"), "nul\\u{0}");
        assert_eq!(line("two\r\nlines"), "two\\r\\nlines");
        assert_eq!(line("zero\u{200b}width"), "zero\\u{200b}width");
    }

    #[test]
    fn lines_keep_their_ends() {
        assert_eq!(lines("a\n\tb\u{7}"), "a\n\tb\\u{7}");
    }

    #[test]
    fn long_text_is_cut_at_characters_and_counted() {
        assert_eq!(cut("äöü".into(), 3), "äöü");
        assert_eq!(cut("äöüß".into(), 3), "äöü… (4 characters)");
    }
}
