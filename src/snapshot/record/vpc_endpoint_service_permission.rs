//! Who may make endpoints for a service: one call per service, and older answers
//! carry neither the service's id nor an id of the permission.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllowedPrincipal.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-service-permission",
    variable: "vpc_endpoint_service_permission",
    cloudformation: "AWS::EC2::VPCEndpointServicePermissions",
    doc: "A principal that may connect to an endpoint service.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllowedPrincipal.html",
    id_prefix: "",
    identity: Identity::Within(&["ServiceId", "PermissionType"]),
    id: "Principal",
    sources: &[Source::per_parent(
        "ec2",
        "DescribeVpcEndpointServicePermissions",
        "AllowedPrincipals",
        "ServiceId",
    )],
    fields: &[
        Field::text("Principal", "The ARN of the principal; `*` for everybody."),
        Field::text("PrincipalType", "What the principal is.")
            .optional()
            .values(&[
                "All",
                "Service",
                "OrganizationUnit",
                "Account",
                "User",
                "Role",
            ]),
        Field::reference(
            "ServiceId",
            Kind::VpcEndpointServiceConfiguration,
            "The service.",
        )
        .follow_back("vpc_endpoint_service_configuration", "permissions"),
        Field::text(
            "ServicePermissionId",
            "The id of the permission. Old dumps lack it.",
        )
        .optional(),
        Field::text(
            "PermissionType",
            "What the permission is for; answers without it are from before there was a choice.",
        )
        .optional()
        .values(&["vpc-endpoint", "transit-gateway-attachment"]),
        Field::tags("Tags"),
    ],
};
