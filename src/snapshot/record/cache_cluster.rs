//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "cache-cluster",
    variable: "cache_cluster",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "CacheClusterId",
    sources: &[],
    fields: &[Field::text("CacheClusterId", "The id.")],
};
