"""What the script of `plaudit collect aws --script` makes of what the AWS CLI prints.

It may use the program's script, every shell and awk of the machine, a false AWS CLI, and the real one before the proxy.
It must not need the feature `live`: scripts are for people who may not run the program.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import estate
import overlay
import program
from false_aws import ACCOUNT, ARN, FalseAws
from proxy import Fault, Proxy
from test_collect import dumped, items

pytestmark = pytest.mark.usefixtures("auditor")

SHELLS = [["dash"], ["bash", "--posix"], ["bash"], ["busybox", "ash"], ["mksh"], ["ksh"], ["zsh", "--emulate", "sh"]]
AWKS = ["mawk", "gawk", "gawk --posix", "original-awk", "busybox awk"]
HERE = f"aws/{ACCOUNT}/eu-west-1"
GLOBAL = f"aws/{ACCOUNT}/global"
SECRET = "sunken-treasure"


def there(command: list[str]) -> bool:
    return shutil.which(command[0]) is not None


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script that asks everything, where it is configured."""
    return written(tmp_path_factory.mktemp("script") / "collect.sh")


def written(path: Path, *arguments: str) -> Path:
    run = program.run("collect", "aws", "--script", "--everything", *arguments)
    assert run.code == 0, str(run)
    path.write_text(run.out)
    return path


@pytest.fixture
def aws(tmp_path: Path) -> FalseAws:
    return FalseAws(tmp_path / "false")


def run(
    aws: FalseAws, script: Path, out: Path, shell: list[str] | None = None, awk: str = "awk", **more: str
) -> tuple[int, str]:
    process = aws.start(shell or ["sh"], awk, script, str(out), **more)
    said, complaints = process.communicate(timeout=300)
    return process.returncode, said + complaints


def clean(snapshot: program.Snapshot) -> None:
    """What is true of every folder: digests are right, nothing is left over, no line lacks its words."""
    assert list(snapshot.problems()) == []
    assert not list(snapshot.folder.glob(".*"))
    for line in snapshot.ledger:
        assert line["account"] == ACCOUNT and line["principal_arn"] == ARN
        assert line["region"] == ("global" if line["service"] in ("route53", "sts") else "eu-west-1")
    assert snapshot.manifest["tool"]["name"] == "plaudit-script"
    assert snapshot.manifest["complete"] is all(line["outcome"] in program.GOOD for line in snapshot.ledger)


def lines(snapshot: program.Snapshot, operation: str) -> list[dict[str, Any]]:
    return [line for line in snapshot.ledger if line["operation"] == operation]


def answer(snapshot: program.Snapshot, name: str) -> Any:
    return json.loads((snapshot.folder / name).read_text())


