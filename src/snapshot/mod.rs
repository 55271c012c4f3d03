//! What was observed, as it was observed: resources of all kinds in columns,
//! where each was read, and what was asked for.
//!
//! Plain data that collectors fill and the graph reads. Uses nothing but
//! itself; knows no rules and passes no judgement.

pub mod arm;
pub mod column;
pub mod layout;
pub mod ledger;
pub mod packed;
pub mod provenance;
pub mod record;
pub mod schema;
pub mod symbol;
pub mod table;
pub mod wanted;

use std::collections::BTreeMap;

use ledger::{Ledger, Scope};
use provenance::{Origin, Run};
use record::Kind;
use symbol::Symbols;
use table::Table;

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Texts of all tables.
    pub symbols: Symbols,
    /// One table a kind, in the order of [`Kind::ALL`].
    pub tables: Vec<Table>,
    /// Files, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// Runs of objects in the files.
    pub runs: Vec<Run>,
    /// Accounts and regions; [`Run::scope`] points here.
    pub scopes: Vec<Scope>,
    /// What was asked for.
    pub ledger: Ledger,
    /// Where fields stand that a second answer about the same resource added
    /// (`DescribeVpcAttribute` after `DescribeVpcs`).
    pub views: BTreeMap<(Kind, u32), Vec<View>>,
    /// Sections that are known and not modelled.
    pub ignored: BTreeMap<String, Ignored>,
    /// When the snapshot was made, RFC 3339, if its manifest says so.
    pub created: Option<String>,
}

/// Fields of a resource that came from another answer than its first.
#[derive(Debug, Clone)]
pub struct View {
    /// Where that answer's object was read.
    pub origin: Origin,
    /// The columns it gave.
    pub columns: Vec<usize>,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as given on the command line, with `/` between parts; members of an
    /// archive follow a `!`.
    pub path: String,
    /// What it was recognised as.
    pub format: FileFormat,
    /// Size as stored.
    pub bytes: u64,
    /// sha256 of the stored bytes, hex.
    pub sha256: String,
    /// Objects taken from it.
    pub items: u64,
}

/// What a file was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFormat {
    /// Output of the AWS CLI, in any layout.
    AwsCli,
    /// An AWS Config snapshot delivery.
    AwsConfig,
    /// Answers of Redis Cloud's API.
    RedisCloud,
    /// Resources of Azure: output of the Azure CLI, of Resource Graph or of a
    /// tool that exports them.
    Azure,
    /// A manifest or ledger of a plaudit snapshot.
    Bookkeeping,
    /// Something else, named in the problems.
    Unknown,
}

impl FileFormat {
    /// As reports name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwsCli => "aws-cli",
            Self::AwsConfig => "aws-config",
            Self::RedisCloud => "redis-cloud",
            Self::Azure => "azure",
            Self::Bookkeeping => "plaudit-snapshot",
            Self::Unknown => "unknown",
        }
    }
}

/// Objects of a section that is not modelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Files that have the section.
    pub files: u64,
    /// Objects in it.
    pub items: u64,
}

impl Snapshot {
    /// An empty snapshot.
    pub fn new() -> Self {
        Self {
            tables: Kind::ALL
                .iter()
                .map(|&kind| Table::new(layout::Level::of(kind)))
                .collect(),
            ..Self::default()
        }
    }

    /// The resources of a kind.
    pub fn table(&self, kind: Kind) -> &Table {
        // `new` made one table for each kind.
        #[expect(clippy::indexing_slicing, reason = "one table per kind")]
        &self.tables[kind.index()]
    }

    /// The scope that a resource was read in.
    pub fn scope(&self, kind: Kind, row: u32) -> u16 {
        self.table(kind)
            .origins
            .get(row as usize)
            .and_then(|origin| self.runs.get(origin.run as usize))
            .map_or(0, |run| run.scope)
    }
}
