//! Finds values in the files again.
//!
//! draft.

use super::Limits;
use super::input::Store;
use crate::snapshot::Snapshot;
use crate::snapshot::provenance::{Locate, Origin, Place};

/// draft
#[derive(Debug)]
pub struct Locator {}

impl Locator {
    pub(super) fn new(_snapshot: &Snapshot, _stores: Vec<Store>, _limits: Limits) -> Self {
        Self {}
    }
}

impl Locate for Locator {
    fn locate(&self, _origin: Origin, paths: &[String]) -> Vec<Option<Place>> {
        vec![None; paths.len()]
    }
}
