"""Answers in which every field of the model is set, for any operation.

It may use botocore's models; the same arguments give the same value.
It must not know how a value is sent, nor what the program under test does with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from aws_model import operation as operation_model

#: What texts look like besides plain ones. Each of them has broken some reader of XML or JSON.
HOSTILE = (
    "{} plain",
    "{} <b>&amp; \"quoted\" 'twice' ]]>",
    "{} Zürich – 東京 \U0001f512 e\u0301",
    "",
    "{} \\052.back\\slash %2F +plus",
    "  {} spaces around  ",
    "{} line\none\ttab",
    "true",
    "-1",
    "null",
)
#: Fields, in lower case, whose values must never reach a file; and how all of these values begin.
SECRETS = {"customergatewayconfiguration", "presharedkey", "clientsecret", "authkey", "authtoken"}
SECRET_MARK = "secret-of-the-sample-"
INTEGERS = (0, 1, -1, 65535, 2**31 - 1, -(2**31))
LONGS = (0, 7, -(2**40), 2**53 + 1, 2**63 - 1)
FLOATS = (1.5, 0.0, -2.25, 1e-7, 123456789.125)

#: Prefixes of identifiers by the name of their field, where readers look at them.
_PREFIX = {
    "vpcid": "vpc-",
    "subnetid": "subnet-",
    "groupid": "sg-",
    "networkaclid": "acl-",
    "routetableid": "rtb-",
    "vpcendpointid": "vpce-",
    "networkinterfaceid": "eni-",
    "prefixlistid": "pl-",
    "serviceid": "vpce-svc-",
    "transitgatewayid": "tgw-",
    "transitgatewayroutetableid": "tgw-rtb-",
    "transitgatewayattachmentid": "tgw-attach-",
    "vpnconnectionid": "vpn-",
    "vpngatewayid": "vgw-",
    "customergatewayid": "cgw-",
    "instanceid": "i-",
    "internetgatewayid": "igw-",
    "natgatewayid": "nat-",
    "dhcpoptionsid": "dopt-",
    "flowlogid": "fl-",
    "vpcpeeringconnectionid": "pcx-",
    "securitygroupruleid": "sgr-",
    "egressonlyinternetgatewayid": "eigw-",
}
_ACCOUNT = "111122223333"
_REGION = "us-east-1"


#: Identifiers that must not lead out of a folder, nor meet one another in it.
HOSTILE_IDS = (
    "../../../up-{}",
    "a/b/{}",
    "CON",
    "..",
    "%2e%2e%2f{}",
    "back\\slash-{}",
    "\u202eevil-{}",
    "x" * 300 + "-{}",
    "x" * 300 + "-{}-",
    "-rf {} $(id) `id` 'q' \"q\"",
    "a:b*c?d<e>f|{}",
)


def sample(
    service: str, action: str, variant: int = 0, seed: str = "", count: int = 2, hostile_ids: bool = False
) -> dict[str, Any]:
    """An answer with every field set.

    ``variant`` chooses among alternatives (members of unions, enum values), ``seed`` makes the answers to different
    questions differ, ``count`` is the number of items of each list at the top.
    """
    shape = operation_model(service, action).output_shape
    return _Maker(service, seed or action, HOSTILE_IDS if hostile_ids else ()).structure(
        shape, action, variant, count, ()
    )


class _Maker:
    """Walks a shape. The number of values made so far varies what comes next, so that neighbours differ."""

    def __init__(self, service: str, seed: str, ids: tuple[str, ...]) -> None:
        self.service = service
        self.ids = ids
        self.seed = seed
        self.made = 0

    def value(self, shape: Shape, name: str, variant: int, above: tuple[str, ...], count: int = 2) -> Any:
        self.made += 1
        if isinstance(shape, StructureShape):
            return self.structure(shape, name, variant, 2, above)
        if isinstance(shape, ListShape):
            return self.list(shape, name, variant, count, above)
        if isinstance(shape, MapShape):
            keys = [f"{name}-{n}" for n in range(2)] if not getattr(shape.key, "enum", None) else shape.key.enum[:2]
            return {key: self.value(shape.value, "value", n, above) for n, key in enumerate(keys)}
        return self.scalar(shape, name, variant)

    def structure(
        self, shape: StructureShape, name: str, variant: int, count: int, above: tuple[str, ...]
    ) -> dict[str, Any]:
        if shape.name in above:
            return {}
        above = (*above, shape.name)
        members = dict(shape.members)
        if getattr(shape, "is_tagged_union", False):
            chosen = list(members)[variant % len(members)]
            members = {chosen: members[chosen]}
        return {member: self.value(of, member, variant, above, count) for member, of in members.items()}

    def list(self, shape: ListShape, name: str, variant: int, count: int, above: tuple[str, ...]) -> list[Any]:
        # Inside a second item lists are empty now and then; a flattened one cannot be sent so.
        inside = len(above) > 1
        if inside and variant % 2 == 1 and self.made % 3 == 0 and not shape.serialization.get("flattened"):
            return []
        many = max(count, _arity(shape.member, above))
        return [
            self.value(shape.member, name.rstrip("s") if name.endswith("s") else name, n, above) for n in range(many)
        ]

    def scalar(self, shape: Shape, name: str, variant: int) -> Any:
        turn = self.made + variant
        kind = shape.type_name
        if kind == "boolean":
            return turn % 3 != 0
        if kind == "integer":
            return INTEGERS[turn % len(INTEGERS)]
        if kind == "long":
            return LONGS[turn % len(LONGS)]
        if kind in ("float", "double"):
            return FLOATS[turn % len(FLOATS)]
        if kind == "timestamp":
            return datetime(2026, 1, 2, 3, 4, 5, (0, 123000, 5000)[turn % 3], timezone.utc) + timedelta(hours=turn)
        if kind == "blob":
            return b"\x00\xff" + name.encode()
        return self.text(shape, name, turn)

    def text(self, shape: Shape, name: str, turn: int) -> str:
        if getattr(shape, "enum", None):
            # Now and then a value that no model has yet: services add some before clients know them.
            return "a-new-value" if turn % 7 == 0 else shape.enum[turn % len(shape.enum)]
        lower = name.lower()
        if lower == "maxitems":
            # A number that Route 53 writes as text; clients read it as one.
            return "100"
        if lower in SECRETS:
            return f"{SECRET_MARK}{self.made}"
        digest = hashlib.sha256(f"{self.seed}/{name}/{self.made}".encode()).hexdigest()
        if lower in (
            "ownerid",
            "account",
            "awsaccountid",
            "owneraccountid",
            "accountid",
            "vpcendpointowner",
            "vpcowner",
        ):
            return _ACCOUNT
        if lower in ("regionname", "region", "vpcregion"):
            return _REGION
        if self.ids and lower.endswith(("id", "ids", "arn", "identifier")):
            return self.ids[turn % len(self.ids)].format(digest[:8])
        if lower in _PREFIX:
            return _PREFIX[lower] + digest[:17]
        if lower.endswith("arn"):
            return f"arn:aws:{self.service}:{_REGION}:{_ACCOUNT}:thing/{digest[:17]}"
        if lower == "id" and self.service == "route53":
            return f"/hostedzone/Z{digest[:13].upper()}"
        if lower in ("id", "identifier") or lower.endswith(("id", "ids", "identifier")):
            return f"{lower}-{digest[:17]}"
        # Names serve as keys now and then, and must differ from one another.
        texts = [text for text in HOSTILE if "{}" in text] if lower.endswith("name") else HOSTILE
        return texts[turn % len(texts)].format(f"{name}{self.made}")


def _arity(shape: Shape, above: tuple[str, ...]) -> int:
    """How many items a list needs so that each member of the unions in it is sent once."""
    if isinstance(shape, StructureShape) and shape.name not in above:
        own = len(shape.members) if getattr(shape, "is_tagged_union", False) else 1
        inner: Mapping[str, Shape] = shape.members
        return max(
            [own, *(_arity(of, (*above, shape.name)) for of in inner.values() if isinstance(of, StructureShape))]
        )
    return 1


#: Members without which a client cannot ask its next question.
_NEEDED = (
    "id",
    "ids",
    "arn",
    "type",
    "identifier",
    "regionname",
    "config",
    "privatezone",
    "account",
    "tokens",
    "protocol",
)


def sparse(shape: Shape, value: Any, top: bool = True) -> Any:
    """The same with about half of the members gone, and some lists empty."""
    if isinstance(shape, StructureShape):
        union = getattr(shape, "is_tagged_union", False)
        return {
            name: sparse(shape.members[name], inner, False)
            for name, inner in value.items()
            if top or union or name.lower().endswith(_NEEDED) or len(name) % 2
        }
    if isinstance(shape, ListShape):
        can_be_empty = not top and not shape.serialization.get("flattened")
        if can_be_empty and len(shape.name) % 3 == 0:
            return []
        return [sparse(shape.member, one, False) for one in value]
    if isinstance(shape, MapShape):
        return {key: sparse(shape.value, inner, False) for key, inner in value.items()}
    return value
