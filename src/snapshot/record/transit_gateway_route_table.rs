//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route-table",
    variable: "transit_gateway_route_table",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "tgw-rtb-",
    identity: Identity::Global,
    id: "TransitGatewayRouteTableId",
    sources: &[],
    fields: &[Field::text("TransitGatewayRouteTableId", "The id.")],
};
