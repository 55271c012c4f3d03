//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-service",
    variable: "vpc_endpoint_service",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "ServiceName",
    sources: &[],
    fields: &[Field::text("ServiceName", "The id.")],
};
