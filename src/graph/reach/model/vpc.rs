//! VPCs and subnets, with what they follow.
//!
//! Which route table and which network ACL a subnet follows is joined here,
//! since both fall back to one of the VPC. Uses the graph; decides nothing.

use ipnet::IpNet;

use super::{Network, is_listed};
use crate::graph::{Graph, Node};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A VPC.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says of one kind of things whether all were seen"
)]
#[derive(Debug)]
pub struct Vpc {
    /// The resource.
    pub node: Node,
    /// Its blocks that are associated, both families.
    pub blocks: Vec<IpNet>,
    /// Whether its blocks were seen.
    pub blocks_seen: bool,
    /// Its region, if known.
    pub region: String,
    /// Its subnets, by row.
    pub subnets: Vec<u32>,
    /// The main route table.
    pub main_table: Option<u32>,
    /// The ACL of subnets without one.
    pub default_acl: Option<u32>,
    /// VPC Block Public Access as it holds here, in lower case: `off`,
    /// `block-ingress` or `block-bidirectional`.
    pub public_access: Option<String>,
    /// Whether all route tables were listed where it was seen.
    pub tables_listed: bool,
    /// Whether all ACLs were listed where it was seen.
    pub acls_listed: bool,
    /// Whether all subnets were listed where it was seen.
    pub subnets_listed: bool,
    /// Whether all interfaces were listed where it was seen.
    pub interfaces_listed: bool,
}

impl Vpc {
    /// Whether an address is of its blocks; `None` if they were not seen.
    pub fn holds(&self, address: std::net::IpAddr) -> Option<bool> {
        let holds = self.blocks.iter().any(|block| block.contains(&address));
        (holds || self.blocks_seen).then_some(holds)
    }
}

/// A subnet.
#[derive(Debug)]
pub struct Subnet {
    /// The resource.
    pub node: Node,
    /// The VPC, if it is in the snapshot.
    pub vpc: Option<u32>,
    /// Whether the VPC's id was seen.
    pub vpc_seen: bool,
    /// Its blocks, both families.
    pub blocks: Vec<IpNet>,
    /// The zone's id, else its name with the account before it.
    pub zone: Option<Zone>,
    /// The route table it follows; `None` if that is not known.
    pub table: Option<u32>,
    /// The network ACL it follows; `None` if that is not known.
    pub acl: Option<u32>,
    /// VPC Block Public Access as it holds here, in lower case.
    pub public_access: Option<String>,
    /// Whether new interfaces get public addresses.
    pub maps_public: bool,
}

/// An Availability Zone. Names mean another zone in another account, ids do
/// not (<https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html>).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zone {
    /// `use1-az1`, if known.
    pub id: Option<String>,
    /// `us-east-1a`, if known.
    pub name: Option<String>,
    /// The account in which the name means this zone.
    pub account: String,
}

impl Zone {
    /// Whether two zones are one; `None` if that cannot be told.
    pub fn same(&self, other: &Self) -> Option<bool> {
        if let (Some(one), Some(two)) = (&self.id, &other.id) {
            return Some(one == two);
        }
        match (&self.name, &other.name) {
            (Some(one), Some(two)) if self.account == other.account => Some(one == two),
            _ => None,
        }
    }

    /// As reports write it.
    pub fn shown(&self) -> &str {
        self.id
            .as_deref()
            .or(self.name.as_deref())
            .unwrap_or("(zone not known)")
    }
}

pub(super) fn vpcs(graph: &Graph) -> Vec<Vpc> {
    let mut vpcs: Vec<Vpc> = graph
        .nodes(Kind::Vpc)
        .map(|node| Vpc {
            node,
            blocks: blocks(graph, node),
            blocks_seen: graph.entry(node).is_some_and(|entry| {
                ["CidrBlock", "CidrBlockAssociationSet"]
                    .iter()
                    .any(|path| entry.presence(path) == Presence::Present)
            }),
            region: graph.scope(node).region,
            subnets: Vec::new(),
            main_table: None,
            default_acl: None,
            public_access: public_access(graph, node).or_else(|| account_access(graph, node)),
            tables_listed: is_listed(graph, Kind::RouteTable, node),
            acls_listed: is_listed(graph, Kind::NetworkAcl, node),
            subnets_listed: is_listed(graph, Kind::Subnet, node),
            interfaces_listed: is_listed(graph, Kind::NetworkInterface, node),
        })
        .collect();
    for (row, subnet) in (0_u32..).zip(graph.nodes(Kind::Subnet)) {
        let vpc = graph
            .entry(subnet)
            .and_then(|entry| entry.target("VpcId").row());
        if let Some(vpc) = vpc.and_then(|vpc| vpcs.get_mut(vpc as usize)) {
            vpc.subnets.push(row);
        }
    }
    vpcs
}

fn public_access(graph: &Graph, node: Node) -> Option<String> {
    let mode = graph
        .entry(node)?
        .text("BlockPublicAccessStates.InternetGatewayBlockMode")?;
    Some(mode.to_ascii_lowercase())
}

/// The options of the account and region, where the VPC does not say itself.
fn account_access(graph: &Graph, node: Node) -> Option<String> {
    let here = graph.scope(node);
    let options = graph
        .nodes(Kind::VpcBlockPublicAccessOptions)
        .find(|options| graph.scope(*options) == here)?;
    let mode = graph.entry(options)?.text("InternetGatewayBlockMode")?;
    Some(mode.to_ascii_lowercase())
}