def fill(aws: FalseAws) -> None:
    """Answers with one of everything that is hard."""
    aws.answer(
        "ec2 describe-vpcs",
        {
            "Vpcs": [
                {"VpcId": "vpc-2", "Tags": [{"Key": "Name", "Value": 'a "quoted\\", name\n        }, é\u2028 \\'}]},
                {"VpcId": "vpc-1", "Tags": [{"Key": 'VpcId": "vpc-9', "Value": '"VpcId": "vpc-9"'}]},
                {"VpcId": "vpc-1"},
            ]
        },
    )
    aws.answer("ec2 describe-vpc-attribute", {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}})
    endpoints = [
        ("vpce-1", "Interface", ["subnet-1"]),
        ("vpce-2", "gatewayloadbalancer", []),
        ("vpce-3", "RESOURCE", ["subnet-3", "subnet-2"]),
        ("vpce-4", "Gateway", None),
    ]
    aws.answer(
        "ec2 describe-vpc-endpoints",
        {
            "VpcEndpoints": [
                {
                    "VpcEndpointId": name,
                    "VpcEndpointType": kind,
                    "VpcId": "vpc-1",
                    "ServiceName": 'com.amazonaws.vpce."x"',
                    **({} if subnets is None else {"SubnetIds": subnets}),
                }
                for name, kind, subnets in endpoints
            ]
        },
    )
    # Pages that the AWS CLI does not turn.
    page = {"SubnetIpv4CidrReservations": [{"SubnetCidrReservationId": "scr-1"}], "SubnetIpv6CidrReservations": []}
    aws.answer("ec2 get-subnet-cidr-reservations", {**page, "NextToken": "a+/="})
    last = {"SubnetIpv6CidrReservations": [{"SubnetCidrReservationId": "scr-6"}], "Other": {"a": [1]}}
    (aws.folder / "ec2.get-subnet-cidr-reservations.a+").mkdir()
    (aws.folder / "ec2.get-subnet-cidr-reservations.a+" / "=.json").write_text(json.dumps(last, indent=4))
    aws.answer(
        "ec2 describe-vpn-connections",
        {
            "VpnConnections": [
                {
                    "VpnConnectionId": "vpn-1",
                    "CustomerGatewayConfiguration": f'<x>"{SECRET}\\"</x>\n',
                    "Options": {"TunnelOptions": [{"PreSharedKey": f'\\", "{SECRET}'}, {"PreSharedKey": ""}]},
                    "Tags": [
                        {"Key": "db_Password", "Value": SECRET},
                        {"Value": SECRET, "Key": "api-key"},
                        {"Key": "Name", "Value": "password"},
                        {"Key": "note", "Value": f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}"},
                    ],
                    "accessKeys": {"one": SECRET, "many": [SECRET, 7, True]},
                    "State": "available",
                }
            ]
        },
    )
    zones = [
        {"Id": "/hostedzone/Z2", "Config": {"PrivateZone": True}},
        {"Id": "/hostedzone/Z1", "Config": {"Comment": '"PrivateZone": true', "PrivateZone": False}},
    ]
    aws.answer("route53 list-hosted-zones", {"HostedZones": zones})
    arn = f"arn:aws:vpc-lattice:eu-west-1:{ACCOUNT}:servicenetwork/sn-1"
    other = "arn:aws:vpc-lattice:eu-west-1:999988887777:servicenetwork/sn-2"
    aws.answer("vpc-lattice list-service-networks", {"items": [{"arn": arn}, {"arn": other}]})
    balancer = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer"
    balancers = [(f"{balancer}/app/{at:02}/a", "application") for at in range(22)]
    balancers.append((f"{balancer}/net/{'x/' * 40}b", "NETWORK"))
    aws.answer(
        "elbv2 describe-load-balancers",
        {"LoadBalancers": [{"LoadBalancerArn": name, "Type": kind} for name, kind in balancers]},
    )


