"""An estate of our own in the emulator, with defects planted in it.

It may build through boto3, and write down what the emulator must be helped with (`Estate.edits`).
It must not check anything: what should be found is data (`PLANTED`), the tests look it up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import boto3
from botocore.config import Config

from aws_model import client_name
from servers import Moto

REGION = "us-east-1"
SECOND_REGION = "eu-central-1"
#: The account of the emulator's default key, and the one that is reached by a role.
ACCOUNT = "123456789012"
SECOND_ACCOUNT = "222233334444"
ROLE = "plaudit-audit"
ACCESS_KEY = "AKIAORCHARDBASE00001"
SECRET_KEY = "not-a-secret"
#: The resource gateway, which the emulator does not have.
GATEWAY = "rgw-0a000000000000001"
#: The time that audits are made at; the planted ages are counted from it.
NOW = "2026-11-20T08:00:00Z"

#: Rule, and the name of the thing (in `Estate.ids`) that it must fail for in the first region of the first account.
PLANTED = [
    ("endpoint-az-unsupported", "redis-az3"),
    ("endpoint-ingress-open-to-world", "redis-open"),
    ("endpoint-subnet-few-free-ips", "redis-tiny"),
    ("endpoint-subnet-little-room", "redis-standing"),
    ("resource-gateway-az-unsupported", "gateway"),
    ("service-network-endpoint-no-free-block", "network-pending"),
    ("vpc-dns-attributes-off", "lab"),
    ("endpoint-acceptance-pending", "orders-waiting"),
    ("endpoint-association-failed", "redis-failed"),
    ("endpoint-requester-managed-bad-state", "managed-failed"),
    ("endpoint-state-dead", "orders-rejected"),
    ("endpoint-target-gone", "redis-gone"),
    ("endpoint-without-association", "redis-lonely"),
    ("endpoint-without-dns-record", "queue-unnamed"),
    ("endpoint-without-interface", "redis-no-interface"),
    ("redis-cloud-databases-over-limit", "redis-many"),
    ("redis-cloud-databases-near-limit", "redis-near"),
    ("redis-cloud-port-closed", "redis-closed"),
    ("redis-cloud-port-partly-closed", "redis-partly"),
    ("redis-cloud-port-clients-closed", "redis-strangers"),
    ("redis-cloud-port-groups-only", "redis-groups"),
    ("redis-cloud-private-dns-preference", "redis-all-domains"),
    ("record-target-missing", "gone.orders.orchard.example."),
]
#: The same for the second region.
PLANTED_SECOND = [("endpoint-az-support-disputed", "redis-disputed")]

#: Which security group, subnets and state each resource or service network endpoint has, and whether it is helped with
#: an interface. The rest of what AWS would say of it is in `_edit`.
_LATTICE_ENDPOINTS: dict[str, tuple[str, tuple[str, ...], str, bool]] = {
    "redis-good": ("ports", ("shop-a", "shop-b"), "available", True),
    "redis-az3": ("ports", ("shop-az3", "shop-a"), "available", True),
    "redis-open": ("open", ("shop-a",), "available", True),
    "redis-tiny": ("ports", ("shop-tiny",), "pending", False),
    "redis-standing": ("ports", ("shop-tiny",), "available", True),
    "redis-closed": ("https", ("shop-a",), "available", True),
    "redis-partly": ("part", ("shop-a",), "available", True),
    "redis-strangers": ("strangers", ("shop-a",), "available", True),
    "redis-groups": ("groups", ("shop-a",), "available", True),
    "redis-many": ("ports", ("shop-b",), "available", True),
    "redis-near": ("ports", ("shop-b",), "available", True),
    "redis-all-domains": ("ports", ("shop-b",), "available", True),
    "redis-failed": ("ports", ("shop-b",), "available", True),
    "redis-gone": ("ports", ("shop-b",), "available", True),
    "redis-lonely": ("ports", ("shop-b",), "available", True),
    "redis-no-interface": ("ports", ("shop-b",), "available", False),
    "network-pending": ("ports", ("shop-tiny",), "pending", False),
    "network-good": ("ports", ("shop-a",), "available", True),
}


@dataclass
class Estate:
    """What was built."""

    #: Ids by name.
    ids: dict[str, str] = field(default_factory=dict)
    #: Fields of endpoints, by endpoint id, that the emulator gets wrong or leaves out.
    edits: dict[str, dict[str, Any]] = field(default_factory=dict)


def session(region: str = REGION, account: str | None = None, endpoint: str = "") -> boto3.Session:
    """A session of the first account, or of another one by its role."""
    own = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=region)
    if account is None:
        return own
    role = f"arn:aws:iam::{account}:role/{ROLE}"
    keys = client(own, "sts", endpoint).assume_role(RoleArn=role, RoleSessionName="estate")["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=region)


def client(of: boto3.Session, service: str, endpoint: str) -> Any:
    """A client of a service by its name in IAM actions, without retries."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60)
    return of.client(client_name(service), endpoint_url=endpoint, config=config)


