"""What `plaudit collect aws` makes of the estate when nothing goes wrong, or when it is stopped.

It may use the emulator behind the proxy and the program under test.
It must not spoil answers: `test_faults.py` does.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import compare
import estate
import overlay
import program
import wire
from aws_model import Call
from compare import told
from dump import GLOBAL, Asker, list_members
from proxy import Fault, Proxy

pytestmark = pytest.mark.usefixtures("live")


@dataclass
class Collected:
    run: program.Run
    snapshot: program.Snapshot
    counts: Counter[str]
    sent: dict[str, compare.Sent]


def collected(folder: Path, proxy: Proxy, *arguments: str, regions: str = estate.REGION) -> Collected:
    proxy.reset()
    run = program.collect(folder, proxy.url, *arguments, regions=regions)
    assert (folder / "manifest.json").is_file(), str(run)
    sent = {}
    for one in proxy.exchanges:
        call = one.call
        headers = {"Content-Type": wire.CONTENT_TYPE[call.protocol]}
        value = wire.decode(call.service, call.operation, call.protocol, headers, one.body) if one.status == 200 else {}
        sent[one.request_id] = compare.Sent(call, value, one.sha256, one.length)
    return Collected(run, program.Snapshot(folder), proxy.counts(), sent)


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory, shared_proxy: Proxy) -> Collected:
    return collected(tmp_path_factory.mktemp("default") / "snapshot", shared_proxy)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, shared_proxy: Proxy) -> Collected:
    return collected(tmp_path_factory.mktemp("everything") / "snapshot", shared_proxy, "--everything")


@pytest.mark.parametrize("which", ["default", "everything"])
def test_the_run_is_complete(which: str, request: pytest.FixtureRequest) -> None:
    run: Collected = request.getfixturevalue(which)
    bad = [line for line in run.snapshot.ledger if line["outcome"] not in program.GOOD]
    assert not bad, told(bad)
    assert run.run.code == 0, str(run.run)
    assert run.snapshot.manifest["complete"] is True
    problems = list(run.snapshot.problems())
    assert not problems, told(problems)


@pytest.mark.parametrize("which", ["default", "everything"])
def test_files_and_ledger_tell_what_was_answered(which: str, request: pytest.FixtureRequest) -> None:
    run: Collected = request.getfixturevalue(which)
    problems = list(compare.ledger_problems(run.snapshot, run.sent))
    assert not problems, told(problems)
    problems = [problem for problem in compare.file_problems(run.snapshot, run.sent) if overlay.SECRET not in problem]
    assert not problems, told(problems)


def test_boto3_sees_nothing_else(everything: Collected, proxy: Proxy, operations: list[tuple[str, str]]) -> None:
    found = items(everything.snapshot)
    differences = []
    for key, wanted in dumped(proxy, operations).items():
        have = found.get(key, Counter())
        differences += [f"{key}: missing {one:.300}" for one in (wanted - have)] + [
            f"{key}: too much {one:.300}" for one in (have - wanted)
        ]
    assert not differences, told(differences)


def items(snapshot: program.Snapshot) -> dict[str, Counter[str]]:
    """What a snapshot holds, as canonical texts by call."""
    held: dict[str, Counter[str]] = {}
    for line in {line["file"]: line for line in snapshot.lines(*program.GOOD) if line.get("file")}.values():
        value = json.loads((snapshot.folder / line["file"]).read_text())
        held.setdefault(f"{line['service']}:{line['operation']}", Counter()).update(
            parts(line["service"], line["operation"], value)
        )
    return held


def parts(service: str, action: str, value: dict[str, object]) -> list[str]:
    """The items of an answer, or the answer itself where it is one thing."""
    names = list_members(service, action)
    lists = [value[name] for name in names if isinstance(value.get(name), list)]
    return [compare.canonical(one) for inner in lists for one in inner] if names else [compare.canonical(value)]  # type: ignore[attr-defined]


def dumped(proxy: Proxy, operations: list[tuple[str, str]]) -> dict[str, Counter[str]]:
    """The same by boto3."""
    held: dict[str, Counter[str]] = {}
    for one in Asker(estate.session(), proxy.url, operations).everything():
        if one.operation not in ("DescribeRegions", "GetCallerIdentity"):
            assert one.value is not None, one.error
            held.setdefault(f"{one.service}:{one.operation}", Counter()).update(
                parts(one.service, one.operation, one.value)
            )
    return held


def test_it_is_frugal(default: Collected) -> None:
    # What all rules rest on; a pack rests on less.
    assert sum(default.counts.values()) < 120, default.counts
    twice = [
        key
        for key, count in default.counts.items()
        if count > 1 and key in ("ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints")
    ]
    assert twice == []


def test_the_ledger_names_the_principal(everything: Collected) -> None:
    assert {line["principal_arn"] for line in everything.snapshot.ledger} == {
        f"arn:aws:sts::{estate.ACCOUNT}:user/moto"
    }
    assert everything.snapshot.manifest["principals"] == [
        {"account": estate.ACCOUNT, "arn": f"arn:aws:sts::{estate.ACCOUNT}:user/moto"}
    ]
    places = {(line["account"], line["region"]) for line in everything.snapshot.ledger}
    assert places == {(estate.ACCOUNT, estate.REGION), (estate.ACCOUNT, "global")}
    assert {line["service"] for line in everything.snapshot.ledger if line["region"] == "global"} <= GLOBAL


def test_no_secret_is_written(everything: Collected) -> None:
    assert everything.counts["ec2:DescribeVpnConnections"] == 1
    holding = [
        str(path)
        for path in everything.snapshot.folder.rglob("*")
        if path.is_file() and overlay.SECRET.encode() in path.read_bytes()
    ]
    assert not holding, told(holding)
    counted = {entry["field"]: entry["count"] for entry in everything.snapshot.manifest["redactions"]}
    assert sum(counted.values()) == 3, counted


def test_no_credential_is_written(everything: Collected) -> None:
    held = [path.read_bytes() for path in everything.snapshot.folder.rglob("*") if path.is_file()]
    held.append((everything.run.out + everything.run.err).encode())
    for secret in (estate.SECRET_KEY, estate.ACCESS_KEY):
        assert not any(secret.encode() in body for body in held)


def test_the_folder_verifies(default: Collected, everything: Collected) -> None:
    for run in (default, everything):
        verified = program.run("snapshot", "verify", run.snapshot.folder)
        assert verified.code == 0, str(verified)


def test_what_was_planted_is_found(tmp_path: Path, proxy: Proxy, built: estate.Estate) -> None:
    run = collected(tmp_path / "snapshot", proxy, regions=f"{estate.REGION},{estate.SECOND_REGION}")
    assert run.run.code == 0, str(run.run)
    found = program.failing(program.audit(tmp_path / "snapshot"))
    planted = [(rule, built.ids.get(name, name)) for rule, name in estate.PLANTED + estate.PLANTED_SECOND]
    problems = [(rule, name) for rule, name in planted if not any(rule == one and name in of for one, of in found)]
    assert not problems, told(problems)


def test_a_second_run_is_the_same(tmp_path: Path, default: Collected, proxy: Proxy) -> None:
    again = collected(tmp_path / "snapshot", proxy)
    assert again.snapshot.tree() == default.snapshot.tree()


# Accounts.


def test_another_account_by_its_role(tmp_path: Path, proxy: Proxy, built: estate.Estate) -> None:
    role = f"arn:aws:iam::{estate.SECOND_ACCOUNT}:role/{estate.ROLE}"
    run = collected(tmp_path / "snapshot", proxy, "--role-arn", role)
    assert run.run.code == 0, str(run.run)
    assert run.snapshot.manifest["accounts"] == [estate.SECOND_ACCOUNT]
    assert (
        built.ids["depot"]
        in (tmp_path / f"snapshot/aws/{estate.SECOND_ACCOUNT}/{estate.REGION}/ec2.DescribeVpcs.json").read_text()
    )


@pytest.mark.parametrize("source", ["file", "organizations"])
def test_two_accounts_in_one_snapshot(
    tmp_path: Path, proxy: Proxy, built: estate.Estate, default: Collected, source: str
) -> None:
    listed = tmp_path / "accounts"
    listed.write_text(f"# ours\n{estate.ACCOUNT}\n{estate.SECOND_ACCOUNT}\n")
    accounts = str(listed) if source == "file" else "organizations"
    run = collected(tmp_path / "snapshot", proxy, "--accounts", accounts, "--role-name", estate.ROLE)
    assert run.run.code == 0, str(run.run)
    assert run.snapshot.manifest["accounts"] == [estate.ACCOUNT, estate.SECOND_ACCOUNT]
    problems = list(run.snapshot.problems())
    assert not problems, told(problems)
    principals = {
        line["account"]: line["principal_arn"] for line in run.snapshot.ledger if line["operation"] != "ListAccounts"
    }
    assert all(account in arn for account, arn in principals.items()), principals
    tree = run.snapshot.tree()
    own = {
        name: body
        for name, body in tree.items()
        if name.startswith(f"aws/{estate.ACCOUNT}/") and "organizations." not in name
    }
    wanted = default.snapshot.tree()
    assert {name for name in wanted if "sts." not in name and own.get(name) != wanted[name]} == set()
    vpcs = tree[f"aws/{estate.SECOND_ACCOUNT}/{estate.REGION}/ec2.DescribeVpcs.json"].decode()
    assert built.ids["depot"] in vpcs and built.ids["shop"] not in vpcs


# Stopping and going on.


def test_resume_asks_what_is_missing(tmp_path: Path, default: Collected, proxy: Proxy) -> None:
    proxy.reset(Fault("ec2:DescribeSecurityGroups", "deny"), Fault("route53:ListResourceRecordSets", "deny"))
    first = program.collect(tmp_path / "snapshot", proxy.url)
    assert first.code == 3, str(first)
    again = collected(tmp_path / "snapshot", proxy, "--resume")
    assert again.run.code == 0, str(again.run)
    asked = set(again.counts) - {"sts:GetCallerIdentity"}
    assert asked == {"ec2:DescribeSecurityGroups", "route53:ListResourceRecordSets"}
    assert again.snapshot.tree() == default.snapshot.tree()
    assert again.snapshot.manifest["complete"] is True
    problems = list(again.snapshot.problems())
    assert not problems, told(problems)


def test_resume_of_a_complete_run_asks_nothing(tmp_path: Path, default: Collected, proxy: Proxy) -> None:
    collected(tmp_path / "snapshot", proxy)
    again = collected(tmp_path / "snapshot", proxy, "--resume")
    assert again.run.code == 0, str(again.run)
    assert set(again.counts) <= {"sts:GetCallerIdentity"}
    assert again.snapshot.tree() == default.snapshot.tree()


def test_a_folder_is_not_overwritten(tmp_path: Path, proxy: Proxy) -> None:
    (tmp_path / "precious").write_text("x")
    run = program.collect(tmp_path, proxy.url)
    assert run.code == 2 and (tmp_path / "precious").read_text() == "x", str(run)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["precious"]


def stopped(folder: Path, proxy: Proxy, after: int, how: signal.Signals) -> program.Run:
    """Runs a collection and sends it a signal when the proxy sees its request of this number."""
    proxy.reset()
    processes: list[subprocess.Popen[str]] = []

    def watch(number: int, call: Call) -> None:
        if number == after:
            processes[0].send_signal(how)
            # What the program had under way is answered after it has had time to hear of it.
            time.sleep(0.2)

    proxy.behaviour.watch = watch
    return program.collect(folder, proxy.url, stop=processes)


@pytest.mark.parametrize("after", [2, 10, 25])
def test_an_interrupted_run_is_valid_and_goes_on(tmp_path: Path, default: Collected, proxy: Proxy, after: int) -> None:
    folder = tmp_path / "snapshot"
    run = stopped(folder, proxy, after, signal.SIGINT)
    assert run.code == 3, str(run)
    snapshot = program.Snapshot(folder)
    assert snapshot.manifest["complete"] is False
    problems = list(snapshot.problems())
    assert not problems, told(problems)
    assert {line["outcome"] for line in snapshot.ledger} & {"interrupted", "not-asked"}
    verified = program.run("snapshot", "verify", folder)
    assert verified.code == 0, str(verified)
    clean = default.snapshot.tree()
    assert {name for name, body in snapshot.tree().items() if clean.get(name) != body} == set()
    again = collected(folder, proxy, "--resume")
    assert again.run.code == 0, str(again.run)
    assert again.snapshot.tree() == clean
    problems = list(again.snapshot.problems())
    assert not problems, told(problems)


def test_a_killed_run_goes_on(tmp_path: Path, default: Collected, proxy: Proxy) -> None:
    folder = tmp_path / "snapshot"
    run = stopped(folder, proxy, 25, signal.SIGKILL)
    assert run.code == -signal.SIGKILL, str(run)
    again = collected(folder, proxy, "--resume")
    assert again.run.code == 0, str(again.run)
    assert again.snapshot.tree() == default.snapshot.tree()
    problems = list(again.snapshot.problems())
    assert not problems, told(problems)
    assert sum(again.counts.values()) < sum(default.counts.values())


# What is printed instead of collecting.


def test_printing_asks_nothing(proxy: Proxy) -> None:
    for what in ("--plan", "--script", "--iam-policy"):
        run = program.run("collect", "aws", what, endpoint=proxy.url)
        assert run.code == 0, str(run)
        assert run.out.strip()
    assert proxy.counts() == Counter()


def test_the_policy_allows_what_is_asked(everything: Collected) -> None:
    policy = json.loads(program.run("collect", "aws", "--iam-policy", "--everything").out)
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    names = {"sts:GetCallerIdentity"}
    asked = {line["service"] + ":" + line["operation"] for line in everything.snapshot.ledger}
    assert sorted(asked - names - allowed) == []
    assert all(action.partition(":")[2].startswith(("List", "Describe", "Get", "Search")) for action in allowed)
