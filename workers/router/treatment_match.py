"""Which treatments a message names: by name, synonym, brand or the clinic's own words, typing errors allowed.

Words are compared by how they sound ("botoks", "lazer", "filer"), then by a small edit distance under
strict bounds; a word that is ordinary in any of the four languages is never taken for a misspelt treatment.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from schemas.clinic import Clinic
from schemas.taxonomy import SPOKEN
from schemas.treatments import treatments
from workers.router.lexicon import LIKELY, all_words, names
from workers.router.per_clinic import per_clinic
from workers.router.phrases import PhraseBook
from workers.router.together import named_together
from workers.router.words import Words, digraph_forms, words

SOUND_MIN_CHARS: Final = 4
"""Shorter words are matched letter by letter: "sit" is no "zit"."""
FUZZY_MIN_CHARS: Final = 5
"""Shorter words are matched by sound only."""
FUZZY_WIDE_CHARS: Final = 9
"""From this length on two slips are allowed, else one."""

_SOUNDS: Final = ((re.compile(r"(.)\1"), r"\1"), (re.compile("ks|cks"), "x"), (re.compile("ck|q"), "k"))
_SOUNDS_2: Final = (
    (re.compile("ph"), "f"),
    (re.compile("z"), "s"),
    (re.compile("y"), "i"),
    (re.compile("(.{3})s$"), r"\1"),
)


class Mention(NamedTuple):
    """A treatment named in a message: half-open word offsets and the slugs that the words may mean."""

    start: int
    end: int
    slugs: tuple[str, ...]
    apart: frozenset[int] = frozenset()
    """The positions of all its words, where they stand apart (`together`); `start` and `end` tell the first one's."""

    @property
    def at(self) -> frozenset[int]:
        """The positions of its words."""
        return self.apart or frozenset(range(self.start, self.end))


def sound(word: str) -> str:
    """Return a key that is the same for common misspellings of a word; a plural's s is dropped.

    >>> sound("bottoks") == sound("botox"), sound("lazers") == sound("laser")
    (True, True)
    """
    for pattern, plain in (*_SOUNDS, *_SOUNDS_2):
        word = pattern.sub(plain, word)
    return word


