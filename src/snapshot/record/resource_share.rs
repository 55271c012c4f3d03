//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-share",
    variable: "resource_share",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "resourceShareArn",
    sources: &[],
    fields: &[Field::text("resourceShareArn", "The id.")],
};
