//! The words of a ledger for what became of a request.
//!
//! One list for the collector, which writes them, and the reader. Decides
//! nothing about coverage.

/// What became of one request. Ledgers that others write may leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The last page.
    Complete,
    /// A page, and others follow.
    More,
    /// Made again, so that a later line tells.
    Retried,
    /// Refused.
    Denied,
    /// Failed for another reason.
    Failed,
    /// The service is not offered in the region.
    Unsupported,
    /// The program was stopped before the answer was there.
    Interrupted,
    /// Never sent.
    NotAsked,
    /// A word of a later version.
    Unknown,
}

/// The words, `Unknown` aside.
const WORDS: &[(&str, Outcome)] = &[
    ("complete", Outcome::Complete),
    ("more", Outcome::More),
    ("retried", Outcome::Retried),
    ("denied", Outcome::Denied),
    ("failed", Outcome::Failed),
    ("unsupported", Outcome::Unsupported),
    ("interrupted", Outcome::Interrupted),
    ("not-asked", Outcome::NotAsked),
];

impl Outcome {
    /// What a word means.
    pub(super) fn of(word: &str) -> Self {
        let known = WORDS.iter().find(|(known, _)| *known == word);
        known.map_or(Self::Unknown, |(_, outcome)| *outcome)
    }

    /// The word.
    #[cfg(feature = "live")]
    pub(super) fn word(self) -> &'static str {
        let known = WORDS.iter().find(|(_, outcome)| *outcome == self);
        known.map_or("", |(word, _)| word)
    }
}
