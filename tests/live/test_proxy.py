"""Emulator, estate and proxy prove themselves, by boto3 alone.

It may use everything here but the program that collects.
It must not be skipped when that is missing, but for what audits have to say.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

import estate
import program
from dump import NOT_DUMPED, Answered, Asker, write
from proxy import Fault, Proxy


@pytest.fixture(scope="module")
def dumped(shared_proxy: Proxy, operations: list[tuple[str, str]]) -> list[Answered]:
    shared_proxy.reset()
    return list(Asker(estate.session(), shared_proxy.url, operations).everything())


def test_every_operation_is_answered(dumped: list[Answered], operations: list[tuple[str, str]]) -> None:
    assert [f"{one.service}:{one.operation} {one.error}" for one in dumped if one.error] == []
    asked = {(one.service, one.operation) for one in dumped}
    assert {f"{s}:{a}" for s, a in operations if (s, a) not in asked} == NOT_DUMPED


@pytest.mark.parametrize("page", [2, 5])
def test_pages_add_up(proxy: Proxy, dumped: list[Answered], operations: list[tuple[str, str]], page: int) -> None:
    proxy.reset(page=page)
    again = list(Asker(estate.session(), proxy.url, operations).everything())
    assert json.dumps([one.__dict__ for one in again]) == json.dumps([one.__dict__ for one in dumped])
    more = [key for key, count in proxy.counts().items() if key not in NOT_DUMPED and count > 1]
    assert "ec2:DescribeSecurityGroups" in more and "route53:ListResourceRecordSets" in more


@pytest.mark.parametrize(
    "kind,code",
    [
        ("throttle", "RequestLimitExceeded"),
        ("deny", "UnauthorizedOperation"),
        ("html", ""),
        ("reset", ""),
        ("truncate", ""),
    ],
)
def test_faults_reach_a_client(proxy: Proxy, kind: str, code: str) -> None:
    proxy.reset(Fault("ec2:DescribeVp*", kind, every=2, times=1))
    ec2 = estate.client(estate.session(), "ec2", proxy.url)
    ec2.describe_vpcs()
    with pytest.raises((ClientError, BotoCoreError, ResponseParserError)) as caught:
        ec2.describe_vpcs()
    if code:
        assert isinstance(caught.value, ClientError) and caught.value.response["Error"]["Code"] == code
    assert ec2.describe_vpcs()["Vpcs"]
    assert [exchange.fault for exchange in proxy.exchanges] == ["", kind, ""]


def test_a_token_of_another_question_is_refused(proxy: Proxy) -> None:
    proxy.reset(page=2)
    ec2 = estate.client(estate.session(), "ec2", proxy.url)
    token = ec2.describe_subnets()["NextToken"]
    with pytest.raises(ClientError, match="InvalidNextToken"):
        ec2.describe_security_groups(NextToken=token)


def test_the_second_account_is_another_one(proxy: Proxy, built: estate.Estate) -> None:
    other = estate.client(estate.session(account=estate.SECOND_ACCOUNT, endpoint=proxy.url), "ec2", proxy.url)
    assert built.ids["depot"] in {vpc["VpcId"] for vpc in other.describe_vpcs()["Vpcs"]}
    assert other.describe_vpc_endpoint_associations()["VpcEndpointAssociations"] == []


@pytest.mark.usefixtures("auditor")
def test_an_audit_of_the_dump_finds_what_was_planted(
    tmp_path: Path, proxy: Proxy, built: estate.Estate, dumped: list[Answered], operations: list[tuple[str, str]]
) -> None:
    write(tmp_path, estate.ACCOUNT, estate.REGION, dumped)
    second = [
        one
        for one in Asker(estate.session(estate.SECOND_REGION), proxy.url, operations).everything()
        if one.service != "route53"
    ]
    assert [one.error for one in second if one.error] == []
    write(tmp_path, estate.ACCOUNT, estate.SECOND_REGION, second)
    report = program.audit(tmp_path)
    found = program.failing(report)
    missed = [
        (rule, name)
        for rule, name in estate.PLANTED + estate.PLANTED_SECOND
        if not _found(found, rule, built.ids.get(name, name))
    ]
    assert missed == []


def _found(found: set[tuple[str, str]], rule: str, wanted: str) -> bool:
    return any(rule == one and wanted in resource for one, resource in found)
