"""What a visitor wants: the intents of a message, its topic, and whether the clinic's file can answer it.

The lexicon and the table of treatments read the message, the classifier judges what was read. Where it is not
certain, the turn goes on to the language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.clinic import Clinic
from schemas.taxonomy import NO_TOPIC, SPOKEN, Intent, Language
from schemas.turns import Said
from workers.router.asked import ABOUT_CLINIC, ABOUT_NONE, ABOUT_TREATMENT, ASKED_FROM, FOR_THE_MODEL, Asked, asked
from workers.router.injection import injection_signs
from workers.router.lexicon import CERTAIN, Cue, When
from workers.router.meant import doubts_of_given, meant, moved, unpriced, unpriced_amounts
from workers.router.model.classifier import Classifier, classifier
from workers.router.reading import Reading, read
from workers.router.topics import OF_A_TREATMENT, about, chosen, spoken_of, told_last, topic_of, undone
from workers.router.words import words

WHATEVER_ELSE: Final = frozenset({Intent.HUMAN_HANDOVER, Intent.COMPLAINT})
"""Intents that are answered alike whatever else the message says."""
WITHOUT_TREATMENT: Final = frozenset({Intent.OFFER, Intent.PRICE})
"""Intents of a treatment that the file can answer where none is named: by a list of all."""
OTHER_LANGUAGES_MAX_WORDS: Final = 40
"""Longer messages are read in their own language only: it was heard well, and time is bounded."""


class Understanding(NamedTuple):
    """What a message asks, as far as the router is certain."""

    intents: tuple[Intent, ...]
    """What the clinic's file is to answer, in the message's order; () = for the language model."""
    sure: tuple[Intent, ...]
    """Those of `intents` that an answer may not leave out; the others may be, where the file lacks them."""
    lead: Intent
    """The best guess even where the router is not certain."""
    odds: float
    """The probability of `lead`."""
    topic: str
    treatments: tuple[str, ...]
    """Slugs asked about, by position."""
    language: Language
    cues: frozenset[Cue]
    when: frozenset[When]
    message: tuple[str, ...]
    """The message's words, in which variants of a treatment, dates and languages are looked for."""
    reading: Reading
    """The message, looked up."""
    given: tuple[str, ...]
    """The treatment that the conversation gives, whether the message refers to it or not."""
    before: tuple[str, ...]
    """The words of the visitor's last line where the message is about the treatment that it spoke of."""
    evidence: tuple[str, ...]

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Understanding>"


def understand(
    text: str, *, history: Sequence[Said], language: Language, clinic: Clinic, model: Classifier | None = None
) -> Understanding:
    """Return what `text`, a clean message, asks.

    Args:
        text: The message.
        history: The conversation so far, oldest first.
        language: The message's language as far as known; the others are tried where it explains nothing.
        clinic: Its treatments, synonyms and name are understood.
        model: The classifier; None = the shipped one.
    """
    judge = model or classifier()
    reading = best_reading(text, language, clinic)
    spoken = reading.language if language in SPOKEN or _speaks(reading) else Language.OTHER
    if signs := injection_signs(text, history=history):
        return _nothing(reading, spoken)._replace(
            intents=(Intent.INJECTION,), lead=Intent.INJECTION, topic=NO_TOPIC, evidence=signs
        )
    said = reading.message
    named = meant(reading.mentions, clinic, message=said)
    given = moved(said, undone(said, chosen(said, history, clinic) or spoken_of(history, clinic)))
    before = asked_before(history, reading.language, clinic, judge)
    heard = asked(reading, before=before, spoken_of=bool(given), model=judge)
    slugs = about(heard.intents, named.slugs, given, heard.odds)
    doubts = named.doubts if slugs else ()
    if slugs and not named.slugs:
        doubts = doubts_of_given(said, slugs, clinic, instead=told_last(history, clinic))
    if Intent.PRICE in heard.intents:
        doubts = (*doubts, *unpriced(reading.rest, slugs, clinic), *unpriced_amounts(said, slugs, clinic))
    overview = not slugs and _overview(reading, heard)
    topic = topic_of(heard.lead, slugs, overview=overview, odds=heard.odds)
    certain = not doubts and not _beyond_the_file(heard, reading)
    answerable = _answerable(heard, slugs, overview=overview, certain=certain)
    intents = tuple(i for i in _in_order(heard, reading) if i in answerable)
    told = (*(f"treatment {slug}" for slug in slugs), *(f"doubt: {doubt}" for doubt in doubts))
    return _nothing(reading, spoken)._replace(
        intents=intents,
        sure=tuple(i for i in intents if i in heard.sure),
        lead=heard.lead,
        odds=heard.odds[heard.lead.value],
        topic=topic,
        treatments=slugs,
        given=given,
        before=words(_last_line(history) or "") if slugs == given else (),
        evidence=(*reading.phrases, *told, *heard.evidence),
    )


