//! Networks for `plaudit matrix`: many clients, many endpoints, and ways between.
//!
//! VPCs of six subnets, a transit gateway that most of them are attached to,
//! some peerings; every VPC has ten sets of security groups for clients and as
//! many for endpoints. `README.md` says what is measured with it.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::random::Random;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Interfaces of clients.
    pub clients: u64,
    /// Endpoints, with three interfaces each.
    pub endpoints: u64,
    /// VPCs; at most 4,000.
    pub vpcs: u64,
    /// Whether every client has a set of groups of its own, drawn at random.
    pub random_sets: bool,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

/// Writes the answers of one call: the file's name, its list's name and its entries.
type Write<'a> = dyn Fn(&str, &str, Vec<Value>) -> io::Result<()> + 'a;

/// Subnets of a VPC: two tiers in three zones.
const SUBNETS: u64 = 6;
/// Groups for clients, and for endpoints, in each VPC.
const GROUPS: u64 = 12;
/// Sets of them.
const SETS: u64 = 10;

fn id(prefix: &str, number: u64) -> String {
    format!("{prefix}-{number:017x}")
}

/// The first address of a VPC, which has 4,096.
fn base(vpc: u64) -> u64 {
    (10 << 24) + vpc * 4096
}

fn dotted(address: u64) -> String {
    format!(
        "{}.{}.{}.{}",
        address >> 24,
        address >> 16 & 255,
        address >> 8 & 255,
        address & 255
    )
}

fn block_of(vpc: u64) -> String {
    format!("{}/20", dotted(base(vpc)))
}

/// Writes the network into an empty folder.
pub fn generate(options: &Options, folder: &Path) -> io::Result<()> {
    let home = folder.join(format!("aws/{ACCOUNT}/{REGION}"));
    fs::create_dir_all(&home)?;
    let write = |name: &str, section: &str, content: Vec<Value>| {
        let path = home.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, json!({ section: content }).to_string())
    };
    let all = 0..options.vpcs;
    write(
        "ec2.DescribeVpcs.json",
        "Vpcs",
        all.clone().map(vpc).collect(),
    )?;
    let subnets = (0..options.vpcs * SUBNETS).map(subnet);
    write("ec2.DescribeSubnets.json", "Subnets", subnets.collect())?;
    let groups = all.clone().flat_map(|vpc| groups(options, vpc));
    write(
        "ec2.DescribeSecurityGroups.json",
        "SecurityGroups",
        groups.collect(),
    )?;
    let acls = all.clone().flat_map(|vpc| acls(options, vpc));
    write(
        "ec2.DescribeNetworkAcls.json",
        "NetworkAcls",
        acls.collect(),
    )?;
    let tables = all.clone().flat_map(|vpc| tables(options, vpc));
    write(
        "ec2.DescribeRouteTables.json",
        "RouteTables",
        tables.collect(),
    )?;
    let peerings = (1..options.vpcs).filter(|vpc| is_peered(*vpc)).map(peering);
    write(
        "ec2.DescribeVpcPeeringConnections.json",
        "VpcPeeringConnections",
        peerings.collect(),
    )?;
    let (interfaces, endpoints) = interfaces(options);
    write(
        "ec2.DescribeNetworkInterfaces.json",
        "NetworkInterfaces",
        interfaces,
    )?;
    write("ec2.DescribeVpcEndpoints.json", "VpcEndpoints", endpoints)?;
    transit(options, &write)
}

fn vpc(number: u64) -> Value {
    let block = block_of(number);
    json!({
        "VpcId": id("vpc", number), "OwnerId": ACCOUNT, "CidrBlock": block, "State": "available",
        "CidrBlockAssociationSet": [{"CidrBlock": block, "CidrBlockState": {"State": "associated"}}],
        "Tags": [{"Key": "Name", "Value": format!("vpc-{number}")}],
    })
}

/// Each subnet has 512 addresses.
fn subnet(number: u64) -> Value {
    let (vpc, place) = (number / SUBNETS, number % SUBNETS);
    json!({
        "SubnetId": id("subnet", number), "VpcId": id("vpc", vpc), "OwnerId": ACCOUNT, "State": "available",
        "CidrBlock": format!("{}/23", dotted(base(vpc) + place * 512)),
        "AvailabilityZone": format!("{REGION}{}", ["a", "b", "c"][(place % 3) as usize]),
        "AvailabilityZoneId": format!("use1-az{}", place % 3 + 1), "MapPublicIpOnLaunch": false,
    })
}

