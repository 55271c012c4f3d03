//! Who reaches what, target by target.
//!
//! Plain data that a report writes row by row, without the graph and without
//! holding more than one target. May use only `serde` and the other findings;
//! nothing is evaluated, looked up or formatted here.

use serde::Serialize;

use super::Reason;
use super::path::{Assumed, PairCounts, PortsAcross, Reach, Span};

/// What is asked of all pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// `tcp`, `udp`, `icmp`, `icmpv6` or `protocol N`.
    pub protocol: String,
    /// Destination ports; for ICMP 256 times the type, plus the code.
    pub ports: Vec<Span>,
    /// Ports that clients send from; none for protocols without ports.
    pub client_ports: Vec<Span>,
    /// How clients are put together: `vpc`, `subnet`, `class` or `interface`.
    pub by: &'static str,
    /// Interfaces that are asked for.
    pub clients: u64,
    /// Classes of clients that nothing tells apart.
    pub classes: u64,
    /// What they want to reach: endpoints and other interfaces.
    pub targets: u64,
}

/// What clients want to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is: `vpc-endpoint`, `network-interface`.
    pub kind: &'static str,
    /// The service or resource behind it, if it is an endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The VPC, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// The account it was seen in.
    pub account: String,
    /// The region it was seen in.
    pub region: String,
    /// Its interfaces that were asked about.
    pub interfaces: u64,
}

/// Clients that have the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The VPC, subnet, class or interface that they are of.
    pub from: String,
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their VPC, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// How many clients.
    pub clients: u64,
    /// One of them: its interface.
    pub example: String,
    /// The verdict.
    pub verdict: Reach,
    /// Ports by what becomes of them; `partly` is to some interfaces only.
    pub ports: PortsAcross,
    /// Why ports are blocked: codes.
    pub blocked_by: Vec<&'static str>,
    /// Why it is not known whether ports pass: codes.
    pub unknown_by: Vec<&'static str>,
}

/// What remains to be said when all targets were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Pairs of a client and a target, by verdict.
    pub pairs: PairCounts,
    /// What the codes of the rows mean.
    pub codes: Vec<CodeText>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumed>,
    /// What was not seen, for some of what is unknown.
    pub reasons: Vec<Reason>,
}

/// A code with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CodeText {
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub text: &'static str,
}
