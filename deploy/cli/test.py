"""`lethe test`: pass the tests."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from deploy.up.plan import ROOT


@click.command("test", context_settings={"ignore_unknown_options": True})
@click.option("--long", is_flag=True, help="The long ones instead: load, faults, browser matrix, the real model.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(long: bool, words: tuple[str, ...]) -> None:  # noqa: FBT001  # a flag
    """Run the tests (under 5 minutes, in two processes unless WORDS say otherwise); WORDS go to pytest.

    What a missing system part keeps from running is said at the end, a line each, with its install
    command. With CI=true a missing part is a failure, except a Docker engine.
    """
    chosen = ["-m", "long or real_model"] if long else [] if words else ["-n", "2", "--dist", "loadfile"]
    environ = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    paths = [_absolute(word) for word in words]
    argv = [sys.executable, "-m", "pytest", *chosen, *paths]
    sys.exit(subprocess.run(argv, cwd=ROOT, env=environ, check=False).returncode)


def _absolute(word: str) -> str:
    """Return a path of the caller's folder as one that holds in the repository's root."""
    name = word.split("::", maxsplit=1)[0]
    return os.path.abspath(name) + word[len(name) :] if os.path.exists(name) else word  # noqa: PTH100, PTH110  # words may be no paths
