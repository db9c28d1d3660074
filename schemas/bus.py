"""The connection to NATS: one way to connect, the same for every role.

Nothing is buffered while the broker is away (`pending_size=0`): a publish then fails at once, and
whoever publishes decides. Reconnection goes on for ever. Errors arrive at a callback; they are
counted, and a refused permission before `ready()` ends the process, since a role that may not
listen would answer nobody.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import nats.errors
from nats.aio.msg import Msg

from schemas import metrics
from schemas.bus_client import BusClient
from schemas.env import Settings, SettingsFault
from schemas.subjects import Role, connection_name, inbox_prefix

_RECONNECT_WAIT_S: Final = 0.2
_PING_INTERVAL_S: Final = 5
_FLUSH_S: Final = 5
_CLOSE_S: Final = 3
_PENDING_BYTES: Final = 32 * 1024 * 1024

UNAVAILABLE: Final = (nats.errors.Error, OSError)
"""What a publish raises while the broker is away."""


class BusSettings(Settings, frozen=True, kw_only=True):
    """How a role reaches the broker and who it is there."""

    nats_url: str = "nats://127.0.0.1:4222"
    """``tls://…`` outside loopback."""
    nats_seed: str
    """The role's nkey seed (``SU…``); usually by `LETHE_NATS_SEED_FILE`."""
    nats_ca: str = ""
    """Path of the certificate authority of the broker, where it is not a public one."""
    region: str = "eu"
    """Residency region; a token of subjects and permissions."""
    log_level: str = "INFO"
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    """0 serves none."""


class Bus:
    """One connection, with the errors it has seen."""

    def __init__(self, client: BusClient) -> None:
        """Wrap a client; use `connect`."""
        self.client = client
        self.refused = False
        self.on_disconnect: Callable[[], None] | None = None

    async def ready(self) -> None:
        """Return once the broker knows every subscription made so far.

        Raises:
            PermissionError: The broker refused one of them.
        """
        await self.client.flush(_FLUSH_S)
        await self.client.flush(_FLUSH_S)  # the client reports a refusal by a task of its own
        if self.refused:
            raise PermissionError("the broker refused a subscription of this role")

    async def listen(self, subject: str, on: Callable[[Msg], Awaitable[None]], *, queue: str = "") -> Any:
        """Subscribe; beyond `_PENDING_BYTES` unread the client drops, and counts it as an error."""
        client: Any = self.client  # its signatures are only partly typed
        return await client.subscribe(subject, queue=queue, cb=on, pending_bytes_limit=_PENDING_BYTES)

    def drop_unsent(self) -> None:
        """Drop what was accepted for sending but not sent: late, it would reach workers after it was withdrawn."""
        client: Any = self.client
        client._pending.clear()  # noqa: SLF001  # `pending_size=0` bounds only what is accepted while disconnected
        client._pending_data_size = 0  # noqa: SLF001

    def forget(self, subscription: Any) -> None:
        """Drop a subscription whose drain failed, so that a reconnection does not bring it back."""
        subscription._stop_processing()  # noqa: SLF001  # `unsubscribe` refuses what a failed drain has closed
        client: Any = self.client
        client._remove_sub(subscription._id)  # noqa: SLF001

    async def close(self) -> None:
        """Send what is written and close; a broker that is away is not waited for."""
        try:
            await asyncio.wait_for(self.client.drain(), _CLOSE_S)
        except (*UNAVAILABLE, TimeoutError):
            await self.client.close()


async def connect(settings: BusSettings, *, role: Role, instance: str, log: Any) -> Bus:
    """Connect as `role`; `instance` is this process' id, "" for a role that has only one.

    Raises:
        SettingsFault: Plain NATS outside loopback.
        OSError, nats.errors.Error: The broker cannot be reached or refuses the key.
    """
    context = _tls(settings)
    bus = Bus(BusClient())

    async def on_error(error: Exception) -> None:
        kind = type(error).__name__
        if "permissions violation" in str(error).lower():
            bus.refused, kind = True, "PermissionsViolation"
        metrics.BUS_ERRORS.labels(kind).inc()
        log.warning("bus_failed", error=kind)

    async def on_disconnect() -> None:
        log.warning("bus_disconnected")
        bus.drop_unsent()
        if bus.on_disconnect:
            bus.on_disconnect()

    async def on_reconnect() -> None:
        log.info("bus_reconnected")

    await bus.client.connect(
        settings.nats_url,
        name=connection_name(role, instance),  # type: ignore[arg-type]
        nkeys_seed_str=settings.nats_seed,
        inbox_prefix=inbox_prefix(role, instance if role is Role.GATEWAY else ""),
        tls=context,
        error_cb=on_error,
        disconnected_cb=on_disconnect,
        reconnected_cb=on_reconnect,
        pending_size=0,
        reconnect_time_wait=_RECONNECT_WAIT_S,  # type: ignore[arg-type]
        max_reconnect_attempts=-1,
        ping_interval=_PING_INTERVAL_S,
        max_outstanding_pings=2,
    )
    return bus


def _tls(settings: BusSettings) -> ssl.SSLContext | None:
    """Return the TLS context; plain connections are for loopback only."""
    url = urlsplit(settings.nats_url)
    if url.scheme in {"tls", "wss"}:
        return ssl.create_default_context(cafile=settings.nats_ca or None)
    if not _is_loopback(url.hostname or ""):
        raise SettingsFault("LETHE_NATS_URL: outside loopback it must begin with tls://")
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
