"""`lethe analytics`: released figures, asked of the analytics process or of a dashboard."""

from __future__ import annotations

import json
import sys
from typing import IO, Any

import click

from deploy.cli.analytics_asked import asking, get
from deploy.cli.analytics_mail import command as mail
from deploy.cli.analytics_seed import command as seed


@click.group("analytics")
def command() -> None:
    """Show released figures: closed periods, small counts withheld."""


command.add_command(seed)
command.add_command(mail)


@command.command("topics")
@click.argument("clinic")
@asking
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def topics(clinic: str, as_json: bool, **asked: Any) -> None:  # noqa: FBT001  # click's
    """Print what CLINIC's visitors asked about: topic and released count, a line each."""
    answer: dict[str, Any] = get(f"{clinic}/topics", **asked).json()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for row in answer["rows"]:
        click.echo(f"{row['turns']:>7}  {row['topic']}")
    click.echo(_explanation(answer), err=True)


@command.command("export")
@click.argument("clinic")
@click.option("--panel", default="topics", show_default=True, help="Which figures; `all` as JSON has every one.")
@click.option("--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv", show_default=True)
@click.option("--output", type=click.File("wb", lazy=True), default="-", help="A file instead of stdout.")
@asking
def export(clinic: str, panel: str, form: str, output: IO[bytes], **asked: Any) -> None:
    """Write CLINIC's figures as a file: exactly what the dashboard's panel shows.

    Panels: summary, series, topics, intents, endings, how, languages, hours, not_offered, unanswered.
    """
    if form == "parquet" and output.name == "<stdout>" and sys.stdout.isatty():
        raise click.UsageError("--output: Parquet is no text; name a file")
    reply = get(f"{clinic}/export.{form}", panel=panel, **asked)
    output.write(reply.content)
    if form == "json":
        click.echo(_explanation(reply.json()), err=True)


def _explanation(answer: dict[str, Any]) -> str:
    """Return the sentence under the figures: of whom, since when, what is not shown."""
    turns = answer.get("withheld", {}).get("turns", 0)
    held = f"groups under {answer['k']} conversations are withheld" + (f" ({turns} turns)" if turns else "")
    hidden = held if answer["k"] else "nothing is withheld"
    since = answer["since"] or "nothing yet"
    return f"{answer['source']} turns from {answer['from']} to {answer['to']}, counting since {since}; {hidden}"