def check(aws: FalseAws, snapshot: program.Snapshot) -> None:
    """What is right for the answers of `fill`."""
    clean(snapshot)
    assert [line for line in snapshot.ledger if line["outcome"] not in program.GOOD] == []
    folder = snapshot.folder
    # What is asked about what was listed: each once, in order, names as in the program.
    attributes = sorted(path.name for path in (folder / HERE / "ec2.DescribeVpcAttribute").iterdir())
    kinds = ("enableDnsHostnames", "enableDnsSupport")
    assert attributes == [f"vpc-{at}.{kind}.json" for at in (1, 2) for kind in kinds]
    assert lines(snapshot, "DescribeVpcAttribute")[0]["params"] == {
        "VpcId": "vpc-1",
        "Attribute": "enableDnsHostnames",
    }
    assert (folder / GLOBAL / "route53.ListHostedZonesByVPC" / "vpc-1.json").is_file()
    assert lines(snapshot, "ListHostedZonesByVPC")[0]["params"] == {"VPCId": "vpc-1", "VPCRegion": "eu-west-1"}
    assert [line["parent"] for line in lines(snapshot, "GetHostedZone")] == ["Z2"]
    assert [line["parent"] for line in lines(snapshot, "ListResourceRecordSets")] == ["Z1", "Z2"]
    networks = lines(snapshot, "GetServiceNetwork")
    assert [line["parent"] for line in networks] == ["sn-1", "sn-2"]
    assert networks[0]["params"] == {"serviceNetworkIdentifier": "sn-1"}
    assert networks[1]["params"]["serviceNetworkIdentifier"].startswith("arn:aws:vpc-lattice:eu-west-1:999988887777:")
    assert [line["parent"] for line in lines(snapshot, "ListServiceNetworkVpcEndpointAssociations")] == ["sn-1"]
    # Twenty in a call, then the rest; and a name that is too long for a file.
    assert [len(line["parents"]) for line in lines(snapshot, "DescribeTags") if "parents" in line] == [20, 3]
    assert (folder / HERE / "elasticloadbalancing.DescribeTags" / "LoadBalancers-0002.json").is_file()
    (long,) = (folder / HERE / "elasticloadbalancing.DescribeListeners").iterdir()
    assert len(long.name) <= 205 and "~" in long.name and long.name.startswith("arn%3Aaws%3Aelastic")
    # Empty answers have their lists; what was never listed was answered by that.
    assert answer(snapshot, f"{HERE}/ec2.DescribeSubnets.json") == {"Subnets": []}
    (nothing,) = lines(snapshot, "GetTransitGatewayRouteTableAssociations")
    assert nothing["because"] == "DescribeTransitGatewayRouteTables lists nothing to ask about"
    assert nothing["items"] == 0 and "file" not in nothing
    # Pages become one answer.
    joined = answer(snapshot, f"{HERE}/ec2.GetSubnetCidrReservations/subnet-2.json")
    assert joined == {
        "Other": {"a": [1]},
        "SubnetIpv4CidrReservations": [{"SubnetCidrReservationId": "scr-1"}],
        "SubnetIpv6CidrReservations": [{"SubnetCidrReservationId": "scr-6"}],
    }
    pages = [line for line in lines(snapshot, "GetSubnetCidrReservations") if line["parent"] == "subnet-2"]
    assert [(line["page"], line["outcome"], line["items"]) for line in pages] == [(1, "more", 1), (2, "complete", 1)]
    assert {line["parent"] for line in lines(snapshot, "GetSubnetCidrReservations")} == {"subnet-2", "subnet-3"}
    # Secrets are gone, everything else is as it came.
    assert not [path for path in folder.rglob("*") if path.is_file() and SECRET in path.read_text()]
    counts: Counter[str] = Counter()
    for entry in snapshot.manifest["redactions"]:
        assert entry["file"] == f"{HERE}/ec2.DescribeVpnConnections.json"
        counts[entry["field"].removeprefix("VpnConnections[].")] += entry["count"]
    assert counts == {
        "CustomerGatewayConfiguration": 1,
        "Options.TunnelOptions[].PreSharedKey": 1,
        "Tags[].Value": 3,
        "accessKeys.one": 1,
        "accessKeys.many[]": 2,
    }
    (vpn,) = answer(snapshot, f"{HERE}/ec2.DescribeVpnConnections.json")["VpnConnections"]
    assert vpn["Options"]["TunnelOptions"] == [{"PreSharedKey": "(redacted)"}, {"PreSharedKey": ""}]
    assert vpn["Tags"][2] == {"Key": "Name", "Value": "password"} and vpn["accessKeys"]["many"][2] is True
    given = json.loads((aws.folder / "ec2.describe-vpcs.json").read_text())
    assert answer(snapshot, f"{HERE}/ec2.DescribeVpcs.json") == given
    # Metrics: endpoints that have some, whatever the case of their type.
    (metrics,) = lines(snapshot, "GetMetricData")
    assert metrics["parents"] == ["vpce-1", "vpce-2"]
    assert metrics["params"]["EndTime"].endswith("T00:00:00Z")


def only_reads(aws: FalseAws) -> None:
    verbs = ("describe-", "list-", "get-", "search-transit-gateway-routes")
    for asked in aws.asked():
        assert asked.split()[1].startswith(verbs), asked
        assert asked.endswith(" --output json") and " --region eu-west-1 " in asked


