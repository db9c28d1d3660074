"""A stage on the real runtime that does no analysis, so that the gateway is what a bench measures.

Accepting, sealing, subjects, membership and budget are the product's own; only the thinking is left out:
``python -m tests.bench.instant_stage sanitiser|router``, configured like the stage it stands for.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final

from schemas import env
from schemas.clinic_files import ClinicFiles
from schemas.raw import RawTurn
from schemas.replies import Answered, Cleaned, Delta, Stage
from schemas.subjects import inbound
from schemas.taxonomy import Intent, Outcome, Path
from schemas.turns import CleanTurn
from tests.bench.shapes import Shape, shape_of
from workers.router.settings import RouterSettings
from workers.runtime.job import Job
from workers.runtime.main import Handle, edge, run
from workers.sanitiser.settings import SanitiserSettings

TOPIC: Final = "botulinum_toxin"


def run_sanitiser() -> None:
    """Run a sanitiser that hides nothing."""
    settings = env.load(SanitiserSettings)
    onward = edge(CleanTurn, settings.edge_key_sanitiser_router)
    subject = inbound(Stage.ROUTER, settings.region)

    async def handle(job: Job[RawTurn]) -> None:
        raw = job.turn
        await job.emit(Cleaned(text=raw.text, language=raw.language, count=0, entities=()))
        clean = CleanTurn(
            turn_id=raw.turn_id,
            clinic=raw.clinic,
            language=raw.language,
            text=raw.text,
            history=raw.history,
            findings=0,
            ai_allowed=raw.ai_allowed,
            reply_key=raw.reply_key,
            budget_ms=raw.budget_ms,
        )
        await job.hand_on(clean, edge=onward, subject=subject)

    async def wire(_: ClinicFiles) -> Handle:
        return handle

    run(Stage.SANITISER, settings, inbound=edge(RawTurn, settings.edge_key_gateway_sanitiser), wire=wire)


def run_router() -> None:
    """Run a router that knows its answers by heart."""
    settings = env.load(RouterSettings)

    async def handle(job: Job[CleanTurn]) -> None:
        shape = shape_of(job.turn.text)
        answered = Answered(
            path=Path.DETERMINISTIC,
            intent=Intent.PRICE,
            topic=TOPIC,
            outcome=Outcome.ANSWERED,
            language=job.turn.language,
            offered=True,
        )
        if shape.apart_s:
            await _stream(job, shape)
            await job.emit(answered)
        else:  # as the router does it: the whole answer at once
            await job.emit(*[Delta(text="x" * shape.delta_chars)] * shape.deltas, answered)

    async def wire(_: ClinicFiles) -> Handle:
        return handle

    run(Stage.ROUTER, settings, inbound=edge(CleanTurn, settings.edge_key_sanitiser_router), wire=wire)


async def _stream(job: Job[CleanTurn], shape: Shape) -> None:
    for _ in range(shape.deltas):
        await job.emit(Delta(text="x" * shape.delta_chars))
        await asyncio.sleep(shape.apart_s)


STAGES: Final = {"sanitiser": run_sanitiser, "router": run_router}

if __name__ == "__main__":
    STAGES[sys.argv[1]]()
