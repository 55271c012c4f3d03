//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "cache-subnet-group",
    variable: "cache_subnet_group",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "CacheSubnetGroupName",
    sources: &[],
    fields: &[Field::text("CacheSubnetGroupName", "The id.")],
};
