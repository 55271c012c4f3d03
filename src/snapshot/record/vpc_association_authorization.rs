//! A VPC of another account that may join a private zone and need not have done so.
//! One call per zone, at its owner; an association does not use an authorization up.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListVPCAssociationAuthorizations.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-association-authorization",
    variable: "vpc_association_authorization",
    cloudformation: "AWS::Route53::VPCAssociationAuthorization",
    doc: "A VPC of another account that may join a private zone.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListVPCAssociationAuthorizations.html",
    id_prefix: "",
    identity: Identity::Within(&["HostedZoneId"]),
    id: "VPCId",
    sources: &[Source::per_parent(
        "route53",
        "ListVPCAssociationAuthorizations",
        "VPCs",
        "HostedZoneId",
    )
    .marked(&["VPCId", "VPCRegion"])],
    fields: &[
        Field::reference("HostedZoneId", Kind::HostedZone, "The zone, `Z…`.")
            .follow_back("hosted_zone", "vpc_association_authorizations"),
        Field::reference("VPCId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "vpc_association_authorizations"),
        Field::text("VPCRegion", "The region of the VPC."),
    ],
};
