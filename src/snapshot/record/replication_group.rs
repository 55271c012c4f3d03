//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "replication-group",
    variable: "replication_group",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "ReplicationGroupId",
    sources: &[],
    fields: &[Field::text("ReplicationGroupId", "The id.")],
};
