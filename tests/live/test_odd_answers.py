"""Answers that are right and unusual: sparse ones, those of later versions, and names that would do harm.

It may use the server of samples and the program under test.
It must not spoil answers on the way: `test_faults.py` does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import compare
import program
import wire
from answers import Answers, Manner
from compare import told

pytestmark = pytest.mark.usefixtures("live")


def collected(place: Path, manner: Manner) -> tuple[program.Run, program.Snapshot, dict[str, compare.Sent], Answers]:
    with Answers(manner) as answers:
        run = program.collect(place / "snapshot", answers.url, "--everything")
    assert run.code in (0, 3), str(run)
    sent = {one.request_id: compare.Sent(one.call, one.value, one.sha256, one.length) for one in answers.served}
    snapshot = program.Snapshot(place / "snapshot")
    problems = [*snapshot.problems(), *compare.ledger_problems(snapshot, sent)]
    assert not problems, told(problems)
    return run, snapshot, sent, answers


def test_what_is_not_sent_is_not_written(tmp_path: Path) -> None:
    # First pages are empty here: a list does not end with a page that has nothing.
    run, snapshot, sent, answers = collected(tmp_path, Manner(sparse=True))
    bad = snapshot.lines("denied", "failed", "unsupported", "interrupted", "not-asked")
    assert run.code == 0 and not bad, told(bad)
    problems = list(compare.file_problems(snapshot, sent))
    assert not problems, told(problems)
    assert any(one.value.get("VpcEndpoints") == [] and one.value.get("NextToken") for one in answers.served)


def test_fields_of_later_versions_harm_nothing(tmp_path: Path) -> None:
    run, snapshot, sent, _ = collected(tmp_path, Manner(future=True))
    bad = snapshot.lines("denied", "failed", "unsupported", "interrupted", "not-asked")
    assert run.code == 0 and not bad, told(bad)
    # They may be kept under the name that was sent, or dropped as the AWS CLI does.
    stranger = f".{wire.STRANGER}: not expected".lower()
    problems = [problem for problem in compare.file_problems(snapshot, sent) if stranger not in problem.lower()]
    assert not problems, told(problems)


def test_names_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    run, snapshot, sent, _ = collected(tmp_path, Manner(hostile=True))
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]
    names = list(snapshot.tree())
    assert all(".." not in Path(name).parts and len(Path(name).name.encode()) <= 255 for name in names)
    assert len({name.lower() for name in names}) == len(names), "two names that some file systems take for one"
    problems = list(compare.file_problems(snapshot, sent))
    assert not problems, told(problems)
    verified = program.run("snapshot", "verify", snapshot.folder)
    assert verified.code == 0, str(verified)
