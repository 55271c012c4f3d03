//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "subnet-cidr-reservation",
    variable: "subnet_cidr_reservation",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "scr-",
    identity: Identity::Global,
    id: "SubnetCidrReservationId",
    sources: &[],
    fields: &[Field::text("SubnetCidrReservationId", "The id.")],
};
