//! Evaluates rules over the graph.
//!
//! Two passes: verdicts for all resources, quickly and in parallel; then the
//! trace and the text for those that are not fine, one chunk at a time while a
//! report is written. Results do not depend on the number of threads.

mod compiled;

use std::io;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::explain::{self, Explainer};
use super::expression::trace::Frame;
use super::intent::Judged;
use super::load::hex;
use super::select::Selected;
use crate::findings::{Counts, Finding, Findings, RuleSummary, Severity, Verdict};
use crate::graph::{Graph, Listing, Node};
use crate::snapshot::ledger::Scope;
use crate::snapshot::provenance::Locate;
use crate::snapshot::record::Kind;
pub(super) use compiled::Compiled;
use compiled::compile_rule;

/// Resources that one task evaluates all rules over: enough to be worth a
/// task, few enough to stay in the cache.
const CHUNK: u32 = 2048;

/// Findings that are made at a time while a report is written.
const BATCH: usize = 1024;

/// A verdict that is worth a finding.
#[derive(Debug, Clone, Copy)]
struct Open {
    rule: u16,
    row: u32,
    verdict: Verdict,
}

/// A place where a rule's resources were not listed: whatever was judged, more
/// may exist unseen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Unlisted {
    rule: u16,
    scope: Scope,
    listing: Listing,
}

/// Rules and their verdicts.
pub struct Evaluated<'g, 'r> {
    graph: &'g Graph,
    rules: Vec<Selected<'r>>,
    compiled: Vec<Compiled<'g>>,
    counts: Vec<Counts>,
    open: Vec<Open>,
    unlisted: Vec<Unlisted>,
    locate: &'g dyn Locate,
    intents: Judged,
}

impl std::fmt::Debug for Evaluated<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluated")
            .field("rules", &self.rules.len())
            .field("open", &self.open.len())
            .finish_non_exhaustive()
    }
}

/// sha256 over all rules and intents in force, their severities and their
/// parameters.
pub fn digest_of(evaluated: &Evaluated<'_, '_>) -> String {
    let mut hash = Sha256::new();
    for selected in &evaluated.rules {
        hash.update(selected.rule.digest.as_bytes());
        hash.update([selected.severity as u8]);
        for (name, value) in &selected.params {
            hash.update(format!("{name}={value}\0"));
        }
    }
    for rule in &evaluated.intents.rules {
        hash.update(rule.digest.as_bytes());
    }
    hex(&hash.finalize())
}

/// Which verdicts become findings, besides fail and unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Include {
    /// Passes.
    pub pass: bool,
    /// Resources that a rule does not speak about.
    pub not_applicable: bool,
}

