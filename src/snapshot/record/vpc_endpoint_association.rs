//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-association",
    variable: "vpc_endpoint_association",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[],
    fields: &[Field::text("Id", "The id.")],
};
