"""Judges a model's answer sentence by sentence: a table of rules, the first that finds something names the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from schemas.taxonomy import SPOKEN, Intent
from schemas.treatments import treatments
from schemas.turns import RoutedTurn
from workers.llm.draft import Draft, Grounds, Rule
from workers.llm.published import Published
from workers.llm.quantities import readable
from workers.llm.rules_addresses import foreign_link, markup, personal_data
from workers.llm.rules_figures import unpublished_dose, unpublished_figure, unpublished_price
from workers.llm.rules_hours import unpublished_hours
from workers.llm.rules_phrases import promise, says_how_often, verdict
from workers.llm.rules_prompt import prompt_text
from workers.llm.subjects import CANCELLATION, CONSULTATION, DEPOSIT, PARKING, PAYMENT, PROMOTION, THIS

SEAM_CHARS: Final = 240
"""How much of what was shown is read again with the next sentence."""

RULES: Final[tuple[tuple[Rule, Callable[[Draft], bool]], ...]] = (
    (Rule.PROMPT, prompt_text),
    (Rule.MARKUP, markup),
    (Rule.PERSONAL, personal_data),
    (Rule.LINK, foreign_link),
    (Rule.VERDICT, verdict),
    (Rule.PROMISE, promise),
    (Rule.DOSE, unpublished_dose),
    (Rule.DOSE, says_how_often),
    (Rule.PRICE, unpublished_price),
    (Rule.HOURS, unpublished_hours),
    (Rule.FIGURE, unpublished_figure),
)

_ASKED: Final = {
    Intent.CONSULTATION: (CONSULTATION,),
    Intent.BOOKING: (CONSULTATION, DEPOSIT),
    Intent.PAYMENT: (PAYMENT, DEPOSIT),
    Intent.CANCELLATION: (CANCELLATION, DEPOSIT),
    Intent.PROMOTIONS: (PROMOTION,),
    Intent.PARKING: (PARKING,),
}
"""Matters of the clinic that a question of such an intent is about."""


class Judge:
    """Judges the sentences of one answer, in order."""

    def __init__(self, grounds: Grounds) -> None:
        """Begin an answer that may rest on `grounds`."""
        self._grounds = grounds
        self._before = ""
        self._named: frozenset[str] = frozenset()

    def rule_against(self, sentence: str) -> Rule | None:
        """Return the rule that `sentence` breaks, or None: then it counts as shown."""
        draft = Draft(sentence, before=self._before, named=self._named, grounds=self._grounds)
        for rule, breaks in RULES:
            if breaks(draft):
                return rule
        self._before = (self._before + sentence)[-SEAM_CHARS:]
        self._named = frozenset(m.subject for m in draft.mentions if m.subject != THIS) or self._named
        return None


def judge(turn: RoutedTurn, *, published: Published, today: dt.date, canary: str) -> Judge:
    """Return the judge of the answer to `turn`.

    Args:
        turn: What the visitor asked.
        published: The clinic's figures.
        today: The day in the clinic's time zone.
        canary: What this turn's prompt holds.
    """
    focus = _focus(turn, published)
    return Judge(Grounds(published, language=turn.language, focus=focus, today=today, canary=canary))


def _focus(turn: RoutedTurn, published: Published) -> frozenset[str]:
    """Return the subjects that `turn` is about: by its topic, its intent and its words, else by the last answer's."""
    spoken = {mention.subject for mention in published.subjects.find(readable(turn.text))} - {THIS}
    spoken |= {turn.topic} & treatments().keys()
    if not spoken & treatments().keys():
        earlier = [said.topic for said in turn.history if said.topic in treatments()]
        spoken |= {*earlier[-1:]}
    return frozenset(spoken | {*_ASKED.get(turn.intent, ())})


def prepare(published: Published) -> None:
    """Read every table and compile every pattern (half a second in all), so that no visitor waits for that."""
    for language in SPOKEN:
        grounds = Grounds(published, language=language, focus=frozenset(), today=dt.date.min, canary="")
        Judge(grounds).rule_against("1.")
