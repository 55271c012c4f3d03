//! A scope of Network Access Analyzer, as its JSON says it.
//!
//! Plain data; whether a path matches is decided where paths are
//! (<https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/working-with-vaa.html>).

use super::Addresses;
use crate::graph::ports::Ports;
use crate::graph::reach::flow::Protocol;

/// Paths that are looked for: those that match at least one pattern of the
/// first list and none of the second.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// `MatchPaths`.
    pub matches: Vec<Pattern>,
    /// `ExcludePaths`.
    pub excludes: Vec<Pattern>,
}

/// One entry of `MatchPaths` or `ExcludePaths`.
#[derive(Debug, Clone, Default)]
pub struct Pattern {
    /// `Source`.
    pub source: Side,
    /// `Destination`.
    pub destination: Side,
    /// `ThroughResources`: a path passes one of each.
    pub through: Vec<Components>,
    /// What the file says and this program does not follow, in words. A
    /// pattern with any decides nothing.
    pub unsupported: Vec<String>,
}

/// `Source` or `Destination`.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// `ResourceStatement`.
    pub resources: Components,
    /// `PacketHeaderStatement`, about the packet at this side.
    pub header: Header,
}

/// `ResourceStatement`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Components {
    /// Left out: any.
    #[default]
    Any,
    /// `Resources`: ids, or the ids in ARNs.
    Ids(Vec<String>),
    /// `ResourceTypes`: `AWS::EC2::InternetGateway`.
    Types(Vec<String>),
}

/// `PacketHeaderStatement`; what is left out matches all.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// `SourceAddresses` or `SourcePrefixLists`.
    pub sources: Option<Addresses>,
    /// `DestinationAddresses` or `DestinationPrefixLists`.
    pub destinations: Option<Addresses>,
    /// `SourcePorts`.
    pub source_ports: Option<Ports>,
    /// `DestinationPorts`.
    pub destination_ports: Option<Ports>,
    /// `Protocols`; TCP and UDP if it is left out.
    pub protocols: Option<Vec<Protocol>>,
}
