"""What the emulator lacks: coherent answers for the estate, and corrections of answers that are wrong.

It may use the estate's ids and the models.
It must not send anything, and must not depend on the order of requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from aws_model import Call, operation, paging
from estate import ACCOUNT, REGION, SECOND_ACCOUNT, SECOND_REGION, Estate, configuration_arn
from estate import GATEWAY as _GATEWAY

_WHEN = datetime(2026, 5, 4, 10, 20, 30, 456000, tzinfo=timezone.utc)
_RESOURCES = [f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}", f"arn:aws:ram:{REGION}:{ACCOUNT}"]
#: A secret that no file may hold.
SECRET = "orchard-pre-shared-key-1"
#: Endpoints with another number of associations than one.
_ASSOCIATIONS = {"redis-lonely": 0, "redis-many": 60, "redis-near": 52, "network-pending": 2, "network-good": 2}
Values = dict[str, Any]


class Overlay:
    """Answers for the operations that the emulator does not have."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._lists: dict[tuple[str, str], dict[str, Values]] = {
            (ACCOUNT, REGION): {**_lattice_lists(estate), **_ec2_lists(estate), **_other_lists(estate)},
            (ACCOUNT, SECOND_REGION): _associations(estate, ["redis-disputed"], SECOND_REGION),
        }
        self._gets = _gets(estate)
        #: Accounts by the keys that roles were given.
        self._keys: dict[str, str] = {}
        known = {key for lists in self._lists.values() for key in lists}
        self._known = known | {"ram:GetResourceShares", "ec2:DescribeVpcBlockPublicAccessOptions"}

    def answer(self, call: Call) -> Mapping[str, Any] | None:
        """The answer, or None where the emulator knows better."""
        if call.key in self._gets:
            member = next(name for name in call.params if name.endswith("Identifier"))
            return self._gets[call.key].get(call.params[member])
        if call.key == "cloudwatch:GetMetricData":
            return {"MetricDataResults": [_metric(query) for query in call.params["MetricDataQueries"]], "Messages": []}
        if call.key == "organizations:ListAccounts":
            return {"Accounts": _accounts()}
        if call.key == "ram:GetResourceShares" and call.params.get("resourceOwner") == "SELF":
            return None
        if call.key not in self._known:
            return None
        if call.key == "ec2:DescribeVpcBlockPublicAccessOptions":
            return {"VpcBlockPublicAccessOptions": _public_access(call, self.account(call))}
        whole = self._lists.get((self.account(call), _home(call)), {}).get(call.key)
        return _asked(call, whole) if whole is not None else _empty(call)

    def account(self, call: Call) -> str:
        """Whose key signed."""
        return self._keys.get(call.access_key, ACCOUNT)

    def amend(self, call: Call, value: Values) -> bool:
        """Corrects an answer of the emulator in place."""
        if call.key == "sts:AssumeRole":
            self._keys[value["Credentials"]["AccessKeyId"]] = value["AssumedRoleUser"]["Arn"].split(":")[4]
            return False
        if call.service == "vpc-lattice":
            # The emulator puts fields into lists that only single answers have; as the model has it they are gone.
            return True
        if call.key == "ec2:DescribeVpcEndpoints":
            for endpoint in value["VpcEndpoints"]:
                endpoint.update(self._estate.edits.get(endpoint["VpcEndpointId"], {}))
            return True
        if call.key == "ec2:DescribeVpnConnections":
            for connection in value["VpnConnections"]:
                tunnels = [{"OutsideIpAddress": f"203.0.113.{n}", "PreSharedKey": SECRET} for n in (1, 2)]
                connection["Options"] = {"StaticRoutesOnly": False, "TunnelOptions": tunnels}
                connection["CustomerGatewayConfiguration"] += f"<pre_shared_key>{SECRET}</pre_shared_key>"
            return True
        return False


def _home(call: Call) -> str:
    # Services that have one address for the whole world are signed for one region.
    return REGION if call.service in ("route53", "organizations") else call.region


def _empty(call: Call) -> Values:
    of = paging(call.service, call.operation)
    shape = operation(call.service, call.operation).output_shape
    names = of.lists if of else [name for name, member in shape.members.items() if member.type_name == "list"]
    value: Values = {name: [] for name in names}
    if call.key == "route53:ListVPCAssociationAuthorizations":
        value["HostedZoneId"] = call.params["HostedZoneId"]
    return value


