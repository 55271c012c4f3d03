//! What a provider shares through a resource gateway.
//!
//! Ports, protocol and the definition are in the call per configuration only. A
//! consumer sees a configuration that is shared with it in the list, but not
//! always in that call.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-configuration",
    variable: "resource_configuration",
    cloudformation: "AWS::VpcLattice::ResourceConfiguration",
    doc: "A resource, or a group of resources, that other VPCs may reach.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html",
    id_prefix: "rcfg-",
    identity: Identity::Global,
    id: "id",
    sources: &[
        Source::list("vpc-lattice", "ListResourceConfigurations", "items"),
        Source::object(
            "vpc-lattice",
            "GetResourceConfiguration",
            &["arn", "resourceConfigurationDefinition"],
        ),
        Source::object(
            "vpc-lattice",
            "GetResourceConfiguration",
            &["arn", "portRanges"],
        ),
        Source::object(
            "vpc-lattice",
            "GetResourceConfiguration",
            &["arn", "allowAssociationToShareableServiceNetwork"],
        ),
    ],
    fields: &[
        Field::text("id", "The id, `rcfg-…`."),
        Field::text("arn", "The ARN; the account in it is the owner."),
        Field::text("name", "The name."),
        Field::text(
            "type",
            "One resource, a group, a child of a group, a resource by its ARN, or a block of \
            addresses.",
        )
        .values(&["GROUP", "CHILD", "SINGLE", "ARN", "CIDR"]),
        Field::text("status", "Where it is in its life.").values(STATUSES),
        Field::text("failureReason", "Why the last change failed.")
            .optional()
            .from("GetResourceConfiguration"),
        Field::reference(
            "resourceGatewayId",
            Kind::ResourceGateway,
            "The gateway that its traffic comes from; resources by ARN have none.",
        )
        .optional()
        .also(&["resourceGatewayIdentifier"])
        .follow_back("resource_gateway", "resource_configurations"),
        Field::reference(
            "resourceConfigurationGroupId",
            Kind::ResourceConfiguration,
            "The group that a child belongs to.",
        )
        .optional()
        .also(&["resourceConfigurationGroupIdentifier"])
        .follow_back("group", "children"),
        Field::texts(
            "portRanges",
            "The ports: single ones (`443`) and ranges (`1-65535`).",
        )
        .from("GetResourceConfiguration")
        .required(),
        Field::text("protocol", "`TCP`; `TCP_UDP` for blocks of addresses.")
            .from("GetResourceConfiguration")
            .values(&["TCP", "TCP_UDP"]),
        Field::object(
            "resourceConfigurationDefinition",
            DEFINITION,
            "What it stands for; a group has none. Exactly one of the parts is present.",
        )
        .from("GetResourceConfiguration")
        .required(),
        Field::bool(
            "allowAssociationToShareableServiceNetwork",
            "Whether it may join service networks that can be shared.",
        )
        .from("GetResourceConfiguration"),
        Field::text("customDomainName", "The provider's own name for it.").optional(),
        Field::text(
            "groupDomain",
            "The domain under which the children of a group have their names.",
        )
        .optional(),
        Field::text(
            "domainVerificationId",
            "The proof that the domain belongs to the provider, `dv-…`.",
        )
        .optional(),
        Field::text(
            "domainVerificationStatus",
            "Whether that proof was given; consumers that accept verified domains only get no \
            private name before.",
        )
        .from("GetResourceConfiguration")
        .values(&["VERIFIED", "PENDING", "VERIFICATION_TIMED_OUT"]),
        Field::bool(
            "amazonManaged",
            "Whether a service made it and manages it; then it is not the user's to delete.",
        ),
        Field::text("createdAt", "When it was made, RFC 3339."),
        Field::text("lastUpdatedAt", "When it was changed last, RFC 3339.").optional(),
    ],
};

const DEFINITION: &[Field] = &[
    Field::object(
        "dnsResource",
        &[
            Field::text("domainName", "The name of the resource."),
            Field::text(
                "ipAddressType",
                "The kinds of addresses that the name is asked for.",
            )
            .optional()
            .values(&["IPV4", "IPV6", "DUALSTACK"]),
        ],
        "A resource by its name.",
    ),
    Field::object(
        "ipResource",
        &[Field::address("ipAddress", "The address of the resource.")],
        "A resource by its address.",
    ),
    Field::object(
        "arnResource",
        &[Field::text("arn", "The ARN of the resource.")],
        "A resource by its ARN.",
    ),
    Field::object(
        "cidrResource",
        &[Field::texts("cidrRanges", "The blocks, in CIDR notation.")],
        "Blocks of addresses.",
    ),
];

/// The states of configurations and gateways.
pub(super) const STATUSES: &[&str] = &[
    "ACTIVE",
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "CREATE_FAILED",
    "UPDATE_FAILED",
    "DELETE_FAILED",
];
