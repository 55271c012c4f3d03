//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-gateway",
    variable: "resource_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "rgw-",
    identity: Identity::Global,
    id: "id",
    sources: &[],
    fields: &[Field::text("id", "The id.")],
};
