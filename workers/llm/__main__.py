"""Run one LLM worker: answers what the clinic's file alone does not, from sanitised text."""

from __future__ import annotations

import datetime as dt
import sys
from contextlib import aclosing
from zoneinfo import ZoneInfo

from schemas import env
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.env import SettingsFault
from schemas.replies import Failed, Stage
from schemas.taxonomy import ErrorCode
from schemas.turns import RoutedTurn
from workers.llm.attempt import Limits
from workers.llm.call import Label
from workers.llm.extractive import Library
from workers.llm.handler import reply
from workers.llm.provider import Provider
from workers.llm.selection import prepare
from workers.llm.settings import LlmSettings
from workers.runtime.job import Job
from workers.runtime.main import Handle, edge, run


class _Libraries:
    """Each clinic's searchable texts and names; made anew when its file has changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Clinic, Library]] = {}

    def of(self, clinic: Clinic) -> Library:
        made = self._made.get(clinic.id)
        if made is None or made[0] is not clinic:
            prepare(clinic)
            made = self._made[clinic.id] = (clinic, Library(clinic))
        return made[1]


def main(settings: LlmSettings) -> None:
    """Run the LLM worker until SIGTERM or SIGINT; exit with 2 where its providers may not be asked."""
    try:
        settings.providers()
    except SettingsFault as fault:
        sys.stderr.write(f"Error: {fault}\n")
        sys.exit(2)
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
    """Return the provider that the settings name, with the second behind it; None where they name none."""
    chosen = settings.providers()
    limits = Limits(first_token_s=settings.llm_first_token_ms / 1000 / max(len(chosen), 1))
    provider: Provider | None = None
    labels: tuple[Label, ...] = ("first", "second")
    for label, one in reversed([*zip(labels, chosen, strict=False)]):
        provider = Provider(
            base_url=one.base_url,
            api_key=one.api_key,
            model=one.model,
            kind=one.kind,
            limits=limits,
            second=provider,
            label=label,
        )
    return provider


if __name__ == "__main__":
    main(env.load(LlmSettings))
