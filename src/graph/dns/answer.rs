//! What came out of a question to DNS: the verdict, the addresses and the steps.
//!
//! Plain values that say where each address comes from. Uses nodes of the graph
//! and the evidence of reachability; how an answer comes about is not here.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::name::Name;
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::{At, Component, Outcome};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
}

impl RecordType {
    /// As records and people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }

    /// Whether an address is of this type.
    pub const fn fits(self, address: IpAddr) -> bool {
        matches!(
            (self, address),
            (Self::A, IpAddr::V4(_)) | (Self::Aaaa, IpAddr::V6(_))
        )
    }
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// With addresses.
    Answered,
    /// With public addresses that the snapshot does not hold.
    Public,
    /// Without an address.
    NoAnswer(Failure),
    /// What decides was not seen.
    Unknown,
}

/// Why there is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// The name does not exist (NXDOMAIN).
    NoName,
    /// The name exists and has no address of this type (NODATA).
    NoData,
    /// Nobody listens: the VPC has DNS support off.
    NoResolver,
    /// The names lead on and on (SERVFAIL).
    Loop,
}

impl Verdict {
    /// The verdict as reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Public => "public",
            Self::NoAnswer(Failure::NoName) => "no-name",
            Self::NoAnswer(Failure::NoData) => "no-data",
            Self::NoAnswer(Failure::NoResolver) => "no-resolver",
            Self::NoAnswer(Failure::Loop) => "loop",
            Self::Unknown => "unknown",
        }
    }

    /// What it means, in one sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Answered => "The name resolves.",
            Self::Public => "The name resolves to public addresses, not to an endpoint.",
            Self::NoAnswer(Failure::NoName) => "The name does not exist here (NXDOMAIN).",
            Self::NoAnswer(Failure::NoData) => {
                "The name exists here and has no address of this type (NODATA)."
            }
            Self::NoAnswer(Failure::NoResolver) => "No resolver answers in this VPC.",
            Self::NoAnswer(Failure::Loop) => "The names lead on without an end (SERVFAIL).",
            Self::Unknown => "What decides is not in the snapshot.",
        }
    }
}

/// One address of an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// The endpoint, load balancer or record that it comes from; none if it was
    /// given, or is part of the name.
    pub from: Option<Node>,
    /// The interface that has it, if the snapshot shows it.
    pub interface: Option<Node>,
}

/// One step of a resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The VPC whose resolver works on the question.
    pub vpc: Node,
    /// The name that is asked for; CNAME records change it on the way.
    pub name: Name,
    /// What answers, or decides who does.
    pub component: Component,
    /// How it came out.
    pub outcome: Outcome,
    /// Why; `None` if it simply leads on.
    pub code: Option<Code>,
    /// What decided.
    pub evidence: Vec<At>,
    /// What was not seen.
    pub needs: Vec<Need>,
    /// The step in words.
    pub detail: String,
}

/// What a name resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The name that was asked for.
    pub name: Name,
    /// The type that was asked for.
    pub kind: RecordType,
    /// The VPC whose interface asks.
    pub vpc: Node,
    /// The verdict.
    pub verdict: Verdict,
    /// The addresses, in order; several may answer in turn.
    pub addresses: Vec<Address>,
    /// The endpoints and load balancers that the name leads to, also where
    /// their addresses are not in the snapshot.
    pub ends: BTreeSet<Node>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What was taken for granted.
    pub assumptions: BTreeSet<Assumption>,
}

impl Resolution {
    /// What decided: the code of the first step that failed or was unknown.
    pub fn code(&self) -> Option<Code> {
        let wanted = match self.verdict {
            Verdict::Answered => return None,
            Verdict::Unknown => Outcome::Unknown,
            Verdict::Public | Verdict::NoAnswer(_) => Outcome::Fail,
        };
        self.steps
            .iter()
            .find(|step| step.outcome == wanted)
            .and_then(|step| step.code)
    }

    /// Codes of all steps, in order, each once.
    pub fn codes(&self) -> BTreeSet<Code> {
        self.steps.iter().filter_map(|step| step.code).collect()
    }

    /// Everything that was not seen and could change the answer.
    pub fn needs(&self) -> BTreeSet<Need> {
        self.steps
            .iter()
            .filter(|step| step.outcome == Outcome::Unknown)
            .flat_map(|step| step.needs.iter().cloned())
            .collect()
    }
}
