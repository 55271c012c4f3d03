//! What is asked, and what is answered: traffic, hops, checks, verdicts.
//!
//! Plain values of one question about one pair of ends. Uses nodes of the graph
//! and no columns; how an answer comes about is not here.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::code::{Assumption, Code};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;

/// Protocols as rules tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, 6.
    Tcp,
    /// UDP, 17.
    Udp,
    /// ICMP, 1. Ports are `type * 256 + code`.
    Icmp,
    /// `ICMPv6`, 58. Ports are `type * 256 + code`.
    Icmpv6,
    /// Any other, by its IANA number; it has no ports.
    Other(u8),
}

impl Protocol {
    /// Reads `tcp`, `udp`, `icmp`, `icmpv6` or a number.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "tcp" => Some(Self::Tcp),
            "udp" => Some(Self::Udp),
            "icmp" => Some(Self::Icmp),
            "icmpv6" => Some(Self::Icmpv6),
            number => number.parse().ok().map(Self::from_number),
        }
    }

    /// The protocol with this IANA number.
    pub const fn from_number(number: u8) -> Self {
        match number {
            6 => Self::Tcp,
            17 => Self::Udp,
            1 => Self::Icmp,
            58 => Self::Icmpv6,
            other => Self::Other(other),
        }
    }

    /// The IANA number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Icmp => 1,
            Self::Icmpv6 => 58,
            Self::Other(number) => number,
        }
    }

    /// Whether it has ports.
    pub const fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }

    /// Whether ports stand for ICMP types and codes.
    pub const fn is_icmp(self) -> bool {
        matches!(self, Self::Icmp | Self::Icmpv6)
    }

    /// As reports write it.
    pub fn name(self) -> String {
        match self {
            Self::Tcp => "tcp".to_owned(),
            Self::Udp => "udp".to_owned(),
            Self::Icmp => "icmp".to_owned(),
            Self::Icmpv6 => "icmpv6".to_owned(),
            Self::Other(number) => format!("protocol {number}"),
        }
    }
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The protocol.
    pub protocol: Protocol,
    /// Destination ports; for ICMP `type * 256 + code`; all for protocols
    /// without ports.
    pub ports: Ports,
    /// The ports that clients send from, where the protocol has ports.
    pub client_ports: Ports,
}

impl Traffic {
    /// Traffic to these ports from any client port above 1023
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>).
    pub fn new(protocol: Protocol, ports: Ports) -> Self {
        Self {
            protocol,
            ports,
            client_ports: Ports::range(1024, u16::MAX),
        }
    }
}

/// The verdict about traffic between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// All of it arrives, and replies come back.
    Reachable,
    /// Some ports, some interfaces or some client ports only.
    Partial,
    /// None of it arrives, or no reply comes back.
    Blocked,
    /// What decides was not seen.
    Unknown,
}

impl Verdict {
    /// The verdict as reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Partial => "partial",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

/// Ports by what becomes of them; the three do not overlap and make up what
/// was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// They pass.
    pub open: Ports,
    /// It is not known whether they pass.
    pub unknown: Ports,
    /// They do not pass.
    pub blocked: Ports,
}

/// What a filter admits: surely, and perhaps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Admitted {
    /// Surely.
    pub open: Ports,
    /// Perhaps besides, if what was not seen admits it.
    pub unknown: Ports,
}

/// Where traffic is on its way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// A resource of the snapshot.
    Resource(Node),
    /// Something that is named and not in the snapshot.
    Named(String),
    /// The internet.
    Internet,
    /// A network on premises.
    OnPremises,
}

/// A place in a resource: what decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The resource.
    pub node: Node,
    /// The field or entry, by names and positions: `Routes/3`; empty for the
    /// resource as a whole.
    pub path: String,
    /// It in words: `allow tcp 443 from 10.0.0.0/16`.
    pub shown: String,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// What kind of thing was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The source or destination itself.
    End,
    /// Rules of security groups, on the way out of an interface.
    GroupEgress,
    /// Rules of security groups, on the way into an interface.
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

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub aspect: Aspect,
    /// How it came out.
    pub outcome: Outcome,
    /// Why; `None` if it simply passes.
    pub code: Option<Code>,
    /// The ports that do not pass, or may not; empty where ports do not
    /// matter.
    pub ports: Ports,
    /// What decided.
    pub evidence: Vec<At>,
    /// What was not seen.
    pub needs: Vec<Need>,
    /// The particulars, in words; may be empty.
    pub detail: String,
}

/// A packet on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
}

/// One component on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The component.
    pub component: Component,
    /// The packet as it arrives; translation shows in the next hop.
    pub header: Header,
    /// What was checked there.
    pub checks: Vec<Check>,
}

/// Where traffic begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// An interface, with one of its addresses.
    Interface(Node, IpAddr),
    /// An address of a subnet, whether or not an interface has it.
    Subnet(Node, IpAddr),
    /// An address of the internet.
    Internet(IpAddr),
    /// An address as a destination, wherever routes lead.
    Address(IpAddr),
    /// An address on premises, behind a virtual private gateway or a transit
    /// gateway attachment; `None` where the way in is not told.
    OnPremises(Option<Node>, IpAddr),
    /// What VPC Lattice offers to the VPC of the source, as a destination: a
    /// resource configuration or a service network, and the first address of
    /// those that it may answer at.
    Offered(Node, IpAddr),
}

impl End {
    /// Its address.
    pub const fn address(&self) -> IpAddr {
        match self {
            Self::Interface(_, address)
            | Self::Subnet(_, address)
            | Self::Internet(address)
            | Self::Address(address)
            | Self::OnPremises(_, address)
            | Self::Offered(_, address) => *address,
        }
    }
}

/// What may be taken for granted where the snapshot does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assume {
    /// What was not collected is as AWS makes it: network ACLs admit all, Block
    /// Public Access is off, tunnels are up. Each use is listed in the answer.
    pub defaults: bool,
}

/// The answer for one source address and one destination address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// From where.
    pub from: End,
    /// To where.
    pub to: End,
    /// What was asked about.
    pub traffic: Traffic,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict about the way there alone, whatever becomes of replies.
    pub there: Verdict,
    /// Destination ports by what becomes of them.
    pub ports: Split,
    /// Client ports by whether replies reach them; all open for protocols
    /// without ports.
    pub client_ports: Split,
    /// The way there.
    pub forward: Vec<Hop>,
    /// The way of the replies.
    pub back: Vec<Hop>,
    /// What was taken for granted.
    pub assumptions: BTreeSet<Assumption>,
}

impl Flow {
    /// All checks that came out like this, forward and back, with the hop.
    pub fn checks(&self, outcome: Outcome) -> impl Iterator<Item = (&Hop, &Check)> {
        self.forward
            .iter()
            .chain(&self.back)
            .flat_map(|hop| hop.checks.iter().map(move |check| (hop, check)))
            .filter(move |(_, check)| check.outcome == outcome)
    }

    /// The codes of all that blocks, in order, each once.
    pub fn blockers(&self) -> BTreeSet<Code> {
        self.checks(Outcome::Fail)
            .filter_map(|(_, check)| check.code)
            .collect()
    }
}