/// Blocks that are associated; those that never were or are no longer carry
/// nothing.
fn blocks(graph: &Graph, node: Node) -> Vec<IpNet> {
    let mut blocks = Vec::new();
    let Some(entry) = graph.entry(node) else {
        return blocks;
    };
    for (list, field, state) in [
        (
            "CidrBlockAssociationSet",
            "CidrBlock",
            "CidrBlockState.State",
        ),
        (
            "Ipv6CidrBlockAssociationSet",
            "Ipv6CidrBlock",
            "Ipv6CidrBlockState.State",
        ),
    ] {
        for association in entry.entries(list) {
            let counts = association
                .text(state)
                .is_none_or(|state| state.eq_ignore_ascii_case("associated"));
            blocks.extend(association.block(field).filter(|_| counts));
        }
    }
    if let Some(first) = entry
        .block("CidrBlock")
        .filter(|first| !blocks.contains(first))
    {
        blocks.push(first);
    }
    blocks
}

pub(super) fn subnets(graph: &Graph) -> Vec<Subnet> {
    graph
        .nodes(Kind::Subnet)
        .map(|node| {
            let entry = graph.entry(node);
            let mut blocks: Vec<IpNet> = entry
                .iter()
                .filter_map(|entry| entry.block("CidrBlock"))
                .collect();
            for association in entry
                .iter()
                .flat_map(|entry| entry.entries("Ipv6CidrBlockAssociationSet"))
            {
                let gone = association
                    .text("Ipv6CidrBlockState.State")
                    .is_some_and(|state| !state.eq_ignore_ascii_case("associated"));
                blocks.extend(association.block("Ipv6CidrBlock").filter(|_| !gone));
            }
            let text = |path: &str| entry.as_ref().and_then(|entry| entry.text(path));
            let (id, name) = (text("AvailabilityZoneId"), text("AvailabilityZone"));
            Subnet {
                node,
                vpc: entry.as_ref().and_then(|entry| entry.target("VpcId").row()),
                vpc_seen: text("VpcId").is_some(),
                blocks,
                zone: (id.is_some() || name.is_some()).then(|| Zone {
                    id,
                    name,
                    account: graph.scope(node).account,
                }),
                table: None,
                acl: None,
                public_access: public_access(graph, node),
                maps_public: entry
                    .as_ref()
                    .and_then(|entry| entry.bool("MapPublicIpOnLaunch"))
                    .unwrap_or(false),
            }
        })
        .collect()
}

impl Network {
    /// Gives each subnet its route table: the one that names it, else the main
    /// one of its VPC
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>).
    pub(super) fn join_tables(&mut self, _graph: &Graph) {
        for (row, table) in (0_u32..).zip(&self.tables) {
            let vpc = table.vpc.filter(|_| table.main);
            if let Some(vpc) = vpc.and_then(|vpc| self.vpcs.get_mut(vpc as usize)) {
                vpc.main_table = Some(row);
            }
            for subnet in &table.subnets {
                if let Some(subnet) = self.subnets.get_mut(*subnet as usize) {
                    subnet.table = Some(row);
                }
            }
        }
        // A table whose subnets were not seen may be that of any subnet.
        let unclear: Vec<Option<u32>> = self
            .tables
            .iter()
            .filter(|table| !table.main && !table.associations_seen)
            .map(|table| table.vpc)
            .collect();
        for subnet in &mut self.subnets {
            let vpc = subnet
                .vpc
                .filter(|_| !unclear.contains(&subnet.vpc))
                .and_then(|vpc| self.vpcs.get(vpc as usize));
            if let Some(vpc) = vpc.filter(|vpc| subnet.table.is_none() && vpc.tables_listed) {
                subnet.table = vpc.main_table;
            }
        }
    }

    /// Gives each subnet its network ACL: the one that names it. The answer of
    /// `DescribeNetworkAcls` names the default one's subnets too; the fallback
    /// is for answers of other tools that leave them out.
    pub(super) fn join_acls(&mut self, _graph: &Graph) {
        for (row, acl) in (0_u32..).zip(&self.acls) {
            let vpc = acl.vpc.filter(|_| acl.is_default);
            if let Some(vpc) = vpc.and_then(|vpc| self.vpcs.get_mut(vpc as usize)) {
                vpc.default_acl = Some(row);
            }
            for subnet in &acl.subnets {
                if let Some(subnet) = self.subnets.get_mut(*subnet as usize) {
                    subnet.acl = Some(row);
                }
            }
        }
        // An ACL whose subnets were not seen may be that of any subnet.
        let unclear: Vec<Option<u32>> = self
            .acls
            .iter()
            .filter(|acl| !acl.is_default && !acl.subnets_seen)
            .map(|acl| acl.vpc)
            .collect();
        for subnet in &mut self.subnets {
            let vpc = subnet
                .vpc
                .filter(|_| !unclear.contains(&subnet.vpc))
                .and_then(|vpc| self.vpcs.get(vpc as usize));
            if let Some(vpc) = vpc.filter(|vpc| subnet.acl.is_none() && vpc.acls_listed) {
                subnet.acl = vpc.default_acl;
            }
        }
    }
}
