//! Network interfaces: four fifths of an estate.

use std::fmt;
use std::io;

use super::endpoint::{Endpoint, Kind};
use super::network::{Network, created, domain};
use super::place::{Address, Block, Id, Place};
use super::security::{group, group_name};
use super::{Made, tags};
use crate::json::Json;
use crate::random::{Random, split};
use crate::section::Folder;

/// What an interface is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// One of an endpoint's, with the block that a service network took.
    Endpoint {
        number: usize,
        prefix: Option<Block>,
    },
    /// Of the NAT gateway of its VPC.
    Nat,
    /// Anything that customers run.
    Workload(Workload),
}

/// What customers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workload {
    Instance,
    Function,
    NetworkBalancer,
    ApplicationBalancer,
    Database,
    /// Left over.
    Detached,
}

#[derive(Debug)]
struct Interface {
    subnet: usize,
    address: u32,
    more: Vec<u32>,
    purpose: Purpose,
}

/// The interfaces of a place.
#[derive(Debug)]
pub(super) struct Interfaces<'a> {
    place: &'a Place,
    all: Vec<Interface>,
}

impl<'a> Interfaces<'a> {
    /// None yet.
    pub(super) fn new(place: &'a Place) -> Self {
        Self {
            place,
            all: Vec::with_capacity(place.share.interfaces as usize),
        }
    }

    /// The subnet of an interface.
    pub(super) fn subnet_of(&self, number: usize) -> usize {
        self.all[number].subnet
    }

    /// Adds an interface if its subnet has an address left.
    pub(super) fn add(
        &mut self,
        network: &mut Network,
        subnet: usize,
        purpose: Purpose,
    ) -> Option<usize> {
        let address = network.subnets[subnet].take()?;
        self.all.push(Interface {
            subnet,
            address,
            more: Vec::new(),
            purpose,
        });
        Some(self.all.len() - 1)
    }

    /// Adds NAT gateways and workloads until there are as many as wanted.
    pub(super) fn fill(&mut self, network: &mut Network) {
        let mut random = self.place.random("interfaces");
        for vpc in 0..network.vpcs.len() {
            let public = network.vpcs[vpc]
                .subnets
                .clone()
                .find(|&subnet| network.subnets[subnet].public);
            if let Some(subnet) = public {
                network.vpcs[vpc].nat = self.add(network, subnet, Purpose::Nat);
            }
        }
        // Full subnets are filled to the brim, small ones a little.
        for subnet in 0..network.subnets.len() {
            let keep = random.between(1, 15) as u32;
            let count = match &network.subnets[subnet] {
                full if full.tight => full.free().saturating_sub(keep),
                small if small.block.length == 28 => small.free().min(4),
                _ => 0,
            };
            for _ in 0..count {
                self.add_workload(network, subnet, &mut random);
            }
        }
        let wanted = self
            .place
            .share
            .interfaces
            .saturating_sub(self.all.len() as u64);
        let weights: Vec<u64> = network
            .subnets
            .iter()
            .map(|subnet| match subnet.block.length {
                _ if subnet.tight => 0,
                22 => 90,
                23 => 60,
                24 => 45,
                25 => 30,
                26 => 15,
                _ => 0,
            })
            .collect();
        let mut left = 0;
        for (subnet, share) in split(wanted, &weights).into_iter().enumerate() {
            left += share;
            // What does not fit goes to the next that has room.
            while left > 0 && weights[subnet] > 0 && network.subnets[subnet].free() > 20 {
                self.add_workload(network, subnet, &mut random);
                left -= 1;
            }
        }
        for (subnet, &weight) in weights.iter().enumerate() {
            while left > 0 && weight > 0 && network.subnets[subnet].free() > 20 {
                self.add_workload(network, subnet, &mut random);
                left -= 1;
            }
        }
    }

