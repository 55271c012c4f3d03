//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "hosted-zone-summary",
    variable: "hosted_zone_summary",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "HostedZoneId",
    sources: &[],
    fields: &[Field::text("HostedZoneId", "The id.")],
};
