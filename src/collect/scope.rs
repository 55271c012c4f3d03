//! Of which account and region things are.
//!
//! The path comes first, then the ARN, the owner and the zone of the objects;
//! what is still open takes what the folder around agrees on. Reads columns and
//! paths only.

use std::collections::BTreeMap;

use crate::snapshot::arm;
use crate::snapshot::ledger::Scope;

/// Account and region as far as they are known.
pub(super) fn of_path(path: &str) -> Scope {
    let mut scope = Scope::default();
    let mut before = "";
    for part in path.split(['/', '!']) {
        let subscription = before == "azure" && arm::is_subscription(part);
        before = part;
        if subscription {
            scope.account = part.to_ascii_lowercase();
        } else if is_account(part) {
            part.clone_into(&mut scope.account);
        } else if is_region(part) || part == "global" {
            part.clone_into(&mut scope.region);
        }
    }
    scope
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is the name of a region: `us-east-1`, `us-gov-west-1`.
pub(super) fn is_region(text: &str) -> bool {
    const AREAS: &[&str] = &[
        "us", "eu", "ap", "sa", "ca", "me", "af", "cn", "il", "mx", "eusc",
    ];
    const SIDES: &[&str] = &[
        "north",
        "south",
        "east",
        "west",
        "central",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
    ];
    let parts: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., side, number] = parts.as_slice() else {
        return false;
    };
    AREAS.contains(area)
        && middle.len() <= 1
        && middle
            .iter()
            .all(|part| matches!(*part, "gov" | "iso" | "isob" | "isoe" | "isof" | "de"))
        && SIDES.contains(side)
        && number.len() <= 2
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.is_empty()
}

/// The region of an availability zone or local zone.
pub(super) fn region_of_zone(zone: &str) -> Option<&str> {
    let whole = zone.trim_end_matches(|char: char| char.is_ascii_lowercase());
    if is_region(whole) {
        return Some(whole);
    }
    let mut dashes = zone.match_indices('-').map(|(at, _)| at);
    dashes.find_map(|at| zone.get(..at).filter(|start| is_region(start)))
}

/// Region and account of an ARN.
pub(super) fn of_arn(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
    let (region, account) = (parts.nth(2)?, parts.next()?);
    Some((region, account))
}

/// What the files of a folder say.
#[derive(Debug, Default)]
enum Agreed {
    #[default]
    Nothing,
    One(String),
    Several,
}

impl Agreed {
    fn add(&mut self, value: &str) {
        match self {
            _ if value.is_empty() || value == "global" => {}
            Self::Nothing => *self = Self::One(value.to_owned()),
            Self::One(known) if known == value => {}
            Self::One(_) | Self::Several => *self = Self::Several,
        }
    }

    fn fill(&self, open: &mut String) {
        if let (true, Self::One(value)) = (open.is_empty(), self) {
            open.clone_from(value);
        }
    }
}

/// Gives open scopes what their folders, from the inside out, agree on.
pub(super) fn agree<'s>(scopes: impl Iterator<Item = (&'s str, &'s mut Scope)>) {
    let mut scopes: Vec<_> = scopes.collect();
    let mut folders: BTreeMap<String, (Agreed, Agreed)> = BTreeMap::new();
    for (path, scope) in &scopes {
        for folder in around(path) {
            let (account, region) = folders.entry(folder.to_owned()).or_default();
            account.add(&scope.account);
            region.add(&scope.region);
        }
    }
    for (path, scope) in &mut scopes {
        for folder in around(path) {
            if let Some((account, region)) = folders.get(folder) {
                account.fill(&mut scope.account);
                region.fill(&mut scope.region);
            }
        }
    }
}

/// A file's path and the folders around it, the innermost first, down to the
/// input as a whole.
pub(super) fn around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |inner| folder(inner))
}

fn folder(inner: &str) -> Option<&str> {
    match inner.rfind(['/', '!']) {
        Some(at) => inner.get(..at),
        None => (!inner.is_empty()).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_account_and_region() {
        let scope = of_path("x/aws/123456789012/eu-west-1/ec2.DescribeVpcs.json");
        assert_eq!(
            (scope.account.as_str(), scope.region.as_str()),
            ("123456789012", "eu-west-1")
        );
        for region in [
            "us-east-1",
            "us-gov-west-1",
            "ap-southeast-2",
            "eusc-de-east-1",
        ] {
            assert!(is_region(region), "{region}");
        }
        for other in ["my-vpc-1", "us-east", "test-load-balancer-1", "us-east-1a"] {
            assert!(!is_region(other), "{other}");
        }
        assert_eq!(region_of_zone("us-west-2-lax-1a"), Some("us-west-2"));
        assert_eq!(region_of_zone("us-east-1f"), Some("us-east-1"));
        assert_eq!(
            around("a/b!c").collect::<Vec<_>>(),
            ["a/b!c", "a/b", "a", ""]
        );
    }

    #[test]
    fn folders_agree_from_the_inside_out() {
        let mut scopes = [
            (
                "a/x/1",
                Scope {
                    account: "1".into(),
                    region: String::new(),
                },
            ),
            ("a/x/2", Scope::default()),
            (
                "a/y/1",
                Scope {
                    account: "2".into(),
                    region: "r".into(),
                },
            ),
        ];
        agree(scopes.iter_mut().map(|(path, scope)| (*path, scope)));
        assert_eq!(
            scopes[1].1,
            Scope {
                account: "1".into(),
                region: "r".into()
            }
        );
    }
}
