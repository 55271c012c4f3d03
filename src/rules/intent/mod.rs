//! Intents: what a network is meant to let through, and what not.
//!
//! Plain data here, made by [`load`](super::load); judged beside it.
//! Rules speak about one resource each, an intent about the way between two
//! places, so that it is no rule; its findings are like those of rules.

mod finding;
mod judge;
mod names;
mod pattern;
mod places;
mod scope;
mod search;

use ipnet::IpNet;

pub use finding::{Judged, judge};
pub use scope::{Components, Header, Pattern, Scope, Side};

use crate::findings::{Reference, Severity};
use crate::graph::reach::flow::Traffic;
use crate::snapshot::record::Kind;

/// What somebody wants of a network.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Tells it from all others of a run.
    pub name: String,
    /// What must be.
    pub expect: Expect,
    /// Between what, and what for.
    pub question: Question,
    /// How bad it is if it is not so.
    pub severity: Severity,
    /// Why somebody wants it.
    pub reason: Option<String>,
    /// Whom to ask.
    pub owner: Option<String>,
    /// What it rests on.
    pub references: Vec<Reference>,
    /// The file that it was read from.
    pub file: String,
    /// Its line there, from 1.
    pub line: u64,
    /// sha256 of the file.
    pub digest: String,
}

/// What must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expect {
    /// Every source reaches every destination on every port.
    MustReach,
    /// No source reaches any destination on any port.
    MustNotReach,
}

impl Expect {
    /// As files write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MustReach => "must-reach",
            Self::MustNotReach => "must-not-reach",
        }
    }
}

/// Between what, and what for.
#[derive(Debug, Clone)]
pub enum Question {
    /// Between places that are named.
    Ways {
        /// Where traffic begins.
        from: Vec<Selector>,
        /// Where it ends.
        to: Vec<Selector>,
        /// What is sent.
        traffic: Vec<Traffic>,
        /// A name that must resolve to the destination in the sources' VPCs.
        resolve: Option<String>,
    },
    /// Whatever a Network Access Analyzer scope matches.
    Scope(Scope),
}

/// What picks ends of traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// A place as `plaudit reach` takes it.
    Place(String),
    /// All resources of a kind with these tags.
    Tagged {
        /// The kind.
        kind: Kind,
        /// Keys and values, all of which must be there.
        tags: Vec<(String, String)>,
    },
}

impl Selector {
    /// As messages call it.
    pub fn shown(&self) -> String {
        match self {
            Self::Place(place) => place.clone(),
            Self::Tagged { kind, tags } => {
                let tags: Vec<String> = tags
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                format!("{} with {}", kind.spec().name, tags.join(", "))
            }
        }
    }
}

/// Addresses as a scope names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// Blocks.
    Blocks(Vec<IpNet>),
    /// Prefix lists, by id.
    Lists(Vec<String>),
}
