//! How much of each kind was listed in each account and region.
//!
//! Answers one question quickly: may there be resources that nobody saw? It
//! reads the ledger and nothing else.

use std::collections::BTreeSet;

use crate::snapshot::Snapshot;
use crate::snapshot::ledger::CallOutcome;
use crate::snapshot::record::Kind;

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
}

impl Coverage {
    pub(super) fn build(snapshot: &Snapshot) -> Self {
        let listings = Kind::ALL
            .iter()
            .map(|&kind| {
                (0..snapshot.scopes.len().max(1))
                    .map(|scope| {
                        let scope = u16::try_from(scope).unwrap_or(u16::MAX);
                        listing_operations(kind)
                            .map(|operation| outcome(snapshot, kind, operation, scope))
                            .max()
                            .unwrap_or(Listing::Absent)
                    })
                    .collect()
            })
            .collect();
        let parents = snapshot
            .runs
            .iter()
            .filter_map(|run| {
                let parent = run.parent.as_deref()?;
                (!run.partial).then(|| {
                    (
                        run.kind,
                        parent.rsplit('/').next().unwrap_or_default().to_owned(),
                    )
                })
            })
            .collect();
        Self { listings, parents }
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

    pub(super) fn asked_for(&self, kind: Kind, parent: &str) -> bool {
        let per_parent = kind
            .spec()
            .sources
            .first()
            .is_some_and(|source| source.parent.is_some());
        !per_parent
            || self.parents.contains(&(
                kind,
                parent.rsplit('/').next().unwrap_or_default().to_owned(),
            ))
    }
}

/// The calls that list a kind: the first source, and others with the same key
/// (`DescribePrefixLists` beside `DescribeManagedPrefixLists` is another list,
/// and does not count).
fn listing_operations(kind: Kind) -> impl Iterator<Item = &'static str> {
    kind.spec()
        .sources
        .first()
        .map(|source| source.operation)
        .into_iter()
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
    match snapshot
        .ledger
        .call(scope, source.service, source.operation)
        .map(|call| call.outcome)
    {
        Some(CallOutcome::Complete) => Listing::Complete,
        Some(CallOutcome::Partial) => Listing::Partial,
        Some(CallOutcome::Failed) => Listing::Failed,
        Some(CallOutcome::Denied) => Listing::Denied,
        None => Listing::Absent,
    }
}
