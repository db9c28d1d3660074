"""The gateway's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from schemas.bus import BusSettings


class GatewaySettings(BusSettings, frozen=True, kw_only=True):
    """Read once, from `LETHE_*`."""

    gateway_id: str = "gw1"
    """Names this gateway's reply subjects; its NATS user is bound to it."""
    host: str = "127.0.0.1"
    port: int = 8000
    clinics: Path
    """Folder of clinic files."""
    edge_key_gateway_sanitiser: Path
    """Key file of the edge to the sanitiser."""
    session_keys: Path
    """Key file of sealed sessions; the first seals, all open."""
    allow_no_origin: bool = False
    """Accept requests without an Origin header (command-line clients)."""
    own_origins: tuple[str, ...] = ()
    """This gateway's own, as visitors' browsers address it, e.g. ``https://chat.example``: where the embed page comes
    from. Accepted beside every clinic's list; never taken from a request's Host header."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For is believed; none by default."""
    demo: bool = False
    """Serve `/demo/{clinic}`."""
    budget_ms: int = 20_000
    """A turn's whole time."""
    first_frame_ms: int = 8_000
    """Until the answer's first words."""
    drain_s: int = 25
    """How long open turns may go on after SIGTERM."""
    sessions_per_minute: int = 30
    """New sessions one address may open; the address is held in memory as a keyed hash."""
    turns_open_max: int = 1_000
    """Turns at once in this process; more are refused as overloaded."""
    gateways: Annotated[int, msgspec.Meta(ge=1)] = 1
    """How many gateways serve the same clinics: each spends its share of a clinic's AI calls of the day."""