/// Most VPCs are attached to the transit gateway.
const fn is_attached(vpc: u64) -> bool {
    vpc % 10 < 7
}

/// Every eighth VPC is peered with the one before.
const fn is_peered(vpc: u64) -> bool {
    vpc % 8 == 7
}

fn everybody() -> Value {
    json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []})
}

/// Groups of clients, then groups of endpoints.
fn groups(options: &Options, vpc: u64) -> Vec<Value> {
    let mut random = Random::new(options.seed, "groups", vpc);
    let mut groups = Vec::new();
    for number in 0..2 * GROUPS {
        let rules =
            (0..random.between(2, 6)).map(|_| rule(options, vpc, number >= GROUPS, &mut random));
        let egress = if number < GROUPS && number % 6 == 5 {
            json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 19999, "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []})
        } else {
            everybody()
        };
        groups.push(json!({
            "GroupId": id("sg", vpc * 100 + number), "GroupName": format!("group-{number}"), "Description": "made up",
            "VpcId": id("vpc", vpc), "OwnerId": ACCOUNT,
            "IpPermissions": rules.collect::<Vec<Value>>(), "IpPermissionsEgress": [egress],
        }));
    }
    groups
}

fn rule(options: &Options, vpc: u64, of_endpoint: bool, random: &mut Random) -> Value {
    let (low, high) = random.pick(&[
        (443, 443),
        (443, 443),
        (10000, 19999),
        (8070, 8070),
        (9092, 9098),
        (80, 8080),
    ]);
    let mut rule = json!({
        "IpProtocol": "tcp", "FromPort": low, "ToPort": high,
        "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
    });
    if of_endpoint && random.permille(250) {
        let group = vpc * 100 + random.below(GROUPS);
        rule["UserIdGroupPairs"] = json!([{"GroupId": id("sg", group), "UserId": ACCOUNT}]);
        return rule;
    }
    let other = random.below(options.vpcs);
    let block = match random.below(6) {
        0 | 1 => block_of(vpc),
        2 => format!("{}/23", dotted(base(vpc) + 512 * random.below(SUBNETS))),
        3 => block_of(other),
        4 => format!(
            "{}/32",
            dotted(base(other) + 512 * random.below(SUBNETS) + 4 + random.below(40))
        ),
        _ => "10.0.0.0/8".to_owned(),
    };
    rule["IpRanges"] = json!([{"CidrIp": block}]);
    rule
}

/// One that admits all, and in every third VPC one that does not, for the
/// second tier.
fn acls(options: &Options, vpc: u64) -> Vec<Value> {
    let mut random = Random::new(options.seed, "acls", vpc);
    let tight = vpc % 3 == 2;
    let entry = |number: u64,
                 egress: bool,
                 block: &str,
                 action: &str,
                 ports: Option<(u64, u64)>| {
        let mut entry = json!({"RuleNumber": number, "Egress": egress, "CidrBlock": block, "RuleAction": action, "Protocol": "-1"});
        if let Some((low, high)) = ports {
            entry["Protocol"] = "6".into();
            entry["PortRange"] = json!({"From": low, "To": high});
        }
        entry
    };
    let acl = |number: u64, first: bool, subnets: std::ops::Range<u64>, entries: Vec<Value>| {
        let name = id("acl", number);
        let associations: Vec<Value> = subnets
            .map(|subnet| json!({"NetworkAclAssociationId": id("aclassoc", subnet), "NetworkAclId": name, "SubnetId": id("subnet", subnet)}))
            .collect();
        json!({
            "NetworkAclId": name, "VpcId": id("vpc", vpc), "OwnerId": ACCOUNT, "IsDefault": first,
            "Entries": entries, "Associations": associations,
        })
    };
    let open = vec![
        entry(100, true, "0.0.0.0/0", "allow", None),
        entry(100, false, "0.0.0.0/0", "allow", None),
    ];
    let start = vpc * SUBNETS;
    let middle = if tight { start + 3 } else { start + SUBNETS };
    let mut acls = vec![acl(vpc * 2, true, start..middle, open)];
    if tight {
        let denied = block_of(random.below(options.vpcs));
        let entries = vec![
            entry(90, true, &denied, "deny", None),
            entry(100, true, "10.0.0.0/8", "allow", Some((0, 65535))),
            entry(90, false, &denied, "deny", None),
            entry(100, false, "10.0.0.0/8", "allow", Some((443, 443))),
            entry(110, false, "10.0.0.0/8", "allow", Some((1024, 65535))),
        ];
        acls.push(acl(vpc * 2 + 1, false, middle..start + SUBNETS, entries));
    }
    acls
}

