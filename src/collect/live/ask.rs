//! One question: all pages of the answer, their lines, and the file.
//!
//! An answer is written when its last page is there; a question that fails on
//! the way leaves lines and no file, so that half a list is never taken for a
//! list.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::clients::Clients;
use super::kept::Kept;
use super::line::{self, Asker};
use super::pace::{Pace, is_complaint};
use super::pages::{self, Cursor, Next};
use super::record::{Attempt, Recorder};
use super::send::{self, Question, Trouble, TroubleKind};
use super::stop::Stop;
use super::translate;
use super::wish::Progress;
use crate::collect::folder::{self, Redaction, Writer, secrets};
use crate::collect::outcome::Outcome;

/// What all questions of a run share.
pub(super) struct Run {
    pub writer: Writer,
    pub kept: Kept,
    pub pace: Arc<Pace>,
    pub permits: Semaphore,
    pub stop: Arc<Stop>,
    pub progress: Arc<dyn Progress>,
    pub found: Mutex<Found>,
    pub requests: AtomicU64,
    pub answers_kept: AtomicU64,
}

/// What a run has brought so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub lines: Vec<String>,
    /// Questions whose task ended in another way than with an answer.
    pub lost: u64,
    /// The first failure of the disk: it ends the run.
    pub broken: Option<folder::Error>,
}

/// Where questions are asked.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub asker: Asker,
    pub clients: Clients,
}

/// Most pages of one answer. A service that never comes to an end is broken.
const PAGES: u64 = 100_000;

/// Largest answer, all pages together.
const LARGEST: usize = 1 << 30;

/// What came of a question.
#[derive(Debug)]
pub(super) struct Answered {
    pub question: Question,
    /// The whole answer; `Err` has the reason in words.
    pub answer: Result<Value, String>,
}

