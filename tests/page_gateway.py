"""A gateway that answers a browser's requests from a script, for tests of the pages in a real browser.

Every refusal and every broken stream can be shown, byte for byte; the pages, scripts and policies are the real ones.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from playwright.sync_api import Route

from gateway import pages, theme
from gateway.demo import demo_csp, demo_page
from gateway.releases import read_releases
from gateway.static_files import static_files
from schemas.clinic import Clinic
from schemas.taxonomy import Language

SITE = "http://gateway.test"
CLINIC_SITE = "http://belle-rive.test"
"""The clinic's own, which may show the conversation in a frame."""
FRAMING = f"""<!doctype html><title>A page of the clinic</title>
<iframe src="{SITE}/embed/belle-rive" width="380" height="700"></iframe>
<script>const heard = []; addEventListener("message", ({{data, origin}}) => heard.push([origin, data]))</script>"""
"""Stands in for the launcher's page: it says what a test has it say, and keeps what it hears."""
CALL = {"kind": "call", "label": "Call us", "url": "tel:+3225550100"}
DONE = {
    "session": "token-2",
    "path": "deterministic",
    "intent": "price",
    "topic": "botulinum_toxin",
    "language": "en",
    "actions": [],
    "sources": [],
}


def frames(*events: tuple[str, dict[str, Any]]) -> bytes:
    """Return a stream of `events` as the gateway writes it, padding included."""
    return b"".join(
        b"event: %s\ndata: %s\n\n: pad\n" % (name.encode(), msgspec.json.encode(data)) for name, data in events
    )


def answer(text: str = "Yes, from €180.", **done: Any) -> bytes:
    return frames(("accepted", {"turn": "t"}), ("delta", {"text": text}), ("done", DONE | done))


def problem(status: int, code: str, **more: Any) -> tuple[int, dict[str, Any]]:
    return status, {"type": "about:blank", "title": "Refused", "status": status, "code": code, "detail": "Why.", **more}


class Gateway:
    """Answers a browser's requests as scripted, and remembers the calls. HANG leaves a turn without an answer."""

    HANG = b"hang"

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
        """A Monday, half past ten in Brussels: the demo page says whether the clinic is open."""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.strangers: list[str] = []
        self.sessions: list[Any] = []
        self.turns: list[Any] = []
        self.resumed: Any = problem(401, "session_expired")

    def __call__(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if route.request.url == f"{CLINIC_SITE}/":
            return route.fulfill(body=FRAMING, content_type="text/html")
        if not route.request.url.startswith(SITE):
            self.strangers.append(route.request.url)
            return route.abort()
        if address.path.startswith("/v1/"):
            return self._api(route, address.path)
        language = Language(parse_qs(address.query).get("lang", ["en"])[0])
        page = {
            "/embed/belle-rive": lambda: (
                pages.embed_page(self.clinic, language, emergency_number="112"),
                pages.embed_csp(self.clinic.allowed_origins),
            ),
            "/demo/belle-rive": lambda: (demo_page(self.clinic, language, now=self.now), demo_csp()),
        }.get(address.path)
        if page is not None:
            body, policy = page()
            return route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": policy})
        file, media_type = self._file(address.path)
        return route.fulfill(body=file, content_type=media_type)

    def _file(self, path: str) -> tuple[str | bytes, str]:
        if path == "/embed/belle-rive/theme.css":
            return theme.theme_css(self.clinic.widget), "text/css"
        if path == "/widget.js":
            newest, *_ = read_releases().values()
            return newest, "text/javascript"
        file = static_files()[path.rpartition("/")[2]]
        return file.body, file.media_type

    def _api(self, route: Route, path: str) -> None:
        self.calls.append((path, msgspec.json.decode(route.request.post_data or "{}")))
        if path == "/v1/sessions":
            opened = {"session": "token-1", "expires_in_s": 900, "language": "en", "greeting": "", "suggestions": []}
            self._reply(route, self.sessions.pop(0) if self.sessions else (201, opened))
        elif path == "/v1/sessions/resume":
            self._reply(route, self.resumed)
        else:
            self._reply(route, self.turns.pop(0) if self.turns else answer())

    def _reply(self, route: Route, reply: Any) -> None:
        if reply is self.HANG:
            return
        if isinstance(reply, bytes):
            route.fulfill(body=reply, content_type="text/event-stream")
        else:
            route.fulfill(status=reply[0], body=msgspec.json.encode(reply[1]), content_type="application/json")
