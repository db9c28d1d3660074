"""Run one LLM worker: answers what the clinic's file alone does not, from sanitised text."""

from __future__ import annotations

import datetime as dt
from contextlib import aclosing
from zoneinfo import ZoneInfo

from schemas import env
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.replies import Failed, Stage
from schemas.taxonomy import ErrorCode
from schemas.turns import RoutedTurn
from workers.llm.extractive import Library
from workers.llm.handler import reply
from workers.llm.provider import Provider
from workers.llm.settings import LlmSettings
from workers.runtime.job import Job
from workers.runtime.main import Handle, edge, run


class _Libraries:
    """Each clinic's searchable texts; made anew when its file has changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Clinic, Library]] = {}

    def of(self, clinic: Clinic) -> Library:
        made = self._made.get(clinic.id)
        if made is None or made[0] is not clinic:
            made = self._made[clinic.id] = (clinic, Library(clinic))
        return made[1]


def main(settings: LlmSettings) -> None:
    """Run the LLM worker until SIGTERM or SIGINT."""
    libraries = _Libraries()

    async def wire(clinics: ClinicFiles) -> Handle:
        provider = provider_of(settings)
        for name in clinics.ids():
            if clinic := clinics.get(name):
                libraries.of(clinic)

        async def handle(job: Job[RoutedTurn]) -> None:
            clinic = clinics.get(job.turn.clinic)
            if clinic is None:
                await job.emit(Failed(code=ErrorCode.INTERNAL))
                return
            pieces = reply(
                job.turn,
                clinic=clinic,
                library=libraries.of(clinic),
                provider=provider if job.turn.ai_allowed else None,
                today=dt.datetime.now(ZoneInfo(clinic.time_zone)).date(),
            )
            async with aclosing(pieces):
                async for piece in pieces:
                    await job.emit(piece)

        return handle

    run(Stage.LLM, settings, inbound=edge(RoutedTurn, settings.edge_key_router_llm), wire=wire)


def provider_of(settings: LlmSettings) -> Provider | None:
    """Return the provider that the settings name; None where they name none."""
    if not (settings.llm_base_url or settings.llm_api_key):
        return None
    return Provider(
        base_url=settings.llm_base_url or "https://api.openai.com/v1",
        api_key=settings.llm_api_key,
        model=settings.llm_model,
        dialect=settings.llm_dialect,
    )


if __name__ == "__main__":
    main(env.load(LlmSettings))
