//! The provider's side of resource endpoints.
//!
//! The list writes the VPC as `vpcIdentifier`, the call per gateway as `vpcId`.

use crate::snapshot::record::Kind;
use crate::snapshot::record::resource_configuration::STATUSES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetResourceGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-gateway",
    variable: "resource_gateway",
    cloudformation: "AWS::VpcLattice::ResourceGateway",
    doc: "Where traffic from consumers enters the VPC of a resource.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetResourceGateway.html",
    id_prefix: "rgw-",
    identity: Identity::Global,
    id: "id",
    sources: &[
        Source::list("vpc-lattice", "ListResourceGateways", "items"),
        Source::object(
            "vpc-lattice",
            "GetResourceGateway",
            &["arn", "vpcId", "subnetIds", "ipAddressType"],
        ),
    ],
    fields: &[
        Field::text("id", "The id, `rgw-…`."),
        Field::text("arn", "The ARN; the account in it is the owner."),
        Field::text("name", "The name."),
        Field::text("status", "Where it is in its life.").values(STATUSES),
        Field::reference("vpcId", Kind::Vpc, "The VPC.")
            .also(&["vpcIdentifier"])
            .follow_back("vpc", "resource_gateways"),
        Field::references(
            "subnetIds",
            Kind::Subnet,
            "The subnets with an interface of the gateway.",
        )
        .required()
        .follow_back("subnets", "resource_gateways"),
        Field::references(
            "securityGroupIds",
            Kind::SecurityGroup,
            "The security groups of its interfaces; what goes out to the resource must pass \
            them.",
        )
        .required()
        .follow_back("security_groups", "resource_gateways"),
        Field::text("ipAddressType", "The kinds of addresses.").values(&[
            "IPV4",
            "IPV6",
            "DUALSTACK",
        ]),
        Field::int(
            "ipv4AddressesPerEni",
            "IPv4 addresses of each interface, 1 to 62. Old dumps lack it.",
        ),
        Field::text(
            "resourceConfigDnsResolution",
            "Whether names of resources are resolved inside the VPC or publicly. Old dumps \
            lack it.",
        )
        .values(&["IN_VPC", "PUBLIC"]),
        Field::bool(
            "serviceManaged",
            "Whether a service made it and manages it; then it is not the user's to delete.",
        )
        .from("GetResourceGateway"),
        Field::text("managedBy", "The service that manages it.")
            .optional()
            .from("GetResourceGateway"),
        Field::text("createdAt", "When it was made, RFC 3339."),
    ],
};