/// Evaluates all rules over all resources of their kinds. `now` is the time of
/// the run, RFC 3339.
pub fn evaluate<'g, 'r>(
    rules: Vec<Selected<'r>>,
    graph: &'g Graph,
    now: Option<&'g str>,
    include: Include,
    locate: &'g dyn Locate,
) -> Evaluated<'g, 'r> {
    let compiled: Vec<Compiled<'g>> = rules
        .iter()
        .map(|rule| compile_rule(rule, graph, now))
        .collect();
    let results: Vec<Chunk> = tasks(graph, &compiled)
        .into_par_iter()
        .map(|(kind, wanted, rows)| chunk(kind, &wanted, rows, &compiled, include))
        .collect();
    let mut counts = vec![Counts::default(); rules.len()];
    let mut open = Vec::new();
    for (counted, mut found) in results {
        for (rule, count) in counted {
            if let Some(total) = counts.get_mut(usize::from(rule)) {
                *total += count;
            }
        }
        open.append(&mut found);
    }
    let mut unlisted = Vec::new();
    let aside = graph.clouds_aside();
    let asked = |rule: &&(&Compiled<'_>, u16)| !aside.contains(&rule.0.kind.spec().cloud());
    for (rule, index) in compiled.iter().zip(0_u16..).filter(|rule| asked(&rule)) {
        for (scope, listing) in graph.unlisted(rule.kind) {
            if let Some(counts) = counts.get_mut(usize::from(index)) {
                counts.add(Verdict::Unknown);
            }
            unlisted.push(Unlisted {
                rule: index,
                scope,
                listing,
            });
        }
    }
    let mut evaluated = Evaluated {
        graph,
        rules,
        compiled,
        counts,
        open,
        unlisted,
        locate,
        intents: Judged::default(),
    };
    evaluated.sort();
    evaluated
}

/// A kind, the rules about it, and rows of it.
type Task = (Kind, Arc<Vec<u16>>, Range<u32>);

/// What one task found: counts by rule, and what is worth a finding.
type Chunk = (Vec<(u16, Counts)>, Vec<Open>);

fn tasks(graph: &Graph, compiled: &[Compiled<'_>]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for &kind in Kind::ALL {
        let wanted: Vec<u16> = compiled
            .iter()
            .zip(0..)
            .filter(|(rule, _)| rule.kind == kind)
            .map(|(_, index)| index)
            .collect();
        let rows = u32::try_from(graph.nodes(kind).len()).unwrap_or(0);
        if !wanted.is_empty() {
            let wanted = Arc::new(wanted);
            tasks.extend((0..rows.div_ceil(CHUNK)).map(|chunk| {
                (
                    kind,
                    Arc::clone(&wanted),
                    chunk * CHUNK..((chunk + 1) * CHUNK).min(rows),
                )
            }));
        }
    }
    tasks
}

fn chunk(
    kind: Kind,
    wanted: &[u16],
    rows: Range<u32>,
    compiled: &[Compiled<'_>],
    include: Include,
) -> Chunk {
    let mut counted = Vec::with_capacity(wanted.len());
    let mut open = Vec::new();
    for &index in wanted {
        let Some(rule) = compiled.get(usize::from(index)) else {
            continue;
        };
        let mut counts = Counts::default();
        let mut frame = Frame::new(rule.slots, rule.lets, Node::new(kind, rows.start));
        for row in rows.clone() {
            frame.reset(Node::new(kind, row));
            let verdict = rule.verdict(&mut frame);
            counts.add(verdict);
            let wanted = match verdict {
                Verdict::Fail | Verdict::Unknown => true,
                Verdict::Pass => include.pass,
                Verdict::NotApplicable => include.not_applicable,
            };
            if wanted {
                open.push(Open {
                    rule: index,
                    row,
                    verdict,
                });
            }
        }
        counted.push((index, counts));
    }
    (counted, open)
}

impl<'r> Evaluated<'_, 'r> {
    /// Adds what became of intents: their findings stand among those of the
    /// rules, and their rules behind the others.
    #[must_use]
    pub fn with_intents(mut self, mut judged: Judged) -> Self {
        for finding in &mut judged.findings {
            finding.rule_index += self.rules.len();
        }
        self.intents = judged;
        self
    }

    /// The rules about intents.
    pub fn intents(&self) -> &[RuleSummary] {
        &self.intents.rules
    }

    /// The rules that ran, with their severities and parameters.
    pub fn rules(&self) -> &[Selected<'r>] {
        &self.rules
    }

    /// Verdicts of a rule over all resources of its kind.
    pub fn counts(&self, rule: usize) -> Counts {
        self.counts.get(rule).copied().unwrap_or_default()
    }

    /// Failing findings by severity, worst first, none left out.
    pub fn by_severity(&self) -> Vec<(Severity, u64)> {
        [
            Severity::Critical,
            Severity::High,
            Severity::Medium,
            Severity::Low,
            Severity::Info,
        ]
        .into_iter()
        .map(|severity| {
            let fails = self
                .rules
                .iter()
                .zip(&self.counts)
                .filter(|(rule, _)| rule.severity == severity)
                .map(|(_, counts)| counts.fail)
                .sum::<u64>();
            let intents = self.intents.failing.iter();
            let broken: u64 = intents
                .filter(|(of, _)| *of == severity)
                .map(|(_, count)| count)
                .sum();
            (severity, fails + broken)
        })
        .collect()
    }

    /// The final order: failures first, the worst of them first; then by rule
    /// and by resource, never by the order of reading.
    fn sort(&mut self) {
        let (graph, rules) = (self.graph, &self.rules);
        self.open.par_sort_by_cached_key(|open| {
            let rule = rules.get(usize::from(open.rule));
            let node = Node::new(rule.map_or(Kind::Vpc, |rule| rule.rule.kind), open.row);
            let severity = rule.map(|rule| std::cmp::Reverse(rule.severity));
            (
                open.verdict,
                severity,
                open.rule,
                graph.account(node),
                graph.scope(node).region,
                graph.uid(node),
            )
        });
    }
}

impl Findings for Evaluated<'_, '_> {
    fn len(&self) -> usize {
        self.open.len() + self.unlisted.len() + self.intents.findings.len()
    }

    fn each(&self, show: &mut dyn FnMut(&Finding) -> io::Result<()>) -> io::Result<()> {
        let explainer = Explainer::new(self.graph, self.locate);
        let mut intents = self.intents.findings.iter().peekable();
        for batch in self.open.chunks(BATCH) {
            let found: Vec<Finding> = batch
                .par_iter()
                .filter_map(|open| {
                    let index = usize::from(open.rule);
                    let (rule, compiled) = (self.rules.get(index)?, self.compiled.get(index)?);
                    Some(explainer.finding(
                        index,
                        rule,
                        compiled,
                        Node::new(compiled.kind, open.row),
                        open.verdict,
                    ))
                })
                .collect();
            for finding in &found {
                // Those of intents come behind equals: their rules are last.
                while let Some(intent) = intents.next_if(|intent| rank(intent) < rank(finding)) {
                    show(intent)?;
                }
                show(finding)?;
            }
        }
        intents.try_for_each(&mut *show)?;
        for unlisted in &self.unlisted {
            let index = usize::from(unlisted.rule);
            if let Some(rule) = self.rules.get(index) {
                show(&explain::unlisted(
                    index,
                    rule,
                    &unlisted.scope,
                    unlisted.listing,
                ))?;
            }
        }
        Ok(())
    }
}

/// What findings are sorted by before their rules.
const fn rank(finding: &Finding) -> (Verdict, std::cmp::Reverse<Severity>) {
    (finding.verdict, std::cmp::Reverse(finding.severity))
}
