//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "security-group",
    variable: "security_group",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "sg-",
    identity: Identity::Global,
    id: "GroupId",
    sources: &[],
    fields: &[Field::text("GroupId", "The id.")],
};
