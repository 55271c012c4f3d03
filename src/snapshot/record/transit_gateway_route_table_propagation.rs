//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route-table-propagation",
    variable: "transit_gateway_route_table_propagation",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "TransitGatewayAttachmentId",
    sources: &[],
    fields: &[Field::text("TransitGatewayAttachmentId", "The id.")],
};
