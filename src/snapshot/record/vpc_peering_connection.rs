//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-peering-connection",
    variable: "vpc_peering_connection",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "pcx-",
    identity: Identity::Global,
    id: "VpcPeeringConnectionId",
    sources: &[],
    fields: &[Field::text("VpcPeeringConnectionId", "The id.")],
};
