//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "dhcp-options",
    variable: "dhcp_options",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "dopt-",
    identity: Identity::Global,
    id: "DhcpOptionsId",
    sources: &[],
    fields: &[Field::text("DhcpOptionsId", "The id.")],
};
