"""The analytics process: settings, logs and the broker's connection, then `analytics.serve`."""

from __future__ import annotations

import asyncio
import signal

from analytics.serve import prepared, serve
from analytics.settings import AnalyticsSettings
from analytics.store import StoreFault
from schemas import bus, env, logs, metrics
from schemas.subjects import Role


async def run(settings: AnalyticsSettings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        SettingsFault: A setting cannot be used.
        OSError, nats.errors.Error: The broker cannot be reached.
    """
    named = prepared(settings)
    log = logs.configure(Role.ANALYTICS.value, level=settings.log_level)
    logs.catch_loop_errors(log)
    metrics.serve(settings.metrics_port, settings.metrics_host)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    connection = await bus.connect(settings, role=Role.ANALYTICS, instance="", log=log)
    try:
        await serve(settings, named, nc=connection.client, stop=stop)
    except StoreFault as fault:
        log.exception("store_failed", code=str(fault.code))  # ClickHouse's own code
        raise
    finally:
        await connection.close()


def main(settings: AnalyticsSettings) -> None:
    """Run the analytics process until SIGTERM or SIGINT."""
    asyncio.run(run(settings))


if __name__ == "__main__":
    main(env.load(AnalyticsSettings))
