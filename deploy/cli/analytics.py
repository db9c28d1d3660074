"""`lethe analytics`: released figures, asked of the analytics process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import httpx

from deploy.up.plan import ROOT
from schemas.taxonomy import Source

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("analytics")
def command() -> None:
    """Show released figures: closed periods, small counts withheld."""


@command.command("topics")
@click.argument("clinic")
@click.option("--url", default="http://127.0.0.1:8001", show_default=True, help="The analytics process.")
@click.option("--data", type=_FOLDER, default=ROOT / ".lethe", help="`lethe up`'s folder, which holds the token.")
@click.option("--from", "first", default=None, help="First day, YYYY-MM-DD.")
@click.option("--to", "last", default=None, help="Last day, YYYY-MM-DD.")
@click.option(
    "--source",
    type=click.Choice([source.value for source in Source]),
    default="visitor",
    show_default=True,
    help="Visitors, or the turns of the demo page, the command line, …",
)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def topics(  # noqa: PLR0917  # one parameter an option
    clinic: str,
    url: str,
    data: Path,
    first: str | None,
    last: str | None,
    source: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print what CLINIC's visitors asked about: topic and released count, a line each."""
    answer = _ask(f"{url}/api/clinics/{clinic}/topics", data, {"from": first, "to": last, "source": source})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for row in answer["rows"]:
        click.echo(f"{row['turns']:>7}  {row['topic']}")
    click.echo(_explanation(answer, source), err=True)


def _explanation(answer: dict[str, Any], source: str) -> str:
    """Return the sentence under the figures: of whom, since when, what is not shown."""
    withheld = answer["withheld"].get("turns") or 0
    hidden = f"cells under {answer['k']} are withheld ({withheld} turns)" if answer["k"] else "nothing is withheld"
    since = answer["since"] or "nothing yet"
    return f"{source} turns from {answer['from']} to {answer['to']}, counting since {since}; {hidden}"


def _ask(url: str, data: Path, parameters: dict[str, str | None]) -> dict[str, Any]:
    """Ask the query API.

    Raises:
        click.ClickException: It is not there, or refuses.
    """
    try:
        token = (data / "keys" / "analytics.token").read_text("ascii").strip()
    except OSError:
        raise click.ClickException("--data: holds no token; is `lethe up` running with this folder?") from None
    given = {name: value for name, value in parameters.items() if value is not None}
    try:
        response = httpx.get(url, params=given, headers={"authorization": f"Bearer {token}"}, timeout=30)
    except httpx.HTTPError as error:
        raise click.ClickException(f"analytics: {type(error).__name__}; is `lethe up` running?") from None
    if response.is_error:
        raise click.ClickException(f"analytics: {response.json().get('detail', response.status_code)}")
    return response.json()
