//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-service-permission",
    variable: "vpc_endpoint_service_permission",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "Principal",
    sources: &[],
    fields: &[Field::text("Principal", "The id.")],
};
