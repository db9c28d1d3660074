"""Importing a module does nothing but define what is in it; and who may import whom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "gateway", "workers", "analytics", "deploy")
LIBRARIES = {
    ("urllib3", "socket.__new__"),  # asks whether this machine has IPv6: binds a port of its own, sends nothing
    ("urllib3", "socket.bind"),  # as above
    ("numpy", "os.putenv"),  # sets a variable of its linear algebra, loads it, and takes it away again
    ("numpy", "os.unsetenv"),  # as above
}
"""What libraries do when they are imported, and we cannot help."""

WATCHED_IMPORTS = """
import importlib, json, os, sys, threading

seen = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = {
    "socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system",
    "os.exec", "os.fork", "os.posix_spawn", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate",
    "os.putenv", "os.unsetenv", "os.chdir", "os.kill", "_thread.start_new_thread", "signal.signal",
}

def who():
    # The innermost package that is neither Python's own nor a frozen importer: ours, or a library.
    frame = sys._getframe(2)
    while frame:
        package = frame.f_globals.get("__name__", "").split(".")[0]
        if package not in sys.stdlib_module_names and package != "__main__":
            return package
        frame = frame.f_back
    return "?"

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
    if writes and str(arguments[0]) == os.devnull:
        return
    if writes or event in REFUSED:
        seen.append([who(), event])

sys.addaudithook(watch)
failed = []
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed.append([name, type(error).__name__, str(error)[:200]])
threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print(json.dumps({"seen": seen, "failed": failed, "threads": threads}))
"""


def modules(package: str) -> list[str]:
    """Return the names of every module of `package`."""
    files = sorted((ROOT / package).rglob("*.py"))
    parts = [file.relative_to(ROOT).with_suffix("").parts for file in files]
    return [".".join(part[:-1] if part[-1] == "__init__" else part) for part in parts]


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_opens_connects_and_starts_nothing(package: str) -> None:
    result = _imported(*modules(package))
    assert (result["failed"], result["threads"]) == ([], [])
    assert {(who, event) for who, event in result["seen"]} - LIBRARIES == set()


def test_import_time_work_would_be_seen(tmp_path: Path) -> None:
    """The test above can fail."""
    (tmp_path / "schemas_like.py").write_text(
        "import os, socket, threading\n"
        "open('made', 'w').close()\n"
        "socket.socket().close()\n"
        "os.environ['LETHE_X'] = '1'\n"
        "threading.Thread(target=int).start()\n"
        "raise ValueError\n"
    )
    result = _imported("schemas_like", folder=tmp_path)
    did = ("open", "socket.__new__", "os.putenv", "_thread.start_new_thread")
    assert {(who, event) for who, event in result["seen"]} == {("schemas_like", event) for event in did}
    assert [(name, error) for name, error, _ in result["failed"]] == [("schemas_like", "ValueError")]


def test_the_rules_of_who_imports_whom_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout[-3000:]


def _imported(*names: str, folder: Path = ROOT) -> dict[str, list[list[str]]]:
    """Import `names` in a process of its own and return what was observed."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("LETHE_", "COV_", "PYTEST_"))
    } | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", WATCHED_IMPORTS, *names],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(run.stdout.splitlines()[-1])