@pytest.mark.parametrize("shell", [pytest.param(shell, id=" ".join(shell)) for shell in SHELLS if there(shell)])
def test_every_shell_writes_the_same(shell: list[str], script: Path, aws: FalseAws, tmp_path: Path) -> None:
    fill(aws)
    code, said = run(aws, script, tmp_path / "out", shell)
    assert (code, said) == (0, "")
    check(aws, program.Snapshot(tmp_path / "out"))
    only_reads(aws)


@pytest.mark.parametrize("awk", [awk for awk in AWKS if there(awk.split())])
def test_every_awk_writes_the_same(awk: str, script: Path, aws: FalseAws, tmp_path: Path) -> None:
    fill(aws)
    code, said = run(aws, script, tmp_path / "out", ["sh"], awk)
    assert (code, said) == (0, "")
    check(aws, program.Snapshot(tmp_path / "out"))


def test_the_auditor_reads_it(script: Path, aws: FalseAws, tmp_path: Path) -> None:
    fill(aws)
    assert run(aws, script, tmp_path / "out")[0] == 0
    done = program.run("audit", "-q", "--no-config", tmp_path / "out")
    assert done.code in (0, 1, 3) and "the ledger names" not in done.out + done.err, str(done)


def test_what_does_not_look_like_an_id_is_not_asked_about(script: Path, aws: FalseAws, tmp_path: Path) -> None:
    hostile = [
        "file:///etc/passwd",
        "--debug",
        "$(touch owned)",
        "`touch owned`",
        "'; touch owned; '",
        "vpc-1\nvpc-9",
        "../../x",
        "vpc 1",
        "*",
        '{"a":1}',
        "x" * 2049,
        "é",
        "",
    ]
    aws.answer("ec2 describe-vpcs", {"Vpcs": [{"VpcId": name} for name in [*hostile, "vpc-1"]]})
    code, said = run(aws, script, tmp_path / "out")
    assert (code, said) == (3, "")
    snapshot = program.Snapshot(tmp_path / "out")
    clean(snapshot)
    only_reads(aws)
    found = [(line["outcome"], line["error_code"]) for line in lines(snapshot, "DescribeVpcAttribute")]
    assert sorted(found, key=lambda one: one[0]) == [("complete", None), ("complete", None), ("not-asked", "OddId")]
    assert not list(tmp_path.rglob("owned"))
    assert not [asked for asked in aws.asked() if "passwd" in asked or "vpc-9" in asked]
    assert answer(snapshot, f"{HERE}/ec2.DescribeVpcs.json")["Vpcs"][0] == {"VpcId": hostile[0]}


@pytest.mark.parametrize(
    "said,outcome,code,message",
    [
        (
            "An error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation: You are not.",
            "denied",
            "UnauthorizedOperation",
            "You are not.",
        ),
        (
            "\naws: [ERROR]: An error occurred (AccessDeniedException) when calling the X operation (reached max retries: 4): a: b",
            "denied",
            "AccessDeniedException",
            "a: b",
        ),
        ("An error occurred (403) when calling the X operation: no", "denied", "HTTP 403", "no"),
        ("An error occurred (500) when calling the X operation: <html>", "failed", "NotFromAws", "<html>"),
        ("An error occurred (InvalidAction) when calling the X operation: ", "unsupported", "InvalidAction", None),
        (
            'Could not connect to the endpoint URL: "https://x/"',
            "failed",
            "ConnectionFailed",
            'Could not connect to the endpoint URL: "https://x/"',
        ),
        ('Read timeout on endpoint URL: "https://x/"', "failed", "Timeout", 'Read timeout on endpoint URL: "https://x/"'),
        ("aws: error: argument operation: Invalid choice, valid choices are:", "failed", "NotInThisAwsCli", None),
        ('An error occurred (E"v\\il\x07) when calling: "\x1b[31m\\', "failed", "E?v?il?", '"?[31m\\'),
        ("x" * 5000, "failed", "Failed", "x" * 1000),
    ],
)
def test_errors_are_told(
    said: str, outcome: str, code: str, message: str | None, script: Path, aws: FalseAws, tmp_path: Path
) -> None:
    aws.error("ec2 describe-vpcs", said)
    assert run(aws, script, tmp_path / "out") == (3, "")
    snapshot = program.Snapshot(tmp_path / "out")
    clean(snapshot)
    (line,) = lines(snapshot, "DescribeVpcs")
    assert (line["outcome"], line["error_code"], line["items"]) == (outcome, code, 0)
    if message is not None:
        assert line["error_message"] == message
    assert "file" not in line and not (tmp_path / "out" / HERE / "ec2.DescribeVpcs.json").exists()
    # What hangs on it was not asked, and says why.
    for operation in ("DescribeVpcAttribute", "ListHostedZonesByVPC"):
        assert {line["outcome"] for line in lines(snapshot, operation)} == {"not-asked"}
        assert lines(snapshot, operation)[0]["error_message"] == f"ec2.DescribeVpcs is {outcome} {code}"


