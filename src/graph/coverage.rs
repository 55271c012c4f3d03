//! How much of each kind was listed in each account and region.
//!
//! Answers one question quickly: may there be resources that nobody saw? It
//! reads the ledger and nothing else.

use std::collections::BTreeSet;

use super::index::ids;
use crate::snapshot::Snapshot;
use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::ledger::{CallOutcome, Scope, is_global};
use crate::snapshot::provenance::Run;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Source;

/// How much of a listing was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listing {
    /// Nobody asked.
    Absent,
    /// Refused.
    Denied,
    /// Failed for another reason.
    Failed,
    /// Some of it is missing.
    Partial,
    /// All of it.
    Complete,
}

/// Listings of all kinds in all scopes.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    /// By kind, then by scope.
    listings: Vec<Vec<Listing>>,
    /// Kinds whose listing call is made once per parent, with the parents.
    parents: BTreeSet<(Kind, String)>,
    /// Kinds with a parent that nobody asked for them, and where.
    unasked: BTreeSet<(Kind, Scope)>,
    /// The same by row of the parent.
    unasked_rows: BTreeSet<(Kind, u32)>,
    /// Rows of parents that were asked about a part only, and which.
    narrowed_rows: BTreeSet<(Kind, u32, &'static str)>,
    /// Of each scope: whether it holds nothing but what people wrote down.
    given: Vec<bool>,
}

impl Coverage {
    pub(super) fn build(snapshot: &Snapshot) -> Self {
        let whole = snapshot.runs.iter().filter(|run| !run.partial);
        let parents: BTreeSet<(Kind, String)> = whole
            .clone()
            .filter(|run| run.narrowed.is_empty())
            .filter_map(|run| Some((run.kind, tail(run.parent.as_deref()?).to_owned())))
            .collect();
        let mut coverage = Self {
            parents,
            ..Self::default()
        };
        for run in whole.filter(|run| !run.narrowed.is_empty()) {
            coverage.find_narrowed(snapshot, run);
        }
        for &kind in Kind::ALL {
            coverage.find_unasked(snapshot, kind);
        }
        coverage.given = given_scopes(snapshot);
        coverage.listings = Kind::ALL
            .iter()
            .map(|&kind| {
                let scopes = snapshot.scopes.iter().zip(&coverage.given);
                let in_scope = |(scope, given): (&Scope, &bool)| {
                    if *given {
                        coverage.listing_anywhere(snapshot, kind)
                    } else {
                        coverage.listing_of(snapshot, kind, scope)
                    }
                };
                scopes.map(in_scope).collect()
            })
            .collect();
        coverage
    }

    /// How much of a kind was listed in all accounts and regions together: what
    /// people name may be in any of them.
    fn listing_anywhere(&self, snapshot: &Snapshot, kind: Kind) -> Listing {
        let open = self.unlisted(snapshot, kind);
        open.into_iter()
            .map(|(_, listing)| listing)
            .min()
            .unwrap_or(Listing::Complete)
    }

    /// Whether a scope holds nothing but what people wrote down.
    pub(super) fn is_given(&self, scope: usize) -> bool {
        self.given.get(scope).copied().unwrap_or(false)
    }

    /// Parents that a call made once per parent was not made for, by the
    /// account and region that should have answered.
    fn find_unasked(&mut self, snapshot: &Snapshot, kind: Kind) {
        let Some(parent) = parent_kind(kind) else {
            return;
        };
        // Answers that name no parent speak of all of them.
        if repeats(kind) && !self.parents.iter().any(|(of, _)| *of == kind) {
            return;
        }
        for (row, id) in (0..).zip(ids(parent, snapshot)) {
            let text = id.id_text(parent.spec().id_prefix, &snapshot.symbols);
            if !self.parents.contains(&(kind, tail(&text).to_owned())) {
                let scope = snapshot
                    .scopes
                    .get(usize::from(snapshot.scope(parent, row)));
                self.unasked
                    .insert((kind, place(kind, scope.cloned().unwrap_or_default())));
                self.unasked_rows.insert((kind, row));
            }
        }
    }

    /// The parent that a run asked about in part.
    fn find_narrowed(&mut self, snapshot: &Snapshot, run: &Run) {
        let (Some(parent), Some(asked)) = (parent_kind(run.kind), run.parent.as_deref()) else {
            return;
        };
        for (row, id) in (0..).zip(ids(parent, snapshot)) {
            let text = id.id_text(parent.spec().id_prefix, &snapshot.symbols);
            if tail(&text) == tail(asked) {
                self.narrowed_rows.insert((run.kind, row, run.narrowed));
            }
        }
    }

    /// How much of a kind was listed in a scope. What is listed once per parent
    /// is complete when the parents are and each was asked; no parents, no
    /// children.
    fn listing_of(&self, snapshot: &Snapshot, kind: Kind, scope: &Scope) -> Listing {
        let Some(source) = kind.spec().sources.first() else {
            return Listing::Absent;
        };
        if source.given {
            return Listing::Complete;
        }
        let answered = listing_in(snapshot, source, scope);
        let Some(parent) = parent_kind(kind).filter(|_| !repeats(kind)) else {
            return answered;
        };
        let parents = parent.spec().sources.first();
        let parents = parents.map_or(Listing::Absent, |source| {
            listing_in(snapshot, source, scope)
        });
        let unasked = self.unasked.contains(&(kind, place(kind, scope.clone())));
        match (parents, unasked, answered) {
            (Listing::Complete, false, Listing::Complete | Listing::Absent) => Listing::Complete,
            (_, _, Listing::Complete) => Listing::Partial,
            _ => answered,
        }
    }

