"""A real ClickHouse server for tests, without a container engine.

The library of an npm package is ClickHouse whole; a child process runs its `local` program and tells it to listen.
Users, profiles, grants and row policies come from a users file, as on any server. What it lacks: users made by SQL,
Keeper, custom settings. `default` has no password, so it listens on loopback only. For tests, not for users.
"""

import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

VERSION = "26.7.3-stable.1"
FOLDER = Path(__file__).parents[1] / ".cache" / "clickhouse"
START_S = 30

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"Linux": ("linux", "-gnu"), "Darwin": ("darwin", "")}

_CHILD = """
import ctypes, os, sys
library = ctypes.CDLL(sys.argv[1], mode=os.RTLD_NOW)
library.chdb_query_cmdline.restype = ctypes.c_void_p
arguments = [b"clickhouse", *(argument.encode() for argument in sys.argv[2:])]
library.chdb_query_cmdline(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments))
"""
# The last statement reads our pipe until it closes: the server lives as long as the test does.
_SCRIPT = "SYSTEM START LISTEN HTTP; SELECT count() FROM file('/dev/stdin', LineAsString)"
_CONFIG = "<clickhouse><logger><level>none</level></logger><users_config>{users}</users_config></clickhouse>"
_DEFAULT = """<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>
<password></password><networks><ip>127.0.0.1/32</ip></networks><profile>default</profile><quota>default</quota>
<access_management>1</access_management></default></users></clickhouse>"""


class Server(NamedTuple):
    """A running server."""

    port: int
    pid: int

    def url(self, user: str = "default", password: str = "") -> str:
        """Return the address as a user's `LETHE_CLICKHOUSE_URL`."""
        return f"http://{user}:{password}@127.0.0.1:{self.port}"


def library() -> Path:
    """Return the library's file; without it skip, or fail where CI runs."""
    package = _package()
    file = FOLDER / "node_modules" / package / "libchdb.so"
    if not file.exists() and os.environ.get("CI") == "true":
        _install(package)
    if file.exists():
        return file
    hint = f"npm i --no-save --ignore-scripts --prefix {FOLDER.relative_to(FOLDER.parents[1])} {package}@{VERSION}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"no ClickHouse server to test with: {hint}")
    pytest.skip(f"no ClickHouse server to test with; install it by: {hint}")


def _package() -> str:
    system, suffix = _SYSTEMS.get(platform.system(), ("unknown", ""))
    return f"@chdb/lib-{system}-{_MACHINES.get(platform.machine().lower(), 'unknown')}{suffix}"


def _install(package: str) -> None:
    npm = shutil.which("npm")
    if npm:
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [npm, "i", "--no-save", "--ignore-scripts", "--prefix", str(FOLDER), f"{package}@{VERSION}"],
            check=False,
            timeout=300,
            stdout=subprocess.DEVNULL,
        )


@contextlib.contextmanager
def clickhouse(
    folder: Path, users: str = "", environ: Mapping[str, str] | None = None, *, port: int = 0
) -> Iterator[Server]:
    """Run a server on `port` (0: a free one) with its data in `folder`.

    `users` is a users file's text, to which `default` is added; `environ` what its ``from_env`` reads.
    """
    file = library()
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (folder / "users.xml").write_text(_with_default(users or "<clickhouse/>"))
    (folder / "config.xml").write_text(_CONFIG.format(users=folder / "users.xml"))
    port = port or free_port()
    options = ["--config-file", f"{folder}/config.xml", "--path", str(data), "--listen_host", "127.0.0.1"]
    command = [sys.executable, "-c", _CHILD, str(file), "--multiquery", *options, "--http_port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--query", _SCRIPT],
            env={**os.environ, **(environ or {})},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(process, port, folder / "server.log")
        yield Server(port, process.pid)
    finally:
        _stop(process)


def _with_default(users: str) -> str:
    """Return the users file with the user that every server needs."""
    root, default = ET.fromstring(users), ET.fromstring(_DEFAULT)  # noqa: S314  # files of this repository
    for section in default:
        found = root.find(section.tag)
        (ET.SubElement(root, section.tag) if found is None else found).extend(section)
    return ET.tostring(root, encoding="unicode")


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the ClickHouse server ended: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1) as reply:
            reply.read()
            return
        time.sleep(0.05)
    pytest.fail(f"the ClickHouse server did not answer within {START_S} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Kill it: asked to end, it waits five seconds for connections that clients keep, and loses no less."""
    process.kill()
    process.wait()
    assert process.stdin
    process.stdin.close()


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
