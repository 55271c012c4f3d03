//! VPC Lattice: resource gateways, resource configurations, service networks.
//!
//! Resource configurations come in blocks of eight, so that any account can
//! tell from a number alone what stands behind an ARN of another: number 0 of a
//! block is a group, 1 to 3 are its children, the rest stand for themselves.

use std::fmt;
use std::io;

use super::Made;
use super::network::Network;
use super::place::{Id, Moment, Place};
use crate::json::Json;
use crate::section::Folder;

const TEAMS: &[&str] = &["redis", "postgres", "kafka", "oracle", "mongo", "search"];

/// The numbers of the configurations of a place that an endpoint can lead to:
/// all but the children of groups.
pub(super) fn reachable(place: &Place) -> Vec<u64> {
    (0..place.share.configurations)
        .filter(|number| !(1..4).contains(&(number % 8)))
        .collect()
}

/// What an endpoint to this configuration is associated with: the children of a
/// group, or the configuration itself.
pub(super) fn resources_of(number: u64) -> Vec<u64> {
    if number.is_multiple_of(8) {
        (number + 1..number + 4).collect()
    } else {
        vec![number]
    }
}

/// The configurations in a service network of the same place.
pub(super) fn resources_in(place: &Place, network: u64) -> Vec<u64> {
    let mut numbers: Vec<u64> = (0..5)
        .map(|n| (network * 5 + n) * 8 % place.share.configurations + 4 + n % 3)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The ARN of a resource configuration.
pub(super) fn configuration(place: &Place, number: u64) -> impl fmt::Display {
    place.arn(
        "vpc-lattice",
        Path("resourceconfiguration/", place.id("rcfg-", number)),
    )
}

/// The ARN of a service network.
pub(super) fn service_network(place: &Place, number: u64) -> impl fmt::Display {
    place.arn(
        "vpc-lattice",
        Path("servicenetwork/", place.id("sn-", number)),
    )
}

/// The name of a service network.
pub(super) fn network_name(place: &Place, number: u64) -> String {
    format!(
        "{}-network-{number}",
        TEAMS[(place.number + number) as usize % TEAMS.len()]
    )
}

struct Path(&'static str, Id);

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.0, self.1)
    }
}

fn name(number: u64) -> String {
    format!("{}-{number}", TEAMS[number as usize / 8 % TEAMS.len()])
}

/// Lattice prints fractions of seconds.
fn lattice_time(id: Id) -> String {
    Moment::of(id.bits() >> 5)
        .to_string()
        .replace('+', &format!(".{:03}000+", id.bits() % 1000))
}

