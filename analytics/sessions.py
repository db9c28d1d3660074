"""A session of a ClickHouse server (HTTP: ``session_id``): what `analytics.succession` stands on.

Blocking calls, for the database's thread. What is written in a session (`within`) is written in it or not at all.
"""

from __future__ import annotations

from typing import Any, Final

GONE: Final = 372
"""The server's error code where it knows no such session, or not any more."""
IN_USE: Final = 373
"""The server's error code where another statement runs in the session."""
IDLE_S: Final = 600
"""A session in which nothing happens for so long ends by itself; a server refuses more than an hour."""


def within(name: str) -> dict[str, str | int]:
    """Return the settings by which a statement runs in a session, and is refused where there is none."""
    return {"session_id": name, "session_check": 1}


def open_session(client: Any, name: str) -> None:
    """Open a session."""
    # SET, as the client may send a SELECT twice: one that came late would open what has been closed meanwhile.
    client.command("SET max_insert_threads = 1", settings={"session_id": name, "session_timeout": IDLE_S})


def close_session(client: Any, name: str) -> None:
    """Close a session; the server refuses with `IN_USE` or `GONE`."""
    client.params["close_session"] = "1"  # the client would refuse the word among a statement's settings
    try:
        client.command("SELECT 1", settings=within(name))
    finally:
        del client.params["close_session"]
