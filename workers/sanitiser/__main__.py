"""Run one sanitiser: hides personal data, hands the clean turn on, tells the gateway the clean text."""

from __future__ import annotations

from schemas import env
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.raw import RawTurn
from schemas.replies import Cleaned, Stage
from schemas.subjects import inbound
from schemas.taxonomy import Language
from schemas.turns import CleanTurn
from workers.runtime.batch import Batches
from workers.runtime.job import Job
from workers.runtime.main import Handle, edge, run
from workers.sanitiser.engine import Engine
from workers.sanitiser.handler import sanitise
from workers.sanitiser.keep import KeepWords, keep_words
from workers.sanitiser.profile import Profile
from workers.sanitiser.settings import SanitiserSettings


class _KeptWords:
    """The words that never go, for each clinic; made anew when its file has changed."""

    def __init__(self, clinics: ClinicFiles, profile: Profile | None) -> None:
        self._clinics = clinics
        self._profile = profile
        self._made: dict[str, tuple[Clinic | None, KeepWords]] = {}

    def of(self, clinic_id: str) -> KeepWords:
        clinic = self._clinics.get(clinic_id)
        made_of, words = self._made.get(clinic_id, (None, None))
        if words is None or made_of is not clinic:
            words = keep_words(clinic, everywhere=self._profile)
            self._made[clinic_id] = (clinic, words)
        return words


def main(settings: SanitiserSettings) -> None:
    """Run the sanitiser until SIGTERM or SIGINT."""
    onward = edge(CleanTurn, settings.edge_key_sanitiser_router)
    subject = inbound(Stage.ROUTER, settings.region)

    async def wire(clinics: ClinicFiles) -> Handle:
        engine = Engine.load(settings.rampart)
        kept = _KeptWords(clinics, settings.sanitiser_profile)
        for name in clinics.ids():  # the first analysis builds tables
            engine.analyse("hello", language=Language.EN, keep=kept.of(name))

        def clean(turn: RawTurn) -> tuple[Cleaned, CleanTurn]:
            return sanitise(turn, engine=engine, keep=kept.of(turn.clinic))

        batches = Batches(clean)

        async def handle(job: Job[RawTurn]) -> None:
            cleaned, onward_turn = await batches.done(job.turn)
            await job.emit(cleaned)
            await job.hand_on(onward_turn, edge=onward, subject=subject)

        return handle

    run(Stage.SANITISER, settings, inbound=edge(RawTurn, settings.edge_key_gateway_sanitiser), wire=wire)


if __name__ == "__main__":
    main(env.load(SanitiserSettings))
