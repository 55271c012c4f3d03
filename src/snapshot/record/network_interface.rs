//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "network-interface",
    variable: "network_interface",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "eni-",
    identity: Identity::Global,
    id: "NetworkInterfaceId",
    sources: &[],
    fields: &[Field::text("NetworkInterfaceId", "The id.")],
};
