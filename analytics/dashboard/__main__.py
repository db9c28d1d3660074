"""The dashboard as a role of its own: the figures' app over a ClickHouse server, as many of them as one likes."""

from __future__ import annotations

import asyncio
import signal
from typing import Any, Final

from analytics.clinics import Clinics
from analytics.dashboard.server import Door
from analytics.dashboard.settings import DashboardSettings
from analytics.figures import Figures
from analytics.store import Store, StoreFault
from schemas import env, logs, metrics
from schemas.env import SettingsFault

SERVICE: Final = "dashboard"


async def run(settings: DashboardSettings) -> None:
    """Serve figures until SIGTERM or SIGINT.

    Raises:
        SettingsFault: A setting cannot be used.
        StoreFault: The server is away, or refuses.
        OSError: The port is taken.
    """
    if not settings.clickhouse_url:
        raise SettingsFault(
            "LETHE_CLICKHOUSE_URL: must be set to a ClickHouse server's address; "
            "on chDB the analytics process serves the dashboard itself, as only one process can open the folder"
        )
    door, clinics = Door(settings), Clinics.load(settings.clinics)
    log: Any = logs.configure(SERVICE, level=settings.log_level)
    logs.catch_loop_errors(log)
    metrics.serve(settings.metrics_port, settings.metrics_host)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        store = await Store.open(url=settings.clickhouse_url)
    except StoreFault as fault:
        log.exception("store_failed", code=str(fault.code))  # ClickHouse's own code
        raise
    try:
        await _serve(door, clinics, store, stop)
    finally:
        await store.close()


async def _serve(door: Door, clinics: Clinics, store: Store, stop: asyncio.Event) -> None:
    server = door.server(Figures(store, own=False), names=clinics, ready=store.alive)
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(clinics.watch())
        try:
            await server.run_until(stop)
        finally:
            watching.cancel()


def main(settings: DashboardSettings) -> None:
    """Serve figures until SIGTERM or SIGINT."""
    asyncio.run(run(settings))


if __name__ == "__main__":
    main(env.load(DashboardSettings))
