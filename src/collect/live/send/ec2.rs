//! Requests to EC2.
//!
//! One arm an operation of the table. Page sizes are the largest that the API
//! allows, where it says so. Nothing here looks at an answer.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;

use super::super::record::Recorder;
use super::{Question, Sending, send};

/// Largest page of most calls.
const PAGE: i32 = 1000;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html>
#[expect(clippy::too_many_lines, reason = "one line an operation")]
pub(super) fn request(
    client: &Client,
    question: &Question,
    token: Option<String>,
    recorder: Recorder,
) -> Option<Sending> {
    let id = question.id();
    macro_rules! list {
        ($method:ident, $page:expr $(, $setter:ident = $value:expr)*) => {
            send!(
                recorder,
                client.$method().max_results($page).set_next_token(token)$(.$setter($value))*
            )
        };
    }
    Some(match question.operation.name {
        "DescribeVpcs" => list!(describe_vpcs, PAGE),
        "DescribeVpcAttribute" => {
            let attribute = question.variant();
            let request = client.describe_vpc_attribute().set_vpc_id(id);
            send!(recorder, request.set_attribute(attribute))
        }
        "DescribeSubnets" => list!(describe_subnets, PAGE),
        "GetSubnetCidrReservations" => {
            list!(get_subnet_cidr_reservations, PAGE, set_subnet_id = id)
        }
        "DescribeVpcEndpoints" => list!(describe_vpc_endpoints, PAGE),
        "DescribeVpcEndpointAssociations" => list!(describe_vpc_endpoint_associations, 100),
        "DescribeVpcEndpointServices" => list!(describe_vpc_endpoint_services, PAGE),
        "DescribeVpcEndpointServiceConfigurations" => {
            list!(describe_vpc_endpoint_service_configurations, PAGE)
        }
        "DescribeVpcEndpointServicePermissions" => {
            list!(
                describe_vpc_endpoint_service_permissions,
                PAGE,
                set_service_id = id
            )
        }
        "DescribeVpcEndpointConnections" => list!(describe_vpc_endpoint_connections, PAGE),
        "DescribeSecurityGroups" => list!(describe_security_groups, PAGE),
        "DescribeSecurityGroupRules" => list!(describe_security_group_rules, PAGE),
        "DescribeSecurityGroupVpcAssociations" => {
            list!(describe_security_group_vpc_associations, PAGE)
        }
        "DescribeManagedPrefixLists" => list!(describe_managed_prefix_lists, 100),
        "GetManagedPrefixListEntries" => {
            list!(
                get_managed_prefix_list_entries,
                100,
                set_prefix_list_id = id
            )
        }
        "DescribeNetworkAcls" => list!(describe_network_acls, PAGE),
        "DescribeRouteTables" => list!(describe_route_tables, 100),
        "DescribeNetworkInterfaces" => list!(describe_network_interfaces, PAGE),
        "DescribeInstances" => list!(describe_instances, PAGE),
        "DescribeDhcpOptions" => list!(describe_dhcp_options, PAGE),
        "DescribeAvailabilityZones" => send!(recorder, client.describe_availability_zones()),
        "DescribeRegions" => send!(recorder, client.describe_regions()),
        "DescribeVpcPeeringConnections" => list!(describe_vpc_peering_connections, PAGE),
        "DescribeTransitGateways" => list!(describe_transit_gateways, PAGE),
        "DescribeTransitGatewayAttachments" => {
            list!(describe_transit_gateway_attachments, PAGE)
        }
        "DescribeTransitGatewayVpcAttachments" => {
            list!(describe_transit_gateway_vpc_attachments, PAGE)
        }
        "DescribeTransitGatewayPeeringAttachments" => {
            list!(describe_transit_gateway_peering_attachments, PAGE)
        }
        "DescribeTransitGatewayRouteTables" => {
            list!(describe_transit_gateway_route_tables, PAGE)
        }
        "GetTransitGatewayRouteTableAssociations" => list!(
            get_transit_gateway_route_table_associations,
            PAGE,
            set_transit_gateway_route_table_id = id
        ),
        "GetTransitGatewayRouteTablePropagations" => list!(
            get_transit_gateway_route_table_propagations,
            PAGE,
            set_transit_gateway_route_table_id = id
        ),
        "GetTransitGatewayPrefixListReferences" => list!(
            get_transit_gateway_prefix_list_references,
            PAGE,
            set_transit_gateway_route_table_id = id
        ),
        "SearchTransitGatewayRoutes" => {
            let states = Filter::builder()
                .name("state")
                .values("active")
                .values("blackhole");
            let request = client.search_transit_gateway_routes().set_next_token(token);
            let request = request.set_transit_gateway_route_table_id(id);
            send!(recorder, request.filters(states.build()))
        }
        "DescribeVpnGateways" => send!(recorder, client.describe_vpn_gateways()),
        "DescribeVpnConnections" => send!(recorder, client.describe_vpn_connections()),
        "DescribeCustomerGateways" => send!(recorder, client.describe_customer_gateways()),
        "DescribeInternetGateways" => list!(describe_internet_gateways, PAGE),
        "DescribeEgressOnlyInternetGateways" => {
            list!(describe_egress_only_internet_gateways, 255)
        }
        "DescribeNatGateways" => list!(describe_nat_gateways, PAGE),
        "DescribeFlowLogs" => list!(describe_flow_logs, PAGE),
        "DescribeVpcBlockPublicAccessOptions" => {
            send!(recorder, client.describe_vpc_block_public_access_options())
        }
        _ => return None,
    })
}
