"""A role is complete: command, image, lock, extra, service, NATS user; and its image is enough to run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from deploy import keys
from deploy.cli.run import ROLES
from deploy.locks import LOCKS
from deploy.nats.config import permissions
from schemas.process import ALLOCATOR_ENV
from schemas.subjects import Role

ROOT = Path(__file__).parents[2]
NO_ROLE: Final = {"local", "noise"}
"""Extras that no image installs."""
NOT_OURS: Final = {"nats", "clickhouse"}
NO_USER: Final = {"dashboard"}
"""Roles that the broker does not know: they reach a database alone."""
FOLDERS: Final = {
    "gateway": {"gateway", "widget/dist"},
    "sanitiser": {"workers/runtime", "workers/sanitiser"},
    "router": {"workers/runtime", "workers/router"},
    "llm": {"workers/runtime", "workers/llm"},
    "analytics": {"analytics"},
    "dashboard": {"analytics"},
}
"""Beside `schemas` and the few files of `deploy` that start a role."""
FOREIGN: Final = {
    "gateway": ("spacy", "chdb", "openai"),
    "sanitiser": ("chdb", "openai", "litestar"),
    "router": ("spacy", "chdb", "openai", "litestar"),
    "llm": ("spacy", "chdb", "litestar"),
    "analytics": ("spacy", "openai"),
    "dashboard": ("spacy", "openai", "chdb"),
}
"""Packages that must not be importable where a role runs."""


class Stage(NamedTuple):
    base: str
    lines: tuple[str, ...]

    def copies(self) -> list[tuple[str, str]]:
        """Return (source, target) of every COPY from the build's context."""
        words = [line.split()[1:] for line in self.lines if line.startswith("COPY ") and "--from" not in line]
        return [(source, group[-1]) for group in words for source in group[:-1]]

    def environment(self) -> dict[str, str]:
        """Return what ENV sets here."""
        assigned = " ".join(line.removeprefix("ENV ") for line in self.lines if line.startswith("ENV "))
        return dict(word.split("=", 1) for word in assigned.split())


def _stages() -> dict[str, Stage]:
    text = (ROOT / "deploy" / "docker" / "Dockerfile").read_text("utf-8")
    lines = [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line and not line.startswith("#")]
    found: dict[str, Stage] = {}
    name = ""
    for line in lines:
        if match := re.fullmatch(r"FROM (\S+) AS (\S+)", line):
            name, found[match[2]] = match[2], Stage(match[1], ())
        else:
            found[name] = found[name]._replace(lines=(*found[name].lines, line))
    return found


STAGES: Final = _stages()


def chain(name: str) -> list[Stage]:
    """Return a target's stages, the last first."""
    found: list[Stage] = []
    while stage := STAGES.get(name):
        found.append(stage)
        name = stage.base
    return found


def _compose_services() -> set[str]:
    command = [Path(sys.executable).with_name("docker-compose"), "-f", ROOT / "docker-compose.yml"]
    environ = os.environ | {
        "LETHE_CLINICS": "/clinics",
        "LETHE_PUBLIC_URL": "https://figures.example",
        **{f"LETHE_CLICKHOUSE_{user}_SHA256": "0" for user in ("KEEPER", "WRITER", "READER")},
    }
    run = subprocess.run([*command, "config", "--services"], env=environ, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def _started_targets() -> set[str]:
    run = 'ENTRYPOINT ["python", "-m", "deploy.cli", "run", "{}"]'
    return {name for name, stage in STAGES.items() if run.format(name) in stage.lines}


def _extras() -> set[str]:
    return set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])


def _nats_users(folder: Path) -> set[str]:
    keys.new_keys(folder)
    able = [user for user in keys.users(folder) if permissions(user, "eu").subscribe]
    return {user.role.value for user in able if user.role is not Role.OPERATOR}


def test_a_role_has_its_service_its_image_its_lock_its_extra_and_its_user(tmp_path: Path) -> None:
    places = {
        "service in docker-compose.yml": _compose_services() - NOT_OURS,
        "target in deploy/docker/Dockerfile": _started_targets(),
        "lock in deploy/locks.py": {lock.options[1] for lock in LOCKS if lock.options[0] == "--extra"},
        "extra in pyproject.toml": _extras() - NO_ROLE,
        "NATS user": _nats_users(tmp_path) | NO_USER,
        "row in FOLDERS": set(FOLDERS),
        "row in FOREIGN": set(FOREIGN),
    }
    wrong = {place: sorted(found ^ set(ROLES)) for place, found in places.items() if found != set(ROLES)}
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_an_image_holds_its_roles_folders_only(role: str) -> None:
    copied = {source for stage in chain(role) for source, _ in stage.copies()}
    folders = {source for source in copied if (ROOT / source).is_dir()}
    assert folders == FOLDERS[role] | {"schemas"}
    files = {"deploy/__init__.py"} | {f"deploy/cli/{name}.py" for name in ("__init__", "__main__", "run")}
    if FOLDERS[role] & {"workers/runtime"}:
        files.add("workers/__init__.py")
    assert copied - folders == files