#: Parameters that narrow a list, and the field of an item that they are about.
_NARROW = {
    "serviceNetworkIdentifier": ("serviceNetworkArn", "serviceNetworkId"),
    "resourceConfigurationIdentifier": ("resourceConfigurationArn", "resourceConfigurationId"),
    "vpcIdentifier": ("vpcId",),
    "ProfileId": ("ProfileId",),
    "TransitGatewayRouteTableId": ("TransitGatewayRouteTableId",),
    "resourceOwner": ("owner",),
}


def _asked(call: Call, whole: Values) -> Values:
    """The items that the question is about. `owner` is a mark of ours that is not sent."""
    answer: Values = dict(whole)
    for name, value in whole.items():
        if isinstance(value, list):
            for parameter, fields in _NARROW.items():
                wanted = call.params.get(parameter)
                known = [field for field in fields if any(field in item for item in value)]
                if wanted is not None and known:
                    value = [item for item in value if any(wanted == item.get(field) for field in known)]
            answer[name] = [{key: inner for key, inner in item.items() if key != "owner"} for item in value]
    return answer


def _accounts() -> list[Values]:
    rows = (
        (ACCOUNT, "orchard", "ACTIVE"),
        (SECOND_ACCOUNT, "depot", "ACTIVE"),
        ("333344445555", "closed", "SUSPENDED"),
    )
    return [
        {
            "Id": number,
            "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-orchard123/{number}",
            "Email": f"{name}@orchard.example",
            "Name": name,
            "Status": status,
            "State": status,
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": _WHEN,
        }
        for number, name, status in rows
    ]


def _metric(query: Mapping[str, Any]) -> Values:
    """Three days of a metric. The emulator does not know the protocol in which newer clients ask."""
    days = [_WHEN.replace(hour=0, minute=0, second=0, microsecond=0, day=day) for day in (3, 2, 1)]
    values = [float(len(query["Id"]) * day) for day in (3, 2, 1)]
    return {
        "Id": query["Id"],
        "Label": query.get("Label", query["Id"]),
        "Timestamps": days,
        "Values": values,
        "StatusCode": "Complete",
    }


def _public_access(call: Call, account: str) -> Values:
    return {
        "AwsAccountId": account,
        "AwsRegion": call.region,
        "State": "default-state",
        "InternetGatewayBlockMode": "off",
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
        "LastUpdateTimestamp": _WHEN,
    }


# Lattice.

_CONFIGURATION, _CHILD = configuration_arn("orders"), configuration_arn("second")


def _configurations() -> list[Values]:
    shared: Values = {
        "resourceGatewayId": _GATEWAY,
        "status": "ACTIVE",
        "amazonManaged": False,
        "createdAt": _WHEN,
        "lastUpdatedAt": _WHEN,
    }
    group = {"id": _CONFIGURATION.rpartition("/")[2], "name": "orders", "arn": _CONFIGURATION, "type": "GROUP"}
    child = {
        "id": _CHILD.rpartition("/")[2],
        "name": "orders-1",
        "arn": _CHILD,
        "type": "CHILD",
        "resourceConfigurationGroupId": group["id"],
        "customDomainName": "db1.orders.orchard.example",
    }
    return [
        {**shared, **group, "groupDomain": "orders.orchard.example", "domainVerificationId": "dv-0a000000000000001"},
        {**shared, **child},
    ]


def _gateway(estate: Estate) -> Values:
    return {
        "name": "orders",
        "id": _GATEWAY,
        "arn": f"{_RESOURCES[0]}:resourcegateway/{_GATEWAY}",
        "status": "ACTIVE",
        "subnetIds": [estate.ids["shop-az3"], estate.ids["shop-b"]],
        "securityGroupIds": [estate.ids["group-ports"]],
        "ipAddressType": "IPV4",
        "ipv4AddressesPerEni": 16,
        "resourceConfigDnsResolution": "PUBLIC",
        "createdAt": _WHEN,
        "lastUpdatedAt": _WHEN,
    }


