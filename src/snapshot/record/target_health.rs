//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "target-health",
    variable: "target_health",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "Target.Id",
    sources: &[],
    fields: &[Field::object("Target", &[Field::text("Id", "The id.")], "The target.")],
};
