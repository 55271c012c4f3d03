//! Random networks: small, dense, and wrong in places.
//!
//! A number gives a network. Blocks overlap, groups name groups, parts are
//! missing, so that answers of every kind come up; the tests count that they do.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const BLOCKS: [&str; 12] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.1.0.0/16",
    "10.2.0.0/16",
    "10.0.1.0/24",
    "10.0.2.0/24",
    "10.1.1.0/24",
    "10.0.1.4/30",
    "10.0.1.5/32",
    "10.1.2.5/32",
    "::/0",
];

/// Numbers that look random and are the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// True once in so many times.
    fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

struct Subnet {
    id: String,
    vpc: usize,
    block: String,
    zone: usize,
}

pub(crate) struct World {
    dice: Dice,
    sections: Vec<(&'static str, String, Value)>,
    vpcs: Vec<(String, String)>,
    subnets: Vec<Subnet>,
    interfaces: Vec<(String, String)>,
}

fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}-{number:017x}")
}

impl World {
    /// The network of a number, written as the AWS CLI would answer.
    pub(crate) fn write(seed: u64, folder: &Path) {
        let mut world = Self {
            dice: Dice::new(seed),
            sections: Vec::new(),
            vpcs: Vec::new(),
            subnets: Vec::new(),
            interfaces: Vec::new(),
        };
        world.places();
        world.groups();
        world.interfaces();
        world.acls();
        world.peerings();
        world.transit();
        world.tables();
        let home = folder.join(format!("aws/{ACCOUNT}/us-east-1"));
        for (section, call, content) in world.sections {
            // What was not collected is not known.
            let needed = ["Vpcs", "Subnets", "NetworkInterfaces", "VpcEndpoints"];
            if !needed.contains(&section) && world.dice.once_in(14) {
                continue;
            }
            let file = home.join(call);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, json!({ section: content }).to_string()).unwrap();
        }
    }

    fn section(&mut self, section: &'static str, call: impl Into<String>, content: Vec<Value>) {
        self.sections.push((section, call.into(), content.into()));
    }

    fn places(&mut self) {
        let mut vpcs = Vec::new();
        let mut subnets = Vec::new();
        for vpc in 0..2 + self.dice.below(3) {
            // Some blocks are those of another VPC.
            let second = if self.dice.once_in(4) { 0 } else { vpc };
            let name = id("vpc", vpc);
            let block = format!("10.{second}.0.0/16");
            vpcs.push(json!({
                "VpcId": name, "OwnerId": ACCOUNT, "CidrBlock": block,
                "CidrBlockAssociationSet": [{"CidrBlock": block, "CidrBlockState": {"State": "associated"}}],
            }));
            for third in 1..=1 + self.dice.below(3) {
                let zone = self.dice.below(3);
                let block = format!("10.{second}.{third}.0/24");
                let subnet = id("subnet", vpc * 10 + third);
                let mut about = json!({
                    "SubnetId": subnet, "VpcId": name, "OwnerId": ACCOUNT, "CidrBlock": block,
                    "AvailabilityZoneId": format!("use1-az{}", zone + 1), "MapPublicIpOnLaunch": false,
                });
                if self.dice.once_in(3) {
                    about["Ipv6CidrBlockAssociationSet"] = json!([{
                        "Ipv6CidrBlock": format!("2600:{second}:{third}::/64"),
                        "Ipv6CidrBlockState": {"State": "associated"},
                    }]);
                }
                subnets.push(about);
                self.subnets.push(Subnet {
                    id: subnet,
                    vpc,
                    block,
                    zone,
                });
            }
            self.vpcs.push((name, block));
        }
        self.section("Vpcs", "ec2.DescribeVpcs.json", vpcs);
        self.section("Subnets", "ec2.DescribeSubnets.json", subnets);
        let entries = vec![
            json!({"Cidr": "10.0.1.0/24"}),
            json!({"Cidr": "10.1.0.0/16"}),
        ];
        self.section(
            "PrefixLists",
            "ec2.DescribeManagedPrefixLists.json",
            vec![
                json!({"PrefixListId": id("pl", 1), "PrefixListName": "some", "OwnerId": ACCOUNT}),
            ],
        );
        self.section(
            "Entries",
            format!("ec2.GetManagedPrefixListEntries/{}.json", id("pl", 1)),
            entries,
        );
    }

    fn permission(&mut self, vpc: usize) -> Value {
        let mut rule = match self.dice.below(5) {
            0 => json!({"IpProtocol": "-1"}),
            1 => json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}),
            2 => json!({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535}),
            3 => json!({"IpProtocol": "udp", "FromPort": 1, "ToPort": 9}),
            _ => json!({"IpProtocol": "tcp", "FromPort": 400, "ToPort": 8080}),
        };
        let (mut v4, mut v6, mut groups, mut lists) = (vec![], vec![], vec![], vec![]);
        for _ in 0..=self.dice.below(2) {
            match self.dice.below(8) {
                0 | 1 => {
                    let home = if self.dice.once_in(3) {
                        self.dice.below(self.vpcs.len())
                    } else {
                        vpc
                    };
                    let group = self.dice.below(4);
                    groups.push(json!({"GroupId": id("sg", home * 10 + group), "UserId": ACCOUNT}));
                }
                2 => lists.push(json!({"PrefixListId": id("pl", 1 + self.dice.below(8) / 7)})),
                _ => match self.dice.pick(&BLOCKS) {
                    block if block.contains(':') => v6.push(json!({"CidrIpv6": block})),
                    block => v4.push(json!({"CidrIp": block})),
                },
            }
        }
        rule["IpRanges"] = v4.into();
        rule["Ipv6Ranges"] = v6.into();
        rule["UserIdGroupPairs"] = groups.into();
        rule["PrefixListIds"] = lists.into();
        rule
    }

    fn groups(&mut self) {
        let mut groups = Vec::new();
        for vpc in 0..self.vpcs.len() {
            for number in 0..4 {
                let mut group = json!({
                    "GroupId": id("sg", vpc * 10 + number), "GroupName": "g",
                    "VpcId": self.vpcs[vpc].0, "OwnerId": ACCOUNT,
                });
                let into: Vec<Value> = (0..self.dice.below(4))
                    .map(|_| self.permission(vpc))
                    .collect();
                group["IpPermissions"] = into.into();
                let out: Vec<Value> = if self.dice.once_in(3) {
                    (0..self.dice.below(3))
                        .map(|_| self.permission(vpc))
                        .collect()
                } else {
                    vec![json!({
                        "IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                        "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "UserIdGroupPairs": [], "PrefixListIds": [],
                    })]
                };
                if !self.dice.once_in(30) {
                    group["IpPermissionsEgress"] = out.into();
                }
                if !self.dice.once_in(40) {
                    groups.push(group);
                }
            }
        }
        self.section("SecurityGroups", "ec2.DescribeSecurityGroups.json", groups);
    }

    fn interfaces(&mut self) {
        let mut interfaces = Vec::new();
        let mut endpoints = Vec::new();
        let mut gateways = Vec::new();
        for number in 0..self.subnets.len() {
            let subnet = &self.subnets[number];
            let (vpc, name) = (subnet.vpc, subnet.id.clone());
            let stem = subnet.block.trim_end_matches("0/24").to_owned();
            let home = self.vpcs[vpc].0.clone();
            let mut own = Vec::new();
            for host in 4..4 + 3 + self.dice.below(4) {
                let interface = id("eni", number * 100 + host);
                let address = format!("{stem}{host}");
                let mut groups = vec![json!({"GroupId": id("sg", vpc * 10 + self.dice.below(4))})];
                if self.dice.once_in(2) {
                    groups.push(json!({"GroupId": id("sg", vpc * 10 + self.dice.below(4))}));
                }
                if self.dice.once_in(20) {
                    groups.clear();
                }
                let endpoint = self.dice.once_in(3);
                let mut about = json!({
                    "NetworkInterfaceId": interface, "VpcId": home, "SubnetId": name, "OwnerId": ACCOUNT,
                    "PrivateIpAddress": address, "Status": "in-use",
                    "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": true}],
                    "SourceDestCheck": !self.dice.once_in(4),
                    "InterfaceType": if endpoint { "vpc_endpoint" } else { "interface" },
                });
                if !self.dice.once_in(40) {
                    about["Groups"] = groups.into();
                }
                if self.dice.once_in(4) {
                    about["Ipv6Addresses"] =
                        json!([{"Ipv6Address": format!("2600:{}:{number}::{host:x}", vpc)}]);
                }
                if self.dice.once_in(15) {
                    about["PrivateIpAddress"] = Value::Null;
                    about["PrivateIpAddresses"] = json!([]);
                }
                if self.dice.once_in(8) {
                    about["Association"] = json!({"PublicIp": format!("52.0.{number}.{host}")});
                }
                if endpoint {
                    own.push(interface.clone());
                }
                self.interfaces.push((interface, address));
                interfaces.push(about);
            }
            if self.dice.once_in(2) {
                let address = format!("{stem}200");
                let interface = id("eni", number * 100 + 99);
                interfaces.push(json!({
                    "NetworkInterfaceId": interface, "VpcId": home, "SubnetId": name, "OwnerId": ACCOUNT,
                    "PrivateIpAddress": address, "Status": "in-use", "InterfaceType": "nat_gateway",
                    "PrivateIpAddresses": [{"PrivateIpAddress": address}], "Groups": [], "SourceDestCheck": false,
                }));
                gateways.push(json!({
                    "NatGatewayId": id("nat", number), "VpcId": home, "SubnetId": name, "State": "available",
                    "NatGatewayAddresses": [{"NetworkInterfaceId": interface, "PrivateIp": address}],
                    "ConnectivityType": "private",
                }));
            }
            endpoints.push(json!({
                "VpcEndpointId": id("vpce", number), "VpcEndpointType": "Interface", "VpcId": home,
                "ServiceName": "com.amazonaws.us-east-1.sts", "State": "available", "OwnerId": ACCOUNT,
                "SubnetIds": [name], "NetworkInterfaceIds": own,
            }));
        }
        self.section(
            "NetworkInterfaces",
            "ec2.DescribeNetworkInterfaces.json",
            interfaces,
        );
        self.section("VpcEndpoints", "ec2.DescribeVpcEndpoints.json", endpoints);
        self.section("NatGateways", "ec2.DescribeNatGateways.json", gateways);
        let gateways = (0..self.vpcs.len()).map(|vpc| {
            json!({
                "InternetGatewayId": id("igw", vpc), "OwnerId": ACCOUNT,
                "Attachments": [{"VpcId": self.vpcs[vpc].0, "State": "available"}],
            })
        });
        let gateways = gateways.collect();
        self.section(
            "InternetGateways",
            "ec2.DescribeInternetGateways.json",
            gateways,
        );
    }

    fn acls(&mut self) {
        let mut acls = Vec::new();
        for vpc in 0..self.vpcs.len() {
            let mine: Vec<String> = self
                .subnets
                .iter()
                .filter(|subnet| subnet.vpc == vpc)
                .map(|subnet| subnet.id.clone())
                .collect();
            for (number, subnet) in mine.iter().enumerate() {
                let mut entries = Vec::new();
                for egress in [true, false] {
                    if self.dice.once_in(2) {
                        for rule in 0..self.dice.below(3) {
                            let block = self.dice.pick(&BLOCKS[..11]);
                            let mut entry = json!({
                                "RuleNumber": 10 + rule, "Egress": egress, "CidrBlock": block,
                                "RuleAction": self.dice.pick(&["allow", "deny", "deny"]),
                                "Protocol": self.dice.pick(&["-1", "6"]),
                            });
                            if entry["Protocol"] == "6" {
                                entry["PortRange"] = match self.dice.below(3) {
                                    0 => json!({"From": 0, "To": 65535}),
                                    1 => json!({"From": 1024, "To": 40000}),
                                    _ => json!({"From": 443, "To": 443}),
                                };
                            }
                            if self.dice.once_in(20) {
                                entry["RuleAction"] = Value::Null;
                            }
                            entries.push(entry);
                        }
                    }
                    if !self.dice.once_in(8) {
                        for (rule, field, block) in [
                            (100, "CidrBlock", "0.0.0.0/0"),
                            (101, "Ipv6CidrBlock", "::/0"),
                        ] {
                            entries.push(json!({
                                "RuleNumber": rule, "Egress": egress, field: block,
                                "RuleAction": "allow", "Protocol": "-1",
                            }));
                        }
                    }
                }
                acls.push(json!({
                    "NetworkAclId": id("acl", vpc * 10 + number), "VpcId": self.vpcs[vpc].0, "OwnerId": ACCOUNT,
                    "IsDefault": number == 0, "Entries": entries,
                    "Associations": [{"SubnetId": subnet, "NetworkAclId": id("acl", vpc * 10 + number)}],
                }));
            }
        }
        self.section("NetworkAcls", "ec2.DescribeNetworkAcls.json", acls);
    }

    fn peerings(&mut self) {
        let mut peerings = Vec::new();
        for vpc in 1..self.vpcs.len() {
            let side = |vpc: usize| {
                json!({
                    "VpcId": self.vpcs[vpc].0, "OwnerId": ACCOUNT, "Region": "us-east-1",
                    "CidrBlock": self.vpcs[vpc].1, "CidrBlockSet": [{"CidrBlock": self.vpcs[vpc].1}],
                })
            };
            let state = self.dice.below(8);
            peerings.push(json!({
                "VpcPeeringConnectionId": id("pcx", vpc),
                "RequesterVpcInfo": side(0), "AccepterVpcInfo": side(vpc),
                "Status": {"Code": if state == 0 { "deleted" } else { "active" }},
            }));
        }
        self.section(
            "VpcPeeringConnections",
            "ec2.DescribeVpcPeeringConnections.json",
            peerings,
        );
    }

    fn transit(&mut self) {
        let gateway = id("tgw", 1);
        let references = self.dice.pick(&["enable", "disable"]);
        self.section(
            "TransitGateways",
            "ec2.DescribeTransitGateways.json",
            vec![json!({
                "TransitGatewayId": gateway, "OwnerId": ACCOUNT, "State": "available",
                "Options": {"SecurityGroupReferencingSupport": references},
            })],
        );
        let (mut all, mut of_vpcs, mut routes, mut associations) = (vec![], vec![], vec![], vec![]);
        let table = id("tgw-rtb", 1);
        for vpc in 0..self.vpcs.len() {
            let name = id("tgw-attach", vpc);
            let mut subnets: Vec<&str> = Vec::new();
            for subnet in &self.subnets {
                if subnet.vpc == vpc && (subnets.is_empty() || subnet.zone != 0) {
                    subnets.push(&subnet.id);
                }
            }
            let state = if self.dice.once_in(10) {
                "failed"
            } else {
                "available"
            };
            all.push(json!({
                "TransitGatewayAttachmentId": name, "TransitGatewayId": gateway, "ResourceType": "vpc",
                "ResourceId": self.vpcs[vpc].0, "State": state, "ResourceOwnerId": ACCOUNT,
                "TransitGatewayOwnerId": ACCOUNT,
                "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
            }));
            of_vpcs.push(json!({
                "TransitGatewayAttachmentId": name, "TransitGatewayId": gateway, "VpcId": self.vpcs[vpc].0,
                "VpcOwnerId": ACCOUNT, "State": state, "SubnetIds": subnets,
                "Options": {"SecurityGroupReferencingSupport": self.dice.pick(&["enable", "enable", "disable"])},
            }));
            associations.push(json!({
                "TransitGatewayAttachmentId": name, "ResourceId": self.vpcs[vpc].0, "ResourceType": "vpc", "State": "associated",
            }));
            if !self.dice.once_in(5) {
                let kind = self.dice.pick(&["static", "propagated"]);
                let state = self
                    .dice
                    .pick(&["active", "active", "active", "active", "blackhole"]);
                let block = if self.dice.once_in(6) {
                    "10.0.1.0/24"
                } else {
                    &self.vpcs[vpc].1
                };
                routes.push(json!({
                    "DestinationCidrBlock": block, "Type": kind, "State": state,
                    "TransitGatewayAttachments": [{
                        "TransitGatewayAttachmentId": name, "ResourceType": "vpc", "ResourceId": self.vpcs[vpc].0,
                    }],
                }));
            }
        }
        self.section(
            "TransitGatewayAttachments",
            "ec2.DescribeTransitGatewayAttachments.json",
            all,
        );
        self.section(
            "TransitGatewayVpcAttachments",
            "ec2.DescribeTransitGatewayVpcAttachments.json",
            of_vpcs,
        );
        self.section("TransitGatewayRouteTables", "ec2.DescribeTransitGatewayRouteTables.json", vec![json!({
            "TransitGatewayRouteTableId": table, "TransitGatewayId": gateway, "State": "available",
        })]);
        self.section(
            "Associations",
            format!("ec2.GetTransitGatewayRouteTableAssociations/{table}.json"),
            associations,
        );
        self.section(
            "Routes",
            format!("ec2.SearchTransitGatewayRoutes/{table}.json"),
            routes,
        );
    }

    fn route(&mut self, vpc: usize) -> Value {
        let (field, target) = match self.dice.below(9) {
            0..=2 => (
                "VpcPeeringConnectionId",
                id(
                    "pcx",
                    if vpc == 0 {
                        1 + self.dice.below(self.vpcs.len() - 1)
                    } else {
                        vpc
                    },
                ),
            ),
            3..=5 => ("TransitGatewayId", id("tgw", 1)),
            6 => (
                "NatGatewayId",
                id("nat", self.dice.below(self.subnets.len())),
            ),
            7 => (
                "NetworkInterfaceId",
                self.interfaces[self.dice.below(self.interfaces.len())]
                    .0
                    .clone(),
            ),
            _ => ("GatewayId", id("igw", vpc)),
        };
        let other = self.dice.below(self.vpcs.len());
        let block = match self.dice.below(6) {
            0 => "0.0.0.0/0".to_owned(),
            1 => "10.0.1.0/24".to_owned(),
            2 => self.subnets[self.dice.below(self.subnets.len())]
                .block
                .clone(),
            _ => self.vpcs[other].1.clone(),
        };
        let state = if self.dice.once_in(12) {
            "blackhole"
        } else {
            "active"
        };
        let mut route = json!({field: target, "State": state, "Origin": "CreateRoute"});
        if self.dice.once_in(8) {
            route["DestinationPrefixListId"] = id("pl", 1).into();
        } else {
            route["DestinationCidrBlock"] = block.into();
        }
        route
    }

    fn tables(&mut self) {
        let mut tables = Vec::new();
        for vpc in 0..self.vpcs.len() {
            let mine: Vec<String> = self
                .subnets
                .iter()
                .filter(|subnet| subnet.vpc == vpc)
                .map(|subnet| subnet.id.clone())
                .collect();
            for number in 0..2 {
                let mut routes = vec![json!({
                    "DestinationCidrBlock": self.vpcs[vpc].1, "GatewayId": "local",
                    "State": "active", "Origin": "CreateRouteTable",
                })];
                let mut seen = vec![self.vpcs[vpc].1.clone()];
                for _ in 0..self.dice.below(6) {
                    let route = self.route(vpc);
                    let to = route["DestinationCidrBlock"]
                        .as_str()
                        .unwrap_or("list")
                        .to_owned();
                    if !seen.contains(&to) {
                        seen.push(to);
                        routes.push(route);
                    }
                }
                let associations = if number == 0 {
                    vec![json!({"Main": true, "AssociationState": {"State": "associated"}})]
                } else {
                    vec![
                        json!({"Main": false, "SubnetId": mine[0], "AssociationState": {"State": "associated"}}),
                    ]
                };
                tables.push(json!({
                    "RouteTableId": id("rtb", vpc * 10 + number), "VpcId": self.vpcs[vpc].0, "OwnerId": ACCOUNT,
                    "Associations": associations, "Routes": routes,
                }));
            }
        }
        self.section("RouteTables", "ec2.DescribeRouteTables.json", tables);
    }
}
