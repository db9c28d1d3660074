"""Lock files: what is installed, by hash; compiled by uv from pyproject.toml.

`python -m deploy.locks` compiles what is out of date; `--check` only says it. Both begin from a copy
of the committed lock, so that nothing moves merely because somebody published a release: to take
newer releases, give `--upgrade`. A role's lock is a part of the whole one, which constrains it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import click

from schemas.subjects import Role

ROOT: Final = Path(__file__).resolve().parents[1]
WHOLE: Final = "requirements.lock"
ROLES: Final = (*(role.value for role in Role if role is not Role.OPERATOR), "dashboard")
"""What has an image of its own; the dashboard is no user of the broker."""
_COMPILE: Final = ("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header")
_SECONDS: Final = 300


class Lock(NamedTuple):
    """One lock file, and what it is compiled from."""

    path: str
    """From the repository's root, like every path here."""
    options: tuple[str, ...]
    source: str = "pyproject.toml"


LOCKS: Final = (
    Lock(WHOLE, ("--all-extras", "--group", "dev")),
    *(Lock(f"deploy/docker/{role}.lock", ("--extra", role, "-c", WHOLE)) for role in ROLES),
    *(
        Lock(f"deploy/{name}.lock", ("-c", WHOLE), f"deploy/{name}.in")
        for name in ("docker/build", "docker/rampart", "train")
    ),
)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when a lock is out of date.")
@click.option("--upgrade", is_flag=True, help="Take the newest releases that pyproject.toml allows.")
def command(*, check: bool, upgrade: bool) -> None:
    """Compile requirements.lock and the roles' locks with uv; say which were out of date."""
    if shutil.which("uv") is None:
        raise click.UsageError("uv: not found; it compiles the locks")
    stale = [lock.path for lock in LOCKS if _refresh(lock, write=not check, upgrade=upgrade)]
    for path in stale:
        click.echo(path)
    click.echo(f"{len(LOCKS)} locks, {len(stale)} {'out of date' if check else 'written'}", err=True)
    sys.exit(1 if stale and check else 0)


def _refresh(lock: Lock, *, write: bool, upgrade: bool) -> bool:
    """Compile one lock and return whether that changed it."""
    committed = ROOT / lock.path
    before = committed.read_bytes() if committed.exists() else b""
    after = compiled(lock, before, upgrade=upgrade and lock.path == WHOLE)
    if write and after != before:
        committed.write_bytes(after)
    return after != before


def compiled(lock: Lock, before: bytes, *, upgrade: bool = False) -> bytes:
    """Return the lock's text as it should be; what `before` pins stays where it may.

    Raises:
        click.ClickException: uv cannot resolve it, or cannot reach the index.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.lock"
        if before:
            copy.write_bytes(before)
        options = (*lock.options, "--python-version", "3.12", *(("--upgrade",) if upgrade else ()))
        # From the root: uv reads [tool.uv] only there, and the comments in a lock name paths as given.
        run = subprocess.run(
            [*_COMPILE, *options, "-o", str(copy), lock.source], cwd=ROOT, check=False, timeout=_SECONDS
        )
        if run.returncode:
            raise click.ClickException(f"{lock.path}: uv could not compile it")
        return copy.read_bytes()


if __name__ == "__main__":
    command()
