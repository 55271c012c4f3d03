//! What a text is by its looks: an id of AWS, a region, an address, a name in the
//! DNS.
//!
//! Predicates over texts. What is done with a text is decided by `value`; in
//! doubt nothing here says that a text is harmless.

use std::net::IpAddr;

use super::super::time;
use crate::collect::aws::table::OPERATIONS;
use crate::collect::catalog::Catalog;
use crate::collect::scope;
use crate::snapshot::record::Kind;

/// Words that mean the same in every account.
const WORDS: &[&str] = &[
    "*",
    "-",
    "-1",
    "AWS",
    "AmazonProvidedDNS",
    "Gateway",
    "GatewayLoadBalancer",
    "Interface",
    "Resource",
    "ServiceNetwork",
    "all",
    "amazon",
    "amazon-aws",
    "amazon-elb",
    "amazon-elasticache",
    "amazon-rds",
    "aws",
    "default",
    "disabled",
    "enabled",
    "false",
    "global",
    "local",
    "none",
    "off",
    "on",
    "optional",
    "required",
    "self",
    "traffic-port",
    "true",
];

/// Prefixes of ids that had eight digits once.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
const OLD: &[&str] = &[
    "acl",
    "aclassoc",
    "ami",
    "dopt",
    "eipalloc",
    "eipassoc",
    "eni",
    "eni-attach",
    "i",
    "igw",
    "nat",
    "pcx",
    "pl",
    "r",
    "rtb",
    "rtbassoc",
    "sg",
    "snap",
    "subnet",
    "vgw",
    "vol",
    "vpc",
    "vpce",
    "vpn",
];

/// Whether a text is a word of AWS and of nobody else.
pub(super) fn is_word(text: &str) -> bool {
    WORDS.contains(&text)
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    scope::is_account(text)
}

/// Whether a text is an id that AWS gave: it names a thing and says nothing.
pub(super) fn is_id(text: &str) -> bool {
    let of_zones = ["/hostedzone/", "/change/", "/delegationset/"]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    match of_zones {
        Some(id) => is_capitals(id),
        None => is_resource_id(text) || is_zone_id(text) || is_uuid(text) || is_series(text),
    }
}

fn is_hex(text: &str, dashes: bool) -> bool {
    text.len() >= 8
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || dashes && b == b'-')
}

/// An id whose prefix is that of a kind of resource: `vpce-0b43179223bb7f9f8`.
pub(super) fn is_known_id(text: &str) -> bool {
    let modelled = Kind::ALL.iter().map(|kind| kind.spec().id_prefix);
    let modelled = modelled.filter(|prefix| prefix.ends_with('-'));
    let old = text
        .rsplit_once('-')
        .filter(|(prefix, digits)| OLD.contains(prefix) && digits.len() <= 17);
    modelled
        .filter_map(|prefix| text.strip_prefix(prefix))
        .chain(old.map(|(_, digits)| digits))
        .any(|digits| digits.len() <= 36 && is_hex(digits, true))
}

/// An id by its looks: `ela-attach-0a25ec6b8e8d3f0b9`. Where people write, this is
/// not enough: `corp-vpc-0a25ec6b8e8d3f0b9` is one too. Ids with a prefix that is
/// not known have 17 digits, so that nobody's `web-deadbeef` is taken for one.
fn is_resource_id(text: &str) -> bool {
    let words = |prefix: &str| {
        prefix.len() <= 40
            && prefix
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let modern = || {
        text.rsplit_once('-').is_some_and(|(prefix, digits)| {
            digits.len() == 17 && is_hex(digits, false) && words(prefix)
        })
    };
    modern() || is_known_id(text)
}

/// `bytesProcessed_vpce_0b43179223bb7f9f8`: a metric and what it is of.
fn is_series(text: &str) -> bool {
    text.split_once('_').is_some_and(|(metric, of)| {
        metric.bytes().all(|b| b.is_ascii_alphabetic()) && is_resource_id(&of.replace('_', "-"))
    })
}

/// `SELF`, `enableDnsSupport`: what a call is made for once each.
pub(super) fn is_variant(text: &str) -> bool {
    OPERATIONS
        .iter()
        .filter_map(|operation| operation.variants)
        .any(|(_, values)| values.contains(&text))
}

/// `LoadBalancers-0003`: the file of a call about several things at once.
pub(super) fn is_batch(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(list, number)| {
        number.len() == 4
            && number.bytes().all(|b| b.is_ascii_digit())
            && !Catalog::get().sections(list).is_empty()
    })
}

