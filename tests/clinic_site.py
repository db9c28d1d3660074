"""A clinic's own site: pages of an origin that is not the gateway's, with whatever policy and scripts a test needs."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self
from urllib.parse import urlsplit

PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A clinic</title>{head}</head>
<body><header><h1>A clinic</h1></header>
<main><h2>Treatments</h2><p>We take our time for you.</p><p><a href="#prices">Prices</a></p>{body}</main></body>
</html>"""
SCRIPT = "text/javascript"


class _File(NamedTuple):
    body: str
    media_type: str
    headers: dict[str, str]


class ClinicSite:
    """An origin on loopback; a page or script is there from when it was put until the site ends.

    Its host is of another *site* than the gateway's, since that is what browsers part storage by.
    """

    def __init__(self, name: str) -> None:
        """Have `name`.localhost as host, which browsers look for on this machine."""
        self._files: dict[str, _File] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.origin = f"http://{name}.localhost:{self._server.server_port}"
        self.cookies: list[str] = []
        """Those that browsers sent here."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def page(self, path: str, *, head: str = "", body: str = "", language: str = "en", csp: str = "") -> str:
        """Put a page at `path`, with `head` and `body` as they are, and return its address.

        Args:
            path: Of the page, e.g. ``/prices``.
            head: Ends the page's head.
            body: Ends the page's main part.
            language: The page's.
            csp: Its Content-Security-Policy; "" for none.
        """
        headers = {"Content-Security-Policy": csp} if csp else {}
        return self.put(path, PAGE.format(language=language, head=head, body=body), "text/html", headers)

    def put(self, path: str, body: str, media_type: str = SCRIPT, headers: dict[str, str] | None = None) -> str:
        """Put a file at `path` and return its address."""
        self._files[path] = _File(body, media_type, headers or {})
        return self.origin + path

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if cookie := self.headers.get("Cookie"):
                    site.cookies.append(cookie)
                file = site._files.get(urlsplit(self.path).path)
                body = file.body.encode() if file else b""
                self.send_response(200 if file else 404)
                for name, value in (file.headers if file else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", f"{file.media_type if file else 'text/plain'}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *words: object) -> None:  # noqa: A002  # its name there
                """Say nothing: the test's own output is what is read."""

        return Handler
