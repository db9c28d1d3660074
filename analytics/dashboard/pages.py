"""The dashboard's pages: the start, a clinic's figures, their static files, and refusals as pages.

- ``GET /`` the sign-in, the only clinic, or a list
- ``GET /clinics/{clinic}`` its figures; parameters as `analytics.dashboard.asked` reads them, and ``lang``
- ``GET /static/{digest}/{name}``

All of a view's state is in its address; a page is complete without its script.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Final

import structlog
from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from analytics.asked import Asked, TooManyDimensions
from analytics.dashboard.access import Grant
from analytics.dashboard.asked import BadParameter, range_of, read_asked, read_source, today_of
from analytics.dashboard.formats import Words
from analytics.dashboard.links import Links
from analytics.dashboard.parts import Parts, parts_of
from analytics.dashboard.render import page, static_files, static_hash
from analytics.dashboard.shown import PANELS, Shown
from analytics.dashboard.texts import pick_language
from analytics.dashboard.view import comparable, view
from analytics.figures import Breakdown, Coverage, Figures
from analytics.store import StoreFault
from schemas.taxonomy import Source

CLINICS: Final = "/clinics/"
"""What the addresses of clinics' pages begin with: a sign-in may lead there and nowhere else."""
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_FIRST_CHOICE: Final = (Source.VISITOR, Source.SEED, Source.DEMO)
"""Of what the start page shows a clinic: visitors; made-up figures where somebody asked for them; its demo page."""

_Request = Request[Any, Any, Any]  # no `type` alias: Litestar does not look into one
type _Page = Response[str]

_log: Any = structlog.get_logger()


def page_handlers() -> list[Any]:
    """Return the handlers, for the app to mount."""
    return [start, clinic, static]


def words_of(request: _Request) -> Words:
    """Return the language of the page that `request` asks for."""
    accepted = request.headers.get("accept-language", "")
    return Words(pick_language(request.query_params.get("lang", ""), accepted))


def enter_page(request: _Request, *, refused: bool = False, wait_s: int = 0, wanted: str = "") -> _Page:
    """Return the sign-in.

    A browser does not send its cookie along a link from another site, a mail say (SameSite=Strict): such a request
    is asked for again, by the page itself, and only then is a sign-in what is missing.

    Args:
        request: Any; where it is for a clinic's figures, the form asks to come back to them (``next``).
        refused: Whether a wrong token was brought.
        wait_s: After how many seconds to try again; 0 where that is not limited.
        wanted: The ``next`` that came with a wrong token.
    """
    if request.url.path.startswith(CLINICS):
        wanted = _address(request)
    elsewhere = request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site"
    values = {"refused": refused, "wait_s": wait_s, "wanted": wanted, "again": _address(request) if elsewhere else ""}
    return _html(page("enter.html", words_of(request), **values), 429 if wait_s else 401, wait_s=wait_s)


def problem_page(request: _Request, kind: str, status: int, *, field: str = "", wait_s: int = 0) -> _Page:
    """Return a refusal as a page.

    Args:
        request: What is refused.
        kind: Of the sentences ``state``: ``away``, ``bad``, ``unknown``, ``often``.
        status: HTTP's.
        field: The parameter at fault.
        wait_s: After how many seconds to ask again.
    """
    values = {"kind": kind, "field": field, "wait_s": wait_s, "path": request.url.path, "again": _address(request)}
    return _html(page("problem.html", words_of(request), **values), status, wait_s=wait_s)


def _on_bad_parameter(request: _Request, bad: BadParameter) -> _Page:
    return problem_page(request, "bad", 400, field=bad.field)


def _on_store_fault(request: _Request, fault: StoreFault) -> _Page:
    _log.error("figures_unavailable", code=str(fault.code))
    return problem_page(request, "away", 503)


_REFUSALS: Final[dict[Any, Any]] = {BadParameter: _on_bad_parameter, StoreFault: _on_store_fault}


@get("/", exception_handlers=_REFUSALS, include_in_schema=False)
async def start(request: _Request) -> Response[Any]:
    """Show the sign-in, the only clinic there is to see, or a list."""
    parts = parts_of(request)
    grant = parts.access.authorise(request)
    if grant is None:
        return enter_page(request)
    found = await _clinics(parts, grant)
    lang = request.query_params.get("lang", "")
    listed = [
        (parts.names.get(one, one), Links(one, {"source": _best(sources), "lang": lang}).view())
        for one, sources in sorted(found.items(), key=lambda item: parts.names.get(item[0], item[0]).casefold())
    ]
    if len(listed) == 1:
        return Redirect(listed[0][1], status_code=303)
    return _html(page("clinics.html", words_of(request), clinics=listed))


