//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "managed-prefix-list",
    variable: "managed_prefix_list",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "pl-",
    identity: Identity::Global,
    id: "PrefixListId",
    sources: &[],
    fields: &[Field::text("PrefixListId", "The id.")],
};