class TreatmentIndex:
    """Names of treatments, looked up in a message's words."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Index `pairs` of (name as written, slug)."""
        rows = [(spelled, slug) for name, slug in pairs for spelled in _spellings(name)]
        self.literals = frozenset(word for row, _ in rows for word in row)
        self._single = frozenset(row[0] for row, _ in rows if len(row) == 1)
        keyed = {(tuple(map(sound, row)), slug) for row, slug in rows}
        joined = {(("".join(row),), slug) for row, slug in keyed if len(row) > 1}
        self._book = PhraseBook((row, slug, LIKELY) for row, slug in sorted(keyed | joined))
        self._keys = self._book.vocabulary
        self._order = {slug: i for i, slug in enumerate(dict.fromkeys(slug for _, slug in rows))}
        self._by_initial = {
            initial: sorted(k for k in self._keys if k.startswith(initial) and len(k) >= FUZZY_MIN_CHARS - 1)
            for initial in {key[0] for key in self._keys}
        }

    def find(self, message: Sequence[str]) -> tuple[Mention, ...]:
        """Return the treatments named in `message`, by position; of overlapping ones the longest."""
        keys = [self._key(word) for word in message]
        hits = {(hit.start, hit.end, hit.label) for hit in self._book.find(keys)}
        hits |= set(self._split(message))
        taken: list[Mention] = []
        for start, end in sorted({(s, e) for s, e, _ in hits}, key=lambda span: (span[0] - span[1], span[0])):
            if all(end <= other.start or other.end <= start for other in taken):
                slugs = sorted({slug for s, e, slug in hits if (s, e) == (start, end)}, key=self._rank)
                taken.append(Mention(start, end, tuple(slugs)))
        return tuple(sorted(_with_together(taken, message), key=lambda mention: mention[:3]))

    def split_compounds(self, message: Sequence[str]) -> Words:
        """Return `message` with "botoxbehandeling" and its like as two words, where the first names a treatment."""
        return tuple(half for word in message for half in self._halves(word))

    def _halves(self, word: str) -> Words:
        """Return the treatment's name and the tail of a compound, or the word itself."""
        for tail in () if word in self.literals else names().compounds.tails:
            head = word.removesuffix(tail)
            if head in self._single:
                return (head, tail)
        return (word,)

    def _rank(self, slug: str) -> tuple[int, int]:
        """Return the order in which slugs of one word are shown: as `generic` lists them, then the table's."""
        generic = [slugs.index(slug) for slugs in names().generic.values() if slug in slugs]
        return (min(generic, default=len(self._order)), self._order[slug])

    def _split(self, message: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yield names written in two words that the table writes in one ("hydra facial", "micro needling")."""
        for i in range(len(message) - 1):
            if len(key := sound(message[i] + message[i + 1])) >= FUZZY_MIN_CHARS + 1:
                yield from ((i, i + 2, hit.label) for hit in self._book.find((key,)))

    def _key(self, word: str) -> str:
        """Return the key under which `word` is looked up: its own, or that of the name it is a slip of."""
        key = sound(word)
        if word in self.literals:
            return key
        if len(word) < SOUND_MIN_CHARS or word in all_words() or not word.isalpha():
            return f"={word}"
        if key in self._keys or len(word) < FUZZY_MIN_CHARS:
            return key
        return self._nearest(key) or key

    def _nearest(self, key: str) -> str | None:
        """Return the only key within reach that begins with the same letter, or None."""
        reach = 2 if len(key) >= FUZZY_WIDE_CHARS else 1
        near = process.extract(
            key, self._by_initial.get(key[0], ()), scorer=OSA.distance, processor=None, limit=2, score_cutoff=reach
        )
        return near[0][0] if near and (len(near) == 1 or near[0][1] < near[1][1]) else None


def _spellings(name: str) -> Iterator[Words]:
    """Yield the words of `name`, and those with umlauts written as digraphs."""
    yield words(name)
    if forms := digraph_forms(name):
        back = {folded: written for written, folded in forms.items()}
        yield tuple(back.get(word, word) for word in words(name))


def _with_together(mentions: Sequence[Mention], message: Sequence[str]) -> list[Mention]:
    """Return `mentions` with the treatments named by words that stand apart, instead of names inside those words."""
    sure = [mention for mention in mentions if len(mention.slugs) == 1]
    named = {mention.slugs[0] for mention in sure}
    inside = [frozenset(range(mention.start, mention.end)) for mention in sure]
    found = [one for one in named_together(message) if one.slug not in named]
    apart = [one for one in found if not any(one.at <= words_of for words_of in inside)]
    covered = {i for one in apart for i in one.at}
    kept = [m for m in mentions if covered.isdisjoint(range(m.start, m.end)) or _says_more(m, covered)]
    return [*kept, *(Mention(min(one.at), min(one.at) + 1, (one.slug,), one.at) for one in apart)]


def _says_more(mention: Mention, covered: Collection[int]) -> bool:
    """Return whether `mention` has a word of its own outside `covered`."""
    return any(i not in covered for i in range(mention.start, mention.end))


def table_names() -> Iterator[tuple[str, str]]:
    """Yield (name, slug) for every name of the table in every language."""
    for slug, treatment in treatments().items():
        yield slug.replace("_", " "), slug
        yield from ((name, slug) for language in SPOKEN for name in treatment.names[language])
        yield from ((brand, slug) for brand in treatment.brands)
    yield from ((slip, slug) for slug, slips in names().misspelt.items() for slip in slips)
    yield from ((word, slug) for word, slugs in names().generic.items() for slug in slugs)


def _own_names(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Yield (synonym, slug) for the clinic's own words, with and without their article."""
    articles = frozenset(words(names().articles.words))
    for treatment in clinic.treatments:
        for phrase in chain.from_iterable(treatment.synonyms.in_language(language) for language in SPOKEN):
            yield phrase, treatment.slug
            first, *others = words(phrase) or ("",)
            if first in articles and others:
                yield " ".join(others), treatment.slug


@functools.lru_cache(maxsize=256)
def _index(own: tuple[tuple[str, str], ...]) -> TreatmentIndex:
    """Return the index of the table and `own` names; clinics without own words share one."""
    return TreatmentIndex((*table_names(), *own))


@per_clinic
def index_of(clinic: Clinic) -> TreatmentIndex:
    """Return the index for `clinic`; built once for each set of own synonyms, an edit makes a new one."""
    return _index(tuple(dict.fromkeys(_own_names(clinic))))
