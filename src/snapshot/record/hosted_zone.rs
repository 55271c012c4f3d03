//! A hosted zone that the account owns.
//!
//! Lists and the call per zone write the id as `/hostedzone/Z…`, aliases and
//! `ListHostedZonesByVPC` without the path. The VPCs are in the call per zone
//! only, beside the zone and not inside it; public zones have none. Tags are in a
//! call of their own, ten zones at a time.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "hosted-zone",
    variable: "hosted_zone",
    cloudformation: "AWS::Route53::HostedZone",
    doc: "The authority over a domain, public or inside VPCs.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[
        Source::list("route53", "ListHostedZones", "HostedZones"),
        Source::object("route53", "GetHostedZone", &["HostedZone", "VPCs"]),
        Source::object("route53", "GetHostedZone", &["HostedZone", "DelegationSet"]),
        Source::list("route53", "ListTagsForResources", "ResourceTagSets")
            .only("ResourceType", "hostedzone"),
    ],
    fields: &[
        Field::text(
            "Id",
            "The id, `Z…`, with or without `/hostedzone/` before it.",
        )
        .also(&["ResourceId"]),
        Field::text("Name", "The domain, with a closing dot."),
        Field::object(
            "Config",
            &[
                Field::bool("PrivateZone", "Whether only VPCs see it."),
                Field::text("Comment", "What it is for, in the owner's words.").optional(),
            ],
            "Whether it is private.",
        )
        .required(),
        Field::int(
            "ResourceRecordSetCount",
            "How many record sets it has, NS and SOA among them.",
        ),
        Field::object(
            "LinkedService",
            &[
                Field::text("ServicePrincipal", "The service.").optional(),
                Field::text("Description", "The service in words.").optional(),
            ],
            "The service that made it and manages it; then it is not the user's to change.",
        ),
        Field::list(
            "VPCs",
            &[
                Field::reference("VPCId", Kind::Vpc, "The VPC.")
                    .follow_back("vpcs", "hosted_zones"),
                Field::text("VPCRegion", "The region of the VPC."),
            ],
            "The VPCs that see a private zone, those of other accounts included.",
        )
        .from("GetHostedZone")
        .required(),
        Field::tags("Tags").from("ListTagsForResources").required(),
    ],
};
