"""Signs of an emergency, looked for before anything else and in all languages at once.

Rules and cues are data (`lexicon/emergencies.toml`); the texts shown stand with the other sentences in
`templates/`. A rule that does not hold costs a turn nothing, one that is missed may cost an eye: where a
message speaks of the visitor's own body now, the rules lean to the alarm.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from schemas.taxonomy import SPOKEN, Language
from schemas.turns import Said
from workers.router.lexicon import LIKELY, all_words, lexicon, read_toml
from workers.router.phrases import PhraseBook, outermost
from workers.router.slips import Slips
from workers.router.words import Words, words, write_out

CONTEXT_LINES: Final = 4
"""Lines of the conversation just before, in which a rule's context may stand."""


MASK: Final = "bruise"
"""The cue whose phrases take shorter cues out of a message."""


class Kind(StrEnum):
    """What the signs point to; each has its sentence in the templates."""

    SELF_HARM = "self_harm"
    BREATHING = "breathing"
    ANAPHYLAXIS = "anaphylaxis"
    SWELLING = "swelling"
    VISION = "vision"
    OCCLUSION = "occlusion"
    TOXIN_SPREAD = "toxin_spread"
    SEPSIS = "sepsis"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A combination of cues."""

    kind: Kind
    signs: tuple[str, ...]
    """Each in the message itself."""
    context: tuple[str, ...] = ()
    """Each in the message or in the lines just before."""
    unless: tuple[str, ...] = ()
    """None in the message, but for overrides."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data as written."""

    rules: tuple[Rule, ...]
    overrides: dict[str, str]
    cues: dict[str, dict[Language, tuple[str, ...]]]
    stems: dict[str, tuple[str, ...]]
    negations: dict[Language, tuple[str, ...]]
    helplines: dict[str, dict[Language, str]]


class Emergency(NamedTuple):
    """What was recognised, in which language it was said, and the cues that showed it."""

    kind: Kind
    language: Language
    evidence: tuple[str, ...]


class _Cues(NamedTuple):
    """The cues of a message."""

    said: frozenset[str]
    affirmed: frozenset[str]
    """Those with no negation just before them."""


class _Book(NamedTuple):
    """A language's cues and negations."""

    cues: PhraseBook[str]
    negations: frozenset[Words]
    spellings: Mapping[str, Words]
    slips: Slips


@functools.cache
def _data() -> _File:
    """Return the file, with every cue that a rule names checked to exist.

    Raises:
        ValueError: A rule or an override names a cue that has no phrases.
    """
    data = msgspec.convert(read_toml("emergencies.toml"), _File)
    named = {cue for rule in data.rules for cue in (*rule.signs, *rule.context, *rule.unless)}
    if missing := (named | data.overrides.keys() | set(data.overrides.values())) - data.cues.keys():
        raise ValueError(f"emergencies.toml: cues without phrases: {', '.join(sorted(missing))}")
    return data


@functools.cache
def _book(language: Language) -> _Book:
    """Return the cues of `language`; shorthand is written out as in its lexicon."""
    phrases = [(phrase, cue) for cue, by in _data().cues.items() for phrase in by.get(language, ())]
    spellings = lexicon(language).spellings
    cues = PhraseBook((write_out(words(phrase), spellings), cue, LIKELY) for phrase, cue in phrases)
    slips = Slips(cues.vocabulary, ordinary=all_words())
    return _Book(cues, frozenset(words(n) for n in _data().negations.get(language, ())), spellings, slips)


def recognise(text: str, *, history: Sequence[Said] = (), language: Language = Language.OTHER) -> Emergency | None:
    """Return the emergency that `text` speaks of, or None.

    Args:
        text: The clean message.
        history: The conversation so far, oldest first; gives context ("I had filler this morning"), no signs.
        language: The message's language, tried first.
    """
    message = words(text)
    before = [words(said.text) for said in history[-CONTEXT_LINES:] if said.role == "visitor"]
    for spoken in sorted(SPOKEN, key=lambda candidate: candidate is not language):
        cues = _cues_in(message, spoken)
        around = cues.affirmed.union(*(_cues_in(line, spoken).affirmed for line in before))
        if (rule := next((r for r in _data().rules if _holds(r, cues, around)), None)) is not None:
            return Emergency(rule.kind, spoken, (*rule.signs, *rule.context))
    return None


def helpline_for(country: str, language: Language) -> str | None:
    """Return the suicide prevention line of `country` as shown in `language`, or None where none is certain."""
    return _data().helplines.get(country, {}).get(language)


def _holds(rule: Rule, cues: _Cues, around: Collection[str]) -> bool:
    """Return whether all that `rule` asks for is there and nothing that forbids it."""
    overrides = _data().overrides
    forbidden = any(guard in cues.said and overrides.get(guard) not in cues.said for guard in rule.unless)
    return not forbidden and all(s in cues.affirmed for s in rule.signs) and all(c in around for c in rule.context)


def _cues_in(message: Words, language: Language) -> _Cues:
    """Return the cues of `language` in `message`, without those that are part of a phrase that masks them."""
    book = _book(language)
    plain = tuple(book.slips.mend(word) for word in write_out(message, book.spellings))
    found = book.cues.find(plain)
    masks = [hit for hit in outermost(found) if hit.label == MASK]
    hits = [hit for hit in found if not any(m.start <= hit.start and hit.end <= m.end for m in masks)]
    affirmed = frozenset(hit.label for hit in hits if not _negated(plain, hit.start, book.negations))
    stems = {cue for cue, stems in _data().stems.items() if any(stem in word for stem in stems for word in message)}
    return _Cues(frozenset(hit.label for hit in hits) | stems, affirmed | stems)


def _negated(message: Words, start: int, negations: Collection[Words]) -> bool:
    """Return whether a negation stands just before word `start`."""
    return any(message[start - len(n) : start] == n for n in negations if len(n) <= start)
