"""Every defect that others planted in an estate is found, and nothing else that a careful reader would not accept.

It may start the scripts of `../shared/tools/aws-emulator` beside the repository and audit their dump.
It must not copy from them, and is skipped where they are not.
"""

from __future__ import annotations

from typing import Any

import pytest

import program
from compare import told
from laid_out import lay_out
from test_shared import TOOLS, Populated, populated

__all__ = ["populated"]
pytestmark = [
    pytest.mark.usefixtures("auditor"),
    pytest.mark.skipif(
        not (TOOLS / "populate.py").is_file(), reason=f"{TOOLS.parent.name}/{TOOLS.name} is not beside the repository"
    ),
]
#: What the script calls a planted defect, and the rules of ours one of which must speak of it.
RULES = {
    "vpc-dns-hostnames": {"vpc-dns-attributes-off"},
    "subnet-free-ips": {"endpoint-subnet-little-room", "subnet-few-free-ips"},
    "unsupported-az": {"endpoint-az-unsupported"},
    "port-ingress": {"endpoint-group-ports-partly-closed"},
    "endpoint-open-world": {"endpoint-ingress-open-to-world"},
    "sg-unused": {"security-group-unused"},
    "nacl-return-path": {"network-acl-reply-closed"},
    "endpoint-single-az": {"endpoint-single-zone"},
    "endpoint-owner-tag": {"endpoint-owner-missing"},
    "orphan-endpoint": {"endpoint-unresolved"},
    "gateway-endpoint-no-route-table": {"gateway-endpoint-without-route-table"},
    "asymmetric-route": {"peering-route-one-way"},
    "endpoint-service-open-principals": {"endpoint-service-principal-anyone", "endpoint-service-open-to-anyone"},
    "dangling-record": {"record-target-missing"},
    "record-outside-vpc": {"record-address-unrouted"},
    "duplicate-zone": {"private-zone-duplicate"},
    "zone-shadows-endpoint": {"private-zone-hides-service"},
}
#: What the key names by its table, and a rule of ours by the peering that the table has no route over.
ALSO = {"asymmetric-route": "pcx-"}
#: True of the estate and planted by nobody: how the emulator makes things, and what follows from planted defects.
TRUE_BESIDES = {
    "endpoint-policy-open": "the emulator gives every endpoint the policy that AWS does",
    "endpoint-name-resolves-elsewhere": "DNS hostnames are off in the VPC of this endpoint",
    "elasticache-peering-dns-off": "the data VPC has caches, and its peering answers no names",
    "transit-attachment-zone-missing": "the attachments have two of three zones",
    "vpn-gateway-without-route": "a virtual private gateway was attached, and no table has a route to it",
    "redis-cloud-port-closed": "the service network endpoint admits 443; no target tells that it is not Redis Cloud's",
    "redis-cloud-port-groups-only": "the endpoints admit groups only",
    "redis-cloud-port-partly-closed": "the VPC's block is admitted to the port of metrics only",
}
#: Groups without a use that the key does not name: the script makes them and gives them to nobody.
SPARE_GROUPS = ("svc-", "cache-client", "nlb")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, populated: Populated) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("laid-out")
    lay_out(populated.dump, folder, populated.url)
    return program.audit(folder)


def failures(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in report["findings"] if one["verdict"] == "fail"]


def speaks_of(finding: dict[str, Any], planted: dict[str, str]) -> bool:
    resource = planted["resource"].rpartition("/")[2]
    named = f"{finding['resource']['id']} {finding['message']}"
    return finding["rule"] in RULES[planted["rule"]] and (
        resource in named or (planted["rule"] in ALSO and ALSO[planted["rule"]] in named)
    )


def test_every_planted_defect_is_found(report: dict[str, Any], populated: Populated) -> None:
    planted = populated.told["planted"]
    assert len(planted) == 19
    unknown = {one["rule"] for one in planted} - set(RULES)
    assert not unknown, f"no rule is named for {sorted(unknown)}"
    missed = [
        f"{one['rule']} at {one['resource']}: {one['note']}"
        for one in planted
        if not any(speaks_of(finding, one) for finding in failures(report))
    ]
    assert not missed, told(missed)


def test_nothing_else_is_reported_but_what_is_true(report: dict[str, Any], populated: Populated) -> None:
    surplus = []
    for finding in failures(report):
        if any(speaks_of(finding, one) for one in populated.told["planted"]) or finding["rule"] in TRUE_BESIDES:
            continue
        if finding["rule"] == "security-group-unused" and finding["resource"]["name"].startswith(SPARE_GROUPS):
            continue
        surplus.append(f"{finding['rule']} {finding['resource']['id']}: {finding['message']}")
    assert not surplus, told(surplus)


def test_what_is_unknown_says_why(report: dict[str, Any]) -> None:
    silent = [
        f"{one['rule']} {one['resource']['id']}"
        for one in report["findings"]
        if one["verdict"] == "unknown" and not any(reason.get("what") for reason in one["reasons"])
    ]
    assert not silent, told(silent)
