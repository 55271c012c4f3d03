//! A connection to a provider as people mean it: which endpoint, whose clients,
//! which ports.
//!
//! May use the vocabulary of descriptions. No API returns it, so that no call
//! may be named here; people write it, and what they did not write is not.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// What is meant, in the words of whoever runs the network.
pub(super) const SPEC: KindSpec = KindSpec {
    name: "connection",
    variable: "connection",
    cloudformation: "Plaudit::Connection",
    doc: "What somebody means to connect: clients of ours and a service of a provider, or a provider and a service of ours.",
    url: "https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Name",
    sources: &[Source::given("Connections", &["Name", "Provider"])],
    fields: &[
        Field::text("Name", "What people call it."),
        Field::text("Provider", "Whose service it leads to, or who comes to ours.").values(&[
            "redis-cloud",
            "zilliz",
            "emqx",
            "elasticache",
            "azure-redis",
        ]),
        Field::references(
            "VpcEndpointIds",
            Kind::VpcEndpoint,
            "Our endpoints that lead to the provider.",
        )
        .follow_back("vpc_endpoints", "connections"),
        Field::reference(
            "VpcEndpointServiceId",
            Kind::VpcEndpointServiceConfiguration,
            "Our endpoint service that the provider connects to.",
        )
        .optional()
        .follow_back("vpc_endpoint_service_configuration", "connections"),
        Field::references(
            "ReplicationGroupIds",
            Kind::ReplicationGroup,
            "The caches that it leads to.",
        )
        .follow_back("replication_groups", "connections"),
        Field::text("ServiceName", "The endpoint service, `com.amazonaws.vpce.…`.").optional(),
        Field::text(
            "Domain",
            "The name that clients use: the host of the link, or a domain of it.",
        )
        .optional(),
        Field::text("SubscriptionId", "The provider's number for what was bought.").optional(),
        Field::text("Region", "The region that the provider's half is in.").optional(),
        Field::references("ClientVpcIds", Kind::Vpc, "The VPCs that the clients are in.")
            .follow_back("client_vpcs", "connections"),
        Field::references(
            "ClientSubnetIds",
            Kind::Subnet,
            "The subnets that the clients are in.",
        )
        .follow_back("client_subnets", "connections"),
        Field::references(
            "ClientSecurityGroupIds",
            Kind::SecurityGroup,
            "The security groups that the clients have.",
        )
        .follow_back("client_security_groups", "connections"),
        Field::texts("ClientCidrs", "The blocks that clients have addresses of."),
        Field::texts("Ports", "The TCP ports: `6379`, `10000-19999`."),
        Field::texts(
            "AvailabilityZoneIds",
            "The zones of the provider's half, by their ids: `use1-az1`. Only the provider knows \
            them, so that nobody has said where they are not written.",
        )
        .required(),
        Field::texts(
            "Principals",
            "The ARNs by which the provider connects to our service. Only the provider knows them.",
        )
        .required(),
    ],
};
