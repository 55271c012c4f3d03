"""Whether a snapshot holds exactly what a server answered.

It may use the models, the form of the AWS CLI, and snapshots.
It must not ask servers anything: it gets what they answered.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cli_json
from aws_model import Call, paging
from dump import list_members
from program import GOOD, Snapshot


@dataclass(frozen=True)
class Sent:
    """One answer as a server knows it."""

    call: Call
    #: What the answer says, as the model names it.
    value: Mapping[str, Any]
    sha256: str
    length: int


def ledger_problems(snapshot: Snapshot, sent: Mapping[str, Sent]) -> Iterator[str]:
    """Lines that do not tell the truth about an answer, and answers without a line."""
    for line in snapshot.ledger:
        name = f"{line['service']}:{line['operation']} {line.get('parent', '')} page {line.get('page')}"
        one = sent.get(line.get("request_id") or "")
        if line["outcome"] not in GOOD:
            continue
        if one is None and not line.get("request_id") and not line.get("file"):
            # A call that is made for each of some things is complete where there are none of them.
            # Tags are asked for load balancers and for target groups, so one may be without and the other not.
            same = [
                other.call for other in sent.values() if other.call.operation == line["operation"] != "DescribeTags"
            ]
            if line["items"] or any((call.service, call.region) == (line["service"], line["region"]) for call in same):
                yield f"{name}: said to be complete without having been asked"
            continue
        if one is None:
            yield f"{name}: request id {line.get('request_id')!r} was never sent"
            continue
        if one.call.key != f"{line['service']}:{line['operation']}":
            yield f"{name}: the answer was one of {one.call.key}"
        if (line["raw_sha256"], line["raw_bytes"]) != (one.sha256, one.length):
            yield f"{name}: {line['raw_bytes']} bytes {line['raw_sha256']}, sent were {one.length} bytes {one.sha256}"
        if line["http_status"] != 200 or line["error_code"]:
            yield f"{name}: status {line['http_status']}, error {line['error_code']!r}"
        if not line["principal_arn"].startswith("arn:aws:") or not line["server_date"] or not line["endpoint_host"]:
            seen = [line["principal_arn"], line["server_date"], line["endpoint_host"]]
            yield f"{name}: principal, date and host are {seen}"
        if (line["outcome"] == "more") != _goes_on(one) or line["has_more"] != _goes_on(one):
            yield f"{name}: outcome {line['outcome']}, has_more {line['has_more']}, the answer goes on: {_goes_on(one)}"
        lists = list_members(one.call.service, one.call.operation)
        if len(lists) == 1 and line["items"] != len(one.value.get(lists[0], [])):
            yield f"{name}: {line['items']} items, sent were {len(one.value.get(lists[0], []))}"
    told = {line.get("request_id") for line in snapshot.ledger}
    for request_id, one in sent.items():
        if request_id not in told and one.call.operation != "AssumeRole":
            yield f"{one.call.key}: the answer {request_id} is not in the ledger"


def _goes_on(one: Sent) -> bool:
    of = paging(one.call.service, one.call.operation)
    return of is not None and any(one.value.get(name) for name in of.output)


#: What makes lines of the ledger pages of one list.
_QUESTION = ("service", "operation", "account", "region", "parent", "parents", "params")


def file_problems(snapshot: Snapshot, sent: Mapping[str, Sent]) -> Iterator[str]:
    """Fields of files that were not sent, and fields that were sent and are not there."""
    pages_of: dict[str, list[Sent]] = defaultdict(list)
    by_file: dict[str, dict[str, list[Sent]]] = defaultdict(dict)
    for line in snapshot.lines(*GOOD):
        question = json.dumps([line.get(key) for key in _QUESTION], sort_keys=True)
        if line.get("request_id") in sent:
            pages_of[question].append(sent[line["request_id"]])
            # Only the line that ends a list has to name the file.
            if line.get("file"):
                by_file[line["file"]][question] = pages_of[question]
    for name, questions in sorted(by_file.items()):
        found = _read(snapshot, name)
        call = next(iter(questions.values()))[0].call
        values = [
            cli_json.merge(call.service, call.operation, [one.value for one in pages]) for pages in questions.values()
        ]
        documents = [cli_json.document(call.service, call.operation, value) for value in values]
        expected = documents[0] if len(documents) == 1 else _joined(documents)
        if len(documents) > 1:
            found = _sorted(found)
            expected = _sorted(expected)
        # Counts of a page are printed by the AWS CLI for some calls only.
        found = {member: value for member, value in found.items() if member not in cli_json.PAGE_FACTS}
        expected = {member: value for member, value in expected.items() if member not in cli_json.PAGE_FACTS}
        yield from cli_json.differences(expected, found, name)


def _read(snapshot: Snapshot, name: str) -> dict[str, Any]:
    return dict(json.loads((snapshot.folder / name).read_text()))


def _joined(documents: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for document in documents:
        for member, value in document.items():
            whole[member] = [*whole.get(member, []), *value] if isinstance(value, list) else value
    return whole


def _sorted(document: dict[str, Any]) -> dict[str, Any]:
    return {
        member: sorted(value, key=canonical) if isinstance(value, list) else value for member, value in document.items()
    }


def canonical(value: Any) -> str:
    """A text that is equal for equal values, however a timestamp is spelled."""

    def plain(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {key: plain(of) for key, of in inner.items()}
        if isinstance(inner, list):
            return [plain(of) for of in inner]
        instant = cli_json.instant(inner)
        return instant.isoformat(timespec="milliseconds") if instant else inner

    return json.dumps(plain(value), sort_keys=True)


def told(problems: Iterable[object]) -> str:
    """Problems as lines, the first of them, for people who read a failed test."""
    lines = [str(problem) for problem in problems]
    return "\n".join([f"{len(lines)} problems", *lines[:40]])
