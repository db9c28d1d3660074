"""What a browser is sent, byte by byte on the wire, by the gateway that runs."""

from __future__ import annotations

import re

import httpx


def weights(gateway: str, clinic: str) -> list[tuple[str, int, str]]:
    """Return each part's name, its bytes as sent to a browser that takes gzip, and their limit."""
    page = httpx.get(f"{gateway}/embed/{clinic}?lang=en").text
    linked = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css))"', page)
    files = {path.rpartition("/")[2]: _sent(gateway + path) for path in linked}
    script, styles = files["conversation.js"], files["conversation.css"]
    return [
        (
            "launcher, with its styles and four languages: all that a page loads",
            _sent(f"{gateway}/widget.js"),
            "4,096 B",
        ),
        (f"conversation, on the first click: script {script:,}, styles {styles:,}", script + styles, "14,336 B"),
        (
            "the conversation's page with its sentences, and the clinic's colours",
            _page(gateway, clinic) + files["theme.css"],
            "",
        ),
    ]


def _page(gateway: str, clinic: str) -> int:
    return _sent(f"{gateway}/embed/{clinic}?lang=en")


def _sent(address: str) -> int:
    with httpx.stream("GET", address, headers={"accept-encoding": "gzip"}) as response:
        response.raise_for_status()
        return sum(map(len, response.iter_raw()))
