//! A network as the answers of the AWS CLI, one document a call.
//!
//! The order of things that have none, and what ids look like, are the
//! writer's choice: metamorphic tests make it again. Knows the API's shapes
//! and nothing of what they mean.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::generate::Dice;
use super::lookup::transit_routes;
use super::network::{
    Attached, Block, Edge, Entry, Id, Interface, Network, Peer, Route, Rule, To, Via,
};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const ZONES: [[&str; 3]; 2] = [
    ["use1-az1", "use1-az2", "use1-az4"],
    ["euw1-az1", "euw1-az2", "euw1-az3"],
];

/// Documents by path, such as `aws/…/ec2.DescribeVpcs.json`.
pub(crate) type Files = BTreeMap<String, Value>;

impl Network {
    /// The id of a thing.
    pub(crate) fn id(&self, prefix: &str, place: Id) -> String {
        let mut seed = self.salt ^ u64::try_from(place).unwrap().wrapping_mul(0x1000_0001);
        for byte in prefix.bytes() {
            seed = seed.wrapping_mul(31).wrapping_add(u64::from(byte));
        }
        let mixed = Dice(seed).next();
        format!("{prefix}-0{mixed:016x}")
    }
}

/// All documents of a network.
pub(crate) fn documents(network: &Network) -> Files {
    let mut files = Files::new();
    for region in 0..2 {
        let used = network.vpcs.iter().any(|vpc| vpc.region == region);
        if used {
            Writer { network, region }.all(&mut files);
        }
    }
    files
}

/// Writes documents into a folder.
pub(crate) fn save(files: &Files, folder: &Path) {
    for (name, value) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, serde_json::to_vec(value).unwrap()).unwrap();
    }
}

struct Writer<'n> {
    network: &'n Network,
    region: usize,
}

