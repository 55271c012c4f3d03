//! Which resources are linked: for each reference two arrays, there and back.
//!
//! Compressed sparse rows, because a million interfaces have four million
//! references (a general graph type takes twice the memory and ten times as
//! long to walk backwards). A reference to something that is not in the
//! snapshot keeps its id.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::index::{Index, Indexes};
use super::links::{self, LinkSpec};
use crate::snapshot::Snapshot;
use crate::snapshot::column::{Column, Presence};
use crate::snapshot::layout::{ColumnSpec, Level};
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::table::Table;
use crate::snapshot::wanted::Wanted;

/// Marks a row number as a position in [`Missing`].
pub(super) const MISSING: u32 = 1 << 31;

/// Lists of row numbers, end to end.
#[derive(Debug, Default)]
pub(super) struct Rows {
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl Rows {
    /// The list of one row.
    pub(super) fn get(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let start = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.rows
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// The edges of one link.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// Targets of each row of the kind that holds the reference.
    pub(super) forward: Rows,
    /// Holders of each row of the kind that is named; made only where a member
    /// function needs it.
    pub(super) reverse: Rows,
}

/// Something that is named and not in the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Its kind.
    pub kind: Kind,
    /// Its id as it was named.
    pub id: Packed,
    /// Scope of the first resource that named it.
    pub scope: u16,
}

/// The edges of all links, and what they name in vain.
pub(super) fn build(
    snapshot: &Snapshot,
    indexes: &Indexes,
    wanted: Option<&Wanted>,
) -> (Vec<Edges>, Vec<Missing>) {
    let follow =
        |link: &LinkSpec| wanted.is_none_or(|wanted| wanted.has_link(link.from, &link.path));
    let resolved: Vec<(Rows, Vec<Missing>)> = links::all()
        .par_iter()
        .map(|link| {
            if follow(link) {
                resolve(link, snapshot, indexes)
            } else {
                (Rows::default(), Vec::new())
            }
        })
        .collect();
    let mut known: BTreeMap<(Kind, Packed), u32> = BTreeMap::new();
    let mut missing = Vec::new();
    let mut all = Vec::new();
    for (mut forward, local) in resolved {
        let global: Vec<u32> = local
            .iter()
            .map(|entry| {
                *known.entry((entry.kind, entry.id)).or_insert_with(|| {
                    missing.push(*entry);
                    u32::try_from(missing.len() - 1).unwrap_or(MISSING - 1) | MISSING
                })
            })
            .collect();
        if !global.is_empty() {
            for row in forward.rows.iter_mut().filter(|row| **row & MISSING != 0) {
                *row = global
                    .get((*row & !MISSING) as usize)
                    .copied()
                    .unwrap_or(*row);
            }
        }
        all.push(Edges {
            forward,
            reverse: Rows::default(),
        });
    }
    all.par_iter_mut()
        .zip(links::all().par_iter())
        .for_each(|(edges, link)| {
            if !link.reverse.is_empty() && follow(link) {
                edges.reverse = reverse(&edges.forward, snapshot.table(link.to).rows());
            }
        });
    (all, missing)
}

/// Links, and scopes in which a resource does not say what it names although
/// its API always does: followed backwards the link may lack it.
pub(super) fn loose_ends(snapshot: &Snapshot, wanted: Option<&Wanted>) -> BTreeSet<(usize, u16)> {
    let mut loose = BTreeSet::new();
    for (index, link) in links::all().iter().enumerate() {
        let followed = wanted.is_none_or(|wanted| wanted.has_link(link.from, &link.path));
        let ([column], true) = (
            link.columns.as_slice(),
            followed && !link.reverse.is_empty(),
        ) else {
            continue;
        };
        let spec = Level::of(link.from).columns.get(*column);
        let table = snapshot.table(link.from);
        let Some(values) = table.column(*column) else {
            continue;
        };
        if !spec.is_some_and(ColumnSpec::required) {
            continue;
        }
        for row in 0..table.rows() {
            if values.presence(row) != Presence::Present {
                let row = u32::try_from(row).unwrap_or(u32::MAX);
                loose.insert((index, snapshot.scope(link.from, row)));
            }
        }
    }
    loose
}

fn resolve(link: &LinkSpec, snapshot: &Snapshot, indexes: &Indexes) -> (Rows, Vec<Missing>) {
    let table = snapshot.table(link.from);
    let mut rows = Rows {
        ends: Vec::with_capacity(table.rows()),
        rows: Vec::new(),
    };
    let mut missing = Vec::new();
    let mut seen: BTreeMap<Packed, u32> = BTreeMap::new();
    if table.rows() == 0 {
        return (rows, missing);
    }
    let index = indexes.of(link.to, snapshot);
    let mut last = (Packed::ABSENT, 0_u16, 0_u32);
    for row in 0..table.rows() {
        let number = u32::try_from(row).unwrap_or(u32::MAX);
        let scope = snapshot.scope(link.from, number);
        let start = rows.rows.len();
        walk(table, &link.columns, row, &mut |id| {
            if !id.is_text() || names_nothing(id, snapshot) {
                return;
            }
            let Some(id) = meant(link, id, snapshot) else {
                return;
            };
            if link.from.spec().is_given() {
                // People name what they mean, wherever it is.
                let named = everywhere(link.to, id, index, snapshot);
                let known = !named.is_empty();
                for row in named {
                    if !rows.rows.get(start..).unwrap_or_default().contains(&row) {
                        rows.rows.push(row);
                    }
                }
                if known {
                    return;
                }
            }
            if last.0 != id || last.1 != scope {
                let target = find(link.to, id, scope, index, snapshot).unwrap_or_else(|| {
                    *seen.entry(id).or_insert_with(|| {
                        missing.push(Missing {
                            kind: link.to,
                            id,
                            scope,
                        });
                        u32::try_from(missing.len() - 1).unwrap_or(MISSING - 1) | MISSING
                    })
                });
                last = (id, scope, target);
            }
            if !rows.rows.get(start..).unwrap_or_default().contains(&last.2) {
                rows.rows.push(last.2);
            }
        });
        rows.ends
            .push(u32::try_from(rows.rows.len()).unwrap_or(u32::MAX));
    }
    rows.rows.shrink_to_fit();
    (rows, missing)
}

/// The id as the target kind stores it; `None` if the field may name several
/// kinds and this id is of another one.
fn meant(link: &LinkSpec, id: Packed, snapshot: &Snapshot) -> Option<Packed> {
    let Some(stored) = link.shared else {
        return Some(id);
    };
    let text = id.id_text(stored.spec().id_prefix, &snapshot.symbols);
    let prefix = link.to.spec().id_prefix;
    text.starts_with(prefix)
        .then(|| Packed::find_id(&text, prefix, &snapshot.symbols).unwrap_or(id))
}

/// Some fields say in words that they name nothing.
fn names_nothing(id: Packed, snapshot: &Snapshot) -> bool {
    id.symbol().is_some_and(|symbol| {
        matches!(
            snapshot.symbols.text(symbol),
            "" | "default" | "local" | "-"
        )
    })
}

/// Finds the row that an id or ARN names: the id itself, or the last part of
/// an ARN or path (`…:resourceconfiguration/rcfg-0…`, `/hostedzone/Z…`); a zone
/// also where the path is missing.
pub(super) fn find(
    kind: Kind,
    id: Packed,
    scope: u16,
    index: &Index,
    snapshot: &Snapshot,
) -> Option<u32> {
    index.find(kind, id, scope, snapshot).or_else(|| {
        let text = snapshot.symbols.text(id.symbol()?);
        let other = match text.rsplit_once('/') {
            Some((_, tail)) => Packed::find_id(tail, kind.spec().id_prefix, &snapshot.symbols)?,
            // Lists of zones write the path, and whatever names a zone does not.
            None if kind == Kind::HostedZone => {
                let id = format!("/hostedzone/{text}");
                Packed::find_id(&id, kind.spec().id_prefix, &snapshot.symbols)?
            }
            None => return None,
        };
        index.find(kind, other, scope, snapshot)
    })
}

/// The rows that an id names in any account and region: one, unless names are
/// unique within a region only.
fn everywhere(kind: Kind, id: Packed, index: &Index, snapshot: &Snapshot) -> Vec<u32> {
    let scopes = 0..u16::try_from(snapshot.scopes.len()).unwrap_or(u16::MAX);
    let mut rows: Vec<u32> = scopes
        .filter_map(|scope| find(kind, id, scope, index, snapshot))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Shows all ids that a row holds at the end of a chain of columns.
fn walk(table: &Table, columns: &[usize], row: usize, show: &mut dyn FnMut(Packed)) {
    let Some((&first, rest)) = columns.split_first() else {
        return;
    };
    match table.column(first) {
        Some(Column::Packed(ids)) => ids.get(row).copied().into_iter().for_each(show),
        Some(Column::Ids(lists)) => lists.get(row).iter().copied().for_each(show),
        Some(Column::List(lists, below)) => lists
            .range(row)
            .for_each(|entry| walk(below, rest, entry, show)),
        _ => {}
    }
}

fn reverse(forward: &Rows, targets: usize) -> Rows {
    let mut ends = vec![0_u32; targets];
    let known = || forward.rows.iter().filter(|row| **row & MISSING == 0);
    for &target in known() {
        if let Some(count) = ends.get_mut(target as usize) {
            *count += 1;
        }
    }
    let mut total = 0;
    for end in &mut ends {
        let count = *end;
        *end = total;
        total += count;
    }
    let mut rows = vec![0; total as usize];
    // `ends` holds the starts now; each placed row moves it towards the end.
    let mut position = 0;
    for (holder, &end) in (0_u32..).zip(&forward.ends) {
        for &target in forward.rows.get(position..end as usize).unwrap_or_default() {
            if let Some(next) = ends
                .get_mut(target as usize)
                .filter(|_| target & MISSING == 0)
            {
                if let Some(slot) = rows.get_mut(*next as usize) {
                    *slot = holder;
                }
                *next += 1;
            }
        }
        position = end as usize;
    }
    Rows { ends, rows }
}
