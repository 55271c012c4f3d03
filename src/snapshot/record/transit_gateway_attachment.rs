//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-attachment",
    variable: "transit_gateway_attachment",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "tgw-attach-",
    identity: Identity::Global,
    id: "TransitGatewayAttachmentId",
    sources: &[],
    fields: &[Field::text("TransitGatewayAttachmentId", "The id.")],
};