fn tables(options: &Options, vpc: u64) -> Vec<Value> {
    let local = json!({"DestinationCidrBlock": block_of(vpc), "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"});
    let mut routes = vec![local];
    let mut add = |block: String, field: &str, target: String| {
        routes.push(json!({"DestinationCidrBlock": block, field: target, "State": "active", "Origin": "CreateRoute"}));
    };
    if is_attached(vpc) {
        add("10.0.0.0/8".to_owned(), "TransitGatewayId", id("tgw", 1));
    }
    if is_peered(vpc) {
        add(block_of(vpc - 1), "VpcPeeringConnectionId", id("pcx", vpc));
    }
    if vpc + 1 < options.vpcs && is_peered(vpc + 1) {
        add(
            block_of(vpc + 1),
            "VpcPeeringConnectionId",
            id("pcx", vpc + 1),
        );
    }
    let zones = (0..3).map(|zone| {
        let subnets = [zone, zone + 3].map(|place| {
            json!({"SubnetId": id("subnet", vpc * SUBNETS + place), "Main": false, "AssociationState": {"State": "associated"}})
        });
        json!({
            "RouteTableId": id("rtb", vpc * 4 + zone + 1), "VpcId": id("vpc", vpc), "OwnerId": ACCOUNT,
            "Associations": subnets, "Routes": routes,
        })
    });
    let mut tables: Vec<Value> = zones.collect();
    tables.push(json!({
        "RouteTableId": id("rtb", vpc * 4), "VpcId": id("vpc", vpc), "OwnerId": ACCOUNT,
        "Associations": [{"Main": true, "AssociationState": {"State": "associated"}}],
        "Routes": [tables[0]["Routes"][0]],
    }));
    tables
}

fn peering(vpc: u64) -> Value {
    let side = |vpc: u64| {
        json!({"VpcId": id("vpc", vpc), "OwnerId": ACCOUNT, "Region": REGION,
        "CidrBlock": block_of(vpc), "CidrBlockSet": [{"CidrBlock": block_of(vpc)}]})
    };
    json!({
        "VpcPeeringConnectionId": id("pcx", vpc), "Status": {"Code": "active"},
        "RequesterVpcInfo": side(vpc - 1), "AccepterVpcInfo": side(vpc),
    })
}

/// The groups of a set: one to three, and always the same for a number.
fn set(vpc: u64, number: u64, of_endpoint: bool) -> Vec<Value> {
    let mut random = Random::new(vpc, "set", number * 2 + u64::from(of_endpoint));
    let first = if of_endpoint { GROUPS } else { 0 };
    let mut groups: Vec<u64> = (0..random.between(1, 3))
        .map(|_| first + random.below(GROUPS))
        .collect();
    groups.sort_unstable();
    groups.dedup();
    groups
        .into_iter()
        .map(|group| json!({"GroupId": id("sg", vpc * 100 + group), "GroupName": format!("group-{group}")}))
        .collect()
}

