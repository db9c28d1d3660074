"""`lethe analytics seed`: synthetic figures, so that a newcomer sees the dashboard full."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.analytics_post import DATA, URL, post

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("seed")
@click.argument("clinic")
@click.option("--days", type=click.IntRange(1, 760), default=400, show_default=True, help="Up to yesterday.")
@click.option("--chats", type=click.IntRange(10, 20_000), default=600, show_default=True, help="A month.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Another number: other visitors."
)
@click.option("--url", default=URL, show_default=True, help="The analytics process.")
@click.option("--data", type=_FOLDER, default=DATA, help="`lethe up`'s folder, which holds the token.")
def command(  # noqa: PLR0917  # one parameter an option
    clinic: str, days: int, chats: int, seed: int, url: str, data: Path
) -> None:
    """Make synthetic figures of CLINIC, marked as such and apart from visitors' for ever.

    Once a clinic: more would not fit the days that are closed.
    """
    made = post(url, data, f"/api/clinics/{clinic}/seed", {"days": days, "chats": chats, "seed": seed})
    click.echo(f"{made['events']} synthetic turns of {days} days; open the dashboard:", err=True)
    click.echo(f"{url.rstrip('/')}/clinics/{clinic}?source=seed")
