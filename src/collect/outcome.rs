//! The words of a ledger for what became of a request.
//!
//! One list for the collector, which writes them, the reader, and the commands
//! about snapshots. Decides nothing about coverage.

/// What became of one request, the best last. Ledgers that others write may
/// leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Refused.
    Denied,
    /// Failed for another reason.
    Failed,
    /// A word of a later version.
    Unknown,
    /// The program was stopped before the answer was there.
    Interrupted,
    /// Never sent.
    NotAsked,
    /// The service is not offered in the region.
    Unsupported,
    /// The last page.
    Complete,
    /// A page, and others follow.
    More,
    /// Made again, so that a later line tells.
    Retried,
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
    pub(super) fn word(self) -> &'static str {
        let known = WORDS.iter().find(|(_, outcome)| *outcome == self);
        known.map_or("", |(word, _)| word)
    }

    /// Whether nothing is missing by it: an answer, or a step towards one.
    #[cfg(feature = "live")]
    pub(super) fn is_good(self) -> bool {
        matches!(self, Self::Complete | Self::More | Self::Retried)
    }
}
