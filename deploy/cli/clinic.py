"""`lethe clinic`: check or begin clinic files, put a chat on a page, and give clinics access to their figures."""

from __future__ import annotations

import json
import string
import sys
from pathlib import Path
from typing import Final

import click

from deploy.cli.clinic_snippet import command as snippet
from deploy.cli.clinic_sql_user import command as sql_user
from deploy.cli.clinic_token import command as token
from schemas.clinic import parse_clinic
from schemas.clinic_faults import ClinicFault, Fault
from schemas.clinic_files import check_file
from schemas.clinic_schema import clinic_schema
from schemas.taxonomy import SPOKEN

SCHEMA_NAME: Final = "clinic.schema.json"
"""Beside the clinic files, which name it in their first line."""
_STARTER: Final = Path(__file__).with_name("clinic_starter.toml")
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER: Final = click.Path(exists=True, file_okay=False, writable=True, path_type=Path)
_LANGUAGE: Final = click.Choice([language.value for language in SPOKEN])


@click.group("clinic")
def command() -> None:
    """Check or begin clinic files; put a chat on a page; give access to a clinic's figures."""


@command.command("check")
@click.argument("files", nargs=-1, required=True, type=_FILE)
def check(files: tuple[Path, ...]) -> None:
    """Say everything that is wrong in FILES, a line each: FILE:LINE: field: reason and remedy.

    Values are never shown. Exit code 1 when anything is wrong.
    """
    wrong = 0
    for file in files:
        for fault in check_file(file):
            click.echo(f"{file}:{fault.line}: {_said(fault)}")
            wrong += 1
    click.echo(f"{len(files)} checked, {wrong} faults", err=True)
    sys.exit(1 if wrong else 0)


@command.command("new")
@click.argument("clinic_id", metavar="ID")
@click.option("--name", default=None, help="The clinic's name; by default made from ID.")
@click.option("--country", default="BE", show_default=True, help="Two letters.")
@click.option("--time-zone", default="Europe/Brussels", show_default=True)
@click.option("--language", "languages", type=_LANGUAGE, multiple=True, default=("en",), help="Repeat; first: default.")
@click.option("--folder", type=_FOLDER, default=".", show_default=True, help="Where the files are written.")
def new(  # noqa: PLR0917  # one parameter an option
    clinic_id: str, name: str | None, country: str, time_zone: str, languages: tuple[str, ...], folder: Path
) -> None:
    """Write ID.toml, a commented file to begin with, and the schema that editors read beside it.

    It passes the check as it is and holds examples: replace them before visitors are served from it.
    """
    text = starter(clinic_id, name=name, country=country, time_zone=time_zone, languages=languages)
    file = folder / f"{clinic_id}.toml"
    try:
        with file.open("x", encoding="utf-8") as writing:
            writing.write(text)
    except FileExistsError:
        raise click.ClickException(f"{file}: exists already; it was left as it is") from None
    (folder / SCHEMA_NAME).write_text(schema_text(), "utf-8")
    click.echo(str(file))
    click.echo(f"now replace its examples, and run: lethe clinic check {file}", err=True)


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of clinic files, for editors (a file names it in its first line: #:schema PATH)."""
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Return the JSON Schema of clinic files as it is printed and kept beside them."""
    return json.dumps(clinic_schema(), indent=2, ensure_ascii=False) + "\n"


def starter(clinic_id: str, *, name: str | None, country: str, time_zone: str, languages: tuple[str, ...]) -> str:
    """Return the text of a new clinic's file, which passes the check.

    Raises:
        click.UsageError: An argument is not what its field may hold.
    """
    shown = name or clinic_id.replace("-", " ").title()
    text = string.Template(_STARTER.read_text("utf-8")).substitute(
        id=clinic_id,
        name=" ".join(shown.split()),
        quoted_name=json.dumps(shown, ensure_ascii=False),
        country=country,
        time_zone=time_zone,
        languages=", ".join(f'"{language}"' for language in languages),
        first_language=languages[0],
    )
    try:
        parse_clinic(text, file_id=clinic_id)
    except ClinicFault as found:
        raise click.UsageError(_said(found.faults[0])) from None
    return text


command.add_command(snippet)
command.add_command(token)
command.add_command(sql_user)


def _said(fault: Fault) -> str:
    return f"{fault.field}: {fault.reason}" if fault.field else fault.reason
