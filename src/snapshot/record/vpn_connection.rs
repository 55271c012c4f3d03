//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpn-connection",
    variable: "vpn_connection",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "vpn-",
    identity: Identity::Global,
    id: "VpnConnectionId",
    sources: &[],
    fields: &[Field::text("VpnConnectionId", "The id.")],
};