@get("/clinics/{clinic:str}", exception_handlers=_REFUSALS, include_in_schema=False)
async def clinic(request: _Request, clinic: FromPath[str]) -> _Page:
    """Show a clinic's figures."""
    parts = parts_of(request)
    grant = parts.access.authorise(request)
    if grant is None:
        return enter_page(request)
    if wait_s := parts.rates.request(grant.holder):
        return problem_page(request, "often", 429, wait_s=wait_s)
    if not grant.allows(clinic) or not await _is_known(parts, grant, clinic):
        return problem_page(request, "unknown", 404)
    query = {name: str(value) for name, value in request.query_params.items()}
    coverage, asked = await _read(parts, clinic, query)
    shown = await _gather(parts.figures, comparable(asked, coverage.first), coverage)
    words, links = words_of(request), Links(clinic, query)
    seen = view(shown, words, links, asked=asked, named_range=range_of(query))
    return _html(
        page(
            "clinic.html",
            words,
            name=parts.names.get(clinic, clinic),
            asked=asked,
            coverage=coverage,
            links=links,
            view=seen,
            sources=parts.figures.sources(),
            full_elsewhere=[] if seen.state == "full" else await _sources(parts, clinic),
            several=grant.clinics is None or len(grant.clinics) > 1,
        )
    )


@get("/static/{digest:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Serve a script or stylesheet under its content's hash, to be kept for ever."""
    file = static_files().get(name)
    if file is None or digest != static_hash():
        return Response(b"", status_code=404, media_type="text/plain")
    return Response(file.body, media_type=file.media_type, headers={"cache-control": _IMMUTABLE})


async def _clinics(parts: Parts, grant: Grant) -> dict[str, set[Source]]:
    """Return the clinics that may be seen, and the sources that each has figures of."""
    found: dict[str, set[Source]] = {name: set() for name in (*parts.names, *(grant.clinics or ()))}
    for source in parts.figures.sources():
        for name in await parts.figures.clinics(source):
            found.setdefault(name, set()).add(source)
    return {name: sources for name, sources in found.items() if grant.allows(name)}


async def _is_known(parts: Parts, grant: Grant, clinic: str) -> bool:
    """Whether there is such a clinic: one with a file, a token or figures."""
    return clinic in parts.names or clinic in (grant.clinics or ()) or bool(await _sources(parts, clinic))


async def _sources(parts: Parts, clinic: str) -> list[Source]:
    """Return the sources that a clinic has figures of."""
    return [source for source in parts.figures.sources() if clinic in await parts.figures.clinics(source)]


async def _read(parts: Parts, clinic: str, query: Mapping[str, str]) -> tuple[Coverage, Asked]:
    """Return what a request asks for, and what the figures that it asks for cover.

    Raises:
        BadParameter: It cannot be asked so.
        StoreFault: The database failed.
    """
    source = read_source(query)
    if source not in parts.figures.sources():
        raise BadParameter("source")  # here only what is published can be read
    coverage = await parts.figures.coverage(clinic, source)
    return coverage, read_asked(clinic, query, today=today_of(coverage, source, now=parts.now()))


def _best(sources: set[Source]) -> Source:
    return next((source for source in _FIRST_CHOICE if source in sources), Source.VISITOR)


async def _gather(figures: Figures, asked: Asked, coverage: Coverage) -> Shown:
    """Ask everything that the page shows; one after another, since the database's client has one thread."""
    summary, filtered = await _if_split(figures.summary(asked)), asked.filters.named()
    # Without filters the summary holds two of the panels already.
    panels: dict[str, Breakdown | None] = (
        {"endings": summary.by_ending, "how": summary.by_how} if summary and not filtered else {}
    )
    for key, kind in PANELS.items():
        if key not in panels:
            panels[key] = await _if_split(figures.breakdown(kind.by, kind.asks(asked)))
    return Shown(
        asked=asked,
        coverage=coverage,
        summary=summary,
        series=await _if_split(figures.series(asked)),
        panels=panels,
        heat=None if filtered else await figures.heat(asked),
    )


async def _if_split[T](answer: Awaitable[T]) -> T | None:
    """Return an answer, or None where figures are not split by so many properties."""
    try:
        return await answer
    except TooManyDimensions:
        return None


def _address(request: _Request) -> str:
    """Return the request's own path and query."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _html(body: str, status: int = 200, *, wait_s: int = 0) -> _Page:
    headers = {"retry-after": str(wait_s)} if wait_s else {}
    return Response(body, media_type="text/html", status_code=status, headers=headers)
