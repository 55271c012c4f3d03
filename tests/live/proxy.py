"""A proxy before the emulator: it counts, adds what the emulator lacks, cuts lists into pages, and spoils answers.

It may use the models, the encoder and the loopback server; it passes requests on to a loopback address only.
It must not judge: what a client made of an answer is for the tests to say.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import http.client
import json
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import wire
from aws_model import Call, Paging, classify, decode_cbor, paging
from loopback import Answer, Loopback, Request

#: Error codes and statuses as the services spell them: for EC2, and for the others.
_ERRORS = {
    "throttle": {
        "ec2": ("RequestLimitExceeded", 503, "Request limit exceeded."),
        "query": ("Throttling", 400, "Rate exceeded"),
        "rest-xml": ("Throttling", 400, "Rate exceeded"),
        "": ("ThrottlingException", 429, "Rate exceeded"),
    },
    "deny": {
        "ec2": ("UnauthorizedOperation", 403, "You are not authorized to perform this operation."),
        "query": ("AccessDenied", 403, "User is not authorized to perform this operation"),
        "rest-xml": ("AccessDenied", 403, "User is not authorized to perform this operation"),
        "": ("AccessDeniedException", 403, "User is not authorized to perform this operation"),
    },
    "expired": {
        "ec2": ("RequestExpired", 400, "Request has expired."),
        "query": ("ExpiredToken", 403, "The security token included in the request is expired"),
        "rest-xml": ("ExpiredToken", 403, "The security token included in the request is expired"),
        "": ("ExpiredTokenException", 403, "The security token included in the request is expired"),
    },
    "unsupported": {
        "ec2": ("InvalidAction", 400, "The action is not valid for this web service."),
        "query": ("InvalidAction", 400, "Could not find operation for version"),
        "rest-xml": ("InvalidAction", 400, "Could not find operation"),
        "": ("UnknownOperationException", 404, "The operation is not known here"),
    },
    "bad-token": {
        "ec2": ("InvalidNextToken", 400, "The token is invalid"),
        "query": ("ValidationError", 400, "The marker is invalid"),
        "rest-xml": ("InvalidPaginationToken", 400, "The token is invalid"),
        "": ("ValidationException", 400, "The token is invalid"),
    },
}
_HTML = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n"


@dataclass
class Fault:
    """What goes wrong, for which calls, how often."""

    #: ``service:Operation`` with wildcards, services as in IAM actions.
    pattern: str
    #: ``throttle``, ``deny``, ``expired``, ``unsupported``, ``html`` (status 500), ``reset``, ``hang``, ``truncate``,
    #: ``bad-token`` (any cursor is refused) or ``loop`` (a list that ends where it began).
    kind: str
    #: Every how many of the matching requests; 1 is all of them.
    every: int = 1
    #: No more than so many times; None is without end.
    times: int | None = None
    #: The text of an error, where it is not to be the usual one.
    message: str = ""
    #: Further condition on the call.
    where: Callable[[Call], bool] = lambda call: True
    seen: int = 0
    done: int = 0

    def hits(self, call: Call) -> bool:
        """Counts a request, and whether it is one to spoil."""
        if not fnmatch.fnmatchcase(call.key, self.pattern) or not self.where(call):
            return False
        if self.kind == "bad-token" and not _continues(call):
            return False
        self.seen += 1
        if self.seen % self.every or (self.times is not None and self.done >= self.times):
            return False
        self.done += 1
        return True


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as the client saw it."""

    call: Call
    status: int
    #: The kind of the fault, or nothing.
    fault: str
    request_id: str
    #: SHA-256 of the body as it was meant to arrive, lower-case hex.
    sha256: str
    length: int
    body: bytes = field(repr=False, default=b"")


#: A value to answer with instead of asking the emulator, or None.
Overlay = Callable[[Call], "Mapping[str, Any] | None"]
#: Changes what the emulator answered, in place; says whether it did.
Amend = Callable[[Call, "dict[str, Any]"], bool]


@dataclass
class Behaviour:
    """Everything that a test may change between two runs."""

    faults: list[Fault] = field(default_factory=list)
    #: Items of a page; None leaves lists whole.
    page: int | None = None
    #: Called before each request is answered, with its number; a test may stop the client here.
    watch: Callable[[int, Call], None] = lambda number, call: None


