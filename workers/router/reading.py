"""One message looked up in one language: what its words say, and which of them say nothing known."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from schemas.clinic import Clinic, Text, Variant
from schemas.taxonomy import SPOKEN, Intent, Language
from workers.router.lexicon import LIKELY, Cue, When, all_words, introductions, kinds, lexicon, names, zones
from workers.router.per_clinic import per_clinic
from workers.router.phrases import Hit, outermost
from workers.router.slips import Slips
from workers.router.treatment_match import Mention, index_of
from workers.router.words import Words, words, words_but_introductions, write_out

HINTED_BY_TREATMENT: Final = frozenset({Intent.OFFER, Intent.PRICE, Intent.OTHER})
"""Intents for which a hint is enough beside a treatment's name; "what is" asks for what no file says."""
HINTED_BY_DAY: Final = frozenset({Intent.HOURS})
"""Intents for which a hint is enough beside a day: "habt ihr samstag auf"."""


SIZES: Final = frozenset({"cm", "mm"})
"""Words in a variant's name that tell it from no other."""
_ADDING: Final = re.compile(r"[+&]")
"""Signs that add something to what is asked for."""


_WITH_UNIT: Final = re.compile(r"\b(\d+)(ml|cc)\b")
_DECIMAL: Final = re.compile(r"\b(\d+) (\d+)\b")
"""A decimal number whose point was no letter of a word."""


_SEVERAL: Final = re.compile(r"[,;:]|[?.!].*[?]|[?].*\w", re.DOTALL)
"""Signs that part one question from another."""


class Reading(NamedTuple):
    """What a message says in one language."""

    language: Language
    typed: Words
    """The message's words as they were typed."""
    message: Words
    """The same, with slips of what the lexicon knows mended: as many words."""
    mentions: tuple[Mention, ...]
    intents: tuple[tuple[Intent, int], ...]
    """Heard intents with their weight, by position."""
    cues: frozenset[Cue]
    when: frozenset[When]
    phrases: tuple[str, ...]
    """The lexicon's phrases found: the evidence."""
    rest: Words
    """Words that nothing known explains."""
    masked: Words
    """The message with what it names replaced by its kind: "<treatment>", "<day>", "<number>"."""
    hints: tuple[tuple[Intent, int], ...]
    """Every intent that a phrase hints at, with that phrase's weight."""
    question: bool
    """Whether a question mark stands in it."""
    several: bool
    """Whether its signs or words join one thing to another: it may ask more than one."""

    @property
    def weight(self) -> int:
        """How sure the intents make, together."""
        return sum(weight for _, weight in self.intents)

    def __repr__(self) -> str:
        """Return the type's name only: a repr ends in logs, chat text must not."""
        return "<Reading>"


def read(text: str, language: Language, clinic: Clinic) -> Reading:
    """Return what `text` says when read as `language`, one of `SPOKEN`."""
    lex = lexicon(language)
    index = index_of(clinic)
    typed = index.split_compounds(write_out(words_but_introductions(text, introductions()), lex.spellings))
    message = tuple(word if word in index.literals else _slips(language).mend(word) for word in typed)
    mentions = index.find(message)
    hits = outermost(lex.intents.find(message))
    hits = [hit for hit in hits if not _inside(hit, mentions)]
    cues = outermost(lex.cues.find(message))
    denied = any(hit.label == "negation" and not _inside(hit, mentions) for hit in cues)
    days = outermost(lex.when.find(message))
    hinted = HINTED_BY_TREATMENT if mentions and not denied else frozenset[Intent]()
    intents = _heard(hits, hinted | (HINTED_BY_DAY if days else frozenset[Intent]()))
    greetings = [hit for hit in hits if hit.label is Intent.SMALLTALK]
    when = [hit for hit in days if not _inside(hit, greetings)]
    accepted = {intent for intent, _ in intents}
    said = [h for h in hits if h.label in accepted or h.label is Intent.SMALLTALK or h.weight < LIKELY]
    explained = _covered([*mentions, *said, *(c for c in cues if c.label != "negation"), *when])
    rest = (w for i, w in enumerate(message) if i not in explained and w not in lex.filler and not w.isdigit())
    phrases = tuple(dict.fromkeys(" ".join(message[h.start : h.end]) for h in hits if h.label in accepted))
    labels: set[Cue] = {hit.label for hit in cues if hit.label != "negation" or not _inside(hit, [*said, *mentions])}
    if _ADDING.search(text):
        labels.add("adding")
    return Reading(
        language, typed, message, mentions, intents, frozenset(labels), frozenset(h.label for h in when), phrases,
        tuple(w for w in rest if w not in _clinic_words(clinic)),
        _masked(message, mentions, days, clinic), tuple((hit.label, hit.weight) for hit in hits), "?" in text,
        "adding" in labels or _SEVERAL.search(text) is not None,
    )  # fmt: skip


def _masked(message: Words, mentions: Sequence[Mention], days: Sequence[Hit[When]], clinic: Clinic) -> Words:
    """Return `message` with what it names replaced by its kind."""
    spans = [(m.start, m.end, "<treatment>") for m in mentions] + [(d.start, d.end, "<day>") for d in days]
    kind_at = {i: kind for start, end, kind in spans for i in range(start, end)}
    masked = [kind_at.get(i) or _kind(word, clinic) for i, word in enumerate(message)]
    return tuple(word for word, last in zip(masked, ["", *masked], strict=False) if word != last or word[0] != "<")


