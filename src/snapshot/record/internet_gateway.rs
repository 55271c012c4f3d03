//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "internet-gateway",
    variable: "internet_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "igw-",
    identity: Identity::Global,
    id: "InternetGatewayId",
    sources: &[],
    fields: &[Field::text("InternetGatewayId", "The id.")],
};
