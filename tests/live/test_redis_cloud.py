"""What `plaudit collect redis-cloud` asks over HTTP, and what it makes of servers that misbehave.

It may start the program under test and a server on the loopback address.
It must hold the folder and the words against what the server was told to answer.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import program
from loopback import Answer, Loopback, Request

pytestmark = pytest.mark.usefixtures("live")

ACCESS = "A3accesskey"
SECRET = "S2secretkey"
SUBSCRIPTION = 48213


def body(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, {"content-type": "application/json", **headers}, json.dumps(value).encode())


def databases(first: int, count: int) -> dict[str, Any]:
    items = [{"databaseId": first + at, "security": {"password": "hunter2"}} for at in range(count)]
    return {"accountId": 1, "subscription": [{"subscriptionId": SUBSCRIPTION, "databases": items}]}


def task(status: str, response: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"taskId": "a-1", "commandType": "privateLinkGetRequest", "status": status, "response": response or {}}


LINK = {"status": "active", "shareArn": "x", "principals": [], "connections": [], "databases": []}
DONE = task("processing-completed", {"resourceId": SUBSCRIPTION, "resource": LINK})


class Stub:
    """Answers by path, each list in order; the last answer stays."""

    def __init__(self, **answers: list[Answer]) -> None:
        self.answers = answers
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        self.requests.append(request)
        for word, answers in self.answers.items():
            if word.replace("_", "-") in request.target:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return body({}, 404)


def collect(folder: Path, url: str, *arguments: str, **env: str) -> program.Run:
    binary = program.binary()
    assert binary is not None
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LLVM_PROFILE_FILE") if name in os.environ}
    keys = {"REDISCLOUD_ACCESS_KEY": ACCESS, "REDISCLOUD_SECRET_KEY": SECRET, "NO_COLOR": "1"}
    fixed = ["collect", "redis-cloud", "--subscription", str(SUBSCRIPTION), "-o", folder, "--api-url", url]
    done = subprocess.run(
        [binary, *fixed, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**kept, **keys, **env},
    )
    run = program.Run(done.returncode, done.stdout, done.stderr, 0.0)
    for secret in (ACCESS, SECRET, "hunter2"):
        assert secret not in run.out + run.err
        for file in folder.rglob("*") if folder.exists() else []:
            assert not file.is_file() or secret not in file.read_text()
    return run


@pytest.fixture
def gathered(tmp_path: Path) -> Callable[..., tuple[program.Run, Stub, Path]]:
    def run(stub: Stub, *arguments: str, **env: str) -> tuple[program.Run, Stub, Path]:
        folder = tmp_path / "snapshot"
        with Loopback(stub) as server:
            return collect(folder, server.url + "/v1", *arguments, **env), stub, folder

    return run


def ledger(folder: Path) -> list[tuple[str, str, str | None]]:
    lines = [json.loads(line) for line in (folder / "ledger.jsonl").read_text().splitlines()]
    return [(line["operation"], line["outcome"], line.get("error_code")) for line in lines]


def test_pages_and_tasks_make_a_whole_snapshot(gathered: Callable[..., Any]) -> None:
    stub = Stub(
        offset=[body(databases(0, 100)), body(databases(100, 2))],
        private_link=[body(task("received"), 202)],
        tasks=[body(task("processing-in-progress")), body(DONE)],
    )
    run, stub, folder = gathered(stub)
    assert run.code == 0, str(run)
    assert "102 databases" in run.out and "102 secrets blanked" in run.out
    assert {request.method for request in stub.requests} == {"GET"}
    assert all(request.headers["x-api-key"] == ACCESS for request in stub.requests)
    assert all(request.headers["x-api-secret-key"] == SECRET for request in stub.requests)
    assert [request.target for request in stub.requests][:3] == [
        f"/v1/subscriptions/{SUBSCRIPTION}/databases?offset=0&limit=100",
        f"/v1/subscriptions/{SUBSCRIPTION}/databases?offset=100&limit=100",
        f"/v1/subscriptions/{SUBSCRIPTION}/private-link",
    ]
    link = json.loads((folder / f"redis-cloud/redis-cloud.GetPrivateLink/{SUBSCRIPTION}.json").read_text())
    assert link["subscriptionId"] == SUBSCRIPTION
    verified = subprocess.run([program.binary() or "", "snapshot", "verify", folder], check=False, capture_output=True)
    assert verified.returncode == 0, verified


def test_a_region_is_asked_for_by_its_number(gathered: Callable[..., Any]) -> None:
    run, stub, _ = gathered(Stub(databases=[body(databases(0, 1))], private_link=[body(DONE)]), "--region-id", "3")
    assert run.code == 0, str(run)
    assert stub.requests[-1].target == f"/v1/subscriptions/{SUBSCRIPTION}/regions/3/private-link"


@pytest.mark.parametrize(
    "status,outcome,words",
    [(401, "denied", "REDISCLOUD_ACCESS_KEY"), (403, "denied", "role"), (404, "failed", "number of the subscription")],
)
def test_refusals_are_said_with_what_to_do(
    gathered: Callable[..., Any], status: int, outcome: str, words: str
) -> None:
    refused = body({"message": f"no, {SECRET} may not"}, status)
    run, _, folder = gathered(Stub(databases=[refused], private_link=[refused]))
    assert run.code == 3, str(run)
    assert words in run.out
    assert {line[1] for line in ledger(folder)} == {outcome}


def test_what_passes_is_asked_again(gathered: Callable[..., Any]) -> None:
    stub = Stub(
        databases=[body({}, 429, **{"retry-after": "1"}), Answer(503, {}, b"<html>"), body(databases(0, 1))],
        private_link=[Answer(200, {}, b"", "reset"), body(DONE)],
    )
    run, _, folder = gathered(stub)
    assert run.code == 0, str(run)
    assert [line[1] for line in ledger(folder)].count("retried") == 3


@pytest.mark.parametrize(
    "answer,code",
    [
        (Answer(200, {"content-type": "text/html"}, b"<html>login</html>"), "NotFromRedisCloud"),
        (Answer(302, {"location": "http://127.0.0.1:9/"}, b""), "HTTP 302 (a redirection is not followed)"),
        (Answer(500, {"content-type": "application/json"}, b"{}"), "HTTP 500"),
        (Answer(200, {}, b"{}", "hang"), "Timeout"),
    ],
)
def test_odd_answers_end_in_order(gathered: Callable[..., Any], answer: Answer, code: str) -> None:
    run, _, folder = gathered(Stub(databases=[answer], private_link=[answer]), "--max-attempts", "2", "--timeout", "1")
    assert run.code == 3, str(run)
    assert {line[2] for line in ledger(folder)} == {code}


def test_a_task_is_not_waited_for_for_ever(gathered: Callable[..., Any]) -> None:
    waiting = task("received")
    stub = Stub(databases=[body(databases(0, 0))], private_link=[body(waiting, 202)], tasks=[body(waiting)])
    run, _, folder = gathered(stub, "--task-timeout", "2")
    assert run.code == 3, str(run)
    assert ("GetPrivateLink", "failed", "TaskNotFinished") in ledger(folder)


def test_keys_that_are_not_there_are_all_named(gathered: Callable[..., Any]) -> None:
    run, stub, _ = gathered(Stub(), REDISCLOUD_ACCESS_KEY="", REDISCLOUD_SECRET_KEY="")
    assert run.code == 2
    assert "REDISCLOUD_ACCESS_KEY" in run.err and "REDISCLOUD_SECRET_KEY" in run.err
    assert stub.requests == []


def test_keys_are_not_sent_over_http_to_others(tmp_path: Path) -> None:
    run = collect(tmp_path / "x", "http://192.0.2.1/v1")
    assert run.code == 2
    assert "https" in run.err
