"""The `main` of every worker: settings in, a draining process out."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop

from schemas import logs, metrics
from schemas.bus import connect
from schemas.clinic_files import ClinicFiles
from schemas.codec import Edge
from schemas.process import allocator_overwrites, forbid_dumps, keep_forgetting, notify_ready
from schemas.replies import Stage
from schemas.sealing import EdgeSeal
from schemas.subjects import Role
from workers.runtime.job import Job
from workers.runtime.settings import WorkerSettings
from workers.runtime.worker import Worker, new_worker_id

type Handle = Callable[[Job[Any]], Awaitable[None]]
type Wire = Callable[[ClinicFiles], Awaitable[Handle]]
"""Loads what is slow, before the worker joins its queue, and returns the handler."""


def edge[T](kind: type[T], path: Path) -> Edge[T]:
    """Return the edge whose key file is at `path`.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds no key.
    """
    return Edge(kind, EdgeSeal(lambda: path.read_text("ascii")))


def run(stage: Stage, settings: WorkerSettings, *, inbound: Edge[Any], wire: Wire) -> None:
    """Run one worker until SIGTERM or SIGINT."""
    forbid_dumps()
    worker_id = new_worker_id()
    log = logs.configure(stage.value, level=settings.log_level, instance=worker_id)
    if not allocator_overwrites():
        log.warning("allocator_not_overwriting")
    uvloop.run(_serve(stage, settings, inbound=inbound, wire=wire, worker_id=worker_id, log=log))


async def _serve(
    stage: Stage,
    settings: WorkerSettings,
    *,
    inbound: Edge[Any],
    wire: Wire,
    worker_id: str,
    log: Any,
) -> None:
    logs.catch_loop_errors(log)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    metrics.serve(settings.metrics_port, settings.metrics_host)
    clinics = ClinicFiles.load(settings.clinics)
    handle = await wire(clinics)
    bus = await connect(settings, role=Role(stage.value), instance=worker_id, log=log)
    worker = Worker(
        stage,
        worker_id=worker_id,
        bus=bus,
        edge=inbound,
        handle=handle,
        region=settings.region,
        capacity=settings.capacity,
        log=log,
    )
    forgetting = asyncio.create_task(keep_forgetting())
    await asyncio.sleep(0)  # it freezes what there is before the first turn
    await worker.open()
    watching = asyncio.create_task(clinics.watch(lambda clinic, faults: _said(log, clinic, faults)))
    log.info("worker_ready", capacity=settings.capacity)
    notify_ready()
    stopping = asyncio.create_task(stop.wait())
    ended, going = await asyncio.wait({stopping, watching, forgetting}, return_when=asyncio.FIRST_COMPLETED)
    await worker.drain(settings.drain_s)
    for task in going:
        task.cancel()
    await bus.close()
    for task in ended:
        task.result()  # a keeper of promises that failed ends the process, loudly


def _said(log: Any, clinic: str, faults: list[Any] | None) -> None:
    if faults:
        log.warning("clinic_refused", clinic=clinic, line=faults[0].line, count=len(faults))
    else:
        log.info("clinic_loaded", clinic=clinic)
