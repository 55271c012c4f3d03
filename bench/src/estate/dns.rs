//! Hosted zones and their records.

use std::io;

use super::Made;
use super::endpoint::Endpoint;
use super::network::Network;
use super::place::{Address, Id, Place};
use crate::json::Json;
use crate::random::{Random, hash, split};
use crate::section::Folder;

/// What zones of an account can be associated with and point at.
#[derive(Debug, Default)]
pub(super) struct Targets {
    vpcs: Vec<(Id, &'static str)>,
    endpoints: Vec<Alias>,
}

#[derive(Debug)]
struct Alias {
    name: String,
    zone: &'static str,
    vpc: usize,
    works: bool,
}

impl Targets {
    /// Adds what is in one region of the account.
    pub(super) fn add(&mut self, place: &Place, network: &Network, endpoints: &[Endpoint<'_>]) {
        let first = self.vpcs.len();
        self.vpcs
            .extend(network.vpcs.iter().map(|vpc| (vpc.id, place.region.name)));
        self.endpoints.extend(
            endpoints
                .iter()
                .filter(|endpoint| endpoint.has_alias())
                .map(|endpoint| Alias {
                    name: endpoint.dns_name(place),
                    zone: place.region.endpoint_zone,
                    vpc: first + endpoint.vpc,
                    works: endpoint.works(),
                }),
        );
    }
}

struct Zone<'a> {
    id: String,
    name: String,
    private: bool,
    /// The endpoint that the apex points at.
    alias: Option<&'a Alias>,
    vpcs: Vec<usize>,
    records: u64,
}

/// Writes the zones of an account. Route 53 is global: `home` stands for the account.
pub(super) fn write(
    home: &Place,
    zones: u64,
    records: u64,
    targets: &Targets,
    folder: &mut Folder,
    made: &mut Made,
) -> io::Result<()> {
    let mut random = home.random("zones");
    let zones = plan(home, zones, records, targets, &mut random);

    let mut section = folder.section("route53.ListHostedZones", Some("HostedZones"));
    for zone in &zones {
        section.push(|json| zone.write(json))?;
        let broken = zone.alias.is_some_and(|alias| !alias.works);
        made.plant("zones that point at a dead endpoint", u64::from(broken));
        made.plant(
            "zones with nothing but NS and SOA",
            u64::from(zone.records == 2),
        );
    }
    made.add("hosted zones", section.finish()?);

    // Only `Get` says which VPCs a private zone is associated with.
    let mut section = folder.section("route53.GetHostedZone", None);
    for zone in &zones {
        section.push(|json| {
            json.object("HostedZone", |json| zone.write(json));
            if zone.private {
                json.list("VPCs", |list| {
                    for &vpc in &zone.vpcs {
                        let (id, region) = targets.vpcs[vpc];
                        list.item(|item| {
                            item.text("VPCRegion", region);
                            item.text("VPCId", id);
                        });
                    }
                });
            } else {
                json.object("DelegationSet", |set| {
                    set.texts("NameServers", servers(zone));
                });
            }
        })?;
    }
    section.finish()?;

    let mut section = folder.section("route53.ListResourceRecordSets", None);
    for zone in &zones {
        section.push(|json| {
            json.text("HostedZoneId", &zone.id);
            json.list("ResourceRecordSets", |list| {
                zone.write_records(list, &mut random);
            });
        })?;
        made.add("record sets", zone.records);
    }
    section.finish()?;
    Ok(())
}

fn plan<'a>(
    home: &Place,
    zones: u64,
    records: u64,
    targets: &'a Targets,
    random: &mut Random,
) -> Vec<Zone<'a>> {
    let weights: Vec<u64> = (0..zones).map(|_| random.between(4, 16)).collect();
    let mut aliases = targets.endpoints.iter();
    (0..zones)
        .zip(split(records, &weights))
        .map(|(number, records)| {
            let id = zone_id(hash(home.seed, "zone", home.number, number));
            // Two fifths of the zones exist for an endpoint to a partner's service.
            let alias = if random.permille(400) {
                aliases.next()
            } else {
                None
            };
            let private = alias.is_some() || random.permille(700);
            let name = match alias {
                Some(_) => format!(
                    "in01-{:x}.{}.vectordb.example.com.",
                    number + 4096,
                    home.region.name
                ),
                None if private => format!("team-{number}.corp.internal."),
                None => format!("site-{number}.example.org."),
            };
            let mut vpcs: Vec<usize> = match alias {
                Some(alias) => vec![alias.vpc],
                None => (0..random.between(1, 3))
                    .map(|_| random.below(targets.vpcs.len() as u64) as usize)
                    .collect(),
            };
            vpcs.sort_unstable();
            vpcs.dedup();
            let bare = alias.is_none() && random.permille(10);
            let records = if bare { 2 } else { records.max(3) };
            Zone {
                id,
                name,
                private,
                alias,
                vpcs,
                records,
            }
        })
        .collect()
}

