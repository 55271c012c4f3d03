"""A snapshot folder made by boto3 alone: what a collector should have found on the same server.

It may use boto3, the models and the form of the AWS CLI.
It must not use the program under test, and not follow its choices: it asks everything.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

import cli_json
from aws_model import operation, paging
from estate import client

#: Calls that need an id: the call that lists the ids, the path to them, and the parameter they become.
PER_PARENT: dict[str, tuple[str, str, str]] = {
    "ec2:DescribeVpcAttribute": ("ec2:DescribeVpcs", "Vpcs.VpcId", "VpcId"),
    "ec2:GetSubnetCidrReservations": ("ec2:DescribeSubnets", "Subnets.SubnetId", "SubnetId"),
    "ec2:GetManagedPrefixListEntries": ("ec2:DescribeManagedPrefixLists", "PrefixLists.PrefixListId", "PrefixListId"),
    "ec2:DescribeVpcEndpointServicePermissions": (
        "ec2:DescribeVpcEndpointServiceConfigurations",
        "ServiceConfigurations.ServiceId",
        "ServiceId",
    ),
    "elasticloadbalancing:DescribeListeners": (
        "elasticloadbalancing:DescribeLoadBalancers",
        "LoadBalancers.LoadBalancerArn",
        "LoadBalancerArn",
    ),
    "elasticloadbalancing:DescribeLoadBalancerAttributes": (
        "elasticloadbalancing:DescribeLoadBalancers",
        "LoadBalancers.LoadBalancerArn",
        "LoadBalancerArn",
    ),
    "elasticloadbalancing:DescribeTargetGroupAttributes": (
        "elasticloadbalancing:DescribeTargetGroups",
        "TargetGroups.TargetGroupArn",
        "TargetGroupArn",
    ),
    "elasticloadbalancing:DescribeTargetHealth": (
        "elasticloadbalancing:DescribeTargetGroups",
        "TargetGroups.TargetGroupArn",
        "TargetGroupArn",
    ),
    "route53:GetHostedZone": ("route53:ListHostedZones", "HostedZones.Id", "Id"),
    "route53:ListResourceRecordSets": ("route53:ListHostedZones", "HostedZones.Id", "HostedZoneId"),
    "route53:ListVPCAssociationAuthorizations": ("route53:ListHostedZones", "HostedZones.Id", "HostedZoneId"),
    "route53:ListHostedZonesByVPC": ("ec2:DescribeVpcs", "Vpcs.VpcId", "VPCId"),
    "route53profiles:ListProfileResourceAssociations": (
        "route53profiles:ListProfiles",
        "ProfileSummaries.Id",
        "ProfileId",
    ),
    "route53resolver:ListResolverEndpointIpAddresses": (
        "route53resolver:ListResolverEndpoints",
        "ResolverEndpoints.Id",
        "ResolverEndpointId",
    ),
    "vpc-lattice:GetResourceConfiguration": (
        "vpc-lattice:ListResourceConfigurations",
        "items.id",
        "resourceConfigurationIdentifier",
    ),
    "vpc-lattice:GetResourceGateway": ("vpc-lattice:ListResourceGateways", "items.id", "resourceGatewayIdentifier"),
    "vpc-lattice:GetServiceNetwork": ("vpc-lattice:ListServiceNetworks", "items.id", "serviceNetworkIdentifier"),
    "vpc-lattice:GetServiceNetworkVpcAssociation": (
        "vpc-lattice:ListServiceNetworkVpcAssociations",
        "items.id",
        "serviceNetworkVpcAssociationIdentifier",
    ),
    "vpc-lattice:GetServiceNetworkResourceAssociation": (
        "vpc-lattice:ListServiceNetworkResourceAssociations",
        "items.id",
        "serviceNetworkResourceAssociationIdentifier",
    ),
    "vpc-lattice:ListResourceEndpointAssociations": (
        "vpc-lattice:ListResourceConfigurations",
        "items.id",
        "resourceConfigurationIdentifier",
    ),
    **{
        f"vpc-lattice:ListServiceNetwork{kind}Associations": (
            "vpc-lattice:ListServiceNetworks",
            "items.id",
            "serviceNetworkIdentifier",
        )
        for kind in ("Resource", "Service", "Vpc", "VpcEndpoint")
    },
    **{
        f"ec2:{name}": (
            "ec2:DescribeTransitGatewayRouteTables",
            "TransitGatewayRouteTables.TransitGatewayRouteTableId",
            "TransitGatewayRouteTableId",
        )
        for name in (
            "GetTransitGatewayPrefixListReferences",
            "GetTransitGatewayRouteTableAssociations",
            "GetTransitGatewayRouteTablePropagations",
            "SearchTransitGatewayRoutes",
        )
    },
}
#: Parameters that are asked one after the other.
_EACH: dict[str, list[dict[str, Any]]] = {
    "ec2:DescribeVpcAttribute": [{"Attribute": "enableDnsSupport"}, {"Attribute": "enableDnsHostnames"}],
    "ec2:SearchTransitGatewayRoutes": [{"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]}],
    "ram:GetResourceShares": [{"resourceOwner": "SELF"}, {"resourceOwner": "OTHER-ACCOUNTS"}],
    "ram:ListResources": [{"resourceOwner": "SELF"}, {"resourceOwner": "OTHER-ACCOUNTS"}],
    "ram:GetResourceShareAssociations": [{"associationType": "PRINCIPAL"}, {"associationType": "RESOURCE"}],
}
#: Asked for private zones only: nobody's network depends on who may associate a public one.
_PRIVATE = {"route53:GetHostedZone", "route53:ListVPCAssociationAuthorizations"}
#: Not asked: they take lists of ids or times, and are compared answer by answer instead.
NOT_DUMPED = {"cloudwatch:GetMetricData", "elasticloadbalancing:DescribeTags", "route53:ListTagsForResources"}
GLOBAL = {"route53", "sts"}


@dataclass(frozen=True)
class Answered:
    """One question and the merged answer, as the AWS CLI prints it; `error` instead where it was refused."""

    service: str
    operation: str
    parent: str
    part: str
    value: dict[str, Any] | None
    error: str = ""


class Asker:
    """Asks one account in one region."""

    def __init__(self, session: boto3.Session, endpoint: str, operations: list[tuple[str, str]]) -> None:
        self._session, self._endpoint = session, endpoint
        self._operations = operations
        self._clients: dict[str, Any] = {}
        self._answers: dict[str, list[Answered]] = {}

    def everything(self) -> Iterator[Answered]:
        """The answers to all questions; parents first, each once."""
        for service, action in self._operations:
            if f"{service}:{action}" not in NOT_DUMPED:
                yield from self.answers(f"{service}:{action}")

    def answers(self, key: str) -> list[Answered]:
        """The answers to one call, for each of its parents."""
        if key not in self._answers:
            self._answers[key] = [self._ask(key, *question) for question in self._questions(key)]
        return self._answers[key]

    def _questions(self, key: str) -> list[tuple[str, str, dict[str, Any]]]:
        parents: list[tuple[str, dict[str, Any]]] = [("", {})]
        if key in PER_PARENT:
            lister, path, parameter = PER_PARENT[key]
            parents = []
            for listed in self.answers(lister):
                found: list[Any] = [listed.value or {}]
                for step in path.split("."):
                    found = [inner[step] for inner in found if step in inner]
                    found = [item for inner in found for item in (inner if isinstance(inner, list) else [inner])]
                parents += [(str(one), {parameter: one}) for one in found]
            if key in _PRIVATE:
                zones = [
                    zone for listed in self.answers(lister) for zone in (listed.value or {}).get("HostedZones", [])
                ]
                private = {zone["Id"] for zone in zones if zone["Config"]["PrivateZone"]}
                parents = [(one, asked) for one, asked in parents if one in private]
            if key == "route53:ListHostedZonesByVPC":
                parents = [(one, {**asked, "VPCRegion": self._session.region_name}) for one, asked in parents]
        return [
            (parent, str(extra.get("Attribute", "")), {**asked, **extra})
            for parent, asked in parents
            for extra in _EACH.get(key, [{}])
        ]

    def _ask(self, key: str, parent: str, part: str, asked: dict[str, Any]) -> Answered:
        service, _, action = key.partition(":")
        if service not in self._clients:
            self._clients[service] = client(self._session, service, self._endpoint)
        call = getattr(self._clients[service], xform_name(action))
        of = paging(service, action)
        pages: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        try:
            while True:
                page = call(**asked, **cursor)
                page.pop("ResponseMetadata", None)
                pages.append(page)
                cursor = {i: page[o] for i, o in zip(of.input, of.output) if page.get(o)} if of else {}
                if not cursor:
                    break
        except (ClientError, BotoCoreError, ResponseParserError) as error:
            return Answered(service, action, parent, part, None, f"{type(error).__name__}: {error}"[:300])
        value = cli_json.document(service, action, cli_json.merge(service, action, pages))
        return Answered(service, action, parent, part, value)


def write(folder: Path, account: str, region: str, answers: list[Answered]) -> None:
    """Writes answers as a folder of the snapshot format, with a ledger; for audits of what boto3 saw."""
    lines = []
    joined: dict[str, dict[str, Any]] = {}
    for one in answers:
        where = "global" if one.service in GLOBAL else region
        name = f"aws/{account}/{where}/{one.service}.{one.operation}"
        if one.parent:
            leaf = urllib.parse.quote(one.parent.rpartition("hostedzone/")[2], safe="")
            name += f"/{leaf}" + (f".{one.part}" if one.part else "")
        name += ".json"
        line: dict[str, Any] = {"service": one.service, "operation": one.operation, "account": account, "region": where}
        if one.parent:
            line["parent"] = one.parent
        if one.value is None:
            lines.append(
                {
                    **line,
                    "http_status": 500,
                    "error_code": "Failed",
                    "request_id": "r",
                    "items": 0,
                    "has_more": False,
                    "file": None,
                }
            )
            continue
        whole = joined.setdefault(name, {})
        for member, value in one.value.items():
            whole[member] = [*whole[member], *value] if isinstance(value, list) and member in whole else value
        count = sum(len(value) for value in one.value.values() if isinstance(value, list))
        lines.append(
            {
                **line,
                "http_status": 200,
                "error_code": None,
                "request_id": "r",
                "items": count,
                "has_more": False,
                "file": name,
            }
        )
    for name, whole in joined.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(whole, indent=2, sort_keys=True) + "\n")
    with (folder / "ledger.jsonl").open("a") as ledger:
        ledger.writelines(json.dumps(line) + "\n" for line in lines)


def list_members(service: str, action: str) -> list[str]:
    """The lists of an answer that hold its items; none where the answer is one thing."""
    of = paging(service, action)
    if of is not None:
        return list(of.lists)
    if action.startswith("Get"):
        return []
    shape = operation(service, action).output_shape
    return [name for name, member in shape.members.items() if member.type_name == "list"]
