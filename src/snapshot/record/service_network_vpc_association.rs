//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network-vpc-association",
    variable: "service_network_vpc_association",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "snva-",
    identity: Identity::Global,
    id: "id",
    sources: &[],
    fields: &[Field::text("id", "The id.")],
};
