"""Builds the estate in the emulator.

It may use boto3 through the builder, and notes down what the emulator must be helped with (`Estate.edits`).
It must not say what should be found: that is `PLANTED` of `estate.py`.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from builder import Builder, sources, tags, tcp
from estate import GATEWAY, REGION, SECOND_ACCOUNT, SECOND_REGION, Estate, client, session
from servers import Moto

#: Which security group, subnets and state each resource or service network endpoint has, and whether it is helped with
#: an interface. The builder notes the rest of what AWS would say of it.
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


def build(moto: Moto, seed: int = 7) -> Estate:
    """Everything: two regions, two accounts and their organization."""
    moto.seed(seed)
    moto.reset()
    # The defaults of a region are made when it is first touched, and draw from the same source of ids.
    for region in (REGION, SECOND_REGION):
        client(session(region), "ec2", moto.url).describe_vpcs()
    moto.seed(seed)
    estate = Estate()
    first = Builder(session(), moto.url, estate)
    for part in (network, paths, services, lattice, names, caches):
        part(first)
    second_region(Builder(session(SECOND_REGION), moto.url, estate))
    second_account(Builder(session(account=SECOND_ACCOUNT, endpoint=moto.url), moto.url, estate))
    client(session(), "organizations", moto.url).create_organization(FeatureSet="ALL")
    return estate


# The first region of the first account.


def network(b: Builder) -> None:
    """VPCs, subnets, groups, lists and ACLs."""
    shop = b.vpc("shop", "10.40.0.0/16", True)
    b.vpc("ledger", "10.50.0.0/16", True)
    b.vpc("lab", "10.60.0.0/16", False)
    b.ec2.associate_vpc_cidr_block(VpcId=b.ids["ledger"], CidrBlock="10.51.0.0/16")
    b.subnet("shop-a", "shop", "10.40.0.0/24", "use1-az1")
    b.subnet("shop-b", "shop", "10.40.1.0/24", "use1-az2")
    b.subnet("shop-az3", "shop", "10.40.2.0/24", "use1-az3")
    b.subnet("shop-tiny", "shop", "10.40.3.0/28", "use1-az1")
    b.subnet("ledger-a", "ledger", "10.50.0.0/24", "use1-az1")
    b.subnet("ledger-b", "ledger", "10.51.0.0/24", "use1-az4")
    b.subnet("lab-a", "lab", "10.60.0.0/24", "use1-az6")
    entries = [{"Cidr": f"192.168.{n}.0/24", "Description": f"branch {n}"} for n in range(7)]
    offices = b.ec2.create_managed_prefix_list(
        PrefixListName="offices",
        MaxEntries=20,
        AddressFamily="IPv4",
        Entries=entries,
        TagSpecifications=tags("prefix-list", "offices"),
    )["PrefixList"]["PrefixListId"]
    b.ids["offices"] = offices
    clients = b.group("clients", "shop")
    b.group("https", "shop", tcp(443, 443, **sources("10.40.0.0/16")))
    b.group("ports", "shop", tcp(10000, 19999, **sources("10.40.0.0/16")), tcp(8070, 8070, **sources("10.40.0.0/16")))
    b.group("part", "shop", tcp(10000, 12000, **sources("10.40.0.0/16")))
    b.group(
        "strangers",
        "shop",
        tcp(10000, 19999, **sources("198.51.100.0/24")),
        tcp(8070, 8070, **sources("198.51.100.0/24")),
    )
    pair = {"UserIdGroupPairs": [{"GroupId": clients, "Description": "clients"}]}
    b.group("groups", "shop", tcp(10000, 19999, **pair), tcp(8070, 8070, **pair))
    b.group("open", "shop", {"IpProtocol": "-1", **sources("0.0.0.0/0"), "Ipv6Ranges": [{"CidrIpv6": "::/0"}]})
    b.group(
        "admin",
        "ledger",
        tcp(22, 22, PrefixListIds=[{"PrefixListId": offices}]),
        tcp(443, 443, Ipv6Ranges=[{"CidrIpv6": "fd00::/8"}]),
    )
    b.group("lab-https", "lab", tcp(443, 443, **sources("10.60.0.0/16")))
    acl = b.ec2.create_network_acl(VpcId=shop, TagSpecifications=tags("network-acl", "shop"))["NetworkAcl"][
        "NetworkAclId"
    ]
    for number, egress in ((100, False), (100, True)):
        b.ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Protocol="6",
            RuleAction="allow",
            Egress=egress,
            CidrBlock="10.0.0.0/8",
            PortRange={"From": 1024, "To": 65535},
        )
    options = b.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["orchard.example"]}])
    b.ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptions"]["DhcpOptionsId"], VpcId=shop)
    for number in range(3):
        b.ec2.create_network_interface(
            SubnetId=b.ids["ledger-a"], Groups=[b.ids["group-admin"]], Description=f"clerk {number}"
        )


def paths(b: Builder) -> None:
    """Peering, transit gateway, VPN, gateways, flow logs."""
    ec2, ids = b.ec2, b.ids
    table = ec2.create_route_table(VpcId=ids["shop"], TagSpecifications=tags("route-table", "shop"))["RouteTable"][
        "RouteTableId"
    ]
    ids["shop-routes"] = table
    for name in ("shop-a", "shop-b"):
        ec2.associate_route_table(RouteTableId=table, SubnetId=ids[name])
    peering = ec2.create_vpc_peering_connection(VpcId=ids["shop"], PeerVpcId=ids["ledger"])["VpcPeeringConnection"][
        "VpcPeeringConnectionId"
    ]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.50.0.0/16", VpcPeeringConnectionId=peering)
    hub = ec2.create_transit_gateway(Description="hub", TagSpecifications=tags("transit-gateway", "hub"))[
        "TransitGateway"
    ]["TransitGatewayId"]
    attached = [
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=hub, VpcId=ids[vpc], SubnetIds=[ids[subnet]])[
            "TransitGatewayVpcAttachment"
        ]["TransitGatewayAttachmentId"]
        for vpc, subnet in (("shop", "shop-a"), ("lab", "lab-a"))
    ]
    routes = ec2.create_transit_gateway_route_table(TransitGatewayId=hub)["TransitGatewayRouteTable"][
        "TransitGatewayRouteTableId"
    ]
    ec2.create_transit_gateway_route(
        DestinationCidrBlock="10.60.0.0/16",
        TransitGatewayRouteTableId=routes,
        TransitGatewayAttachmentId=attached[1],
    )
    ec2.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=routes, TransitGatewayAttachmentId=attached[0]
    )
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.60.0.0/16", TransitGatewayId=hub)
    private = ec2.create_vpn_gateway(Type="ipsec.1", AmazonSideAsn=65010)["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=private, VpcId=ids["ledger"])
    customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65020, PublicIp="203.0.113.9")["CustomerGateway"][
        "CustomerGatewayId"
    ]
    ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer, VpnGatewayId=private)
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=ids["lab"])
    ec2.create_egress_only_internet_gateway(VpcId=ids["lab"])
    ec2.create_flow_logs(
        ResourceIds=[ids["shop"]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::orchard-flows",
    )


def services(b: Builder) -> None:
    """A load balancer, a service behind it, and endpoints that are not of Lattice."""
    elb, ids = b.client("elasticloadbalancing"), b.ids
    name = [{"Key": "Name", "Value": "orders"}]
    balancer = elb.create_load_balancer(
        Name="orders", Type="network", Scheme="internal", Subnets=[ids["ledger-a"]], Tags=name
    )
    balancer_arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    target = elb.create_target_group(
        Name="orders", Protocol="TCP", Port=6379, VpcId=ids["ledger"], TargetType="ip", Tags=name
    )
    target_arn = target["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer_arn,
        Protocol="TCP",
        Port=6379,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target_arn}],
    )
    elb.register_targets(TargetGroupArn=target_arn, Targets=[{"Id": "10.50.0.20", "Port": 6379}])
    service = b.ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[balancer_arn],
        AcceptanceRequired=True,
        TagSpecifications=tags("vpc-endpoint-service", "orders"),
    )["ServiceConfiguration"]
    ids["orders-service"] = service["ServiceId"]
    b.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{SECOND_ACCOUNT}:root"]
    )
    secrets = f"com.amazonaws.{b.region}.secretsmanager"
    inside = {"SubnetIds": [ids["shop-a"]], "SecurityGroupIds": [ids["group-https"]]}
    b.endpoint_of("shop-secrets", "Interface", "shop", ServiceName=secrets, PrivateDnsEnabled=True, **inside)
    b.endpoint_of(
        "lab-secrets",
        "Interface",
        "lab",
        ServiceName=secrets,
        PrivateDnsEnabled=True,
        SubnetIds=[ids["lab-a"]],
        SecurityGroupIds=[ids["group-lab-https"]],
    )
    b.endpoint_of(
        "shop-s3",
        "Gateway",
        "shop",
        ServiceName=f"com.amazonaws.{b.region}.s3",
        RouteTableIds=[ids["shop-routes"]],
    )
    b.endpoint_of(
        "shop-inspect", "GatewayLoadBalancer", "shop", ServiceName=service["ServiceName"], SubnetIds=[ids["shop-b"]]
    )
    for endpoint, state in (
        ("orders-named", "available"),
        ("queue-unnamed", "available"),
        ("orders-waiting", "pendingAcceptance"),
        ("orders-rejected", "rejected"),
        ("managed-failed", "failed"),
    ):
        made = b.endpoint_of(endpoint, "Interface", "shop", ServiceName=service["ServiceName"], **inside)
        b.estate.edits[made] = {
            "State": state,
            "PrivateDnsEnabled": False,
            "RequesterManaged": endpoint == "managed-failed",
        }
        if endpoint == "orders-waiting":
            b.estate.edits[made]["CreationTimestamp"] = datetime(2026, 9, 1, 6, 30, tzinfo=timezone.utc)


def lattice(b: Builder) -> None:
    """A service network and the endpoints of resources and networks."""
    lattice, ram = b.client("vpc-lattice"), b.client("ram")
    network = lattice.create_service_network(name="orchard", tags={"Owner": "orchard"})
    b.ids["network"], b.ids["network-arn"] = network["id"], network["arn"]
    association = lattice.create_service_network_vpc_association(
        serviceNetworkIdentifier=network["id"],
        vpcIdentifier=b.ids["ledger"],
        securityGroupIds=[b.ids["group-admin"]],
    )
    b.ids["network-vpc-association"] = association["id"]
    b.ids["gateway"] = GATEWAY
    service = lattice.create_service(name="orchard-api")
    lattice.create_service_network_service_association(
        serviceIdentifier=service["id"], serviceNetworkIdentifier=network["id"]
    )
    ram.create_resource_share(
        name="orchard-share", principals=[SECOND_ACCOUNT], tags=[{"key": "Owner", "value": "orchard"}]
    )
    for name in _LATTICE_ENDPOINTS:
        b.lattice_endpoint(name, *_LATTICE_ENDPOINTS[name])


def names(b: Builder) -> None:
    """Zones with an alias, weighted records, a wildcard and a record that leads nowhere; the resolver."""
    route53, ids = b.client("route53"), b.ids
    entry = b.ec2.describe_vpc_endpoints(VpcEndpointIds=[ids["orders-named"]])["VpcEndpoints"][0]["DnsEntries"][0]
    zone = b.zone("orders.orchard.example", "shop", "ledger")
    gone = f"vpce-0f00000000000dead-abcdefgh.vpce-svc-0123456789abcdef0.{b.region}.vpce.amazonaws.com"
    short: dict[str, Any] = {"Type": "CNAME", "TTL": 60}
    records = [
        {
            "Name": "orders.orchard.example",
            "Type": "A",
            "AliasTarget": {
                "HostedZoneId": "Z7HUB22UULQXV",
                "DNSName": entry["DnsName"],
                "EvaluateTargetHealth": False,
            },
        },
        {"Name": "gone.orders.orchard.example", **short, "ResourceRecords": [{"Value": gone}]},
        {
            "Name": "*.wild.orders.orchard.example",
            **short,
            "ResourceRecords": [{"Value": "orders.orchard.example"}],
        },
        *(
            {
                "Name": "split.orders.orchard.example",
                **short,
                "SetIdentifier": f"part {n}",
                "Weight": n * 10,
                "ResourceRecords": [{"Value": f"part{n}.orchard.example"}],
            }
            for n in (1, 2)
        ),
        *(
            {
                "Name": f"host{n}.orders.orchard.example",
                "Type": "A",
                "TTL": 300,
                "ResourceRecords": [{"Value": f"10.40.0.{n + 10}"}],
            }
            for n in range(8)
        ),
    ]
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone, AddTags=[{"Key": "Owner", "Value": "orchard"}]
    )
    b.zone("lab.orchard.example", "lab")
    route53.create_hosted_zone(Name="orchard.example", CallerReference="public")
    resolver = b.client("route53resolver")
    out = resolver.create_resolver_endpoint(
        CreatorRequestId="out",
        SecurityGroupIds=[ids["group-admin"]],
        Direction="OUTBOUND",
        Name="out",
        IpAddresses=[{"SubnetId": ids["ledger-a"]}, {"SubnetId": ids["ledger-b"]}],
    )["ResolverEndpoint"]["Id"]
    rule = resolver.create_resolver_rule(
        CreatorRequestId="rule",
        RuleType="FORWARD",
        DomainName="corp.example",
        ResolverEndpointId=out,
        TargetIps=[{"Ip": "192.168.1.53", "Port": 53}],
        Name="corp",
    )["ResolverRule"]["Id"]
    for vpc in ("shop", "ledger"):
        resolver.associate_resolver_rule(ResolverRuleId=rule, VPCId=ids[vpc], Name=f"corp-{vpc}")


def caches(b: Builder) -> None:
    """ElastiCache."""
    cache, ids = b.client("elasticache"), b.ids
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="orders", CacheSubnetGroupDescription="orders", SubnetIds=[ids["ledger-a"]]
    )
    cache.create_replication_group(
        ReplicationGroupId="sessions",
        ReplicationGroupDescription="sessions",
        Engine="redis",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=2,
        CacheSubnetGroupName="orders",
        SecurityGroupIds=[ids["group-admin"]],
    )
    cache.create_cache_cluster(
        CacheClusterId="legacy",
        Engine="memcached",
        CacheNodeType="cache.t4g.micro",
        NumCacheNodes=1,
        CacheSubnetGroupName="orders",
    )


# The second region, and the second account.


def second_region(b: Builder) -> None:
    """One VPC with a resource endpoint in a zone that sources disagree about."""
    b.vpc("berlin", "10.70.0.0/16", True)
    b.subnet("berlin-az2", "berlin", "10.70.0.0/24", "euc1-az2")
    b.group(
        "berlin-ports",
        "berlin",
        tcp(10000, 19999, **sources("10.70.0.0/16")),
        tcp(8070, 8070, **sources("10.70.0.0/16")),
    )
    b.lattice_endpoint("redis-disputed", "berlin-ports", ("berlin-az2",), "available", True, vpc="berlin")


def second_account(b: Builder) -> None:
    """One VPC, its zone, and an endpoint in each of two states of its groups."""
    b.vpc("depot", "10.80.0.0/16", True)
    b.subnet("depot-a", "depot", "10.80.0.0/24", "use1-az2")
    b.group("depot-open", "depot", {"IpProtocol": "-1", **sources("0.0.0.0/0")})
    service = f"com.amazonaws.{b.region}.kms"
    inside = {"SubnetIds": [b.ids["depot-a"]], "SecurityGroupIds": [b.ids["group-depot-open"]]}
    b.endpoint_of("depot-kms", "Interface", "depot", ServiceName=service, PrivateDnsEnabled=True, **inside)
    b.zone("depot.orchard.example", "depot")
