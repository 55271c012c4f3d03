//! What was wrong with the input, so that nothing is dropped in silence.
//!
//! Plain data and the bookkeeping that keeps a million equal problems from
//! becoming a million messages. Knows neither files nor formats, and judges
//! nothing about the network.

use std::collections::BTreeMap;

/// How much a problem matters, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A file is not the one that the manifest of its snapshot names.
    Mismatch,
    /// Something that the input holds, or should hold, was not understood.
    Incomplete,
    /// It was understood, and it looks wrong.
    Warning,
    /// Worth knowing.
    Note,
}

/// Something that was noticed in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as in [`SourceFile::path`](crate::snapshot::SourceFile::path); empty when it is about the
    /// input as a whole.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// JSON pointer of the value.
    pub pointer: Option<String>,
    /// How much it matters.
    pub level: Level,
    /// What was noticed.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// How many places it stands for.
    pub count: u64,
}

/// Places that are named for one kind of message in one file.
const PLACES: u64 = 20;

/// A problem with the kind of its message, by which problems are capped.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub class: &'static str,
    pub problem: Problem,
}

/// A problem at a place of the document that is being read; the place becomes a
/// line and a pointer when the document is done.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub class: &'static str,
    pub level: Level,
    pub at: Option<usize>,
    pub message: String,
    pub help: Option<String>,
    pub count: u64,
}

/// The problems of one document.
#[derive(Debug, Default)]
pub(super) struct Issues {
    list: Vec<Issue>,
    seen: BTreeMap<&'static str, (u64, usize)>,
}

impl Issues {
    /// Adds a problem. The message is made only while places are still named.
    pub(super) fn add(
        &mut self,
        level: Level,
        class: &'static str,
        at: Option<usize>,
        message: impl FnOnce() -> String,
    ) {
        let (count, last) = self.seen.entry(class).or_insert((0, 0));
        *count += 1;
        if *count > PLACES {
            if let Some(issue) = self.list.get_mut(*last) {
                issue.count += 1;
            }
            return;
        }
        *last = self.list.len();
        self.list.push(Issue {
            class,
            level,
            at,
            message: message(),
            help: None,
            count: 1,
        });
    }

    /// Says what to do about the problem that was added last.
    pub(super) fn help(&mut self, class: &'static str, help: impl FnOnce() -> String) {
        if let Some((count, last)) = self.seen.get(class)
            && *count <= PLACES
            && let Some(issue) = self.list.get_mut(*last)
        {
            issue.help = Some(help());
        }
    }

    /// Says how many objects the problem that was added last stands for.
    pub(super) fn times(&mut self, class: &'static str, times: u64) {
        if let Some((_, last)) = self.seen.get(class)
            && let Some(issue) = self.list.get_mut(*last)
        {
            issue.count += times.saturating_sub(1);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn take(&mut self) -> Vec<Issue> {
        self.seen.clear();
        std::mem::take(&mut self.list)
    }
}

/// Sorts problems and folds those beyond the first places of a kind into the
/// last one that is named.
pub(super) fn fold(mut found: Vec<Found>) -> Vec<Problem> {
    found.sort_by(|a, b| {
        (&a.problem.file, a.class, &a.problem).cmp(&(&b.problem.file, b.class, &b.problem))
    });
    let mut folded: Vec<Found> = Vec::new();
    let mut places = 0;
    for next in found {
        match folded.last_mut() {
            Some(last) if last.class == next.class && last.problem.file == next.problem.file => {
                if last.problem
                    == (Problem {
                        count: last.problem.count,
                        ..next.problem.clone()
                    })
                    || places >= PLACES
                {
                    last.problem.count += next.problem.count;
                    continue;
                }
                places += 1;
            }
            _ => places = 1,
        }
        folded.push(next);
    }
    let mut problems: Vec<Problem> = folded.into_iter().map(|found| found.problem).collect();
    problems.sort();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_beyond_the_first_are_counted() {
        let mut issues = Issues::default();
        for at in 0..50 {
            issues.add(Level::Warning, "type", Some(at), || format!("no {at}"));
        }
        let list = issues.take();
        assert_eq!(list.len(), 20);
        assert_eq!(list.iter().map(|issue| issue.count).sum::<u64>(), 50);
    }
}
