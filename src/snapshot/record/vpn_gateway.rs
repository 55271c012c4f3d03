//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpn-gateway",
    variable: "vpn_gateway",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "vgw-",
    identity: Identity::Global,
    id: "VpnGatewayId",
    sources: &[],
    fields: &[Field::text("VpnGatewayId", "The id.")],
};
