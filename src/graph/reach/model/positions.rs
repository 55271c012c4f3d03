//! Where things of transit gateways are: by id, by VPC, by gateway.
//!
//! Made once from the lists of the model, so that a walk finds what it passes
//! without going through all of them. Nothing is judged here.

use hashbrown::HashMap;
use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

use super::transit::{Attachment, AttachmentKind, TransitGateway, TransitTable, VpcAttachment};
use super::{Network, Prefixes};
use crate::graph::Graph;

/// Where in their lists things of transit gateways are. Looked up, never
/// iterated; positions are in the order of the lists.
#[derive(Debug, Default)]
pub(super) struct Positions {
    /// Attachments by id.
    attachments: HashMap<String, Vec<u32>, FxBuildHasher>,
    /// Attachments of VPCs by row of the VPC.
    of_vpcs: HashMap<u32, Vec<u32>, FxBuildHasher>,
    /// Ends of peerings by id of the gateway that they are at.
    peerings: HashMap<String, Vec<u32>, FxBuildHasher>,
    /// The first route table with an id.
    tables: HashMap<String, u32, FxBuildHasher>,
    /// The first gateway with an id.
    gateways: HashMap<String, u32, FxBuildHasher>,
}

impl Network {
    /// Positions by id, and propagations by block.
    pub(super) fn join_transit(&mut self, graph: &Graph) {
        let mut positions = Positions::default();
        for (position, attachment) in (0_u32..).zip(&self.attachments) {
            let id = attachment.id.clone();
            positions.attachments.entry(id).or_default().push(position);
            match &attachment.kind {
                AttachmentKind::Vpc(VpcAttachment { vpc: Some(vpc), .. }) => {
                    positions.of_vpcs.entry(*vpc).or_default().push(position);
                }
                AttachmentKind::Peering(..) => {
                    let gateway = attachment.gateway.clone();
                    positions
                        .peerings
                        .entry(gateway)
                        .or_default()
                        .push(position);
                }
                _ => {}
            }
        }
        for (row, table) in (0_u32..).zip(&self.transit_tables) {
            positions.tables.entry(table.id.clone()).or_insert(row);
        }
        for (row, gateway) in (0_u32..).zip(&self.transit_gateways) {
            let id = graph.id(gateway.node);
            positions.gateways.entry(id).or_insert(row);
        }
        self.transit = positions;
        let mut tables = std::mem::take(&mut self.transit_tables);
        for table in &mut tables {
            let propagations = table.propagations.as_deref().unwrap_or_default();
            let blocks = propagations.iter().map(|id| self.propagated(id));
            table.propagated = Prefixes::new(blocks);
        }
        self.transit_tables = tables;
    }

    /// The blocks that an attachment propagates, if that is all there is to
    /// know about it.
    fn propagated(&self, id: &str) -> Option<Vec<IpNet>> {
        let attachment = self.attachments_by_id(id).next()?;
        let AttachmentKind::Vpc(of) = &attachment.kind else {
            return None;
        };
        let vpc = self.vpcs.get(of.vpc? as usize)?;
        (!vpc.blocks.is_empty()).then(|| vpc.blocks.clone())
    }

    fn attachments_at<'n>(
        &'n self,
        positions: Option<&'n Vec<u32>>,
    ) -> impl Iterator<Item = (usize, &'n Attachment)> {
        let positions = positions.into_iter().flatten();
        positions.filter_map(|position| {
            let position = *position as usize;
            Some((position, self.attachments.get(position)?))
        })
    }

    /// Attachments with an id: several if those are the ends of a peering.
    pub fn attachments_by_id<'n>(
        &'n self,
        id: &str,
    ) -> impl Iterator<Item = &'n Attachment> + use<'n> {
        let positions = self.transit.attachments.get(id);
        self.attachments_at(positions).map(|(_, found)| found)
    }

    /// Attachments of a VPC, with their positions.
    pub fn attachments_of(&self, vpc: u32) -> impl Iterator<Item = (usize, &Attachment)> {
        self.attachments_at(self.transit.of_vpcs.get(&vpc))
    }

    /// Ends of peerings at a transit gateway, with their positions.
    pub fn peering_ends<'n>(
        &'n self,
        gateway: &str,
    ) -> impl Iterator<Item = (usize, &'n Attachment)> + use<'n> {
        self.attachments_at(self.transit.peerings.get(gateway))
    }

    /// The transit gateway route table with an id.
    pub fn transit_table(&self, id: &str) -> Option<&TransitTable> {
        let row = self.transit.tables.get(id)?;
        self.transit_tables.get(*row as usize)
    }

    /// The transit gateway with an id.
    pub fn transit_gateway(&self, id: &str) -> Option<&TransitGateway> {
        let row = self.transit.gateways.get(id)?;
        self.transit_gateways.get(*row as usize)
    }
}
