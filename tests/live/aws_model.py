"""Which AWS call an HTTP request is, by botocore's own service models.

It may use botocore's models and nothing of the program under test.
It must not send anything: servers and proxies ask it what they were asked.
"""

from __future__ import annotations

import functools
import io
import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import botocore.parsers
import botocore.session
from botocore.model import OperationModel, ServiceModel

#: The name in a signature → the name of the service in IAM actions, which files and ledger use.
_SIGNED = {"monitoring": "cloudwatch"}
#: The name in IAM actions → botocore's name of the service.
_BOTO = {"elasticloadbalancing": "elbv2"}

#: Cursors of calls that botocore has no paginator for: member of the input, member of the output, lists.
_MANUAL: dict[tuple[str, str], tuple[str, str, list[str]]] = {
    ("ec2", "DescribeVpcEndpointAssociations"): ("NextToken", "NextToken", ["VpcEndpointAssociations"]),
    ("ec2", "GetSubnetCidrReservations"): (
        "NextToken",
        "NextToken",
        ["SubnetIpv4CidrReservations", "SubnetIpv6CidrReservations"],
    ),
    ("route53", "ListHostedZonesByVPC"): ("NextToken", "NextToken", ["HostedZoneSummaries"]),
}


@dataclass(frozen=True)
class Call:
    """One request, understood: the operation and what was asked of it."""

    service: str
    operation: str
    region: str
    #: ``ec2``, ``query``, ``rest-xml``, ``rest-json``, ``json`` or ``smithy-rpc-v2-cbor``.
    protocol: str
    #: Members of the input by their names in the model; for query protocols the flat form fields.
    params: Mapping[str, Any] = field(default_factory=dict)
    access_key: str = ""

    @property
    def key(self) -> str:
        """``service:Operation``, as rules of the proxy name it."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Paging:
    """How a call is continued."""

    #: Members of the input that carry the cursor (three for record sets).
    input: tuple[str, ...]
    #: Members of the output that carry it.
    output: tuple[str, ...]
    #: A boolean of the output that says that there is more, where there is one.
    more: str | None
    #: The lists that are cut into pages.
    lists: tuple[str, ...]
    #: Other members that the AWS CLI prints beside the lists.
    kept: tuple[str, ...] = ()


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


@functools.cache
def service(name: str) -> ServiceModel:
    """The model of a service by its name in IAM actions."""
    return _session().get_service_model(_BOTO.get(name, name))


@functools.cache
def operation(name: str, action: str) -> OperationModel:
    """The model of an operation."""
    return service(name).operation_model(action)


@functools.cache
def paging(name: str, action: str) -> Paging | None:
    """How the call is continued, or None when one answer has all."""
    if (name, action) in _MANUAL:
        came, goes, lists = _MANUAL[name, action]
        return Paging((came,), (goes,), None, tuple(lists))
    try:
        model = _session().get_paginator_model(_BOTO.get(name, name)).get_paginator(action)
    except (ValueError, botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError):
        return None

    def several(value: Any) -> tuple[str, ...]:
        return tuple(value) if isinstance(value, list) else (value,)

    return Paging(
        several(model["input_token"]),
        several(model["output_token"]),
        model.get("more_results"),
        several(model["result_key"]),
        tuple(model.get("non_aggregate_keys", ())),
    )


def client_name(name: str) -> str:
    """botocore's name for a service of the ledger."""
    return _BOTO.get(name, name)


def classify(method: str, target: str, headers: Mapping[str, str] | Message, body: bytes) -> Call | None:
    """What a request asks; None where it is no call of AWS that the models know.

    ``headers`` are those of an ``http.client`` message, so that case does not matter.
    """
    signed = re.search(r"Credential=([^/,]+)/\d+/([^/]+)/([^/]+)/aws4_request", headers.get("Authorization", ""))
    if signed is None:
        return None
    access_key, region, name = signed.groups()
    name = _SIGNED.get(name, name)
    path, _, query = target.partition("?")
    asked = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    def call(action: str, protocol: str, params: Mapping[str, Any]) -> Call:
        return Call(name, action, region, protocol, params, access_key)

    rpc = re.fullmatch(r"/service/[^/]+/operation/(\w+)", path)
    if rpc:
        return call(rpc[1], "smithy-rpc-v2-cbor", decode_cbor(body))
    if headers.get("X-Amz-Target"):
        return call(headers["X-Amz-Target"].rpartition(".")[2], "json", json.loads(body or b"{}"))
    form = dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) if body else {}
    if "Action" in form or "Action" in asked:
        fields = form if "Action" in form else asked
        return call(fields["Action"], "ec2" if name == "ec2" else "query", fields)
    return _classify_rest(call, name, method, path, asked, body)


def _classify_rest(
    call: Callable[[str, str, Mapping[str, Any]], Call],
    name: str,
    method: str,
    path: str,
    asked: dict[str, str],
    body: bytes,
) -> Call | None:
    try:
        model = service(name)
    except botocore.exceptions.UnknownServiceError:
        return None
    for action, pattern, members in _routes(name):
        found = pattern.fullmatch(f"{method} {path.rstrip('/')}")
        if not found:
            continue
        params: dict[str, Any] = {
            members[place]: urllib.parse.unquote(value) for place, value in found.groupdict().items()
        }
        shape = model.operation_model(action).input_shape
        for member, of in (shape.members if shape else {}).items():
            if of.serialization.get("location") == "querystring" and of.serialization["name"] in asked:
                params[member] = asked[of.serialization["name"]]
        if body and model.protocol == "rest-json":
            params.update(json.loads(body))
        elif body:
            params["body"] = body.decode("utf-8", "replace")
        return call(action, model.protocol, params)
    return None


@functools.lru_cache(maxsize=None)
def _routes(name: str) -> list[tuple[str, re.Pattern[str], dict[str, str]]]:
    """Operations of a REST service by pattern of method and path, the most literal first."""
    routes = []
    for action in service(name).operation_names:
        model = operation(name, action)
        path, _, literal = model.http["requestUri"].partition("?")
        if literal:
            continue
        members = model.input_shape.members if model.input_shape else {}
        named = {of.serialization["name"]: m for m, of in members.items() if of.serialization.get("location") == "uri"}
        places: dict[str, str] = {}
        text = ""
        for piece in re.split(r"(\{[^}]+\})", path.rstrip("/")):
            if not piece.startswith("{"):
                text += re.escape(piece)
                continue
            variable = piece.strip("{}")
            place = f"p{len(places)}"
            places[place] = named.get(variable.rstrip("+"), variable)
            text += f"(?P<{place}>{'.+' if variable.endswith('+') else '[^/]+'})"
        routes.append((action, re.compile(f"{model.http['method']} {text}"), places))
    routes.sort(key=lambda route: (len(route[2]), -len(route[1].pattern), route[0]))
    return routes


def decode_cbor(body: bytes) -> Any:
    """The value that a CBOR body holds, by botocore's reader."""
    reader = botocore.parsers.RpcV2CBORParser()
    return reader.parse_data_item(io.BufferedReader(io.BytesIO(body))) if body else {}
