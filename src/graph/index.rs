//! From ids to rows.
//!
//! Holds row numbers only; ids are compared in the tables. Looked up, never
//! iterated, so that the order of hashing cannot show.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use crate::snapshot::Snapshot;
use crate::snapshot::column::Column;
use crate::snapshot::layout::Level;
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Cloud, Identity};
use crate::snapshot::symbol::Symbols;

/// Rows of one kind by id.
#[derive(Debug, Default)]
pub(super) struct Index {
    rows: HashTable<u32>,
    per_region: bool,
}

/// The indexes of all kinds, each made when somebody first looks into it.
#[derive(Debug)]
pub(super) struct Indexes(Vec<OnceLock<Index>>);

impl Indexes {
    pub(super) fn new() -> Self {
        Self(Kind::ALL.iter().map(|_| OnceLock::new()).collect())
    }

    /// The index of a kind.
    pub(super) fn of(&self, kind: Kind, snapshot: &Snapshot) -> &Index {
        // `new` made one place for each kind.
        #[expect(clippy::indexing_slicing, reason = "one place per kind")]
        self.0[kind.index()].get_or_init(|| Index::build(kind, snapshot))
    }
}

/// How ids of a kind are compared: those of Azure by their text without case.
struct Ids<'s> {
    folded: bool,
    symbols: &'s Symbols,
}

impl<'s> Ids<'s> {
    fn of(kind: Kind, snapshot: &'s Snapshot) -> Self {
        Self {
            folded: kind.spec().cloud() == Cloud::Azure,
            symbols: &snapshot.symbols,
        }
    }

    fn text(&self, id: Packed) -> Option<&'s str> {
        let symbol = id.symbol().filter(|_| self.folded)?;
        Some(self.symbols.text(symbol))
    }

    fn hash(&self, id: Packed, scope: Option<u16>) -> u64 {
        match self.text(id) {
            Some(text) => FxBuildHasher.hash_one((text.to_ascii_lowercase(), scope)),
            None => FxBuildHasher.hash_one((id.number(), scope)),
        }
    }

    fn same(&self, one: Packed, other: Packed) -> bool {
        let texts = self.text(one).zip(self.text(other));
        one == other || texts.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    }
}

impl Index {
    /// Indexes a kind. Kinds whose ids are unique only together with other
    /// fields have no index.
    fn build(kind: Kind, snapshot: &Snapshot) -> Self {
        let per_region = match kind.spec().identity {
            Identity::Global => false,
            Identity::PerRegion => true,
            Identity::Within(_) => return Self::default(),
        };
        let ids = ids(kind, snapshot);
        let compared = Ids::of(kind, snapshot);
        let key = |row: u32| {
            let id = ids.get(row as usize).copied().unwrap_or(Packed::ABSENT);
            (id, per_region.then(|| snapshot.scope(kind, row)))
        };
        let mut rows = HashTable::with_capacity(ids.len());
        for row in 0..u32::try_from(ids.len()).unwrap_or(u32::MAX) {
            let (id, scope) = key(row);
            if !id.is_text() {
                continue;
            }
            let same = |&other: &u32| {
                let (other, of) = key(other);
                of == scope && compared.same(other, id)
            };
            let rehash = |&other: &u32| {
                let (id, scope) = key(other);
                compared.hash(id, scope)
            };
            // The first row with an id stands; collecting has united the rest.
            rows.entry(compared.hash(id, scope), same, rehash)
                .or_insert(row);
        }
        Self { rows, per_region }
    }

    /// The row with this id; names are looked up in the given scope.
    pub(super) fn find(
        &self,
        kind: Kind,
        id: Packed,
        scope: u16,
        snapshot: &Snapshot,
    ) -> Option<u32> {
        let ids = ids(kind, snapshot);
        let scope = self.per_region.then_some(scope);
        let compared = Ids::of(kind, snapshot);
        self.rows
            .find(compared.hash(id, scope), |&row| {
                ids.get(row as usize)
                    .is_some_and(|&other| compared.same(other, id))
                    && scope.is_none_or(|scope| snapshot.scope(kind, row) == scope)
            })
            .copied()
    }
}

/// The ids of a kind, by row.
pub(super) fn ids(kind: Kind, snapshot: &Snapshot) -> &[Packed] {
    match snapshot.table(kind).column(Level::of(kind).id_column()) {
        Some(Column::Packed(ids)) => ids,
        _ => &[],
    }
}
