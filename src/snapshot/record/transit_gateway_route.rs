//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route",
    variable: "transit_gateway_route",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "DestinationCidrBlock",
    sources: &[],
    fields: &[Field::text("DestinationCidrBlock", "The id.")],
};
