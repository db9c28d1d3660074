"""What a visitor wants: the intents of a message, its topic, and whether the clinic's file can answer it.

Where anything is left unexplained the router is not certain, and the turn goes on to the language model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.clinic import Clinic, Variant
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, SPOKEN, Intent, Language
from schemas.treatments import treatments
from schemas.turns import Said
from workers.router.injection import injection_signs
from workers.router.lexicon import CERTAIN, Cue, When
from workers.router.reading import Reading, read, variant_words, variants_named
from workers.router.treatment_match import Mention

DEEP: Final = frozenset(
    {
        Intent.MEDICAL_ADVICE,
        Intent.CANDIDACY,
        Intent.RISKS,
        Intent.AFTERCARE,
        Intent.PREPARATION,
        Intent.DOWNTIME,
        Intent.PAIN,
        Intent.RESULTS,
        Intent.COMPARISON,
    }
)
"""General information, never a verdict: for the language model, whatever else the message asks."""

OF_A_TREATMENT: Final = frozenset({Intent.OFFER, Intent.PRICE, Intent.DURATION, *DEEP})
"""Intents that ask about a treatment: "how much is it?" is about the one just spoken of."""

ABSORBS: Final[Mapping[Intent, frozenset[Intent]]] = {
    Intent.CANCELLATION: frozenset({Intent.BOOKING, Intent.HOURS}),
    Intent.CONSULTATION: frozenset({Intent.BOOKING, Intent.OFFER}),
    Intent.LANGUAGE: frozenset({Intent.PRACTITIONER, Intent.OFFER}),
    Intent.PARKING: frozenset({Intent.OFFER}),
    Intent.PAYMENT: frozenset({Intent.OFFER, Intent.BOOKING}),
    Intent.PROMOTIONS: frozenset({Intent.OFFER, Intent.PRICE}),
    Intent.PRACTITIONER: frozenset({Intent.OFFER}),
    Intent.HUMAN_HANDOVER: frozenset({Intent.PRACTITIONER, Intent.CONTACT, Intent.BOOKING, Intent.OFFER}),
    Intent.COMPLAINT: frozenset(Intent) - {Intent.COMPLAINT},
    Intent.PRIVACY: frozenset({Intent.OFFER}),
    Intent.DURATION: frozenset({Intent.OFFER}),
    Intent.CONTACT: frozenset({Intent.OFFER}),
}
"""Where both are heard, the first is meant: "cancel my appointment" asks for no booking."""

WHATEVER_ELSE: Final = frozenset({Intent.HUMAN_HANDOVER, Intent.COMPLAINT})
"""Intents that are answered alike whatever else the message says."""

UNEXPLAINED_MAX: Final = 1
"""Words that nothing explains, up to which a certain phrase still decides; for hours none ("on 1 May?")."""


OTHER_LANGUAGES_MAX_WORDS: Final = 40
"""Longer messages are read in their own language only: it was heard well, and time is bounded."""


class Understanding(NamedTuple):
    """What a message asks, as far as the router is certain."""

    intents: tuple[Intent, ...]
    """What the clinic's file is to answer, in the message's order; () = for the language model."""
    lead: Intent
    """The best guess even where the router is not certain."""
    topic: str
    treatments: tuple[str, ...]
    """Slugs asked about, by position."""
    language: Language
    cues: frozenset[Cue]
    when: frozenset[When]
    variants: tuple[str, ...]
    """The message's words, in which variants of a treatment are looked for."""
    evidence: tuple[str, ...]

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Understanding>"


def understand(text: str, *, history: Sequence[Said], language: Language, clinic: Clinic) -> Understanding:
    """Return what `text`, a clean message, asks.

    Args:
        text: The message.
        history: The conversation so far, oldest first.
        language: The message's language as far as known; the others are tried where it explains nothing.
        clinic: Its treatments, synonyms and name are understood.
    """
    reading = _best_reading(text, language, clinic)
    spoken = reading.language if language in SPOKEN or _speaks(reading) else Language.OTHER
    if signs := injection_signs(text):
        return _resolved(reading, spoken, (Intent.INJECTION,), (), signs)
    before = _last_asked(history, reading.language, clinic)
    slugs = _slugs(reading.mentions, clinic)
    heard = _reduced(reading, treatment=bool(slugs))
    intents = heard or _inherited(reading, slugs, before, clinic)
    asked = slugs
    if not slugs and _about_a_treatment(intents, reading):
        asked = _from_history(history, before)
    rest = _unexplained(reading, asked, clinic)
    if not intents and slugs and not rest and "negation" not in reading.cues:
        intents = (Intent.OFFER,)
    certain = _certain(intents, reading, asked, rest)
    evidence = (
        *reading.phrases,
        *(f"treatment {slug}" for slug in asked),
        *(f"unexplained: {len(rest)}",) * bool(rest),
    )
    made = _resolved(reading, spoken, intents, asked, evidence)
    return made if certain else made._replace(intents=())


def _resolved(
    reading: Reading, spoken: Language, intents: tuple[Intent, ...], slugs: tuple[str, ...], evidence: tuple[str, ...]
) -> Understanding:
    """Return the understanding, its lead and topic chosen."""
    lead = _lead(intents)
    clinic_wide = lead not in OF_A_TREATMENT | {Intent.OTHER, Intent.SMALLTALK, Intent.INJECTION}
    overview = lead in {Intent.OFFER, Intent.PRICE} and {"price_list", "treatment_list"} & reading.cues
    topic = slugs[0] if slugs else CLINIC_TOPIC if clinic_wide or overview else NO_TOPIC
    return Understanding(intents, lead, topic, slugs, spoken, reading.cues, reading.when, reading.message, evidence)


