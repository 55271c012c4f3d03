//! Security groups and managed prefix lists.
//!
//! The first group of a VPC is the default one, then come the groups of
//! endpoints, then those of applications. What a group of an endpoint admits is
//! often right only as a union: port ranges in two pieces, blocks in halves, a
//! prefix list. That is how people write them, and where careless checks fail.

use std::io;

use super::network::{Network, Vpc};
use super::place::{Block, Id, Place};
use super::{Made, tags};
use crate::json::Json;
use crate::random::Random;
use crate::section::Folder;

const APPLICATIONS: &[&str] = &[
    "api", "worker", "web", "batch", "cache", "db", "queue", "ingest", "stream", "admin", "cron",
    "proxy",
];

const PORTS: &[u64] = &[
    22, 53, 80, 443, 1521, 3306, 5432, 5671, 6379, 8080, 8443, 8883, 9092, 9094, 9200, 19_530,
    27_017,
];

const NOTES: &[&str] = &[
    "from the office network",
    "health checks",
    "metrics scraping, see NET-4127",
    "service to service",
    "added by terraform",
    "migration, remove after cut-over",
];

/// Lists of the organisation, besides Amazon's two. The first covers all VPCs.
fn own_lists(place: &Place) -> u64 {
    3 + place.number % 4
}

/// The id of a group.
pub(super) fn group(place: &Place, number: u64) -> Id {
    place.id("sg-", number)
}

/// The name of a group of a VPC.
pub(super) fn group_name(vpc: &Vpc, number: u64) -> String {
    match number - vpc.groups.start {
        0 => "default".to_owned(),
        n if vpc.endpoint_groups().contains(&number) => {
            let what = if n % 2 == 1 { "web" } else { "data" };
            format!("{}-vpce-{what}-{n}", vpc.name())
        }
        n => format!(
            "{}-{}-{n}",
            vpc.name(),
            APPLICATIONS[n as usize % APPLICATIONS.len()]
        ),
    }
}

#[derive(Debug, Default)]
struct Permission {
    /// `None` is all protocols.
    ports: Option<(&'static str, i64, i64)>,
    groups: Vec<Id>,
    blocks: Vec<Block>,
    lists: Vec<Id>,
    everywhere: bool,
    note: Option<&'static str>,
}

impl Permission {
    fn tcp(from: u64, to: u64) -> Self {
        Self {
            ports: Some(("tcp", from.cast_signed(), to.cast_signed())),
            ..Self::default()
        }
    }

    fn with_blocks(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }

    fn with_group(mut self, group: Id) -> Self {
        self.groups.push(group);
        self
    }

    fn with_list(mut self, list: Id) -> Self {
        self.lists.push(list);
        self
    }

    fn noted(mut self, random: &mut Random) -> Self {
        self.note = random.permille(600).then(|| random.pick(NOTES));
        self
    }

    fn rules(&self) -> u64 {
        (self.groups.len()
            + self.blocks.len()
            + self.lists.len()
            + 2 * usize::from(self.everywhere)) as u64
    }

