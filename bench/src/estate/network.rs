//! VPCs, subnets, route tables, network ACLs, gateways and zones.

use std::io;
use std::ops::Range;

use super::endpoint::{Endpoint, Kind};
use super::place::{Block, Id, Moment, Place};
use super::{Made, tags};
use crate::json::Json;
use crate::random::{Random, split};
use crate::section::Folder;

/// Who owns VPCs.
pub(super) const OWNERS: &[&str] = &[
    "payments",
    "orders",
    "search",
    "identity",
    "platform",
    "risk",
    "ledger",
    "catalog",
    "shipping",
    "data-lake",
    "analytics",
    "messaging",
    "fraud",
    "billing",
    "recommendations",
    "observability",
];

const ENVIRONMENTS: &[&str] = &[
    "prod", "prod", "prod", "staging", "staging", "dev", "dev", "sandbox",
];

/// AWS keeps the first four addresses of a subnet and the last.
const RESERVED: u32 = 5;

/// A VPC.
#[derive(Debug)]
pub(super) struct Vpc {
    pub(super) id: Id,
    pub(super) blocks: Vec<Block>,
    pub(super) subnets: Range<usize>,
    pub(super) groups: Range<u64>,
    pub(super) environment: &'static str,
    pub(super) owner: &'static str,
    pub(super) number: usize,
    ipv6: bool,
    dns_support: bool,
    dns_hostnames: bool,
    /// Main, public, then private ones.
    pub(super) tables: Range<u64>,
    /// Number of the interface of the NAT gateway, in the first public subnet.
    pub(super) nat: Option<usize>,
}

impl Vpc {
    /// `payments-prod-17`
    pub(super) fn name(&self) -> String {
        format!("{}-{}-{}", self.owner, self.environment, self.number)
    }

    /// The groups meant for endpoints: these follow the default group.
    pub(super) fn endpoint_groups(&self) -> Range<u64> {
        let count = ((self.groups.end - self.groups.start) / 6).max(2);
        self.groups.start + 1..(self.groups.start + 1 + count).min(self.groups.end)
    }
}

/// A subnet and what is taken of it.
#[derive(Debug)]
pub(super) struct Subnet {
    pub(super) id: Id,
    pub(super) vpc: usize,
    pub(super) block: Block,
    pub(super) zone: usize,
    pub(super) public: bool,
    /// Planned to be almost full.
    pub(super) tight: bool,
    used: u32,
    prefixes: u32,
    cursor: u32,
    step: u32,
}

impl Subnet {
    /// Free addresses, as `AvailableIpAddressCount` has them.
    pub(super) fn free(&self) -> u32 {
        (self.block.size() - RESERVED).saturating_sub(self.used + 16 * self.prefixes)
    }

    /// Takes an address. They are scattered over the subnet, as AWS does.
    pub(super) fn take(&mut self) -> Option<u32> {
        if self.free() == 0 {
            return None;
        }
        let places = self.block.size() - RESERVED;
        let prefixes_from = self.block.size() - 16 * (self.prefixes + 1);
        for _ in 0..places {
            let offset =
                4 + (u64::from(self.cursor) * u64::from(self.step) % u64::from(places)) as u32;
            self.cursor += 1;
            if self.prefixes == 0 || offset < prefixes_from || offset >= self.block.size() - 16 {
                self.used += 1;
                return Some(self.block.first + offset);
            }
        }
        None
    }

    /// Takes a block of 16 aligned addresses, the last but one first. To be
    /// called before any address is taken.
    pub(super) fn take_prefix(&mut self) -> Option<Block> {
        if self.used > 0 || self.block.length > 26 || (self.prefixes + 3) * 16 > self.block.size() {
            return None;
        }
        self.prefixes += 1;
        Some(Block {
            first: self.block.first + self.block.size() - 16 * (self.prefixes + 1),
            length: 28,
        })
    }
}

/// The networks of a place.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) vpcs: Vec<Vpc>,
    pub(super) subnets: Vec<Subnet>,
}

