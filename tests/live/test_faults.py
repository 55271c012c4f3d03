"""What `plaudit collect aws` makes of a network and services that misbehave.

It may use the emulator behind the proxy and the program under test.
It must hold every run against a clean one: the same bytes, or exactly what is missing, said aloud.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import estate
import program
from compare import told
from proxy import Fault, Proxy

pytestmark = pytest.mark.usefixtures("live")

#: Without it there is no account to write the rest under.
IDENTITY = "sts:GetCallerIdentity"


class Clean:
    """A run in which nothing went wrong, and its audit."""

    def __init__(self, folder: Path, proxy: Proxy, *arguments: str) -> None:
        proxy.reset()
        run = program.collect(folder, proxy.url, *arguments)
        assert run.code == 0, str(run)
        self.tree = program.tree(folder)
        self.counts = proxy.counts()
        self.report = program.audit(folder)
        self.rules = {rule["name"]: rule["counts"] for rule in self.report["rules"]}
        self.failing = program.failing(self.report)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, shared_proxy: Proxy) -> Clean:
    return Clean(tmp_path_factory.mktemp("clean") / "snapshot", shared_proxy)


@pytest.fixture(scope="module")
def clean_everything(tmp_path_factory: pytest.TempPathFactory, shared_proxy: Proxy) -> Clean:
    return Clean(tmp_path_factory.mktemp("everything") / "snapshot", shared_proxy, "--everything")


# Faults that pass.


@pytest.mark.parametrize(
    "name,page,faults",
    [
        ("pages of 5", 5, []),
        ("pages of 2", 2, []),
        ("every second call throttled", None, [("*", "throttle", 2)]),
        ("every third body truncated", None, [("*", "truncate", 3)]),
        ("every third connection reset", None, [("*", "reset", 3)]),
        ("all at once, in pages of 20", 20, [("*", "truncate", 9), ("*", "reset", 7), ("*", "throttle", 5)]),
    ],
)
def test_faults_that_pass_leave_no_trace(
    tmp_path: Path, proxy: Proxy, clean: Clean, name: str, page: int | None, faults: list[tuple[str, str, int]]
) -> None:
    proxy.reset(*(Fault(pattern, kind, every) for pattern, kind, every in faults), page=page)
    run = program.collect(tmp_path / "snapshot", proxy.url)
    assert run.code == 0, f"{name}: {run}"
    snapshot = program.Snapshot(tmp_path / "snapshot")
    assert snapshot.manifest["complete"] is True
    problems = list(snapshot.problems())
    assert not problems, told(problems)
    assert snapshot.tree() == clean.tree
    assert sum(bool(one.fault) for one in proxy.exchanges) == sum(fault.done for fault in proxy.behaviour.faults)
    if faults:
        assert any(one.fault for one in proxy.exchanges)
        recorded = {line.get("request_id") for line in snapshot.lines("retried")}
        answered = {one.request_id for one in proxy.exchanges if one.fault == "throttle"}
        assert answered <= recorded, "attempts that were made again are not in the ledger"
    if page:
        assert snapshot.lines("more")


# Faults that stay.


def check_incomplete(folder: Path, run: program.Run, clean: Clean, affected: str) -> program.Snapshot:
    """The folder lacks what was affected and what depends on it, says so, and claims nothing for it."""
    assert run.code == 3, str(run)
    snapshot = program.Snapshot(folder)
    assert snapshot.manifest["complete"] is False
    problems = list(snapshot.problems())
    assert not problems, told(problems)
    kept = snapshot.tree()
    assert {name for name, body in kept.items() if clean.tree.get(name) != body} == set(), (
        "files that a clean run does not have"
    )
    bad = snapshot.lines("denied", "failed", "unsupported", "interrupted", "not-asked")
    said = {f"{line['service']}.{line['operation']}" for line in bad}
    assert affected.replace(":", ".") in said, f"no line of the ledger tells that {affected} is missing"
    silent = {name for name in clean.tree.keys() - kept.keys() if section(name) not in said}
    assert silent == set(), "sections are missing that no line of the ledger tells of"
    for line in bad:
        assert line["error_code"] or line["error_message"], f"a line without a reason: {line}"
        assert not line.get("file"), f"a line of what is missing names a file: {line}"
    check_audit(folder, clean)
    return snapshot


def section(name: str) -> str:
    """`service.Operation` of a file of a snapshot."""
    found = re.match(r"aws/[^/]+/[^/]+/([\w-]+\.\w+)", name)
    assert found, name
    return found[1]


def check_audit(folder: Path, clean: Clean) -> dict[str, Any]:
    """Seeing less never makes a rule pass or fail; what is no longer decided is unknown, or was not seen at all."""
    report = program.audit(folder)
    for rule in report["rules"]:
        before, now = clean.rules[rule["name"]], rule["counts"]
        assert now["pass"] <= before["pass"], f"{rule['name']} passes more often than with all data: {now}, {before}"
    invented = program.failing(report) - clean.failing
    assert invented == set()
    assert report["summary"]["complete"] is False
    return report


def default_operations() -> list[str]:
    """What a run without options asks, by its own plan."""
    return [] if program.missing() else [f"{service}:{action}" for service, action in program.plan()]


def services() -> list[str]:
    """The services that have an operation, but the one that tells who asks."""
    text = (Path(__file__).parent / "operations.txt").read_text()
    return sorted({line.split()[0] for line in text.splitlines() if line} - {"sts"})


@pytest.mark.parametrize("operation", default_operations())
def test_an_operation_that_is_denied(tmp_path: Path, proxy: Proxy, clean: Clean, operation: str) -> None:
    if not clean.counts[operation]:
        pytest.skip(f"{operation} was not asked in one region: nothing to deny")
    proxy.reset(Fault(operation, "deny"))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url)
    if operation == IDENTITY:
        assert run.code in (2, 3), str(run)
        assert "get-caller-identity" in run.err and "AccessDenied" in run.err
        return
    snapshot = check_incomplete(folder, run, clean, operation)
    lines = [line for line in snapshot.lines("denied") if f"{line['service']}:{line['operation']}" == operation]
    assert lines and all(
        line["error_code"] in ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException") for line in lines
    )
    assert not [name for name in snapshot.tree() if section(name) == operation.replace(":", ".")]
    # A refusal is final: asking again would only be noise in somebody's trail.
    assert proxy.counts()[operation] <= clean.counts[operation]
    report = program.audit(folder)
    waiting = [row for row in report["coverage"] if f"{row['service']}:{row['operation']}" == operation]
    assert waiting and all(row["outcome"] != "complete" for row in waiting)


@pytest.mark.parametrize("service", services())
def test_a_service_that_is_denied(tmp_path: Path, proxy: Proxy, clean_everything: Clean, service: str) -> None:
    # All of one service at a time: what only `--everything` asks is denied here.
    proxy.reset(Fault(f"{service}:*", "deny"))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url, "--everything")
    denied = sorted({one.call.key for one in proxy.exchanges if one.fault})
    snapshot = check_incomplete(folder, run, clean_everything, denied[0])
    assert not [name for name in snapshot.tree() if section(name).startswith(f"{service}.")]
    lines = {f"{line['service']}:{line['operation']}" for line in snapshot.lines("denied")}
    assert lines == set(denied)


@pytest.mark.parametrize("kind", ["throttle", "reset", "truncate"])
def test_a_fault_that_does_not_pass(tmp_path: Path, proxy: Proxy, clean: Clean, kind: str) -> None:
    proxy.reset(Fault("ec2:DescribeSecurityGroups", kind))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url, "--max-attempts", "3")
    snapshot = check_incomplete(folder, run, clean, "ec2:DescribeSecurityGroups")
    lines = [line for line in snapshot.ledger if line["operation"] == "DescribeSecurityGroups"]
    assert [line["outcome"] for line in lines] == ["retried", "retried", "failed"]
    assert [line["attempt"] for line in lines] == [lines[0]["attempt"] + n for n in range(3)]
    assert proxy.counts()["ec2:DescribeSecurityGroups"] == 3
    assert "DescribeSecurityGroups" in run.out + run.err


@pytest.mark.parametrize("every", [1, 5])
def test_a_page_of_html_is_no_answer(tmp_path: Path, proxy: Proxy, clean: Clean, every: int) -> None:
    # Status 500 with HTML is what emulators say to calls that they do not have, and gateways in a bad moment.
    # Whether it is worth another attempt is a matter of taste; that it is no empty list is not.
    proxy.reset(Fault("ec2:Describe*", "html", every))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url, "--max-attempts", "3")
    if run.code == 0:
        assert every > 1 and program.tree(folder) == clean.tree
        return
    spoiled = {one.call.key for one in proxy.exchanges if one.fault}
    snapshot = check_incomplete(folder, run, clean, sorted(spoiled)[0])
    assert {f"{line['service']}:{line['operation']}" for line in snapshot.lines("failed")} <= spoiled


def test_a_service_that_does_not_answer(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    proxy.reset(Fault("ec2:DescribeSubnets", "hang"))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url, "--timeout", "2", "--max-attempts", "2")
    snapshot = check_incomplete(folder, run, clean, "ec2:DescribeSubnets")
    assert run.seconds < 30
    assert [line["outcome"] for line in snapshot.ledger if line["operation"] == "DescribeSubnets"] == [
        "retried",
        "failed",
    ]


def test_a_list_whose_second_page_is_refused(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    proxy.reset(Fault("ec2:DescribeVpcEndpoints", "bad-token"), page=5)
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url)
    # Half a list is none: rules would take it for the whole.
    snapshot = check_incomplete(folder, run, clean, "ec2:DescribeVpcEndpoints")
    assert [line["outcome"] for line in snapshot.ledger if line["operation"] == "DescribeVpcEndpoints"] == [
        "more",
        "failed",
    ]


def test_a_list_that_never_ends(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    proxy.reset(Fault("ec2:DescribeVpcEndpoints", "loop"), page=20)
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url, timeout=60)
    check_incomplete(folder, run, clean, "ec2:DescribeVpcEndpoints")
    assert proxy.counts()["ec2:DescribeVpcEndpoints"] < 10


def test_a_call_that_a_region_does_not_know(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    proxy.reset(Fault("vpc-lattice:*", "unsupported"), Fault("ec2:DescribeVpcEndpointAssociations", "unsupported"))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url)
    snapshot = check_incomplete(folder, run, clean, "ec2:DescribeVpcEndpointAssociations")
    unsupported = {line["operation"] for line in snapshot.lines("unsupported")}
    assert {"DescribeVpcEndpointAssociations", "ListResourceConfigurations"} <= unsupported


def test_credentials_that_expire_on_the_way(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    # Everything but what comes first.
    proxy.reset(Fault("ec2:Describe*", "expired", where=lambda call: call.operation != "DescribeVpcs"))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url)
    snapshot = check_incomplete(folder, run, clean, "ec2:DescribeSubnets")
    assert "aws/" + f"{estate.ACCOUNT}/{estate.REGION}/ec2.DescribeVpcs.json" in snapshot.tree()
    proxy.reset()
    again = program.collect(folder, proxy.url, "--resume")
    assert again.code == 0, str(again)
    assert program.tree(folder) == clean.tree


def test_an_error_cannot_write_on_the_terminal(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    proxy.reset(Fault("vpc-lattice:*", "deny", message="\x1b]0;owned\x07 \x1b[31mred\x1b[0m \u202eevil\r\n fine"))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url)
    assert run.code == 3
    control = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
    assert not control.search(run.out + run.err)
    assert "owned" in (folder / "ledger.jsonl").read_text()


def test_one_parent_of_many_is_denied(tmp_path: Path, proxy: Proxy, clean: Clean, built: estate.Estate) -> None:
    lab = built.ids["lab"]
    proxy.reset(Fault("ec2:DescribeVpcAttribute", "deny", where=lambda call: call.params.get("VpcId") == lab))
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url)
    snapshot = check_incomplete(folder, run, clean, "ec2:DescribeVpcAttribute")
    gone = clean.tree.keys() - snapshot.tree().keys()
    assert gone and all(lab in name for name in gone)
    report = program.audit(folder)
    undecided = {(one["rule"], one["resource"]["id"]) for one in report["findings"] if one["verdict"] == "unknown"}
    assert ("vpc-dns-attributes-off", lab) in undecided


def test_a_whole_region_is_denied(tmp_path: Path, proxy: Proxy, clean: Clean) -> None:
    proxy.reset(
        Fault(
            "*",
            "deny",
            where=lambda call: call.region == estate.SECOND_REGION and call.service not in ("sts", "route53"),
        )
    )
    folder = tmp_path / "snapshot"
    run = program.collect(folder, proxy.url, regions=f"{estate.REGION},{estate.SECOND_REGION}")
    assert run.code == 3, str(run)
    snapshot = program.Snapshot(folder)
    problems = list(snapshot.problems())
    assert not problems, told(problems)
    own = {name: body for name, body in snapshot.tree().items() if f"/{estate.REGION}/" in name}
    assert own == {name: body for name, body in clean.tree.items() if f"/{estate.REGION}/" in name}
    denied = {line["operation"] for line in snapshot.lines("denied") if line["region"] == estate.SECOND_REGION}
    assert "DescribeVpcs" in denied and "DescribeVpcEndpoints" in denied


def test_an_emulator_without_lattice_is_no_empty_account(tmp_path: Path, moto: Any, built: estate.Estate) -> None:
    # Straight to the emulator: what it lacks it answers with HTML and status 404 or 500.
    folder = tmp_path / "snapshot"
    run = program.collect(folder, moto.url)
    assert run.code == 3, str(run)
    snapshot = program.Snapshot(folder)
    missing = {line["operation"] for line in snapshot.lines("failed", "unsupported")}
    assert {"ListResourceConfigurations", "DescribeVpcEndpointAssociations"} <= missing
    assert not [name for name in snapshot.tree() if "ListResourceConfigurations" in name]
