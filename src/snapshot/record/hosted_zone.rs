//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "hosted-zone",
    variable: "hosted_zone",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[],
    fields: &[Field::text("Id", "The id.")],
};
