//! What interfaces learn when they ask for an address. A VPC may name `default`,
//! which no call lists.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "dhcp-options",
    variable: "dhcp_options",
    cloudformation: "AWS::EC2::DHCPOptions",
    doc: "The name servers, domain and other options that a VPC hands to its \
        interfaces.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html",
    id_prefix: "dopt-",
    identity: Identity::Global,
    id: "DhcpOptionsId",
    sources: &[Source::list("ec2", "DescribeDhcpOptions", "DhcpOptions")],
    fields: &[
        Field::text("DhcpOptionsId", "The id, `dopt-…`."),
        Field::text("OwnerId", "The account that owns it."),
        Field::list(
            "DhcpConfigurations",
            &[
                Field::text(
                    "Key",
                    "The option: `domain-name-servers`, `domain-name`, `ntp-servers` and so on.",
                ),
                Field::list(
                    "Values",
                    &[Field::text(
                        "Value",
                        "One value; `AmazonProvidedDNS` among name servers means the VPC's \
                        resolver.",
                    )],
                    "Its values, in order.",
                ),
            ],
            "The options.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};
