#!/usr/bin/env python3
"""Writes the shapes of the answers that the collector reads, one file a service.

    python3 src/collect/live/shapes/generate.py

Needs botocore, whose models say under which name a field is on the wire and what
it holds; the names in the files here are the AWS CLI's. The operations are those
of src/collect/aws/table.rs. Run it when the table grows or AWS adds fields, and
commit what it writes.

A file is {"protocol", "operations": {name: shape}, "shapes": {shape: {field: [wire name, type]}}}.
A type is one letter (s text, i whole number, f number, b truth value, t time, B bytes),
the name of a shape, {"list": type, "item": wire name or null if the list has no wrapper},
or {"map": type, "entry": wire name or null, "key": wire name, "value": wire name}.
"""
import json
import pathlib
import re
import sys

import botocore
import botocore.session

HERE = pathlib.Path(__file__).parent
TABLE = HERE.parent.parent / "aws" / "table.rs"
MODELS = {
    "CloudWatch": ("cloudwatch", "cloudwatch"),
    "Ec2": ("ec2", "ec2"),
    "ElastiCache": ("elasticache", "elasticache"),
    "ElasticLoadBalancing": ("elasticloadbalancing", "elbv2"),
    "Organizations": ("organizations", "organizations"),
    "Ram": ("ram", "ram"),
    "Route53": ("route53", "route53"),
    "Route53Profiles": ("route53profiles", "route53profiles"),
    "Route53Resolver": ("route53resolver", "route53resolver"),
    "Sts": ("sts", "sts"),
    "VpcLattice": ("vpc-lattice", "vpc-lattice"),
}
SCALARS = {
    "string": "s", "character": "s", "integer": "i", "long": "i", "float": "f",
    "double": "f", "boolean": "b", "timestamp": "t", "blob": "B",
}


class Service:
    """The shapes of one service that its operations need."""

    def __init__(self, model):
        self.model = model
        self.json = model.metadata["protocol"] in ("json", "rest-json", "smithy-rpc-v2-cbor")
        self.shapes = {}

    def type_of(self, shape):
        if shape.type_name in SCALARS:
            return SCALARS[shape.type_name]
        if shape.type_name == "list":
            item = shape.member.serialization.get("name", "member")
            flat = shape.serialization.get("flattened")
            return {"list": self.type_of(shape.member), "item": None if flat else item}
        if shape.type_name == "map":
            flat = shape.serialization.get("flattened")
            return {
                "map": self.type_of(shape.value),
                "entry": None if flat else "entry",
                "key": shape.key.serialization.get("name", "key"),
                "value": shape.value.serialization.get("name", "value"),
            }
        if shape.name not in self.shapes:
            self.shapes[shape.name] = {}
            self.shapes[shape.name].update(self.fields(shape))
        return shape.name

    def fields(self, shape):
        for name, member in shape.members.items():
            if member.serialization.get("location") in ("header", "headers", "statusCode"):
                continue
            wire = member.serialization.get("name", name)
            if member.type_name == "list" and member.serialization.get("flattened") and not self.json:
                wire = member.member.serialization.get("name", wire)
            yield name, [wire, self.type_of(member)]


def main():
    table = TABLE.read_text()
    wanted = {}
    for service, name in re.findall(r"Operation::(?:list|single)\(\s*(\w+),\s*\"(\w+)\"", table):
        wanted.setdefault(service, set()).add(name)
    session = botocore.session.get_session()
    for service, names in sorted(wanted.items()):
        file, model_name = MODELS[service]
        model = session.get_service_model(model_name)
        shapes = Service(model)
        operations = {}
        for name in sorted(names):
            output = model.operation_model(name).output_shape
            operations[name] = shapes.type_of(output)
        document = {
            "from": f"botocore {botocore.__version__}, {model.api_version}",
            "operations": operations,
            "shapes": dict(sorted(shapes.shapes.items())),
        }
        lines = ["{", f' "from": {json.dumps(document["from"])},', ' "operations": {']
        lines.append(",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in operations.items()))
        lines += [" },", ' "shapes": {']
        lines.append(",\n".join(f"  {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in document["shapes"].items()))
        lines += [" }", "}", ""]
        (HERE / f"{file}.json").write_text("\n".join(lines))
        print(f"{file}: {len(operations)} operations, {len(shapes.shapes)} shapes", file=sys.stderr)


if __name__ == "__main__":
    main()
