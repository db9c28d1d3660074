"""`lethe clinic token`: access to a clinic's figures, for as long as it is given."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Final

import click

from analytics.dashboard.tokens import (
    CLINIC_ID,
    LONGEST_DAYS,
    NoSuchToken,
    Token,
    TokensUnreadable,
    make,
    read,
    revoke,
)
from deploy.up.plan import ROOT, tokens_file

_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_DAYS: Final = click.IntRange(1, LONGEST_DAYS)


@click.command("token")
@click.argument("clinic", metavar="[ID]", required=False, default="")
@click.option("--days", type=_DAYS, default=30, show_default=True, help="How long the new token is valid.")
@click.option("--list", "listed", is_flag=True, help="Show the tokens instead: of ID, or all.")
@click.option("--revoke", "revoked", metavar="NUMBER", default="", help="Revoke one instead; its beginning will do.")
@click.option("--data", type=_FOLDER, default=None, help="The folder of `lethe up`.  [default: .lethe]")
def command(clinic: str, days: int, listed: bool, revoked: str, data: Path | None) -> None:  # noqa: FBT001  # one parameter an option
    """Print a new access token for the figures of clinic ID, once, on stdout.

    A browser signs in with it at the dashboard, a program sends it as a bearer token. Only its hash
    is kept: in the folder's keys/clinic-tokens.json, or without --data in the file that
    LETHE_CLINIC_TOKENS names, if it names one. A token that is revoked, by its number or as a whole,
    opens nothing from the next second on.
    """
    if (clinic and not CLINIC_ID.fullmatch(clinic)) or not (clinic or listed or revoked):
        raise click.UsageError("ID: 2 to 40 of a-z, 0-9 and -, a letter first")
    file = _file(data)
    try:
        if listed:
            _list(file, clinic)
        elif revoked:
            _say(revoke(file, revoked, clinic=clinic, now=_now()))
        else:
            _make(file, clinic, days)
    except NoSuchToken:
        raise click.ClickException("--revoke: the number of one token; --list shows them") from None
    except (TokensUnreadable, OSError):
        raise click.ClickException(f"{file}: cannot be read or written") from None


def _file(data: Path | None) -> Path:
    named = os.environ.get("LETHE_CLINIC_TOKENS")
    return Path(named) if named and data is None else tokens_file(data or ROOT / ".lethe")


def _make(file: Path, clinic: str, days: int) -> None:
    secret, made = make(file, clinic, days=days, now=_now())
    click.echo(secret)
    _say(made)
    click.echo("it is shown this once", err=True)


def _list(file: Path, clinic: str) -> None:
    """Print number, clinic, first day, last day and state of each token, tab-separated."""
    now = _now()
    for token in read(file):
        if clinic in {"", token.clinic}:
            days = f"{token.created:%Y-%m-%d}\t{token.expires:%Y-%m-%d}"
            click.echo(f"{token.number}\t{token.clinic}\t{days}\t{token.state(now)}")


def _say(token: Token) -> None:
    state = token.state(_now())
    until = f", until {token.expires:%Y-%m-%d %H:%M} UTC" if state == "valid" else ""
    click.echo(f"token {token.number} of {token.clinic}: {state}{until}", err=True)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
