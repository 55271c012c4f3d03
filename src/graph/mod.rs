//! The network that the snapshot describes: resources as typed nodes, their
//! references as edges there and back, and what may be missing from them.
//!
//! A pure function of the snapshot; uses nothing else. No input or output, no
//! clock, and no rules: it answers questions, it does not judge.

pub mod admission;
pub mod blocks;
mod clouds;
mod coverage;
pub mod dns;
mod edges;
mod entry;
mod index;
pub mod links;
mod name;
pub mod ports;
pub mod prefixes;
pub mod reach;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

pub use coverage::Listing;
pub use edges::Missing;
pub use entry::{Entry, Target};
pub use links::Direction;
pub use name::{normal_dns_name, record_target, vpc_endpoint_id_in};
pub use view::{GraphView, Visited};

use crate::snapshot::Snapshot;
use crate::snapshot::column::{Column, Presence};
use crate::snapshot::layout::Level;
use crate::snapshot::ledger::Scope;
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Identity;
use crate::snapshot::symbol::Symbol;
use crate::snapshot::wanted::Wanted;
use edges::{Edges, MISSING};
use index::Indexes;

/// The network.
#[derive(Debug)]
pub struct Graph {
    snapshot: Snapshot,
    indexes: Indexes,
    edges: Vec<Edges>,
    missing: Vec<Missing>,
    loose: BTreeSet<(usize, u16)>,
    coverage: coverage::Coverage,
    groups: admission::GroupIndex,
    records: OnceLock<BTreeMap<String, Vec<u32>>>,
    network: OnceLock<reach::model::Network>,
    names: OnceLock<dns::Index>,
    ends: OnceLock<Arc<reach::place::Index>>,
    clients: OnceLock<reach::clients::Clients>,
}

/// A resource, or the place of one that is named and not in the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Its kind.
    pub kind: Kind,
    row: u32,
}

impl Node {
    /// The resource at a row of its kind's table.
    pub const fn new(kind: Kind, row: u32) -> Self {
        Self { kind, row }
    }

    /// Its row, if it is in the snapshot.
    pub const fn row(self) -> Option<u32> {
        if self.row & MISSING == 0 {
            Some(self.row)
        } else {
            None
        }
    }
}

impl Graph {
    /// Builds the network. Takes time in proportion to resources and
    /// references; kinds are worked on in parallel, the result does not depend
    /// on it.
    pub fn build(snapshot: Snapshot) -> Self {
        Self::build_for(snapshot, None)
    }

    /// Builds as much of the network as somebody will ask for: links that are
    /// not wanted lead nowhere.
    pub fn build_for(snapshot: Snapshot, wanted: Option<&Wanted>) -> Self {
        let indexes = Indexes::new();
        let loose = edges::loose_ends(&snapshot, wanted);
        let (edges, missing) = edges::build(&snapshot, &indexes, wanted);
        let coverage = coverage::Coverage::build(&snapshot);
        let mut graph = Self {
            snapshot,
            indexes,
            edges,
            missing,
            loose,
            coverage,
            groups: admission::GroupIndex::default(),
            records: OnceLock::new(),
            network: OnceLock::new(),
            names: OnceLock::new(),
            ends: OnceLock::new(),
            clients: OnceLock::new(),
        };
        graph.groups = admission::GroupIndex::build(&graph);
        graph
    }

    /// What it was built from.
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// All resources of a kind.
    pub fn nodes(&self, kind: Kind) -> impl ExactSizeIterator<Item = Node> + use<> {
        (0..u32::try_from(self.snapshot.table(kind).rows()).unwrap_or(0))
            .map(move |row| Node::new(kind, row))
    }

    /// The resource with this id; names are looked up in the scope of `near`.
    pub fn find(&self, kind: Kind, id: &str, near: Option<Node>) -> Option<Node> {
        let packed = Packed::find_id(id, kind.spec().id_prefix, &self.snapshot.symbols)?;
        let scope = near.map_or(0, |node| self.scope_number(node));
        let index = self.indexes.of(kind, &self.snapshot);
        let row = edges::find(kind, packed, scope, index, &self.snapshot)?;
        Some(Node::new(kind, row))
    }

