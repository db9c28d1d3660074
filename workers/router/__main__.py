"""Run one router: answers from the clinic's file, or hands the turn to the LLM worker."""

from __future__ import annotations

import datetime as dt
from typing import Final

from schemas import env
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.replies import Delta, Failed, Routed, Stage
from schemas.subjects import inbound
from schemas.taxonomy import ErrorCode
from schemas.turns import CleanTurn, RoutedTurn
from workers.router.handler import Reply, decide, route
from workers.router.settings import RouterSettings
from workers.runtime.batch import Batches
from workers.runtime.job import Job
from workers.runtime.main import Handle, edge, run

_MOST: Final = 8
"""Turns that wait for each other: a decision takes milliseconds."""


def main(settings: RouterSettings) -> None:
    """Run the router until SIGTERM or SIGINT."""
    onward = edge(RoutedTurn, settings.edge_key_router_llm)
    subject = inbound(Stage.LLM, settings.region)

    async def wire(clinics: ClinicFiles) -> Handle:
        _warm(clinics)
        decisions = Batches(_routed, most=_MOST)

        async def handle(job: Job[CleanTurn]) -> None:
            clinic = clinics.get(job.turn.clinic)
            if clinic is None:
                await job.emit(Failed(code=ErrorCode.INTERNAL))
                return
            result = await decisions.done((job.turn, clinic))
            if isinstance(result, Reply):
                await job.emit(Delta(text=result.text), result.answered)
                return
            await job.emit(Routed(intent=result.intent, topic=result.topic))
            await job.hand_on(result, edge=onward, subject=subject)

        return handle

    run(Stage.ROUTER, settings, inbound=edge(CleanTurn, settings.edge_key_sanitiser_router), wire=wire)


def _routed(asked: tuple[CleanTurn, Clinic]) -> Reply | RoutedTurn:
    turn, clinic = asked
    return route(turn, clinic=clinic, now=dt.datetime.now(dt.UTC))


def _warm(clinics: ClinicFiles) -> None:
    """Build the tables and each clinic's index before the first visitor asks: half a second in all."""
    for name in clinics.ids():
        if clinic := clinics.get(name):
            for language in clinic.languages:
                decide("botox", history=(), language=language, clinic=clinic, now=dt.datetime.now(dt.UTC))


if __name__ == "__main__":
    main(env.load(RouterSettings))
