//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "listener",
    variable: "listener",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "ListenerArn",
    sources: &[],
    fields: &[Field::text("ListenerArn", "The id.")],
};
