//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "customer-gateway",
    variable: "customer_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "cgw-",
    identity: Identity::Global,
    id: "CustomerGatewayId",
    sources: &[],
    fields: &[Field::text("CustomerGatewayId", "The id.")],
};
