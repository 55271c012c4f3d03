//! Where things are: accounts, regions, zones, and the ids and names in them.
//!
//! Every id is a function of seed, place and number, so that an endpoint can
//! name a resource configuration of another account whose files another thread
//! is writing at the same time.

use std::fmt;

use crate::random::{Random, hash};

/// An AWS region, as far as it matters here.
#[derive(Debug)]
pub(super) struct Region {
    /// `us-east-1`
    pub(super) name: &'static str,
    /// The first part of its zones' ids.
    pub(super) zone_prefix: &'static str,
    /// The numbers of its zones' ids.
    pub(super) zones: &'static [u8],
    /// The zone that VPC Lattice does not support, if there is one.
    pub(super) unsupported: Option<u8>,
    /// The hosted zone of endpoint names, for alias records.
    pub(super) endpoint_zone: &'static str,
    /// Amazon's prefix lists for S3 and DynamoDB.
    pub(super) gateway_lists: [&'static str; 2],
}

/// The regions of the estates.
pub(super) const REGIONS: &[Region] = &[
    Region {
        name: "us-east-1",
        zone_prefix: "use1",
        zones: &[1, 2, 3, 4, 5, 6],
        unsupported: Some(3),
        endpoint_zone: "Z7HUB22UULQXV",
        gateway_lists: ["pl-63a5400a", "pl-02cd2c6b"],
    },
    Region {
        name: "eu-west-1",
        zone_prefix: "euw1",
        zones: &[1, 2, 3, 4],
        unsupported: Some(4),
        endpoint_zone: "Z38GZ743OKFT7T",
        gateway_lists: ["pl-6da54004", "pl-6fa54006"],
    },
    Region {
        name: "us-west-2",
        zone_prefix: "usw2",
        zones: &[1, 2, 3, 4],
        unsupported: None,
        endpoint_zone: "Z1YSA3EXCYUU9Z",
        gateway_lists: ["pl-68a54001", "pl-00a54069"],
    },
    Region {
        name: "ap-northeast-1",
        zone_prefix: "apne1",
        zones: &[1, 2, 3, 4],
        unsupported: Some(3),
        endpoint_zone: "Z2E726K9Y6RL4W",
        gateway_lists: ["pl-61a54008", "pl-78a54011"],
    },
    Region {
        name: "ca-central-1",
        zone_prefix: "cac1",
        zones: &[1, 2, 3, 4],
        unsupported: Some(3),
        endpoint_zone: "ZRCXCF510Y6P9",
        gateway_lists: ["pl-7da54014", "pl-4ea54027"],
    },
    Region {
        name: "us-west-1",
        zone_prefix: "usw1",
        zones: &[1, 2, 3],
        unsupported: Some(2),
        endpoint_zone: "Z12I86A8N7VCZO",
        gateway_lists: ["pl-6ba54002", "pl-6ea54007"],
    },
];

/// A zone as one account sees it.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    /// `us-east-1a`; another zone in another account.
    pub(super) name: String,
    /// `use1-az3`; the same zone in all accounts.
    pub(super) id: String,
    /// Whether VPC Lattice is said not to support it.
    pub(super) unsupported: bool,
}

/// How many of each thing a place has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Share {
    /// VPCs.
    pub(super) vpcs: u64,
    /// Subnets.
    pub(super) subnets: u64,
    /// Security groups.
    pub(super) groups: u64,
    /// Network interfaces, those of endpoints among them.
    pub(super) interfaces: u64,
    /// VPC endpoints.
    pub(super) endpoints: u64,
    /// Associations of endpoints with resources.
    pub(super) associations: u64,
    /// Resource configurations, in blocks of eight (see `lattice`).
    pub(super) configurations: u64,
    /// Service networks.
    pub(super) networks: u64,
}

/// One account in one region.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The seed of the estate.
    pub(super) seed: u64,
    /// Unique over the estate.
    pub(super) number: u64,
    /// Twelve digits.
    pub(super) account: String,
    /// The region.
    pub(super) region: &'static Region,
    /// The zones in the order of their names.
    pub(super) zones: Vec<Zone>,
    /// What is in it.
    pub(super) share: Share,
}

