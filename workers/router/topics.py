"""What a message is about: a treatment that it names or the conversation gives, the clinic as such, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from schemas.clinic import Clinic
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent
from schemas.treatments import treatments
from schemas.turns import Said
from workers.router.asked import ABOUT_CLINIC, ABOUT_NONE, ABOUT_TREATMENT
from workers.router.treatment_match import Mention, index_of
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
IMPLIES: Final[Mapping[str, frozenset[str]]] = {
    "hyaluronidase": frozenset({"lip_filler", "dermal_filler", "tear_trough_filler"}),
    "lip_filler": frozenset({"dermal_filler"}),
    "tear_trough_filler": frozenset({"dermal_filler"}),
    "nonsurgical_rhinoplasty": frozenset({"dermal_filler"}),
    "hyperhidrosis_botox": frozenset({"botulinum_toxin"}),
    "rf_microneedling": frozenset({"microneedling", "radiofrequency"}),
    "tattoo_removal": frozenset({"laser_hair_removal", "fractional_laser", "pigment_laser", "vascular_laser"}),
    "electrolysis": frozenset({"laser_hair_removal"}),
    "laser_hair_removal": frozenset({"lip_filler"}),
    "lipolysis_injections": frozenset({"dermal_filler"}),
    "sclerotherapy": frozenset({"dermal_filler", "vascular_laser"}),
    "permanent_makeup": frozenset({"lip_filler"}),
}
"""Where the first is named, a single word that alone would name another belongs to it ("lips" and "filler")."""
CONDITIONS: Final = frozenset({"acne_treatment", "rosacea_treatment", "scar_treatment", "facial"})
"""Named by one word beside a treatment, these tell what it is for."""
OF_NOTHING: Final = frozenset({Intent.SMALLTALK, Intent.INJECTION, Intent.EMERGENCY})
FILLERS: Final = frozenset({"lip_filler", "dermal_filler", "tear_trough_filler", "nonsurgical_rhinoplasty"})
UNDOING: Final = frozenset(
    words("undo reverse dissolve dissolved dissoudre enlever retirer oplossen weghalen verwijderen auflosen entfernen")
)
"""Words with which the one who asks about a filler asks about taking it away again."""
AND_OR: Final = frozenset(
    words(
        "and or also plus the a my versus vs only et ou aussi le la les un une juste seulement "
        "en of ook de het een alleen ipv und oder auch die der das eine nur sowie"
    )
)
"""Words between two things that are both asked about."""
ORDINALS: Final[Mapping[str, int]] = {
    word: place
    for place, listed in enumerate(
        (
            "first 1st premier premiere eerste erste ersten erstere",
            "second 2nd deuxieme seconde tweede zweite zweiten zweitere",
        )
    )
    for word in words(listed)
}
"""Words for a place in the last answer."""
LINES_BACK: Final = 6
"""Lines of the conversation in which a treatment is looked for."""


def slugs_of(mentions: Sequence[Mention], clinic: Clinic, *, message: Sequence[str]) -> tuple[str, ...]:
    """Return the treatments meant; of a word with several meanings the first that the clinic offers.

    Such a word ("laser") says nothing more where another names one of its meanings, nor where it says how another is
    done ("stop smoking by laser"): it counts beside another only where both are asked about ("botox or laser").
    """
    named = {slug for mention in mentions for slug in mention.slugs[:1]}
    implied = frozenset[str]().union(*(IMPLIES.get(slug, frozenset()) for slug in named))
    if len(named - CONDITIONS) > 0:
        implied |= CONDITIONS
    mentions = [m for m in mentions if m.slugs[0] not in implied or m.end - m.start > 1]
    sure = {mention.slugs[0] for mention in mentions if len(mention.slugs) == 1}
    said = [
        m.slugs for m in mentions if len(m.slugs) == 1 or (sure.isdisjoint(m.slugs) and _beside(m, mentions, message))
    ]
    meant = [next((slug for slug in slugs if clinic.offers(slug)), slugs[0]) for slugs in said]
    return tuple(dict.fromkeys(meant))


def _beside(one: Mention, mentions: Sequence[Mention], message: Sequence[str]) -> bool:
    """Return whether `one` is asked about beside each name of one meaning, with nothing but "and" or "or" between."""
    between = [message[min(one.end, m.end) : max(one.start, m.start)] for m in mentions if len(m.slugs) == 1]
    return all(gap and AND_OR.issuperset(gap) for gap in between)


def undone(message: Sequence[str], given: tuple[str, ...]) -> tuple[str, ...]:
    """Return `given`, the treatment just spoken of, or what takes it away again where `message` asks for that."""
    return ("hyaluronidase",) if FILLERS.issuperset(given) and given and UNDOING.intersection(message) else given


def chosen(message: Sequence[str], history: Sequence[Said], clinic: Clinic) -> tuple[str, ...]:
    """Return the treatment that "the first one" means: of those offered that the last answer names, if several."""
    last = next((said for said in reversed(history) if said.role == "assistant"), None)
    place = next((ORDINALS[word] for word in message if word in ORDINALS), None)
    if last is None or place is None:
        return ()
    index = index_of(clinic)
    line = index.split_compounds(words(last.text))
    named = [slug for slug in slugs_of(index.find(line), clinic, message=line) if clinic.offers(slug)]
    return (named[place],) if len(named) > abs(place) else ()


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
