//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-record-set",
    variable: "resource_record_set",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "Name",
    sources: &[],
    fields: &[Field::text("Name", "The id.")],
};
