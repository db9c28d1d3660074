"""A whole Lethe in a temporary folder, started as a user starts it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import httpx
from click.testing import CliRunner
from httpx_sse import EventSource

from deploy.cli.__main__ import lethe as command

ROOT = Path(__file__).resolve().parents[1]


def lethe(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the `lethe` command and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **options,
    )


def called(*words: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Call the `lethe` command in this process: what starting one would take is saved where it proves nothing.

    Every command is started as a process by some test too; see `lethe`.
    """
    done = CliRunner().invoke(command, words, prog_name="lethe", env=env, **options)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def three_free_ports() -> int:
    """Return a port that is free, as are the next two.

    Below the range from which the kernel takes the ports of outgoing connections, so that none of the
    three is taken by somebody's connection before it is bound.
    """
    while True:
        port = secrets.SystemRandom().randrange(20_000, 32_000)
        try:
            for number in range(3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + number))
        except OSError:
            continue
        return port


class Deployment:
    """`lethe up`, from start to drain."""

    def __init__(self, folder: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self.data = folder / "data"
        self.port = three_free_ports()
        self._words = [*options, "--json", "--port", str(self.port), "--data", str(self.data)]
        self._env = _without_provider() | {"PYTHONPATH": str(ROOT), "LETHE_SESSIONS_PER_MINUTE": "10000"} | (env or {})
        self.said: dict[str, Any] = {}

    def __enter__(self) -> Self:
        with (self.data.parent / "up.err").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.cli", "up", *self._words],
                env=self._env,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, (self.data.parent / "up.err").read_text()
        self.said = json.loads(line)
        return self

    def __exit__(self, *_: object) -> None:
        assert self.stop() == 0

    def stop(self) -> int:
        """Ctrl-C; return the exit code."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(60)
        assert self._process.stdout
        self._process.stdout.close()
        return code

    @property
    def gateway(self) -> str:
        return self.said["gateway"]

    @property
    def clinics(self) -> list[str]:
        return self.said["clinics"]

    def pids(self, role: str) -> list[int]:
        return self.said["parts"][role]

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.gateway, timeout=30, **options)

    def open_session(self, clinic: str, language: str | None = None) -> str:
        with self.client() as client:
            response = client.post(
                "/v1/sessions", json={"clinic": clinic} | ({"language": language} if language else {})
            )
            assert response.status_code == 201, response.text
            return response.json()["session"]

    def ask(self, session: str, message: str) -> list[tuple[str, dict[str, Any]]]:
        """Send a message; return the stream's events."""
        with (
            self.client() as client,
            client.stream("POST", "/v1/turns", json={"session": session, "message": message}) as response,
        ):
            if response.is_error:
                response.read()
                return [("problem", response.json())]
            return [(event.event, event.json()) for event in EventSource(response).iter_sse()]


def _without_provider() -> dict[str, str]:
    names = ("LETHE_LLM_", "OPENAI_")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}