impl Run {
    /// Changes what was found.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Found) -> T) -> T {
        change(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a line to the ledger, on disk too: a run that is killed has it.
    pub(super) fn add_line(&self, line: String) {
        let written = self.writer.append_ledger(&line);
        self.with(|found| {
            found.lines.push(line);
            if let Err(error) = written {
                found.broken.get_or_insert(error);
            }
        });
    }

    fn is_over(&self) -> bool {
        self.stop.is_wanted() || self.with(|found| found.broken.is_some())
    }

    /// Asks, page by page.
    pub(super) async fn ask(self: Arc<Self>, place: Arc<Place>, question: Question) -> Answered {
        let kept = self
            .kept
            .answer(self.writer.root(), &place.asker, &question);
        let answer = if let Some((answer, lines)) = kept {
            self.answers_kept.fetch_add(1, Ordering::Relaxed);
            self.with(|found| found.lines.extend(lines));
            Ok(answer)
        } else {
            self.pages(&place, &question).await
        };
        self.progress.answered(&question.operation.stem());
        Answered { question, answer }
    }

    async fn pages(&self, place: &Place, question: &Question) -> Result<Value, String> {
        let permit = self.permits.acquire().await;
        let mut all = Value::Null;
        let mut cursor = Cursor::default();
        let mut seen = BTreeSet::from([cursor.clone()]);
        let mut bytes = 0;
        for page in 1..=PAGES {
            if permit.is_err() || self.is_over() {
                return Err(self.interrupted(place, question, page > 1));
            }
            let asker = &place.asker;
            let service = question.operation.service;
            self.pace.wait(&asker.account, &asker.region, service).await;
            let (recorder, record) = Recorder::new();
            let sent = match send::request(&place.clients, question, cursor.clone(), recorder) {
                Some(sending) => tokio::select! {
                    biased;
                    () = self.stop.wanted() => None,
                    sent = sending => Some(sent),
                },
                None => Some(Err(unsent())),
            };
            let attempts = record.take();
            self.requests
                .fetch_add(attempts.len() as u64, Ordering::Relaxed);
            let complained = attempts.iter().any(|attempt| is_complaint(&attempt.code));
            self.pace
                .answered(&asker.account, &asker.region, service, complained);
            let Some(sent) = sent else {
                return Err(self.interrupted(place, question, true));
            };
            let value = match understood(question, sent, attempts.last()) {
                Ok(value) => value,
                Err(trouble) => return Err(self.failed(place, question, page, &attempts, &trouble)),
            };
            let next = match pages::next(question.operation, &value) {
                // A list that leads back to itself has no end.
                Next::Page(next) if !seen.insert(next.clone()) => Next::Lost,
                next => next,
            };
            bytes += attempts.last().map_or(0, |last| last.body.len());
            if bytes > LARGEST {
                let trouble = Trouble {
                    kind: TroubleKind::Response,
                    code: "TooLarge".to_owned(),
                    message: format!("the pages have more than {LARGEST} bytes"),
                };
                return Err(self.failed(place, question, page, &attempts, &trouble));
            }
            let items = question.operation.items(&value);
            pages::join(&mut all, value);
            match next {
                Next::Page(next) => {
                    self.page(place, question, page, &attempts, items);
                    cursor = next;
                }
                Next::End => {
                    return self.complete(place, question, page, &attempts, items, all);
                }
                Next::Lost => {
                    let trouble = Trouble {
                        kind: TroubleKind::Response,
                        code: "NextPageLost".to_owned(),
                        message: "the answer says that there is more and not where".to_owned(),
                    };
                    return Err(self.failed(place, question, page, &attempts, &trouble));
                }
            }
        }
        Err(self.interrupted(place, question, true))
    }

    /// Writes the answer, its secrets taken out, and the lines of the last page.
    fn complete(
        &self,
        place: &Place,
        question: &Question,
        page: u64,
        attempts: &[Attempt],
        items: u64,
        mut all: Value,
    ) -> Result<Value, String> {
        pages::with_lists(question.operation, &mut all);
        let path = path(&place.asker, question);
        let operation = question.operation;
        let removed = secrets::remove(&mut all, operation.service.name(), operation.name);
        let redactions: Vec<Redaction> = removed.iter().map(|one| one.in_file(&path)).collect();
        let written = self.writer.put_section(&path, &all);
        let written = match written {
            Ok(written) => written,
            Err(error) => {
                let words = error.to_string();
                self.with(|found| found.broken.get_or_insert(error).to_string());
                return Err(words);
            }
        };
        let mut line = self.line(place, question, page, attempts);
        line.insert("pages".into(), page.into());
        line.insert("items".into(), items.into());
        line.insert("parts".into(), written.len().into());
        line.insert("file".into(), written.into_iter().next().into());
        if !redactions.is_empty() {
            line.insert("redactions".into(), json!(redactions));
        }
        self.add_line(line::end(line, Outcome::Complete));
        Ok(all)
    }

    /// The lines of a page that others follow.
    fn page(
        &self,
        place: &Place,
        question: &Question,
        page: u64,
        attempts: &[Attempt],
        items: u64,
    ) {
        let mut line = self.line(place, question, page, attempts);
        line.insert("items".into(), items.into());
        self.add_line(line::end(line, Outcome::More));
    }

    /// Adds the lines of the attempts at a page that others followed, and begins
    /// the line of the last one.
    fn line(
        &self,
        place: &Place,
        question: &Question,
        page: u64,
        attempts: &[Attempt],
    ) -> Map<String, Value> {
        let begin = |number: usize, attempt: Option<&Attempt>| {
            let mut line = line::base(&place.asker, question);
            if let Some(attempt) = attempt {
                line::attempt(&mut line, attempt);
            }
            line.insert("attempt".into(), number.into());
            line.insert("page".into(), page.into());
            line
        };
        if let Some((last, before)) = attempts.split_last() {
            for (number, attempt) in (1..).zip(before) {
                self.add_line(line::end(begin(number, Some(attempt)), Outcome::Retried));
            }
            begin(attempts.len(), Some(last))
        } else {
            begin(0, None)
        }
    }

    /// The lines of a question that has no answer. Says the reason in words.
    fn failed(
        &self,
        place: &Place,
        question: &Question,
        page: u64,
        attempts: &[Attempt],
        trouble: &Trouble,
    ) -> String {
        let line = self.line(place, question, page, attempts);
        let mut trouble = trouble.clone();
        if let Some(last) = attempts.last() {
            if !last.message.is_empty() {
                trouble.message.clone_from(&last.message);
            }
            if trouble.code.is_empty() || (last.status == 0 && !last.code.is_empty()) {
                trouble.code.clone_from(&last.code);
            }
            if last.content_type.starts_with("text/html") {
                trouble.message = format!(
                    "HTTP {} with a page of HTML, which is no answer of AWS",
                    last.status
                );
            }
        }
        if trouble.code.is_empty() {
            "NotSent".clone_into(&mut trouble.code);
        }
        let end = line::outcome(&trouble);
        self.add_line(line::ended(line, end, &trouble.code, &trouble.message));
        format!("{} {}", end.word(), trouble.code)
    }

    fn interrupted(&self, place: &Place, question: &Question, begun: bool) -> String {
        let end = if begun {
            Outcome::Interrupted
        } else {
            Outcome::NotAsked
        };
        let message = "the run was stopped before the answer was complete";
        let line = line::base(&place.asker, question);
        self.add_line(line::ended(line, end, "Interrupted", message));
        "interrupted".to_owned()
    }

    /// Asks who somebody is, before anything is known about them.
    pub(super) async fn introduce(
        clients: &Clients,
        question: &Question,
    ) -> Result<(Value, Vec<Attempt>), String> {
        let (recorder, record) = Recorder::new();
        let sent = match send::request(clients, question, Cursor::default(), recorder) {
            Some(sending) => sending.await,
            None => Err(unsent()),
        };
        let attempts = record.take();
        match understood(question, sent, attempts.last()) {
            Ok(answer) => Ok((answer, attempts)),
            Err(trouble) if trouble.code.is_empty() => Err(trouble.message),
            Err(trouble) => Err(format!("{}: {}", trouble.code, trouble.message)),
        }
    }

    /// Writes what an introduction brought.
    pub(super) fn introduced(
        &self,
        place: &Place,
        question: &Question,
        answer: (Value, Vec<Attempt>),
    ) {
        let (answer, attempts) = answer;
        self.requests
            .fetch_add(attempts.len() as u64, Ordering::Relaxed);
        let _written = self.complete(place, question, 1, &attempts, 1, answer);
    }

    /// Records that a call was not made, or was not needed.
    pub(super) fn not_asked(&self, asker: &Asker, question: &Question, because: &str) {
        let line = line::base(asker, question);
        self.add_line(line::ended(line, Outcome::NotAsked, "NotAsked", because));
    }

    /// Records that there was nothing to ask about: no call, and nothing missing.
    pub(super) fn nothing_to_ask(&self, asker: &Asker, question: &Question, because: &str) {
        let mut line = line::base(asker, question);
        line.insert("items".into(), 0.into());
        line.insert("because".into(), because.into());
        self.add_line(line::end(line, Outcome::Complete));
    }
}

/// The answer in the shape of the AWS CLI, or what is wrong with it.
fn understood(
    question: &Question,
    sent: Result<(), Trouble>,
    last: Option<&Attempt>,
) -> Result<Value, Trouble> {
    sent?;
    let Some(last) = last else {
        return Err(unsent());
    };
    let operation = question.operation;
    let translated = translate::translate(
        operation.service,
        operation.name,
        &last.content_type,
        &last.body,
    );
    let recognised =
        translated.and_then(|answer| pages::recognised(operation, &answer).map(|()| answer));
    recognised.map_err(|message| Trouble {
        kind: TroubleKind::Response,
        code: "UnreadableAnswer".to_owned(),
        message,
    })
}

fn unsent() -> Trouble {
    Trouble {
        kind: TroubleKind::Unsent,
        code: "NotSent".to_owned(),
        message: "the request was never sent".to_owned(),
    }
}

/// The file of an answer, from the root of the snapshot.
pub(super) fn path(asker: &Asker, question: &Question) -> String {
    let operation = question.operation;
    let mut name = Vec::new();
    if let Some(each) = &operation.each {
        match question.ids.as_slice() {
            [id] if each.batch == 1 => name.push(folder::file_name(each.name(id))),
            _ => name.push(format!("{}-{:04}", each.list, question.batch)),
        }
    }
    name.extend(question.variant.map(str::to_owned));
    let folder = format!("aws/{}/{}", asker.account, asker.region);
    if name.is_empty() {
        format!("{folder}/{}.json", operation.stem())
    } else {
        format!("{folder}/{}/{}.json", operation.stem(), name.join("."))
    }
}