def _resource_association(estate: Estate) -> Values:
    return {
        "id": "snra-0a000000000000001",
        "arn": f"{_RESOURCES[0]}:servicenetworkresourceassociation/snra-0a000000000000001",
        "status": "ACTIVE",
        "createdBy": ACCOUNT,
        "createdAt": _WHEN,
        "resourceConfigurationId": _CONFIGURATION.rpartition("/")[2],
        "resourceConfigurationArn": _CONFIGURATION,
        "resourceConfigurationName": "orders",
        "serviceNetworkId": estate.ids["network"],
        "serviceNetworkArn": estate.ids["network-arn"],
        "serviceNetworkName": "orchard",
        "privateDnsEnabled": True,
        "privateDnsEntry": {"domainName": "orders.orchard.example", "hostedZoneId": "Z0A1B2C3D4E5F6"},
        "isManagedAssociation": False,
    }


def _lattice_lists(estate: Estate) -> dict[str, Values]:
    gateway = {"vpcIdentifier": estate.ids["shop"], **_gateway(estate)}
    endpoint = {
        "id": "rea-0a000000000000001",
        "arn": f"{_RESOURCES[0]}:resourceendpointassociation/rea-0a000000000000001",
        "resourceConfigurationId": _CONFIGURATION.rpartition("/")[2],
        "resourceConfigurationArn": _CONFIGURATION,
        "resourceConfigurationName": "orders",
        "vpcEndpointId": estate.ids["redis-good"],
        "vpcEndpointOwner": ACCOUNT,
        "createdBy": ACCOUNT,
        "createdAt": _WHEN,
    }
    network = {
        "vpcEndpointId": estate.ids["network-good"],
        "vpcId": estate.ids["shop"],
        "vpcEndpointOwnerId": ACCOUNT,
        "id": "snvea-0a0000000000001",
        "state": "ACTIVE",
        "serviceNetworkArn": estate.ids["network-arn"],
        "createdAt": _WHEN,
        "serviceNetworkId": estate.ids["network"],
    }
    domain = {
        "id": "dv-0a000000000000001",
        "arn": f"{_RESOURCES[0]}:domainverification/dv-0a000000000000001",
        "domainName": "orchard.example",
        "status": "VERIFIED",
        "txtMethodConfig": {"name": "_lattice.orchard.example", "value": "verify=1"},
        "createdAt": _WHEN,
        "lastVerifiedTime": _WHEN,
        "tags": {"Owner": "orchard"},
    }
    return {
        "vpc-lattice:ListResourceConfigurations": {"items": _configurations()},
        "vpc-lattice:ListResourceGateways": {"items": [gateway]},
        "vpc-lattice:ListServiceNetworkResourceAssociations": {"items": [_resource_association(estate)]},
        "vpc-lattice:ListResourceEndpointAssociations": {"items": [endpoint]},
        "vpc-lattice:ListServiceNetworkVpcEndpointAssociations": {"items": [network]},
        "vpc-lattice:ListDomainVerifications": {"items": [domain]},
    }


def _gets(estate: Estate) -> dict[str, dict[str, Values]]:
    """Answers to Get calls by id and by ARN."""
    kinds: dict[str, Values] = {
        "orders": {"dnsResource": {"domainName": "orders.internal.example", "ipAddressType": "IPV4"}}
    }
    configurations = [
        {
            **summary,
            "portRanges": ["10000-19999", "8070"],
            "protocol": "TCP",
            "allowAssociationToShareableServiceNetwork": True,
            "resourceConfigurationDefinition": kinds.get(summary["name"], {"ipResource": {"ipAddress": "10.40.0.20"}}),
        }
        for summary in _configurations()
    ]
    gateway = {**_gateway(estate), "vpcId": estate.ids["shop"], "serviceManaged": False}
    association = {
        "id": estate.ids["network-vpc-association"],
        "status": "ACTIVE",
        "createdBy": ACCOUNT,
        "createdAt": _WHEN,
        "arn": f"{_RESOURCES[0]}:servicenetworkvpcassociation/{estate.ids['network-vpc-association']}",
        "serviceNetworkId": estate.ids["network"],
        "serviceNetworkName": "orchard",
        "serviceNetworkArn": estate.ids["network-arn"],
        "vpcId": estate.ids["ledger"],
        "securityGroupIds": [estate.ids["group-admin"]],
        "privateDnsEnabled": True,
        "dnsOptions": {"privateDnsPreference": "VERIFIED_DOMAINS_ONLY"},
        "lastUpdatedAt": _WHEN,
    }
    resource = {**_resource_association(estate), "domainVerificationStatus": "VERIFIED", "lastUpdatedAt": _WHEN}

    def by_name(*values: Values) -> dict[str, Values]:
        return {value[name]: value for value in values for name in ("id", "arn")}

    return {
        "vpc-lattice:GetResourceConfiguration": by_name(*configurations),
        "vpc-lattice:GetResourceGateway": by_name(gateway),
        "vpc-lattice:GetServiceNetworkVpcAssociation": by_name(association),
        "vpc-lattice:GetServiceNetworkResourceAssociation": by_name(resource),
    }


