"""Runs the program under test and reads what it leaves.

It may start the binary that `PLAUDIT` names and read its files.
It must not know what is right: that is for the tests to say.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from estate import ACCESS_KEY, NOW, REGION, SECRET_KEY

#: Outcomes of ledger lines that brought data.
GOOD = ("complete", "more")


@dataclass(frozen=True)
class Run:
    """How a run ended."""

    code: int
    out: str
    err: str
    seconds: float

    def __str__(self) -> str:
        return f"exit {self.code} after {self.seconds:.1f} s\n{self.out[-2000:]}\n{self.err[-4000:]}"


def binary() -> Path | None:
    """The program, or None when the environment does not name one."""
    name = os.environ.get("PLAUDIT")
    return Path(name) if name and Path(name).is_file() else None


def missing() -> str:
    """Why tests of the program cannot run; empty when they can."""
    program = binary()
    if program is None:
        return "PLAUDIT names no binary; build one with `cargo build --features live`"
    done = subprocess.run(
        [program, "collect", "aws", "--plan"], capture_output=True, text=True, timeout=60, env=_environment("")
    )
    return "" if done.returncode == 0 else f"{program} was built without the feature `live`"


def _environment(endpoint: str) -> dict[str, str]:
    """Nothing of the machine's own configuration of AWS gets in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LLVM_PROFILE_FILE") if name in os.environ}
    given = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_COLOR": "1",
    }
    return {**kept, **given, **({"AWS_ENDPOINT_URL": endpoint} if endpoint else {})}


def run(
    *arguments: str | Path, endpoint: str = "", timeout: float = 120, stop: list[subprocess.Popen[str]] | None = None
) -> Run:
    """Runs the program. `stop` receives the process, for tests that interrupt it."""
    program = binary()
    assert program is not None
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(
            [str(program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
            env=_environment(endpoint),
        )
        if stop is not None:
            stop.append(process)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = -signal.SIGKILL
        out.seek(0)
        err.seek(0)
        return Run(code, out.read(), err.read(), time.monotonic() - started)


def collect(
    folder: Path, endpoint: str, *arguments: str, timeout: float = 120, regions: str = REGION, **more: Any
) -> Run:
    """`plaudit collect aws`, of the first region unless told otherwise."""
    where = ("--regions", regions) if regions else ()
    return run(
        "collect", "aws", "--out", folder, "--now", NOW, *where, *arguments, endpoint=endpoint, timeout=timeout, **more
    )


def plan(*arguments: str) -> list[tuple[str, str]]:
    """Service and operation of everything that a run would ask."""
    done = run("collect", "aws", "--plan", "--format", "json", *arguments)
    assert done.code == 0, str(done)
    return [(one["service"], one["operation"]) for one in json.loads(done.out)["operations"]]


def audit(folder: Path, *arguments: str) -> dict[str, Any]:
    """The report of an audit of a folder."""
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        done = run("audit", "-q", "--no-config", "--now", NOW, folder, "-f", f"json={report}", *arguments)
        assert done.code in (0, 1, 3), str(done)
        return dict(json.loads(report.read_text()))


def failing(report: dict[str, Any]) -> set[tuple[str, str]]:
    """Rules and ids of the resources that fail."""
    return {(found["rule"], found["resource"]["id"]) for found in report["findings"] if found["verdict"] == "fail"}


class Snapshot:
    """A folder as it was left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        self.ledger: list[dict[str, Any]] = [
            json.loads(line) for line in (folder / "ledger.jsonl").read_text().splitlines()
        ]

    def tree(self) -> dict[str, bytes]:
        """Every file below `aws/` by its path from the root."""
        return tree(self.folder)

    def lines(self, *outcomes: str) -> list[dict[str, Any]]:
        """The ledger lines with one of these outcomes; all without."""
        return [line for line in self.ledger if not outcomes or line["outcome"] in outcomes]

    def problems(self) -> Iterator[str]:
        """Where manifest, ledger and files contradict each other."""
        listed = {entry["path"]: entry for entry in self.manifest["files"]}
        found = {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*") if path.is_file()}
        found.pop("manifest.json")
        for name in sorted(listed.keys() ^ found.keys()):
            yield f"{name}: {'in the manifest and not there' if name in listed else 'there and not in the manifest'}"
        for name in sorted(listed.keys() & found.keys()):
            body = found[name].read_bytes()
            if (len(body), hashlib.sha256(body).hexdigest()) != (listed[name]["bytes"], listed[name]["sha256"]):
                yield f"{name}: size or digest differs from the manifest"
        named = {line["file"] for line in self.ledger if line.get("file")}
        for name in sorted(
            name for name in found if name.startswith("aws/") and _whole(name) not in named and name not in named
        ):
            yield f"{name}: no line of the ledger tells where it is from"
        for name in sorted(
            name for name in named if name not in found and not any(_whole(one) == name for one in found)
        ):
            yield f"{name}: in the ledger and not there"
        paths = [entry["path"] for entry in self.manifest["files"]]
        if paths != sorted(paths):
            yield "the files of the manifest are not in the order of their paths"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `aws/` of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted((folder / "aws").rglob("*.json"))}


def _whole(name: str) -> str:
    """The name of a section that may be written in numbered parts."""
    return re.sub(r"\.\d{4}\.json$", ".json", name)
