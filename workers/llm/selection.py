"""Which of a clinic's facts matter to a turn: what it is about, and which treatments it names. Pure.

A model is told what the question may need and no more: a shorter prompt is answered sooner and cheaper, and a price
that is not there cannot be given for the wrong treatment.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Final

import msgspec

from schemas.clinic import Clinic, ClinicTreatment, Phrases
from schemas.taxonomy import CLINIC_TOPIC, SPOKEN, Intent, Language
from schemas.treatments import treatments
from schemas.turns import RoutedTurn
from workers.llm.passages import Passage
from workers.llm.terms import terms
from workers.llm.texts import section_words

FULL_MAX: Final = 4
"""Treatments that are told with all their texts; further ones that were named are told with their figures."""

OPEN: Final = frozenset(
    {
        Intent.OTHER,
        Intent.SMALLTALK,
        Intent.COMPLAINT,
        Intent.PRIVACY,
        Intent.LANGUAGE,
        Intent.HUMAN_HANDOVER,
        Intent.EMERGENCY,
        Intent.INJECTION,
    }
)
"""Intents that say nothing of which facts of the clinic an answer needs: all of them are told."""

NEEDED_FOR: Final[dict[Intent, frozenset[Intent]]] = {
    Intent.HOURS: frozenset({Intent.BOOKING, Intent.CONTACT, Intent.LOCATION, Intent.PARKING, Intent.CONSULTATION}),
    Intent.PAYMENT: frozenset({Intent.PRICE, Intent.BOOKING, Intent.CANCELLATION, Intent.PROMOTIONS}),
    Intent.CONSULTATION: frozenset(
        {Intent.PRICE, Intent.BOOKING, Intent.OFFER, Intent.CANDIDACY, Intent.RISKS, Intent.MEDICAL_ADVICE}
    ),
    Intent.CANCELLATION: frozenset({Intent.BOOKING, Intent.PAYMENT}),
    Intent.PRACTITIONER: frozenset({Intent.CONSULTATION, Intent.BOOKING, Intent.OFFER, Intent.MEDICAL_ADVICE}),
    Intent.PROMOTIONS: frozenset({Intent.PRICE, Intent.PAYMENT, Intent.OFFER}),
    Intent.PARKING: frozenset({Intent.LOCATION}),
    Intent.LOCATION: frozenset({Intent.PARKING, Intent.CONTACT}),
}
"""A matter of the clinic, and the other intents whose answers may need it. A matter that is missing is always told."""

_PRICES: Final = frozenset({Intent.PRICE, Intent.COMPARISON})


class Selection(msgspec.Struct, frozen=True):
    """What a turn's prompt tells of a clinic."""

    about: frozenset[Intent]
    """What the message may be about."""
    full: tuple[str, ...]
    """Treatments of the clinic told in full, the turn's own topic first."""
    figures: tuple[str, ...]
    """Further ones told with their figures; others are named only."""

    @property
    def slugs(self) -> frozenset[str]:
        """Return the treatments that are told with their figures, or more."""
        return frozenset((*self.full, *self.figures))

    def tells(self, matter: Intent) -> bool:
        """Whether the clinic's facts on `matter` are told."""
        needed = NEEDED_FOR.get(matter)
        return needed is None or matter in self.about or not self.about.isdisjoint(needed)

    def quotes(self, passage: Passage) -> bool:
        """Whether a text of the clinic's is told."""
        return self.tells(passage.intent) if passage.topic == CLINIC_TOPIC else passage.topic in self.full


ALL: Final = Selection(frozenset(Intent), (), ())
"""Everything about the clinic, and of treatments the names."""


def selected(turn: RoutedTurn, clinic: Clinic, language: Language) -> Selection:
    """Return what `turn` needs to know of `clinic`; `language` is one of the clinic's."""
    asked = frozenset(terms(turn.text, language))
    about = {turn.intent, *_mentioned(asked, language)}
    slugs = tuple(dict.fromkeys(_slugs(turn, clinic, language)))
    if not slugs and about & _PRICES:
        slugs = tuple(treatment.slug for treatment in clinic.treatments)
        return Selection(_matters(turn.intent, about), (), slugs)
    return Selection(_matters(turn.intent, about), slugs[:FULL_MAX], slugs[FULL_MAX:])


def prepare(clinic: Clinic) -> None:
    """Fold the names of `clinic`'s treatments, which takes tens of milliseconds: before a turn waits for it."""
    for language in clinic.languages:
        for treatment in clinic.treatments:
            _table_terms(treatment.slug, language)


def _matters(intent: Intent, about: set[Intent]) -> frozenset[Intent]:
    """Return what the message may be about: anything, where the intent leaves that open."""
    return frozenset(Intent) if intent in OPEN else frozenset(about)


def _mentioned(asked: frozenset[str], language: Language) -> Iterator[Intent]:
    """Yield the matters of the clinic, and prices, whose words stand in the question beside its leading intent."""
    for matter in (*NEEDED_FOR, Intent.PRICE):
        if any(asked.issuperset(words) for words in _section_terms(matter, language)):
            yield matter


def _slugs(turn: RoutedTurn, clinic: Clinic, language: Language) -> Iterator[str]:
    """Yield the clinic's treatments that the turn speaks of, the most telling first; with what is offered instead."""
    listed = {treatment.slug: treatment for treatment in clinic.treatments}
    earlier = [said for said in reversed(turn.history) if said.topic in listed or said.role == "visitor"]
    named = [turn.topic, *_named(turn.text, listed, language)]
    for said in earlier:
        named += [said.topic] if said.role == "assistant" else _named(said.text, listed, language)
    for slug in named:
        if treatment := listed.get(slug):
            yield slug
            yield from (other for other in treatment.alternatives if not treatment.offered and other in listed)


def _named(text: str, listed: dict[str, ClinicTreatment], language: Language) -> Iterator[str]:
    """Yield the treatments of which a whole name stands in `text`, in whatever order its words come."""
    asked = frozenset(terms(text, language))
    for slug, treatment in listed.items():
        names = (*_table_terms(slug, language), *_own_terms(treatment.synonyms, language))
        if any(asked.issuperset(name) for name in names):
            yield slug


def _own_terms(synonyms: Phrases, language: Language) -> Iterator[frozenset[str]]:
    """Yield the terms of each name that the clinic itself gives a treatment."""
    for spoken in SPOKEN:
        yield from _each(synonyms.in_language(spoken), language)


@functools.cache
def _table_terms(slug: str, language: Language) -> tuple[frozenset[str], ...]:
    """Return the terms of each name in the table; kept, since neither is a visitor's."""
    if (row := treatments().get(slug)) is None:
        return ()
    names = [name for names in row.names.values() for name in names]
    return tuple(_each((*names, *row.brands), language))


@functools.cache
def _section_terms(matter: Intent, language: Language) -> tuple[frozenset[str], ...]:
    """Return the terms of each word with which visitors ask for a matter."""
    return tuple(_each(section_words(matter, language), language))


def _each(names: tuple[str, ...], language: Language) -> Iterator[frozenset[str]]:
    """Yield the terms of each name that has any."""
    for name in names:
        if found := frozenset(terms(name, language)):
            yield found
