"""Every field that the models know arrives in a file, unchanged.

It may use the server of samples and the program under test.
It must not use the emulator, which knows few fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import compare
import program
from answers import Answers
from compare import told
from samples import SECRET_MARK

pytestmark = pytest.mark.usefixtures("live")
#: Asked only for the accounts of an organization.
_ORGANIZATION = ("organizations", "ListAccounts")


@dataclass
class Collected:
    run: program.Run
    snapshot: program.Snapshot
    answers: Answers
    sent: dict[str, compare.Sent]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    folder: Path = tmp_path_factory.mktemp("every-field") / "snapshot"
    with Answers() as answers:
        run = program.collect(folder, answers.url, "--everything", "--metrics-days", "3", regions="all")
        assert run.code in (0, 3), str(run)
        sent = {one.request_id: compare.Sent(one.call, one.value, one.sha256, one.length) for one in answers.served}
        yield Collected(run, program.Snapshot(folder), answers, sent)


def test_the_run_is_complete(collected: Collected) -> None:
    assert collected.answers.refused == []
    bad = [line for line in collected.snapshot.ledger if line["outcome"] not in program.GOOD]
    assert not bad, told(bad)
    assert collected.run.code == 0, str(collected.run)
    assert collected.snapshot.manifest["complete"] is True


def test_every_operation_was_asked(collected: Collected, operations: list[tuple[str, str]]) -> None:
    asked = {(one.call.service, one.call.operation) for one in collected.answers.served}
    assert sorted(set(operations) ^ asked) == []


def test_the_plan_names_what_is_asked(operations: list[tuple[str, str]]) -> None:
    # `operations.txt` is what servers here prove themselves with: it must not fall behind.
    assert sorted(set(operations) ^ set(program.plan("--everything"))) == [_ORGANIZATION]


def test_every_field_is_in_its_file(collected: Collected) -> None:
    problems = list(compare.file_problems(collected.snapshot, collected.sent))
    assert not problems, told(problems)


def test_every_answer_is_in_the_ledger(collected: Collected) -> None:
    problems = list(compare.ledger_problems(collected.snapshot, collected.sent))
    assert not problems, told(problems)


def test_manifest_ledger_and_files_agree(collected: Collected) -> None:
    problems = list(collected.snapshot.problems())
    assert not problems, told(problems)


def test_no_secret_is_written(collected: Collected) -> None:
    sent = sum(SECRET_MARK in repr(one.value) for one in collected.answers.served)
    assert sent > 1, "the samples hold no secret; the test would prove nothing"
    holding = [
        str(path)
        for path in collected.snapshot.folder.rglob("*")
        if path.is_file() and SECRET_MARK.encode() in path.read_bytes()
    ]
    assert not holding, told(holding)
    assert {entry["field"].rpartition(".")[2] for entry in collected.snapshot.manifest["redactions"]} >= {
        "CustomerGatewayConfiguration",
        "PreSharedKey",
    }


def test_the_reader_takes_every_file(collected: Collected) -> None:
    report = program.audit(collected.snapshot.folder)
    # Samples are no coherent network: warnings about values are theirs. What must not happen is that data is lost.
    lost = [problem for problem in report["problems"] if problem["level"] == "incomplete"]
    assert not lost, told(lost)
