"""Run one gateway until SIGTERM or SIGINT; then refuse what is new, finish what is open, and leave."""

from __future__ import annotations

import asyncio
import socket
from types import FrameType
from typing import Any

import uvicorn
import uvloop

from gateway.answer import Notice
from gateway.app import create_app, wire
from gateway.connection import Connection
from gateway.settings import GatewaySettings
from gateway.state import Parts
from schemas import env, logs, metrics
from schemas.bus import connect
from schemas.clinic_files import ClinicFiles
from schemas.process import allocator_overwrites, forbid_dumps, keep_forgetting, notify_ready
from schemas.subjects import Role


class _Server(uvicorn.Server):
    """uvicorn, which on the first signal drains before it closes its sockets."""

    def __init__(self, config: uvicorn.Config, parts: Parts) -> None:
        super().__init__(config)
        self._parts = parts

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        notify_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Refuse new turns at once; the sockets close as uvicorn does it."""
        self._parts.draining.set()
        super().handle_exit(sig, frame)
        self._captured_signals.clear()  # uvicorn would raise them again before `_serve` has sent the last events


def main(settings: GatewaySettings) -> None:
    """Run the gateway."""
    forbid_dumps()
    log = logs.configure(Role.GATEWAY.value, level=settings.log_level, instance=settings.gateway_id)
    if not allocator_overwrites():
        log.warning("allocator_not_overwriting")
    uvloop.run(_serve(settings, log))


async def _serve(settings: GatewaySettings, log: Any) -> None:
    logs.catch_loop_errors(log)
    metrics.serve(settings.metrics_port, settings.metrics_host)
    clinics = ClinicFiles.load(settings.clinics, extra_origins=settings.own_origins)
    bus = await connect(settings, role=Role.GATEWAY, instance=settings.gateway_id, log=log)
    parts = wire(settings, bus=bus, clinics=clinics, log=log)
    await parts.desk.open()
    await parts.facts.open()
    metrics.TURNS_OPEN.set_function(lambda: len(parts.desk))
    server = _Server(
        uvicorn.Config(
            create_app(parts),
            http=Connection,
            host=settings.host,
            port=settings.port,
            access_log=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            log_config=None,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=settings.drain_s,
        ),
        parts,
    )
    tasks = [
        asyncio.create_task(clinics.watch(lambda clinic, faults: _said(log, clinic, faults))),
        asyncio.create_task(_end_late_turns(parts)),
        asyncio.create_task(keep_forgetting()),
    ]
    for task in tasks:
        task.add_done_callback(lambda ended: _end_with(ended, server, log))
    try:
        await server.serve()
    finally:
        parts.desk.tell_all(Notice.DRAINED)
        await parts.facts.close(within_s=2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await parts.desk.close()
        await bus.close()
        log.info("gateway_drained")


def _end_with(task: asyncio.Task[None], server: uvicorn.Server, log: Any) -> None:
    """End the process when a keeper of its promises has failed; the supervisor starts it again."""
    if not task.cancelled() and (error := task.exception()):
        log.error("keeper_failed", exc_info=error)
        server.should_exit = True


async def _end_late_turns(parts: Parts) -> None:
    """Give turns that are still open at the end of a drain their honest error."""
    await parts.draining.wait()
    await asyncio.sleep(max(parts.settings.drain_s - 1, 0))
    parts.desk.tell_all(Notice.DRAINED)


def _said(log: Any, clinic: str, faults: list[Any] | None) -> None:
    if faults:
        log.warning("clinic_refused", clinic=clinic, line=faults[0].line, count=len(faults))
    else:
        log.info("clinic_loaded", clinic=clinic)


if __name__ == "__main__":
    main(env.load(GatewaySettings))