impl Writer<'_> {
    fn all(&self, files: &mut Files) {
        let here = format!("aws/{ACCOUNT}/{}", REGIONS[self.region]);
        let mut put = |call: &str, section: &str, list: Vec<Value>| {
            files.insert(format!("{here}/ec2.{call}.json"), json!({ section: list }));
        };
        put("DescribeVpcs", "Vpcs", self.vpcs());
        put("DescribeSubnets", "Subnets", self.subnets());
        put("DescribeRouteTables", "RouteTables", self.tables());
        put("DescribeNetworkAcls", "NetworkAcls", self.acls());
        put("DescribeSecurityGroups", "SecurityGroups", self.groups());
        put(
            "DescribeSecurityGroupVpcAssociations",
            "SecurityGroupVpcAssociations",
            Vec::new(),
        );
        put("DescribeManagedPrefixLists", "PrefixLists", self.lists());
        put(
            "DescribeNetworkInterfaces",
            "NetworkInterfaces",
            self.interfaces(),
        );
        put("DescribeInstances", "Reservations", Vec::new());
        put(
            "DescribeVpcPeeringConnections",
            "VpcPeeringConnections",
            self.peerings(),
        );
        put(
            "DescribeTransitGateways",
            "TransitGateways",
            self.transits(),
        );
        put(
            "DescribeTransitGatewayAttachments",
            "TransitGatewayAttachments",
            self.attachments(),
        );
        put(
            "DescribeTransitGatewayVpcAttachments",
            "TransitGatewayVpcAttachments",
            self.vpc_attachments(),
        );
        put(
            "DescribeTransitGatewayPeeringAttachments",
            "TransitGatewayPeeringAttachments",
            Vec::new(),
        );
        put(
            "DescribeTransitGatewayRouteTables",
            "TransitGatewayRouteTables",
            self.transit_tables(),
        );
        put(
            "DescribeInternetGateways",
            "InternetGateways",
            self.igws("igw"),
        );
        put(
            "DescribeEgressOnlyInternetGateways",
            "EgressOnlyInternetGateways",
            self.igws("eigw"),
        );
        put("DescribeNatGateways", "NatGateways", self.nats());
        put("DescribeVpcEndpoints", "VpcEndpoints", self.endpoints());
        put("DescribeVpnGateways", "VpnGateways", self.vgws());
        put("DescribeVpnConnections", "VpnConnections", self.vpns());
        put("DescribeCustomerGateways", "CustomerGateways", Vec::new());
        files.insert(
            format!("{here}/ec2.DescribeVpcBlockPublicAccessOptions.json"),
            json!({"VpcBlockPublicAccessOptions": {"AwsAccountId": ACCOUNT,
                "AwsRegion": REGIONS[self.region], "State": "default-state",
                "InternetGatewayBlockMode": "off", "ExclusionsAllowed": "allowed",
                "ManagedBy": "account"}}),
        );
        self.of_parents(&here, files);
    }

    /// Answers of calls that are made once for each parent.
    fn of_parents(&self, here: &str, files: &mut Files) {
        for (id, list) in self.network.lists.iter().enumerate() {
            if list.region == self.region {
                let entries = list
                    .entries
                    .iter()
                    .map(|entry| json!({"Cidr": entry.to_string()}));
                let name = self.network.id("pl", id);
                files.insert(
                    format!("{here}/ec2.GetManagedPrefixListEntries/{name}.json"),
                    json!({"Entries": entries.collect::<Vec<_>>()}),
                );
            }
        }
        for id in self.own_transit_tables() {
            let name = self.id("tgw-rtb", id);
            for (call, value) in [
                ("SearchTransitGatewayRoutes", self.transit_routes(id)),
                (
                    "GetTransitGatewayRouteTableAssociations",
                    self.associations(id),
                ),
                (
                    "GetTransitGatewayRouteTablePropagations",
                    self.propagations(id),
                ),
                ("GetTransitGatewayPrefixListReferences", self.references(id)),
            ] {
                files.insert(format!("{here}/ec2.{call}/{name}.json"), value);
            }
        }
    }

    fn id(&self, prefix: &str, place: Id) -> String {
        self.network.id(prefix, place)
    }

    fn here(&self, vpc: Id) -> bool {
        self.network.vpcs[vpc].region == self.region
    }

    fn zone(&self, zone: usize) -> Value {
        json!(ZONES[self.region][zone])
    }

    fn vpcs(&self) -> Vec<Value> {
        let all = self.network.vpcs.iter().enumerate();
        all.filter(|(_, vpc)| vpc.region == self.region)
            .map(|(id, vpc)| {
                json!({
                    "VpcId": self.id("vpc", id), "OwnerId": ACCOUNT, "State": "available",
                    "IsDefault": false, "InstanceTenancy": "default", "DhcpOptionsId": "default",
                    "CidrBlock": vpc.blocks[0].to_string(),
                    "CidrBlockAssociationSet": associated(&vpc.blocks, false),
                    "Ipv6CidrBlockAssociationSet": associated(&vpc.blocks, true),
                    "BlockPublicAccessStates": {"InternetGatewayBlockMode": mode(vpc.block)},
                })
            })
            .collect()
    }

    fn subnets(&self) -> Vec<Value> {
        let all = self.network.subnets.iter().enumerate();
        all.filter(|(_, subnet)| self.here(subnet.vpc))
            .map(|(id, subnet)| {
                json!({
                    "SubnetId": self.id("subnet", id), "VpcId": self.id("vpc", subnet.vpc),
                    "OwnerId": ACCOUNT, "State": "available", "CidrBlock": subnet.blocks[0].to_string(),
                    "AvailabilityZone": format!("{}{}", REGIONS[self.region], ["a", "b", "c"][subnet.zone]),
                    "AvailabilityZoneId": self.zone(subnet.zone),
                    "Ipv6CidrBlockAssociationSet": associated(&subnet.blocks, true),
                    "AvailableIpAddressCount": 200, "MapPublicIpOnLaunch": false,
                    "BlockPublicAccessStates":
                        {"InternetGatewayBlockMode": mode(self.network.vpcs[subnet.vpc].block)},
                })
            })
            .collect()
    }

    fn tables(&self) -> Vec<Value> {
        let all = self.network.tables.iter().enumerate();
        all.filter(|(_, table)| self.here(table.vpc))
            .map(|(id, table)| {
                let name = self.id("rtb", id);
                let state = json!({"State": "associated"});
                let mut associations = Vec::new();
                let mut push = |what: &str, value: Value| {
                    let own = format!("rtbassoc-{}", associations.len());
                    let mut one = json!({"RouteTableAssociationId": own, "RouteTableId": name,
                        "Main": what == "Main", "AssociationState": state});
                    if what != "Main" {
                        one[what] = value;
                    }
                    associations.push(one);
                };
                if table.main {
                    push("Main", json!(true));
                }
                match table.edge {
                    Some(Edge::Internet) => push("GatewayId", json!(self.id("igw", table.vpc))),
                    Some(Edge::Vpn(vgw)) => push("GatewayId", json!(self.id("vgw", vgw))),
                    None => {}
                }
                for (subnet, own) in self.network.subnets.iter().enumerate() {
                    if own.table == Some(id) {
                        push("SubnetId", json!(self.id("subnet", subnet)));
                    }
                }
                let propagating: Vec<Value> = table
                    .routes
                    .iter()
                    .filter_map(|route| match route.via {
                        Via::Vpn(vgw) if route.propagated => Some(vgw),
                        _ => None,
                    })
                    .take(1)
                    .map(|vgw| json!({"GatewayId": self.id("vgw", vgw)}))
                    .collect();
                let routes: Vec<Value> =
                    table.routes.iter().map(|route| self.route(route)).collect();
                json!({"RouteTableId": name, "VpcId": self.id("vpc", table.vpc), "OwnerId": ACCOUNT,
                    "Associations": associations, "PropagatingVgws": propagating, "Routes": routes,
                    "Tags": []})
            })
            .collect()
    }

    fn route(&self, route: &Route) -> Value {
        let mut value = json!({
            "Origin": if route.propagated { "EnableVgwRoutePropagation" }
                else if route.via == Via::Local { "CreateRouteTable" } else { "CreateRoute" },
            "State": if route.blackhole { "blackhole" } else { "active" },
        });
        match route.to {
            To::Block(IpNet::V4(block)) => value["DestinationCidrBlock"] = json!(block.to_string()),
            To::Block(IpNet::V6(block)) => {
                value["DestinationIpv6CidrBlock"] = json!(block.to_string());
            }
            To::List(list) => value["DestinationPrefixListId"] = json!(self.id("pl", list)),
        }
        let (field, target) = match route.via {
            Via::Local => ("GatewayId", "local".to_owned()),
            Via::Internet(id) => ("GatewayId", self.id("igw", id)),
            Via::EgressOnly(id) => ("EgressOnlyInternetGatewayId", self.id("eigw", id)),
            Via::Nat(id) => ("NatGatewayId", self.id("nat", id)),
            Via::Vpn(id) => ("GatewayId", self.id("vgw", id)),
            Via::Peering(id) => ("VpcPeeringConnectionId", self.id("pcx", id)),
            Via::Transit(id) => ("TransitGatewayId", self.id("tgw", id)),
            Via::Interface(id) => ("NetworkInterfaceId", self.id("eni", id)),
            Via::Endpoint(id) => ("GatewayId", self.id("vpce", id)),
        };
        value[field] = json!(target);
        value
    }

    fn acls(&self) -> Vec<Value> {
        let all = self.network.acls.iter().enumerate();
        all.filter(|(_, acl)| self.here(acl.vpc))
            .map(|(id, acl)| {
                let name = self.id("acl", id);
                let subnets = self.network.subnets.iter().enumerate();
                let associations: Vec<Value> = subnets
                    .filter(|(_, subnet)| subnet.acl == id)
                    .map(|(subnet, _)| {
                        json!({"NetworkAclAssociationId": format!("aclassoc-{subnet}"),
                            "NetworkAclId": name, "SubnetId": self.id("subnet", subnet)})
                    })
                    .collect();
                let mut entries: Vec<Value> = acl.entries.iter().map(entry).collect();
                for egress in [false, true] {
                    entries.push(
                        json!({"RuleNumber": 32767, "Egress": egress, "Protocol": "-1",
                        "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}),
                    );
                }
                json!({"NetworkAclId": name, "VpcId": self.id("vpc", acl.vpc), "OwnerId": ACCOUNT,
                    "IsDefault": acl.default, "Associations": associations, "Entries": entries,
                    "Tags": []})
            })
            .collect()
    }

    fn groups(&self) -> Vec<Value> {
        let all = self.network.groups.iter().enumerate();
        all.filter(|(_, group)| self.here(group.vpc))
            .map(|(id, group)| {
                let rules = |rules: &[Rule]| -> Vec<Value> {
                    rules
                        .iter()
                        .map(|rule| self.rule(group.vpc, rule))
                        .collect()
                };
                json!({"GroupId": self.id("sg", id), "GroupName": format!("group-{id}"),
                    "Description": "a group", "OwnerId": ACCOUNT,
                    "VpcId": self.id("vpc", group.vpc),
                    "IpPermissions": rules(&group.ingress),
                    "IpPermissionsEgress": rules(&group.egress), "Tags": []})
            })
            .collect()
    }

    fn rule(&self, vpc: Id, rule: &Rule) -> Value {
        let mut value = json!({"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [],
            "UserIdGroupPairs": []});
        for peer in &rule.peers {
            let (field, one) = match peer {
                Peer::Block(IpNet::V4(block)) => ("IpRanges", json!({"CidrIp": block.to_string()})),
                Peer::Block(IpNet::V6(block)) => {
                    ("Ipv6Ranges", json!({"CidrIpv6": block.to_string()}))
                }
                Peer::List(list) => (
                    "PrefixListIds",
                    json!({"PrefixListId": self.id("pl", *list)}),
                ),
                Peer::Group(group) => ("UserIdGroupPairs", self.pair(vpc, *group)),
            };
            value[field].as_array_mut().unwrap().push(one);
        }
        value["IpProtocol"] = match rule.protocol {
            None => json!("-1"),
            Some(6) => json!("tcp"),
            Some(17) => json!("udp"),
            Some(1) => json!("icmp"),
            Some(58) => json!("icmpv6"),
            Some(other) => json!(other.to_string()),
        };
        if let Some(from) = rule.from {
            value["FromPort"] = json!(from);
        }
        if let Some(to) = rule.to {
            value["ToPort"] = json!(to);
        }
        value
    }

    fn pair(&self, vpc: Id, group: Id) -> Value {
        let theirs = self.network.groups[group].vpc;
        let mut pair = json!({"GroupId": self.id("sg", group), "UserId": ACCOUNT});
        if theirs != vpc {
            pair["VpcId"] = json!(self.id("vpc", theirs));
            let mut peerings = self.network.peerings.iter();
            let between = peerings.position(|peering| {
                peering.active && peering.sides.contains(&vpc) && peering.sides.contains(&theirs)
            });
            if let Some(peering) = between {
                pair["VpcPeeringConnectionId"] = json!(self.id("pcx", peering));
                pair["PeeringStatus"] = json!("active");
            }
        }
        pair
    }

    fn lists(&self) -> Vec<Value> {
        let all = self.network.lists.iter().enumerate();
        all.filter(|(_, list)| list.region == self.region)
            .map(|(id, list)| {
                let six = list.entries.iter().any(|entry| entry.addr().is_ipv6());
                let mut value = json!({"PrefixListId": self.id("pl", id),
                    "PrefixListArn": format!("arn:aws:ec2:{}:{ACCOUNT}:prefix-list/{}",
                        REGIONS[self.region], self.id("pl", id)),
                    "AddressFamily": if six { "IPv6" } else { "IPv4" }});
                if list.service {
                    value["PrefixListName"] =
                        json!(format!("com.amazonaws.{}.s3", REGIONS[self.region]));
                    value["OwnerId"] = json!("AWS");
                } else {
                    value["PrefixListName"] = json!(format!("list-{id}"));
                    value["OwnerId"] = json!(ACCOUNT);
                    value["State"] = json!("create-complete");
                    value["MaxEntries"] = json!(10);
                    value["Version"] = json!(1);
                }
                value
            })
            .collect()
    }

    fn interfaces(&self) -> Vec<Value> {
        let all = self.network.interfaces.iter().enumerate();
        all.filter(|(_, own)| self.here(self.network.subnets[own.subnet].vpc))
            .map(|(id, own)| self.interface(id, own))
            .collect()
    }

    fn interface(&self, id: Id, own: &Interface) -> Value {
        let subnet = &self.network.subnets[own.subnet];
        let mut four = Vec::new();
        let mut six = Vec::new();
        let mut first = None;
        for address in &own.addresses {
            if address.private.is_ipv6() {
                six.push(json!({"Ipv6Address": address.private}));
                continue;
            }
            let mut one = json!({"PrivateIpAddress": address.private, "Primary": first.is_none()});
            let association = address
                .public
                .map(|public| json!({"PublicIp": public, "IpOwnerId": ACCOUNT}));
            if let Some(association) = &association {
                one["Association"] = association.clone();
            }
            if first.is_none() {
                first = Some((address.private, association));
            }
            four.push(one);
        }
        let prefixes = own
            .prefixes
            .iter()
            .map(|prefix| json!({"Ipv4Prefix": prefix.to_string()}));
        let groups = own.groups.iter().map(|group| {
            json!({"GroupId": self.id("sg", *group), "GroupName": format!("group-{group}")})
        });
        let mut value = json!({
            "NetworkInterfaceId": self.id("eni", id), "OwnerId": ACCOUNT, "Status": "in-use",
            "InterfaceType": if own.nat { "nat_gateway" } else { "interface" },
            "RequesterManaged": own.nat, "SubnetId": self.id("subnet", own.subnet),
            "VpcId": self.id("vpc", subnet.vpc), "Description": "",
            "AvailabilityZone": format!("{}{}", REGIONS[self.region], ["a", "b", "c"][subnet.zone]),
            "AvailabilityZoneId": self.zone(subnet.zone),
            "PrivateIpAddresses": four, "Ipv6Addresses": six,
            "Ipv4Prefixes": prefixes.collect::<Vec<_>>(),
            "Groups": groups.collect::<Vec<_>>(), "SourceDestCheck": own.source_dest_check,
            "Attachment": {"AttachmentId": format!("eni-attach-{id}"), "Status": "attached"},
            "TagSet": [],
        });
        if let Some((private, association)) = first {
            value["PrivateIpAddress"] = json!(private);
            if let Some(association) = association {
                value["Association"] = association;
            }
        }
        value
    }

    fn peerings(&self) -> Vec<Value> {
        let side = |vpc: Id| {
            let own = &self.network.vpcs[vpc];
            let (six, four): (Vec<&IpNet>, Vec<&IpNet>) =
                own.blocks.iter().partition(|block| block.addr().is_ipv6());
            let four: Vec<Value> = four
                .iter()
                .map(|block| json!({"CidrBlock": block.to_string()}))
                .collect();
            let six: Vec<Value> = six
                .iter()
                .map(|block| json!({"Ipv6CidrBlock": block.to_string()}))
                .collect();
            json!({"VpcId": self.id("vpc", vpc), "OwnerId": ACCOUNT, "Region": REGIONS[own.region],
                "CidrBlock": own.blocks[0].to_string(), "CidrBlockSet": four, "Ipv6CidrBlockSet": six,
                "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": false}})
        };
        let all = self.network.peerings.iter().enumerate();
        all.filter(|(_, peering)| peering.sides.iter().any(|vpc| self.here(*vpc)))
            .map(|(id, peering)| {
                let code = if peering.active { "active" } else { "deleted" };
                json!({"VpcPeeringConnectionId": self.id("pcx", id),
                    "Status": {"Code": code, "Message": code},
                    "RequesterVpcInfo": side(peering.sides[0]),
                    "AccepterVpcInfo": side(peering.sides[1]), "Tags": []})
            })
            .collect()
    }

    fn transits(&self) -> Vec<Value> {
        let all = self.network.transits.iter().enumerate();
        all.filter(|(_, transit)| transit.region == self.region)
            .map(|(id, transit)| {
                json!({"TransitGatewayId": self.id("tgw", id), "OwnerId": ACCOUNT,
                    "TransitGatewayArn": format!("arn:aws:ec2:{}:{ACCOUNT}:transit-gateway/{}",
                        REGIONS[self.region], self.id("tgw", id)),
                    "State": "available", "CreationTime": "2026-01-01T00:00:00+00:00",
                    "Options": {"AmazonSideAsn": 64512, "AutoAcceptSharedAttachments": "disable",
                        "DefaultRouteTableAssociation": "disable",
                        "DefaultRouteTablePropagation": "disable", "VpnEcmpSupport": "enable",
                        "DnsSupport": "enable", "MulticastSupport": "disable",
                        "SecurityGroupReferencingSupport": enable(transit.referencing)},
                    "Tags": []})
            })
            .collect()
    }

    fn own_attachments(&self) -> Vec<Id> {
        let all = 0..self.network.attachments.len();
        all.filter(|id| {
            let transit = self.network.attachments[*id].transit;
            self.network.transits[transit].region == self.region
        })
        .collect()
    }

    fn attached(&self, id: Id) -> (&'static str, String) {
        match &self.network.attachments[id].to {
            Attached::Vpc { vpc, .. } => ("vpc", self.id("vpc", *vpc)),
            Attached::Vpn(vpn) => ("vpn", self.id("vpn", *vpn)),
        }
    }

    fn attachments(&self) -> Vec<Value> {
        let all = self.own_attachments().into_iter();
        all.map(|id| {
            let own = &self.network.attachments[id];
            let (kind, resource) = self.attached(id);
            let mut value = json!({"TransitGatewayAttachmentId": self.id("tgw-attach", id),
                "TransitGatewayId": self.id("tgw", own.transit), "TransitGatewayOwnerId": ACCOUNT,
                "ResourceOwnerId": ACCOUNT, "ResourceType": kind, "ResourceId": resource,
                "State": state(own.available), "CreationTime": "2026-01-01T00:00:00+00:00",
                "Tags": []});
            if let Some(table) = own.table {
                value["Association"] = json!({"State": "associated",
                    "TransitGatewayRouteTableId": self.id("tgw-rtb", table)});
            }
            value
        })
        .collect()
    }

    fn vpc_attachments(&self) -> Vec<Value> {
        let all = self.own_attachments().into_iter();
        all.filter_map(|id| {
            let own = &self.network.attachments[id];
            let Attached::Vpc {
                vpc,
                subnets,
                referencing,
                appliance,
                ipv6,
            } = &own.to
            else {
                return None;
            };
            let subnets = subnets.iter().map(|subnet| self.id("subnet", *subnet));
            Some(
                json!({"TransitGatewayAttachmentId": self.id("tgw-attach", id),
                "TransitGatewayId": self.id("tgw", own.transit),
                "VpcId": self.id("vpc", *vpc), "VpcOwnerId": ACCOUNT,
                "State": state(own.available), "SubnetIds": subnets.collect::<Vec<_>>(),
                "CreationTime": "2026-01-01T00:00:00+00:00",
                "Options": {"DnsSupport": "enable",
                    "SecurityGroupReferencingSupport": enable(*referencing),
                    "Ipv6Support": enable(*ipv6), "ApplianceModeSupport": enable(*appliance)},
                "Tags": []}),
            )
        })
        .collect()
    }

    fn own_transit_tables(&self) -> Vec<Id> {
        let all = 0..self.network.transit_tables.len();
        all.filter(|id| {
            let transit = self.network.transit_tables[*id].transit;
            self.network.transits[transit].region == self.region
        })
        .collect()
    }

    fn transit_tables(&self) -> Vec<Value> {
        let all = self.own_transit_tables().into_iter();
        all.map(|id| {
            json!({"TransitGatewayRouteTableId": self.id("tgw-rtb", id),
                "TransitGatewayId": self.id("tgw", self.network.transit_tables[id].transit),
                "State": "available", "DefaultAssociationRouteTable": false,
                "DefaultPropagationRouteTable": false,
                "CreationTime": "2026-01-01T00:00:00+00:00", "Tags": []})
        })
        .collect()
    }

    fn target(&self, id: Id) -> Value {
        let (kind, resource) = self.attached(id);
        json!({"TransitGatewayAttachmentId": self.id("tgw-attach", id), "ResourceType": kind,
            "ResourceId": resource})
    }

    fn transit_routes(&self, table: Id) -> Value {
        let mut won: BTreeMap<IpNet, (u8, Option<Id>)> = BTreeMap::new();
        for (block, rank, to) in transit_routes(self.network, table) {
            let best = won.entry(block).or_insert((rank, to));
            if rank < best.0 {
                *best = (rank, to);
            }
        }
        let lists = &self.network.transit_tables[table].lists;
        let routes: Vec<Value> = won
            .iter()
            .map(|(block, (rank, to))| {
                let live = to.is_some_and(|id| self.network.attachments[id].available);
                let mut value = json!({"DestinationCidrBlock": block.to_string(),
                    "Type": if *rank < 2 { "static" } else { "propagated" },
                    "State": if live { "active" } else { "blackhole" }});
                if let Some(id) = to {
                    value["TransitGatewayAttachments"] = json!([self.target(*id)]);
                }
                if *rank == 1 {
                    value["PrefixListId"] = json!(self.id("pl", lists[0].0));
                }
                value
            })
            .collect();
        json!({"Routes": routes, "AdditionalRoutesAvailable": false})
    }

    fn associations(&self, table: Id) -> Value {
        let own = self.own_attachments().into_iter();
        let own = own.filter(|id| self.network.attachments[*id].table == Some(table));
        let all: Vec<Value> = own
            .map(|id| {
                let mut value = self.target(id);
                value["State"] = json!("associated");
                value
            })
            .collect();
        json!({"Associations": all})
    }

    fn propagations(&self, table: Id) -> Value {
        let own = self.own_attachments().into_iter();
        let own = own.filter(|id| self.network.attachments[*id].propagates.contains(&table));
        let all: Vec<Value> = own
            .map(|id| {
                let mut value = self.target(id);
                value["State"] = json!("enabled");
                value
            })
            .collect();
        json!({"TransitGatewayRouteTablePropagations": all})
    }

    fn references(&self, table: Id) -> Value {
        let all = self.network.transit_tables[table].lists.iter();
        let all: Vec<Value> = all
            .map(|(list, to)| {
                let mut value = json!({"TransitGatewayRouteTableId": self.id("tgw-rtb", table),
                    "PrefixListId": self.id("pl", *list), "PrefixListOwnerId": ACCOUNT,
                    "State": "available", "Blackhole": to.is_none()});
                if let Some(id) = to {
                    value["TransitGatewayAttachment"] = self.target(*id);
                }
                value
            })
            .collect();
        json!({"TransitGatewayPrefixListReferences": all})
    }

    fn igws(&self, prefix: &str) -> Vec<Value> {
        let field = if prefix == "igw" {
            "InternetGatewayId"
        } else {
            "EgressOnlyInternetGatewayId"
        };
        let all = self.network.vpcs.iter().enumerate();
        all.filter(|(_, vpc)| vpc.region == self.region)
            .filter(|(_, vpc)| if prefix == "igw" { vpc.igw } else { vpc.eigw })
            .map(|(id, _)| {
                let state = if prefix == "igw" {
                    "available"
                } else {
                    "attached"
                };
                json!({field: self.id(prefix, id), "OwnerId": ACCOUNT,
                    "Attachments": [{"VpcId": self.id("vpc", id), "State": state}], "Tags": []})
            })
            .collect()
    }

    fn nats(&self) -> Vec<Value> {
        let all = self.network.nats.iter().enumerate();
        all.filter(|(_, nat)| self.here(self.network.vpc_of(nat.interface)))
            .map(|(id, nat)| {
                let interface = &self.network.interfaces[nat.interface];
                let own = interface.addresses[0];
                let mut address = json!({"NetworkInterfaceId": self.id("eni", nat.interface),
                    "PrivateIp": own.private, "IsPrimary": true});
                if let Some(public) = own.public {
                    address["PublicIp"] = json!(public);
                }
                json!({"NatGatewayId": self.id("nat", id),
                    "VpcId": self.id("vpc", self.network.vpc_of(nat.interface)),
                    "SubnetId": self.id("subnet", interface.subnet),
                    "State": if nat.available { "available" } else { "failed" },
                    "ConnectivityType": if nat.public { "public" } else { "private" },
                    "NatGatewayAddresses": [address],
                    "CreateTime": "2026-01-01T00:00:00+00:00", "Tags": []})
            })
            .collect()
    }

    fn endpoints(&self) -> Vec<Value> {
        let all = self.network.endpoints.iter().enumerate();
        all.filter(|(_, own)| self.here(own.vpc))
            .map(|(id, own)| {
                let tables = own.tables.iter().map(|table| self.id("rtb", *table));
                json!({"VpcEndpointId": self.id("vpce", id), "VpcEndpointType": "Gateway",
                    "VpcId": self.id("vpc", own.vpc), "OwnerId": ACCOUNT,
                    "ServiceName": format!("com.amazonaws.{}.s3", REGIONS[self.region]),
                    "State": if own.available { "available" } else { "deleting" },
                    "RouteTableIds": tables.collect::<Vec<_>>(), "SubnetIds": [], "Groups": [],
                    "NetworkInterfaceIds": [], "DnsEntries": [], "PrivateDnsEnabled": false,
                    "RequesterManaged": false, "CreationTimestamp": "2026-01-01T00:00:00+00:00",
                    "Tags": []})
            })
            .collect()
    }

    fn vgws(&self) -> Vec<Value> {
        let all = self.network.vgws.iter().enumerate();
        all.filter(|(_, own)| self.here(own.vpc))
            .map(|(id, own)| {
                let state = if own.attached { "attached" } else { "detached" };
                json!({"VpnGatewayId": self.id("vgw", id), "State": "available", "Type": "ipsec.1",
                    "AmazonSideAsn": 64512,
                    "VpcAttachments": [{"VpcId": self.id("vpc", own.vpc), "State": state}],
                    "Tags": []})
            })
            .collect()
    }

    fn vpns(&self) -> Vec<Value> {
        let all = self.network.vpns.iter().enumerate();
        all.filter(|(_, own)| own.region == self.region)
            .map(|(id, own)| {
                let routes = own.routes.iter().map(|block| {
                    json!({"DestinationCidrBlock": block.to_string(), "Source": "Static", "State": "available"})
                });
                let tunnel = |address: &str| {
                    json!({"OutsideIpAddress": address, "AcceptedRouteCount": 0,
                        "Status": if own.up { "UP" } else { "DOWN" }, "StatusMessage": "",
                        "LastStatusChange": "2026-01-01T00:00:00+00:00"})
                };
                let mut value = json!({"VpnConnectionId": self.id("vpn", id), "State": "available",
                    "Type": "ipsec.1", "Category": "VPN", "CustomerGatewayId": "cgw-0123456789abcdef0",
                    "Options": {"StaticRoutesOnly": true, "TunnelInsideIpVersion": "ipv4"},
                    "Routes": routes.collect::<Vec<_>>(),
                    "VgwTelemetry": [tunnel("203.0.113.1"), tunnel("203.0.113.2")], "Tags": []});
                if let Some(vgw) = own.vgw {
                    value["VpnGatewayId"] = json!(self.id("vgw", vgw));
                }
                if let Some(transit) = own.transit {
                    value["TransitGatewayId"] = json!(self.id("tgw", transit));
                }
                value
            })
            .collect()
    }
}

