"""The analytics process put together: the worker and the dashboard over one open database."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import socket
from collections.abc import Generator
from typing import Any, Final

import structlog
import uvicorn
from nats.aio.client import Client

from analytics import worker
from analytics.access import TokenAccess
from analytics.app import Parts, create_app
from analytics.figures import Figures
from analytics.settings import AnalyticsSettings
from analytics.sink import Sink
from analytics.store import Store
from schemas.env import SettingsFault
from schemas.process import notify_ready
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC
from schemas.treatments import treatments

_GOODBYE_S: Final = 5

_log: Any = structlog.get_logger()


async def serve(settings: AnalyticsSettings, *, nc: Client, stop: asyncio.Event) -> None:
    """Store events and serve figures until `stop` is set, then finish the batch under way.

    Args:
        settings: Of this process.
        nc: A connection as the analytics user.
        stop: Set it to end.

    Raises:
        SettingsFault: The access token cannot be used, or figures would be served beyond loopback.
        StoreFault, MigrationChanged: The database cannot be opened or brought up to date.
        OSError: The port is taken.
    """
    access = _access(settings)
    store = await Store.open(data_dir=settings.data_dir, url=settings.clickhouse_url)
    try:
        done = await store.migrate(frozenset({*treatments(), CLINIC_TOPIC, NO_TOPIC}))
        _log.info("store_opened", count=len(done))
        await _run_both(settings, nc=nc, stop=stop, store=store, access=access)
    finally:
        await store.close()


async def _run_both(
    settings: AnalyticsSettings, *, nc: Client, stop: asyncio.Event, store: Store, access: TokenAccess
) -> None:
    """Run worker and server; when either ends, the other does too."""
    intake = worker.Intake()

    async def ready() -> bool:
        return intake.ready and await store.alive()

    figures = Figures(store, now=lambda: dt.datetime.now(dt.UTC))
    app = create_app(Parts(figures=figures, access=access, ready=ready, secure_cookie=False))
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GOODBYE_S,
        )
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_serve_http(server, stop))
        tasks.create_task(worker.run(settings, nc=nc, sink=Sink(store), intake=intake, stop=stop))
        await stop.wait()
        server.should_exit = True


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one place for signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so to whoever started this process."""
        await super().startup(sockets)
        notify_ready()


async def _serve_http(server: _Server, stop: asyncio.Event) -> None:
    """Serve until told to exit; a server that could not start ends everything.

    Raises:
        OSError: It could not start.
    """
    try:
        await server.serve()
    except SystemExit:
        pass  # uvicorn's way to say that it could not bind; the reason is in its log
    finally:
        stop.set()
    if not server.started:
        raise OSError("the dashboard's port cannot be bound")


def _access(settings: AnalyticsSettings) -> TokenAccess:
    if not _is_loopback(settings.http_host):
        raise SettingsFault("LETHE_HTTP_HOST: loopback only, until there is sign-in")
    try:
        return TokenAccess.from_file(settings.access_token_file)
    except (OSError, ValueError):
        raise SettingsFault("LETHE_ACCESS_TOKEN_FILE: it must hold at least 22 random characters") from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
