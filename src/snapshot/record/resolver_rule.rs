//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-rule",
    variable: "resolver_rule",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "rslvr-rr-",
    identity: Identity::Global,
    id: "Id",
    sources: &[],
    fields: &[Field::text("Id", "The id.")],
};