# EC2.


def _associations(estate: Estate, names: list[str], region: str = REGION) -> dict[str, Values]:
    rows: list[Values] = []
    for name in names:
        for number in range(_ASSOCIATIONS.get(name, 1)):
            row: Values = {
                "Id": f"vpce-rsc-asc-{len(rows):017x}",
                "VpcEndpointId": estate.ids[name],
                "AssociatedResourceAccessibility": "Accessible",
                "AssociatedResourceArn": configuration_arn("orders", region),
                "DnsEntry": {"DnsName": f"{name}-{number}.example", "HostedZoneId": "Z1"},
                "PrivateDnsEntry": {"DnsName": f"db{number}.orders.orchard.example", "HostedZoneId": "Z2"},
                "Tags": [],
            }
            if name == "redis-failed":
                row.update(
                    AssociatedResourceAccessibility="FAILED",
                    FailureCode="ResourceNotReachable",
                    FailureReason="no route & no <answer>",
                )
            if name.startswith("network"):
                row.update(ServiceNetworkArn=estate.ids["network-arn"], ServiceNetworkName="orchard")
            rows.append(row)
    return {"ec2:DescribeVpcEndpointAssociations": {"VpcEndpointAssociations": rows}}


def _ec2_lists(estate: Estate) -> dict[str, Values]:
    lattice = [
        name for name in estate.ids if name.startswith(("redis-", "network-")) and estate.ids[name].startswith("vpce-")
    ]
    connection = {
        "ServiceId": estate.ids["orders-service"],
        "VpcEndpointId": estate.ids["orders-named"],
        "VpcEndpointOwner": ACCOUNT,
        "VpcEndpointState": "available",
        "CreationTimestamp": _WHEN,
        "DnsEntries": [],
        "NetworkLoadBalancerArns": [],
        "IpAddressType": "ipv4",
        "VpcEndpointConnectionId": "vpce-svc-conn-0a0000000000001",
        "Tags": [],
        "VpcEndpointRegion": REGION,
    }
    group = {
        "GroupId": estate.ids["group-https"],
        "VpcId": estate.ids["ledger"],
        "VpcOwnerId": ACCOUNT,
        "State": "associated",
        "GroupOwnerId": ACCOUNT,
    }
    return {
        **_associations(estate, [name for name in lattice if name != "redis-disputed"]),
        "ec2:DescribeVpcEndpointConnections": {"VpcEndpointConnections": [connection]},
        "ec2:DescribeSecurityGroupVpcAssociations": {"SecurityGroupVpcAssociations": [group]},
        "ec2:GetTransitGatewayPrefixListReferences": {"TransitGatewayPrefixListReferences": []},
    }


# The others.