/// Writes everything of VPC Lattice.
pub(super) fn write(
    place: &Place,
    network: &Network,
    folder: &mut Folder,
    made: &mut Made,
) -> io::Result<()> {
    let gateways = network.vpcs.len().min(20) as u64;
    let mut section = folder.section("vpc-lattice.ListResourceGateways", Some("items"));
    for number in 0..gateways {
        let (id, vpc) = (place.id("rgw-", number), &network.vpcs[number as usize]);
        section.push(|json| {
            json.text("name", format_args!("{}-gateway", vpc.name()));
            json.text("id", id);
            json.text(
                "arn",
                place.arn("vpc-lattice", format_args!("resourcegateway/{id}")),
            );
            json.text("status", "ACTIVE");
            json.text("vpcIdentifier", vpc.id);
            json.texts(
                "subnetIds",
                vpc.subnets
                    .clone()
                    .take(2)
                    .map(|subnet| network.subnets[subnet].id),
            );
            json.texts(
                "securityGroupIds",
                [super::security::group(place, vpc.groups.start + 1)],
            );
            json.text("ipAddressType", "IPV4");
            json.int("ipv4AddressesPerEni", 16);
            json.text("createdAt", lattice_time(id));
            json.text("lastUpdatedAt", lattice_time(id));
        })?;
    }
    made.add("resource gateways", section.finish()?);
    write_configurations(place, gateways, folder, made)?;

    let mut section = folder.section("vpc-lattice.ListServiceNetworks", Some("items"));
    for number in 0..place.share.networks {
        let id = place.id("sn-", number);
        section.push(|json| {
            json.text("id", id);
            json.text("name", network_name(place, number));
            json.text("arn", service_network(place, number));
            json.text("createdAt", lattice_time(id));
            json.text("lastUpdatedAt", lattice_time(id));
            json.int("numberOfAssociatedVPCs", 0);
            json.int("numberOfAssociatedServices", 0);
            json.int(
                "numberOfAssociatedResourceConfigurations",
                resources_in(place, number).len(),
            );
        })?;
    }
    made.add("service networks", section.finish()?);

    let mut section = folder.section(
        "vpc-lattice.ListServiceNetworkResourceAssociations",
        Some("items"),
    );
    for number in 0..place.share.networks {
        for (position, resource) in (0..).zip(resources_in(place, number)) {
            let id = place.id("snra-", number * 8 + position);
            section.push(|json| {
                json.text("id", id);
                json.text(
                    "arn",
                    place.arn(
                        "vpc-lattice",
                        format_args!("servicenetworkresourceassociation/{id}"),
                    ),
                );
                json.text("status", "ACTIVE");
                json.text("createdBy", &place.account);
                json.text("createdAt", lattice_time(id));
                json.text("resourceConfigurationId", place.id("rcfg-", resource));
                json.text("resourceConfigurationArn", configuration(place, resource));
                json.text("resourceConfigurationName", name(resource));
                json.text("serviceNetworkId", place.id("sn-", number));
                json.text("serviceNetworkArn", service_network(place, number));
                json.text("serviceNetworkName", network_name(place, number));
                json.object("dnsEntry", |entry| {
                    let zone = format_args!("vpc-lattice-rsc.{}.on.aws", place.region.name);
                    entry.text(
                        "domainName",
                        format_args!("{id}.{}.{zone}", place.id("rcfg-", resource)),
                    );
                    entry.text("hostedZoneId", "Z03265862FOUNWMZOKUF4");
                });
                json.bool("isManagedAssociation", false);
                json.bool("privateDnsEnabled", true);
            })?;
        }
    }
    made.add("service network resource associations", section.finish()?);
    Ok(())
}

fn write_configurations(
    place: &Place,
    gateways: u64,
    folder: &mut Folder,
    made: &mut Made,
) -> io::Result<()> {
    // Listing leaves out what the rules need most; `Get` has it, one at a time.
    for get in [false, true] {
        let mut section = if get {
            folder.section("vpc-lattice.GetResourceConfiguration", None)
        } else {
            folder.section("vpc-lattice.ListResourceConfigurations", Some("items"))
        };
        for number in 0..place.share.configurations {
            section.push(|json| write_configuration(json, place, gateways, number, get))?;
        }
        let count = section.finish()?;
        if get {
            made.add("resource configurations", count);
        }
    }
    Ok(())
}

fn write_configuration(json: &mut Json, place: &Place, gateways: u64, number: u64, get: bool) {
    let id = place.id("rcfg-", number);
    let kind = match number % 8 {
        0 => "GROUP",
        1..=3 => "CHILD",
        7 => "ARN",
        _ => "SINGLE",
    };
    let domain = format!("{}.data.example.com", name(number));
    json.text("id", id);
    json.text("name", name(number));
    json.text("arn", configuration(place, number));
    json.text("resourceGatewayId", place.id("rgw-", number / 8 % gateways));
    if kind == "CHILD" {
        json.text(
            "resourceConfigurationGroupId",
            place.id("rcfg-", number - number % 8),
        );
    }
    json.text("type", kind);
    if get {
        json.bool("allowAssociationToShareableServiceNetwork", true);
        json.texts(
            "portRanges",
            match number % 8 {
                1..=3 => ["10000-19999"],
                4 => ["443"],
                5 => ["5432"],
                _ => ["1-65535"],
            },
        );
        json.text("protocol", "TCP");
        json.text("customDomainName", &domain);
    }
    json.text("status", "ACTIVE");
    if get {
        json.object("resourceConfigurationDefinition", |definition| match kind {
            "ARN" => definition.object("arnResource", |resource| {
                resource.text("arn", place.arn("rds", format_args!("db:{}", name(number))));
            }),
            _ => definition.object("dnsResource", |resource| {
                resource.text("domainName", format_args!("internal.{domain}"));
                resource.text("ipAddressType", "IPV4");
            }),
        });
    }
    json.bool("amazonManaged", false);
    json.text("createdAt", lattice_time(id));
    json.text("lastUpdatedAt", lattice_time(id));
    if get {
        json.text("domainVerificationStatus", "VERIFIED");
    } else {
        json.text("customDomainName", &domain);
    }
}
