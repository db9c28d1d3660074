"""The engine as the worker runs it, for those who measure it: clinics' words, language and turns as in production."""

from __future__ import annotations

import functools
from typing import Final

from deploy.up.plan import ROOT
from deploy.weights import weights
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.raw import RawTurn
from schemas.turns import Said
from tests.corpus.annotated import Message, Pair
from tests.corpus.measures import Hidden, hidden_in
from workers.sanitiser.engine import Engine
from workers.sanitiser.handler import sanitise
from workers.sanitiser.keep import KeepWords, keep_words
from workers.sanitiser.language import hear
from workers.sanitiser.redact import Finding

_BUDGET_MS: Final = 10_000
_WARM_UP: Final = "hello"


class Ours:
    """The engine as the worker runs it."""

    def __init__(self) -> None:
        self._engine = Engine.load(weights())
        self._clinics = ClinicFiles.load(ROOT / "deploy" / "clinics")
        for name in self._clinics.ids():
            self.analyse(_WARM_UP, clinic=name)

    def analyse(self, text: str, *, clinic: str) -> list[Finding]:
        """Return the findings in `text`, typed on the site of `clinic`."""
        language = hear(text, hint=self._clinic(clinic).default_language)
        return self._engine.analyse(text, language=language, keep=self._keep(clinic))

    def pair(self, pair: Pair) -> tuple[Hidden, Hidden]:
        """Return what is hidden of each message once both turns are over."""
        first, _ = self._turn(pair.first, ())
        answered = (Said(role="visitor", text=first), Said(role="assistant", text="…"))
        second, rewritten = self._turn(pair.second, answered)
        first = first if rewritten is None else rewritten
        return hidden_in(pair.first.text, first), hidden_in(pair.second.text, second)

    def _turn(self, message: Message, history: tuple[Said, ...]) -> tuple[str, str | None]:
        turn = RawTurn(
            turn_id="",
            clinic=message.clinic,
            language=self._clinic(message.clinic).default_language,
            text=message.text,
            history=history,
            reply_key=b"",
            budget_ms=_BUDGET_MS,
        )
        cleaned, _ = sanitise(turn, engine=self._engine, keep=self._keep(message.clinic))
        return cleaned.text, cleaned.previous

    def _clinic(self, name: str) -> Clinic:
        clinic = self._clinics.get(name)
        assert clinic, "the corpora name demo clinics only"
        return clinic

    @functools.cache  # noqa: B019  # one object a process
    def _keep(self, name: str) -> KeepWords:
        return keep_words(self._clinic(name))
