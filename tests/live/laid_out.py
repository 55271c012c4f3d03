"""A dump of the emulator as a folder of answers, with what the emulator gets wrong put right.

It may read the dump and ask the emulator what the dump leaves out.
It must not know which defects are planted, nor change anything that AWS would answer the same way.
"""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import Any

import boto3

import estate
from aws_model import service as service_model

#: What the dump calls a service, where it is not the name of the model.
SERVICES = {"elbv2": "elasticloadbalancing"}
#: Answers that the emulator cannot give. The estate has none of these things.
EMPTY = {
    "ec2.DescribeSecurityGroupVpcAssociations": {"SecurityGroupVpcAssociations": []},
    "ec2.DescribeVpcEndpointConnections": {"VpcEndpointConnections": []},
    "ec2.DescribeTransitGatewayPeeringAttachments": {"TransitGatewayPeeringAttachments": []},
    "elasticache.DescribeServerlessCaches": {"ServerlessCaches": []},
    "route53profiles.ListProfileAssociations": {"ProfileAssociations": []},
    "route53resolver.ListFirewallRuleGroupAssociations": {"FirewallRuleGroupAssociations": []},
    "vpc-lattice.ListResourceGateways": {"items": []},
    "vpc-lattice.ListServiceNetworkVpcAssociations": {"items": []},
    "vpc-lattice.ListServiceNetworkVpcEndpointAssociations": {"items": []},
    "vpc-lattice.ListServiceNetworkResourceAssociations": {"items": []},
}


class Answers(dict[str, Any]):
    """Answers by call, or by call and parent: `route53.GetHostedZone/Z1`."""

    def read(self, dump: Path) -> None:
        """`route53.get-hosted-zone.Z1.json` is the answer of GetHostedZone for Z1."""
        for path in sorted(dump.glob("*.json")):
            service, action, *parent = path.name.removesuffix(".json").split(".")
            service = SERVICES.get(service, service)
            words = {name.lower(): name for name in service_model(service).operation_names}
            name = f"{service}.{words[action.replace('-', '')]}"
            self["/".join([name, ".".join(parent)] if parent else [name])] = json.loads(path.read_text())

    def of(self, call: str) -> dict[str, Any]:
        """All answers of a call that is made for each parent, by parent."""
        return {name.partition("/")[2]: value for name, value in self.items() if name.startswith(f"{call}/")}

    def write(self, folder: Path, account: str) -> None:
        for name, value in self.items():
            region = "global" if name.startswith("route53.") else estate.REGION
            path = folder / "aws" / account / region / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value, indent=1))


def lay_out(dump: Path, folder: Path, url: str) -> None:
    """Writes the folder that an audit reads."""
    answers = Answers(EMPTY)
    answers.read(dump)
    account = answers.pop("sts.GetCallerIdentity")["Account"]
    _endpoints(answers)
    _zones(answers)
    _principals(answers, url)
    answers.write(folder, account)


def _endpoints(answers: Answers) -> None:
    """Fields that AWS always returns, and interfaces that look as AWS makes them.

    The emulator puts them into the default group, outside of the subnet's block.
    """
    listed = answers["ec2.DescribeNetworkInterfaces"]["NetworkInterfaces"]
    interfaces = {one["NetworkInterfaceId"]: one for one in listed}
    subnets = {one["SubnetId"]: one for one in answers["ec2.DescribeSubnets"]["Subnets"]}
    for number, endpoint in enumerate(answers["ec2.DescribeVpcEndpoints"]["VpcEndpoints"]):
        endpoint["RequesterManaged"] = False
        if endpoint["VpcEndpointType"] == "Gateway":
            endpoint["PrivateDnsEnabled"] = False
        for subnet in endpoint["SubnetIds"] if not endpoint["NetworkInterfaceIds"] else ():
            # Of Resource and ServiceNetwork endpoints the emulator makes none at all.
            name = f"eni-{int(endpoint['VpcEndpointId'].removeprefix('vpce-'), 16) ^ int(subnet[-8:], 16):017x}"
            vpc = endpoint["VpcId"]
            interfaces[name] = {"NetworkInterfaceId": name, "SubnetId": subnet, "VpcId": vpc, "SourceDestCheck": True}
            endpoint["NetworkInterfaceIds"].append(name)
        for name in endpoint["NetworkInterfaceIds"]:
            interface = interfaces[name]
            block = ipaddress.ip_network(subnets[interface["SubnetId"]]["CidrBlock"])
            address = str(block[-2 - number])
            interface.update(
                Groups=endpoint["Groups"],
                InterfaceType="vpc_endpoint",
                RequesterManaged=True,
                Description=f"VPC Endpoint Interface {endpoint['VpcEndpointId']}",
                Status="in-use",
                PrivateIpAddress=address,
                PrivateIpAddresses=[{"PrivateIpAddress": address, "Primary": True}],
            )
    answers["ec2.DescribeNetworkInterfaces"]["NetworkInterfaces"] = list(interfaces.values())


def _zones(answers: Answers) -> None:
    """Which zones each VPC sees, which the dump tells by zone only."""
    account = answers["ec2.DescribeVpcs"]["Vpcs"][0]["OwnerId"]
    for vpc in answers["ec2.DescribeVpcs"]["Vpcs"]:
        seen = [
            {
                "HostedZoneId": zone,
                "Name": answer["HostedZone"]["Name"],
                "Owner": {"OwningAccount": account},
            }
            for zone, answer in answers.of("route53.GetHostedZone").items()
            if any(one["VPCId"] == vpc["VpcId"] for one in answer["VPCs"])
        ]
        answers[f"route53.ListHostedZonesByVPC/{vpc['VpcId']}"] = {"HostedZoneSummaries": seen, "MaxItems": "100"}


def _principals(answers: Answers, url: str) -> None:
    """Who may connect to the services, which the dump leaves out."""
    client = boto3.client(
        "ec2",
        endpoint_url=url,
        region_name=estate.REGION,
        aws_access_key_id=estate.ACCESS_KEY,
        aws_secret_access_key=estate.SECRET_KEY,
    )
    configurations = answers["ec2.DescribeVpcEndpointServiceConfigurations"]["ServiceConfigurations"]
    for configuration in configurations:
        service = configuration["ServiceId"]
        answer = client.describe_vpc_endpoint_service_permissions(ServiceId=service)
        answers[f"ec2.DescribeVpcEndpointServicePermissions/{service}"] = {
            "AllowedPrincipals": answer["AllowedPrincipals"]
        }
