"""`lethe clinic`: check or begin clinic files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from schemas.clinic_files import check_file

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("clinic")
def command() -> None:
    """Check clinic files."""


@command.command("check")
@click.argument("files", nargs=-1, required=True, type=_FILE)
def check(files: tuple[Path, ...]) -> None:
    """Say everything that is wrong in FILES, a line each: FILE:LINE: field: reason.

    Exit code 1 when anything is wrong.
    """
    wrong = 0
    for file in files:
        for fault in check_file(file):
            click.echo(f"{file}:{fault.line}: {fault.field}: {fault.reason}")
            wrong += 1
    click.echo(f"{len(files)} checked, {wrong} faults", err=True)
    sys.exit(1 if wrong else 0)
