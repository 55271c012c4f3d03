"""An AWS CLI that says what a test wants, for tests of the script.

It may write files into a folder that is then first in the search path.
It must not know what the script makes of what it says.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/o'hara@example.com"

#: Answers from files that are called like the call and, for later pages, like its token.
_PROGRAM = """#!/bin/sh
printf '%s\\n' "$*" >>"$FALSE_AWS/asked"
page=''
for word in "$@"; do
  case $word in --next-token=* | --marker=*) page=.${word#*=} ;; esac
done
answer=$FALSE_AWS/$1.$2$page
if [ -f "$answer.slow" ]; then : >"$answer.begun"; sleep 20; fi
if [ -f "$answer.error" ]; then cat "$answer.error" >&2; exit 255; fi
if [ -f "$answer.json" ]; then cat "$answer.json"; fi
"""


class FalseAws:
    """The program, its answers, and what it was asked. What has no answer is answered with `{}`, which prints nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        program = folder / "aws"
        program.write_text(_PROGRAM)
        program.chmod(0o755)
        self.answer("sts get-caller-identity", {"UserId": "AROA:x", "Account": ACCOUNT, "Arn": ARN})

    def answer(self, call: str, value: Any, page: str = "") -> None:
        """What a call prints, as the AWS CLI would: four blanks a level, no escapes but those that JSON needs."""
        text = json.dumps(value, indent=4, ensure_ascii=False) + "\n" if value != {} else ""
        self.raw(call, text, page)

    def raw(self, call: str, text: str, page: str = "") -> None:
        """What a call prints, as it is."""
        self._file(call, page, "json").write_text(text)

    def error(self, call: str, text: str, page: str = "") -> None:
        """What a call complains of."""
        self._file(call, page, "error").write_text(text + "\n")

    def slow(self, call: str) -> Path:
        """Makes a call take long; the file is there once it has begun."""
        self._file(call, "", "slow").touch()
        return self._file(call, "", "begun")

    def _file(self, call: str, page: str, end: str) -> Path:
        return self.folder / (call.replace(" ", ".") + (f".{page}" if page else "") + f".{end}")

    def asked(self) -> list[str]:
        """The command lines, in their order."""
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def start(self, shell: list[str], awk: str, script: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Starts a script with this program, in a group of processes of its own."""
        tools = self.folder / "awk"
        tools.mkdir(exist_ok=True)
        found = shutil.which(awk.split()[0])
        assert found is not None
        # A file of its own: a link would make busybox another command.
        (tools / "awk").write_text(f'#!/bin/sh\nexec {found} {" ".join(awk.split()[1:])} "$@"\n')
        (tools / "awk").chmod(0o755)
        environment = {
            "PATH": f"{self.folder}:{tools}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "FALSE_AWS": str(self.folder),
            "AWS_REGION": "eu-west-1",
            **more,
        }
        return subprocess.Popen(
            [*shell, str(script), *arguments],
            env={name: value for name, value in environment.items() if value},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def stop(self, process: subprocess.Popen[str], begun: Path, how: signal.Signals) -> None:
        """Sends a signal to the whole group, as a terminal does, once a slow call has begun."""
        for _ in range(600):
            if begun.exists():
                break
            time.sleep(0.1)
        os.killpg(process.pid, how)
