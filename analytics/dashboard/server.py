"""The figures' app served over HTTP: what is needed around it, and who may reach it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Final

import uvicorn

from analytics.dashboard.access import OPERATOR_CHARS_MIN, Access, read_operator_token
from analytics.dashboard.app import create_app
from analytics.dashboard.mailing import Mailing
from analytics.dashboard.parts import Parts
from analytics.dashboard.rates import Rates
from analytics.dashboard.seeding import Seeding
from analytics.dashboard.settings import DashboardSettings
from analytics.dashboard.tokens import ClinicTokens, TokensUnreadable
from analytics.figures import Figures
from analytics.settings import AnalyticsSettings
from schemas.env import SettingsFault
from schemas.process import notify_ready

_GOODBYE_S: Final = 5
_PUBLIC_URL: Final = re.compile(r"(https://[a-z0-9.-]+(:[0-9]{1,5})?)/?")

type HttpSettings = DashboardSettings | AnalyticsSettings
"""Both say where figures are served and to whom."""


class Door:
    """Where figures are served, and who is let in."""

    def __init__(self, settings: HttpSettings) -> None:
        """Read the tokens.

        Raises:
            SettingsFault: A token file cannot be used, or figures would be served beyond loopback without https.
        """
        self.public_origin = _public_origin(settings)
        self.access = Access(_operator_token(settings), _clinic_tokens(settings), secure=bool(self.public_origin))
        self._where = (settings.http_host, settings.http_port)

    def server(
        self,
        figures: Figures,
        *,
        names: Mapping[str, str],
        ready: Callable[[], Awaitable[bool]],
        seeding: Seeding | None = None,
        mailing: Mailing | None = None,
    ) -> Server:
        """Return the server of `figures`.

        Args:
            figures: What is served.
            names: Clinics' names by id.
            ready: Answers whether figures can be had.
            seeding: What synthetic figures need; None where nothing can be stored.
            mailing: What weekly letters need; None where none are written.
        """
        parts = Parts(
            figures=figures,
            access=self.access,
            rates=Rates(),
            names=names,
            ready=ready,
            secure_cookie=bool(self.public_origin),
            public_origin=self.public_origin,
        )
        return Server(self._config(create_app(parts, seeding, mailing)))

    def _config(self, app: Any) -> uvicorn.Config:
        host, port = self._where
        return uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GOODBYE_S,
        )


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one place for signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so to whoever started this process."""
        await super().startup(sockets)
        notify_ready()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; a server that could not start sets it.

        Raises:
            OSError: It could not start.
        """
        leaving = asyncio.create_task(self._leave_after(stop))
        try:
            await self.serve()
        except SystemExit:
            pass  # uvicorn's way to say that it could not bind; the reason is in its log
        finally:
            leaving.cancel()
            stop.set()
        if not self.started:
            raise OSError("the dashboard's port cannot be bound")

    async def _leave_after(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.should_exit = True


def _public_origin(settings: HttpSettings) -> str:
    public = _PUBLIC_URL.fullmatch(settings.public_url)
    if settings.public_url and not public:
        raise SettingsFault("LETHE_PUBLIC_URL: https://HOST, without a path")
    if not public and not _is_loopback(settings.http_host):
        raise SettingsFault("LETHE_HTTP_HOST: loopback only, unless LETHE_PUBLIC_URL is set")
    return public[1].removesuffix(":443") if public else ""


def _operator_token(settings: HttpSettings) -> str:
    try:
        return read_operator_token(settings.access_token_file)
    except (OSError, ValueError):
        fewest = f"it must hold at least {OPERATOR_CHARS_MIN} random characters"
        raise SettingsFault(f"LETHE_ACCESS_TOKEN_FILE: {fewest}") from None


def _clinic_tokens(settings: HttpSettings) -> ClinicTokens:
    try:
        return ClinicTokens(Path(settings.clinic_tokens) if settings.clinic_tokens else None)
    except TokensUnreadable:
        raise SettingsFault("LETHE_CLINIC_TOKENS: the file cannot be read, or holds no tokens") from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