/// Interfaces of clients and of endpoints, and the endpoints.
fn interfaces(options: &Options) -> (Vec<Value>, Vec<Value>) {
    let mut random = Random::new(options.seed, "interfaces", 0);
    let mut taken = vec![4_u64; (options.vpcs * SUBNETS) as usize];
    let mut interfaces = Vec::new();
    let mut endpoints = Vec::new();
    let mut make = |subnet: u64, groups: Vec<Value>, kind: &str| {
        let place = &mut taken[subnet as usize];
        let vpc = subnet / SUBNETS;
        let address = dotted(base(vpc) + subnet % SUBNETS * 512 + *place);
        *place += 1;
        let name = id("eni", interfaces.len() as u64 + 1);
        interfaces.push(json!({
            "NetworkInterfaceId": name, "VpcId": id("vpc", vpc), "SubnetId": id("subnet", subnet), "OwnerId": ACCOUNT,
            "PrivateIpAddress": address, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": address}],
            "Groups": groups, "InterfaceType": kind, "SourceDestCheck": true, "Status": "in-use", "Ipv6Addresses": [],
        }));
        name
    };
    for number in 0..options.clients {
        let subnet = random.below(options.vpcs * SUBNETS);
        let vpc = subnet / SUBNETS;
        let which = if options.random_sets {
            1_000 + number
        } else {
            random.below(SETS)
        };
        make(subnet, set(vpc, which, false), "interface");
    }
    for number in 0..options.endpoints {
        let vpc = number % options.vpcs;
        let which = random.below(SETS);
        let names: Vec<String> = (0..3)
            .map(|zone| {
                make(
                    vpc * SUBNETS + 3 + zone,
                    set(vpc, which, true),
                    "vpc_endpoint",
                )
            })
            .collect();
        let subnets: Vec<String> = (0..3)
            .map(|zone| id("subnet", vpc * SUBNETS + 3 + zone))
            .collect();
        endpoints.push(json!({
            "VpcEndpointId": id("vpce", number), "VpcEndpointType": "Interface", "VpcId": id("vpc", vpc),
            "OwnerId": ACCOUNT, "ServiceName": format!("com.amazonaws.{REGION}.kms"), "State": "available",
            "SubnetIds": subnets, "NetworkInterfaceIds": names,
            "Groups": set(vpc, which, true),
        }));
    }
    (interfaces, endpoints)
}

fn transit(options: &Options, write: &Write<'_>) -> io::Result<()> {
    let (gateway, table) = (id("tgw", 1), id("tgw-rtb", 1));
    let attached = (0..options.vpcs).filter(|vpc| is_attached(*vpc));
    let option = json!({"SecurityGroupReferencingSupport": "enable"});
    let gateways = vec![
        json!({"TransitGatewayId": gateway, "OwnerId": ACCOUNT, "State": "available", "Options": option}),
    ];
    write(
        "ec2.DescribeTransitGateways.json",
        "TransitGateways",
        gateways,
    )?;
    let (mut all, mut of_vpcs, mut associations, mut routes) = (vec![], vec![], vec![], vec![]);
    for vpc in attached {
        let (name, home) = (id("tgw-attach", vpc), id("vpc", vpc));
        let subnets: Vec<String> = (0..3)
            .map(|zone| id("subnet", vpc * SUBNETS + zone))
            .collect();
        all.push(json!({
            "TransitGatewayAttachmentId": name, "TransitGatewayId": gateway, "ResourceType": "vpc", "ResourceId": home,
            "State": "available", "ResourceOwnerId": ACCOUNT, "TransitGatewayOwnerId": ACCOUNT,
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
        }));
        of_vpcs.push(json!({
            "TransitGatewayAttachmentId": name, "TransitGatewayId": gateway, "VpcId": home, "VpcOwnerId": ACCOUNT,
            "State": "available", "SubnetIds": subnets, "Options": option,
        }));
        associations.push(json!({"TransitGatewayAttachmentId": name, "ResourceId": home, "ResourceType": "vpc", "State": "associated"}));
        // A transit gateway answers at most 1,000 routes.
        if routes.len() < 1000 {
            routes.push(json!({
                "DestinationCidrBlock": block_of(vpc), "Type": "propagated", "State": "active",
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": name, "ResourceType": "vpc", "ResourceId": home}],
            }));
        }
    }
    write(
        "ec2.DescribeTransitGatewayAttachments.json",
        "TransitGatewayAttachments",
        all,
    )?;
    write(
        "ec2.DescribeTransitGatewayVpcAttachments.json",
        "TransitGatewayVpcAttachments",
        of_vpcs,
    )?;
    let tables = vec![
        json!({"TransitGatewayRouteTableId": table, "TransitGatewayId": gateway, "State": "available"}),
    ];
    write(
        "ec2.DescribeTransitGatewayRouteTables.json",
        "TransitGatewayRouteTables",
        tables,
    )?;
    write(
        &format!("ec2.GetTransitGatewayRouteTableAssociations/{table}.json"),
        "Associations",
        associations,
    )?;
    write(
        &format!("ec2.SearchTransitGatewayRoutes/{table}.json"),
        "Routes",
        routes,
    )
}
