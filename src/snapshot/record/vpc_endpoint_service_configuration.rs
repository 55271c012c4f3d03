//! Draft.

use crate::snapshot::schema::{Field, Identity, KindSpec};

/// Draft.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-service-configuration",
    variable: "vpc_endpoint_service_configuration",
    cloudformation: "",
    doc: "Draft.",
    url: "",
    id_prefix: "vpce-svc-",
    identity: Identity::Global,
    id: "ServiceId",
    sources: &[],
    fields: &[Field::text("ServiceId", "The id.")],
};
