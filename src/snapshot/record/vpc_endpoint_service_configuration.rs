//! An endpoint service as its provider sees it.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceConfiguration.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-service-configuration",
    variable: "vpc_endpoint_service_configuration",
    cloudformation: "AWS::EC2::VPCEndpointService",
    doc: "A service that the account offers through load balancers.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceConfiguration.html",
    id_prefix: "vpce-svc-",
    identity: Identity::Global,
    id: "ServiceId",
    sources: &[Source::list(
        "ec2",
        "DescribeVpcEndpointServiceConfigurations",
        "ServiceConfigurations",
    )],
    fields: &[
        Field::text("ServiceId", "The id, `vpce-svc-…`."),
        Field::reference(
            "ServiceName",
            Kind::VpcEndpointService,
            "The name that consumers use.",
        )
        .follow_back("vpc_endpoint_service", "configurations"),
        Field::list(
            "ServiceType",
            &[Field::text("ServiceType", "The type.").values(&[
                "Interface",
                "Gateway",
                "GatewayLoadBalancer",
            ])],
            "The types of endpoints that it takes.",
        )
        .required(),
        Field::text("ServiceState", "Where the service is in its life.").values(&[
            "Pending",
            "Available",
            "Deleting",
            "Deleted",
            "Failed",
        ]),
        Field::texts(
            "AvailabilityZones",
            "The names of its zones, as the provider knows them.",
        )
        .required(),
        Field::texts(
            "AvailabilityZoneIds",
            "The ids of its zones, the same in all accounts. Old dumps lack them; they are \
            never guessed from the names.",
        )
        .required(),
        Field::bool(
            "AcceptanceRequired",
            "Whether each endpoint must be accepted.",
        ),
        Field::bool(
            "ManagesVpcEndpoints",
            "Whether the service makes endpoints in consumers' accounts.",
        )
        .optional(),
        Field::references(
            "NetworkLoadBalancerArns",
            Kind::LoadBalancer,
            "The network load balancers behind it.",
        )
        .follow_back(
            "network_load_balancers",
            "vpc_endpoint_service_configurations",
        ),
        Field::references(
            "GatewayLoadBalancerArns",
            Kind::LoadBalancer,
            "The gateway load balancers behind it.",
        )
        .follow_back(
            "gateway_load_balancers",
            "gateway_vpc_endpoint_service_configurations",
        ),
        Field::texts(
            "SupportedIpAddressTypes",
            "The kinds of addresses that it takes.",
        )
        .required()
        .values(&["ipv4", "ipv6"]),
        Field::texts(
            "BaseEndpointDnsNames",
            "What the names of its endpoints end with.",
        ),
        Field::text("PrivateDnsName", "The service's own name, if it has one.").optional(),
        Field::object(
            "PrivateDnsNameConfiguration",
            &[
                Field::text(
                    "State",
                    "Whether the account has proved that the name is its own; consumers cannot use \
                    private DNS before.",
                )
                .optional()
                .values(&["pendingVerification", "verified", "failed"]),
                Field::text("Type", "The type of the record that proves it.").optional(),
                Field::text("Name", "The name of the record that proves it.").optional(),
                Field::text("Value", "What that record must say.").optional(),
            ],
            "The proof that the private name belongs to the account.",
        ),
        Field::text(
            "PayerResponsibility",
            "`ServiceOwner` if the provider pays for the endpoints.",
        )
        .optional()
        .values(&["ServiceOwner"]),
        Field::list(
            "SupportedRegions",
            &[
                Field::text("Region", "The region."),
                Field::text("ServiceState", "Whether consumers there can use it.")
                    .optional()
                    .values(&[
                        "Pending",
                        "Available",
                        "Deleting",
                        "Deleted",
                        "Failed",
                        "Closed",
                    ]),
            ],
            "The other regions from which consumers may connect.",
        ),
        Field::bool(
            "RemoteAccessEnabled",
            "Whether consumers in other regions may connect.",
        )
        .optional(),
        Field::tags("Tags"),
    ],
};
