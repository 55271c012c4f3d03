"""A server that answers every read call of AWS with a value in which every field is set.

It may use the samples, the encoder and the loopback server; it remembers what it served.
It must not judge what a client made of it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import samples
import wire
from aws_model import Call, Paging, classify, operation, paging
from loopback import Answer, Loopback, Request

#: Members of an input that say which page is asked for or how large, not what.
_HOW = {
    "NextToken",
    "nextToken",
    "Marker",
    "MaxResults",
    "maxResults",
    "MaxItems",
    "MaxRecords",
    "PageSize",
    "Action",
    "Version",
    "StartRecordName",
    "StartRecordType",
    "StartRecordIdentifier",
    "MaxDatapoints",
}
#: Lists of which more than two items are sent: the answers to the Get calls behind them are unions of four members.
_COUNTS = {"vpc-lattice:ListResourceConfigurations": 4}
ACCOUNT = "111122223333"


@dataclass(frozen=True)
class Served:
    """One answer as it went out."""

    call: Call
    #: The question and its region, without cursor and page size; equal for the pages of one list.
    question: tuple[tuple[str, str], ...]
    #: The value as the model names it, cursor and all.
    value: Mapping[str, Any]
    request_id: str
    #: SHA-256 of the body, lower-case hex.
    sha256: str
    length: int


@dataclass(frozen=True)
class Manner:
    """How answers are, besides complete."""

    #: Half of the members are missing, lists are empty, and first pages too.
    sparse: bool = False
    #: Members that no model knows, and null for those that are not set.
    future: bool = False
    #: Identifiers that would be bad names of files.
    hostile: bool = False


class Answers:
    """The server; ``served`` is in the order of the answers."""

    def __init__(self, manner: Manner = Manner()) -> None:  # noqa: B008 - it cannot be changed
        self._manner = manner
        self.served: list[Served] = []
        #: What could not be answered, as text: the test fails on it.
        self.refused: list[str] = []
        self._variants: dict[str, int] = {}
        self._values: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._server = Loopback(self._respond)
        self.url = self._server.url

    def __enter__(self) -> Answers:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    def _respond(self, request: Request) -> Answer:
        call = classify(request.method, request.target, request.headers, request.body)
        if call is None or not call.operation.startswith(("Describe", "Get", "List", "Search")):
            with self._lock:
                self.refused.append(f"{request.method} {request.target} {call and call.key}")
            return Answer(404, {"Content-Type": "text/html"}, b"<html>not here</html>")
        asked = [("", call.region), *((name, _flat(value)) for name, value in call.params.items() if name not in _HOW)]
        question = tuple(sorted(asked))
        with self._lock:
            whole = self._value(call, question)
            value = _page(call, whole, self._manner.sparse)
            request_id = f"req-{len(self.served):05d}"
            headers, body = wire.encode(call.service, call.operation, call.protocol, value, request_id)
            if self._manner.future:
                body = wire.with_strangers(call.service, call.operation, call.protocol, body)
            digest = hashlib.sha256(body).hexdigest()
            self.served.append(Served(call, question, value, request_id, digest, len(body)))
        return Answer(200, headers, body)

    def _value(self, call: Call, question: tuple[tuple[str, str], ...]) -> dict[str, Any]:
        known = self._values.get((call.key, question))
        if known is None:
            variant = self._variants.get(call.key, 0)
            self._variants[call.key] = variant + 1
            known = _tailored(
                call,
                samples.sample(
                    call.service,
                    call.operation,
                    variant,
                    repr(question),
                    _COUNTS.get(call.key, 2),
                    self._manner.hostile,
                ),
            )
            if self._manner.sparse and call.operation != "GetCallerIdentity":
                known = samples.sparse(operation(call.service, call.operation).output_shape, known)
            self._values[call.key, question] = known
        return known


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _tailored(call: Call, value: dict[str, Any]) -> dict[str, Any]:
    """What a client relies on to ask its next question has to make sense."""
    if call.operation == "GetCallerIdentity":
        value.update(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:user/auditor", UserId="AIDAEXAMPLE")
    if call.operation == "DescribeVpcAttribute":
        asked = str(call.params["Attribute"])
        member = asked[0].upper() + asked[1:]
        value = {"VpcId": call.params["VpcId"], member: value[member]}
    if call.operation == "GetMetricData":
        value["MetricDataResults"] = _metrics(call, value["MetricDataResults"][0])
    if call.operation == "DescribeRegions":
        for number, region in enumerate(value["Regions"]):
            region.update(RegionName=("us-east-1", "eu-central-1")[number % 2], OptInStatus="opt-in-not-required")
    return value


def _metrics(call: Call, first: Mapping[str, Any]) -> list[dict[str, Any]]:
    queries = call.params.get("MetricDataQueries")
    if queries is None:
        # The form of the query protocol: MetricDataQueries.member.1.Id=…
        flat = call.params
        numbers = sorted({name.split(".")[2] for name in flat if name.startswith("MetricDataQueries.member.")}, key=int)
        queries = [{k: flat.get(f"MetricDataQueries.member.{n}.{k}", "") for k in ("Id", "Label")} for n in numbers]
    return [{**first, "Id": query["Id"], "Label": query.get("Label", "")} for query in queries]


def _page(call: Call, whole: dict[str, Any], late: bool) -> dict[str, Any]:
    """The half of the lists that was asked for. Every list of more than one item comes in two pages.

    A first page may be empty and yet not be the last: `late` makes all of them so.
    """
    of = paging(call.service, call.operation)
    if of is None:
        return whole
    asked = any(name in call.params for name in of.input)
    long = any(len(whole.get(name, [])) > 1 for name in of.lists)
    value = {name: inner for name, inner in whole.items() if name not in of.output}
    for name in of.lists:
        items = whole.get(name, [])
        middle = 0 if late else (len(items) + 1) // 2
        value[name] = items[middle:] if asked else items[:middle] if long else items
    ends = asked or not long
    if of.more:
        value[of.more] = not ends
    if not ends:
        value.update(_cursor(call, of))
    return value


def _cursor(call: Call, of: Paging) -> dict[str, str]:
    shape = operation(call.service, call.operation).output_shape
    cursor = {name: "page+2/ü=" for name in of.output}
    for name in cursor:
        if shape.members[name].enum:
            cursor[name] = shape.members[name].enum[0]
    return cursor