def build(moto: Moto, seed: int = 7) -> Estate:
    """Everything: two regions, two accounts and their organization."""
    moto.seed(seed)
    moto.reset()
    # The defaults of a region are made when it is first touched, and draw from the same source of ids.
    for region in (REGION, SECOND_REGION):
        client(session(region), "ec2", moto.url).describe_vpcs()
    moto.seed(seed)
    estate = Estate()
    first = _Builder(session(), moto.url, estate)
    first.network()
    first.paths()
    first.services()
    first.lattice()
    first.names()
    first.caches()
    second = _Builder(session(SECOND_REGION), moto.url, estate)
    second.small()
    other = _Builder(session(account=SECOND_ACCOUNT, endpoint=moto.url), moto.url, estate)
    other.second_account()
    client(session(), "organizations", moto.url).create_organization(FeatureSet="ALL")
    return estate


def _tags(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}, {"Key": "Owner", "Value": "orchard & söhne"}]}]


def _tcp(first: int, last: int, **source: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}


def _from(*cidrs: str) -> dict[str, Any]:
    return {"IpRanges": [{"CidrIp": cidr, "Description": f"from {cidr}"} for cidr in cidrs]}


class _Builder:
    def __init__(self, of: boto3.Session, endpoint: str, estate: Estate) -> None:
        self.session, self.endpoint, self.estate = of, endpoint, estate
        self.region = of.region_name
        self.ids = estate.ids
        self.ec2 = self.client("ec2")

    def client(self, service: str) -> Any:
        return client(self.session, service, self.endpoint)

    # Building blocks.

    def vpc(self, name: str, cidr: str, hostnames: bool) -> str:
        vpc = self.ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tags("vpc", name))["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": hostnames})
        self.ids[name] = vpc
        return vpc

    def subnet(self, name: str, vpc: str, cidr: str, zone: str) -> str:
        made = self.ec2.create_subnet(
            VpcId=self.ids[vpc], CidrBlock=cidr, AvailabilityZoneId=zone, TagSpecifications=_tags("subnet", name)
        )
        self.ids[name] = made["Subnet"]["SubnetId"]
        return self.ids[name]

    def group(self, name: str, vpc: str, *rules: dict[str, Any]) -> str:
        group = self.ec2.create_security_group(
            GroupName=name, Description=f"{name} <for tests>", VpcId=self.ids[vpc], TagSpecifications=_tags("security-group", name)
        )["GroupId"]
        if rules:
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(rules))
        self.ids["group-" + name] = group
        return group

    def endpoint_of(self, name: str, kind: str, vpc: str, **how: Any) -> str:
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.ids[vpc], VpcEndpointType=kind, TagSpecifications=_tags("vpc-endpoint", name), **how
        )
        self.ids[name] = made["VpcEndpoint"]["VpcEndpointId"]
        return self.ids[name]

    # The first region of the first account.

    def network(self) -> None:
        """VPCs, subnets, groups, lists and ACLs."""
        shop = self.vpc("shop", "10.40.0.0/16", True)
        self.vpc("ledger", "10.50.0.0/16", True)
        self.vpc("lab", "10.60.0.0/16", False)
        self.ec2.associate_vpc_cidr_block(VpcId=self.ids["ledger"], CidrBlock="10.51.0.0/16")
        self.subnet("shop-a", "shop", "10.40.0.0/24", "use1-az1")
        self.subnet("shop-b", "shop", "10.40.1.0/24", "use1-az2")
        self.subnet("shop-az3", "shop", "10.40.2.0/24", "use1-az3")
        self.subnet("shop-tiny", "shop", "10.40.3.0/28", "use1-az1")
        self.subnet("ledger-a", "ledger", "10.50.0.0/24", "use1-az1")
        self.subnet("ledger-b", "ledger", "10.51.0.0/24", "use1-az4")
        self.subnet("lab-a", "lab", "10.60.0.0/24", "use1-az6")
        entries = [{"Cidr": f"192.168.{n}.0/24", "Description": f"branch {n}"} for n in range(7)]
        offices = self.ec2.create_managed_prefix_list(
            PrefixListName="offices", MaxEntries=20, AddressFamily="IPv4", Entries=entries, TagSpecifications=_tags("prefix-list", "offices")
        )["PrefixList"]["PrefixListId"]
        self.ids["offices"] = offices
        clients = self.group("clients", "shop")
        self.group("https", "shop", _tcp(443, 443, **_from("10.40.0.0/16")))
        self.group("ports", "shop", _tcp(10000, 19999, **_from("10.40.0.0/16")), _tcp(8070, 8070, **_from("10.40.0.0/16")))
        self.group("part", "shop", _tcp(10000, 12000, **_from("10.40.0.0/16")))
        self.group("strangers", "shop", _tcp(10000, 19999, **_from("198.51.100.0/24")), _tcp(8070, 8070, **_from("198.51.100.0/24")))
        pair = {"UserIdGroupPairs": [{"GroupId": clients, "Description": "clients"}]}
        self.group("groups", "shop", _tcp(10000, 19999, **pair), _tcp(8070, 8070, **pair))
        self.group("open", "shop", {"IpProtocol": "-1", **_from("0.0.0.0/0"), "Ipv6Ranges": [{"CidrIpv6": "::/0"}]})
        self.group("admin", "ledger", _tcp(22, 22, PrefixListIds=[{"PrefixListId": offices}]), _tcp(443, 443, Ipv6Ranges=[{"CidrIpv6": "fd00::/8"}]))
        self.group("lab-https", "lab", _tcp(443, 443, **_from("10.60.0.0/16")))
        acl = self.ec2.create_network_acl(VpcId=shop, TagSpecifications=_tags("network-acl", "shop"))["NetworkAcl"]["NetworkAclId"]
        for number, egress in ((100, False), (100, True)):
            self.ec2.create_network_acl_entry(
                NetworkAclId=acl, RuleNumber=number, Protocol="6", RuleAction="allow", Egress=egress,
                CidrBlock="10.0.0.0/8", PortRange={"From": 1024, "To": 65535},
            )  # fmt: skip
        options = self.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["orchard.example"]}])
        self.ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptions"]["DhcpOptionsId"], VpcId=shop)
        for number in range(3):
            self.ec2.create_network_interface(SubnetId=self.ids["ledger-a"], Groups=[self.ids["group-admin"]], Description=f"clerk {number}")

    def paths(self) -> None:
        """Peering, transit gateway, VPN, gateways, flow logs."""
        ec2, ids = self.ec2, self.ids
        table = ec2.create_route_table(VpcId=ids["shop"], TagSpecifications=_tags("route-table", "shop"))["RouteTable"]["RouteTableId"]
        ids["shop-routes"] = table
        for name in ("shop-a", "shop-b"):
            ec2.associate_route_table(RouteTableId=table, SubnetId=ids[name])
        peering = ec2.create_vpc_peering_connection(VpcId=ids["shop"], PeerVpcId=ids["ledger"])["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.50.0.0/16", VpcPeeringConnectionId=peering)
        hub = ec2.create_transit_gateway(Description="hub", TagSpecifications=_tags("transit-gateway", "hub"))["TransitGateway"]["TransitGatewayId"]
        attached = [
            ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=hub, VpcId=ids[vpc], SubnetIds=[ids[subnet]])[
                "TransitGatewayVpcAttachment"
            ]["TransitGatewayAttachmentId"]
            for vpc, subnet in (("shop", "shop-a"), ("lab", "lab-a"))
        ]
        routes = ec2.create_transit_gateway_route_table(TransitGatewayId=hub)["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
        ec2.create_transit_gateway_route(
            DestinationCidrBlock="10.60.0.0/16", TransitGatewayRouteTableId=routes, TransitGatewayAttachmentId=attached[1]
        )
        ec2.enable_transit_gateway_route_table_propagation(TransitGatewayRouteTableId=routes, TransitGatewayAttachmentId=attached[0])
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.60.0.0/16", TransitGatewayId=hub)
        private = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=65010)["VpnGateway"]["VpnGatewayId"]
        ec2.attach_vpn_gateway(VpnGatewayId=private, VpcId=ids["ledger"])
        customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65020, PublicIp="203.0.113.9")["CustomerGateway"]["CustomerGatewayId"]
        ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer, VpnGatewayId=private)
        internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=ids["lab"])
        ec2.create_egress_only_internet_gateway(VpcId=ids["lab"])
        ec2.create_flow_logs(
            ResourceIds=[ids["shop"]], ResourceType="VPC", TrafficType="ALL", LogDestinationType="s3", LogDestination="arn:aws:s3:::orchard-flows"
        )

    def services(self) -> None:
        """A load balancer, a service behind it, and endpoints that are not of Lattice."""
        elb, ids = self.client("elasticloadbalancing"), self.ids
        name = [{"Key": "Name", "Value": "orders"}]
        balancer = elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=[ids["ledger-a"]], Tags=name)
        balancer_arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
        target = elb.create_target_group(Name="orders", Protocol="TCP", Port=6379, VpcId=ids["ledger"], TargetType="ip", Tags=name)
        target_arn = target["TargetGroups"][0]["TargetGroupArn"]
        elb.create_listener(
            LoadBalancerArn=balancer_arn, Protocol="TCP", Port=6379, DefaultActions=[{"Type": "forward", "TargetGroupArn": target_arn}]
        )
        elb.register_targets(TargetGroupArn=target_arn, Targets=[{"Id": "10.50.0.20", "Port": 6379}])
        service = self.ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[balancer_arn], AcceptanceRequired=True, TagSpecifications=_tags("vpc-endpoint-service", "orders")
        )["ServiceConfiguration"]
        ids["orders-service"] = service["ServiceId"]
        self.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{SECOND_ACCOUNT}:root"]
        )
        secrets = f"com.amazonaws.{self.region}.secretsmanager"
        inside = {"SubnetIds": [ids["shop-a"]], "SecurityGroupIds": [ids["group-https"]]}
        self.endpoint_of("shop-secrets", "Interface", "shop", ServiceName=secrets, PrivateDnsEnabled=True, **inside)
        self.endpoint_of(
            "lab-secrets", "Interface", "lab", ServiceName=secrets, PrivateDnsEnabled=True,
            SubnetIds=[ids["lab-a"]], SecurityGroupIds=[ids["group-lab-https"]],
        )  # fmt: skip
        self.endpoint_of("shop-s3", "Gateway", "shop", ServiceName=f"com.amazonaws.{self.region}.s3", RouteTableIds=[ids["shop-routes"]])
        self.endpoint_of("shop-inspect", "GatewayLoadBalancer", "shop", ServiceName=service["ServiceName"], SubnetIds=[ids["shop-b"]])
        for endpoint, state in (("orders-named", "available"), ("queue-unnamed", "available"), ("orders-waiting", "pendingAcceptance"),
                                ("orders-rejected", "rejected"), ("managed-failed", "failed")):  # fmt: skip
            made = self.endpoint_of(endpoint, "Interface", "shop", ServiceName=service["ServiceName"], **inside)
            self.estate.edits[made] = {"State": state, "PrivateDnsEnabled": False, "RequesterManaged": endpoint == "managed-failed"}
            if endpoint == "orders-waiting":
                self.estate.edits[made]["CreationTimestamp"] = datetime(2026, 9, 1, 6, 30, tzinfo=timezone.utc)

    def lattice(self) -> None:
        """A service network and the endpoints of resources and networks."""
        lattice, ram = self.client("vpc-lattice"), self.client("ram")
        network = lattice.create_service_network(name="orchard", tags={"Owner": "orchard"})
        self.ids["network"], self.ids["network-arn"] = network["id"], network["arn"]
        association = lattice.create_service_network_vpc_association(
            serviceNetworkIdentifier=network["id"], vpcIdentifier=self.ids["ledger"], securityGroupIds=[self.ids["group-admin"]]
        )
        self.ids["network-vpc-association"] = association["id"]
        self.ids["gateway"] = GATEWAY
        service = lattice.create_service(name="orchard-api")
        lattice.create_service_network_service_association(serviceIdentifier=service["id"], serviceNetworkIdentifier=network["id"])
        ram.create_resource_share(name="orchard-share", principals=[SECOND_ACCOUNT], tags=[{"key": "Owner", "value": "orchard"}])
        for name in _LATTICE_ENDPOINTS:
            self.lattice_endpoint(name, *_LATTICE_ENDPOINTS[name])

    def lattice_endpoint(self, name: str, group: str, subnets: tuple[str, ...], state: str, interface: bool, vpc: str = "shop") -> None:
        """One endpoint, and what the emulator forgets about it: target, state, interfaces, how names resolve."""
        kind = "ServiceNetwork" if name.startswith("network") else "Resource"
        target = (
            {"ServiceNetworkArn": self.ids["network-arn"]}
            if kind == "ServiceNetwork"
            else {"ResourceConfigurationArn": configuration_arn("gone" if name == "redis-gone" else "orders", self.region)}
        )
        where = [self.ids[subnet] for subnet in subnets]
        made = self.endpoint_of(name, kind, vpc, SubnetIds=where, SecurityGroupIds=[self.ids["group-" + group]], PrivateDnsEnabled=True, **target)
        interfaces = []
        for subnet in where if interface else []:
            added = self.ec2.create_network_interface(SubnetId=subnet, Groups=[self.ids["group-" + group]], Description=f"VPC Endpoint Interface {made}")
            interfaces.append(added["NetworkInterface"]["NetworkInterfaceId"])
        preference = "ALL_DOMAINS" if name == "redis-all-domains" else "VERIFIED_DOMAINS_ONLY"
        self.estate.edits[made] = {
            **target, "State": state, "NetworkInterfaceIds": interfaces, "PrivateDnsEnabled": True, "IpAddressType": "ipv4",
            "DnsOptions": {"DnsRecordIpType": "ipv4", "PrivateDnsPreference": preference}, "OwnerId": ACCOUNT, "RequesterManaged": False,
        }  # fmt: skip

    def names(self) -> None:
        """Zones with an alias, weighted records, a wildcard and a record that leads nowhere; the resolver."""
        route53, ids = self.client("route53"), self.ids
        entry = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[ids["orders-named"]])["VpcEndpoints"][0]["DnsEntries"][0]
        zone = self.zone("orders.orchard.example", "shop", "ledger")
        gone = f"vpce-0f00000000000dead-abcdefgh.vpce-svc-0123456789abcdef0.{self.region}.vpce.amazonaws.com"
        short: dict[str, Any] = {"Type": "CNAME", "TTL": 60}
        records = [
            {"Name": "orders.orchard.example", "Type": "A",
             "AliasTarget": {"HostedZoneId": "Z7HUB22UULQXV", "DNSName": entry["DnsName"], "EvaluateTargetHealth": False}},
            {"Name": "gone.orders.orchard.example", **short, "ResourceRecords": [{"Value": gone}]},
            {"Name": "*.wild.orders.orchard.example", **short, "ResourceRecords": [{"Value": "orders.orchard.example"}]},
            *({"Name": "split.orders.orchard.example", **short, "SetIdentifier": f"part {n}", "Weight": n * 10,
               "ResourceRecords": [{"Value": f"part{n}.orchard.example"}]} for n in (1, 2)),
            *({"Name": f"host{n}.orders.orchard.example", "Type": "A", "TTL": 300,
               "ResourceRecords": [{"Value": f"10.40.0.{n + 10}"}]} for n in range(8)),
        ]  # fmt: skip
        changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=[{"Key": "Owner", "Value": "orchard"}])
        self.zone("lab.orchard.example", "lab")
        route53.create_hosted_zone(Name="orchard.example", CallerReference="public")
        resolver = self.client("route53resolver")
        out = resolver.create_resolver_endpoint(
            CreatorRequestId="out", SecurityGroupIds=[ids["group-admin"]], Direction="OUTBOUND", Name="out",
            IpAddresses=[{"SubnetId": ids["ledger-a"]}, {"SubnetId": ids["ledger-b"]}],
        )["ResolverEndpoint"]["Id"]  # fmt: skip
        rule = resolver.create_resolver_rule(
            CreatorRequestId="rule", RuleType="FORWARD", DomainName="corp.example", ResolverEndpointId=out,
            TargetIps=[{"Ip": "192.168.1.53", "Port": 53}], Name="corp",
        )["ResolverRule"]["Id"]  # fmt: skip
        for vpc in ("shop", "ledger"):
            resolver.associate_resolver_rule(ResolverRuleId=rule, VPCId=ids[vpc], Name=f"corp-{vpc}")

    def zone(self, name: str, first: str, *others: str) -> str:
        """A private zone of some VPCs."""
        route53 = self.client("route53")
        made = route53.create_hosted_zone(
            Name=name, CallerReference=name, VPC={"VPCRegion": self.region, "VPCId": self.ids[first]}, HostedZoneConfig={"PrivateZone": True}
        )
        zone = made["HostedZone"]["Id"].rpartition("/")[2]
        for vpc in others:
            route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": self.region, "VPCId": self.ids[vpc]})
        self.ids["zone-" + name] = zone
        return str(zone)

    def caches(self) -> None:
        """ElastiCache."""
        cache, ids = self.client("elasticache"), self.ids
        cache.create_cache_subnet_group(CacheSubnetGroupName="orders", CacheSubnetGroupDescription="orders", SubnetIds=[ids["ledger-a"]])
        cache.create_replication_group(
            ReplicationGroupId="sessions", ReplicationGroupDescription="sessions", Engine="redis", CacheNodeType="cache.t4g.micro",
            NumCacheClusters=2, CacheSubnetGroupName="orders", SecurityGroupIds=[ids["group-admin"]],
        )  # fmt: skip
        cache.create_cache_cluster(
            CacheClusterId="legacy", Engine="memcached", CacheNodeType="cache.t4g.micro", NumCacheNodes=1, CacheSubnetGroupName="orders"
        )

    # The second region, and the second account.

    def small(self) -> None:
        """One VPC with a resource endpoint in a zone that sources disagree about."""
        self.vpc("berlin", "10.70.0.0/16", True)
        self.subnet("berlin-az2", "berlin", "10.70.0.0/24", "euc1-az2")
        self.group("berlin-ports", "berlin", _tcp(10000, 19999, **_from("10.70.0.0/16")), _tcp(8070, 8070, **_from("10.70.0.0/16")))
        self.lattice_endpoint("redis-disputed", "berlin-ports", ("berlin-az2",), "available", True, vpc="berlin")

    def second_account(self) -> None:
        """One VPC, its zone, and an endpoint in each of two states of its groups."""
        self.vpc("depot", "10.80.0.0/16", True)
        self.subnet("depot-a", "depot", "10.80.0.0/24", "use1-az2")
        self.group("depot-open", "depot", {"IpProtocol": "-1", **_from("0.0.0.0/0")})
        service = f"com.amazonaws.{self.region}.kms"
        inside = {"SubnetIds": [self.ids["depot-a"]], "SecurityGroupIds": [self.ids["group-depot-open"]]}
        self.endpoint_of("depot-kms", "Interface", "depot", ServiceName=service, PrivateDnsEnabled=True, **inside)
        self.zone("depot.orchard.example", "depot")


def configuration_arn(name: str, region: str = REGION) -> str:
    """The ARN of a resource configuration; `gone` is one that nobody lists."""
    number = {"orders": "0a0000000000000c1", "second": "0a0000000000000c2", "gone": "0a0000000000dead0"}[name]
    return f"arn:aws:vpc-lattice:{region}:{ACCOUNT}:resourceconfiguration/rcfg-{number}"
