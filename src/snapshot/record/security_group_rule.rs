//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "security-group-rule",
    variable: "security_group_rule",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "sgr-",
    identity: Identity::Global,
    id: "SecurityGroupRuleId",
    sources: &[],
    fields: &[Field::text("SecurityGroupRuleId", "The id.")],
};
