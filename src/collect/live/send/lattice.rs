//! Requests to VPC Lattice.
//!
//! One arm an operation of the table. Pages have a hundred entries, the most
//! that the API gives. Nothing here looks at an answer.

use aws_sdk_vpclattice::Client;

use super::super::record::Recorder;
use super::{Question, Sending, send};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_Operations.html>
pub(super) fn request(
    client: &Client,
    question: &Question,
    token: Option<String>,
    recorder: Recorder,
) -> Option<Sending> {
    let id = question.id();
    macro_rules! list {
        ($method:ident $(, $setter:ident)?) => {
            send!(
                recorder,
                client.$method().max_results(100).set_next_token(token)$(.$setter(id))?
            )
        };
    }
    macro_rules! get {
        ($method:ident, $setter:ident) => {
            send!(recorder, client.$method().$setter(id))
        };
    }
    Some(match question.operation.name {
        "ListServiceNetworks" => list!(list_service_networks),
        "GetServiceNetwork" => get!(get_service_network, set_service_network_identifier),
        "ListResourceConfigurations" => list!(list_resource_configurations),
        "GetResourceConfiguration" => {
            get!(
                get_resource_configuration,
                set_resource_configuration_identifier
            )
        }
        "ListResourceGateways" => list!(list_resource_gateways),
        "GetResourceGateway" => get!(get_resource_gateway, set_resource_gateway_identifier),
        "ListServiceNetworkVpcAssociations" => {
            list!(
                list_service_network_vpc_associations,
                set_service_network_identifier
            )
        }
        "GetServiceNetworkVpcAssociation" => get!(
            get_service_network_vpc_association,
            set_service_network_vpc_association_identifier
        ),
        "ListServiceNetworkResourceAssociations" => {
            list!(
                list_service_network_resource_associations,
                set_service_network_identifier
            )
        }
        "GetServiceNetworkResourceAssociation" => get!(
            get_service_network_resource_association,
            set_service_network_resource_association_identifier
        ),
        "ListServiceNetworkServiceAssociations" => {
            list!(
                list_service_network_service_associations,
                set_service_network_identifier
            )
        }
        "ListServiceNetworkVpcEndpointAssociations" => {
            list!(
                list_service_network_vpc_endpoint_associations,
                set_service_network_identifier
            )
        }
        "ListResourceEndpointAssociations" => {
            list!(
                list_resource_endpoint_associations,
                set_resource_configuration_identifier
            )
        }
        "ListDomainVerifications" => list!(list_domain_verifications),
        _ => return None,
    })
}
