"""Values in the form that services of AWS send them: the inverse of botocore's parsers.

It may use botocore's models, and its parsers to prove itself (``decode(encode(x)) == x``).
It must not know which values are sent, nor any server.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import botocore.parsers
from botocore.awsrequest import HeadersDict
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from aws_model import operation as operation_model

CONTENT_TYPE = {
    "ec2": "text/xml;charset=UTF-8",
    "query": "text/xml",
    "rest-xml": "text/xml",
    "rest-json": "application/json",
    "json": "application/x-amz-json-1.1",
    "smithy-rpc-v2-cbor": "application/cbor",
}


def encode(
    service: str, action: str, protocol: str, value: Mapping[str, Any], request_id: str
) -> tuple[dict[str, str], bytes]:
    """Headers and body of the answer of an operation that carries ``value``, named as in the model."""
    model = operation_model(service, action)
    headers = {"Content-Type": CONTENT_TYPE[protocol], "x-amzn-RequestId": request_id}
    if protocol == "smithy-rpc-v2-cbor":
        headers["smithy-protocol"] = "rpc-v2-cbor"
        return headers, _cbor_shape(model.output_shape, value)
    shape = model.output_shape
    if protocol in ("rest-json", "rest-xml"):
        headers.update(_in_headers(shape, value))
    if protocol in ("rest-json", "json"):
        return headers, json.dumps(_json(shape, value, "unixtimestamp"), ensure_ascii=False).encode()
    return headers, _xml_document(model, protocol, value, request_id)


def decode(service: str, action: str, protocol: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """What botocore makes of an answer, without its metadata."""
    parser = botocore.parsers.create_parser(protocol)
    answer = {"status_code": 200, "headers": HeadersDict(headers), "body": body}
    value: dict[str, Any] = parser.parse(answer, operation_model(service, action).output_shape)
    value.pop("ResponseMetadata", None)
    return value


def encode_error(service: str, protocol: str, code: str, message: str, request_id: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of an error, as the services send them in each protocol."""
    headers = {"Content-Type": CONTENT_TYPE[protocol], "x-amzn-RequestId": request_id}
    if protocol == "smithy-rpc-v2-cbor":
        headers["smithy-protocol"] = "rpc-v2-cbor"
        return headers, cbor({"__type": f"com.amazonaws.{service}#{code}", "message": message})
    if protocol in ("rest-json", "json"):
        headers["x-amzn-ErrorType"] = code
        return headers, json.dumps({"__type": code, "message": message}).encode()
    code, message = _text(code), _text(message)
    if protocol == "ec2":
        inner = f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        return headers, _declared(f"<Response>{inner}<RequestID>{request_id}</RequestID></Response>")
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return headers, _declared(f"<ErrorResponse>{inner}<RequestId>{request_id}</RequestId></ErrorResponse>")


def with_strangers(service: str, action: str, protocol: str, body: bytes) -> bytes:
    """The same answer as a later version of the service might send it: with members that no model knows yet.

    In JSON members that are not set are null besides. CBOR stays as it is.
    """
    if protocol in ("rest-json", "json"):
        return json.dumps(_strange(operation_model(service, action).output_shape, json.loads(body))).encode()
    if protocol == "smithy-rpc-v2-cbor":
        return body
    item = f"<{STRANGER}><item><deep>1</deep></item></{STRANGER}>".encode()
    return re.sub(rb"<(item|member)>(?=<[^/])", lambda found: found[0] + item, body)


#: The name of a member that no model knows.
STRANGER = "aNewField"


