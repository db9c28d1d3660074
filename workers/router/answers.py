"""From what was asked to the answer: one table from intents to sentences, and how several become one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from schemas.actions import actions
from schemas.clinic import Clinic
from schemas.emergency import emergency_number
from schemas.replies import Action
from schemas.taxonomy import CLINIC_TOPIC, SPOKEN, Intent, Language, Outcome
from workers.router import answer_clinic, answer_hours, answer_treatment
from workers.router.answer_details import DETAILS
from workers.router.context import Context, Paragraph, context
from workers.router.emergency import Emergency, Kind, helpline_for
from workers.router.faqs import Found
from workers.router.understand import Understanding
from workers.router.wording import wording

ACTIONS_MAX: Final = 4

ANSWERS: Final[Mapping[Intent, Callable[[Context], Paragraph]]] = {
    Intent.OFFER: answer_treatment.treatment,
    Intent.PRICE: answer_treatment.treatment,
    Intent.DURATION: answer_treatment.treatment,
    **dict.fromkeys(DETAILS, answer_treatment.treatment),
    Intent.HOURS: answer_hours.hours,
    Intent.LOCATION: answer_clinic.location,
    Intent.PARKING: answer_clinic.parking,
    Intent.BOOKING: answer_clinic.booking,
    Intent.CONTACT: answer_clinic.contact,
    Intent.PAYMENT: answer_clinic.payment,
    Intent.PRACTITIONER: answer_clinic.practitioner,
    Intent.LANGUAGE: answer_clinic.languages,
    Intent.CONSULTATION: answer_clinic.consultation,
    Intent.CANCELLATION: answer_clinic.cancellation,
    Intent.PROMOTIONS: answer_clinic.promotions,
    Intent.PRIVACY: answer_clinic.privacy,
    Intent.SMALLTALK: answer_clinic.smalltalk,
    Intent.HUMAN_HANDOVER: answer_clinic.human_handover,
    Intent.COMPLAINT: answer_clinic.complaint,
}
"""What the clinic's file answers. Adding an intent is a row here and its phrases in the lexicons."""


class Answer(NamedTuple):
    """An answer, ready to show."""

    text: str
    actions: tuple[Action, ...]
    outcome: Outcome
    offered: bool | None
    language: Language

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Answer>"


def answer_to(asked: Understanding, *, clinic: Clinic, language: Language, now: dt.datetime) -> Answer | None:
    """Return the answer to all that is asked, else to what may not be left out; None where the file lacks that."""
    whole = compose(asked, clinic=clinic, language=language, now=now)
    if whole is not None or not asked.sure or asked.sure == asked.intents:
        return whole
    return compose(asked._replace(intents=asked.sure), clinic=clinic, language=language, now=now)


def compose(asked: Understanding, *, clinic: Clinic, language: Language, now: dt.datetime) -> Answer | None:
    """Return the answer to all of `asked.intents`, or None where the file has nothing to say to one of them.

    Args:
        asked: What is asked; every intent must stand in `ANSWERS`.
        clinic: The facts.
        language: What the visitor writes; `OTHER` gets the clinic's first language and a word of excuse.
        now: An aware time.
    """
    spoken = answer_language(clinic, language)
    ctx = context(clinic, asked, spoken, now)
    if not set(asked.intents) <= ANSWERS.keys():
        return None
    paragraphs = [answer(ctx) for answer in dict.fromkeys(ANSWERS[intent] for intent in asked.intents)]
    if not paragraphs or not all(paragraph.text for paragraph in paragraphs):
        return None
    texts = [ctx.say("excuse")] if language not in SPOKEN else []
    buttons = dict.fromkeys(((a.kind, a.url), a) for p in paragraphs for a in p.actions)
    return Answer(
        "\n\n".join([*texts, *(p.text for p in paragraphs)]),
        tuple(action for _, action in buttons)[:ACTIONS_MAX],
        next((p.outcome for p in paragraphs if p.outcome is not Outcome.ANSWERED), Outcome.ANSWERED),
        next((p.offered for p in paragraphs if p.offered is not None), None),
        spoken,
    )


def faq_answer(found: Found, *, clinic: Clinic) -> Answer:
    """Return the clinic's own answer to its own question, as written, in the question's language."""
    buttons: tuple[Action, ...] = ()
    offered = None if found.topic == CLINIC_TOPIC else clinic.offers(found.topic)
    if offered:
        buttons = actions(clinic, found.language, "book") or actions(clinic, found.language, "call")
    outcome = Outcome.NOT_OFFERED if offered is False else Outcome.ANSWERED
    return Answer(clinic.say(found.faq.answer, found.language), buttons, outcome, offered, found.language)


def answer_language(clinic: Clinic, language: Language) -> Language:
    """Return the language of an answer: the visitor's where there are templates, else the clinic's first."""
    return language if language in SPOKEN else clinic.default_language


def refusal(clinic: Clinic, language: Language) -> Answer:
    """Return the polite sentence for an attempt to steer the assistant."""
    spoken = answer_language(clinic, language)
    return Answer(wording(spoken).say("refuse"), (), Outcome.REFUSED, None, spoken)


def emergency_answer(found: Emergency, *, clinic: Clinic, language: Language) -> Answer:
    """Return the fixed text for an emergency; with thoughts of suicide, nothing about the clinic."""
    spoken = language if language in SPOKEN else found.language
    say, number = wording(spoken).emergency, emergency_number(clinic.country)
    if found.kind is Kind.SELF_HARM:
        helpline = helpline_for(clinic.country, spoken)
        lines = [say["self_harm"], say["helpline"].format(helpline=helpline) if helpline else "", say["someone"]]
    else:
        lines = [say[found.kind], say["call"], say["clinic"].format(phone=clinic.phone)]
    text = " ".join(line.format(number=number) for line in lines if line)
    return Answer(text, _call(number, spoken), Outcome.EMERGENCY, None, spoken)


def _call(number: str, language: Language) -> tuple[Action, ...]:
    """Return the button that calls an emergency number."""
    label = wording(language).actions["emergency"].format(number=number)
    return (Action(kind="call", label=label, url=f"tel:{number}"),)
