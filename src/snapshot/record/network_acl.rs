//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "network-acl",
    variable: "network_acl",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "acl-",
    identity: Identity::Global,
    id: "NetworkAclId",
    sources: &[],
    fields: &[Field::text("NetworkAclId", "The id.")],
};
