"""Rules that know an emergency: combinations of cues, which are phrases in four languages.

All of it is data (`lexicon/emergencies.toml`). Words alone are no emergency: a rule asks for signs in the message, and
for context in it or in the lines just before.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from schemas.taxonomy import SPOKEN, Language
from workers.router.lexicon import LIKELY, all_words, lexicon, read_toml
from workers.router.phrases import Hit, PhraseBook, outermost
from workers.router.slips import Slips
from workers.router.words import Words, words, write_out

REACH: Final = 8
"""Words that may stand between two parts of a cue whose words stand apart."""

MASK: Final = "mask"
"""The cue whose phrases take shorter cues out of a message."""

_GAP: Final = "…"
_OR: Final = "|"
_SENTENCE_END: Final = re.compile(r"(?<!\.)\.(?=\s)|[!?;\n]")
"""Dots in a row are a hesitation, not an end."""


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
    BLEEDING = "bleeding"
    BURN = "burn"
    POISONING = "poisoning"
    COLLAPSE = "collapse"
    UNCLEAR = "unclear"
    """Signs of some emergency; which one is for a doctor to say."""


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
    overrides: dict[str, tuple[str, ...]]
    cues: dict[str, dict[Language, tuple[str, ...]]]
    apart: dict[str, dict[Language, tuple[str, ...]]]
    stems: dict[str, tuple[str, ...]]
    negations: dict[Language, tuple[str, ...]]
    helplines: dict[str, dict[Language, str]]


class _Cues(NamedTuple):
    """The cues of a message."""

    said: frozenset[str]
    affirmed: frozenset[str]
    """Those with no negation just before them."""


class _Apart(NamedTuple):
    """What follows, at a distance, the first part of a cue whose words stand apart."""

    cue: str
    rest: tuple[tuple[Words, ...], ...]
    """For each further part the phrases that it may be."""


class _Book(NamedTuple):
    """A language's cues and negations."""

    cues: PhraseBook[str]
    apart: PhraseBook[_Apart]
    negations: frozenset[Words]
    spellings: Mapping[str, Words]
    slips: Slips


@functools.cache
def data() -> _File:
    """Return the file, with every cue that a rule names checked to exist.

    Raises:
        ValueError: A rule, an override or words that stand apart name a cue that has no phrases.
    """
    data = msgspec.convert(read_toml("emergencies.toml"), _File)
    named = {cue for rule in data.rules for cue in (*rule.signs, *rule.context, *rule.unless)}
    named |= data.apart.keys() | data.overrides.keys() | {cue for cues in data.overrides.values() for cue in cues}
    if missing := named - data.cues.keys():
        raise ValueError(f"emergencies.toml: cues without phrases: {', '.join(sorted(missing))}")
    return data


@functools.cache
def _book(language: Language) -> _Book:
    """Return the cues of `language`; shorthand is written out as in its lexicon."""
    phrases = [(phrase, cue) for cue, by in data().cues.items() for phrase in by.get(language, ())]
    spellings = lexicon(language).spellings
    cues = PhraseBook((write_out(words(phrase), spellings), cue, LIKELY) for phrase, cue in phrases)
    patterns = [_apart(pattern, cue) for cue, by in data().apart.items() for pattern in by.get(language, ())]
    apart = PhraseBook((phrase, rest, LIKELY) for first, rest in patterns for phrase in first)
    vocabulary = cues.vocabulary.union(
        apart.vocabulary, (w for _, a in patterns for p in a.rest for ws in p for w in ws)
    )
    slips = Slips(vocabulary, ordinary=all_words())
    negations = frozenset(words(n) for n in data().negations.get(language, ()))
    return _Book(cues, apart, negations, spellings, slips)


def _apart(pattern: str, cue: str) -> tuple[tuple[Words, ...], _Apart]:
    """Return the first part of `pattern` ("zie|zien … niets"), and what follows it."""
    first, *rest = (tuple(map(words, part.split(_OR))) for part in pattern.split(_GAP))
    return first, _Apart(cue, tuple(rest))


