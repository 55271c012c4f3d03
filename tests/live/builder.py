"""How one thing of the estate is made in the emulator.

It may use boto3, and writes down what the emulator must be helped with (`Estate.edits`).
It must not know the estate as a whole: what is made is said by `construction.py`.
"""

from __future__ import annotations

from typing import Any

import boto3

from estate import ACCOUNT, Estate, client, configuration_arn


def tags(kind: str, name: str) -> list[dict[str, Any]]:
    """Tags of a new thing; the owner holds what XML and JSON must escape."""
    return [
        {"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}, {"Key": "Owner", "Value": "orchard & söhne"}]}
    ]


def tcp(first: int, last: int, **source: Any) -> dict[str, Any]:
    """A rule of a security group."""
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}


def sources(*cidrs: str) -> dict[str, Any]:
    """The addresses that a rule admits."""
    return {"IpRanges": [{"CidrIp": cidr, "Description": f"from {cidr}"} for cidr in cidrs]}


class Builder:
    """Makes things in one account and region, by names that are kept in the estate."""

    def __init__(self, of: boto3.Session, endpoint: str, estate: Estate) -> None:
        self.session, self.endpoint, self.estate = of, endpoint, estate
        self.region = of.region_name
        self.ids = estate.ids
        self.ec2 = self.client("ec2")

    def client(self, service: str) -> Any:
        """A client of a service by its name in IAM actions."""
        return client(self.session, service, self.endpoint)

    def vpc(self, name: str, cidr: str, hostnames: bool) -> str:
        """A VPC with DNS support, with DNS hostnames or without."""
        vpc = str(self.ec2.create_vpc(CidrBlock=cidr, TagSpecifications=tags("vpc", name))["Vpc"]["VpcId"])
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": hostnames})
        self.ids[name] = vpc
        return vpc

    def subnet(self, name: str, vpc: str, cidr: str, zone: str) -> str:
        """A subnet in a zone by its id."""
        made = self.ec2.create_subnet(
            VpcId=self.ids[vpc], CidrBlock=cidr, AvailabilityZoneId=zone, TagSpecifications=tags("subnet", name)
        )
        self.ids[name] = made["Subnet"]["SubnetId"]
        return self.ids[name]

    def group(self, name: str, vpc: str, *rules: dict[str, Any]) -> str:
        """A security group with rules for what comes in."""
        group = self.ec2.create_security_group(
            GroupName=name,
            Description=f"{name} <for tests>",
            VpcId=self.ids[vpc],
            TagSpecifications=tags("security-group", name),
        )["GroupId"]
        if rules:
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(rules))
        self.ids["group-" + name] = str(group)
        return str(group)

    def endpoint_of(self, name: str, kind: str, vpc: str, **how: Any) -> str:
        """An endpoint of any kind."""
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.ids[vpc], VpcEndpointType=kind, TagSpecifications=tags("vpc-endpoint", name), **how
        )
        self.ids[name] = made["VpcEndpoint"]["VpcEndpointId"]
        return self.ids[name]

    def zone(self, name: str, first: str, *others: str) -> str:
        """A private zone of some VPCs."""
        route53 = self.client("route53")
        made = route53.create_hosted_zone(
            Name=name,
            CallerReference=name,
            VPC={"VPCRegion": self.region, "VPCId": self.ids[first]},
            HostedZoneConfig={"PrivateZone": True},
        )
        zone = made["HostedZone"]["Id"].rpartition("/")[2]
        for vpc in others:
            route53.associate_vpc_with_hosted_zone(
                HostedZoneId=zone, VPC={"VPCRegion": self.region, "VPCId": self.ids[vpc]}
            )
        self.ids["zone-" + name] = zone
        return str(zone)

    def lattice_endpoint(
        self, name: str, group: str, subnets: tuple[str, ...], state: str, interface: bool, vpc: str = "shop"
    ) -> None:
        """One endpoint, and what the emulator forgets about it: target, state, interfaces, how names resolve."""
        kind = "ServiceNetwork" if name.startswith("network") else "Resource"
        target = (
            {"ServiceNetworkArn": self.ids["network-arn"]}
            if kind == "ServiceNetwork"
            else {
                "ResourceConfigurationArn": configuration_arn("gone" if name == "redis-gone" else "orders", self.region)
            }
        )
        where = [self.ids[subnet] for subnet in subnets]
        made = self.endpoint_of(
            name,
            kind,
            vpc,
            SubnetIds=where,
            SecurityGroupIds=[self.ids["group-" + group]],
            PrivateDnsEnabled=True,
            **target,
        )
        interfaces = []
        for subnet in where if interface else []:
            added = self.ec2.create_network_interface(
                SubnetId=subnet, Groups=[self.ids["group-" + group]], Description=f"VPC Endpoint Interface {made}"
            )
            interfaces.append(added["NetworkInterface"]["NetworkInterfaceId"])
        preference = "ALL_DOMAINS" if name == "redis-all-domains" else "VERIFIED_DOMAINS_ONLY"
        self.estate.edits[made] = {
            **target,
            "State": state,
            "NetworkInterfaceIds": interfaces,
            "PrivateDnsEnabled": True,
            "IpAddressType": "ipv4",
            "DnsOptions": {"DnsRecordIpType": "ipv4", "PrivateDnsPreference": preference},
            "OwnerId": ACCOUNT,
            "RequesterManaged": False,
        }
