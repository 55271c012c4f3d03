//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "route-table",
    variable: "route_table",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "rtb-",
    identity: Identity::Global,
    id: "RouteTableId",
    sources: &[],
    fields: &[Field::text("RouteTableId", "The id.")],
};
