"""`lethe analytics mail`: the weekly letter at once, to read, to keep or to send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deploy.cli.analytics_post import DATA, URL, post
from schemas.taxonomy import SPOKEN

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("mail")
@click.argument("clinic")
@click.option("--outbox", type=_FOLDER, default=None, help="Write it into this folder, as HTML and as text.")
@click.option("--send", is_flag=True, help="Send it as on Mondays, unless it has been sent.")
@click.option("--language", type=click.Choice([language.value for language in SPOKEN]), default=None)
@click.option("--source", type=click.Choice(["visitor", "demo", "seed"]), default="visitor", show_default=True)
@click.option("--url", default=URL, show_default=True, help="The analytics process.")
@click.option("--data", type=_FOLDER, default=DATA, help="`lethe up`'s folder, which holds the token.")
def command(  # noqa: PLR0917  # one parameter an option
    clinic: str,
    outbox: Path | None,
    send: bool,  # noqa: FBT001
    language: str | None,
    source: str,
    url: str,
    data: Path,
) -> None:
    """Print the letter about CLINIC's week that closed last, as plain text."""
    asked = {"source": source, "language": language, "send": send}
    letter = post(url, data, f"/api/clinics/{clinic}/mail", asked)
    if send:
        click.echo("sent" if letter["sent"] else "not sent: it was before, or the server did not take it", err=True)
    if outbox:
        for file in _write(letter, outbox):
            click.echo(str(file))
    elif not send:
        click.echo(f"{letter['subject']}\n\n{letter['text']}")
    if send and not letter["sent"]:
        raise SystemExit(1)


def _write(letter: dict[str, Any], outbox: Path) -> list[Path]:
    """Write the letter's two forms and return the files.

    Raises:
        click.ClickException: The folder cannot be written.
    """
    stem = f"{letter['clinic']}-{letter['week']}"
    files = [outbox / f"{stem}.html", outbox / f"{stem}.txt"]
    try:
        outbox.mkdir(parents=True, exist_ok=True)
        for file, content in zip(files, (letter["html"], letter["text"]), strict=True):
            file.write_text(content, "utf-8")
    except OSError:
        raise click.ClickException("--outbox: the folder cannot be written") from None
    return files
