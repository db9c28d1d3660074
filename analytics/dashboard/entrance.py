"""The way in: what every request must bring, and how a browser signs in and out."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from analytics.dashboard.access import VISIT_S, Grant, bearer
from analytics.dashboard.pages import enter_page
from analytics.dashboard.parts import Parts, parts_of
from analytics.dashboard.problems import Code, Problem

_Request = Request[Any, Any, Any]  # no `type` alias: Litestar does not look into one

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_OWN_PATH: Final = re.compile(r"/(clinics/[a-z0-9-]+)?(\?[A-Za-z0-9_=&-]*)?")
"""Where a sign-in may lead: pages of this app, with parameters of closed vocabularies."""


def admit(request: _Request, clinic: str) -> Grant:
    """Return the grant of a request that may see the figures of `clinic`, and count it.

    Raises:
        Problem: Without a valid token, too often, or of a clinic that is not its own: answered as an unknown
            one is, before anything is looked up.
    """
    parts = parts_of(request)
    grant = parts.access.authorise(request)
    if grant is None:
        raise refusal(parts) if bearer(request) else Problem(Code.UNAUTHORISED)
    if wait := parts.rates.request(grant.holder):
        raise Problem(Code.RATE_LIMITED, retry_after_s=wait)
    if not grant.allows(clinic):
        raise Problem(Code.UNKNOWN_CLINIC)
    return grant


def refusal(parts: Parts) -> Problem:
    """Return how a wrong token is answered, and count it."""
    if wait := parts.rates.wrong_token():
        return Problem(Code.RATE_LIMITED, retry_after_s=wait)
    return Problem(Code.UNAUTHORISED)


def check_origin(request: _Request) -> None:
    """Let a form of our own pages pass, and a program; no other page's.

    Raises:
        Problem: The browser says that another origin sent it.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if (site and site != "same-origin") or (origin is not None and not _is_own(request, origin)):
        raise Problem(Code.ORIGIN_NOT_ALLOWED)


def _is_own(request: _Request, origin: str) -> bool:
    if public := parts_of(request).public_origin:
        return origin == public
    host = request.headers.get("host", "")
    return origin == f"http://{host}" and urlsplit(origin).hostname in _LOOPBACK


@post("/enter", include_in_schema=False)
async def enter(request: _Request) -> Response[Any]:
    """Exchange an access token for a visit; a wrong one is asked for again."""
    check_origin(request)
    parts = parts_of(request)
    form = await request.form()
    wanted = str(form.get("next", ""))
    to = wanted if _OWN_PATH.fullmatch(wanted) else ""
    cookie = parts.access.enter(str(form.get("token", "")).strip())
    if cookie is None:
        return enter_page(request, refused=True, wait_s=refusal(parts).retry_after_s, wanted=to)
    return Redirect(to or "/", status_code=303, cookies=[_visit(parts, cookie, VISIT_S)])


@post("/leave", include_in_schema=False)
async def leave(request: _Request) -> Redirect:
    """End the visit."""
    check_origin(request)
    parts = parts_of(request)
    parts.access.leave(request)
    return Redirect("/", status_code=303, cookies=[_visit(parts, "", 0)])


def entrance_handlers() -> list[HTTPRouteHandler]:
    """Return the handlers of sign-in and sign-out."""
    return [enter, leave]


def _visit(parts: Parts, value: str, seconds: int) -> Cookie:
    return Cookie(
        parts.access.cookie,
        value=value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure=parts.secure_cookie,
    )
