//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "security-group-vpc-association",
    variable: "security_group_vpc_association",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "GroupId",
    sources: &[],
    fields: &[Field::text("GroupId", "The id.")],
};
