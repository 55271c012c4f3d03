//! Requests to Route 53.
//!
//! One arm an operation of the table. Record sets have a cursor of three parts.
//! Nothing here looks at an answer.

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{RrType, TagResourceType, VpcRegion};

use super::super::pages::Cursor;
use super::super::record::Recorder;
use super::{Question, Sending, send};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html>
pub(super) fn request(
    client: &Client,
    question: &Question,
    page: Cursor,
    recorder: Recorder,
) -> Option<Sending> {
    let id = question.id();
    Some(match question.operation.name {
        "ListHostedZones" => send!(recorder, client.list_hosted_zones().set_marker(page.token)),
        "GetHostedZone" => send!(recorder, client.get_hosted_zone().set_id(id)),
        "ListResourceRecordSets" => {
            let request = client.list_resource_record_sets().set_hosted_zone_id(id);
            let request = match page.record {
                Some((name, of, identifier)) => request
                    .start_record_name(name)
                    .start_record_type(RrType::from(of.as_str()))
                    .set_start_record_identifier(identifier),
                None => request,
            };
            send!(recorder, request)
        }
        "ListHostedZonesByVPC" => {
            let region = VpcRegion::from(question.region.as_str());
            let request = client
                .list_hosted_zones_by_vpc()
                .set_vpc_id(id)
                .vpc_region(region);
            send!(recorder, request.set_next_token(page.token))
        }
        "ListVPCAssociationAuthorizations" => {
            let request = client.list_vpc_association_authorizations();
            send!(
                recorder,
                request.set_hosted_zone_id(id).set_next_token(page.token)
            )
        }
        "ListTagsForResources" => {
            let request = client.list_tags_for_resources();
            let ids = Some(question.ids.clone());
            send!(
                recorder,
                request
                    .resource_type(TagResourceType::Hostedzone)
                    .set_resource_ids(ids)
            )
        }
        _ => return None,
    })
}
