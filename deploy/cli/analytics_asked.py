"""What `lethe analytics topics` and `export` ask the query API, and their common options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click
import httpx

from deploy.cli.analytics_post import DATA, URL
from schemas.taxonomy import Intent, Source

_LIMIT_S: Final = 60
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_INTENTS: Final = click.Choice([intent.value for intent in Intent])
_SOURCES: Final = click.Choice([source.value for source in Source])
_ENDINGS: Final = ("answered", "not_offered", "handed_over", "unanswered", "refused", "emergency", "abandoned")
_OPTIONS: Final = (
    click.option("--from", "from_", metavar="DAY", help="First day, YYYY-MM-DD, in the clinic's own time."),
    click.option("--to", metavar="DAY", help="Last day, included; days that are not over yet are left out."),
    click.option("--range", type=click.Choice(["today", "7d", "28d", "91d", "12m"]), help="Instead; 28d by default."),
    click.option("--compare", type=click.Choice(["none", "previous", "year"]), help="With what span; previous."),
    click.option("--ending", type=click.Choice(_ENDINGS), help="Only questions that ended so."),
    click.option("--topic", metavar="SLUG", help="Only questions about this."),
    click.option(
        "--intent",
        type=_INTENTS,
        metavar="INTENT",
        help="Only questions that wanted this.",
    ),
    click.option(
        "--source",
        type=_SOURCES,
        default="visitor",
        show_default=True,
        help="Visitors, or the turns of the demo page, the command line, …",
    ),
    click.option("--url", default=URL, show_default=True, help="The dashboard."),
    click.option("--data", type=_FOLDER, default=DATA, help="`lethe up`'s folder, which holds the operator's token."),
    click.option("--token-file", type=_FILE, help="File of the access token, where it is another."),
)


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the options by which figures are asked for."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def get(path: str, *, url: str, data: Path, token_file: Path | None, **parameters: str | None) -> httpx.Response:
    """Ask the query API and return its answer.

    Args:
        path: After the clinic, e.g. ``topics``.
        url: The dashboard, without a path.
        data: The folder of `lethe up`.
        token_file: Holds the access token; None: the operator's, from `data`.
        parameters: Of the query; None is left out, and a trailing ``_`` of a name.

    Raises:
        click.ClickException: It is not there, or refuses.
    """
    given = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
    headers = {"authorization": f"Bearer {_token(data, token_file)}"}
    try:
        reply = httpx.get(
            f"{url.rstrip('/')}/api/clinics/{path}", params=given, headers=headers, timeout=_LIMIT_S, trust_env=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise click.ClickException(f"analytics: {type(error).__name__}; is `lethe up` running?") from None
    if reply.is_error:
        raise click.ClickException(f"analytics: {_refusal(reply)}")
    return reply


def _token(data: Path, token_file: Path | None) -> str:
    try:
        return (token_file or data / "keys" / "analytics.token").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        option = "--token-file" if token_file else "--data"
        raise click.ClickException(f"{option}: holds no token; is `lethe up` running with this folder?") from None


def _refusal(reply: httpx.Response) -> str:
    """Return why the API refuses; it quotes nothing."""
    try:
        problem: Mapping[str, Any] = reply.json()
    except ValueError:
        return str(reply.status_code)
    return problem.get("detail") or problem.get("code") or str(reply.status_code)