fn entry(entry: &Entry) -> Value {
    let protocol = entry
        .protocol
        .map_or("-1".to_owned(), |number| number.to_string());
    let mut value = json!({"RuleNumber": entry.number, "Egress": entry.egress,
        "Protocol": protocol, "RuleAction": if entry.allow { "allow" } else { "deny" }});
    match entry.block {
        IpNet::V4(block) => value["CidrBlock"] = json!(block.to_string()),
        IpNet::V6(block) => value["Ipv6CidrBlock"] = json!(block.to_string()),
    }
    if let Some((low, high)) = entry.ports {
        value["PortRange"] = json!({"From": low, "To": high});
    }
    if let Some((kind, code)) = entry.icmp {
        value["IcmpTypeCode"] = json!({"Type": kind, "Code": code});
    }
    value
}

fn associated(blocks: &[IpNet], six: bool) -> Vec<Value> {
    let own = blocks.iter().filter(|block| block.addr().is_ipv6() == six);
    let (block_field, state) = if six {
        ("Ipv6CidrBlock", "Ipv6CidrBlockState")
    } else {
        ("CidrBlock", "CidrBlockState")
    };
    own.enumerate()
        .map(|(place, block)| {
            json!({"AssociationId": format!("vpc-cidr-assoc-{place}"), block_field: block.to_string(),
                state: {"State": "associated"}})
        })
        .collect()
}

fn mode(block: Block) -> &'static str {
    match block {
        Block::Off => "off",
        Block::Ingress => "block-ingress",
        Block::Bidirectional => "block-bidirectional",
    }
}

fn enable(on: bool) -> &'static str {
    if on { "enable" } else { "disable" }
}

fn state(available: bool) -> &'static str {
    if available { "available" } else { "failed" }
}