    /// Where a link leads from a resource. For links that are followed
    /// backwards the answer is complete only if [`listing`](Self::listing) is.
    pub fn linked(&self, link: usize, direction: Direction, node: Node) -> &[u32] {
        let (Some(edges), Some(row)) = (self.edges.get(link), node.row()) else {
            return &[];
        };
        match direction {
            Direction::Forward => edges.forward.get(row),
            Direction::Reverse => edges.reverse.get(row),
        }
    }

    /// The node behind a number from [`linked`](Self::linked).
    pub fn node(&self, kind: Kind, number: u32) -> Node {
        Node { kind, row: number }
    }

    /// The id of a resource in the API's spelling.
    pub fn id(&self, node: Node) -> String {
        let prefix = node.kind.spec().id_prefix;
        let symbols = &self.snapshot.symbols;
        match node.row() {
            Some(row) => index::ids(node.kind, &self.snapshot)
                .get(row as usize)
                .map_or_else(String::new, |id| self.shown_id(node.kind, *id)),
            None => self.gap(node).map_or_else(String::new, |gap| {
                let text = gap.id.id_text(prefix, symbols);
                if prefix.is_empty() {
                    text
                } else {
                    text.rsplit('/').next().unwrap_or_default().to_owned()
                }
            }),
        }
    }

    /// What tells a resource from all others of its account and region: its id,
    /// with the fields that it is unique within.
    pub fn uid(&self, node: Node) -> String {
        let mut uid = self.id(node);
        if let Identity::Within(fields) = node.kind.spec().identity {
            for field in fields {
                uid.push('|');
                uid.push_str(&self.any_text(node, field));
            }
        }
        uid
    }

    fn any_text(&self, node: Node, path: &str) -> String {
        let number = || self.field_int(node, path).map(|number| number.to_string());
        self.field_text(node, path)
            .or_else(number)
            .unwrap_or_default()
    }

    fn shown_id(&self, kind: Kind, id: Packed) -> String {
        let text = id.id_text(kind.spec().id_prefix, &self.snapshot.symbols);
        text.strip_prefix("/hostedzone/")
            .map_or(text.clone(), str::to_owned)
    }

    /// What a missing node was named, and where from.
    pub fn gap(&self, node: Node) -> Option<&Missing> {
        if node.row & MISSING == 0 {
            None
        } else {
            self.missing.get((node.row & !MISSING) as usize)
        }
    }

    /// All that is named and not in the snapshot.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Number of the account and region a resource was seen in.
    pub fn scope_number(&self, node: Node) -> u16 {
        match node.row() {
            Some(row) => self.snapshot.scope(node.kind, row),
            None => self.gap(node).map_or(0, |gap| gap.scope),
        }
    }

    /// The account and region a resource was seen in.
    pub fn scope(&self, node: Node) -> Scope {
        self.snapshot
            .scopes
            .get(usize::from(self.scope_number(node)))
            .cloned()
            .unwrap_or_default()
    }

    /// The account that owns a resource: the one in its ARN or `OwnerId`, else
    /// the one it was seen in.
    pub fn account(&self, node: Node) -> String {
        let named = || self.gap(node).and_then(|gap| self.arn_part(gap.id, 4));
        if let Some(account) = self.subscription(node).or_else(named) {
            return account;
        }
        for field in OWNER_FIELDS {
            if let Some(owner) = self
                .field_text(node, field)
                .filter(|owner| is_account(owner))
            {
                return owner;
            }
        }
        self.scope(node).account
    }

    /// Whether a resource that is not in the snapshot was named with an ARN of
    /// another region than the one it was named in.
    pub fn is_named_elsewhere(&self, node: Node) -> bool {
        let region = self.gap(node).and_then(|gap| self.arn_part(gap.id, 3));
        region.is_some_and(|region| region != self.scope(node).region)
    }

