//! The findings as the page's script reads them: columns of numbers into a
//! table of texts, compressed.
//!
//! May use only [`findings`](crate::findings). Decides what does not fit the
//! page; says so in the data, and never drops a finding silently. The reading
//! side is `templates/script/data.js`.

use std::collections::BTreeMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use serde::Serialize;

use super::columns::{Columns, Data, FactColumns, ReasonColumns, ResourceColumns};
use super::intern::{Own, Sentences, Strings, shown};
use crate::findings::{Fact, Finding, Findings, Reason, Resource, SourceLine};

/// Findings of one compressed piece of excerpts. Smaller pieces compress less,
/// larger ones make the first look at an excerpt slower.
const PIECE: usize = 500;
/// Facts of one finding that the page holds.
const FACTS: usize = 50;
/// From so many findings on, ids are cut to [`SHORT_ID`] characters: 256 bits
/// for each of 50,000 findings would fill two thirds of the page.
const FULL_IDS: usize = 5_000;
const SHORT_ID: usize = 16;

/// Base64 of the compressed data.
pub(super) struct Island {
    pub(super) findings: String,
    /// Pieces of [`PIECE`] findings each, in order, one a line; those that did
    /// not fit are missing at the end.
    pub(super) excerpts: Vec<String>,
    /// Findings in it.
    pub(super) embedded: usize,
}

/// First line and lines of one excerpt.
type Excerpt = (u64, String);

struct Encoder {
    short_ids: bool,
    strings: Strings,
    numbers: BTreeMap<Resource, u32>,
    file_numbers: BTreeMap<(String, String), u32>,
    files: Vec<(String, String)>,
    findings: Columns,
    resources: ResourceColumns,
    facts: FactColumns,
    reasons: ReasonColumns,
    messages: Sentences,
    pointers: Sentences,
    whats: Sentences,
    calls: Sentences,
    piece: Vec<Vec<Option<Excerpt>>>,
    pieces: Vec<String>,
    /// Bytes of `pieces`, and how many there may be.
    excerpt_bytes: usize,
    excerpt_limit: usize,
}

/// Encodes the first `most` findings, and excerpts of at most `limit` bytes.
pub(super) fn encode(findings: &dyn Findings, most: usize, limit: usize) -> io::Result<Island> {
    let total = findings.len();
    let most = total.min(most);
    let mut encoder = Encoder::new(most > FULL_IDS, limit);
    let mut seen = 0;
    let shown = findings.each(&mut |finding| {
        if seen == most {
            return Err(io::ErrorKind::Interrupted.into());
        }
        seen += 1;
        encoder.finding(finding)
    });
    match shown {
        // Our own way to stop early; an error of the findings is another kind.
        Err(error) if error.kind() == io::ErrorKind::Interrupted && seen == most => {}
        shown => shown?,
    }
    encoder.finish(total, seen)
}

impl Encoder {
    fn new(short_ids: bool, excerpt_limit: usize) -> Self {
        Self {
            short_ids,
            strings: Strings::new(),
            numbers: BTreeMap::new(),
            file_numbers: BTreeMap::new(),
            files: Vec::new(),
            findings: Columns::default(),
            resources: ResourceColumns::default(),
            facts: FactColumns::default(),
            reasons: ReasonColumns::default(),
            messages: Sentences::default(),
            pointers: Sentences::default(),
            whats: Sentences::default(),
            calls: Sentences::default(),
            piece: Vec::new(),
            pieces: Vec::new(),
            excerpt_bytes: 0,
            excerpt_limit,
        }
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let resource = self.resource(&finding.resource);
        let id = shown(&finding.id);
        let columns = &mut self.findings;
        columns.id.push_str(if self.short_ids {
            id.get(..SHORT_ID).unwrap_or(&id)
        } else {
            &id
        });
        columns.id.push('\n');
        columns.rule.push(finding.rule_index);
        columns.verdict.push(finding.verdict as u8);
        columns.severity.push(finding.severity as u8);
        columns.confidence.push(finding.confidence as u8);
        columns.resource.push(resource);
        columns.facts.push(finding.facts.len().min(FACTS));
        columns
            .more_facts
            .push(finding.facts.len().saturating_sub(FACTS));
        columns.reasons.push(finding.reasons.len());

        let texts = OwnTexts::of(finding);
        let own = texts.longest_first();
        self.messages
            .push(&mut self.strings, &finding.message, &own);
        for reason in &finding.reasons {
            self.reason(reason, &own);
        }
        for fact in finding.facts.iter().take(FACTS) {
            self.fact(fact);
        }
        self.excerpts(finding)
    }

    fn resource(&mut self, resource: &Resource) -> u32 {
        if let Some(number) = self.numbers.get(resource) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(0);
        self.numbers.insert(resource.clone(), number);
        let (columns, strings) = (&mut self.resources, &mut self.strings);
        columns.kind.push(strings.shown(&resource.kind));
        columns
            .cloudformation
            .push(strings.shown(&resource.cloudformation));
        columns.id.push(strings.shown(&resource.id));
        columns
            .name
            .push(strings.shown(resource.name.as_deref().unwrap_or_default()));
        columns.partition.push(strings.shown(&resource.partition));
        columns.account.push(strings.shown(&resource.account));
        columns.region.push(strings.shown(&resource.region));
        columns
            .vpc
            .push(strings.shown(resource.vpc.as_deref().unwrap_or_default()));
        columns
            .owner
            .push(strings.shown(resource.owner.as_deref().unwrap_or_default()));
        number
    }