class Proxy:
    """The proxy; use it as a context."""

    def __init__(
        self, upstream: str, overlay: Overlay = lambda call: None, amend: Amend = lambda call, value: False
    ) -> None:
        host = urllib.parse.urlparse(upstream)
        if host.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError(f"{upstream} is not on this machine; the proxy passes nothing on elsewhere")
        self._upstream = (host.hostname, host.port)
        self._overlay = overlay
        self._amend = amend
        self._lock = threading.Lock()
        self._count = 0
        #: Lists that are being paged through, by question.
        self._lists: dict[str, Mapping[str, Any]] = {}
        self.behaviour = Behaviour()
        self.exchanges: list[Exchange] = []
        self._server = Loopback(self._respond)
        self.url = self._server.url

    def __enter__(self) -> Proxy:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    def reset(self, *faults: Fault, page: int | None = None) -> None:
        """Forgets what was exchanged and behaves as told from now on."""
        with self._lock:
            self.exchanges.clear()
            self._lists.clear()
            self._count = 0
            self.behaviour = Behaviour(list(faults), page)

    def counts(self) -> Counter[str]:
        """Requests by ``service:Operation``, spoiled ones too."""
        with self._lock:
            return Counter(exchange.call.key for exchange in self.exchanges)

    def _respond(self, request: Request) -> Answer:
        call = classify(request.method, request.target, request.headers, request.body)
        if call is None:
            return self._forward(request, None)
        with self._lock:
            self._count += 1
            number, behaviour = self._count, self.behaviour
            hit = next((fault for fault in behaviour.faults if fault.hits(call)), None)
        fault = hit.kind if hit else ""
        behaviour.watch(number, call)
        request_id = f"{number:08d}-{hashlib.sha256(call.key.encode()).hexdigest()[:12]}"
        answer = self._spoiled(call, fault, request_id, hit.message if hit else "")
        answer = answer or self._plain(call, request, behaviour, request_id, fault == "loop")
        if fault == "truncate":
            answer = Answer(answer.status, answer.headers, answer.body, "truncate")
        digest = hashlib.sha256(answer.body).hexdigest()
        exchange = Exchange(
            call,
            answer.status,
            fault,
            answer.headers.get("x-amzn-RequestId", ""),
            digest,
            len(answer.body),
            answer.body,
        )
        with self._lock:
            self.exchanges.append(exchange)
        return answer

    def _spoiled(self, call: Call, fault: str, request_id: str, told: str = "") -> Answer | None:
        if fault in _ERRORS:
            by = _ERRORS[fault]
            code, status, message = by.get(call.protocol, by[""])
            headers, body = wire.encode_error(call.service, call.protocol, code, told or message, request_id)
            return Answer(status, headers, body)
        if fault == "html":
            return Answer(500, {"Content-Type": "text/html; charset=utf-8"}, _HTML)
        return Answer(0, spoil=fault) if fault in ("reset", "hang") else None

    def _plain(self, call: Call, request: Request, behaviour: Behaviour, request_id: str, loop: bool) -> Answer:
        of, size = paging(call.service, call.operation), behaviour.page
        if of is None or size is None:
            return self._whole(call, request, request_id)
        if len(of.output) > 1 or call.key == "route53:ListHostedZones":
            # The emulator pages these itself.
            return self._whole(call, _with_query(request, "maxitems", str(size)), request_id)
        mark = _mark(call)
        start = _start(call.params.get(of.input[0]), mark)
        if start is None:
            answer = self._spoiled(call, "bad-token", request_id)
            assert answer is not None
            return answer
        whole = self._lists.get(mark) if start else None
        if whole is None:
            answer = self._whole(call, _without_cursor(request, call), request_id)
            if answer.status != 200:
                return answer
            whole = wire.decode(call.service, call.operation, call.protocol, answer.headers, answer.body)
            self._lists[mark] = whole
        page = _page(of, whole, start, size, mark)
        if loop:
            page[of.output[0]] = _token(0, mark)
        headers, body = wire.encode(call.service, call.operation, call.protocol, page, request_id)
        return Answer(200, headers, body)

    def _whole(self, call: Call, request: Request, request_id: str) -> Answer:
        value = self._overlay(call)
        if value is None:
            answer = self._forward(request, request_id)
            if answer.status != 200:
                return answer
            read = wire.decode(call.service, call.operation, call.protocol, answer.headers, answer.body)
            if not self._amend(call, read):
                return answer
            value = read
        headers, body = wire.encode(call.service, call.operation, call.protocol, value, request_id)
        return Answer(200, headers, body)

    def _forward(self, request: Request, request_id: str | None) -> Answer:
        connection = http.client.HTTPConnection(*self._upstream, timeout=60)
        dropped = {"connection", "transfer-encoding", "accept-encoding", "content-length", "expect"}
        headers = {name: value for name, value in request.headers.items() if name.lower() not in dropped}
        try:
            connection.request(request.method, request.target, request.body or None, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        kept = {"Content-Type": response.getheader("Content-Type", "")}
        kept.update({name: value for name, value in response.getheaders() if name.lower().startswith("smithy")})
        if request_id is not None:
            kept["x-amzn-RequestId"] = request_id
        return Answer(response.status, kept, body)


def _continues(call: Call) -> bool:
    of = paging(call.service, call.operation)
    return of is not None and any(name in call.params for name in of.input)


def _with_query(request: Request, name: str, value: str) -> Request:
    path, _, query = request.target.partition("?")
    fields = [(n, v) for n, v in urllib.parse.parse_qsl(query, keep_blank_values=True) if n != name]
    return Request(
        request.method, f"{path}?{urllib.parse.urlencode([*fields, (name, value)])}", request.headers, request.body
    )


_CURSOR_FIELDS = {
    "NextToken",
    "nextToken",
    "nexttoken",
    "Marker",
    "marker",
    "MaxResults",
    "maxResults",
    "MaxRecords",
    "PageSize",
}


def _without_cursor(request: Request, call: Call) -> Request:
    """The same question for the whole list: the cursor is one of ours, which the emulator would not know."""
    path, mark, query = request.target.partition("?")
    fields = [(n, v) for n, v in urllib.parse.parse_qsl(query, keep_blank_values=True) if n not in _CURSOR_FIELDS]
    target = path + mark + urllib.parse.urlencode(fields) if mark else path
    body = request.body
    if call.protocol in ("ec2", "query"):
        form = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)
        body = urllib.parse.urlencode([(n, v) for n, v in form if n not in _CURSOR_FIELDS]).encode()
    elif call.protocol in ("json", "rest-json") and body:
        body = json.dumps({n: v for n, v in json.loads(body).items() if n not in _CURSOR_FIELDS}).encode()
    elif call.protocol == "smithy-rpc-v2-cbor" and body:
        asked = decode_cbor(body)
        if _CURSOR_FIELDS & set(asked):
            body = wire.cbor({n: v for n, v in asked.items() if n not in _CURSOR_FIELDS})
    return Request(request.method, target, request.headers, body)


def _mark(call: Call) -> str:
    """What a token belongs to: the question, whoever asks, without cursor and page size."""
    question = {name: repr(inner) for name, inner in call.params.items() if name not in _CURSOR_FIELDS}
    asked = json.dumps([call.access_key, call.region, call.key, question], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def _token(start: int, mark: str) -> str:
    return base64.b64encode(f"{start}/{mark}".encode()).decode()


def _start(token: Any, mark: str) -> int | None:
    """Where a page starts. A token is good for its own question only; None says that it is not."""
    if token is None:
        return 0
    try:
        place, _, of_question = base64.b64decode(str(token), validate=True).decode("ascii").partition("/")
    except ValueError:
        return None
    return int(place) if of_question == mark and place.isdigit() else None


def _page(of: Paging, whole: Mapping[str, Any], start: int, size: int, mark: str) -> dict[str, Any]:
    value = dict(whole)
    most = max((len(value.get(name) or []) for name in of.lists), default=0)
    for name in of.lists:
        if name in value:
            value[name] = value[name][start : start + size]
    value.pop(of.output[0], None)
    if start + size < most:
        value[of.output[0]] = _token(start + size, mark)
    if of.more:
        value[of.more] = start + size < most
    return value
