//! An availability zone as one account sees it. The id is the same in all
//! accounts, the name is not, so every account has zones of its own.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "availability-zone",
    variable: "availability_zone",
    cloudformation: "AWS::EC2::AvailabilityZone",
    doc: "An availability zone, local zone or wavelength zone.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html",
    id_prefix: "",
    identity: Identity::PerRegion,
    id: "ZoneId",
    sources: &[Source::list(
        "ec2",
        "DescribeAvailabilityZones",
        "AvailabilityZones",
    )],
    fields: &[
        Field::text("ZoneId", "The id, `use1-az1`, the same in all accounts."),
        Field::text(
            "ZoneName",
            "The name, `us-east-1a`; it means another zone in another account.",
        ),
        Field::text("RegionName", "The region."),
        Field::text(
            "ZoneType",
            "`availability-zone`, `local-zone` or `wavelength-zone`.",
        )
        .values(&["availability-zone", "local-zone", "wavelength-zone"]),
        Field::text("State", "Whether the zone works.").values(&[
            "available",
            "information",
            "impaired",
            "unavailable",
            "constrained",
        ]),
        Field::text("OptInStatus", "Whether the account may use it.").values(&[
            "opt-in-not-required",
            "opted-in",
            "not-opted-in",
        ]),
        Field::text("GroupName", "The group that is opted into as one.").optional(),
        Field::text(
            "NetworkBorderGroup",
            "From where public addresses are announced.",
        )
        .optional(),
        Field::text(
            "ParentZoneId",
            "The zone that runs the control plane of a local or wavelength zone.",
        )
        .optional(),
    ],
};
