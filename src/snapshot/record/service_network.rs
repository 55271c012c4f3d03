//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network",
    variable: "service_network",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "sn-",
    identity: Identity::Global,
    id: "id",
    sources: &[],
    fields: &[Field::text("id", "The id.")],
};
