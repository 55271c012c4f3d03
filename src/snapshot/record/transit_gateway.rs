//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway",
    variable: "transit_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "tgw-",
    identity: Identity::Global,
    id: "TransitGatewayId",
    sources: &[],
    fields: &[Field::text("TransitGatewayId", "The id.")],
};
