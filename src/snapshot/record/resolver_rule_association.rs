//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-rule-association",
    variable: "resolver_rule_association",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "rslvr-rrassoc-",
    identity: Identity::Global,
    id: "Id",
    sources: &[],
    fields: &[Field::text("Id", "The id.")],
};
