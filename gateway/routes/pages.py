"""The pages a visitor sees: the conversation, the demo, and their static files."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from litestar import Request, Response, get

from gateway import pages
from gateway.demo import demo_csp, demo_page
from gateway.problems import Refused
from gateway.state import Parts
from gateway.static_files import served, static_files, static_hash
from gateway.theme import theme_css
from schemas.clinic import Clinic
from schemas.emergency import emergency_number
from schemas.public import ProblemCode
from schemas.taxonomy import SPOKEN, Language

_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_FRAMED: Final = {"cross-origin-embedder-policy": "require-corp"}
"""A page that isolates itself frames only those that do so too; this one loads nothing of anybody else's."""


@get("/embed/{clinic:str}", include_in_schema=False)
async def embed(clinic: str, request: Request[Any, Any, Any], parts: Parts) -> Response[str]:
    """Show the conversation page; in a frame only on the clinic's own sites."""
    found = parts.clinic(clinic)
    body = pages.embed_page(found, _language(request, found), emergency_number=emergency_number(found.country))
    return _html(body, pages.embed_csp(found.allowed_origins), _FRAMED)


@get("/embed/{clinic:str}/theme.css", include_in_schema=False)
async def theme(clinic: str, parts: Parts) -> Response[str]:
    """Serve the clinic's colours."""
    css = theme_css(parts.clinic(clinic).widget)
    return Response(css, media_type="text/css", headers={"cache-control": "public, max-age=300"})


@get("/demo/{clinic:str}", include_in_schema=False)
async def demo(clinic: str, request: Request[Any, Any, Any], parts: Parts) -> Response[str]:
    """Show a page that looks like the clinic's own, where demo is on."""
    if not parts.settings.demo:
        raise Refused(ProblemCode.NOT_FOUND)
    found = parts.clinic(clinic)
    return _html(demo_page(found, _language(request, found), now=dt.datetime.now(dt.UTC)), demo_csp())


@get("/static/{digest:str}/{name:str}", include_in_schema=False)
async def static(digest: str, name: str, request: Request[Any, Any, Any]) -> Response[bytes]:
    """Serve a script or stylesheet under its content's hash; immutable.

    Under another hash, that of the page of a gateway of another version, it serves what it has, to be kept by nobody:
    while a new version is rolled out either may be asked, and an old page with a new script is better than one without.
    """
    file = static_files().get(name)
    if file is None:
        raise Refused(ProblemCode.NOT_FOUND)
    return served(file, request, {"cache-control": _IMMUTABLE if digest == static_hash() else "no-store"})


def _html(body: str, policy: str, headers: dict[str, str] | None = None) -> Response[str]:
    return Response(body, media_type="text/html", headers={"content-security-policy": policy, **(headers or {})})


def _language(request: Request[Any, Any, Any], clinic: Clinic) -> Language:
    """Return the visitor's language: `?lang=`, else the first of Accept-Language that the clinic answers in."""
    wished = request.query_params.get("lang", "") + "," + request.headers.get("accept-language", "")
    for part in wished.split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in SPOKEN and Language(code) in clinic.languages:
            return Language(code)
    return clinic.default_language