    /// One part of an ARN, if the id is one: 3 is the region, 4 the account.
    fn arn_part(&self, id: Packed, part: usize) -> Option<String> {
        let text = self.snapshot.symbols.text(id.symbol()?);
        text.starts_with("arn:")
            .then(|| text.split(':').nth(part))?
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// A column of a kind and the row of a resource in it.
    pub fn cell(&self, node: Node, column: usize) -> Option<(&Column, usize)> {
        Some((
            self.snapshot.table(node.kind).column(column)?,
            node.row()? as usize,
        ))
    }

    /// The text of a top-level field, if it is there.
    pub fn field_text(&self, node: Node, path: &str) -> Option<String> {
        let index = Level::of(node.kind).column(path)?;
        let (column, row) = self.cell(node, index)?;
        match column {
            Column::Text(values) => values
                .get(row)
                .filter(|value| value.is_text())
                .map(|value| self.snapshot.symbols.text(*value).to_owned()),
            Column::Packed(_) => self.packed_text(column, index, node.kind, row),
            _ => None,
        }
    }

    fn packed_text(&self, column: &Column, index: usize, kind: Kind, row: usize) -> Option<String> {
        let spec = Level::of(kind).columns.get(index)?;
        let Column::Packed(values) = column else {
            return None;
        };
        let value = *values.get(row)?;
        value.is_text().then(|| self.value_text(value, spec.shape))
    }

    /// The text of a packed value of a column of this shape.
    pub fn value_text(&self, value: Packed, shape: crate::snapshot::layout::ColumnShape) -> String {
        use crate::snapshot::layout::ColumnShape;
        match shape {
            ColumnShape::Id(kind) | ColumnShape::Ids(kind) => {
                value.id_text(kind.spec().id_prefix, &self.snapshot.symbols)
            }
            _ => value.network_text(&self.snapshot.symbols),
        }
    }

    /// The number of a top-level field, if it is there.
    pub fn field_int(&self, node: Node, path: &str) -> Option<i64> {
        let (column, row) = self.cell(node, Level::of(node.kind).column(path)?)?;
        let Column::Int(values) = column else {
            return None;
        };
        values
            .get(row)
            .copied()
            .filter(|_| column.presence(row) == Presence::Present)
    }

    /// Whether resources that hold a reference do not say what it names, where
    /// this one was seen: the link backwards may lack them.
    pub fn has_loose_ends(&self, link: usize, node: Node) -> bool {
        self.loose.contains(&(link, self.scope_number(node)))
    }

    /// The value of a tag.
    pub fn tag(&self, node: Node, key: &str) -> Option<&str> {
        let level = Level::of(node.kind);
        let index = level
            .columns
            .iter()
            .position(|column| column.shape == crate::snapshot::layout::ColumnShape::Tags)?;
        let (Column::Tags(tags), row) = self.cell(node, index)? else {
            return None;
        };
        let key = self.snapshot.symbols.find(key)?;
        tags.get(row)
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| self.snapshot.symbols.text(*value))
    }

    /// Whoever a tag names as the owner.
    pub fn owner(&self, node: Node) -> Option<&str> {
        OWNER_TAGS
            .iter()
            .find_map(|key| self.tag(node, key))
            .filter(|owner| !owner.is_empty())
    }

    /// Whether a field of a resource is there.
    pub fn presence(&self, node: Node, column: usize) -> Presence {
        self.cell(node, column)
            .map_or(Presence::Absent, |(column, row)| column.presence(row))
    }

    /// How much of a kind was listed where this resource was seen.
    pub fn listing(&self, kind: Kind, near: Node) -> Listing {
        self.coverage.listing(kind, self.scope_number(near))
    }

    /// Accounts and regions in which a kind was not listed completely, so that
    /// resources of it may exist unseen.
    pub fn unlisted(&self, kind: Kind) -> Vec<(Scope, Listing)> {
        self.coverage.unlisted(&self.snapshot, kind)
    }

    /// How much of a kind was listed in each account and region that has any
    /// call recorded; `region` limits it to one.
    pub fn listings(&self, kind: Kind, region: Option<&str>) -> Vec<Listing> {
        let scopes = self.snapshot.scopes.iter().enumerate();
        scopes
            .filter(|(number, scope)| {
                let other = scope.cloud().is_some_and(|of| of != kind.spec().cloud());
                region.is_none_or(|region| scope.region == region)
                    && scope.region != "global"
                    && !self.coverage.is_given(*number)
                    && !other
            })
            .map(|(number, _)| {
                self.coverage
                    .listing(kind, u16::try_from(number).unwrap_or(u16::MAX))
            })
            .collect()
    }

