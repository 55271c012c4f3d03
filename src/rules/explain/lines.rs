//! Where values of resources stand in the files that were read.
//!
//! Collects what is asked for, so that each object is looked up once. May use
//! the graph and the locator; a value whose file has changed has no place.

use std::collections::BTreeMap;

use crate::findings::SourceLine;
use crate::graph::{Graph, Node};
use crate::snapshot::layout::Level;
use crate::snapshot::provenance::{Locate, Origin, Place};

/// Places of values, found.
pub(super) struct Lines<'g> {
    graph: &'g Graph,
    places: BTreeMap<(Origin, String), Option<Place>>,
}

impl<'g> Lines<'g> {
    /// Looks values up: resources, each with the path of a value in it.
    pub(super) fn find<'p>(
        graph: &'g Graph,
        locate: &dyn Locate,
        values: impl Iterator<Item = (Node, &'p str)>,
    ) -> Self {
        let mut wanted: BTreeMap<Origin, Vec<String>> = BTreeMap::new();
        for (node, path) in values {
            if let Some(origin) = origin(graph, node, path) {
                let paths = wanted.entry(origin).or_default();
                if !paths.iter().any(|known| known == path) {
                    paths.push(path.to_owned());
                }
            }
        }
        let mut places = BTreeMap::new();
        for (origin, paths) in wanted {
            let found = locate.locate(origin, &paths);
            for (path, place) in paths.into_iter().zip(found) {
                places.insert((origin, path), place);
            }
        }
        Self { graph, places }
    }

    /// The line of a value that was looked up.
    pub(super) fn get(&self, node: Node, path: &str) -> Option<SourceLine> {
        let origin = origin(self.graph, node, path)?;
        let place = self.places.get(&(origin, path.to_owned()))?.as_ref()?;
        let file = self.graph.snapshot().files.get(place.file as usize)?;
        Some(SourceLine {
            file: file.path.clone(),
            pointer: place.pointer.clone(),
            line: place.line,
            sha256: file.sha256.clone(),
            excerpt: place.excerpt.clone(),
            excerpt_line: place.excerpt_line,
        })
    }
}

/// Where the object stands that holds a value: a second answer about the same
/// resource may have given the field.
fn origin(graph: &Graph, node: Node, path: &str) -> Option<Origin> {
    let row = node.row()?;
    let snapshot = graph.snapshot();
    if let Some(views) = snapshot.views.get(&(node.kind, row)) {
        let level = Level::of(node.kind);
        let path = path.replace('/', ".");
        let column = level.columns.iter().position(|column| {
            path == column.path || path.starts_with(&format!("{}.", column.path))
        });
        if let Some(view) =
            column.and_then(|column| views.iter().find(|view| view.columns.contains(&column)))
        {
            return Some(view.origin);
        }
    }
    snapshot.table(node.kind).origins.get(row as usize).copied()
}