    fn add_workload(&mut self, network: &mut Network, subnet: usize, random: &mut Random) {
        let workload = [
            Workload::Instance,
            Workload::Function,
            Workload::NetworkBalancer,
            Workload::ApplicationBalancer,
            Workload::Database,
            Workload::Detached,
        ][random.weighted(&[760, 110, 45, 35, 35, 15])];
        let Some(number) = self.add(network, subnet, Purpose::Workload(workload)) else {
            return;
        };
        if workload == Workload::Instance && random.permille(40) {
            for _ in 0..random.between(1, 6) {
                if network.subnets[subnet].free() > 24 {
                    self.all[number].more.extend(network.subnets[subnet].take());
                }
            }
        }
    }

    /// Writes interfaces and the NAT gateways that have some of them.
    pub(super) fn write(
        &self,
        network: &Network,
        endpoints: &[Endpoint<'_>],
        folder: &mut Folder,
        made: &mut Made,
    ) -> io::Result<()> {
        let place = self.place;
        // AWS lists them in no order that anybody could rely on.
        let mut order: Vec<u32> = (0..self.all.len() as u32).collect();
        place.random("order of interfaces").shuffle(&mut order);
        let mut random = place.random("interfaces in detail");
        let domain = domain(place);
        let mut section =
            folder.section("ec2.DescribeNetworkInterfaces", Some("NetworkInterfaces"));
        for number in order {
            let interface = &self.all[number as usize];
            let details = Details {
                place,
                network,
                endpoints,
                domain: &domain,
                id: place.id("eni-", u64::from(number)),
                interface,
                bits: random.bits(),
            };
            section.push(|json| details.write(json))?;
            let detached = matches!(interface.purpose, Purpose::Workload(Workload::Detached));
            made.plant("detached interfaces", u64::from(detached));
        }
        made.add("network interfaces", section.finish()?);
        self.write_nat_gateways(network, folder, made)
    }

    fn write_nat_gateways(
        &self,
        network: &Network,
        folder: &mut Folder,
        made: &mut Made,
    ) -> io::Result<()> {
        let place = self.place;
        let mut section = folder.section("ec2.DescribeNatGateways", Some("NatGateways"));
        for vpc in &network.vpcs {
            let Some(number) = vpc.nat else { continue };
            let interface = &self.all[number];
            let id = place.id("nat-", vpc.number as u64);
            section.push(|json| {
                json.text("CreateTime", created(id));
                json.list("NatGatewayAddresses", |list| {
                    list.item(|item| {
                        item.text("AllocationId", place.id("eipalloc-", number as u64));
                        item.text("NetworkInterfaceId", place.id("eni-", number as u64));
                        item.text("PrivateIp", Address(interface.address));
                        item.text("PublicIp", public(place.id("eni-", number as u64)));
                        item.text("AssociationId", place.id("eipassoc-", number as u64));
                        item.bool("IsPrimary", true);
                        item.text("Status", "succeeded");
                    });
                });
                json.text("NatGatewayId", id);
                json.text("State", "available");
                json.text("SubnetId", network.subnets[interface.subnet].id);
                json.text("VpcId", vpc.id);
                tags(
                    json,
                    "Tags",
                    format_args!("{}-nat", vpc.name()),
                    vpc.environment,
                    vpc.owner,
                );
                json.text("ConnectivityType", "public");
            })?;
        }
        made.add("NAT gateways", section.finish()?);
        Ok(())
    }
}

/// A public address that belongs to an interface.
fn public(id: Id) -> Address {
    Address(0x3400_0000 | id.bits() as u32 & 0x03ff_ffff)
}

struct Details<'a> {
    place: &'a Place,
    network: &'a Network,
    endpoints: &'a [Endpoint<'a>],
    domain: &'a str,
    id: Id,
    interface: &'a Interface,
    bits: u64,
}

