//! From a place in an expression to the place in the YAML file.
//!
//! YAML folds lines, strips indentation and undoes escapes; the two texts are
//! laid side by side again. Positions only; nothing is parsed here.

use std::ops::Range;

/// Finds the bytes of `source` that hold bytes `span` of `value`, a scalar that
/// begins at or after `start`.
pub(super) fn locate(source: &str, start: usize, value: &str, span: Range<usize>) -> Range<usize> {
    let begin = align(source, start, value, span.start);
    let end = align(
        source,
        start,
        value,
        span.end.max(span.start + 1).min(value.len().max(1)),
    );
    begin..end.max(begin + 1)
}

/// The byte of `source` where byte `offset` of the value stands.
fn align(source: &str, start: usize, value: &str, offset: usize) -> usize {
    let mut at = start + indicator(source.get(start..).unwrap_or_default());
    for (position, wanted) in value.char_indices() {
        if wanted.is_whitespace() {
            if position >= offset {
                return at;
            }
            continue;
        }
        // Line breaks and indentation stand for one space or none; a backslash
        // or a doubled quote stands before what it escapes.
        let Some(found) = source.get(at..).and_then(|rest| rest.find(wanted)) else {
            return at;
        };
        let skipped = source.get(at..at + found).unwrap_or_default();
        if skipped
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '\\' | '\'' | '"'))
        {
            at += found;
        }
        if position >= offset {
            return at;
        }
        at += wanted.len_utf8();
    }
    at
}

/// How long `|`, `>-`, a quote or the like before the text is.
fn indicator(text: &str) -> usize {
    let line = text.find('\n').unwrap_or(text.len());
    let first = text.get(..line).unwrap_or_default();
    if first.starts_with(['|', '>']) {
        return line;
    }
    usize::from(first.starts_with(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(source: &str, start: usize, value: &str, word: &str) -> String {
        let at = value.find(word).unwrap();
        let range = locate(source, start, value, at..at + word.len());
        source[range].to_owned()
    }

    #[test]
    fn folded_and_quoted_texts_are_found_again() {
        let folded = "check: >-\n  a.b == 1\n  && colour\n";
        assert_eq!(word(folded, 7, "a.b == 1 && colour", "colour"), "colour");
        let literal = "check: |\n    a\n    bad(x)\n";
        assert_eq!(word(literal, 7, "a\nbad(x)\n", "bad"), "bad");
        let single = "check: 'it''s wrong'\n";
        assert_eq!(word(single, 7, "it's wrong", "wrong"), "wrong");
        let plain = "check: a == wrong\n";
        assert_eq!(word(plain, 7, "a == wrong", "wrong"), "wrong");
    }

    #[test]
    fn nothing_it_is_given_can_break_it() {
        assert_eq!(locate("", 9, "abc", 1..2).start, 9);
        assert!(locate("ä", 0, "ö", 0..7).start <= 2);
    }
}
