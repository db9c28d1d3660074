"""A clean turn in, its answer or a routed turn out; nothing is asked of the outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from schemas.clinic import Clinic
from schemas.replies import Answered
from schemas.taxonomy import NO_TOPIC, Intent, Language, Outcome, Path
from schemas.turns import CleanTurn, RoutedTurn, Said
from workers.router.answers import Answer, answer_language, answer_to, emergency_answer, faq_answer, refusal
from workers.router.emergency import recognise
from workers.router.faqs import find_faq
from workers.router.minors import notice, speaks_of_a_minor
from workers.router.model.classifier import Classifier
from workers.router.topics import OF_A_TREATMENT
from workers.router.understand import Understanding, understand


class Reply(NamedTuple):
    """An answer that needs no language model."""

    text: str
    answered: Answered

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Reply>"


class Decision(NamedTuple):
    """What the router makes of a message: the way, what was understood, and the answer where there is one."""

    path: Path
    intent: Intent
    topic: str
    language: Language
    """As the message was understood; the answer's own stands in `answer`."""
    answer: Answer | None
    evidence: tuple[str, ...]
    notice: str = ""
    """What ends an answer that another stage writes."""

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Decision>"


def route(turn: CleanTurn, *, clinic: Clinic, now: dt.datetime) -> Reply | RoutedTurn:
    """Answer `turn` from the clinic's file, or hand it on to the language model.

    Args:
        turn: The clean turn.
        clinic: Its facts.
        now: An aware time, for "are you open now?".
    """
    made = decide(turn.text, history=turn.history, language=turn.language, clinic=clinic, now=now)
    if made.answer is not None:
        return Reply(made.answer.text, _answered(made, made.answer))
    return RoutedTurn(
        turn_id=turn.turn_id,
        clinic=turn.clinic,
        language=made.language,
        text=turn.text,
        history=turn.history,
        intent=made.intent,
        topic=made.topic,
        ai_allowed=turn.ai_allowed,
        notice=made.notice,
        reply_key=turn.reply_key,
        budget_ms=turn.budget_ms,
    )


def decide(
    text: str,
    *,
    history: Sequence[Said],
    language: Language,
    clinic: Clinic,
    now: dt.datetime,
    model: Classifier | None = None,
) -> Decision:
    """Return what becomes of `text`: an emergency goes before everything, an attack before an answer.

    `model` is the classifier of intents; None = the shipped one.
    """
    if (found := recognise(text, history=history, language=language)) is not None:
        answer = emergency_answer(found, clinic=clinic, language=found.language)
        return Decision(
            Path.EMERGENCY, Intent.EMERGENCY, NO_TOPIC, found.language, answer, (found.kind.value, *found.evidence)
        )
    asked = understand(text, history=history, language=language, clinic=clinic, model=model)
    if asked.lead is Intent.INJECTION:
        answer = refusal(clinic, language)
        return Decision(Path.REFUSE, Intent.INJECTION, NO_TOPIC, language, answer, asked.evidence)
    made = _answered_from_file(asked, clinic=clinic, now=now)
    ending = ""
    if (asked.treatments or asked.lead in OF_A_TREATMENT) and speaks_of_a_minor(text):
        ending = notice(answer_language(clinic, asked.language), phone=clinic.phone)
    if made.answer is not None and ending:
        made = made._replace(answer=made.answer._replace(text=f"{made.answer.text}\n\n{ending}"))
    return made._replace(notice=ending)


def _answered_from_file(asked: Understanding, *, clinic: Clinic, now: dt.datetime) -> Decision:
    """Return the decision on a harmless message: the clinic's file answers it, else the language model is to.

    The clinic's own answer to the very question goes before a sentence of ours; one to the same subject, behind it.
    """
    found = find_faq(asked, clinic)
    answer = None
    greeting = asked.intents == (Intent.SMALLTALK,)
    if asked.intents and not (found is not None and (found.same or greeting)):
        answer = answer_to(asked, clinic=clinic, language=asked.language, now=now)
    if found is None or answer is not None:
        path = Path.DETERMINISTIC if answer is not None else Path.LLM
        return Decision(path, asked.lead, asked.topic, asked.language, answer, asked.evidence)
    return Decision(
        Path.DETERMINISTIC,
        asked.lead if asked.intents and not greeting else Intent.OTHER,
        found.topic,
        found.language,
        faq_answer(found, clinic=clinic),
        (f"faq of {found.topic}: {found.question!r}, {found.why}", *asked.evidence),
    )


def _answered(made: Decision, answer: Answer) -> Answered:
    """Return the last frame of a deterministic answer."""
    return Answered(
        path=made.path,
        intent=made.intent,
        topic=made.topic,
        outcome=answer.outcome if made.path is not Path.REFUSE else Outcome.REFUSED,
        language=answer.language,
        offered=answer.offered,
        actions=answer.actions,
    )