    /// Alias and CNAME records that lead to one of these names, which are in
    /// the form of [`normal_dns_name`].
    pub fn records_to(&self, names: &[String]) -> Vec<Node> {
        let records = self.records.get_or_init(|| name::record_targets(self));
        let mut found: Vec<Node> = names
            .iter()
            .filter_map(|name| records.get(name))
            .flatten()
            .map(|&row| Node::new(Kind::ResourceRecordSet, row))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The texts of one field over the entries of a list of a resource.
    pub fn entry_texts(&self, node: Node, list: &str, field: &str) -> Vec<String> {
        let level = Level::of(node.kind);
        let Some(column) = level.column(list) else {
            return Vec::new();
        };
        let below = level
            .columns
            .get(column)
            .and_then(|spec| spec.level.as_ref());
        let Some((below, inner)) = below.and_then(|below| Some((below, below.column(field)?)))
        else {
            return Vec::new();
        };
        let Some((Column::List(lists, entries), row)) = self.cell(node, column) else {
            return Vec::new();
        };
        let range = lists.range(row);
        match (entries.column(inner), below.columns.get(inner)) {
            (Some(Column::Text(values)), _) => values
                .get(range)
                .unwrap_or_default()
                .iter()
                .filter(|value| value.is_text())
                .map(|value| self.snapshot.symbols.text(*value).to_owned())
                .collect(),
            (Some(Column::Packed(values)), Some(spec)) => values
                .get(range)
                .unwrap_or_default()
                .iter()
                .filter(|value| value.is_text())
                .map(|value| self.value_text(*value, spec.shape))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// How much of a call was answered where this resource was seen.
    pub fn call(&self, kind: Kind, operation: &str, near: Node) -> Listing {
        self.coverage
            .call(&self.snapshot, kind, operation, self.scope_number(near))
    }

    /// Whether a call that is made once per parent was made for this one.
    pub fn asked_for(&self, kind: Kind, parent: Node) -> bool {
        parent
            .row()
            .is_some_and(|row| self.coverage.asked_for(kind, row))
    }

    /// The network in the terms of reachability, made when somebody first asks.
    pub fn network(&self) -> &reach::model::Network {
        self.network
            .get_or_init(|| reach::model::Network::build(self))
    }

    /// Whether a call that is made once per parent gave at least this part of
    /// its answer for this one, all of it: the `static` routes of a table whose
    /// other routes nobody asked for.
    pub fn asked_for_part(&self, kind: Kind, parent: Node, part: &'static str) -> bool {
        parent
            .row()
            .is_some_and(|row| self.coverage.asked_for_part(kind, row, part))
    }

    /// Whether a call that is made once per parent was made for the one with
    /// this id, which need not be in the snapshot itself.
    pub fn asked_about(&self, kind: Kind, parent: &str) -> bool {
        self.coverage.asked_about(kind, parent)
    }

    /// Who answers for which names, made when somebody first asks.
    fn names(&self) -> &dns::Index {
        self.names.get_or_init(|| dns::Index::build(self))
    }

    /// What tells ends of traffic apart, made when somebody first asks.
    fn ends(&self) -> Arc<reach::place::Index> {
        let make = || Arc::new(reach::place::Index::build(self.network(), &[]));
        Arc::clone(self.ends.get_or_init(make))
    }

    /// Who may ask whom, made when somebody first asks.
    pub fn clients(&self) -> &reach::clients::Clients {
        self.clients
            .get_or_init(|| reach::clients::Clients::build(self))
    }

    /// Security groups, prepared for questions about ports.
    pub const fn groups(&self) -> &admission::GroupIndex {
        &self.groups
    }

    /// Symbol of a text, if any resource has it.
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        self.snapshot.symbols.find(text)
    }
}

/// Fields that name the account that owns a resource.
pub const OWNER_FIELDS: &[&str] = &["OwnerId", "VpcEndpointOwner", "OwnerAccount"];

/// Tags that commonly name an owner, most specific first.
pub const OWNER_TAGS: &[&str] = &[
    "Owner",
    "owner",
    "OWNER",
    "Team",
    "team",
    "owner-email",
    "OwnerEmail",
    "contact",
    "CostCenter",
];

/// Whether a text is an account number.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