def best_reading(text: str, language: Language, clinic: Clinic) -> Reading:
    """Return the reading in the message's language; in another one where that says more and explains all."""
    first = language if language in SPOKEN else clinic.default_language
    own = read(text, first, clinic)
    if (own.intents and not own.rest) or len(own.message) > OTHER_LANGUAGES_MAX_WORDS:
        return own
    others = [read(text, other, clinic) for other in SPOKEN if other is not first]
    better = [r for r in others if r.weight > own.weight and len(r.rest) < max(1, len(own.rest))]
    return max(better, key=lambda r: (r.weight, -len(r.rest)), default=own)


def asked_before(history: Sequence[Said], language: Language, clinic: Clinic, model: Classifier) -> tuple[Intent, ...]:
    """Return the intents of the visitor's last line, () at the beginning."""
    if (last := _last_line(history)) is None:
        return ()
    return asked(best_reading(last, language, clinic), before=(), spoken_of=False, model=model).intents


def _last_line(history: Sequence[Said]) -> str | None:
    """Return the visitor's last line, None at the beginning."""
    return next((said.text for said in reversed(history) if said.role == "visitor"), None)


def _nothing(reading: Reading, spoken: Language) -> Understanding:
    """Return an understanding of what `reading` found, of which nothing is asked yet."""
    return Understanding(
        intents=(),
        sure=(),
        lead=Intent.OTHER,
        odds=0.0,
        topic=NO_TOPIC,
        treatments=(),
        language=spoken,
        cues=reading.cues,
        when=reading.when,
        message=reading.message,
        reading=reading,
        given=(),
        before=(),
        evidence=(),
    )


def _speaks(reading: Reading) -> bool:
    """Return whether a message of unheard language is plainly in the one it was read in."""
    return reading.weight >= CERTAIN and not reading.rest


def _overview(reading: Reading, heard: Asked) -> bool:
    """Return whether a message that names no treatment asks about all of them: one with a number means one of them."""
    if not (WITHOUT_TREATMENT.intersection(heard.intents) and heard.plain) or "<number>" in reading.masked:
        return False
    listed = bool({"price_list", "treatment_list"} & reading.cues)
    others = max(heard.odds[ABOUT_NONE], heard.odds[ABOUT_TREATMENT])
    return listed or (heard.odds[ABOUT_CLINIC] > others and not reading.rest)


def _beyond_the_file(heard: Asked, reading: Reading) -> bool:
    """Return whether a message asks what stands in no field: one person's days, how long a gift voucher is good for."""
    days = Intent.HOURS in heard.intents and "<person>" in reading.masked
    return days or (Intent.PROMOTIONS in heard.intents and "gift" in reading.cues)


def _in_order(heard: Asked, reading: Reading) -> tuple[Intent, ...]:
    """Return the intents in the order in which the lexicon heard them; those that it did not hear after them."""
    position = {intent: i for i, (intent, _) in reversed(list(enumerate(reading.hints)))}
    return tuple(sorted(heard.intents, key=lambda intent: position.get(intent, len(position) + 1)))


def _answerable(heard: Asked, slugs: Sequence[str], *, overview: bool, certain: bool) -> frozenset[Intent]:
    """Return the intents that the clinic's file is to answer; none where that, or which treatment, is not certain."""
    if heard.lead in WHATEVER_ELSE and heard.odds[heard.lead.value] >= ASKED_FROM:
        return frozenset({heard.lead})
    if not heard.plain or not certain:
        return frozenset()
    if slugs or overview:
        return frozenset(heard.intents) - FOR_THE_MODEL
    if heard.lead in OF_A_TREATMENT:
        return frozenset()
    return frozenset(heard.intents) - OF_A_TREATMENT - FOR_THE_MODEL