def by_rule(text: str, before: Sequence[str], language: Language) -> tuple[Rule, Language] | None:
    """Return the first rule that holds for `text`, and the language in which it does.

    Args:
        text: The clean message.
        before: The visitor's lines before it: they give context, no signs.
        language: The message's, tried first; all are.
    """
    message = _sentences(text)
    lines = [_sentences(line) for line in before]
    for spoken in sorted(SPOKEN, key=lambda candidate: candidate is not language):
        cues = _cues_in(message, spoken)
        around = cues.affirmed.union(*(_cues_in(line, spoken).affirmed for line in lines))
        if (rule := next((r for r in data().rules if _holds(r, cues, around)), None)) is not None:
            return rule, spoken
    return None


def _holds(rule: Rule, cues: _Cues, around: Collection[str]) -> bool:
    """Return whether all that `rule` asks for is there and nothing that forbids it."""
    overrides = data().overrides
    forbidden = any(g in cues.said and cues.said.isdisjoint(overrides.get(g, ())) for g in rule.unless)
    return not forbidden and all(s in cues.affirmed for s in rule.signs) and all(c in around for c in rule.context)


def _sentences(text: str) -> tuple[Words, ...]:
    """Return the words of each sentence of `text`: words that stand apart belong together in one only."""
    return tuple(map(words, _SENTENCE_END.split(text)))


def _cues_in(message: Sequence[Words], language: Language) -> _Cues:
    """Return the cues of `language` in the sentences, without those that are part of a phrase that masks them."""
    book = _book(language)
    sentences = [tuple(book.slips.mend(word) for word in write_out(one, book.spellings)) for one in message]
    plain = tuple(word for sentence in sentences for word in sentence)
    said, affirmed = _labels(_unmasked(book.cues.find(plain)), plain, book.negations)
    for sentence in sentences:
        hits = _hits_apart(_without_masked(sentence, book), book.apart)
        said, affirmed = (a | b for a, b in zip((said, affirmed), _labels(hits, sentence, book.negations), strict=True))
    everything = [word for sentence in message for word in sentence]
    stems = {cue for cue, stems in data().stems.items() if any(stem in word for stem in stems for word in everything)}
    return _Cues(said | stems, affirmed | stems)


def _labels(hits: Sequence[Hit[str]], plain: Words, negations: Collection[Words]) -> _Cues:
    """Return the cues of `hits`."""
    affirmed = frozenset(hit.label for hit in hits if not _negated(plain, hit.start, negations))
    return _Cues(frozenset(hit.label for hit in hits), affirmed)


def _unmasked(found: Sequence[Hit[str]]) -> list[Hit[str]]:
    """Return the hits that lie in no phrase of the mask."""
    masks = [hit for hit in outermost(found) if hit.label == MASK]
    return [hit for hit in found if not any(m.start <= hit.start and hit.end <= m.end for m in masks)]


def _without_masked(sentence: Words, book: _Book) -> Words:
    """Return `sentence` with the words of the mask's phrases blanked; positions stay."""
    masked = {i for hit in book.cues.find(sentence) if hit.label == MASK for i in range(hit.start, hit.end)}
    return tuple("" if i in masked else word for i, word in enumerate(sentence))


def _hits_apart(sentence: Words, book: PhraseBook[_Apart]) -> list[Hit[str]]:
    """Return the cues whose parts stand in `sentence` in their order; a hit covers the first part."""
    return [
        Hit(hit.start, hit.end, hit.label.cue, hit.weight)
        for hit in book.find(sentence)
        if _goes_on(sentence, hit.end, hit.label.rest)
    ]


def _goes_on(sentence: Words, start: int, rest: Sequence[Sequence[Words]]) -> bool:
    """Return whether the parts of `rest` follow from `start` on, each within `REACH` words."""
    if not rest:
        return True
    return any(
        sentence[i : i + len(phrase)] == phrase and _goes_on(sentence, i + len(phrase), rest[1:])
        for i in range(start, min(start + REACH + 1, len(sentence)))
        for phrase in rest[0]
    )


def _negated(message: Words, start: int, negations: Collection[Words]) -> bool:
    """Return whether a negation stands just before word `start`."""
    return any(message[start - len(n) : start] == n for n in negations if len(n) <= start)
