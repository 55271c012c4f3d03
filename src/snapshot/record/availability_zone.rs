//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "availability-zone",
    variable: "availability_zone",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "ZoneId",
    sources: &[],
    fields: &[Field::text("ZoneId", "The id.")],
};
