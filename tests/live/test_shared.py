"""The same against an estate and a proxy that others wrote, where they are at hand.

It may start the scripts of `../shared/tools/aws-emulator` beside the repository.
It must not copy from them, and is skipped where they are not.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli_json
import compare
import estate
import program
from aws_model import paging
from aws_model import service as service_model
from compare import told
from dump import list_members
from overlay import Overlay
from proxy import Proxy
from servers import Moto

TOOLS = Path(__file__).resolve().parents[3] / "shared" / "tools" / "aws-emulator"
pytestmark = [
    pytest.mark.usefixtures("live"),
    pytest.mark.skipif(
        not (TOOLS / "populate.py").is_file(), reason=f"{TOOLS.parent.name}/{TOOLS.name} is not beside the repository"
    ),
]
#: What the script calls a planted defect, and the rule of ours that speaks of it. Others have no rule yet.
RULES = {
    "vpc-dns-hostnames": "vpc-dns-attributes-off",
    "subnet-free-ips": "endpoint-subnet-little-room",
    "unsupported-az": "endpoint-az-unsupported",
    "endpoint-open-world": "endpoint-ingress-open-to-world",
    "port-ingress": "redis-cloud-port-groups-only",
    "dangling-record": "record-target-missing",
}
SERVICES = {"elbv2": "elasticloadbalancing"}


@dataclass
class Populated:
    url: str
    told: dict[str, Any]
    dump: Path


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    place = tmp_path_factory.mktemp("populated")
    with Moto() as moto:
        command = [sys.executable, TOOLS / "populate.py", "--endpoint", moto.url, "--reset", "--seed", "42"]
        environment = {
            "PATH": "/usr/bin:/bin",
            "AWS_ACCESS_KEY_ID": estate.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": estate.SECRET_KEY,
        }
        subprocess.run(
            [*map(str, command), "--manifest", "estate.json", "--dump", "dump"],
            cwd=place,
            env={**environment, "AWS_DEFAULT_REGION": estate.REGION},
            check=True,
            timeout=120,
            capture_output=True,
        )
        yield Populated(moto.url, json.loads((place / "estate.json").read_text()), place / "dump")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, populated: Populated) -> program.Snapshot:
    folder = tmp_path_factory.mktemp("everything") / "snapshot"
    # The emulator puts fields into lists of Lattice that AWS does not. Encoded again, as the model has it, they go.
    with Proxy(populated.url, amend=lambda call, value: call.service == "vpc-lattice") as proxy:
        run = program.collect(folder, proxy.url, "--everything")
    # The emulator lacks half of Lattice.
    assert run.code == 3, str(run)
    return program.Snapshot(folder)


def test_the_snapshot_equals_the_dump(
    everything: program.Snapshot, populated: Populated, operations: list[tuple[str, str]]
) -> None:
    problems, compared = [], 0
    for path in sorted(populated.dump.glob("*.json")):
        service, action, parent = named(path)
        if (service, action) not in operations:
            continue
        lines = [
            line
            for line in everything.lines(*program.GOOD)
            if (line["service"], line["operation"]) == (service, action) and (not parent or parent in str(line["file"]))
        ]
        if not lines:
            problems.append(f"{path.name}: {service}:{action} is not in the snapshot")
            continue
        compared += 1
        wanted = json.loads(path.read_text())
        documents = [
            json.loads((everything.folder / name).read_text()) for name in sorted({line["file"] for line in lines})
        ]
        for member in list_members(service, action) or [
            name for name in wanted if name not in cli_json.CURSORS | cli_json.PAGE_FACTS
        ]:
            expected = wanted.get(member)
            found = documents[0].get(member)
            if isinstance(expected, list):
                expected = sorted(expected, key=compare.canonical)
                found = sorted(
                    (one for document in documents for one in document.get(member, [])), key=compare.canonical
                )
            problems += cli_json.differences(redacted(expected), found, f"{path.name}.{member}")
    assert not problems, told(problems)
    assert compared > 40


def named(path: Path) -> tuple[str, str, str]:
    """`route53.get-hosted-zone.Z1.json` is the answer of GetHostedZone for Z1."""
    service, action, *rest = path.name.removesuffix(".json").split(".")
    service = SERVICES.get(service, service)
    words = {name.lower(): name for name in service_model(service).operation_names}
    parent = ".".join(rest)
    return service, words[action.replace("-", "")], parent


def redacted(value: Any) -> Any:
    """The same with secrets replaced, as a snapshot has them."""
    if isinstance(value, dict):
        return {
            key: cli_json.REDACTED if key in cli_json.SECRETS and inner else redacted(inner)
            for key, inner in value.items()
        }
    return [redacted(one) for one in value] if isinstance(value, list) else value


def test_planted_defects_are_found(tmp_path: Path, populated: Populated) -> None:
    run = program.collect(tmp_path / "snapshot", populated.url)
    assert run.code == 3, str(run)
    report = program.audit(tmp_path / "snapshot")
    failing = [(one["rule"], json.dumps(one)) for one in report["findings"] if one["verdict"] == "fail"]
    missed = []
    for planted in populated.told["planted"]:
        rule = RULES.get(planted["rule"])
        resource = planted["resource"].rpartition("/")[2]
        if planted["rule"] == "subnet-free-ips" and "endpoint" not in planted["note"]:
            continue  # Our rule speaks of subnets that endpoints use.
        if rule and not any(rule == one and resource in text for one, text in failing):
            missed.append(f"{planted['rule']} ({rule}) at {resource}")
    assert not missed, told(missed)


@pytest.mark.parametrize(("packs", "most"), [("redis-cloud", 60), ("orphans", 30), ("all", 120)])
def test_it_takes_few_calls(tmp_path: Path, populated: Populated, packs: str, most: int) -> None:
    with Proxy(populated.url) as proxy:
        program.collect(tmp_path / "snapshot", proxy.url, "--select", packs)
        assert 10 < sum(proxy.counts().values()) < most, proxy.counts()


@contextmanager
def flaky(upstream: str, *arguments: str) -> Iterator[str]:
    """Their proxy. It wants to be told a port; one that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        str(TOOLS / "flaky.py"),
        "--port",
        str(port),
        "--upstream",
        upstream,
        "--quiet",
        *arguments,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None and "flaky on" in process.stderr.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def continued(tree: dict[str, bytes]) -> dict[str, bytes]:
    """The files of calls that can be continued. Their proxy cuts the others too, and no client can ask for the rest."""
    parts = {name: name.split("/")[3].split(".") for name in tree}
    return {name: body for name, body in tree.items() if parts[name][0] != "ec2" or paging(*parts[name][:2])}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--page", "5"),
        ("--rule", "*=throttle:/2"),
        ("--rule", "ec2:*=truncate:0.2"),
        ("--rule", "ec2:*=reset:0.2"),
    ],
    ids=" ".join,
)
def test_their_proxy_changes_nothing(
    tmp_path: Path, moto: Moto, built: estate.Estate, arguments: tuple[str, ...]
) -> None:
    overlay = Overlay(built)
    with Proxy(moto.url, overlay.answer, overlay.amend) as ours:
        # Their proxy cannot cut answers that the emulator itself gives in pages,
        # and DescribeVpcEndpointServices is one: packs that do not ask it.
        packs = ("--select", "redis-cloud,orphans,governance")
        clean = program.collect(tmp_path / "clean", ours.url, *packs)
        assert clean.code == 0, str(clean)
        with flaky(ours.url, *arguments) as url:
            run = program.collect(tmp_path / "spoiled", url, *packs)
    assert run.code == 0, str(run)
    assert continued(program.tree(tmp_path / "spoiled")) == continued(program.tree(tmp_path / "clean"))


def test_their_overlay_is_taken(tmp_path: Path, populated: Populated) -> None:
    with flaky(populated.url, "--overlay", str(TOOLS / "overlay.json")) as url:
        run = program.collect(tmp_path / "snapshot", url, "--everything")
    assert run.code in (0, 3), str(run)
    snapshot = program.Snapshot(tmp_path / "snapshot")
    wanted = json.loads((TOOLS / "overlay.json").read_text())
    listed = next(value for key, value in wanted.items() if re.search("resourceconfigurations$", key))
    files = [name for name in snapshot.tree() if "vpc-lattice.ListResourceConfigurations" in name]
    assert len(files) == 1
    problems = list(cli_json.differences(listed["items"], json.loads(snapshot.tree()[files[0]])["items"]))
    assert not problems, told(problems)
