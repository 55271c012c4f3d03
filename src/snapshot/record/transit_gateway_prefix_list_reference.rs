//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-prefix-list-reference",
    variable: "transit_gateway_prefix_list_reference",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "PrefixListId",
    sources: &[],
    fields: &[Field::text("PrefixListId", "The id.")],
};
