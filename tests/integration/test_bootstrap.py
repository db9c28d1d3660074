"""`./lethe` on a user's machine: found from anywhere, installed once, started, watched over, drained."""

from __future__ import annotations

import filecmp
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.deployment import ROOT, lethe, three_free_ports
from tests.small_clinic import GOOD

SCRIPT = ROOT / "lethe"
PART_KEYS = {"nats", "analytics", "gateway", "sanitiser", "router", "llm"}


def run_script(script: Path, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([script, *words], capture_output=True, text=True, check=False, timeout=60, **options)


def program(path: Path, text: str) -> Path:
    """Write a shell program to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the script beside an environment whose Python writes down how it is called."""
    root = tmp_path / "a folder" / "lethe"
    program(root / ".venv" / "bin" / "python", 'echo "$PYTHONPATH|$*"')
    program(root / "lethe", SCRIPT.read_text().removeprefix("#!/bin/sh\n"))
    program(tmp_path / "bin" / "uv", "exit 1")  # pip installs, whatever this machine has
    program(tmp_path / "bin" / "python3.12", "echo /its/python3.12")
    (root / "requirements.lock").write_text("click==8.3.0\n")
    (root / ".venv" / ".installed").write_text("click==8.3.0\n")
    return root


def quiet_path(copy: Path) -> dict[str, str]:
    return {"PATH": f"{copy.parents[1] / 'bin'}:{os.environ['PATH']}"}


def test_what_is_installed_is_used_as_it_is(copy: Path) -> None:
    done = run_script(copy / "lethe", "ask", "a clinic", "how much?", cwd="/", env=quiet_path(copy))
    assert done.stdout == f"{copy}|-m deploy.cli ask a clinic how much?\n"
    assert done.stderr == ""


def test_a_link_to_the_script_finds_its_folder(copy: Path) -> None:
    link = copy.parents[1] / "bin" / "lethe"
    link.symlink_to(copy / "lethe")
    assert run_script(link, "up", env=quiet_path(copy)).stdout == f"{copy}|-m deploy.cli up\n"


def test_a_changed_lock_is_installed_once(copy: Path) -> None:
    (copy / "requirements.lock").write_text("click==8.4.0\n")
    first, second = (run_script(copy / "lethe", "up", env=quiet_path(copy)) for _ in range(2))
    install, *_ = first.stderr.splitlines()
    assert "requirements.lock" in install
    assert first.stdout.splitlines()[-1] == f"{copy}|-m deploy.cli up"
    (pip,) = [line for line in first.stdout.splitlines() + first.stderr.splitlines() if "-m pip install" in line]
    assert "--require-hashes" in pip
    assert (second.stdout, second.stderr) == (f"{copy}|-m deploy.cli up\n", "")


def test_an_installation_that_failed_is_tried_again(copy: Path) -> None:
    (copy / "requirements.lock").write_text("click==8.4.0\n")
    program(copy / ".venv" / "bin" / "python", "exit 3")
    for _ in range(2):
        done = run_script(copy / "lethe", "up", env=quiet_path(copy))
        assert done.returncode != 0
        assert "installing" in done.stderr


def test_a_machine_without_python_is_told_what_to_install(copy: Path) -> None:
    (copy / "requirements.lock").write_text("click==8.4.0\n")
    folder = copy.parents[1] / "bin"
    for name in ("python3.12", "python3.13", "python3.14", "python3"):
        program(folder / name, "exit 1")
    done = run_script(copy / "lethe", "up", env=quiet_path(copy))
    assert done.returncode != 0
    assert "Python 3.12" in done.stderr


needs_installed = pytest.mark.skipif(
    not (ROOT / ".venv" / ".installed").exists()
    or not filecmp.cmp(ROOT / "requirements.lock", ROOT / ".venv" / ".installed", shallow=False),
    reason="this environment was not made by ./lethe, which would install it anew",
)


@needs_installed
def test_the_script_works_from_another_folder_and_reads_the_callers_files(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD.replace('id = "zonnehof"', 'id = "mine"'), "utf-8")
    good = run_script(SCRIPT, "clinic", "check", "mine.toml", cwd=tmp_path)
    assert (good.returncode, good.stdout) == (0, "")
    (tmp_path / "mine.toml").write_text("id = 5\n", "utf-8")
    wrong = run_script(SCRIPT, "clinic", "check", "mine.toml", cwd=tmp_path)
    assert wrong.returncode == 1
    assert wrong.stdout.startswith("mine.toml:1: ")
    assert run_script(SCRIPT, "nothing", cwd=tmp_path).returncode == 2


class Up:
    """`./lethe up` as a user starts it: from a folder of theirs, with relative paths."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, three_free_ports()
        self._errors = (folder / "up.err").open("wb")
        words = ["up", "--json", "--port", str(self.port), "--data", "data", "--clinics", "clinics"]
        self.process = subprocess.Popen(
            [SCRIPT, *words, "--scale", "router=2"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        assert self.process.stdout
        self.line = self.process.stdout.readline()
        assert self.line, self.said()
        self.ready: dict[str, Any] = json.loads(self.line)

    def said(self) -> str:
        return (self.folder / "up.err").read_text()

    def ask(self) -> subprocess.CompletedProcess[str]:
        return lethe("ask", "zonnehof", "wat kost botox?", "--url", self.ready["gateway"], "--json")

    def stop(self) -> str:
        """Ctrl-C; return what stdout still said."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        self._errors.close()
        return rest


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    (tmp_path / "clinics").mkdir()
    text = GOOD.replace("[consent]\nrequired = true", "[consent]")
    (tmp_path / "clinics" / "zonnehof.toml").write_text(text, "utf-8")
    started = Up(tmp_path)
    yield started
    if started.process.poll() is None:
        started.stop()


def wait_until(true: Any, *, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def path_of(asked: subprocess.CompletedProcess[str]) -> str:
    """Return the path of the answer; what ended it otherwise."""
    last = json.loads(asked.stdout.splitlines()[-1])
    return last["data"].get("path", last["event"])


@needs_installed
def test_a_day_of_lethe_up(up: Up) -> None:
    """Started, asked, two of its parts killed, asked again, drained."""
    assert up.ready.keys() == {"gateway", "dashboard", "metrics", "clinics", "demo", "parts"}
    assert up.ready["gateway"] == f"http://127.0.0.1:{up.port}"
    assert up.ready["dashboard"] == f"http://127.0.0.1:{up.port + 1}"
    assert up.ready["metrics"].startswith(f"http://127.0.0.1:{up.port + 2}")
    assert up.ready["clinics"] == ["zonnehof"]
    assert up.ready["demo"] == {"zonnehof": f"http://127.0.0.1:{up.port}/demo/zonnehof"}
    assert up.ready["parts"].keys() >= PART_KEYS
    assert [len(up.ready["parts"][role]) for role in ("gateway", "router", "llm")] == [1, 2, 1]
    pids = [pid for of_role in up.ready["parts"].values() for pid in of_role]
    assert all(psutil.pid_exists(pid) for pid in pids)
    for role in PART_KEYS:
        assert f"{role} " in up.said()
    assert (up.folder / "data" / "keys").is_dir()
    assert path_of(up.ask()) == "deterministic"

    for pid in up.ready["parts"]["router"]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: up.said().count("ready again") == 2)
    assert up.said().count("starting it again") == 2
    assert path_of(up.ask()) == "deterministic"

    family = psutil.Process(up.process.pid).children(recursive=True)
    rest = up.stop()
    assert up.process.returncode == 0
    assert rest == ""
    assert "drain" in up.said()
    assert "Traceback" not in up.said()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    for number in range(3):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", up.port + number))
