"""The script that `--script` prints makes the same folder with the AWS CLI.

It may run the script with `sh` and the AWS CLI beside this Python, against the emulator behind the proxy.
It must not use the program for anything but printing the script and making what is compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import cli_json
import estate
import program
from compare import told
from proxy import Fault, Proxy

AWS = Path(sys.executable).parent / "aws"
pytestmark = [
    pytest.mark.usefixtures("live"),
    pytest.mark.skipif(not AWS.is_file(), reason="the AWS CLI is not beside this Python"),
]


def scripted(place: Path, proxy: Proxy, *selection: str) -> tuple[int, str]:
    """Runs the script in an environment in which only the proxy can be reached; exit code and what it said."""
    script = program.run("collect", "aws", "--script", "--regions", estate.REGION, *selection)
    assert script.code == 0, str(script)
    (place / "collect.sh").write_text(script.out)
    # Version 1 prints some times as numbers unless it is told otherwise.
    (place / "config").write_text("[default]\ncli_timestamp_format = iso8601\n")
    done = subprocess.run(
        ["sh", "collect.sh", "scripted"],
        cwd=place,
        env={
            "PATH": f"{AWS.parent}{os.pathsep}/usr/local/bin{os.pathsep}/usr/bin{os.pathsep}/bin",
            "AWS_ENDPOINT_URL": proxy.url,
            "AWS_ACCESS_KEY_ID": estate.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": estate.SECRET_KEY,
            "AWS_REGION": estate.REGION,
            "AWS_DEFAULT_REGION": estate.REGION,
            "AWS_CONFIG_FILE": str(place / "config"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        },
        capture_output=True,
        text=True,
        timeout=400,
    )
    return done.returncode, done.stdout + done.stderr


@dataclass
class Both:
    code: int
    said: str
    theirs: Path
    ours: Path


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, shared_proxy: Proxy) -> Both:
    """A folder by the script and one by the program, of the same estate."""
    place = tmp_path_factory.mktemp("script")
    shared_proxy.reset()
    run = program.collect(place / "collected", shared_proxy.url)
    assert run.code == 0, str(run)
    # Pages of 20, so that the script has to go on.
    shared_proxy.reset(page=20)
    code, said = scripted(place, shared_proxy)
    shared_proxy.reset()
    return Both(code, said, place / "scripted", place / "collected")


def test_the_script_is_complete(both: Both) -> None:
    assert both.code == 0, both.said
    snapshot = program.Snapshot(both.theirs)
    bad = [line for line in snapshot.ledger if line["outcome"] not in program.GOOD]
    assert not bad, told(bad)
    assert snapshot.manifest["complete"] is True
    verified = program.run("snapshot", "verify", both.theirs)
    assert verified.code == 0, str(verified)


def test_the_files_are_the_same(both: Both) -> None:
    theirs, ours = program.tree(both.theirs), program.tree(both.ours)
    assert sorted(theirs) == sorted(ours)
    problems = [
        problem
        for name in sorted(ours)
        for problem in cli_json.differences(json.loads(ours[name]), json.loads(theirs[name]), name)
        # The AWS CLI puts the pages together itself and leaves out whether there are more.
        if ".AdditionalRoutesAvailable:" not in str(problem)
    ]
    assert not problems, told(problems)


def test_the_audit_is_the_same(both: Both) -> None:
    reports = [program.audit(folder) for folder in (both.ours, both.theirs)]
    ours, theirs = ({rule["name"]: rule["counts"] for rule in report["rules"]} for report in reports)
    assert ours == theirs
    assert program.failing(reports[0]) == program.failing(reports[1])


def test_the_script_says_what_it_did_not_get(tmp_path: Path, proxy: Proxy) -> None:
    proxy.reset(Fault("ec2:DescribeVpcEndpointAssociations", "deny"), Fault("route53:ListHostedZones", "html"))
    # Few rules, for the AWS CLI takes most of a second for each call.
    code, said = scripted(tmp_path, proxy, "--select", "endpoint-without-association,record-target-missing")
    assert code == 3, said
    snapshot = program.Snapshot(tmp_path / "scripted")
    assert snapshot.manifest["complete"] is False
    outcomes = {line["operation"]: line["outcome"] for line in snapshot.ledger}
    assert outcomes["DescribeVpcEndpointAssociations"] == "denied"
    assert outcomes["ListHostedZones"] == "failed"
    names = " ".join(snapshot.tree())
    assert "DescribeVpcEndpointAssociations" not in names and "ListHostedZones." not in names
    report = program.audit(tmp_path / "scripted", "--select", "endpoint-without-association,record-target-missing")
    counts = {rule["name"]: rule["counts"] for rule in report["rules"]}
    assert counts["endpoint-without-association"]["pass"] == 0
    assert report["summary"]["complete"] is False