fn is_capitals(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html>
fn is_zone_id(text: &str) -> bool {
    text.len() >= 10
        && text.starts_with('Z')
        && is_capitals(text)
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// `ab4ab823-a244-933e-1326-6946d1690ae5`.
fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// A region, a zone, or a zone's id (`use1-az4`, `us-east-1-zg-1`).
pub(super) fn is_place(text: &str) -> bool {
    let zone_id = || {
        text.split_once("-az").is_some_and(|(region, number)| {
            (3..=6).contains(&region.len())
                && region
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                && (1..=2).contains(&number.len())
                && number.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let group = || {
        text.rsplit_once("-zg-").is_some_and(|(region, number)| {
            scope::is_region(region) && number.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let zone = || {
        let region = text.strip_suffix(|char: char| char.is_ascii_lowercase());
        region.is_some_and(scope::is_region)
    };
    scope::is_region(text) || zone() || zone_id() || group()
}

/// A number, or a range of them.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 20
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b','))
}

/// A time or a day.
pub(super) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let day = text.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| {
            if at == 4 || at == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    day || time::seconds(text).is_some()
}

/// An address, or a block of them with its length.
pub(super) fn address(text: &str) -> Option<(IpAddr, Option<u8>)> {
    let Some((address, length)) = text.split_once('/') else {
        return text.parse().ok().map(|address| (address, None));
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let plain = (1..=3).contains(&length.len()) && length.bytes().all(|b| b.is_ascii_digit());
    let length: u8 = length
        .parse()
        .ok()
        .filter(|length| plain && *length <= most)?;
    Some((address, Some(length)))
}

/// The address in `ip-10-20-4-4.ec2.internal`, and what follows it.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html>
pub(super) fn address_in_name(text: &str) -> Option<(IpAddr, &str)> {
    let (first, rest) = text.split_once('.')?;
    let platform = rest.trim_end_matches('.');
    if platform != "ec2.internal" && !platform.ends_with(".compute.internal") {
        return None;
    }
    let address = first.strip_prefix("ip-")?.replace('-', ".");
    Some((address.parse().ok()?, rest))
}

/// Whether a text is a name in the DNS with at least two labels.
pub(super) fn is_domain(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let labels: Vec<&str> = text.split('.').collect();
    let fits = |label: &&str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'*' | b'\\'))
    };
    labels.len() >= 2
        && text.len() <= 255
        && labels.iter().all(fits)
        && labels.last().is_some_and(|last| {
            last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
        })
}

/// The labels at the end of a name that AWS owns, if it does.
pub(super) fn platform_labels(text: &str) -> Option<usize> {
    const ENDS: &[&str] = &[
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.eu",
        "amazon.com",
        "api.aws",
        "on.aws",
        "compute.internal",
        "ec2.internal",
    ];
    let lower = text.trim_end_matches('.').to_ascii_lowercase();
    if let Some(end) = ENDS
        .iter()
        .find(|end| lower == **end || lower.ends_with(&format!(".{end}")))
    {
        return Some(end.split('.').count());
    }
    // ns-512.awsdns-00.co.uk: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/GetInfoAboutHostedZone.html
    let labels: Vec<&str> = lower.split('.').collect();
    let at = labels
        .iter()
        .position(|label| label.starts_with("awsdns-"))?;
    (labels.len() - at <= 3).then_some(labels.len() - at)
}

/// Whether a label of a name of AWS says nothing about its owner.
pub(super) fn is_platform_label(label: &str) -> bool {
    const LABELS: &[&str] = &[
        "*",
        "accesspoint",
        "awsdns-hostmaster",
        "cache",
        "clustercfg",
        "compute",
        "ec2",
        "elb",
        "es",
        "execute-api",
        "lambda-url",
        "master",
        "ng",
        "rds",
        "replica",
        "s3",
        "s3-global",
        "serverless",
        "vpc-lattice-rsc",
        "vpc-lattice-svcs",
        "vpce",
    ];
    let hex = label.len() >= 5
        && label
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && label.bytes().any(|b| b.is_ascii_digit());
    let digits = label.bytes().all(|b| b.is_ascii_digit());
    let numbered = ["ns-", "awsdns-", "z-"].iter().any(|start| {
        label
            .strip_prefix(start)
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    });
    LABELS.contains(&label)
        || hex
        || digits
        || numbered
        || is_id(label)
        || is_place(label)
        || is_short_region(label)
        || of_ids(label)
}

/// `use1`, `euc1`: how ElastiCache writes a region.
fn is_short_region(label: &str) -> bool {
    let digit = label.strip_suffix(|char: char| char.is_ascii_digit());
    digit.is_some_and(|letters| {
        (3..=4).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_lowercase())
    })
}

/// `vpce-0b…-c1da8749-us-east-1a`, `vpce-0…-snra-0…`: ids joined by dashes.
fn of_ids(label: &str) -> bool {
    ["vpce-", "rcfg-", "snra-", "eni-"]
        .iter()
        .any(|start| label.starts_with(start))
        && label.split('-').all(|word| {
            word.len() <= 17
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
        && label
            .split('-')
            .nth(1)
            .is_some_and(|digits| digits.len() == 17 || digits.len() == 8)
}

/// `vpce-0b…-c1da8749.com.amazonaws.us-east-1.sqs`: how some programs that stand
/// for AWS write the name of an endpoint.
pub(super) fn is_endpoint_name(text: &str) -> bool {
    text.split_once(".com.amazonaws.")
        .is_some_and(|(id, service)| {
            of_ids(id)
                && service
                    .split('.')
                    .all(|word| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        })
}

/// The end of a domain that tells nothing.
pub(super) fn is_public_end(label: &str) -> bool {
    const ENDS: &[&str] = &[
        "arpa", "aws", "cloud", "com", "corp", "dev", "example", "in-addr", "internal", "invalid",
        "io", "ip6", "lan", "local", "net", "org", "test",
    ];
    ENDS.contains(&label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_names() {
        for id in [
            "vpce-0b43179223bb7f9f8",
            "vpc-12345678",
            "vpce-rsc-asc-06659b2465facc9b5",
            "/hostedzone/Z0A1DB4D6C4E077AC81B5",
            "Z0EXAMPLEVPCEUSEAST1",
            "ab4ab823-a244-933e-1326-6946d1690ae5",
            "bytesProcessed_vpce_0b43179223bb7f9f8",
        ] {
            assert!(is_id(id), "{id}");
        }
        for name in [
            "shop-production",
            "shop-deadbeef",
            "prod-12345678",
            "Zebra",
            "ZEBRACROSSING",
            "x-1",
        ] {
            assert!(!is_id(name), "{name}");
        }
    }

    #[test]
    fn places_times_numbers_and_addresses_are_known() {
        for place in ["us-east-1", "us-east-1a", "use1-az4", "us-east-1-zg-1"] {
            assert!(is_place(place), "{place}");
        }
        assert!(!is_place("shop-az") && !is_place("shop"));
        assert!(is_time("2026-02-10T09:12:41.220000+00:00") && is_time("2012-10-17"));
        assert!(is_number("10000-19999") && !is_number("1a") && !is_number("-"));
        assert_eq!(address("10.0.0.0/8").unwrap().1, Some(8));
        assert!(address("10.0.0.0/33").is_none() && address("10.0.0.0/+8").is_none());
        assert!(address_in_name("ip-10-20-4-4.ec2.internal").is_some());
        assert!(address_in_name("ip-10-20-4-4.shop.internal").is_none());
    }

    #[test]
    fn domains_are_told_from_versions() {
        for name in ["shop.internal.", "*.shop.example", "_x.a.co", "a.b"] {
            assert_eq!(is_domain(name), name != "a.b", "{name}");
        }
        for other in ["shop", "7.1", "a b.com", "", ".", "a..com"] {
            assert!(!is_domain(other), "{other}");
        }
        assert_eq!(platform_labels("x.us-east-1.elb.amazonaws.com."), Some(2));
        assert_eq!(platform_labels("ns-512.awsdns-00.co.uk"), Some(3));
        assert_eq!(platform_labels("awsdns-00.evil.example.com.net"), None);
        assert_eq!(platform_labels("notamazonaws.com"), None);
        for label in [
            "vpce-0b43179223bb7f9f8-c1da8749-us-east-1a",
            "0eefd75",
            "use1",
            "vpce",
        ] {
            assert!(is_platform_label(label), "{label}");
        }
        for label in ["shop-lb-1234", "shop", "vpce-shop"] {
            assert!(!is_platform_label(label), "{label}");
        }
    }
}
