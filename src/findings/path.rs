//! An answer about a path, in full: hops, checks, evidence, what to do.
//!
//! Plain data that a report draws without the graph. May use only `serde` and
//! the other findings; nothing is evaluated, looked up or formatted here.

use serde::Serialize;

use super::{Reason, SourceLine};

/// The answer to a question about two places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Analysis {
    /// What was asked.
    pub question: Question,
    /// What all pairs of ends amount to.
    pub verdict: Reach,
    /// Destination ports over all pairs.
    pub ports: PortsAcross,
    /// Pairs of ends by verdict.
    pub counts: PairCounts,
    /// Steps of the resolution of the destination's name, if it is a name.
    pub name: Vec<Check>,
    /// Paths that differ in what decides, each drawn for one pair.
    pub paths: Vec<Path>,
    /// Paths that differ from all those and are not described.
    pub paths_left_out: u64,
    /// What does not count as part of a place, and what was not asked.
    pub notes: Vec<String>,
    /// What was not seen, so that more ends may belong to a place.
    pub reasons: Vec<Reason>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumed>,
    /// The smallest changes that would open what is blocked.
    pub changes: Vec<Change>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Where traffic begins.
    pub from: Place,
    /// Where it is meant for.
    pub to: Place,
    /// `tcp`, `udp`, `icmp`, `icmpv6` or `protocol N`.
    pub protocol: String,
    /// Its IANA number.
    pub protocol_number: u8,
    /// Destination ports; for ICMP 256 times the type, plus the code.
    pub ports: Vec<Span>,
    /// Ports that clients send from; none for protocols without ports.
    pub client_ports: Vec<Span>,
}

/// One side of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The text that named it.
    pub text: String,
    /// The name of the resource, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is: `security-group, 4 interfaces`.
    pub what: String,
    /// How many ends it has that are told apart.
    pub classes: u64,
}

/// Numbers from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// The first.
    pub from: u16,
    /// The last.
    pub to: u16,
}

/// A verdict about traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// None of it arrives, or no reply comes back.
    Blocked,
    /// Some of it.
    Partial,
    /// What decides was not seen.
    Unknown,
    /// All of it arrives, and replies come back.
    Reachable,
}

/// Ports over several pairs; the four do not overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PortsAcross {
    /// They pass between all pairs.
    pub open: Vec<Span>,
    /// They pass between some pairs.
    pub partly: Vec<Span>,
    /// They may pass.
    pub unknown: Vec<Span>,
    /// They pass between none.
    pub blocked: Vec<Span>,
}

/// Ports of one pair; the three do not overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PortsSplit {
    /// They pass.
    pub open: Vec<Span>,
    /// They may pass.
    pub unknown: Vec<Span>,
    /// They do not pass.
    pub blocked: Vec<Span>,
}

/// Pairs of classes of ends, by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PairCounts {
    /// All passes.
    pub reachable: u64,
    /// Some passes.
    pub partial: u64,
    /// Nothing passes.
    pub blocked: u64,
    /// Not known.
    pub unknown: u64,
    /// Not looked at, because there are too many.
    pub left_out: u64,
}

/// A path, drawn for one pair of ends, and the pairs for which the same decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Path {
    /// The verdict.
    pub verdict: Reach,
    /// The verdict about the way there alone, whatever becomes of replies.
    pub there: Reach,
    /// The pairs; the path is that of the first.
    pub pairs: Vec<Pair>,
    /// Pairs of the same kind that are not listed.
    pub pairs_left_out: u64,
    /// Destination ports.
    pub ports: PortsSplit,
    /// Client ports, by whether replies reach them.
    pub client_ports: PortsSplit,
    /// The way there.
    pub forward: Vec<Hop>,
    /// The way of the replies.
    pub back: Vec<Hop>,
}

/// Two ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// Where traffic begins.
    pub from: End,
    /// Where it is meant for.
    pub to: End,
}

/// One end, and those that are treated alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// The interface or subnet; `internet`, `on-premises` and `address` for what is
    /// none.
    pub id: String,
    /// Its `Name` tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What an interface is of: its instance or endpoint, or what a service wrote
    /// as its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The address.
    pub address: String,
    /// The Availability Zone, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// How many ends this one stands for, itself included.
    pub count: u64,
    /// The others, the first of them: interfaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<String>,
    /// The addresses it stands for, where they are ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranges: Option<String>,
}

/// One component on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// Position on the way, from 1.
    pub sequence: u64,
    /// Its kind: `network-interface`; `internet`, `on-premises`, or empty for
    /// what is not in the snapshot.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its ARN, if the snapshot has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Its `Name` tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What an interface is of: its instance or endpoint, or what a service wrote
    /// as its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The account it belongs to; empty when no input tells.
    pub account: String,
    /// The region; empty when no input tells.
    pub region: String,
    /// Source address of the packet as it arrives.
    pub source: String,
    /// Destination address of the packet as it arrives.
    pub destination: String,
    /// What was checked there.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    pub aspect: Aspect,
    /// How it came out.
    pub outcome: Outcome,
    /// Why; on the way back it begins with `X_RETURN_`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the code means.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub meaning: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub advice: String,
    /// The ports that do not pass, or may not; none where ports do not matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Span>,
    /// The particulars, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What decided.
    pub evidence: Vec<Evidence>,
    /// What was not seen, and what would settle it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// What kind of thing was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The source or destination itself.
    End,
    /// Security groups, on the way out of an interface.
    GroupEgress,
    /// Security groups, on the way into an interface.
    GroupIngress,
    /// A network ACL, on the way out of a subnet.
    AclEgress,
    /// A network ACL, on the way into a subnet.
    AclIngress,
    /// A route.
    Route,
    /// A gateway, peering, attachment or endpoint.
    Gateway,
    /// What lies behind an endpoint.
    Provider,
    /// Name resolution.
    Name,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All that was asked passes.
    Pass,
    /// Some of it does not.
    Fail,
    /// What decides was not seen.
    Unknown,
    /// Nothing to decide; something to know.
    Note,
}

/// A place in a resource that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The kind of the resource.
    pub kind: String,
    /// The resource: `acl-0a…`.
    pub resource: String,
    /// The `Name` tag of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The field or entry: `Entries/3`; empty for the resource as a whole.
    pub path: String,
    /// It in words: `allow tcp 443 from 10.0.0.0/16`.
    pub shown: String,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceLine>,
}

/// Something that was taken for granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// Its name: `on-premises-routes-back`.
    pub name: String,
    /// What it means.
    pub text: String,
}

/// A change that would open something that is blocked. Nobody makes it but the
/// reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What to change, in one line.
    pub title: String,
    /// The resource that is changed; empty if it is not there yet.
    pub resource: String,
    /// Codes of the blockers that it removes.
    pub codes: Vec<String>,
    /// As AWS CLI commands.
    pub cli: Vec<String>,
    /// As Terraform; empty if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub terraform: String,
    /// Costs, limits and who must do it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Reach {
    /// The verdict as reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
            Self::Reachable => "reachable",
        }
    }
}