    fn fact(&mut self, fact: &Fact) {
        let file = fact
            .source
            .as_ref()
            .map_or(0, |source| self.file(source) + 1);
        let (columns, strings) = (&mut self.facts, &mut self.strings);
        columns.subject.push(strings.shown(&fact.subject));
        columns.field.push(strings.shown(&fact.field));
        columns.op.push(strings.shown(&fact.op));
        columns.expected.push(
            fact.expected
                .as_ref()
                .map_or(0, |text| strings.shown(text) + 1),
        );
        columns.actual.push(strings.shown(&fact.actual));
        columns.file.push(file);
        columns
            .line
            .push(fact.source.as_ref().map_or(0, |source| source.line));
        let pointer = fact.source.as_ref().map_or("", |source| &source.pointer);
        self.pointers.push(strings, pointer, &[]);
    }

    fn file(&mut self, source: &SourceLine) -> u32 {
        let key = (shown(&source.file), shown(&source.sha256));
        if let Some(number) = self.file_numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.files.len()).unwrap_or(0);
        self.files.push(key.clone());
        self.file_numbers.insert(key, number);
        number
    }

    fn reason(&mut self, reason: &Reason, own: &[Own<'_>]) {
        self.reasons.code.push(reason.code as u8);
        self.whats.push(&mut self.strings, &reason.what, own);
        self.calls.push(
            &mut self.strings,
            reason.call.as_deref().unwrap_or_default(),
            own,
        );
        let action = self
            .strings
            .shown(reason.action.as_deref().unwrap_or_default());
        self.reasons.action.push(action);
    }

    fn excerpts(&mut self, finding: &Finding) -> io::Result<()> {
        if self.excerpt_bytes > self.excerpt_limit {
            return Ok(());
        }
        let excerpts = finding.facts.iter().take(FACTS).map(|fact| {
            let source = fact
                .source
                .as_ref()
                .filter(|source| !source.excerpt.is_empty())?;
            let lines: Vec<_> = source.excerpt.iter().map(|line| shown(line)).collect();
            Some((source.excerpt_line, lines.join("\n")))
        });
        self.piece.push(excerpts.collect());
        if self.piece.len() == PIECE {
            self.end_piece()
        } else {
            Ok(())
        }
    }

    fn end_piece(&mut self) -> io::Result<()> {
        let piece = compress(&std::mem::take(&mut self.piece))?;
        self.excerpt_bytes += piece.len() + 1;
        if self.excerpt_bytes <= self.excerpt_limit {
            self.pieces.push(piece);
        }
        Ok(())
    }

    fn finish(mut self, total: usize, embedded: usize) -> io::Result<Island> {
        if !self.piece.is_empty() {
            self.end_piece()?;
        }
        self.findings.message = self.messages.templates.into_iter().collect();
        self.findings.message_arguments = self.messages.arguments.into_iter().collect();
        self.facts.pointer = self.pointers.templates;
        self.facts.pointer_arguments = self.pointers.arguments;
        self.reasons.what = self.whats.templates;
        self.reasons.what_arguments = self.whats.arguments.into_iter().collect();
        self.reasons.call = self.calls.templates;
        self.reasons.call_arguments = self.calls.arguments.into_iter().collect();
        let findings = compress(&Data {
            total,
            embedded,
            short_ids: self.short_ids,
            piece: PIECE,
            strings: self.strings.texts(),
            files: &self.files,
            findings: &self.findings,
            resources: &self.resources,
            facts: &self.facts,
            reasons: &self.reasons,
        })?;
        Ok(Island {
            findings,
            excerpts: self.pieces,
            embedded,
        })
    }
}

/// JSON, gzip without a time in it, base64.
pub(super) fn compress(value: &impl Serialize) -> io::Result<String> {
    let gzip = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    // serde_json writes a few bytes at a time.
    let mut out = io::BufWriter::with_capacity(1 << 16, gzip);
    serde_json::to_writer(&mut out, value)?;
    let gzip = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(STANDARD.encode(gzip.finish()?))
}

/// Texts that the finding shows elsewhere, as the page shows them.
struct OwnTexts(Vec<(String, char)>);

impl OwnTexts {
    fn of(finding: &Finding) -> Self {
        let resource = &finding.resource;
        let mut texts = vec![
            (shown(&resource.id), 'i'),
            (shown(resource.name.as_deref().unwrap_or_default()), 'n'),
            (shown(resource.vpc.as_deref().unwrap_or_default()), 'v'),
            (shown(&resource.account), 'c'),
            (shown(&resource.region), 'r'),
        ];
        // Capitals stand for subject, actual and expected of the first facts.
        for (fact, marks) in finding.facts.iter().zip([['A', 'B', 'C'], ['D', 'E', 'F']]) {
            let [subject, actual, expected] = marks;
            texts.push((shown(&fact.subject), subject));
            texts.push((shown(&fact.actual), actual));
            texts.push((
                shown(fact.expected.as_deref().unwrap_or_default()),
                expected,
            ));
        }
        // Stable, so of equal texts the first mark stands.
        texts.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Self(texts)
    }

    fn longest_first(&self) -> Vec<Own<'_>> {
        self.0
            .iter()
            .map(|(text, mark)| (text.as_str(), *mark))
            .collect()
    }
}
