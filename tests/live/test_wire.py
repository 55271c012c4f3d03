"""The encoder proves itself: botocore reads every sample back as it was.

It may use the models, the samples and the encoder.
It must not need the program under test, nor any network.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

import aws_model
import samples
import wire

#: What `plaudit collect aws --everything` asks for, written down so that this test needs no program.
OPERATIONS = [
    tuple(line.split()) for line in (Path(__file__).parent / "operations.txt").read_text().splitlines() if line.strip()
]


def protocols(service: str) -> list[str]:
    """The protocols that clients of a service may choose."""
    known = aws_model.service(service).metadata.get("protocols", [aws_model.service(service).protocol])
    return [protocol for protocol in known if protocol in wire.CONTENT_TYPE]


def fields(shape: Shape, path: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every path of a field of a shape, recursion cut where the samples cut it."""
    if isinstance(shape, StructureShape):
        if shape.name not in above:
            for name, of in shape.members.items():
                yield f"{path}.{name}"
                yield from fields(of, f"{path}.{name}", (*above, shape.name))
    elif isinstance(shape, ListShape):
        yield from fields(shape.member, f"{path}[]", above)
    elif isinstance(shape, MapShape):
        yield from fields(shape.value, f"{path}{{}}", above)


def set_fields(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Every path of a field that a value has."""
    if isinstance(shape, StructureShape):
        for name, inner in value.items():
            yield f"{path}.{name}"
            yield from set_fields(shape.members[name], inner, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from set_fields(shape.member, inner, f"{path}[]")
    elif isinstance(shape, MapShape):
        for inner in value.values():
            yield from set_fields(shape.value, inner, f"{path}{{}}")


@pytest.mark.parametrize("service,action", OPERATIONS)
def test_botocore_reads_every_sample_back(service: str, action: str) -> None:
    for protocol in protocols(service):
        for variant in range(4):
            value = samples.sample(service, action, variant)
            headers, body = wire.encode(service, action, protocol, value, "request-1")
            assert wire.decode(service, action, protocol, headers, body) == value, protocol


@pytest.mark.parametrize("service,action", OPERATIONS)
def test_every_field_is_set(service: str, action: str) -> None:
    shape = aws_model.operation(service, action).output_shape
    seen: set[str] = set()
    for variant in range(4):
        seen.update(set_fields(shape, samples.sample(service, action, variant)))
    assert sorted(set(fields(shape)) - seen) == []


@pytest.mark.parametrize("service", sorted({service for service, _ in OPERATIONS}))
def test_botocore_reads_errors(service: str) -> None:
    import botocore.parsers
    from botocore.awsrequest import HeadersDict

    for protocol in protocols(service):
        headers, body = wire.encode_error(service, protocol, "Throttling", 'a <slow> & "busy" day', "request-2")
        answer = {"status_code": 400, "headers": HeadersDict(headers), "body": body}
        action = next(a for s, a in OPERATIONS if s == service)
        read = botocore.parsers.create_parser(protocol).parse(answer, aws_model.operation(service, action).output_shape)
        assert read["Error"]["Code"] == "Throttling", protocol
        assert read["Error"]["Message"] == 'a <slow> & "busy" day', protocol
