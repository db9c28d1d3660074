"""What words point to, in all languages at once: the concepts of `lexicon/safety.toml`, found in a message.

An emergency may be told half in Dutch, half in French, and misspelt; so no language is asked first here.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from workers.router.lexicon import all_words, read_toml
from workers.router.slips import Slips
from workers.router.words import Words, words

type Section = Literal["emergency", "attack"]
ANY_ENDING: Final = "*"
MIN_STEM: Final = 3
"""Letters of the shortest beginning that may stand for many words."""


class Found(NamedTuple):
    """A concept found: half-open word offsets."""

    start: int
    end: int
    concept: str


class _Phrase(NamedTuple):
    """The words after the first, what the last one may be, and the concept."""

    rest: Words
    open_end: bool
    concept: str


class Concepts:
    """A section's concepts, ready to be looked up."""

    def __init__(self, listed: Mapping[str, str]) -> None:
        """Index the words of each concept, separated by commas.

        Raises:
            ValueError: A beginning is so short that it would stand for everything.
        """
        self.names = tuple(listed)
        exact: defaultdict[str, list[_Phrase]] = defaultdict(list)
        stems: defaultdict[str, list[_Phrase]] = defaultdict(list)
        for concept, phrases in listed.items():
            for phrase in phrases.split(","):
                said, open_end = words(phrase), phrase.strip().endswith(ANY_ENDING)
                if not said:
                    continue
                alone = open_end and len(said) == 1
                if alone and len(said[0]) < MIN_STEM:
                    raise ValueError(f"{concept}: a beginning of {len(said[0])} letters")
                (stems if alone else exact)[said[0]].append(_Phrase(said[1:], open_end, concept))
        self._exact, self._stems = dict(exact), dict(stems)
        self._lengths = sorted({len(stem) for stem in stems})
        rest = {word for phrases in exact.values() for phrase in phrases for word in phrase.rest}
        self.vocabulary = frozenset(exact) | frozenset(stems) | rest
        self._slips = Slips(self.vocabulary, ordinary=all_words())

    def mend(self, message: Sequence[str]) -> Words:
        """Return `message` with its slips mended; words that begin like a known one stay."""
        return tuple(word if self._stem(word) else self._slips.mend(word) for word in message)

    def find(self, message: Sequence[str]) -> list[Found]:
        """Return the concepts in `message` by position, overlapping ones too."""
        return [
            Found(i, i + 1 + len(phrase.rest), phrase.concept)
            for i, word in enumerate(message)
            for phrase in (*self._exact.get(word, ()), *self._stem(word))
            if _follows(message[i + 1 : i + 1 + len(phrase.rest)], phrase)
        ]

    def _stem(self, word: str) -> list[_Phrase]:
        return [phrase for n in self._lengths if n <= len(word) for phrase in self._stems.get(word[:n], ())]


def _follows(after: Sequence[str], phrase: _Phrase) -> bool:
    """Return whether `after` are the further words of `phrase`."""
    if len(after) < len(phrase.rest):
        return False
    if not phrase.open_end or not phrase.rest:
        return tuple(after) == phrase.rest
    return tuple(after[:-1]) == phrase.rest[:-1] and after[-1].startswith(phrase.rest[-1])


@functools.cache
def concepts(section: Section) -> Concepts:
    """Return the concepts of `section`, read once a process."""
    return Concepts(read_toml("safety.toml")[section])


@functools.cache
def known_words() -> frozenset[str]:
    """Return the words by which a decoded text shows itself as language."""
    of_attacks = concepts("attack").vocabulary
    return frozenset(word for word in of_attacks | all_words() if len(word) > 1 and not word.isdigit())