    /// Accounts and regions where a kind was not listed completely, among those
    /// that show any call. Services without regions are listed once an account.
    pub(super) fn unlisted(&self, snapshot: &Snapshot, kind: Kind) -> Vec<(Scope, Listing)> {
        let mut scopes: BTreeSet<Scope> = snapshot
            .ledger
            .scopes()
            .map(|scope| place(kind, scope.clone()))
            .filter(|scope| (scope.region == "global") == is_global(service(kind)))
            .collect();
        if scopes.is_empty() {
            // Nothing was asked anywhere: the question is open all the same.
            scopes.insert(place(kind, Scope::default()));
        }
        scopes
            .into_iter()
            .map(|scope| {
                let listing = self.listing_of(snapshot, kind, &scope);
                (scope, listing)
            })
            .filter(|(_, listing)| *listing != Listing::Complete)
            .collect()
    }

    pub(super) fn listing(&self, kind: Kind, scope: u16) -> Listing {
        self.listings
            .get(kind.index())
            .and_then(|scopes| scopes.get(usize::from(scope)))
            .copied()
            .unwrap_or(Listing::Absent)
    }

    #[expect(
        clippy::unused_self,
        reason = "the question belongs to the coverage, whichever table answers it"
    )]
    pub(super) fn call(
        &self,
        snapshot: &Snapshot,
        kind: Kind,
        operation: &str,
        scope: u16,
    ) -> Listing {
        outcome(snapshot, kind, operation, scope)
    }

    /// Whether a call that is made once per parent was made for the one with
    /// this id.
    pub(super) fn asked_about(&self, kind: Kind, parent: &str) -> bool {
        self.parents.contains(&(kind, tail(parent).to_owned()))
    }

    /// Whether a call that is made once per parent was made for this one.
    pub(super) fn asked_for(&self, kind: Kind, parent: u32) -> bool {
        !self.unasked_rows.contains(&(kind, parent))
    }

    /// Whether all of a part was asked for about this parent.
    pub(super) fn asked_for_part(&self, kind: Kind, parent: u32, part: &'static str) -> bool {
        self.asked_for(kind, parent) || self.narrowed_rows.contains(&(kind, parent, part))
    }
}

/// Of each scope, whether it holds nothing but what people wrote down.
fn given_scopes(snapshot: &Snapshot) -> Vec<bool> {
    let (mut given, mut called) = (BTreeSet::new(), BTreeSet::new());
    for run in &snapshot.runs {
        let scopes = if run.kind.spec().is_given() {
            &mut given
        } else {
            &mut called
        };
        scopes.insert(usize::from(run.scope));
    }
    (0..snapshot.scopes.len())
        .map(|scope| given.contains(&scope) && !called.contains(&scope))
        .collect()
}

/// The kind whose resources a kind is listed for, one call each.
fn parent_kind(kind: Kind) -> Option<Kind> {
    let level = Level::of(kind);
    let parent = kind.spec().sources.first()?.parent?;
    match level.columns.get(level.column(parent)?)?.shape {
        ColumnShape::Id(parent) if parent != kind => Some(parent),
        _ => None,
    }
}

/// Whether the objects of a kind name their parent. Then some parents may have
/// been asked about and others not, and who wants to know asks for one of them:
/// [`Coverage::asked_for`].
fn repeats(kind: Kind) -> bool {
    kind.spec()
        .sources
        .first()
        .is_some_and(|source| source.repeats)
}

fn service(kind: Kind) -> &'static str {
    kind.spec()
        .sources
        .first()
        .map_or("", |source| source.service)
}

/// The scope that a kind is listed in: services without regions have one.
fn place(kind: Kind, scope: Scope) -> Scope {
    if is_global(service(kind)) {
        Scope {
            region: "global".to_owned(),
            ..scope
        }
    } else {
        scope
    }
}

/// The last part of an ARN or path.
fn tail(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

fn outcome(snapshot: &Snapshot, kind: Kind, operation: &str, scope: u16) -> Listing {
    let Some(source) = kind
        .spec()
        .sources
        .iter()
        .find(|source| source.operation == operation)
    else {
        return Listing::Absent;
    };
    let Some(scope) = snapshot.scopes.get(usize::from(scope)) else {
        return Listing::Absent;
    };
    listing_in(snapshot, source, scope)
}

fn listing_in(snapshot: &Snapshot, source: &Source, scope: &Scope) -> Listing {
    let call = snapshot
        .ledger
        .call(scope, source.service, source.operation);
    match call.map(|call| call.outcome) {
        Some(CallOutcome::Complete) => Listing::Complete,
        Some(CallOutcome::Partial) => Listing::Partial,
        Some(CallOutcome::Failed) => Listing::Failed,
        Some(CallOutcome::Denied) => Listing::Denied,
        None => Listing::Absent,
    }
}