impl Zone<'_> {
    fn write(&self, json: &mut Json) {
        json.text("Id", format_args!("/hostedzone/{}", self.id));
        json.text("Name", &self.name);
        json.text(
            "CallerReference",
            format_args!("terraform-{}", self.id.to_lowercase()),
        );
        json.object("Config", |config| {
            config.text("Comment", "Managed by Terraform");
            config.bool("PrivateZone", self.private);
        });
        json.int("ResourceRecordSetCount", self.records);
    }

    fn write_records(&self, list: &mut Json, random: &mut Random) {
        let mut left = self.records;
        if let Some(alias) = self.alias {
            list.item(|item| {
                item.text("Name", &self.name);
                item.text("Type", "A");
                item.object("AliasTarget", |target| {
                    target.text("HostedZoneId", alias.zone);
                    target.text("DNSName", format_args!("{}.", alias.name));
                    target.bool("EvaluateTargetHealth", false);
                });
            });
            left -= 1;
        }
        let mut record = |name: &dyn std::fmt::Display, kind: &str, ttl: u64, values: &[String]| {
            list.item(|item| {
                item.text("Name", name);
                item.text("Type", kind);
                item.int("TTL", ttl);
                item.list("ResourceRecords", |list| {
                    for value in values {
                        list.item(|item| item.text("Value", value));
                    }
                });
            });
        };
        let servers: Vec<String> = servers(self).map(|server| format!("{server}.")).collect();
        record(&self.name, "NS", 172_800, &servers);
        let authority = format!(
            "{} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
            servers[0]
        );
        record(&self.name, "SOA", 900, &[authority]);
        for number in 2..left {
            let address = |random: &mut Random| {
                Address((10 << 24) | random.below(1 << 24) as u32).to_string()
            };
            match random.weighted(&[500, 250, 100, 100, 50]) {
                0 => record(
                    &format_args!("host-{number}.{}", self.name),
                    "A",
                    300,
                    &[address(random)],
                ),
                1 => {
                    let value = format!("host-{}.{}", number % 3 + 2, self.name);
                    record(
                        &format_args!("service-{number}.{}", self.name),
                        "CNAME",
                        60,
                        &[value],
                    );
                }
                2 => {
                    let value = format!("\"verification={:016x}\"", random.bits());
                    record(
                        &format_args!("_check-{number}.{}", self.name),
                        "TXT",
                        300,
                        &[value],
                    );
                }
                3 => {
                    let values = [address(random), address(random)];
                    record(
                        &format_args!("pool-{number}.{}", self.name),
                        "A",
                        60,
                        &values,
                    );
                }
                // Route 53 writes an asterisk in octal.
                _ => record(
                    &format_args!("\\052.w{number}.{}", self.name),
                    "A",
                    300,
                    &[address(random)],
                ),
            }
        }
    }
}

fn servers(zone: &Zone<'_>) -> impl Iterator<Item = String> + use<> {
    let private = zone.private;
    (0..4).map(move |number| {
        let number = if private {
            number * 512
        } else {
            number * 512 + 137
        };
        let domain = ["com", "net", "org", "co.uk"][number / 512];
        format!("ns-{number}.awsdns-{:02}.{domain}", number / 64)
    })
}

/// `Z` and twenty letters and digits.
fn zone_id(mut bits: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut id = String::from("Z0");
    for position in 0..19 {
        if position == 12 {
            bits = hash(bits, "zone", 0, 0);
        }
        id.push(char::from(DIGITS[(bits % 36) as usize]));
        bits = bits / 36 + position;
    }
    id
}
