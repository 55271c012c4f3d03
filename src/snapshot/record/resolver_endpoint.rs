//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-endpoint",
    variable: "resolver_endpoint",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "rslvr-",
    identity: Identity::Global,
    id: "Id",
    sources: &[],
    fields: &[Field::text("Id", "The id.")],
};
