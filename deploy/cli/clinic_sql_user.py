"""`lethe clinic sql-user`: a clinic's own database user, for its Grafana or Metabase (docs/direct-sql.md)."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import string
from pathlib import Path
from typing import Final

import click

_TEMPLATES: Final = Path(__file__).parents[1] / "clickhouse"
_CLINIC_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
"""What a clinic's id looks like (`schemas.clinic`): it needs no escaping in XML, between backticks or quotes."""
_FORMS: Final = {"users-xml": "clinic_user.xml", "users-sql": "clinic_user.sql", "views": "clinic_views.sql"}
_PASSWORD_BYTES: Final = 24


@click.command("sql-user")
@click.argument("clinic", metavar="ID")
@click.option("--as", "form", type=click.Choice(list(_FORMS)), default="users-xml", show_default=True)
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Holds the user's password; made, for you alone to read, where there is none. Not needed for views.",
)
def command(clinic: str, form: str, password_file: Path | None) -> None:
    """Print what gives clinic ID a read-only ClickHouse user on its own published figures.

    `users-xml` is a file for the server's users.d/, `users-sql` the same as statements, for a server with SQL
    access control; `views` are the statements that make the user's views, to be run after either as lethe_keeper.
    The password itself is not printed, only its hash.
    """
    if not _CLINIC_ID.fullmatch(clinic):
        raise click.UsageError("ID: 2 to 40 of a-z, 0-9 and -, a letter first")
    values = {"clinic": clinic}
    if form != "views":
        if password_file is None:
            raise click.UsageError("--password-file: must be given; it is made where there is none")
        values["sha256"] = hashlib.sha256(_password(password_file).encode()).hexdigest()
    click.echo(rendered(form, values), nl=False)


def rendered(form: str, values: dict[str, str]) -> str:
    """Return one of the templates of `deploy/clickhouse`, filled.

    Args:
        form: users-xml, users-sql or views.
        values: ``clinic``, and ``sha256`` of the password in hexadecimal digits where the form has users.
    """
    return string.Template((_TEMPLATES / _FORMS[form]).read_text("utf-8")).substitute(values)


def _password(file: Path) -> str:
    """Return the password in `file`, which is made where there is none.

    Raises:
        click.ClickException: It cannot be read or written, or is empty.
    """
    try:
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
                made.write(f"{secrets.token_urlsafe(_PASSWORD_BYTES)}\n")
            click.echo(f"{file}: made, holds the password", err=True)
        password = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise click.ClickException(f"{file}: cannot be read or written") from None
    if not password:
        raise click.ClickException(f"{file}: is empty")
    return password
