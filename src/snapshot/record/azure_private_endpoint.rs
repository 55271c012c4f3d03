//! A private endpoint: an address in a subnet that leads to a service.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Link, Source};

/// <https://learn.microsoft.com/en-us/rest/api/virtualnetwork/private-endpoints/list-by-subscription>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-private-endpoint",
    variable: "azure_private_endpoint",
    cloudformation: "Microsoft.Network/privateEndpoints",
    doc: "An address in a subnet that leads to a service of Azure.",
    url: "https://learn.microsoft.com/en-us/rest/api/virtualnetwork/private-endpoints/list-by-subscription",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "network private-endpoint list", "az network private-endpoint list").permitted_by("Microsoft.Network/privateEndpoints/read")],
    fields: &[
        Field::text("id", "The id of the endpoint.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::text("location", "The location: `westeurope`."),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::object(
            "subnet",
            &[Field::reference("id", Kind::AzureSubnet, "The subnet.").follow_back("azure_subnet", "private_endpoints")],
            "Where its address is.",
        ),
        Field::list(
            "networkInterfaces",
            &[Field::reference("id", Kind::AzureNetworkInterface, "The interface.")
                .follow_back("network_interfaces", "private_endpoints")],
            "Its interfaces.",
        ),
        Field::text("ipVersionType", "`IPv4`, `IPv6` or `DualStack`.").optional(),
        Field::text("customNetworkInterfaceName", "The name of its interface.").optional(),
        Field::text("billingSku", "`PayAsYouGo` or `Fixed`.").optional(),
        Field::list(
            "privateLinkServiceConnections",
            &[
                Field::text("id", "The id of the connection.").optional(),
                Field::text("name", "The name of the connection.").optional(),
                Field::reference("privateLinkServiceId", Kind::AzureRedis, "The target.")
                    .follow_back("redis", "private_endpoints")
                    .or(&[(
                        Kind::AzureRedisEnterprise,
                        Link::new("redis_enterprise", "private_endpoints"),
                    )]),
                Field::texts("groupIds", "Which part of the target: `redisCache`, `redisEnterprise`.").required(),
                Field::text("requestMessage", "What was said to the owner of the target.").optional(),
                Field::object(
                    "privateLinkServiceConnectionState",
                    &[
                        Field::text("status", "`Pending`, `Approved`, `Rejected`, `Disconnected`.")
                            .values(&["Pending", "Approved", "Rejected", "Disconnected", "Removed", "Timeout"]),
                        Field::text("description", "Why.").optional(),
                        Field::text("actionsRequired", "What the consumer must do.").optional(),
                    ],
                    "Whether the owner of the target accepted.",
                ),
                Field::text("provisioningState", "`Succeeded`.").optional(),
            ],
            "Connections that were asked for with rights on the target.",
        )
        .required(),
        Field::list(
            "manualPrivateLinkServiceConnections",
            &[
                Field::text("id", "The id of the connection.").optional(),
                Field::text("name", "The name of the connection.").optional(),
                Field::reference("privateLinkServiceId", Kind::AzureRedis, "The target.")
                    .follow_back("redis", "private_endpoints")
                    .or(&[(
                        Kind::AzureRedisEnterprise,
                        Link::new("redis_enterprise", "private_endpoints"),
                    )]),
                Field::texts("groupIds", "Which part of the target: `redisCache`, `redisEnterprise`.").required(),
                Field::text("requestMessage", "What was said to the owner of the target.").optional(),
                Field::object(
                    "privateLinkServiceConnectionState",
                    &[
                        Field::text("status", "`Pending`, `Approved`, `Rejected`, `Disconnected`.")
                            .values(&["Pending", "Approved", "Rejected", "Disconnected", "Removed", "Timeout"]),
                        Field::text("description", "Why.").optional(),
                        Field::text("actionsRequired", "What the consumer must do.").optional(),
                    ],
                    "Whether the owner of the target accepted.",
                ),
                Field::text("provisioningState", "`Succeeded`.").optional(),
            ],
            "Connections that the owner of the target must approve by hand.",
        )
        .required(),
        Field::list(
            "customDnsConfigs",
            &[
                Field::text("fqdn", "The name of the target."),
                Field::texts("ipAddresses", "The addresses that it should have."),
            ],
            "Names and addresses that DNS should give.",
        ),

    ],
};
