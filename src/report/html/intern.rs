//! Texts of which many are alike, stored once.
//!
//! Uses only [`visible`](super::super::visible): whatever is embedded in the
//! page is safe to show there. Knows nothing of findings or of compression.

use std::collections::BTreeMap;

use super::super::visible;

/// Characters of a text that the page holds. A tag may have any length, and
/// fifty thousand findings may show it.
const MOST: usize = 2_000;

/// Before a place in a template where a text of the finding itself stands;
/// the next character says which: see `templates/script/data.js`.
pub(super) const OWN: char = '\u{1}';
/// Where the next argument stands.
pub(super) const ARGUMENT: char = '\u{2}';

/// A table of texts; number 0 is the empty one.
pub(super) struct Strings {
    numbers: BTreeMap<String, u32>,
    texts: Vec<String>,
}

impl Strings {
    pub(super) fn new() -> Self {
        Self {
            numbers: BTreeMap::from([(String::new(), 0)]),
            texts: vec![String::new()],
        }
    }

    /// The number of a text, as it may be shown: what it hides is visible, and
    /// what is too long is cut.
    pub(super) fn shown(&mut self, text: &str) -> u32 {
        self.exact(&shown(text))
    }

    fn exact(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        // NOTE: more than four billion texts do not fit the page anyway.
        let number = u32::try_from(self.texts.len()).unwrap_or(0);
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }

    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// As the page shows a text.
pub(super) fn shown(text: &str) -> String {
    visible::cut(visible::line(text), MOST).into_owned()
}

/// A text of a finding that its message may repeat, and the character that
/// stands for it.
pub(super) type Own<'a> = (&'a str, char);

/// Sentences that differ in names and numbers only: the pattern is stored once.
#[derive(Default)]
pub(super) struct Sentences {
    pub(super) templates: Vec<u32>,
    pub(super) arguments: Vec<u32>,
}

impl Sentences {
    /// Adds a sentence, with the finding's own texts, longest first.
    pub(super) fn push(&mut self, strings: &mut Strings, text: &str, own: &[Own<'_>]) {
        let text = shown(text);
        let mut template = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            let found = own
                .iter()
                .find(|(known, _)| starts(rest, known) && !in_word(before));
            if let Some((known, mark)) = found {
                template.extend([OWN, *mark]);
                rest = rest.get(known.len()..).unwrap_or_default();
                before = 'x';
            } else if in_word(c) && !in_word(before) {
                let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
                let (word, tail) = rest.split_at(end);
                if word.bytes().any(|b| b.is_ascii_digit()) {
                    template.push(ARGUMENT);
                    let number = strings.exact(word);
                    self.arguments.push(number);
                } else {
                    template.push_str(word);
                }
                rest = tail;
                before = 'x';
            } else {
                template.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                before = c;
            }
        }
        let number = strings.exact(&template);
        self.templates.push(number);
    }
}

fn in_word(c: char) -> bool {
    // Not `/`: the numbers in `/Subnets/3/State` are words of their own.
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

/// Whether `text` starts with `known` and a word ends there.
fn starts(text: &str, known: &str) -> bool {
    !known.is_empty()
        && text
            .strip_prefix(known)
            .is_some_and(|rest| !rest.chars().next().is_some_and(in_word))
}

#[cfg(test)]
mod tests {
    use super::{ARGUMENT, OWN, Sentences, Strings};

    /// What `templates/script/data.js` does.
    fn expand(template: &str, arguments: &[&str], own: &[(&str, char)]) -> String {
        let mut text = String::new();
        let mut arguments = arguments.iter();
        let mut chars = template.chars();
        while let Some(c) = chars.next() {
            match c {
                OWN => {
                    let mark = chars.next().unwrap();
                    text += own.iter().find(|(_, m)| *m == mark).unwrap().0;
                }
                ARGUMENT => text += arguments.next().unwrap(),
                c => text.push(c),
            }
        }
        text
    }

    #[test]
    fn sentences_come_back_as_they_were() {
        let own = [("subnet-0a and more", 's'), ("vpce-0b", 'i'), ("11", 'a')];
        for text in [
            "vpce-0b has 11 free addresses; 16 are needed",
            "vpce-0b1 is not vpce-0b, nor is x-vpce-0b",
            "subnet-0a and more: 11/11 111",
            "größe 東京 11",
            "",
        ] {
            let mut strings = Strings::new();
            let mut sentences = Sentences::default();
            sentences.push(&mut strings, text, &own);
            let at = |n: &u32| strings.texts()[usize::try_from(*n).unwrap()].as_str();
            let arguments: Vec<_> = sentences.arguments.iter().map(at).collect();
            assert_eq!(expand(at(&sentences.templates[0]), &arguments, &own), text);
        }
    }

    #[test]
    fn sentences_that_differ_in_names_and_numbers_share_a_template() {
        let mut strings = Strings::new();
        let mut sentences = Sentences::default();
        sentences.push(&mut strings, "vpce-1 has 3 of 16", &[("vpce-1", 'i')]);
        sentences.push(&mut strings, "vpce-2 has 4 of 16", &[("vpce-2", 'i')]);
        assert_eq!(sentences.templates[0], sentences.templates[1]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_what_is_hidden_is_shown() {
        let mut strings = Strings::new();
        strings.shown(&"x".repeat(65_536));
        strings.shown("\u{202e}");
        assert!(strings.texts()[1].len() < 2_100);
        assert_eq!(strings.texts()[2], "\\u{202e}");
    }
}