impl Network {
    pub(super) fn new(place: &Place) -> Self {
        let mut random = place.random("network");
        let share = place.share;
        let even = vec![1; share.vpcs as usize];
        let subnets = split(share.subnets, &even);
        let groups = split(share.groups, &even);
        let mut network = Self {
            vpcs: Vec::new(),
            subnets: Vec::new(),
        };
        let (mut group, mut table) = (0, 0);
        for number in 0..share.vpcs as usize {
            let first = (10 << 24) | ((number as u32 % 256) << 16);
            let mut blocks = vec![Block { first, length: 16 }];
            if random.permille(100) {
                blocks.push(Block {
                    first: (100 << 24) | (64 << 16) | ((number as u32 % 64) << 16),
                    length: 16,
                });
            }
            let begin = network.subnets.len();
            network.add_subnets(place, &mut random, number, &blocks, subnets[number].max(3));
            let vpc = Vpc {
                id: place.id("vpc-", number as u64),
                blocks,
                subnets: begin..network.subnets.len(),
                groups: group..group + groups[number].max(3),
                environment: random.pick(ENVIRONMENTS),
                owner: random.pick(OWNERS),
                number,
                ipv6: random.permille(100),
                dns_support: !random.permille(6),
                dns_hostnames: !random.permille(30),
                tables: table..table + 4,
                nat: None,
            };
            group = vpc.groups.end;
            table = vpc.tables.end;
            network.vpcs.push(vpc);
        }
        network
    }

    fn add_subnets(
        &mut self,
        place: &Place,
        random: &mut Random,
        vpc: usize,
        blocks: &[Block],
        count: u64,
    ) {
        let (bad, mut good): (Vec<usize>, Vec<usize>) =
            (0..place.zones.len()).partition(|&zone| place.zones[zone].unsupported);
        random.shuffle(&mut good);
        good.truncate(3);
        for position in 0..count {
            // A slot of 1,024 addresses each, so that sizes may differ.
            let block = blocks[usize::from(blocks.len() > 1 && position % 3 == 2)];
            let first = block.first + ((position as u32 * 1024) & 0xffff);
            let length = [22, 23, 24, 25, 26, 28][random.weighted(&[50, 150, 600, 100, 75, 25])];
            let zone = match bad.first() {
                Some(&bad) if random.permille(30) => bad,
                _ => good[position as usize % good.len()],
            };
            let size = 1_u32 << (32 - length);
            let step = coprime(size - RESERVED, random.bits());
            self.subnets.push(Subnet {
                id: place.id("subnet-", self.subnets.len() as u64),
                vpc,
                block: Block { first, length },
                zone,
                public: position % 5 == 4,
                tight: length == 26 && random.permille(350),
                used: 0,
                prefixes: 0,
                cursor: random.below(u64::from(size)) as u32,
                step,
            });
        }
    }

    /// The VPC of a subnet.
    pub(super) fn vpc_of(&self, subnet: &Subnet) -> &Vpc {
        &self.vpcs[subnet.vpc]
    }

