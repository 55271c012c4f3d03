//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "instance",
    variable: "instance",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "i-",
    identity: Identity::Global,
    id: "InstanceId",
    sources: &[],
    fields: &[Field::text("InstanceId", "The id.")],
};
