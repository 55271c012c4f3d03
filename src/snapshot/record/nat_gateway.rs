//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "nat-gateway",
    variable: "nat_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "nat-",
    identity: Identity::Global,
    id: "NatGatewayId",
    sources: &[],
    fields: &[Field::text("NatGatewayId", "The id.")],
};
