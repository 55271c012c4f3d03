//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "target-group",
    variable: "target_group",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "TargetGroupArn",
    sources: &[],
    fields: &[Field::text("TargetGroupArn", "The id.")],
};
