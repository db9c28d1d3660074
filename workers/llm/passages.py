"""The clinic's own texts as passages: what it wrote about itself and its treatments, each with what it answers.

The prompt quotes them and the answer without a model is one of them. A further source of texts (a page, a document)
is a further function that returns passages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from schemas.clinic import Clinic, ClinicTreatment, Faq, Text
from schemas.taxonomy import CLINIC_TOPIC, Intent, Language

TREATMENT_TEXTS: Final = {
    "description": Intent.OFFER,
    "sessions": Intent.DURATION,
    "preparation": Intent.PREPARATION,
    "aftercare": Intent.AFTERCARE,
    "downtime": Intent.DOWNTIME,
    "pain": Intent.PAIN,
    "risks": Intent.RISKS,
    "results": Intent.RESULTS,
    "candidacy": Intent.CANDIDACY,
    "notes": Intent.OTHER,
}
"""The texts of a treatment in the order of an explanation, and the intent that each answers."""


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the clinic's, in one language."""

    topic: str
    """A treatment's slug, or `clinic`."""
    intent: Intent
    """What it answers; `OTHER` where that is said by `questions` alone."""
    text: str
    questions: tuple[str, ...] = ()
    """How visitors ask for it, where the clinic gives examples."""


def passages(clinic: Clinic, language: Language) -> tuple[Passage, ...]:
    """Return all texts of `clinic` in `language` (or in what `Clinic.say` falls back to), in the file's order.

    Of a treatment that is not offered only its notes and questions: how it would go is no answer.
    """
    found = [*_about_clinic(clinic, language)]
    for treatment in clinic.treatments:
        found += _about_treatment(clinic, treatment, language)
    return tuple(found)


def _about_clinic(clinic: Clinic, language: Language) -> Iterator[Passage]:
    """Yield the clinic's general texts and questions."""
    texts = (
        (Intent.PAYMENT, clinic.payment.notes),
        (Intent.PAYMENT, clinic.deposit and clinic.deposit.text),
        (Intent.PARKING, clinic.parking),
        (Intent.LOCATION, clinic.transport),
        (Intent.CONSULTATION, clinic.consultation and clinic.consultation.text),
        (Intent.CANCELLATION, clinic.cancellation and clinic.cancellation.text),
    )
    for intent, text in texts:
        if text is not None:
            yield Passage(topic=CLINIC_TOPIC, intent=intent, text=clinic.say(text, language))
    yield from _faqs(clinic, clinic.faqs, CLINIC_TOPIC, language)


def _about_treatment(clinic: Clinic, treatment: ClinicTreatment, language: Language) -> Iterator[Passage]:
    """Yield one treatment's texts and questions."""
    for field, intent in TREATMENT_TEXTS.items():
        text: Text | None = getattr(treatment, field)
        if text is not None and (treatment.offered or field == "notes"):
            yield Passage(topic=treatment.slug, intent=intent, text=clinic.say(text, language))
    yield from _faqs(clinic, treatment.faqs, treatment.slug, language)


def _faqs(clinic: Clinic, faqs: tuple[Faq, ...], topic: str, language: Language) -> Iterator[Passage]:
    """Yield the clinic's own answers with their example questions."""
    for faq in faqs:
        yield Passage(
            topic=topic,
            intent=Intent.OTHER,
            text=clinic.say(faq.answer, language),
            questions=faq.questions.in_language(language),
        )