@pytest.mark.parametrize(
    "text,code",
    [
        ("<html>\n</html>\n", "UnreadableAnswer"),
        ('{"Vpcs": []}\n', "UnreadableAnswer"),
        ('{\n    "Vpcs": [\n        {\n', "UnreadableAnswer"),
        ('{\n    "Vpcs": [],\n    "NextToken": "file:///etc/passwd"\n}\n', "NextPageLost"),
        ('{\n    "Vpcs": [],\n    "NextToken": "a\\"b"\n}\n', "NextPageLost"),
        ('{\n    "Vpcs": [],\n    "IsTruncated": true\n}\n', "NextPageLost"),
    ],
)
def test_half_an_answer_is_none(text: str, code: str, script: Path, aws: FalseAws, tmp_path: Path) -> None:
    aws.raw("ec2 describe-vpcs", text)
    assert run(aws, script, tmp_path / "out")[0] == 3
    snapshot = program.Snapshot(tmp_path / "out")
    clean(snapshot)
    assert [(line["outcome"], line["error_code"]) for line in lines(snapshot, "DescribeVpcs")] == [("failed", code)]


def test_a_token_that_does_not_change_ends_the_call(script: Path, aws: FalseAws, tmp_path: Path) -> None:
    for page in ("", "a"):
        aws.answer("ec2 describe-vpcs", {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "a"}, page)
    assert run(aws, script, tmp_path / "out")[0] == 3
    snapshot = program.Snapshot(tmp_path / "out")
    clean(snapshot)
    assert [line["outcome"] for line in lines(snapshot, "DescribeVpcs")] == ["more", "failed"]
    assert not (tmp_path / "out" / HERE / "ec2.DescribeVpcs.json").exists()


def test_without_credentials_nothing_is_written(script: Path, aws: FalseAws, tmp_path: Path) -> None:
    aws.error("sts get-caller-identity", "Unable to locate credentials. You can configure credentials by \x1b[31m")
    code, said = run(aws, script, tmp_path / "out")
    assert code == 2 and "Unable to locate credentials" in said and "\x1b" not in said
    assert len(aws.asked()) == 1
    assert not [path for path in (tmp_path / "out").rglob("*")]


