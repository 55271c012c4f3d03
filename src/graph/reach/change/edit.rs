//! One edit of a network, as data.
//!
//! What would be written where, with ids and blocks as AWS spells them, so that
//! commands, Terraform and words are made of one value and cannot differ. Uses
//! the terms of reachability; which edit helps is decided elsewhere.

use ipnet::IpNet;

use crate::graph::ports::Ports;
use crate::graph::reach::flow::Protocol;

/// Something that somebody could change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// A rule of a security group.
    GroupRule {
        /// The group.
        group: String,
        /// Whether it is about what leaves.
        egress: bool,
        /// The protocol.
        protocol: Protocol,
        /// Ports, or types and codes; all for protocols without.
        ports: PortRanges,
        /// Whom it admits.
        peer: Peer,
    },
    /// Entries of a network ACL, one for each range of ports.
    AclEntries {
        /// The ACL.
        acl: String,
        /// Whether they are about what leaves.
        egress: bool,
        /// Their numbers, one for each range of ports.
        numbers: Vec<i64>,
        /// The protocol.
        protocol: Protocol,
        /// The ports.
        ports: PortRanges,
        /// Whom they admit.
        block: IpNet,
    },
    /// A route of a VPC route table.
    Route {
        /// The table.
        table: String,
        /// Where to.
        destination: RouteDestination,
        /// Through what.
        target: RouteTarget,
        /// Whether it takes the place of one to the same destination.
        replace: bool,
    },
    /// The route table joins those of a gateway endpoint.
    EndpointTable {
        /// The endpoint.
        endpoint: String,
        /// The table.
        table: String,
    },
    /// A static route of a transit gateway.
    TransitRoute {
        /// The table.
        table: String,
        /// Where to.
        block: IpNet,
        /// The attachment that it leads to.
        attachment: String,
        /// Whether it takes the place of one to the same block.
        replace: bool,
    },
    /// An attachment gets a route table of its transit gateway.
    Associate {
        /// The table.
        table: String,
        /// The attachment.
        attachment: String,
    },
    /// An attachment gets a subnet.
    AttachmentSubnet {
        /// The attachment.
        attachment: String,
        /// The subnets that it has.
        present: Vec<String>,
        /// The one that it gets.
        subnet: String,
    },
    /// A VPC is attached to a transit gateway.
    AttachVpc {
        /// The transit gateway.
        gateway: String,
        /// The VPC.
        vpc: String,
        /// A subnet of it.
        subnet: String,
    },
    /// An internet gateway is attached to a VPC.
    AttachInternetGateway {
        /// The gateway.
        gateway: String,
        /// The VPC.
        vpc: String,
    },
    /// A virtual private gateway is attached to a VPC.
    AttachVpnGateway {
        /// The gateway.
        gateway: String,
        /// The VPC.
        vpc: String,
    },
    /// Something that waits is accepted.
    Accept(Waiting),
    /// A setting gets another value.
    Set(Setting),
    /// An interface gets a public address.
    PublicAddress {
        /// The interface.
        interface: String,
        /// Its private address.
        address: String,
    },
    /// A subnet is excluded from Block Public Access.
    PublicAccess {
        /// The subnet.
        subnet: String,
    },
    /// A static route of a VPN connection.
    VpnRoute {
        /// The connection.
        connection: String,
        /// The network behind it.
        block: IpNet,
    },
    /// A private zone answers in one more VPC.
    ZoneAssociation {
        /// The zone.
        zone: String,
        /// The VPC.
        vpc: String,
        /// The VPC's region.
        region: String,
    },
}

/// Ports as ranges that compare.
pub type PortRanges = Vec<(u16, u16)>;

/// Ranges that one rule each can say. A rule about ICMP says one type with one
/// code or all of them; where that would take many rules, one is about all.
pub(super) fn ranges(protocol: Protocol, ports: &Ports) -> PortRanges {
    if !protocol.is_icmp() {
        return ports.ranges().to_vec();
    }
    let mut out = Vec::new();
    for &(low, high) in ports.ranges() {
        let mut next = u32::from(low);
        while next <= u32::from(high) {
            let last = next | 0xff;
            let whole = next % 256 == 0 && last <= u32::from(high);
            let end = if whole { last } else { next };
            out.push((narrow(next), narrow(end)));
            if out.len() > MOST_RULES {
                return vec![(0, u16::MAX)];
            }
            next = end + 1;
        }
    }
    out
}

/// Rules about ICMP that are worth naming one by one.
const MOST_RULES: usize = 8;

fn narrow(port: u32) -> u16 {
    u16::try_from(port).unwrap_or(u16::MAX)
}

/// Whom a rule of a security group admits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// A block.
    Block(IpNet),
    /// The members of a group; with the account, where it is another one.
    Group(String, Option<String>),
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteDestination {
    /// To a block.
    Block(IpNet),
    /// To the blocks of a prefix list.
    List(String),
}

/// What a route leads through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteTarget {
    /// A peering.
    Peering(String),
    /// A transit gateway.
    Transit(String),
    /// An internet gateway or a virtual private gateway.
    Gateway(String),
    /// An egress-only internet gateway.
    EgressOnly(String),
    /// A NAT gateway.
    Nat(String),
}

impl RouteTarget {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Peering(id)
            | Self::Transit(id)
            | Self::Gateway(id)
            | Self::EgressOnly(id)
            | Self::Nat(id) => id,
        }
    }
}

/// What waits for somebody's consent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waiting {
    /// A peering.
    Peering(String),
    /// A VPC's attachment to a transit gateway.
    VpcAttachment(String),
    /// An attachment between two transit gateways.
    PeeringAttachment(String),
    /// An endpoint, at a service.
    Endpoint {
        /// The service.
        service: String,
        /// The endpoint.
        endpoint: String,
    },
}

/// A setting and its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// `EnableDnsSupport` of a VPC: on.
    DnsSupport(String),
    /// `EnableDnsHostnames` of a VPC: on.
    DnsHostnames(String),
    /// `PrivateDnsEnabled` of an endpoint: on.
    PrivateDns(String),
    /// An endpoint accepts private names of all domains that are verified or
    /// named.
    DnsPreference(String),
    /// `SecurityGroupReferencingSupport` of a transit gateway: on.
    GatewayReferencing(String),
    /// `SecurityGroupReferencingSupport` of an attachment: on.
    AttachmentReferencing(String),
    /// `SourceDestCheck` of an interface: off.
    SourceDestCheck(String),
    /// Cross-zone balancing of a load balancer, by ARN: on.
    CrossZone(String),
}