    pub(super) fn write(
        &self,
        place: &Place,
        endpoints: &[Endpoint<'_>],
        folder: &mut Folder,
        made: &mut Made,
    ) -> io::Result<()> {
        self.write_vpcs(place, folder, made)?;
        self.write_subnets(place, folder, made)?;
        self.write_route_tables(place, endpoints, folder, made)?;
        self.write_acls(place, folder, made)?;
        self.write_gateways(place, folder, made)?;
        write_zones(place, folder, made)?;
        let mut section = folder.section("ec2.DescribeDhcpOptions", Some("DhcpOptions"));
        section.push(|options| {
            options.text("OwnerId", &place.account);
            options.list("Tags", |_| {});
            options.text("DhcpOptionsId", place.id("dopt-", 0));
            options.list("DhcpConfigurations", |list| {
                for (key, value) in [
                    ("domain-name", domain(place).trim_start_matches('.')),
                    ("domain-name-servers", "AmazonProvidedDNS"),
                ] {
                    list.item(|item| {
                        item.text("Key", key);
                        item.list("Values", |values| {
                            values.item(|item| item.text("Value", value));
                        });
                    });
                }
            });
        })?;
        made.add("DHCP options", section.finish()?);
        Ok(())
    }

    fn write_vpcs(&self, place: &Place, folder: &mut Folder, made: &mut Made) -> io::Result<()> {
        let mut section = folder.section("ec2.DescribeVpcs", Some("Vpcs"));
        for vpc in &self.vpcs {
            section.push(|json| {
                json.text("OwnerId", &place.account);
                json.text("InstanceTenancy", "default");
                if vpc.ipv6 {
                    json.list("Ipv6CidrBlockAssociationSet", |list| {
                        list.item(|item| {
                            item.text(
                                "AssociationId",
                                place.id("vpc-cidr-assoc-", vpc.number as u64 * 8 + 7),
                            );
                            item.text("Ipv6CidrBlock", format_args!("{}/56", v6(vpc.id.bits(), 0)));
                            item.object("Ipv6CidrBlockState", |state| {
                                state.text("State", "associated");
                            });
                            item.text("NetworkBorderGroup", place.region.name);
                            item.text("Ipv6Pool", "Amazon");
                            item.text("Ipv6AddressAttribute", "public");
                            item.text("IpSource", "amazon");
                        });
                    });
                }
                json.list("CidrBlockAssociationSet", |list| {
                    for (position, block) in (0..).zip(&vpc.blocks) {
                        list.item(|item| {
                            item.text(
                                "AssociationId",
                                place.id("vpc-cidr-assoc-", vpc.number as u64 * 8 + position),
                            );
                            item.text("CidrBlock", block);
                            item.object("CidrBlockState", |state| {
                                state.text("State", "associated");
                            });
                        });
                    }
                });
                json.bool("IsDefault", false);
                tags(json, "Tags", vpc.name(), vpc.environment, vpc.owner);
                json.object("BlockPublicAccessStates", |state| {
                    state.text("InternetGatewayBlockMode", "off");
                });
                json.text("VpcId", vpc.id);
                json.text("State", "available");
                json.text("CidrBlock", vpc.blocks[0]);
                json.text("DhcpOptionsId", place.id("dopt-", 0));
            })?;
        }
        made.add("VPCs", section.finish()?);

        // Bare answers, one attribute each; two files per VPC would be thousands.
        let mut section = folder.section("ec2.DescribeVpcAttribute", None);
        for vpc in &self.vpcs {
            section.push(|json| {
                json.object("EnableDnsSupport", |attribute| {
                    attribute.bool("Value", vpc.dns_support);
                });
                json.text("VpcId", vpc.id);
            })?;
            section.push(|json| {
                json.object("EnableDnsHostnames", |attribute| {
                    attribute.bool("Value", vpc.dns_hostnames);
                });
                json.text("VpcId", vpc.id);
            })?;
        }
        made.add("VPC attributes", section.finish()?);
        let off = |vpc: &&Vpc| !vpc.dns_support || !vpc.dns_hostnames;
        made.plant(
            "VPCs with a DNS attribute off",
            self.vpcs.iter().filter(off).count() as u64,
        );
        Ok(())
    }

    fn write_subnets(&self, place: &Place, folder: &mut Folder, made: &mut Made) -> io::Result<()> {
        let mut section = folder.section("ec2.DescribeSubnets", Some("Subnets"));
        for (number, subnet) in self.subnets.iter().enumerate() {
            let (vpc, zone) = (self.vpc_of(subnet), &place.zones[subnet.zone]);
            section.push(|json| {
                json.text("AvailabilityZoneId", &zone.id);
                json.bool("MapCustomerOwnedIpOnLaunch", false);
                json.text("OwnerId", &place.account);
                json.bool("AssignIpv6AddressOnCreation", false);
                json.list("Ipv6CidrBlockAssociationSet", |list| {
                    if vpc.ipv6 {
                        list.item(|item| {
                            item.text(
                                "AssociationId",
                                place.id("subnet-cidr-assoc-", number as u64),
                            );
                            let within = (number - vpc.subnets.start) as u64;
                            item.text(
                                "Ipv6CidrBlock",
                                format_args!("{}/64", v6(vpc.id.bits(), within)),
                            );
                            item.object("Ipv6CidrBlockState", |state| {
                                state.text("State", "associated");
                            });
                            item.text("Ipv6AddressAttribute", "public");
                            item.text("IpSource", "amazon");
                        });
                    }
                });
                let side = if subnet.public { "public" } else { "private" };
                let name = format_args!("{}-{side}-{}", vpc.name(), zone.name);
                tags(json, "Tags", name, vpc.environment, vpc.owner);
                json.text(
                    "SubnetArn",
                    place.arn("ec2", format_args!("subnet/{}", subnet.id)),
                );
                json.bool("EnableDns64", false);
                json.bool("Ipv6Native", false);
                json.object("PrivateDnsNameOptionsOnLaunch", |options| {
                    options.text("HostnameType", "ip-name");
                    options.bool("EnableResourceNameDnsARecord", false);
                    options.bool("EnableResourceNameDnsAAAARecord", false);
                });
                json.object("BlockPublicAccessStates", |state| {
                    state.text("InternetGatewayBlockMode", "off");
                });
                json.text("SubnetId", subnet.id);
                json.text("State", "available");
                json.text("VpcId", vpc.id);
                json.text("CidrBlock", subnet.block);
                json.int("AvailableIpAddressCount", u64::from(subnet.free()));
                json.text("AvailabilityZone", &zone.name);
                json.bool("DefaultForAz", false);
                json.bool("MapPublicIpOnLaunch", subnet.public);
            })?;
        }
        made.add("subnets", section.finish()?);
        let unsupported = self
            .subnets
            .iter()
            .filter(|subnet| place.zones[subnet.zone].unsupported)
            .count();
        made.plant("subnets in an unsupported zone", unsupported as u64);
        let few = self
            .subnets
            .iter()
            .filter(|subnet| subnet.free() < 16)
            .count();
        made.plant("subnets with fewer than 16 free addresses", few as u64);
        Ok(())
    }

    /// The route table of a subnet, by number, and whether it is the main one,
    /// which AWS does not list for the subnet.
    pub(super) fn table_of(&self, number: usize) -> (u64, bool) {
        let subnet = &self.subnets[number];
        let tables = &self.vpc_of(subnet).tables;
        match number % 4 {
            _ if subnet.public => (tables.start + 1, false),
            0 => (tables.start, true),
            other => (tables.start + 2 + other as u64 % 2, false),
        }
    }

    fn write_route_tables(
        &self,
        place: &Place,
        endpoints: &[Endpoint<'_>],
        folder: &mut Folder,
        made: &mut Made,
    ) -> io::Result<()> {
        let mut random = place.random("routes");
        let mut gateways: Vec<Vec<&Endpoint<'_>>> = self.vpcs.iter().map(|_| Vec::new()).collect();
        for endpoint in endpoints
            .iter()
            .filter(|endpoint| endpoint.kind == Kind::Gateway)
        {
            gateways[endpoint.vpc].push(endpoint);
        }
        let mut blackholes = 0;
        let mut section = folder.section("ec2.DescribeRouteTables", Some("RouteTables"));
        for vpc in &self.vpcs {
            for table in vpc.tables.clone() {
                let id = place.id("rtb-", table);
                let main = table == vpc.tables.start;
                let public = table == vpc.tables.start + 1;
                let blackhole = random.permille(8);
                blackholes += u64::from(blackhole);
                section.push(|json| {
                    json.list("Associations", |list| {
                        self.write_associations(list, place, vpc, table);
                    });
                    json.list("PropagatingVgws", |_| {});
                    json.text("RouteTableId", id);
                    json.list("Routes", |list| {
                        for endpoint in &gateways[vpc.number] {
                            if endpoint.tables.contains(&table) {
                                let prefixes = endpoint.prefix_list(place);
                                list.item(|item| {
                                    item.text("DestinationPrefixListId", prefixes);
                                    target(item, "GatewayId", endpoint.id, "active");
                                });
                            }
                        }
                        write_routes(list, place, vpc, table, blackhole);
                    });
                    let side = if main {
                        "main"
                    } else if public {
                        "public"
                    } else {
                        "private"
                    };
                    tags(
                        json,
                        "Tags",
                        format_args!("{}-{side}", vpc.name()),
                        vpc.environment,
                        vpc.owner,
                    );
                    json.text("VpcId", vpc.id);
                    json.text("OwnerId", &place.account);
                })?;
            }
        }
        made.add("route tables", section.finish()?);
        made.plant("route tables with a blackhole", blackholes);
        Ok(())
    }

    fn write_associations(&self, list: &mut Json, place: &Place, vpc: &Vpc, table: u64) {
        let mut association = |number: u64, subnet: Option<Id>| {
            list.item(|item| {
                item.bool("Main", subnet.is_none());
                item.text("RouteTableAssociationId", place.id("rtbassoc-", number));
                item.text("RouteTableId", place.id("rtb-", table));
                if let Some(subnet) = subnet {
                    item.text("SubnetId", subnet);
                }
                item.object("AssociationState", |state| {
                    state.text("State", "associated");
                });
            });
        };
        if table == vpc.tables.start {
            association(u64::MAX - table, None);
        }
        for number in vpc.subnets.clone() {
            if self.table_of(number) == (table, false) {
                association(number as u64, Some(self.subnets[number].id));
            }
        }
    }

    fn write_acls(&self, place: &Place, folder: &mut Folder, made: &mut Made) -> io::Result<()> {
        let mut random = place.random("acls");
        let mut closed = 0;
        let mut section = folder.section("ec2.DescribeNetworkAcls", Some("NetworkAcls"));
        for vpc in &self.vpcs {
            // Every third subnet has the VPC's own list, the others the default one.
            for default in [true, false] {
                let id = place.id("acl-", vpc.number as u64 * 2 + u64::from(default));
                let deny = !default && random.permille(20);
                closed += u64::from(deny);
                section.push(|json| {
                    json.list("Associations", |list| {
                        for number in vpc
                            .subnets
                            .clone()
                            .filter(|number| (number % 3 != 0) == default)
                        {
                            list.item(|item| {
                                item.text(
                                    "NetworkAclAssociationId",
                                    place.id("aclassoc-", number as u64),
                                );
                                item.text("NetworkAclId", id);
                                item.text("SubnetId", self.subnets[number].id);
                            });
                        }
                    });
                    json.list("Entries", |list| {
                        for egress in [true, false] {
                            if default {
                                entry(list, egress, "-1", 100, "allow", "0.0.0.0/0", None);
                            } else {
                                if deny && !egress {
                                    entry(
                                        list,
                                        egress,
                                        "6",
                                        90,
                                        "deny",
                                        "10.0.0.0/8",
                                        Some((10_000, 19_999)),
                                    );
                                }
                                for (rule, block) in (0..).zip(&vpc.blocks) {
                                    entry(list, egress, "-1", 100 + rule, "allow", block, None);
                                }
                                entry(
                                    list,
                                    egress,
                                    "6",
                                    200,
                                    "allow",
                                    "0.0.0.0/0",
                                    Some((443, 443)),
                                );
                                entry(
                                    list,
                                    egress,
                                    "6",
                                    210,
                                    "allow",
                                    "0.0.0.0/0",
                                    Some((1024, 65_535)),
                                );
                                entry(
                                    list,
                                    egress,
                                    "17",
                                    220,
                                    "allow",
                                    "10.0.0.0/8",
                                    Some((53, 53)),
                                );
                            }
                            entry(list, egress, "-1", 32_767, "deny", "0.0.0.0/0", None);
                        }
                    });
                    json.bool("IsDefault", default);
                    json.text("NetworkAclId", id);
                    json.list("Tags", |_| {});
                    json.text("VpcId", vpc.id);
                    json.text("OwnerId", &place.account);
                })?;
            }
        }
        made.add("network ACLs", section.finish()?);
        made.plant("network ACLs that deny 10000-19999", closed);
        Ok(())
    }

    fn write_gateways(
        &self,
        place: &Place,
        folder: &mut Folder,
        made: &mut Made,
    ) -> io::Result<()> {
        let mut section = folder.section("ec2.DescribeInternetGateways", Some("InternetGateways"));
        for vpc in &self.vpcs {
            section.push(|json| {
                json.list("Attachments", |list| {
                    list.item(|item| {
                        item.text("State", "available");
                        item.text("VpcId", vpc.id);
                    });
                });
                json.text("InternetGatewayId", place.id("igw-", vpc.number as u64));
                json.text("OwnerId", &place.account);
                tags(json, "Tags", vpc.name(), vpc.environment, vpc.owner);
            })?;
        }
        made.add("internet gateways", section.finish()?);
        Ok(())
    }
}

fn write_zones(place: &Place, folder: &mut Folder, made: &mut Made) -> io::Result<()> {
    let mut section = folder.section("ec2.DescribeAvailabilityZones", Some("AvailabilityZones"));
    for zone in &place.zones {
        section.push(|json| {
            json.text("OptInStatus", "opt-in-not-required");
            json.list("Messages", |_| {});
            json.text("RegionName", place.region.name);
            json.text("ZoneName", &zone.name);
            json.text("ZoneId", &zone.id);
            json.text("GroupName", format_args!("{}-zg-1", place.region.name));
            json.text("NetworkBorderGroup", place.region.name);
            json.text("ZoneType", "availability-zone");
            json.text("State", "available");
        })?;
    }
    made.add("availability zones", section.finish()?);
    Ok(())
}

/// The routes of a table but those of Gateway endpoints.
fn write_routes(list: &mut Json, place: &Place, vpc: &Vpc, table: u64, blackhole: bool) {
    let mut route = |block: &str, key: &str, id: Id, state: &str| {
        list.item(|item| {
            item.text("DestinationCidrBlock", block);
            target(item, key, id, state);
        });
    };
    let number = vpc.number as u64;
    if table == vpc.tables.start + 1 {
        route("0.0.0.0/0", "GatewayId", place.id("igw-", number), "active");
    } else if vpc.nat.is_some() {
        route(
            "0.0.0.0/0",
            "NatGatewayId",
            place.id("nat-", number),
            "active",
        );
    }
    if blackhole {
        let gone = place.id("nat-", u64::MAX - table);
        route("192.168.0.0/16", "NatGatewayId", gone, "blackhole");
    }
    for block in &vpc.blocks {
        local(list, "DestinationCidrBlock", block);
    }
    if vpc.ipv6 {
        local(
            list,
            "DestinationIpv6CidrBlock",
            format_args!("{}/56", v6(vpc.id.bits(), 0)),
        );
    }
}

fn target(route: &mut Json, key: &str, id: Id, state: &str) {
    route.text(key, id);
    route.text("Origin", "CreateRoute");
    route.text("State", state);
}

fn local(list: &mut Json, key: &str, block: impl std::fmt::Display) {
    list.item(|item| {
        item.text(key, block);
        item.text("GatewayId", "local");
        item.text("Origin", "CreateRouteTable");
        item.text("State", "active");
    });
}

fn entry(
    list: &mut Json,
    egress: bool,
    protocol: &str,
    number: u64,
    action: &str,
    block: impl std::fmt::Display,
    ports: Option<(u64, u64)>,
) {
    list.item(|item| {
        item.text("CidrBlock", block);
        item.bool("Egress", egress);
        if let Some((from, to)) = ports {
            item.object("PortRange", |range| {
                range.int("From", from);
                range.int("To", to);
            });
        }
        item.text("Protocol", protocol);
        item.text("RuleAction", action);
        item.int("RuleNumber", number);
    });
}

/// What follows the first label of an instance's private name.
pub(super) fn domain(place: &Place) -> String {
    match place.region.name {
        "us-east-1" => ".ec2.internal".to_owned(),
        region => format!(".{region}.compute.internal"),
    }
}

/// An IPv6 network of a VPC.
fn v6(bits: u64, subnet: u64) -> String {
    format!(
        "2600:1f{:02x}:{:x}:{:x}::",
        bits >> 16 & 0xff,
        bits & 0xfff | 0x4000,
        (bits >> 24 & 0xff) << 8 | subnet & 0xff
    )
}

/// When something of this id was made.
pub(super) fn created(id: Id) -> Moment {
    Moment::of(id.bits() >> 7)
}

fn coprime(to: u32, bits: u64) -> u32 {
    let divides = |mut a: u32, mut b: u32| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let mut step = (bits % u64::from(to)) as u32 | 1;
    while divides(step, to) != 1 {
        step += 2;
    }
    step
}