impl Place {
    /// An account in a region; `number` must be its own.
    pub(super) fn new(
        seed: u64,
        number: u64,
        account: u64,
        region: &'static Region,
        share: Share,
    ) -> Self {
        let mut order = region.zones.to_vec();
        // Zone names are dealt to each account anew.
        Random::new(seed, region.name, account).shuffle(&mut order);
        let zones = order
            .iter()
            .zip('a'..)
            .map(|(&zone, letter)| Zone {
                name: format!("{}{letter}", region.name),
                id: format!("{}-az{zone}", region.zone_prefix),
                unsupported: region.unsupported == Some(zone),
            })
            .collect();
        let account =
            (100_000_000_000 + hash(seed, "account", account, 0) % 899_999_999_999).to_string();
        Self {
            seed,
            number,
            account,
            region,
            zones,
            share,
        }
    }

    /// A stream of random numbers for one purpose here.
    pub(super) fn random(&self, purpose: &str) -> Random {
        Random::new(self.seed, purpose, self.number)
    }

    /// The id of the thing with this number.
    pub(super) fn id(&self, prefix: &'static str, index: u64) -> Id {
        Id {
            prefix,
            value: hash(self.seed, prefix, self.number, index),
        }
    }

    /// An ARN here.
    pub(super) fn arn<'a, T: fmt::Display>(&'a self, service: &'a str, resource: T) -> Arn<'a, T> {
        Arn {
            service,
            place: self,
            resource,
        }
    }
}

/// An id such as `vpc-0a1b2c3d4e5f60718`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    prefix: &'static str,
    value: u64,
}

impl Id {
    /// Bits that belong to the resource, for what it has besides its id.
    pub(super) fn bits(self) -> u64 {
        self.value
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}0{:016x}", self.prefix, self.value)
    }
}

/// An ARN such as `arn:aws:ec2:us-east-1:123456789012:subnet/subnet-…`.
#[derive(Debug)]
pub(super) struct Arn<'a, T> {
    service: &'a str,
    place: &'a Place,
    resource: T,
}

impl<T: fmt::Display> fmt::Display for Arn<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            service,
            place,
            resource,
        } = self;
        write!(
            out,
            "arn:aws:{service}:{}:{}:{resource}",
            place.region.name, place.account
        )
    }
}

/// An IPv4 block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// The first address.
    pub(super) first: u32,
    /// The length of the prefix.
    pub(super) length: u8,
}

impl Block {
    /// How many addresses it has.
    pub(super) fn size(self) -> u32 {
        1 << (32 - self.length)
    }

    /// Its two halves.
    pub(super) fn halves(self) -> [Self; 2] {
        let length = self.length + 1;
        [
            Self {
                first: self.first,
                length,
            },
            Self {
                first: self.first + self.size() / 2,
                length,
            },
        ]
    }
}

impl fmt::Display for Block {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", Address(self.first), self.length)
    }
}

/// An IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address(pub(super) u32);

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0.to_be_bytes();
        write!(out, "{a}.{b}.{c}.{d}")
    }
}

/// A moment between January 2023 and the day before the snapshot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(u64);

impl Moment {
    /// The moment that some bits stand for.
    pub(super) fn of(bits: u64) -> Self {
        const FROM: u64 = 1_672_531_200; // 2023-01-01
        const UNTIL: u64 = 1_795_046_400; // 2026-11-19
        Self(FROM + bits % (UNTIL - FROM))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days to date by eras of 400 years that begin in March.
        let days = self.0 / 86_400 + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let date = day - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        let (hour, minute, second) = (self.0 / 3600 % 24, self.0 / 60 % 60, self.0 % 60);
        let year = year + era * 400 + next;
        write!(
            out,
            "{year}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}+00:00"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(
            Moment(1_672_531_200).to_string(),
            "2023-01-01T00:00:00+00:00"
        );
        assert_eq!(
            Moment(1_709_210_096).to_string(),
            "2024-02-29T12:34:56+00:00"
        );
        assert_eq!(
            Moment(1_795_046_399).to_string(),
            "2026-11-18T23:59:59+00:00"
        );
    }
}
