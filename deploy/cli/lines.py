"""What `lethe sanitise` and `lethe route` share: JSON Lines on stdin, one line out a line in."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from deploy.up.plan import ROOT
from schemas.clinic import Clinic
from schemas.clinic_faults import ClinicFault
from schemas.clinic_files import ClinicFiles

CLINICS: Final = click.option(
    "--clinics",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT / "deploy" / "clinics",
    help="Folder of clinic files; the demo clinics by default.",
)
CLINIC: Final = click.option("--clinic", default=None, help="The clinic of lines that name none.")


def load(folder: Path, clinic: str | None) -> ClinicFiles:
    """Return the clinics of `folder`; `clinic` must be one of them where given.

    Raises:
        click.ClickException: A clinic file is faulty.
        click.UsageError: There is no such clinic.
    """
    try:
        files = ClinicFiles.load(folder)
    except ClinicFault as fault:
        raise click.ClickException(str(fault)) from None
    if clinic is not None and files.get(clinic) is None:
        raise click.UsageError("--clinic: no such clinic in --clinics")
    return files


def known(files: ClinicFiles, name: str) -> Clinic:
    """Return the clinic `name`.

    Raises:
        KeyError: There is none.
    """
    clinic = files.get(name)
    if clinic is None:
        raise KeyError("clinic")
    return clinic


def fault(number: int, field: str) -> bytes:
    """Return what stands in place of a bad line: its number and our field, nothing of its content."""
    return json.dumps({"error": {"line": number, "field": field}}).encode()


def each_line(work: Callable[[bytes, int], bytes]) -> int:
    """Write what `work` makes of every line of stdin, one out a line in; return 1 when a line was bad, else 0."""
    wrong = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        made = work(line.rstrip(b"\r\n"), number)
        wrong = 1 if _is_fault(made, number) else wrong
        sys.stdout.buffer.write(made + b"\n")
        sys.stdout.buffer.flush()
    return wrong


def _is_fault(made: bytes, number: int) -> bool:
    """Whether `made` is a bad line's place holder: that object and nothing else."""
    found = json.loads(made)
    return list(found) == ["error"] and found["error"] == {"line": number, "field": found["error"].get("field")}