def _strange(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        known = {of.serialization.get("name", name): of for name, of in shape.members.items()}
        if getattr(shape, "is_tagged_union", False):
            return {name: _strange(known[name], inner) for name, inner in value.items()}
        whole = {name: _strange(of, value[name]) if name in value else None for name, of in known.items()}
        return {STRANGER: {"deep": [1, {"x": None}], "text": "<&>"}, **whole}
    if isinstance(shape, ListShape):
        return [_strange(shape.member, one) for one in value]
    if isinstance(shape, MapShape):
        return {key: _strange(shape.value, inner) for key, inner in value.items()}
    return value


# Timestamps.


def _instant(shape: Shape, value: datetime, default: str) -> str | int | float:
    form = shape.serialization.get("timestampFormat", default).lower()
    if form == "unixtimestamp":
        seconds = value.timestamp()
        return int(seconds) if seconds.is_integer() else seconds
    if form == "rfc822":
        return format_datetime(value.astimezone(timezone.utc), usegmt=True)
    utc = value.astimezone(timezone.utc)
    spec = "microseconds" if utc.microsecond % 1000 else "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=spec).replace("+00:00", "Z")


# XML: ec2, query and rest-xml.


def _declared(text: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()


def _xml_document(model: OperationModel, protocol: str, value: Mapping[str, Any], request_id: str) -> bytes:
    shape = model.output_shape
    space = model.service_model.metadata.get("xmlNamespace") or (shape.serialization.get("xmlNamespace", {}) or {}).get(
        "uri"
    )
    if protocol == "ec2":
        space = f"http://ec2.amazonaws.com/doc/{model.service_model.api_version}/"
    attribute = f" xmlns={quoteattr(space)}" if space else ""
    name = model.name + "Response"
    inner = _xml_members(shape, value)
    if protocol == "ec2":
        inner = f"<requestId>{request_id}</requestId>{inner}"
    elif protocol == "query":
        wrapper = shape.serialization.get("resultWrapper", model.name + "Result")
        tail = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        inner = f"<{wrapper}>{inner}</{wrapper}>{tail}"
    else:
        name = shape.serialization.get("name", shape.name)
        payload = shape.serialization.get("payload")
        if payload:
            name, inner = (
                shape.members[payload].serialization.get("name", payload),
                _xml(shape.members[payload], value[payload]),
            )
    return _declared(f"<{name}{attribute}>{inner}</{name}>")


def _xml_members(shape: StructureShape, value: Mapping[str, Any]) -> str:
    return "".join(
        _xml_member(of, of.serialization.get("name", name), value[name])
        for name, of in shape.members.items()
        if value.get(name) is not None and "location" not in of.serialization
    )


def _xml_member(shape: Shape, name: str, value: Any) -> str:
    """A member of a structure: one element, or several where a list or map is flattened."""
    if not shape.serialization.get("flattened"):
        return f"<{name}>{_xml(shape, value)}</{name}>"
    if not value:
        raise ValueError(f"{name}: a flattened list cannot be sent empty")
    if isinstance(shape, MapShape):
        return "".join(f"<{name}>{pair}</{name}>" for pair in _xml_pairs(shape, value))
    name = shape.member.serialization.get("name", name)
    return "".join(f"<{name}>{_xml(shape.member, item)}</{name}>" for item in value)


def _xml_pairs(shape: MapShape, value: Mapping[str, Any]) -> list[str]:
    key = shape.key.serialization.get("name", "key")
    of = shape.value.serialization.get("name", "value")
    return [f"<{key}>{_xml(shape.key, k)}</{key}><{of}>{_xml(shape.value, v)}</{of}>" for k, v in value.items()]


def _xml(shape: Shape, value: Any) -> str:
    """What is inside the element of a value."""
    if isinstance(shape, StructureShape):
        return _xml_members(shape, value)
    if isinstance(shape, ListShape):
        name = shape.member.serialization.get("name", "member")
        return "".join(f"<{name}>{_xml(shape.member, item)}</{name}>" for item in value)
    if isinstance(shape, MapShape):
        return "".join(f"<entry>{pair}</entry>" for pair in _xml_pairs(shape, value))
    if shape.type_name == "timestamp":
        return str(_instant(shape, value, "iso8601"))
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return _text(repr(value) if shape.type_name in ("float", "double") else str(value))


def _text(value: str) -> str:
    """Text of an element. A carriage return must be a reference: parsers turn a bare one into a newline."""
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        value = value.replace(plain, written)
    return value


# JSON: rest-json and json.


def _json(shape: Shape, value: Any, default: str) -> Any:
    if isinstance(shape, StructureShape):
        if getattr(shape, "is_document_type", False):
            return value
        return {
            of.serialization.get("name", name): _json(of, value[name], default)
            for name, of in shape.members.items()
            if value.get(name) is not None and "location" not in of.serialization
        }
    if isinstance(shape, ListShape):
        return [_json(shape.member, item, default) for item in value]
    if isinstance(shape, MapShape):
        return {key: _json(shape.value, item, default) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return _instant(shape, value, default)
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value


def _in_headers(shape: StructureShape, value: Mapping[str, Any]) -> dict[str, str]:
    headers = {}
    for name, of in shape.members.items():
        if of.serialization.get("location") == "header" and value.get(name) is not None:
            text = _instant(of, value[name], "rfc822") if of.type_name == "timestamp" else value[name]
            headers[of.serialization.get("name", name)] = str(text)
    return headers


# CBOR: smithy-rpc-v2-cbor, RFC 8949.


def _cbor_shape(shape: Shape, value: Any) -> bytes:
    return cbor(_json_instants(shape, value))


class _Instant(float):
    """Seconds since 1970 that are written with tag 1."""


def _json_instants(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return {n: _json_instants(of, value[n]) for n, of in shape.members.items() if value.get(n) is not None}
    if isinstance(shape, ListShape):
        return [_json_instants(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _json_instants(shape.value, item) for key, item in value.items()}
    if shape.type_name in ("float", "double"):
        return float(value)
    return _Instant(value.timestamp()) if shape.type_name == "timestamp" else value


def _cbor_head(major: int, number: int) -> bytes:
    for info, form, limit in ((0, "", 24), (24, ">B", 1 << 8), (25, ">H", 1 << 16), (26, ">I", 1 << 32)):
        if number < limit:
            return bytes([major << 5 | (info or number)]) + (struct.pack(form, number) if form else b"")
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)


def cbor(value: Any) -> bytes:
    """A value as CBOR; maps and lists of definite length."""
    if isinstance(value, _Instant):
        whole = int(value) if value.is_integer() else None
        return _cbor_head(6, 1) + (cbor(whole) if whole is not None else cbor(float(value)))
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _cbor_head(0, value) if value >= 0 else _cbor_head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return _cbor_head(2, len(value)) + value
    if isinstance(value, str):
        raw = value.encode()
        return _cbor_head(3, len(raw)) + raw
    if isinstance(value, (list, tuple)):
        return _cbor_head(4, len(value)) + b"".join(map(cbor, value))
    return _cbor_head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())
