//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-share-invitation",
    variable: "resource_share_invitation",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "resourceShareInvitationArn",
    sources: &[],
    fields: &[Field::text("resourceShareInvitationArn", "The id.")],
};
