//! What Redis Cloud says about the PrivateLink of a subscription: the share, who
//! it is shared with, who is connected, and the databases behind it.
//!
//! The vendor's own spelling. An answer that there is none is a record too: it has
//! the subscription and nothing else. Passwords and keys have no field here.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://redis.io/docs/latest/operate/rc/api/api-reference/>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "redis-cloud-private-link",
    variable: "redis_cloud_private_link",
    cloudformation: "RedisCloud::Subscription::PrivateLink",
    doc: "The PrivateLink of a Redis Cloud subscription (and region, if it is Active-Active), as Redis Cloud tells it.",
    url: "https://redis.io/docs/latest/operate/rc/security/aws-privatelink/",
    id_prefix: "",
    identity: Identity::Within(&["regionId"]),
    id: "subscriptionId",
    sources: &[
        Source::list("redis-cloud", "GetPrivateLink", "RedisCloudPrivateLinks"),
    ],
    fields: &[
        Field::text("subscriptionId", "The subscription, a number."),
        Field::text(
            "regionId",
            "The region of an Active-Active subscription, a number of Redis Cloud.",
        )
        .optional(),
        Field::text(
            "status",
            "Where it is. Absent where Redis Cloud says that the subscription has no PrivateLink.",
        )
        .optional()
        .values(&["initializing", "active", "deleting"]),
        Field::text(
            "resourceConfigurationId",
            "The id of the resource configuration that is shared, `rcfg-…`.",
        )
        .optional(),
        Field::reference(
            "resourceConfigurationArn",
            Kind::ResourceConfiguration,
            "The resource configuration that is shared.",
        )
        .optional()
        .follow_back("resource_configuration", "redis_cloud_private_links"),
        Field::reference(
            "shareArn",
            Kind::ResourceShare,
            "The share, as the accounts see it that it is shared with.",
        )
        .optional()
        .follow_back("resource_share", "redis_cloud_private_links"),
        Field::text("shareName", "The name of the share.").optional(),
        Field::list("principals", PRINCIPALS, "Who it is shared with.").required(),
        Field::list(
            "connections",
            CONNECTIONS,
            "The endpoints and service networks that are connected.",
        )
        .required(),
        Field::list("databases", DATABASES, "The databases that are behind it.").required(),
        Field::text("errorMessage", "What went wrong, if anything.").optional(),
    ],
};

const PRINCIPALS: &[Field] = &[
    Field::text("principal", "The account number, or the ARN of the principal."),
    Field::text("type", "What kind of principal it is.").values(&[
        "aws_account",
        "organization",
        "organization_unit",
        "iam_role",
        "iam_user",
        "service_principal",
    ]),
    Field::text("alias", "What people call it.").optional(),
    Field::text("status", "`associated` once it has accepted; also seen: `ready`.").values(&[
        "initializing",
        "associating",
        "associated",
        "ready",
        "disassociating",
        "disassociated",
        "failed",
    ]),
];

const CONNECTIONS: &[Field] = &[
    Field::text("associationId", "The id of the association.").optional(),
    Field::reference(
        "connectionId",
        Kind::VpcEndpoint,
        "The endpoint, `vpce-…`; of a service network some other id.",
    )
    .optional()
    .follow_back("vpc_endpoints", "redis_cloud_private_links"),
    Field::text("type", "What is connected: `vpc_endpoint` or a service network.").optional(),
    Field::text("ownerId", "The account that is connected.").optional(),
    Field::text("associationDate", "Since when, RFC 3339.").optional(),
];

const DATABASES: &[Field] = &[
    Field::text("databaseId", "The database, a number."),
    Field::int("port", "Its port."),
    Field::text("rlEndpoint", "Its name at Redis Cloud.").optional(),
];
