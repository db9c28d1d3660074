"""What a message is about: a treatment that it names or the conversation gives, the clinic as such, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from schemas.clinic import Clinic
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent
from schemas.treatments import treatments
from schemas.turns import Said
from workers.router.asked import ABOUT_CLINIC, ABOUT_NONE, ABOUT_TREATMENT
from workers.router.meant import slugs_of
from workers.router.treatment_match import index_of
from workers.router.words import words

DETAILS: Final = frozenset(
    {Intent.AFTERCARE, Intent.PREPARATION, Intent.DOWNTIME, Intent.PAIN, Intent.RISKS, Intent.RESULTS, Intent.CANDIDACY}
)
"""What the file may say about a treatment, in a text of that name."""
OF_A_TREATMENT: Final = frozenset(
    {Intent.OFFER, Intent.PRICE, Intent.DURATION, Intent.COMPARISON, Intent.MEDICAL_ADVICE, *DETAILS}
)
"""Intents that ask about a treatment: "how much is it?" is about the one just spoken of."""
OF_EITHER: Final = frozenset(
    {Intent.PRACTITIONER, Intent.PROMOTIONS, Intent.BOOKING, Intent.CONSULTATION, Intent.COMPLAINT, Intent.OTHER}
)
"""Intents about a treatment where the message names one, else about the clinic."""
ADVICE: Final = frozenset({Intent.CANDIDACY, Intent.COMPARISON, Intent.MEDICAL_ADVICE})
"""Intents of a treatment that also concern the clinic where none is named: "what suits tired eyes?"."""
OF_NOTHING: Final = frozenset({Intent.SMALLTALK, Intent.INJECTION, Intent.EMERGENCY})
FILLERS: Final = frozenset({"lip_filler", "dermal_filler", "tear_trough_filler", "nonsurgical_rhinoplasty"})
UNDOING: Final = frozenset(
    words("undo reverse dissolve dissolved dissoudre enlever retirer oplossen weghalen verwijderen auflosen entfernen")
)
"""Words with which the one who asks about a filler asks about taking it away again."""
ORDINALS: Final[Mapping[str, int]] = {
    word: place
    for place, listed in enumerate(
        (
            "first 1st premier premiere eerste erste ersten erster erstes erstere",
            "second 2nd deuxieme seconde tweede zweite zweiten zweiter zweites zweitere",
        )
    )
    for word in words(listed)
}
"""Words for a place in the last answer."""
COUNTED: Final = frozenset(
    words(
        "time times visit appointment session sessions week day treatment fois seance seances consultation rendez rdv "
        "visite semaine jour keer sessie afspraak consult behandeling week dag mal sitzung termin besuch beratung tag"
    )
)
"""Words of which the first is no choice between treatments: "the first time"."""
LINES_BACK: Final = 6
"""Lines of the conversation in which a treatment is looked for."""


def undone(message: Sequence[str], given: tuple[str, ...]) -> tuple[str, ...]:
    """Return `given`, the treatment just spoken of, or what takes it away again where `message` asks for that."""
    undoing = given and FILLERS.issuperset(given) and not UNDOING.isdisjoint(message)
    return ("hyaluronidase",) if undoing else given


def chosen(message: Sequence[str], history: Sequence[Said], clinic: Clinic) -> tuple[str, ...]:
    """Return the treatment that "the first one" means: of those offered that the last answer names, if several."""
    following = (*message[1:], "")
    places = (
        ORDINALS[word]
        for word, after in zip(message, following, strict=False)
        if word in ORDINALS and after not in COUNTED
    )
    place = next(places, None)
    if place is None:
        return ()
    named = told_last(history, clinic)
    return (named[place],) if len(named) > max(place, 1) else ()


def told_last(history: Sequence[Said], clinic: Clinic) -> tuple[str, ...]:
    """Return the treatments that the clinic offers of those that the last answer names."""
    last = next((said for said in reversed(history) if said.role == "assistant"), None)
    if last is None:
        return ()
    index = index_of(clinic)
    line = index.split_compounds(words(last.text))
    return tuple(slug for slug in slugs_of(index.find(line), clinic, message=line) if clinic.offers(slug))


def spoken_of(history: Sequence[Said], clinic: Clinic) -> tuple[str, ...]:
    """Return the treatment just spoken of: the last answer's topic, else the last one that a line names."""
    last = next((said for said in reversed(history) if said.role == "assistant"), None)
    if last is not None and last.topic in treatments():
        return (last.topic,)
    index = index_of(clinic)
    lines = [said for said in reversed(history[-LINES_BACK:]) if said.role == "visitor"]
    lines += [said for said in reversed(history[-LINES_BACK:]) if said.role == "assistant"]
    for said in lines:
        line = index.split_compounds(words(said.text))
        if found := slugs_of(index.find(line), clinic, message=line):
            return found[:1]
    return ()


def about(
    intents: Collection[Intent], named: tuple[str, ...], given: tuple[str, ...], odds: Mapping[str, float]
) -> tuple[str, ...]:
    """Return the treatments that the message is about: named in it, else given by the conversation where it refers."""
    if named:
        return named
    wanted = bool(OF_A_TREATMENT.intersection(intents))
    refers = odds[ABOUT_TREATMENT] > odds[ABOUT_CLINIC] and bool(OF_EITHER.intersection(intents))
    return given if wanted or refers else ()


def topic_of(lead: Intent, slugs: Sequence[str], *, overview: bool, odds: Mapping[str, float]) -> str:
    """Return the topic of a message whose likeliest intent is `lead`."""
    if lead in OF_NOTHING:
        return NO_TOPIC
    if slugs and (lead in OF_A_TREATMENT | OF_EITHER or odds[ABOUT_TREATMENT] > odds[ABOUT_CLINIC]):
        return slugs[0]
    if lead is Intent.OTHER:
        return CLINIC_TOPIC if odds[ABOUT_CLINIC] > odds[ABOUT_NONE] else NO_TOPIC
    if lead in OF_A_TREATMENT - ADVICE:
        return CLINIC_TOPIC if overview else NO_TOPIC
    return CLINIC_TOPIC if lead not in ADVICE or odds[ABOUT_CLINIC] > odds[ABOUT_NONE] else NO_TOPIC
