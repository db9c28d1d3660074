"""The analytics process put together: the worker, and the dashboard over what it keeps.

On chDB both share the one open folder. On a ClickHouse server there are three connections: the
keeper's (tables, position, what is published), the writer's, which inserts events and does nothing
else, and the reader's, by which figures are served.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple

import structlog
from nats.aio.client import Client

from analytics import outbox, worker
from analytics.clinics import Clinics
from analytics.closing import Closing
from analytics.dashboard.mailing import Mailing
from analytics.dashboard.seeding import Seeding
from analytics.dashboard.server import Door, Server
from analytics.figures import Figures
from analytics.mail_settings import Mail, read_mail
from analytics.noise import NoNoiseLibrary, noise
from analytics.settings import AnalyticsSettings
from analytics.sink import Sink
from analytics.store import Store
from schemas.env import SettingsFault
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Source
from schemas.treatments import treatments

_log: Any = structlog.get_logger()


class Stores(NamedTuple):
    """The database's connections; on chDB, and where no others are given, one and the same."""

    keeper: Store
    writer: Store
    reader: Store


class Prepared(NamedTuple):
    """What settings name, read before anything is connected."""

    door: Door
    clinics: Clinics
    mail: Mail | None


def prepared(settings: AnalyticsSettings) -> Prepared:
    """Read the files that `settings` name.

    Raises:
        SettingsFault: A setting cannot be used.
    """
    if not settings.clickhouse_url and (settings.clickhouse_writer_url or settings.clickhouse_reader_url):
        raise SettingsFault("LETHE_CLICKHOUSE_URL: must be set where the writer's or the reader's is")
    try:
        noise(settings.noise_epsilon)
    except NoNoiseLibrary:
        raise SettingsFault("LETHE_NOISE_EPSILON: noise needs the extra `noise` (OpenDP), which is not here") from None
    except ValueError:
        raise SettingsFault("LETHE_NOISE_EPSILON: from 0 to 1000") from None
    door = Door(settings)
    return Prepared(door, Clinics.load(settings.clinics), _mail(settings, dashboard_url=door.public_origin))


async def serve(settings: AnalyticsSettings, named: Prepared, *, nc: Client, stop: asyncio.Event) -> None:
    """Store events and serve figures until `stop` is set, then finish the batch under way.

    Args:
        settings: Of this process.
        named: From `prepared`.
        nc: A connection as the analytics user.
        stop: Set it to end.

    Raises:
        StoreFault, MigrationChanged: The database cannot be opened or brought up to date.
        OSError: The port is taken.
    """
    async with _stores(settings) as stores:
        done = await stores.keeper.migrate(frozenset({*treatments(), CLINIC_TOPIC, NO_TOPIC}))
        _log.info("store_opened", count=len(done))
        zones = named.clinics.timezone
        closing = Closing(
            stores.keeper, timezone=zones, k=settings.fewest_conversations, epsilon=settings.noise_epsilon
        )
        sink = Sink(stores.keeper, closing=closing, writer=stores.writer)
        await sink.take_over()  # before the port is open: by it, too, turns may be stored (`analytics.seeding`)
        figures = Figures(stores.reader, own=stores.reader is stores.keeper)
        intake = worker.Intake()
        server = _server(named, stores, figures, closing, intake)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(named.clinics.watch())
            tasks.create_task(server.run_until(stop))
            tasks.create_task(worker.run(settings, nc=nc, sink=sink, intake=intake, stop=stop))
            if mail := named.mail:
                tasks.create_task(outbox.run(figures, stores.reader, mail, clinics=named.clinics.files, stop=stop))
            await stop.wait()
            watching.cancel()


def _server(named: Prepared, stores: Stores, figures: Figures, closing: Closing, intake: worker.Intake) -> Server:
    """Return the server of the dashboard, with what only this process can do."""

    async def ready() -> bool:
        return intake.ready and await stores.reader.alive()

    async def close_seeded(clinic: str) -> int:
        return await closing.close(clinic, Source.SEED, now=dt.datetime.now(dt.UTC))

    file = named.clinics.file
    seeding = Seeding(store=stores.keeper, writer=stores.writer, clinic=file, lock=closing.lock, close=close_seeded)
    mailing = Mailing(store=stores.reader, clinic=file, mail=named.mail)
    return named.door.server(figures, names=named.clinics, ready=ready, seeding=seeding, mailing=mailing)


def _mail(settings: AnalyticsSettings, *, dashboard_url: str) -> Mail | None:
    return read_mail(
        outbox=settings.mail_outbox,
        smtp_url=settings.smtp_url,
        sender=settings.mail_from,
        to=settings.mail_to,
        dashboard_url=dashboard_url,
    )


@contextlib.asynccontextmanager
async def _stores(settings: AnalyticsSettings) -> AsyncGenerator[Stores]:
    """Open the database, and close it afterwards.

    Raises:
        StoreFault: It cannot be opened.
    """
    async with contextlib.AsyncExitStack() as opened:

        async def open_as(url: str) -> Store:
            store = await Store.open(data_dir=settings.data_dir, url=url)
            opened.push_async_callback(store.close)
            return store

        keeper = await open_as(settings.clickhouse_url)
        writer = await open_as(settings.clickhouse_writer_url) if settings.clickhouse_writer_url else keeper
        reader = await open_as(settings.clickhouse_reader_url) if settings.clickhouse_reader_url else keeper
        yield Stores(keeper, writer, reader)
