"""`lethe ask CLINIC "text"`: one question, its answer streamed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click
import httpx
from httpx_sse import EventSource

_TIMEOUT = httpx.Timeout(30.0)


@click.command("ask")
@click.argument("clinic")
@click.argument("text")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The gateway.")
@click.option("--origin", default=None, help="The Origin header; none by default, which loopback accepts.")
@click.option("--language", default=None, help="en, fr, nl or de; else the clinic's first.")
@click.option("--json", "as_json", is_flag=True, help='One {"event", "data"} a line.')
def command(clinic: str, text: str, url: str, origin: str | None, language: str | None, as_json: bool) -> None:  # noqa: FBT001, PLR0917  # one parameter an option
    """Ask CLINIC's assistant a question and print the answer as it streams.

    A refusal is the event "problem", and exit code 1; so is a turn that ends in an error.
    """
    show = _show_json if as_json else _show_text
    last = ""
    try:
        for event, data in _events(clinic, text, url, origin, language):
            show(event, data)
            last = event
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise click.UsageError("--url: must begin with http:// or https://") from None
    except httpx.HTTPError as error:
        raise click.ClickException(f"{url}: {type(error).__name__}; is `lethe up` running?") from None
    sys.exit(0 if last == "done" else 1)


def _events(
    clinic: str, text: str, url: str, origin: str | None, language: str | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    headers = {"origin": origin} if origin else {}
    wish = {"clinic": clinic} | ({"language": language} if language else {})
    with httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT) as client:
        opened = client.post("/v1/sessions", json=wish)
        if opened.is_error:
            yield "problem", _body(opened)
            return
        turn = {"session": opened.json()["session"], "message": text}
        with client.stream("POST", "/v1/turns", json=turn) as response:
            if response.is_error:
                response.read()
                yield "problem", _body(response)
                return
            for event in EventSource(response).iter_sse():
                yield event.event, event.json()


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        return response.json()
    except ValueError:
        return {"status": response.status_code, "code": "unreadable"}


def _show_json(event: str, data: dict[str, Any]) -> None:
    click.echo(json.dumps({"event": event, "data": data}, ensure_ascii=False))


def _show_text(event: str, data: dict[str, Any]) -> None:
    match event:
        case "delta":
            click.echo(data["text"], nl=False)
        case "redacted":
            click.echo(f"(passed on as: {data['text']})", err=True)
        case "restart":
            click.echo("\n(the answer begins anew)", err=True)
        case "done":
            click.echo()
            for action in data["actions"]:
                click.echo(f"  {action['label']}: {action['url']}", err=True)
        case "error" | "problem":
            click.echo(data.get("message") or data.get("detail") or "refused", err=True)
        case _:
            return
