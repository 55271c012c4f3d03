//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "egress-only-internet-gateway",
    variable: "egress_only_internet_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "eigw-",
    identity: Identity::Global,
    id: "EgressOnlyInternetGatewayId",
    sources: &[],
    fields: &[Field::text("EgressOnlyInternetGatewayId", "The id.")],
};
