//! Lines of a terminal: width, wrapping and colour.
//!
//! Uses `unicode-width` and `anstyle` and knows nothing of findings. Colour is
//! laid over finished lines, so that it cannot change how they wrap.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use unicode_width::UnicodeWidthStr as _;

use super::Style;

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Role {
    Plain,
    Strong,
    /// Lines and arrows around the text, and what is said only for the record.
    Frame,
    Error,
    Warning,
    Note,
    Good,
}

impl Role {
    const fn paint(self) -> Paint {
        match self {
            Self::Plain => Paint::new(),
            Self::Strong => Paint::new().bold(),
            Self::Frame => AnsiColor::BrightBlue.on_default(),
            Self::Error => AnsiColor::Red.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
            Self::Note => AnsiColor::Cyan.on_default().bold(),
            Self::Good => AnsiColor::Green.on_default().bold(),
        }
    }
}

/// Where lines go, how wide they are and whether they are coloured.
pub(in crate::report) struct Layout<'a> {
    out: &'a mut dyn Write,
    color: bool,
    pub(super) width: usize,
}

impl<'a> Layout<'a> {
    pub(in crate::report) fn new(out: &'a mut dyn Write, style: &Style) -> Self {
        Self {
            out,
            color: style.color,
            width: style.width.max(40),
        }
    }

    fn piece(&mut self, role: Role, text: &str) -> io::Result<()> {
        if self.color && role != Role::Plain && !text.is_empty() {
            let paint = role.paint();
            write!(self.out, "{paint}{text}{paint:#}")
        } else {
            self.out.write_all(text.as_bytes())
        }
    }

    /// One line of pieces, without spaces at its end.
    pub(in crate::report) fn line(&mut self, pieces: &[(Role, &str)]) -> io::Result<()> {
        let used = pieces
            .iter()
            .rposition(|(_, text)| !text.trim_end().is_empty());
        for (n, (role, text)) in pieces.iter().enumerate() {
            match used {
                Some(last) if n < last => self.piece(*role, text)?,
                Some(last) if n == last => self.piece(*role, text.trim_end())?,
                _ => {}
            }
        }
        self.out.write_all(b"\n")
    }

    /// `label` and `text`, wrapped to the width; further lines start with
    /// `indent`, which is drawn as frame.
    pub(in crate::report) fn wrapped(
        &mut self,
        label: &str,
        role: Role,
        text: &str,
        indent: &str,
    ) -> io::Result<()> {
        let first = self.width.saturating_sub(label.width());
        let rest = self.width.saturating_sub(indent.width());
        for (n, part) in wrap(text, first, rest).iter().enumerate() {
            if n == 0 {
                self.line(&[(role, label), (Role::Plain, part)])?;
            } else {
                self.line(&[(Role::Frame, indent), (Role::Plain, part)])?;
            }
        }
        Ok(())
    }
}

/// Breaks at spaces. A longer word stays whole on a line of its own: ids,
/// paths and commands must survive being copied.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split(' ') {
            let room = if lines.is_empty() { first } else { rest };
            let width = word.width();
            // A word that fits the next line and not the one with the label.
            if used == 0 && lines.is_empty() && width > first && width <= rest {
                lines.push(String::new());
            }
            if used > 0 && used + 1 + width > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += width;
        }
        lines.push(line);
    }
    lines
}

/// `1 place`, `2 places`.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Fills with spaces to a width in columns; never cuts.
pub(super) fn pad(text: &str, width: usize) -> String {
    let mut padded = text.to_owned();
    padded.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width())));
    padded
}

#[cfg(test)]
mod tests {
    use super::{pad, wrap};

    #[test]
    fn words_wrap_at_the_width_in_columns() {
        assert_eq!(wrap("aa bb cc", 5, 5), ["aa bb", "cc"]);
        assert_eq!(wrap("aa bb cc", 2, 5), ["aa", "bb cc"]);
        // Each of these two characters takes two columns.
        assert_eq!(wrap("東京 東京", 8, 8), ["東京", "東京"]);
    }

    #[test]
    fn long_words_stay_whole_and_line_ends_stay() {
        assert_eq!(
            wrap("a snapshot/aws/x.json b", 8, 8),
            ["a", "snapshot/aws/x.json", "b"]
        );
        assert_eq!(wrap("word", 2, 8), ["", "word"]);
        assert_eq!(wrap("a\n\nb", 8, 8), ["a", "", "b"]);
    }

    #[test]
    fn padding_counts_columns() {
        assert_eq!(pad("東", 4), "東  ");
        assert_eq!(pad("long", 2), "long");
    }
}
