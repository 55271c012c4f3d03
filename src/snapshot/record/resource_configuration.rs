//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-configuration",
    variable: "resource_configuration",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "rcfg-",
    identity: Identity::Global,
    id: "id",
    sources: &[],
    fields: &[Field::text("id", "The id.")],
};
