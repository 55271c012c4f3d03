//! Fields: present, absent, unknown; what `has` says of each; tags and texts
//! with known values.

use serde_json::json;

use super::compare;
use super::world::World;
use crate::snapshot::record::Kind;

#[test]
fn a_field_that_is_not_there() {
    // The API always gives the first four, and leaves out the others when they
    // are empty.
    let table = "
endpoint.OwnerId  =>  unknown
endpoint.RequesterManaged  =>  unknown
endpoint.CreationTimestamp  =>  unknown
endpoint.VpcId  =>  \"vpc-0a\"
endpoint.ServiceRegion  =>  \"\"
endpoint.RouteTableIds  =>  []
endpoint.DnsEntries.size()  =>  unknown
endpoint.RouteTableIds.size()  =>  0
endpoint.DnsOptions.PrivateDnsPreference  =>  \"\"
endpoint.DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint  =>  false
endpoint.DnsOptions.PrivateDnsSpecifiedDomains  =>  []
endpoint.LastError.Code  =>  \"\"
endpoint.Groups[0].GroupName  =>  \"redis\"
endpoint.Groups[1].GroupName  =>  \"\"
endpoint.Groups.map(g, g.GroupId)  =>  [\"sg-0a\", \"sg-0b\"]
endpoint.subnets()[0].AvailabilityZoneId  =>  unknown
endpoint.subnets()[0].MapPublicIpOnLaunch  =>  false
endpoint.subnets()[0].CidrBlock  =>  \"\"
";
    compare(table, &[], World::endpoint());
}

#[test]
fn has_tells_present_absent_and_unknown() {
    let table = "
has(endpoint.PrivateDnsEnabled)  =>  true
has(endpoint.OwnerId)  =>  unknown
has(endpoint.ServiceName)  =>  true
has(endpoint.ServiceRegion)  =>  false
has(endpoint.SubnetIds)  =>  true
has(endpoint.RouteTableIds)  =>  false
has(endpoint.Groups)  =>  true
has(endpoint.DnsEntries)  =>  unknown
has(endpoint.RouteTableIds)  =>  false
has(endpoint.Groups[0].GroupName)  =>  true
has(endpoint.Groups[1].GroupName)  =>  false
has(endpoint.LastError)  =>  false
has(endpoint.LastError.Code)  =>  false
has(endpoint.DnsOptions)  =>  false
has(endpoint.Tags)  =>  true
has(endpoint.Tags.Team)  =>  true
has(endpoint.Tags.empty)  =>  true
has(endpoint.Tags.nobody)  =>  false
has(endpoint.vpc().CidrBlock)  =>  true
endpoint.subnets().all(s, has(s.AvailableIpAddressCount))  =>  true
endpoint.Groups.filter(g, has(g.GroupName)).size()  =>  1
";
    compare(table, &[], World::endpoint());
}

#[test]
fn parts_and_unknown_values() {
    let world = World::new().with(
        Kind::VpcEndpoint,
        &json!({
            "VpcEndpointId": "vpce-0a",
            "State": null,
            "ServiceName": null,
            "SubnetIds": null,
            "RouteTableIds": [],
            "PrivateDnsEnabled": null,
            "DnsOptions": {"PrivateDnsPreference": "all_domains"},
            "LastError": {"Code": null},
            "Tags": null,
        }),
    );
    let table = "
endpoint.State == \"available\"  =>  unknown
endpoint.ServiceName == \"\"  =>  unknown
endpoint.SubnetIds  =>  unknown
endpoint.SubnetIds.all(id, false)  =>  unknown
endpoint.PrivateDnsEnabled  =>  unknown
endpoint.Tags.Team  =>  unknown
\"Team\" in endpoint.Tags  =>  unknown
has(endpoint.Tags.Team)  =>  unknown
has(endpoint.State)  =>  unknown
has(endpoint.ServiceName)  =>  unknown
has(endpoint.RouteTableIds)  =>  false
has(endpoint.DnsOptions)  =>  true
has(endpoint.LastError)  =>  unknown
has(endpoint.LastError.Message)  =>  false
endpoint.DnsOptions.PrivateDnsPreference == \"ALL_DOMAINS\"  =>  true
";
    compare(table, &[], world);
}

#[test]
fn a_resource_that_is_not_there() {
    let world = World::new().with(
        Kind::VpcEndpoint,
        &json!({"VpcEndpointId": "vpce-0a", "VpcId": "vpc-0b", "SubnetIds": ["subnet-0c"]}),
    );
    let table = "
endpoint.VpcId  =>  \"vpc-0b\"
endpoint.vpc().VpcId  =>  unknown
endpoint.vpc().CidrBlock  =>  unknown
has(endpoint.vpc().CidrBlock)  =>  unknown
endpoint.vpc().subnets()  =>  unknown
endpoint.vpc().found()  =>  unknown
endpoint.subnets().size()  =>  1
endpoint.subnets().all(s, s.AvailableIpAddressCount > 0)  =>  unknown
";
    compare(table, &[], world);
    let listed = World::new()
        .with(
            Kind::VpcEndpoint,
            &json!({"VpcEndpointId": "vpce-0a", "VpcId": "vpc-0b", "OwnerId": "111122223333"}),
        )
        .listed("ec2", "DescribeVpcs");
    compare("endpoint.vpc().found()  =>  false", &[], listed);
}

#[test]
fn a_field_of_another_call() {
    let vpc = || World::new().with(Kind::Vpc, &json!({"VpcId": "vpc-0a"}));
    let table = "
vpc.EnableDnsSupport.Value  =>  unknown
has(vpc.EnableDnsSupport)  =>  unknown
has(vpc.EnableDnsSupport.Value)  =>  unknown
";
    compare(table, &[], vpc());
    compare(table, &[], vpc().listed("ec2", "DescribeVpcs"));
    let known = World::new().with(
        Kind::Vpc,
        &json!({"VpcId": "vpc-0a", "EnableDnsSupport": {"Value": false}}),
    );
    compare("vpc.EnableDnsSupport.Value  =>  false", &[], known);
}

#[test]
fn texts_with_known_values_are_compared_without_case() {
    let table = "
endpoint.State == \"AVAILABLE\"  =>  true
\"Available\" == endpoint.State  =>  true
endpoint.State != \"AVAILABLE\"  =>  false
endpoint.State in [\"PENDING\", \"AVAILABLE\"]  =>  true
\"AVAILABLE\" in [endpoint.State]  =>  true
[endpoint.State] == [\"AVAILABLE\"]  =>  true
endpoint.VpcEndpointType == \"interface\"  =>  true
endpoint.State == endpoint.State.lowerAscii()  =>  true
endpoint.State.startsWith(\"Avail\")  =>  false
endpoint.State < \"B\"  =>  false
endpoint.ServiceName == \"COM.AMAZONAWS.VPCE.us-east-1.vpce-svc-0a\"  =>  false
endpoint.VpcId == \"VPC-0A\"  =>  false
\"AVAILABLE\" == \"available\"  =>  false
";
    compare(table, &[], World::endpoint());
}

#[test]
fn tags_are_found_by_key() {
    let table = "
endpoint.Tags.Team  =>  \"data\"
endpoint.Tags[\"Team\"]  =>  \"data\"
endpoint.Tags[\"Te\" + \"am\"]  =>  \"data\"
endpoint.Tags.`Team`  =>  \"data\"
endpoint.Tags.team  =>  \"\"
endpoint.Tags.nobody  =>  \"\"
endpoint.Tags[endpoint.OwnerId]  =>  unknown
\"Team\" in endpoint.Tags  =>  true
\"team\" in endpoint.Tags  =>  false
endpoint.OwnerId in endpoint.Tags  =>  unknown
endpoint.Tags.size()  =>  2
endpoint.Tags.exists(key, key == \"empty\" && endpoint.Tags[key] == \"\")  =>  true
endpoint.Tags.map(key, endpoint.Tags[key])  =>  [\"data\", \"\"]
endpoint.vpc().Tags.Team  =>  \"\"
endpoint.vpc().Tags.size()  =>  0
";
    compare(table, &[], World::endpoint());
}

#[test]
fn links_lead_there_and_back() {
    let table = "
endpoint.vpc().VpcId  =>  \"vpc-0a\"
endpoint.subnets().map(s, s.SubnetId)  =>  [\"subnet-0a\", \"subnet-0b\"]
endpoint.subnets()[0].vpc().VpcId  =>  \"vpc-0a\"
endpoint.vpc().vpc_endpoints().map(e, e.VpcEndpointId)  =>  [\"vpce-0a\"]
endpoint.subnets().all(s, s.vpc_endpoints().exists(e, e == endpoint))  =>  true
endpoint.security_groups().size()  =>  2
endpoint.security_groups().all(g, g.Description == \"\")  =>  unknown
";
    compare(table, &[], World::endpoint());
}
