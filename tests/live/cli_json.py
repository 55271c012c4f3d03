"""What the AWS CLI prints for an answer, and how two such documents differ.

It may use botocore's models.
It must not know where the documents come from.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from aws_model import operation as operation_model
from aws_model import paging

#: Secrets that must be replaced before anything is written, by name of their field.
REDACTED = "(redacted)"
SECRETS = {"CustomerGatewayConfiguration", "PreSharedKey", "ClientSecret", "AuthToken", "authKey"}
#: Members that only serve to go on with a list. The AWS CLI does not print them when it has merged all pages.
CURSORS = {"NextToken", "nextToken", "Marker", "NextMarker", "NextRecordName", "NextRecordType", "NextRecordIdentifier"}
#: Members that tell about one page. The AWS CLI prints them for some calls and not for others.
PAGE_FACTS = {"IsTruncated", "MaxItems", "MaxResults", "AdditionalRoutesAvailable"}


def merge(service: str, action: str, pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All pages of one question as one value: lists joined, the rest from the first page, cursors dropped."""
    of = paging(service, action)
    merged = dict(pages[0])
    for page in pages[1:]:
        for name in of.lists if of else ():
            if name in page:
                merged[name] = [*merged.get(name, []), *page[name]]
    return {name: value for name, value in merged.items() if of is None or name not in CURSORS | PAGE_FACTS}


def document(service: str, action: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A value of the model as JSON of the AWS CLI, timestamps in ISO 8601, secrets replaced."""
    return dict(_json(operation_model(service, action).output_shape, value, ""))


def _json(shape: Shape, value: Any, name: str) -> Any:
    if isinstance(shape, StructureShape):
        return {
            member: _json(shape.members[member], inner, member)
            for member, inner in value.items()
            if member in shape.members
        }
    if isinstance(shape, ListShape):
        return [_json(shape.member, inner, name) for inner in value]
    if isinstance(shape, MapShape):
        return {key: _json(shape.value, inner, name) for key, inner in value.items()}
    if shape.type_name == "timestamp":
        return value.isoformat()
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return REDACTED if name in SECRETS and value else value


_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")


def instant(text: Any) -> datetime | None:
    """The time that a text tells in ISO 8601; None where it is no time."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    # Python before 3.11 reads neither `Z` nor fractions of other than three or six digits.
    whole = re.sub(r"\.(\d+)", lambda found: "." + (found[1] + "000000")[:6], text.replace("Z", "+00:00"))
    return datetime.fromisoformat(whole).astimezone(timezone.utc)


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Every place where two documents differ, as lines that say what was expected and what was found."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted({*expected, *found}):
            if name not in found:
                yield f"{path}.{name}: missing, expected {expected[name]!r:.200}"
            elif name not in expected:
                yield f"{path}.{name}: not expected, found {found[name]!r:.200}"
            else:
                yield from differences(expected[name], found[name], f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path}: {len(expected)} items expected, {len(found)} found"
        for number, (one, other) in enumerate(zip(expected, found)):
            yield from differences(one, other, f"{path}[{number}]")
    elif not _same(expected, found):
        yield f"{path}: expected {expected!r:.200}, found {found!r:.200}"


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)):
        return expected == found
    if expected == found:
        return True
    one, other = instant(expected), instant(found)
    # Seconds that travel as a binary fraction are exact to a millisecond.
    return one is not None and other is not None and abs((one - other).total_seconds()) < 0.001
