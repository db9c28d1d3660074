"""The query API: every panel as JSON, and as a file.

- ``GET /api/clinics/{clinic}/{panel}`` one panel of `questions.PANELS`
- ``GET /api/clinics/{clinic}/export.{csv,json,parquet}?panel=`` the same as a file
- ``GET /schema`` both described (OpenAPI)

Parameters are those of `analytics.dashboard.asked`. Answers carry an ETag, so that asking again
costs no bytes while nothing has changed.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from analytics.asked import Asked
from analytics.dashboard.answers import Answer
from analytics.dashboard.asked import read_asked, read_source, today_of
from analytics.dashboard.described import as_json, as_yaml
from analytics.dashboard.entrance import admit
from analytics.dashboard.exports import EVERYTHING, MEDIA_TYPES, as_csv, as_parquet, file_name, table
from analytics.dashboard.parts import parts_of
from analytics.dashboard.problems import Code, Problem
from analytics.dashboard.questions import PANELS, ask, ask_all
from analytics.figures import Coverage

_Request = Request[Any, Any, Any]  # no `type` alias: Litestar does not look into one

_EXPORT: Final = "export."
_CACHE: Final = {"cache-control": "private, no-cache", "vary": "Authorization, Cookie"}


@get("/api/clinics/{clinic:str}/{question:str}")
async def answer(request: _Request, clinic: FromPath[str], question: FromPath[str]) -> Response[bytes]:
    """Answer one panel, or give it as a file."""
    admit(request, clinic)
    form = question.removeprefix(_EXPORT) if question.startswith(_EXPORT) else ""
    if question not in PANELS and form not in MEDIA_TYPES:
        raise Problem(Code.UNKNOWN_QUESTION, f"one of {', '.join(PANELS)}, export.csv, export.json, export.parquet")
    panel = request.query_params.get("panel", "") or "topics" if form else question
    if panel not in PANELS and (panel, form) != (EVERYTHING, "json"):
        raise Problem(Code.INVALID_REQUEST, f"panel: one of {', '.join(PANELS)}; as JSON also {EVERYTHING}")
    found = await _ask(request, clinic, panel)
    if not form:
        return _respond(request, msgspec.json.encode(found), MEDIA_TYPES["json"])
    body = await asyncio.to_thread(_file, panel, form, found)
    name = file_name(panel, form, found)
    return _respond(request, body, MEDIA_TYPES[form], {"content-disposition": f'attachment; filename="{name}"'})


@get(["/schema", "/schema/openapi.json"], sync_to_thread=False)
def schema_json(request: _Request) -> Response[bytes]:
    """Return the description of this API (OpenAPI 3.1) as JSON."""
    return _respond(request, as_json(), "application/vnd.oai.openapi+json")


@get("/schema/openapi.yaml", sync_to_thread=False)
def schema_yaml(request: _Request) -> Response[bytes]:
    """Return the description of this API as YAML."""
    return _respond(request, as_yaml(), "application/vnd.oai.openapi")


def api_handlers() -> list[HTTPRouteHandler]:
    """Return the handlers of the query API."""
    return [answer, schema_json, schema_yaml]


async def _ask(request: _Request, clinic: str, panel: str) -> Answer:
    """Return what `panel` shows of `clinic`.

    Raises:
        BadParameter, Problem: It cannot be asked so.
        StoreFault: The database failed.
    """
    figures = parts_of(request).figures
    asked, coverage = await read(request, clinic)
    if panel == EVERYTHING:
        return await ask_all(figures, asked, coverage)
    return await ask(figures, panel, asked, coverage)


async def read(request: _Request, clinic: str) -> tuple[Asked, Coverage]:
    """Return what the request's parameters ask about `clinic`, and what its figures cover.

    Raises:
        BadParameter: One of them cannot be used.
        Problem: The source cannot be asked for here.
        StoreFault: The database failed.
    """
    parts, query = parts_of(request), dict(request.query_params)
    source = read_source(query)
    if source not in parts.figures.sources():
        raise Problem(Code.INVALID_REQUEST, f"source: one of {', '.join(parts.figures.sources())} here")
    coverage = await parts.figures.coverage(clinic, source)
    return read_asked(clinic, query, today=today_of(coverage, source, now=parts.now())), coverage


def _file(panel: str, form: str, found: Answer) -> bytes:
    if form == "json":
        return msgspec.json.encode(found)
    shown = table(panel, found)
    return as_csv(shown) if form == "csv" else as_parquet(shown, found)


def _respond(request: _Request, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Return `body`, or nothing where the client says that it has this very answer."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    sent = {**_CACHE, "etag": tag, **(headers or {})}
    if tag in known or "*" in known:
        return Response(b"", status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)
