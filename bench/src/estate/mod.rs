//! An estate: accounts, their regions, and everything in them.
//!
//! The mix is that of a large organisation with private connectivity: at
//! `--resources 1000000`, 2,000 VPCs, 20,000 subnets, 100,000 security groups,
//! 800,000 network interfaces, 30,000 endpoints, 9,700 endpoint associations,
//! 5,000 hosted zones and 50,000 record sets in 32 accounts of unequal size,
//! with two regions each. Other sizes are the same in proportion.
//!
//! A small share of everything is wrong on purpose, and counted, so that rules
//! find something and what they find can be compared.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::json::Json;
use crate::random::split;
use crate::section::{Folder, Written};

mod dns;
mod endpoint;
mod interface;
mod lattice;
mod network;
mod place;
mod security;

use place::{Place, REGIONS, Share};

/// What to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// About how many resources.
    pub resources: u64,
    /// Everything follows from it.
    pub seed: u64,
    /// Four spaces a level, as the AWS CLI prints, instead of no white space.
    pub indent: bool,
    /// The folder of the snapshot.
    pub out: PathBuf,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Made {
    /// How many of each kind of resource.
    pub resources: BTreeMap<&'static str, u64>,
    /// How many of each kind of defect.
    pub planted: BTreeMap<&'static str, u64>,
    /// All files but the manifest.
    pub files: Vec<Written>,
}

impl Made {
    fn add(&mut self, kind: &'static str, count: u64) {
        *self.resources.entry(kind).or_default() += count;
    }

    fn plant(&mut self, defect: &'static str, count: u64) {
        *self.planted.entry(defect).or_default() += count;
    }

    fn join(mut self, other: Self) -> Self {
        for (kind, count) in other.resources {
            self.add(kind, count);
        }
        for (defect, count) in other.planted {
            self.plant(defect, count);
        }
        self.files.extend(other.files);
        self
    }
}

/// Writes an estate with its manifest.
pub fn generate(options: &Options) -> io::Result<Made> {
    let accounts = accounts(options);
    let places: Vec<&Place> = accounts
        .iter()
        .flat_map(|account| &account.places)
        .collect();
    let mut made = accounts
        .par_iter()
        // One account at a time: their sizes differ too much to deal them out in advance.
        .with_max_len(1)
        .map(|account| write_account(options, account, &places))
        .try_reduce(Made::default, |one, other| Ok(one.join(other)))?;
    made.files.sort();
    std::fs::write(options.out.join("manifest.json"), manifest(&made.files))?;
    Ok(made)
}

struct Account {
    places: Vec<Place>,
    zones: u64,
    records: u64,
}

fn accounts(options: &Options) -> Vec<Account> {
    let Options {
        resources, seed, ..
    } = *options;
    let of =
        |at_a_million: u64| (u128::from(at_a_million) * u128::from(resources) / 1_000_000) as u64;
    let count = ((32.0 * (resources as f64 / 1e6).sqrt()).round() as u64).max(1);
    // The first account is the largest, about a ninth of the whole of 32; the last a hundredth.
    let weights: Vec<u64> = (0..count)
        .map(|account| 1_000_000 / (account + 3))
        .collect();
    // Two regions: the one that the account lives in, and a second.
    let places: Vec<u64> = weights
        .iter()
        .flat_map(|weight| [weight * 7 / 10, weight * 3 / 10])
        .collect();
    let share = |at_a_million| split(of(at_a_million), &places);
    let (vpcs, subnets, groups) = (share(2_000), share(20_000), share(100_000));
    let (interfaces, endpoints, associations) = (share(800_000), share(30_000), share(9_700));
    let (configurations, networks) = (share(2_400), share(200));
    let (zones, records) = (split(of(5_000), &weights), split(of(50_000), &weights));
    (0..count as usize)
        .map(|account| Account {
            places: (0..2)
                .map(|region| {
                    let at = account * 2 + region;
                    Place::new(
                        seed,
                        at as u64,
                        account as u64,
                        &REGIONS[(account + region) % REGIONS.len()],
                        Share {
                            vpcs: vpcs[at].max(1),
                            subnets: subnets[at].max(6),
                            groups: groups[at].max(6),
                            interfaces: interfaces[at].max(20),
                            endpoints: endpoints[at],
                            associations: associations[at],
                            configurations: configurations[at].div_ceil(8).max(1) * 8,
                            networks: networks[at].max(1),
                        },
                    )
                })
                .collect(),
            zones: zones[account].max(1),
            records: records[account],
        })
        .collect()
}

fn write_account(options: &Options, account: &Account, places: &[&Place]) -> io::Result<Made> {
    let mut made = Made::default();
    let mut targets = dns::Targets::default();
    for place in &account.places {
        let path = format!("aws/{}/{}", place.account, place.region.name);
        let mut folder = Folder::create(options.out.clone(), path, options.indent)?;
        let mut network = network::Network::new(place);
        let mut interfaces = interface::Interfaces::new(place);
        let endpoints = endpoint::plan(place, places, &mut network, &mut interfaces);
        interfaces.fill(&mut network);
        targets.add(place, &network, &endpoints);

        network.write(place, &endpoints, &mut folder, &mut made)?;
        security::write(place, &network, &mut folder, &mut made)?;
        interfaces.write(&network, &endpoints, &mut folder, &mut made)?;
        endpoint::write(place, &network, &endpoints, &mut folder, &mut made)?;
        lattice::write(place, &network, &mut folder, &mut made)?;
        made.files.append(&mut folder.written);
    }
    if let Some(home) = account.places.first() {
        let path = format!("aws/{}/global", home.account);
        let mut folder = Folder::create(options.out.clone(), path, options.indent)?;
        dns::write(
            home,
            account.zones,
            account.records,
            &targets,
            &mut folder,
            &mut made,
        )?;
        made.files.append(&mut folder.written);
    }
    Ok(made)
}

fn manifest(files: &[Written]) -> Vec<u8> {
    let mut json = Json::new(true);
    json.item(|manifest| {
        manifest.text("format", "plaudit-snapshot/1");
        manifest.object("tool", |tool| {
            tool.text("name", "plaudit-bench");
            tool.text("version", env!("CARGO_PKG_VERSION"));
        });
        manifest.text("created", "2026-11-20T00:00:00Z");
        manifest.list("files", |list| {
            for file in files {
                list.item(|item| {
                    item.text("path", &file.path);
                    item.int("bytes", file.bytes);
                    item.text("sha256", &file.sha256);
                });
            }
        });
    });
    json.newline();
    json.bytes().to_vec()
}

/// The three tags that everything of an organisation should have. Some things
/// have none.
fn tags(json: &mut Json, key: &str, name: impl std::fmt::Display, environment: &str, owner: &str) {
    json.list(key, |list| {
        let mut tag = |key: &str, value: &dyn std::fmt::Display| {
            list.item(|tag| {
                tag.text("Key", key);
                tag.text("Value", value);
            });
        };
        tag("Name", &name);
        tag("Environment", &environment);
        tag("Owner", &owner);
    });
}