def test_what_is_there_is_left_alone(script: Path, aws: FalseAws, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    code, said = run(aws, script, tmp_path / "out")
    assert code == 2 and "is not empty" in said
    assert aws.asked() == []
    process = aws.start(["sh"], "awk", script)
    assert process.wait(30) == 2
    code, said = run(aws, script, tmp_path / "none", AWS_REGION="")
    assert code == 2 and "no region is configured" in said


@pytest.mark.parametrize("shell", [pytest.param(shell, id=" ".join(shell)) for shell in SHELLS if there(shell)])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_so(
    shell: list[str], how: signal.Signals, script: Path, aws: FalseAws, tmp_path: Path
) -> None:
    fill(aws)
    begun = aws.slow("ec2 describe-vpcs")
    process = aws.start(shell, "awk", script, str(tmp_path / "out"))
    aws.stop(process, begun, how)
    process.communicate(timeout=120)
    assert process.returncode == 3
    snapshot = program.Snapshot(tmp_path / "out")
    clean(snapshot)
    assert [line["outcome"] for line in lines(snapshot, "DescribeVpcs")] == ["interrupted"]
    assert {line["outcome"] for line in lines(snapshot, "DescribeSubnets")} == {"not-asked"}
    assert snapshot.lines("complete") and not snapshot.manifest["complete"]


def test_regions_and_profile_are_those_of_the_command_line(aws: FalseAws, tmp_path: Path) -> None:
    path = written(tmp_path / "collect.sh", "--regions", "us-east-2,eu-north-1", "--profile", "it's")
    assert run(aws, path, tmp_path / "out") == (0, "")
    snapshot = program.Snapshot(tmp_path / "out")
    assert snapshot.manifest["regions"] == ["eu-north-1", "global", "us-east-2"]
    assert sum(asked.startswith("ec2 describe-vpcs ") for asked in aws.asked()) == 2
    assert sum(asked.startswith("route53 list-hosted-zones ") for asked in aws.asked()) == 1
    assert all(" --profile it's " in asked for asked in aws.asked())


def test_shellcheck_has_nothing_to_say(script: Path) -> None:
    if not there(["shellcheck"]):
        pytest.skip("shellcheck is not there")
    # SC2015: what follows `&& … ||` is the end of the script.
    done = subprocess.run(["shellcheck", "-s", "sh", "-e", "SC2015", script], capture_output=True, text=True)
    assert done.stdout == ""


# With the AWS CLI of this machine, before the emulator.


def real(script: Path, folder: Path, endpoint: str) -> tuple[int, str]:
    if not there(["aws"]):
        pytest.skip("the AWS CLI is not there")
    # Version 1 of the AWS CLI prints times as they travel, unless it is told to do as version 2 does.
    config = folder.parent / "config"
    config.write_text("[default]\ncli_timestamp_format = iso8601\n")
    environment = {
        "AWS_CONFIG_FILE": str(config),
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "AWS_ACCESS_KEY_ID": estate.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": estate.SECRET_KEY,
        "AWS_REGION": estate.REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_MAX_ATTEMPTS": "2",
    }
    done = subprocess.run(
        [shutil.which("dash") or "sh", script, folder], env=environment, capture_output=True, text=True, timeout=900
    )
    return done.returncode, done.stdout + done.stderr


def test_it_collects_what_boto3_sees(
    script: Path, proxy: Proxy, operations: list[tuple[str, str]], built: estate.Estate, tmp_path: Path
) -> None:
    proxy.behaviour.page = 5
    assert real(script, tmp_path / "out", proxy.url) == (0, "")
    snapshot = program.Snapshot(tmp_path / "out")
    assert list(snapshot.problems()) == []
    assert snapshot.manifest["complete"] is True
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file() and overlay.SECRET in path.read_text()]
    proxy.reset()
    found = items(snapshot)
    differences = [
        f"{key}: missing {list((wanted - found[key]).elements())[:1]}, too much {list((found[key] - wanted).elements())[:1]}"
        for key, wanted in dumped(proxy, operations).items()
        if found.get(key) is None or found[key] != wanted
    ]
    assert differences == [], "\n".join(differences)
    failing = program.failing(program.audit(tmp_path / "out"))
    planted = [(rule, built.ids.get(name, name)) for rule, name in estate.PLANTED]
    assert [(rule, name) for rule, name in planted if not any(rule == one and name in of for one, of in failing)] == []


def test_a_denied_call_is_told(proxy: Proxy, tmp_path: Path) -> None:
    path = tmp_path / "collect.sh"
    done = program.run("collect", "aws", "--script", "--select", "vpc-dns-attributes-off")
    assert done.code == 0, str(done)
    path.write_text(done.out)
    proxy.behaviour.faults = [Fault("ec2:DescribeVpcs", "deny")]
    assert real(path, tmp_path / "out", proxy.url) == (3, "")
    snapshot = program.Snapshot(tmp_path / "out")
    (line,) = lines(snapshot, "DescribeVpcs")
    assert (line["outcome"], line["error_code"]) == ("denied", "UnauthorizedOperation")
    assert {line["outcome"] for line in lines(snapshot, "DescribeVpcAttribute")} == {"not-asked"}
