"""The emulator as a process of its own.

It may start ``moto.server`` and speak to its control paths.
It must not hold anything of the estate: that is built through the API.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import urllib.request
from typing import IO

_READY = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


class Moto:
    """``moto_server`` on a port of its own choice; use it as a context.

    It is a process, so that it does not share an interpreter lock with the proxy, and it is ready when it says so.
    """

    def __init__(self) -> None:
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Moto:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        stream = self._process.stderr
        assert stream is not None
        heard = []
        for line in stream:
            heard.append(line)
            found = _READY.search(line)
            if found:
                self.url = found[1]
                break
        if not self.url:
            raise RuntimeError("moto_server did not start:\n" + "".join(heard[-20:]))
        # It writes a line for each request and would stand still once nobody read them.
        threading.Thread(target=_drain, args=(stream,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def reset(self) -> None:
        """Forgets everything."""
        self._post("/moto-api/reset")

    def seed(self, number: int) -> None:
        """Makes the ids that follow the same in every run."""
        self._post(f"/moto-api/seed?a={number}")

    def _post(self, path: str) -> None:
        with urllib.request.urlopen(urllib.request.Request(self.url + path, method="POST"), timeout=60) as answer:
            answer.read()


def _drain(stream: IO[str]) -> None:
    for _ in stream:
        pass
