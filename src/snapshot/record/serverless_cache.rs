//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "serverless-cache",
    variable: "serverless_cache",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "ServerlessCacheName",
    sources: &[],
    fields: &[Field::text("ServerlessCacheName", "The id.")],
};
