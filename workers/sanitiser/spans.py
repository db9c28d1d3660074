"""From overlapping matches to findings: nothing that any recogniser reported stays uncovered."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.lexicon import PARTICLES, fold
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

PRIORITY: Final = (
    Entity.EMAIL,
    Entity.URL,
    Entity.IBAN,
    Entity.CARD,
    Entity.IP,
    Entity.DATE_OF_BIRTH,
    Entity.ID,
    Entity.PHONE,
    Entity.HANDLE,
    Entity.LOCATION,
    Entity.NAME,
)
"""Which label stands where spans overlap: the more specific shape first."""
_RANK: Final = {entity: rank for rank, entity in enumerate(PRIORITY)}
_JOINED: Final = {Entity.NAME: re.compile(r"[\s'.-]{0,3}"), Entity.LOCATION: re.compile(r"[\s,.'-]{0,3}")}
"""What may stand between two parts of one name or one address."""
_MOST_PARTICLES: Final = 3
_INK: Final = re.compile(r"[^\W_]")


def settle(matches: Iterable[Match], text: str) -> list[Match]:
    """Return `matches` sorted, without overlaps, parts of one name or address joined.

    Where matches overlap, what was cued goes before a shape, and that before a likelihood; then the first of
    `PRIORITY`, then the longer. It keeps its whole span, and what others cover beyond it stays as a match of its
    own: every part was reported as personal.
    """
    ordered = sorted(matches, key=lambda m: (_doubt(m.score), _RANK[m.entity], m.start - m.end, -m.score, m.start))
    settled: list[Match] = []
    taken: list[tuple[int, int]] = []
    for match in ordered:
        for start, end in trimmed(list(uncovered(match.start, match.end, taken)), text):
            insort(taken, (start, end))
            settled.append(match._replace(start=start, end=end))
    return _joined(sorted(settled, key=lambda m: m.start), text)


def _doubt(score: float) -> int:
    return (score < CUED) + (score < SHAPE)


def uncovered(start: int, end: int, covers: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of `start` to `end` that no span of `covers` (sorted, without overlaps) takes; half-open."""
    i = max(0, bisect_left(covers, (start, start)) - 1)
    while i < len(covers) and covers[i][0] < end:
        if covers[i][1] > start:
            if start < covers[i][0]:
                yield start, covers[i][0]
            start = covers[i][1]
        i += 1
    if start < end:
        yield start, end


def trimmed(spans: Iterable[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Yield `spans` without white space at their edges; those without a letter or digit go."""
    for start, end in spans:
        part = text[start:end]
        if _INK.search(part):
            yield start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _joined(matches: Sequence[Match], text: str) -> list[Match]:
    joined: list[Match] = []
    for match in matches:
        last = joined[-1] if joined else None
        if last and last.entity is match.entity and _one_thing(match.entity, text[last.end : match.start]):
            joined[-1] = last._replace(end=match.end, score=max(last.score, match.score))
        else:
            joined.append(match)
    return joined


def _one_thing(entity: Entity, between: str) -> bool:
    """Return whether `between` joins two parts of one name or address."""
    gap = _JOINED.get(entity)
    if gap is None or "\n" in between:
        return False
    words = between.split()
    particles = (
        entity is Entity.NAME and 0 < len(words) <= _MOST_PARTICLES and all(fold(word) in PARTICLES for word in words)
    )
    return gap.fullmatch(between) is not None or particles