def _speaks(reading: Reading) -> bool:
    """Return whether a message of unheard language is plainly in the one it was read in."""
    return reading.weight >= CERTAIN and not reading.rest


def _best_reading(text: str, language: Language, clinic: Clinic) -> Reading:
    """Return the reading in the message's language; in another one where that says more and explains all."""
    first = language if language in SPOKEN else clinic.default_language
    own = read(text, first, clinic)
    if (own.intents and not own.rest) or len(own.message) > OTHER_LANGUAGES_MAX_WORDS:
        return own
    others = [read(text, other, clinic) for other in SPOKEN if other is not first]
    better = [r for r in others if r.weight > own.weight and len(r.rest) < max(1, len(own.rest))]
    return max(better, key=lambda r: (r.weight, -len(r.rest)), default=own)


def _reduced(reading: Reading, *, treatment: bool) -> tuple[Intent, ...]:
    """Return the intents heard, without those that another one means along."""
    heard = [intent for intent, _ in reading.intents]
    if not treatment and "treatment_list" not in reading.cues and len(heard) > 1:
        heard = [i for i in heard if i is not Intent.OFFER]
    if Intent.CONSULTATION in heard and not treatment:
        heard = [i for i in heard if i is not Intent.PRICE]
    absorbed = frozenset[Intent]().union(*(ABSORBS.get(intent, frozenset()) for intent in heard))
    kept = tuple(intent for intent in heard if intent not in absorbed)
    return tuple(i for i in kept if i is not Intent.SMALLTALK) or (kept if not treatment else ())


def _slugs(mentions: Sequence[Mention], clinic: Clinic) -> tuple[str, ...]:
    """Return the treatments meant; of a word with several meanings those that the clinic offers."""
    meant: list[str] = []
    for mention in mentions:
        offered = [slug for slug in mention.slugs if clinic.offers(slug)]
        meant.extend(offered or mention.slugs[:1])
    return tuple(dict.fromkeys(meant))


def _about_a_treatment(intents: Collection[Intent], reading: Reading) -> bool:
    """Return whether the message needs a treatment that it does not name."""
    overview = {"price_list", "treatment_list"} & reading.cues and "follow_up" not in reading.cues
    refers = Intent.PRACTITIONER in intents and "refers" in reading.cues
    return refers or (bool(OF_A_TREATMENT.intersection(intents)) and not overview)


def _last_asked(history: Sequence[Said], language: Language, clinic: Clinic) -> Reading | None:
    """Return the reading of the visitor's last line, or None at the beginning."""
    last = next((said.text for said in reversed(history) if said.role == "visitor"), None)
    return None if last is None else _best_reading(last, language, clinic)


def _inherited(reading: Reading, slugs: Sequence[str], before: Reading | None, clinic: Clinic) -> tuple[Intent, ...]:
    """Return the intents that a bare "and lip filler?" or "and on saturday?" takes over from the line before."""
    if before is None or ("follow_up" not in reading.cues and not reading.when):
        return ()
    previous = _reduced(before, treatment=bool(before.mentions))
    if slugs:
        return tuple(i for i in previous if i in OF_A_TREATMENT) or (Intent.OFFER,)
    if reading.when and Intent.HOURS in previous:
        return (Intent.HOURS,)
    zones = [v for slug in _slugs(before.mentions, clinic) if (t := clinic.treatment(slug)) for v in t.variants]
    named = variants_named(reading.message, zones)
    return (Intent.PRICE,) if named and {Intent.PRICE, Intent.OFFER} & set(previous) else ()


def _from_history(history: Sequence[Said], before: Reading | None) -> tuple[str, ...]:
    """Return the treatment just spoken of: the last answer's topic, else what the visitor's last line names."""
    last = next((said for said in reversed(history) if said.role == "assistant"), None)
    if last is not None and last.topic in treatments():
        return (last.topic,)
    mentioned = before.mentions if before is not None else ()
    return mentioned[0].slugs[:1] if mentioned else ()


def _unexplained(reading: Reading, slugs: Sequence[str], clinic: Clinic) -> tuple[str, ...]:
    """Return the words that neither the lexicon nor the treatments' zones and people explain."""
    zones: list[Variant] = [v for slug in slugs if (t := clinic.treatment(slug)) for v in t.variants]
    known = variant_words(zones)
    return tuple(word for word in reading.rest if word not in known)


def _certain(intents: Sequence[Intent], reading: Reading, slugs: Sequence[str], rest: Sequence[str]) -> bool:
    """Return whether the clinic's file is to answer `intents`."""
    wanted = set(intents)
    if not wanted or wanted & DEEP:
        return False
    if wanted <= WHATEVER_ELSE:
        return True
    if "negation" in reading.cues or (Intent.SMALLTALK in wanted and rest):
        return False
    if wanted & OF_A_TREATMENT and not slugs:
        overview = {"price_list", "treatment_list"} & reading.cues
        return bool(overview) and not rest
    faint = any(weight < CERTAIN for intent, weight in reading.intents if intent in wanted)
    strict = faint or Intent.HOURS in wanted or (wanted & OF_A_TREATMENT and not reading.mentions)
    return len(rest) <= (0 if strict else UNEXPLAINED_MAX)


def _lead(intents: Sequence[Intent]) -> Intent:
    """Return the intent that counts for the turn: advice before everything, then the message's order."""
    if Intent.MEDICAL_ADVICE in intents:
        return Intent.MEDICAL_ADVICE
    deep = [intent for intent in intents if intent in DEEP]
    return (*deep, *intents, Intent.OTHER)[0]
