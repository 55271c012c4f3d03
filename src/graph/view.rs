//! The network as `petgraph` sees it, for its algorithms.
//!
//! Follows the edges of chosen links through petgraph's visit traits; nothing
//! is copied. Small questions should use [`Graph::linked`] directly.

use petgraph::visit::{GraphBase, GraphRef, IntoNeighbors, Visitable};
use std::collections::BTreeSet;

use super::{Direction, Graph, Node, links};

/// All resources with all links, followed from the resource that holds the
/// reference to the one that it names.
#[derive(Debug, Clone, Copy)]
pub struct GraphView<'g>(pub &'g Graph);

impl GraphBase for GraphView<'_> {
    type NodeId = Node;
    type EdgeId = (Node, Node);
}

impl GraphRef for GraphView<'_> {}

impl IntoNeighbors for GraphView<'_> {
    type Neighbors = std::vec::IntoIter<Node>;

    fn neighbors(self, node: Node) -> Self::Neighbors {
        let mut next: Vec<Node> = links::all()
            .iter()
            .enumerate()
            .filter(|(_, link)| link.from == node.kind)
            .flat_map(|(index, link)| {
                self.0
                    .linked(index, Direction::Forward, node)
                    .iter()
                    .map(|&number| self.0.node(link.to, number))
            })
            .collect();
        next.sort_unstable();
        next.dedup();
        next.into_iter()
    }
}

impl Visitable for GraphView<'_> {
    type Map = Visited;

    fn visit_map(&self) -> Self::Map {
        Visited::default()
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.0.clear();
    }
}

/// Nodes that an algorithm has seen.
#[derive(Debug, Default, Clone)]
pub struct Visited(BTreeSet<Node>);

impl petgraph::visit::VisitMap<Node> for Visited {
    fn visit(&mut self, node: Node) -> bool {
        self.0.insert(node)
    }

    fn is_visited(&self, node: &Node) -> bool {
        self.0.contains(node)
    }

    fn unvisit(&mut self, node: Node) -> bool {
        self.0.remove(&node)
    }
}
