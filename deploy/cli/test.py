"""`lethe test`: pass the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

import click

from deploy.up.plan import ROOT

_THREE_PROCESSES: Final = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""One more than the cores that are meant, since part of the time is waiting for parts and browsers.

A file in one process, since its tests share a database or a broker; tests/shares.py says which is begun first.
"""
_COMPILED: Final = ROOT / ".cache" / "python"
"""Keeps compiled modules, or each of the hundreds of processes that tests start may compile them again."""


@click.command("test", context_settings={"ignore_unknown_options": True})
@click.option("--long", is_flag=True, help="The long ones instead: load, faults, browser matrix, the real model.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(long: bool, words: tuple[str, ...]) -> None:  # noqa: FBT001  # a flag
    """Run the tests (some seven minutes, in three processes unless WORDS are given); WORDS go to pytest.

    What a missing system part keeps from running is said at the end, a line each, with its install
    command. With CI=true a missing part is a failure, except a Docker engine.
    """
    chosen = ["-m", "long or real_model"] if long else [] if words else _THREE_PROCESSES
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(_COMPILED)}
    paths = [_absolute(word) for word in words]
    argv = [sys.executable, "-m", "pytest", *chosen, *paths]
    sys.exit(subprocess.run(argv, cwd=ROOT, env=environ, check=False).returncode)


def _absolute(word: str) -> str:
    """Return a path of the caller's folder as one that holds in the repository's root."""
    name = word.split("::", maxsplit=1)[0]
    return os.path.abspath(name) + word[len(name) :] if os.path.exists(name) else word  # noqa: PTH100, PTH110  # words may be no paths
