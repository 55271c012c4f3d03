"""The estate that tests collect: its accounts and regions, its names, and the defects that are planted in it.

It may make sessions of boto3 for the emulator.
It must not build anything, `construction.py` does; nor check: what should be found is data, the tests look it up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from aws_model import client_name

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


def configuration_arn(name: str, region: str = REGION) -> str:
    """The ARN of a resource configuration; `gone` is one that nobody lists."""
    number = {"orders": "0a0000000000000c1", "second": "0a0000000000000c2", "gone": "0a0000000000dead0"}[name]
    return f"arn:aws:vpc-lattice:{region}:{ACCOUNT}:resourceconfiguration/rcfg-{number}"
