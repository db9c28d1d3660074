"""What the handlers of pages and API need, in the app's state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from litestar import Request

from analytics.dashboard.access import Access
from analytics.dashboard.rates import Rates
from analytics.figures import Figures

STATE: Final = "parts"


class Parts(NamedTuple):
    """The app's parts, wired once."""

    figures: Figures
    access: Access
    rates: Rates
    names: Mapping[str, str]
    """Clinics' names by id, of those whose file is at hand."""
    ready: Callable[[], Awaitable[bool]]
    """Whether figures can be answered; where events are stored, whether they are."""
    secure_cookie: bool
    """False only on plain HTTP, so on loopback."""
    public_origin: str
    """``https://host`` as browsers address the app; "" on loopback alone."""
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    """The time, aware."""


def parts_of(request: Request[Any, Any, Any]) -> Parts:
    """Return the parts of the app that serves `request`."""
    return request.app.state[STATE]
