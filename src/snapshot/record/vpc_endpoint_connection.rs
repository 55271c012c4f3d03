//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-connection",
    variable: "vpc_endpoint_connection",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "VpcEndpointId",
    sources: &[],
    fields: &[Field::text("VpcEndpointId", "The id.")],
};
