"""Writes members.json: the members of EC2's shapes of network insights, with their types.

Run with the botocore that awscli pins (tests/live/requirements.txt):

    python3 tests/integration/analyzer/generate.py > tests/integration/analyzer/members.json
"""

import json
import sys

import botocore
import botocore.loaders

ROOTS = ["DescribeNetworkInsightsAnalysesResult", "DescribeNetworkInsightsPathsResult"]


def type_of(shapes, name):
    """Name of a structure, name of a scalar type, or a list of either."""
    shape = shapes[name]
    if shape["type"] == "list":
        return [type_of(shapes, shape["member"]["shape"])]
    return name if shape["type"] == "structure" else shape["type"]


def main():
    """Follows members from the two answers."""
    model = botocore.loaders.Loader().load_service_model("ec2", "service-2")
    shapes = model["shapes"]
    found = {}
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        shape = shapes[name]
        if shape["type"] == "list":
            waiting.append(shape["member"]["shape"])
        elif shape["type"] == "structure" and name not in found:
            members = shape["members"]
            found[name] = {key: type_of(shapes, member["shape"]) for key, member in members.items()}
            waiting.extend(member["shape"] for member in members.values())
    document = {"botocore": botocore.__version__, "shapes": dict(sorted(found.items()))}
    json.dump(document, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
