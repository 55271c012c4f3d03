"""Servers and programs that tests share.

It may start the emulator, the proxy and the program under test.
It must not check anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import construction
import estate
import program
from overlay import Overlay
from proxy import Proxy
from servers import Moto


def pytest_report_header() -> str:
    return f"plaudit: {program.missing() or program.binary()}"


@pytest.fixture(scope="session")
def operations() -> list[tuple[str, str]]:
    """Service and operation of everything that `--everything` asks."""
    text = (Path(__file__).parent / "operations.txt").read_text()
    return [(service, action) for service, action in (line.split() for line in text.splitlines() if line)]


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """The emulator."""
    with Moto() as server:
        yield server


@pytest.fixture(scope="session")
def built(moto: Moto) -> estate.Estate:
    """Our estate in the emulator. Tests only read it."""
    return construction.build(moto)


@pytest.fixture(scope="session")
def shared_proxy(moto: Moto, built: estate.Estate) -> Iterator[Proxy]:
    """The proxy before the estate."""
    overlay = Overlay(built)
    with Proxy(moto.url, overlay.answer, overlay.amend) as proxy:
        yield proxy


@pytest.fixture
def proxy(shared_proxy: Proxy) -> Iterator[Proxy]:
    """The proxy, with nothing counted and nothing spoiled."""
    shared_proxy.reset()
    yield shared_proxy
    shared_proxy.reset()


@pytest.fixture(scope="session")
def live() -> None:
    """Skips where the program cannot collect."""
    why = program.missing()
    if why:
        pytest.skip(why)


@pytest.fixture(scope="session")
def auditor() -> None:
    """Skips where there is no program at all; audits need no feature."""
    if program.binary() is None:
        pytest.skip(program.missing())