    fn write(&self, list: &mut Json, account: &str) {
        list.item(|item| {
            item.text("IpProtocol", self.ports.map_or("-1", |ports| ports.0));
            if let Some((_, from, to)) = self.ports {
                item.int("FromPort", from);
                item.int("ToPort", to);
            }
            let note = |source: &mut Json| {
                if let Some(note) = self.note {
                    source.text("Description", note);
                }
            };
            item.list("UserIdGroupPairs", |pairs| {
                for group in &self.groups {
                    pairs.item(|pair| {
                        note(pair);
                        pair.text("UserId", account);
                        pair.text("GroupId", group);
                    });
                }
            });
            item.list("IpRanges", |ranges| {
                let all = self.everywhere.then_some(Block {
                    first: 0,
                    length: 0,
                });
                for block in self.blocks.iter().copied().chain(all) {
                    ranges.item(|range| {
                        note(range);
                        range.text("CidrIp", block);
                    });
                }
            });
            item.list("Ipv6Ranges", |ranges| {
                if self.everywhere {
                    ranges.item(|range| range.text("CidrIpv6", "::/0"));
                }
            });
            item.list("PrefixListIds", |lists| {
                for id in &self.lists {
                    lists.item(|item| {
                        note(item);
                        item.text("PrefixListId", id);
                    });
                }
            });
        });
    }
}

/// Writes groups and prefix lists.
pub(super) fn write(
    place: &Place,
    network: &Network,
    folder: &mut Folder,
    made: &mut Made,
) -> io::Result<()> {
    let mut random = place.random("security");
    let mut order: Vec<(u64, &Vpc)> = network
        .vpcs
        .iter()
        .flat_map(|vpc| vpc.groups.clone().map(move |number| (number, vpc)))
        .collect();
    random.shuffle(&mut order);
    let mut rules = 0;
    let mut section = folder.section("ec2.DescribeSecurityGroups", Some("SecurityGroups"));
    for (number, vpc) in order {
        let ingress = ingress(place, vpc, number, &mut random, made);
        let egress = egress(vpc, number, &mut random);
        rules += ingress
            .iter()
            .chain(&egress)
            .map(Permission::rules)
            .sum::<u64>();
        section.push(|json| write_group(json, place, vpc, number, &ingress, &egress))?;
    }
    made.add("security groups", section.finish()?);
    made.add("security group rules (inside the groups)", rules);
    write_lists(place, folder, made)
}

fn write_group(
    json: &mut Json,
    place: &Place,
    vpc: &Vpc,
    number: u64,
    ingress: &[Permission],
    egress: &[Permission],
) {
    let id = group(place, number);
    let name = group_name(vpc, number);
    json.text("GroupId", id);
    json.list("IpPermissionsEgress", |list| {
        for permission in egress {
            permission.write(list, &place.account);
        }
    });
    if name == "default" {
        // Nobody made it, nobody tagged it.
        json.list("Tags", |_| {});
    } else {
        tags(json, "Tags", &name, vpc.environment, vpc.owner);
    }
    json.text("VpcId", vpc.id);
    json.text(
        "SecurityGroupArn",
        place.arn("ec2", format_args!("security-group/{id}")),
    );
    json.text("OwnerId", &place.account);
    json.text("GroupName", &name);
    if name == "default" {
        json.text("Description", "default VPC security group");
    } else {
        json.text("Description", format_args!("{name}, managed by Terraform"));
    }
    json.list("IpPermissions", |list| {
        for permission in ingress {
            permission.write(list, &place.account);
        }
    });
}

fn ingress(
    place: &Place,
    vpc: &Vpc,
    number: u64,
    random: &mut Random,
    made: &mut Made,
) -> Vec<Permission> {
    let position = number - vpc.groups.start;
    if position == 0 {
        return vec![Permission::default().with_group(group(place, number))];
    }
    if !vpc.endpoint_groups().contains(&number) {
        return application(place, vpc, random);
    }
    let defect = random.permille(40);
    let mut permissions = if position % 2 == 1 {
        if defect {
            made.plant("endpoint groups with 443 closed", 1);
            // Only from one half of the VPC, or only from another group.
            match random.below(2) {
                0 => vec![Permission::tcp(443, 443).with_blocks([vpc.blocks[0].halves()[0]])],
                _ => vec![Permission::tcp(443, 443).with_group(group(place, vpc.groups.end - 1))],
            }
        } else {
            vec![Permission::tcp(443, 443).with_blocks(vpc.blocks.iter().copied())]
        }
    } else if defect {
        made.plant("endpoint groups with a gap in 10000-19999", 1);
        closed(place, vpc, random)
    } else {
        open(place, vpc, random)
    };
    for _ in 0..random.between(1, 3) {
        let port = random.pick(PORTS);
        let permission = match random.below(3) {
            0 => Permission::tcp(port, port)
                .with_list(place.id("pl-", random.between(1, own_lists(place) - 1))),
            1 => Permission::tcp(port, port).with_group(group(
                place,
                random.between(vpc.groups.start, vpc.groups.end - 1),
            )),
            _ => Permission::tcp(port, port).with_blocks([neighbour(random)]),
        };
        // Nothing that would close a gap.
        if port != 443 && port < 10_000 {
            permissions.push(permission.noted(random));
        }
    }
    permissions
}

/// 10000-19999 from the whole VPC, in one of the ways that people write it.
fn open(place: &Place, vpc: &Vpc, random: &mut Random) -> Vec<Permission> {
    let blocks = || vpc.blocks.iter().copied();
    let halves = || vpc.blocks.iter().flat_map(|block| block.halves());
    match random.weighted(&[400, 250, 150, 150, 50]) {
        0 => vec![Permission::tcp(10_000, 19_999).with_blocks(blocks())],
        1 => vec![
            Permission::tcp(10_000, 14_999).with_blocks(blocks()),
            Permission::tcp(15_000, 19_999).with_blocks(blocks()),
        ],
        2 => vec![Permission::tcp(10_000, 19_999).with_blocks(halves())],
        3 => vec![
            Permission::tcp(9_000, 12_000).with_blocks(blocks()),
            Permission::tcp(12_001, 16_383).with_blocks(halves()),
            Permission::tcp(16_384, 20_000).with_blocks(blocks()),
        ],
        _ => vec![Permission::tcp(10_000, 19_999).with_list(place.id("pl-", 0))],
    }
}

/// Almost 10000-19999 from almost the whole VPC.
fn closed(place: &Place, vpc: &Vpc, random: &mut Random) -> Vec<Permission> {
    let blocks = || vpc.blocks.iter().copied();
    match random.below(4) {
        0 => vec![
            Permission::tcp(10_000, 14_999).with_blocks(blocks()),
            Permission::tcp(15_001, 19_999).with_blocks(blocks()),
        ],
        1 => vec![Permission::tcp(10_000, 19_999).with_blocks([vpc.blocks[0].halves()[1]])],
        2 => vec![Permission::tcp(10_000, 19_999).with_group(group(place, vpc.groups.end - 1))],
        _ => vec![Permission::tcp(10_001, 19_999).with_blocks(blocks())],
    }
}

fn application(place: &Place, vpc: &Vpc, random: &mut Random) -> Vec<Permission> {
    let mut permissions = Vec::new();
    for _ in 0..random.between(2, 5) {
        let port = random.pick(PORTS);
        let any = |random: &mut Random| {
            group(place, random.between(vpc.groups.start, vpc.groups.end - 1))
        };
        let permission = match random.weighted(&[380, 280, 100, 120, 60, 40, 20]) {
            0 => {
                let blocks: Vec<Block> = (0..random.between(1, 2))
                    .map(|_| neighbour(random))
                    .collect();
                Permission::tcp(port, port).with_blocks(blocks)
            }
            1 => Permission::tcp(port, port).with_group(any(random)),
            2 => Permission::tcp(port, port)
                .with_list(place.id("pl-", random.below(own_lists(place)))),
            3 => {
                let from = 1024 * random.between(1, 30);
                permissions.push(
                    Permission::tcp(from, from + 511)
                        .with_blocks(vpc.blocks.iter().copied())
                        .noted(random),
                );
                Permission::tcp(from + 512, from + 1023)
                    .with_blocks([neighbour(random), vpc.blocks[0]])
            }
            4 => Permission {
                ports: Some(("icmp", -1, -1)),
                ..Permission::default()
            }
            .with_blocks([vpc.blocks[0]]),
            5 => Permission {
                ports: Some(("udp", 53, 53)),
                ..Permission::default()
            }
            .with_group(any(random))
            .with_group(any(random)),
            _ => Permission {
                everywhere: true,
                ..Permission::tcp(443, 443)
            },
        };
        permissions.push(permission.noted(random));
    }
    permissions
}

fn egress(vpc: &Vpc, number: u64, random: &mut Random) -> Vec<Permission> {
    let all = || Permission {
        blocks: vec![Block {
            first: 0,
            length: 0,
        }],
        ..Permission::default()
    };
    if number == vpc.groups.start || random.permille(700) {
        return vec![all()];
    }
    vec![
        Permission::tcp(443, 443).with_blocks([Block {
            first: 0,
            length: 0,
        }]),
        Permission::tcp(1024, 65_535)
            .with_blocks(vpc.blocks.iter().copied())
            .noted(random),
    ]
}

/// A block of another VPC or another network of the organisation.
fn neighbour(random: &mut Random) -> Block {
    match random.below(4) {
        0 => Block {
            first: 10 << 24,
            length: 8,
        },
        1 => Block {
            first: (172 << 24) | (16 << 16) | (random.below(16) as u32) << 16,
            length: 16,
        },
        2 => Block {
            first: (10 << 24) | (random.below(65_536) as u32) << 8,
            length: 24,
        },
        _ => Block {
            first: (10 << 24) | (random.below(256) as u32) << 16,
            length: 16,
        },
    }
}

fn write_lists(place: &Place, folder: &mut Folder, made: &mut Made) -> io::Result<()> {
    let mut random = place.random("prefix lists");
    let mut entries: Vec<(String, Vec<Block>)> = Vec::new();
    let mut section = folder.section("ec2.DescribeManagedPrefixLists", Some("PrefixLists"));
    for (id, service) in place.region.gateway_lists.iter().zip(["s3", "dynamodb"]) {
        section.push(|json| {
            json.text("PrefixListId", id);
            json.text("AddressFamily", "IPv4");
            json.text("State", "create-complete");
            json.text(
                "PrefixListArn",
                format_args!("arn:aws:ec2:{}:aws:prefix-list/{id}", place.region.name),
            );
            json.text(
                "PrefixListName",
                format_args!("com.amazonaws.{}.{service}", place.region.name),
            );
            json.list("Tags", |_| {});
            json.text("OwnerId", "AWS");
        })?;
        let blocks = (0..6).map(|_| Block {
            first: (52 << 24) | (random.below(4096) as u32) << 12,
            length: 20,
        });
        entries.push(((*id).to_owned(), blocks.collect()));
    }
    for number in 0..own_lists(place) {
        let id = place.id("pl-", number);
        let blocks: Vec<Block> = if number == 0 {
            let wide = [
                (10 << 24, 8),
                ((100 << 24) | (64 << 16), 10),
                ((172 << 24) | (16 << 16), 12),
            ];
            wide.into_iter()
                .map(|(first, length)| Block { first, length })
                .collect()
        } else {
            (0..random.between(5, 20))
                .map(|_| Block {
                    first: (172 << 24) | (16 << 16) | (random.below(4096) as u32) << 8,
                    length: 24,
                })
                .collect()
        };
        section.push(|json| {
            json.text("PrefixListId", id);
            json.text("AddressFamily", "IPv4");
            json.text("State", "modify-complete");
            json.text(
                "PrefixListArn",
                place.arn("ec2", format_args!("prefix-list/{id}")),
            );
            json.text(
                "PrefixListName",
                format_args!("organisation-networks-{number}"),
            );
            json.int("MaxEntries", 50);
            json.int("Version", 1 + id.bits() % 30);
            json.list("Tags", |_| {});
            json.text("OwnerId", &place.account);
        })?;
        entries.push((id.to_string(), blocks));
    }
    made.add("managed prefix lists", section.finish()?);
    let mut section = folder.section("ec2.GetManagedPrefixListEntries", None);
    for (id, blocks) in entries {
        section.push(|json| {
            json.text("PrefixListId", id);
            json.list("Entries", |list| {
                for block in blocks {
                    list.item(|item| {
                        item.text("Cidr", block);
                        item.text("Description", "");
                    });
                }
            });
        })?;
    }
    section.finish()?;
    Ok(())
}