def _other_lists(estate: Estate) -> dict[str, Values]:
    share = f"{_RESOURCES[1]}:resource-share/0a0b0c0d-0000-4000-8000-000000000001"
    foreign = f"arn:aws:ram:{REGION}:{SECOND_ACCOUNT}:resource-share/0a0b0c0d-0000-4000-8000-000000000002"
    invitation = {
        "resourceShareInvitationArn": foreign.replace("resource-share/", "resource-share-invitation/"),
        "resourceShareName": "from-depot",
        "resourceShareArn": foreign,
        "senderAccountId": SECOND_ACCOUNT,
        "receiverAccountId": ACCOUNT,
        "invitationTimestamp": _WHEN,
        "status": "PENDING",
    }
    shared: Values = {
        "type": "vpc-lattice:ResourceConfiguration",
        "status": "AVAILABLE",
        "creationTime": _WHEN,
        "lastUpdatedTime": _WHEN,
        "resourceRegionScope": "REGIONAL",
    }
    received = {
        "resourceShareArn": foreign,
        "name": "from-depot",
        "owningAccountId": SECOND_ACCOUNT,
        "allowExternalPrincipals": True,
        "status": "ACTIVE",
        "creationTime": _WHEN,
        "lastUpdatedTime": _WHEN,
        "featureSet": "STANDARD",
    }
    profile = "rp-0a00000000000001"
    times: Values = {
        "CreationTime": _WHEN,
        "ModificationTime": _WHEN,
        "OwnerId": ACCOUNT,
        "ProfileId": profile,
        "Status": "COMPLETE",
        "StatusMessage": "",
    }
    firewall = {
        "Id": "rslvr-frgassoc-1",
        "Arn": f"arn:aws:route53resolver:{REGION}:{ACCOUNT}:firewall-rule-group-association/1",
        "FirewallRuleGroupId": "rslvr-frg-1",
        "VpcId": estate.ids["shop"],
        "Name": "block",
        "Priority": 101,
        "MutationProtection": "DISABLED",
        "Status": "COMPLETE",
        "CreationTime": "2026-05-04T10:20:30.456Z",
        "ModificationTime": "2026-05-04T10:20:30.456Z",
    }
    serverless = {
        "ServerlessCacheName": "carts",
        "Description": "",
        "CreateTime": _WHEN,
        "Status": "available",
        "Engine": "valkey",
        "MajorEngineVersion": "8",
        "SecurityGroupIds": [estate.ids["group-admin"]],
        "Endpoint": {"Address": "carts.example", "Port": 6379},
        "ARN": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:serverlesscache:carts",
        "SubnetIds": [estate.ids["ledger-a"]],
    }
    return {
        "elasticache:DescribeServerlessCaches": {"ServerlessCaches": [serverless]},
        "ram:GetResourceShareInvitations": {"resourceShareInvitations": [invitation]},
        "ram:ListResources": {
            "resources": [
                {**shared, "arn": _CONFIGURATION, "resourceShareArn": share, "owner": "SELF"},
                {
                    **shared,
                    "arn": configuration_arn("second").replace(ACCOUNT, SECOND_ACCOUNT),
                    "resourceShareArn": foreign,
                    "owner": "OTHER-ACCOUNTS",
                },
            ]
        },
        "ram:GetResourceShares": {"resourceShares": [received]},
        "route53:ListVPCAssociationAuthorizations": {"VPCs": []},
        "route53profiles:ListProfiles": {
            "ProfileSummaries": [
                {
                    "Arn": f"arn:aws:route53profiles:{REGION}:{ACCOUNT}:profile/{profile}",
                    "Id": profile,
                    "Name": "main",
                    "ShareStatus": "NOT_SHARED",
                }
            ]
        },
        "route53profiles:ListProfileAssociations": {
            "ProfileAssociations": [{**times, "Id": "rpassoc-1", "Name": "shop", "ResourceId": estate.ids["shop"]}]
        },
        "route53profiles:ListProfileResourceAssociations": {
            "ProfileResourceAssociations": [
                {
                    **times,
                    "Id": "rpr-1",
                    "Name": "zone",
                    "ResourceType": "HOSTED_ZONE",
                    "ResourceArn": f"arn:aws:route53:::hostedzone/{estate.ids['zone-lab.orchard.example']}",
                }
            ]
        },
        "route53resolver:ListResolverConfigs": {
            "ResolverConfigs": [
                {
                    "Id": "rslvr-rc-1",
                    "ResourceId": estate.ids["shop"],
                    "OwnerId": ACCOUNT,
                    "AutodefinedReverse": "ENABLED",
                }
            ]
        },
        "route53resolver:ListFirewallRuleGroupAssociations": {"FirewallRuleGroupAssociations": [firewall]},
    }
