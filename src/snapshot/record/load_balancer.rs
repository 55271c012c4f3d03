//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "load-balancer",
    variable: "load_balancer",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "",
    identity: Identity::Global,
    id: "LoadBalancerArn",
    sources: &[],
    fields: &[Field::text("LoadBalancerArn", "The id.")],
};
