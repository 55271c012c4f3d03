//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network-resource-association",
    variable: "service_network_resource_association",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "snra-",
    identity: Identity::Global,
    id: "id",
    sources: &[],
    fields: &[Field::text("id", "The id.")],
};
