//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-share-association",
    variable: "resource_share_association",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "associatedEntity",
    sources: &[],
    fields: &[Field::text("associatedEntity", "The id.")],
};
