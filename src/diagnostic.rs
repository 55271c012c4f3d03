//! Problems with what people wrote: rules, configuration, flags.
//!
//! Each says where, what was seen, what was expected and what to do, and is
//! drawn with the line it is about. Not findings: those are about networks,
//! and live in [`findings`](crate::findings). Any stage may use this.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A problem with something that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub error: bool,
    /// The file, as it was named.
    pub file: String,
    /// The text of the file, to show the line.
    pub source: Option<Arc<str>>,
    /// The bytes of the text that it is about.
    pub span: Option<Range<usize>>,
    /// What was seen.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error about a file as a whole.
    pub fn error(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            error: true,
            file: file.into(),
            source: None,
            span: None,
            message: message.into(),
            help: None,
        }
    }

    /// Points to a place in the file's text.
    #[must_use]
    pub fn at(mut self, source: &Arc<str>, span: Range<usize>) -> Self {
        self.source = Some(Arc::clone(source));
        self.span = Some(clamp(source, span));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Turns it into a warning.
    #[must_use]
    pub const fn warning(mut self) -> Self {
        self.error = false;
        self
    }

    /// Line and column from 1, if it points to a place.
    pub fn position(&self) -> Option<(usize, usize)> {
        let (source, span) = (self.source.as_deref()?, self.span.as_ref()?);
        let before = source.get(..span.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Some((line, column))
    }

    /// Draws it as people know it from compilers.
    pub fn render(&self, color: bool) -> String {
        let level = if self.error {
            Level::ERROR
        } else {
            Level::WARNING
        };
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let title = level.primary_title(printable(&self.message));
        let mut group = match (&self.source, &self.span) {
            (Some(source), Some(span)) => title.element(
                Snippet::source(source.as_ref())
                    .path(printable(&self.file))
                    .annotation(AnnotationKind::Primary.span(span.clone())),
            ),
            _ => title.element(annotate_snippets::Origin::path(printable(&self.file))),
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        renderer.render(&[group])
    }
}

/// A text without characters that would steer a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// The nearest range that lies in the text and on whole characters.
fn clamp(source: &str, span: Range<usize>) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start);
    start..floor(span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_with_its_line() {
        let source: Arc<str> = "name: a\nseverty: high\n".into();
        let drawn = Diagnostic::error("rules/a.yaml", "unknown field `severty`")
            .at(&source, 8..15)
            .help("did you mean `severity`?")
            .render(false);
        assert!(drawn.contains("rules/a.yaml:2:1"), "{drawn}");
        assert!(drawn.contains("severty: high"), "{drawn}");
        assert!(drawn.contains("did you mean `severity`?"), "{drawn}");
    }

    #[test]
    fn no_span_and_no_text_can_break_it() {
        let source: Arc<str> = "ä".into();
        let odd = Diagnostic::error("\u{1b}[31m", "\0").at(&source, 1..99);
        assert_eq!(odd.position(), Some((1, 1)));
        assert!(!odd.render(false).contains('\u{1b}'));
    }
}