def _kind(word: str, clinic: Clinic) -> str:
    """Return the kind of `word` in angle brackets, or the word itself."""
    if word.isdigit():
        return "<number>"
    if (kind := kinds().get(word)) is not None:
        return f"<{kind}>"
    if word in _staff_words(clinic):
        return "<person>"
    return "<clinic>" if word in _clinic_words(clinic) else word


def variants_named(message: Sequence[str], variants: Iterable[Variant]) -> tuple[Variant, ...]:
    """Return the variants (zones, sizes) that `message` names; () where it names none.

    Of "face" and "face and neck" it names the one of which it has more words; "lip" and "legs" it may name both.
    """
    amounts = _whole_amounts(message)
    said = frozenset(amounts).union(*(names().numbers.get(word, ()) for word in amounts))
    said = said.union(*(zones().get(word, ()) for word in message))
    told = [(max((name & said for name in _variant_names(v)), key=len, default=frozenset[str]()), v) for v in variants]
    return tuple(v for has, v in told if has and not any(has < more for more, _ in told))


def variant_words(variants: Iterable[Variant]) -> frozenset[str]:
    """Return every word in which visitors may name one of `variants`."""
    return frozenset(chain.from_iterable(name for variant in variants for name in _variant_names(variant)))


def _variant_names(variant: Variant) -> Iterator[frozenset[str]]:
    """Yield the telling words of each name of `variant`: without filler, but for numbers."""
    for language in SPOKEN:
        filler = lexicon(language).filler
        for title in _titles(variant, language):
            yield frozenset(word for word in _whole_amounts(words(title)) if word not in filler and word not in SIZES)


def variant_titles(variant: Variant) -> frozenset[str]:
    """Return every word of the names of `variant`, filler too."""
    return frozenset(word for language in SPOKEN for title in _titles(variant, language) for word in words(title))


def _titles(variant: Variant, language: Language) -> tuple[str, ...]:
    """Return the names of `variant` in `language`."""
    own = variant.name.own(language) or variant.name.plain
    return (*([own] if own else []), *variant.synonyms.in_language(language))


def _whole_amounts(message: Sequence[str]) -> Words:
    """Return `message` with a decimal amount as one word, its unit apart: half a millilitre has no "0" and no "5".

    >>> _whole_amounts(("0", "5ml", "lips"))
    ('0.5', 'ml', 'lips')
    """
    spaced = _WITH_UNIT.sub(r"\1 \2", " ".join(message))
    return tuple(_DECIMAL.sub(r"\1.\2", spaced).split())


def _heard(hits: Sequence[Hit[Intent]], hinted: frozenset[Intent]) -> tuple[tuple[Intent, int], ...]:
    """Return the intents heard well enough, by first position; hints count where nothing else is said."""
    weights: Counter[Intent] = Counter()
    for hit in hits:
        weights[hit.label] += hit.weight
    sure = {intent for intent, weight in weights.items() if weight >= LIKELY}
    if sure <= {Intent.SMALLTALK, Intent.OFFER}:
        sure |= hinted & weights.keys()
    return tuple((intent, weights[intent]) for intent in dict.fromkeys(hit.label for hit in hits) if intent in sure)


def _inside(hit: Hit[str] | Hit[Intent], spans: Iterable[Mention | Hit[Intent]]) -> bool:
    """Return whether `hit` lies wholly in one of `spans`."""
    return any(span.start <= hit.start and hit.end <= span.end for span in spans)


def _covered(spans: Iterable[Mention | Hit[Intent] | Hit[Cue] | Hit[When]]) -> Collection[int]:
    """Return the positions of all words in `spans`."""
    return {i for span in spans for i in range(span.start, span.end)}


@functools.cache
def _slips(language: Language) -> Slips:
    """Return the mender for the phrases of `language`."""
    lex = lexicon(language)
    return Slips(lex.vocabulary | lex.spellings.keys(), ordinary=all_words() | zones().keys())


@per_clinic
def _clinic_words(clinic: Clinic) -> frozenset[str]:
    """Return the words of the clinic's name, place and people, which ask for nothing of their own."""
    return _words_of(
        (
            clinic.name,
            *(p.name for p in clinic.practitioners),
            *_texts(clinic.address.city),
            *_texts(clinic.address.street),
        )
    )


@per_clinic
def _staff_words(clinic: Clinic) -> frozenset[str]:
    """Return the words of the names of the clinic's people."""
    return _words_of(tuple(person.name for person in clinic.practitioners)) - kinds().keys()


def _texts(text: Text) -> tuple[str, ...]:
    """Return `text` in every language in which it is written."""
    return tuple(t for t in (text.plain, *(text.own(language) for language in SPOKEN)) if t)


def _words_of(texts: tuple[str, ...]) -> frozenset[str]:
    """Return the words of `texts`."""
    return frozenset(chain.from_iterable(map(words, texts)))