impl Details<'_> {
    fn write(&self, json: &mut Json) {
        let Self {
            place,
            network,
            interface,
            id,
            ..
        } = *self;
        let subnet = &network.subnets[interface.subnet];
        let vpc = network.vpc_of(subnet);
        let zone = &place.zones[subnet.zone];
        let detached = matches!(interface.purpose, Purpose::Workload(Workload::Detached));
        let instance = matches!(interface.purpose, Purpose::Workload(Workload::Instance));
        let managed = !detached && !instance;
        let is_public = matches!(interface.purpose, Purpose::Nat) || instance && subnet.public;

        if is_public {
            self.association(json);
        }
        if !detached {
            self.attachment(json, instance);
        }
        json.text("AvailabilityZone", &zone.name);
        self.description(json);
        json.list("Groups", |list| {
            for number in self.groups() {
                list.item(|item| {
                    item.text("GroupId", group(place, number));
                    item.text("GroupName", group_name(vpc, number));
                });
            }
        });
        json.text("InterfaceType", self.interface_type());
        json.list("Ipv6Addresses", |_| {});
        json.text("MacAddress", Mac(id.bits()));
        json.text("NetworkInterfaceId", id);
        json.text("OwnerId", &place.account);
        json.text("PrivateDnsName", Name(interface.address, self.domain));
        if is_public {
            json.text("PublicDnsName", public_name(place, id));
        }
        json.text("PrivateIpAddress", Address(interface.address));
        json.list("PrivateIpAddresses", |list| {
            for (position, &address) in [interface.address]
                .iter()
                .chain(&interface.more)
                .enumerate()
            {
                list.item(|item| {
                    if is_public && position == 0 {
                        self.association(item);
                    }
                    item.bool("Primary", position == 0);
                    item.text("PrivateDnsName", Name(address, self.domain));
                    item.text("PrivateIpAddress", Address(address));
                });
            }
        });
        if let Purpose::Endpoint {
            prefix: Some(block),
            ..
        } = interface.purpose
        {
            json.list("Ipv4Prefixes", |list| {
                list.item(|item| item.text("Ipv4Prefix", block));
            });
        }
        if managed {
            json.text("RequesterId", self.requester());
        }
        json.bool("RequesterManaged", managed);
        json.bool("SourceDestCheck", !managed);
        json.text("Status", if detached { "available" } else { "in-use" });
        json.text("SubnetId", subnet.id);
        if instance || detached {
            let name = format_args!("{}-{:04x}", vpc.name(), self.bits as u16);
            tags(json, "TagSet", name, vpc.environment, vpc.owner);
        } else {
            json.list("TagSet", |_| {});
        }
        json.text("VpcId", vpc.id);
        json.object("Operator", |operator| operator.bool("Managed", false));
        json.text("AvailabilityZoneId", &zone.id);
    }

    fn groups(&self) -> Vec<u64> {
        let vpc = self
            .network
            .vpc_of(&self.network.subnets[self.interface.subnet]);
        match self.interface.purpose {
            Purpose::Endpoint { number, .. } => self.endpoints[number].groups().to_vec(),
            Purpose::Nat | Purpose::Workload(Workload::NetworkBalancer) => Vec::new(),
            Purpose::Workload(_) => {
                let first = vpc.endpoint_groups().end;
                let count = vpc.groups.end - first;
                if count == 0 {
                    return vec![vpc.groups.start];
                }
                let one = first + self.bits % count;
                let two = first + (self.bits >> 20) % count;
                if one != two && (self.bits >> 40).is_multiple_of(3) {
                    vec![one, two]
                } else {
                    vec![one]
                }
            }
        }
    }

    fn association(&self, json: &mut Json) {
        let Self {
            place,
            id,
            interface,
            ..
        } = *self;
        json.object("Association", |association| {
            if matches!(interface.purpose, Purpose::Nat) {
                let vpc = self.network.vpc_of(&self.network.subnets[interface.subnet]);
                let number = vpc.nat.unwrap_or_default() as u64;
                association.text("AllocationId", place.id("eipalloc-", number));
                association.text("AssociationId", place.id("eipassoc-", number));
                association.text("IpOwnerId", &place.account);
            } else {
                association.text("IpOwnerId", "amazon");
            }
            association.text("PublicDnsName", public_name(place, id));
            association.text("PublicIp", public(id));
        });
    }

    fn attachment(&self, json: &mut Json, instance: bool) {
        let Self { place, id, .. } = *self;
        json.object("Attachment", |attachment| {
            attachment.text("AttachTime", created(id));
            if instance {
                attachment.text("AttachmentId", place.id("eni-attach-", id.bits()));
                attachment.bool("DeleteOnTermination", true);
                attachment.int("DeviceIndex", self.bits % 8 / 6);
                attachment.int("NetworkCardIndex", 0);
                attachment.text("InstanceId", place.id("i-", id.bits()));
                attachment.text("InstanceOwnerId", &place.account);
            } else {
                attachment.text("AttachmentId", place.id("ela-attach-", id.bits()));
                attachment.bool("DeleteOnTermination", false);
                attachment.int("DeviceIndex", 1);
                attachment.text("InstanceOwnerId", self.requester());
            }
            attachment.text("Status", "attached");
        });
    }

    fn description(&self, json: &mut Json) {
        let id = self.id.bits();
        let key = "Description";
        match self.interface.purpose {
            Purpose::Endpoint { number, .. } => {
                json.text(
                    key,
                    format_args!("VPC Endpoint Interface {}", self.endpoints[number].id),
                );
            }
            Purpose::Nat => {
                let subnet = &self.network.subnets[self.interface.subnet];
                let gateway = self.place.id("nat-", subnet.vpc as u64);
                json.text(key, format_args!("Interface for NAT Gateway {gateway}"));
            }
            Purpose::Workload(workload) => match workload {
                Workload::Instance if self.bits.is_multiple_of(3) => {
                    json.text(key, "Primary network interface");
                }
                Workload::Instance | Workload::Detached => json.text(key, ""),
                Workload::Function => {
                    let tail = id & 0xffff_ffff_ffff;
                    let function = format_args!(
                        "orders-{:x}-{:08x}-4d1c-9b7e-{tail:012x}",
                        id >> 60,
                        id >> 32
                    );
                    json.text(key, format_args!("AWS Lambda VPC ENI-{function}"));
                }
                Workload::NetworkBalancer => {
                    json.text(key, format_args!("ELB net/nlb-{:03x}/{id:016x}", id >> 52));
                }
                Workload::ApplicationBalancer => {
                    json.text(key, format_args!("ELB app/alb-{:03x}/{id:016x}", id >> 52));
                }
                Workload::Database => json.text(key, "RDSNetworkInterface"),
            },
        }
    }

    fn interface_type(&self) -> &'static str {
        match self.interface.purpose {
            Purpose::Endpoint { number, .. } => match self.endpoints[number].kind {
                Kind::GatewayLoadBalancer => "gateway_load_balancer_endpoint",
                _ => "vpc_endpoint",
            },
            Purpose::Nat => "nat_gateway",
            Purpose::Workload(Workload::Function) => "lambda",
            Purpose::Workload(Workload::NetworkBalancer) => "network_load_balancer",
            Purpose::Workload(_) => "interface",
        }
    }

    fn requester(&self) -> &'static str {
        match self.interface.purpose {
            Purpose::Endpoint { .. } => "amazon-aws",
            Purpose::Nat => "amazon-vpc",
            Purpose::Workload(Workload::Function) => "AROAVRUVRMPCRLRSQTYUP:awslambda",
            Purpose::Workload(Workload::Database) => "amazon-rds",
            Purpose::Workload(_) => "amazon-elb",
        }
    }
}

fn public_name(place: &Place, id: Id) -> String {
    let address = public(id).to_string().replace('.', "-");
    match place.region.name {
        "us-east-1" => format!("ec2-{address}.compute-1.amazonaws.com"),
        region => format!("ec2-{address}.{region}.compute.amazonaws.com"),
    }
}

struct Name<'a>(u32, &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0.to_be_bytes();
        write!(out, "ip-{a}-{b}-{c}-{d}{}", self.1)
    }
}

struct Mac(u64);

impl fmt::Display for Mac {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "02")?;
        self.0.to_be_bytes()[3..]
            .iter()
            .try_for_each(|byte| write!(out, ":{byte:02x}"))
    }
}