@pytest.mark.parametrize("role", ROLES)
def test_an_image_takes_its_packages_from_its_own_lock(role: str) -> None:
    packages = STAGES[f"{role}-packages"]
    assert packages.copies() == [(f"deploy/docker/{role}.lock", "/locks/")]
    install = next(line for line in packages.lines if line.endswith(f"-r /locks/{role}.lock"))
    # without the last, setuptools of the build would pass for the role's own
    assert {"--require-hashes", "--no-deps", "--ignore-installed"} <= set(install.split())
    assert f"COPY --from={role}-packages /venv /venv" in STAGES[role].lines


@pytest.mark.parametrize("role", ROLES)
def test_only_roles_that_hold_chat_start_with_the_overwriting_allocator(role: str) -> None:
    environ: dict[str, str] = {}
    for stage in reversed(chain(role)):
        environ |= stage.environment()
    given = {name: environ[name] for name in ALLOCATOR_ENV if name in environ}
    assert given == (dict(ALLOCATOR_ENV) if ROLES[role].holds_chat else {})


@pytest.mark.parametrize("role", ROLES)
def test_an_image_runs_as_a_numbered_user_who_is_not_root(role: str) -> None:
    users = [line for stage in chain(role) for line in stage.lines if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]


def test_every_base_image_is_pinned_by_its_whole_version() -> None:
    bases = {stage.base for stage in STAGES.values()} - STAGES.keys()
    assert [base for base in bases if not re.fullmatch(r"python:3\.12\.\d+-slim-[a-z]+", base)] == []


def test_the_build_context_holds_what_is_copied_and_no_key() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    admitted = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    copied = {source for stage in STAGES.values() for source, _ in stage.copies()}
    missing = {source for source in copied if not _admits(admitted, source)}
    needless = {pattern for pattern in admitted if not any(_admits([pattern], source) for source in copied)}
    assert (missing, needless) == (set(), set())
    assert not _admits(admitted, ".env")
    assert not _admits(admitted, ".lethe/compose/keys/session.key")


def _admits(patterns: list[str], path: str) -> bool:
    """Whether the context holds a file, or all that is in a folder."""
    probe = f"{path}/x" if (ROOT / path).is_dir() else path
    return any(fnmatch(probe, pattern) for pattern in patterns)


def test_the_dockerfile_is_clean() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    run = subprocess.run([linter, ROOT / "deploy/docker/Dockerfile"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder that is gone afterwards: an environment is up to a gigabyte, and pytest keeps `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_a_role_runs_on_its_lock_and_its_folders_alone(role: str, empty: Path) -> None:
    """What the image does, without an engine: it gets as far as missing its settings, so all imports worked."""
    python = _installed(role, empty / "venv")
    for stage in chain(role):
        for source, target in stage.copies():
            _copy(ROOT / source, empty / "app" / target)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(empty / "app"), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, *arguments]
        return subprocess.run(command, cwd=empty, env=environ, capture_output=True, text=True, timeout=60, check=False)

    started = run("-m", "deploy.cli", "run", role)
    assert (started.returncode, started.stdout) == (2, "")
    assert re.search(r"LETHE_\w+: must be set", started.stderr), started.stderr[-2000:]
    foreign = run("-c", f"import importlib.util as u; print([n for n in {FOREIGN[role]!r} if u.find_spec(n)])")
    assert foreign.stdout.strip() == "[]"


def _installed(role: str, folder: Path) -> Path:
    """Make an environment of a role's lock alone and return its Python."""
    lock, python = ROOT / "deploy" / "docker" / f"{role}.lock", folder / "bin" / "python"
    if shutil.which("uv"):
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, folder], check=True)
        install: list[str | Path] = ["uv", "pip", "install", "--quiet", "--python", python]
    else:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, "--no-deps", "--require-hashes", "-r", lock], cwd=ROOT, check=True, timeout=300)
    return python


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
