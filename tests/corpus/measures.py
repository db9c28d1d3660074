"""What counts as leaked, lost and touched, and the rates of it: the same rules for every system that is compared."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from schemas.taxonomy import PLACEHOLDERS, Entity, Language
from tests.corpus.annotated import Mark, Message

STRUCTURED: Final = frozenset(
    {
        Entity.EMAIL,
        Entity.PHONE,
        Entity.ID,
        Entity.IBAN,
        Entity.CARD,
        Entity.DATE_OF_BIRTH,
        Entity.URL,
        Entity.IP,
    }
)
"""What has a form of its own, as against names, places and handles."""
CASED: Final = frozenset({Entity.NAME, Entity.LOCATION})
"""What a system may know by its capitals."""


def words(text: str) -> frozenset[str]:
    """Return the words in `text`: how short lists are written in code."""
    return frozenset(text.split())


_LINKING: Final = words(
    "a al and av avec bin bint d da das de dei del della den der des di do dos du e el en et for het i ibn im in l la "
    "le les lo los mac mc nr o of op s st t te ten ter the to u um und van vande vanden vander vom von y z zu zum zur "
    "à dr drs herr frau meneer mevrouw mevr mw mr mrs ms miss mme mlle monsieur madame prof dhr "
    "ext extension poste toestel tst durchwahl dw"
)
"""Particles, titles and the like: nobody is known by them, unless they end what is marked ("minh le")."""
_SIGNS: Final = words(
    "at dot punt point punkt aroba arobase arobas apenstaartje apestaartje aap klammeraffe affe ad bei chez tiret "
    "streepje strich bindestrich underscore dash slash hyphen unterstrich"
)
"""Signs of an address in words."""
_SIGNED: Final = frozenset({Entity.EMAIL, Entity.URL, Entity.HANDLE})
_WORD: Final = re.compile(r"[^\W_]+")
_PLACEHOLDER: Final = re.compile("|".join(map(re.escape, PLACEHOLDERS.values())))
_Z: Final = 1.959964
"""Standard deviations on either side of 95 % of a normal distribution."""

type Hidden = Sequence[tuple[int, int]]
"""Half-open spans of a message's text that a system replaces."""


class Judged(NamedTuple):
    """What a system did to one message."""

    leaked: tuple[Mark, ...]
    """Personal spans of which an identifying letter or digit is still there."""
    lost: tuple[Mark, ...]
    """Spans that had to survive and did not."""
    beyond: tuple[str, ...]
    """Words outside the personal spans that went too."""


def judge(message: Message, hidden: Hidden) -> Judged:
    """Return what hiding `hidden` (in any order) does to `message`."""
    gone = {i for start, end in hidden for i in range(start, end)}
    personal = {i for mark in message.spans for i in range(mark.start, mark.end)}
    found = _WORD.finditer(message.text)
    return Judged(
        leaked=tuple(mark for mark in message.spans if _leaks(message.text, mark, gone)),
        lost=tuple(mark for mark in message.keeps if not gone.isdisjoint(range(mark.start, mark.end))),
        beyond=tuple(word[0] for word in found if gone & (set(range(*word.span())) - personal)),
    )


def hidden_in(original: str, redacted: str) -> Hidden:
    """Return which spans of `original` stand as placeholders in `redacted`.

    Raises:
        ValueError: `redacted` is not `original` with parts of it replaced. Neither is quoted.
    """
    pieces = _PLACEHOLDER.split(redacted)
    expression = "(.+?)".join(map(re.escape, pieces))
    hit = re.fullmatch(expression, original, re.DOTALL)
    if hit is None:
        raise ValueError("the redacted text is not the original with parts replaced")
    return [hit.span(i) for i in range(1, len(pieces))]


def _leaks(text: str, mark: Mark, gone: set[int]) -> bool:
    return any(not gone.issuperset(range(start, end)) for start, end in _identifying(text, mark))


def _identifying(text: str, mark: Mark) -> Iterator[tuple[int, int]]:
    """Yield the words of a personal span that say something of somebody, as offsets in `text`."""
    found = [hit.span() for hit in _WORD.finditer(text, mark.start, mark.end)]
    for start, end in found:
        word = text[start:end].casefold()
        linking = word in _LINKING and mark.entity not in _SIGNED and end != found[-1][1]
        if not linking and not (word in _SIGNS and mark.entity in _SIGNED):
            yield start, end


def casing(text: str) -> str:
    """Return how the letters of `text` are written: "lower case", "capitals", "Mixed", or "none" without cases."""
    letters = {unicodedata.category(c) for c in text if c.isalpha()} & {"Lu", "Ll", "Lt"}
    if letters == {"Ll"}:
        return "lower case"
    return "none" if not letters else "capitals" if letters == {"Lu"} else "Mixed"


class Rate(NamedTuple):
    """How many of how many."""

    bad: int
    total: int

    @property
    def share(self) -> float:
        """Return the rate, 0 to 1; 0 of nothing."""
        return self.bad / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the Wilson interval that holds the true rate with 95 % confidence, 0 to 1."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.share
        middle = p + _Z * _Z / (2 * n)
        half = _Z * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def rate(outcomes: Iterable[bool]) -> Rate:
    """Return how many of `outcomes` are true."""
    seen = list(outcomes)
    return Rate(sum(seen), len(seen))


class SpanSeen(NamedTuple):
    """What became of one personal span."""

    language: Language
    entity: Entity
    casing: str
    leaked: bool


class Score:
    """The outcomes of many messages; the rates are taken from it."""

    def __init__(self) -> None:
        self.spans: list[SpanSeen] = []
        self.kept: list[tuple[Language, bool]] = []
        """For each span that had to survive: whether it was lost."""
        self.harmless: list[tuple[Language, bool]] = []
        """For each message without personal data: whether it was touched."""
        self.beyond: list[bool] = []
        """For each message with personal data: whether other words of it went too."""

    def add(self, language: Language, message: Message, hidden: Hidden, *, only: Entity | None = None) -> Judged:
        """Count one message of a corpus in `language`; `only` counts the spans of one type."""
        judged = judge(message, hidden)
        for mark in message.spans:
            if mark.entity is not None and only in {None, mark.entity}:
                how = casing(message.text[mark.start : mark.end])
                self.spans.append(SpanSeen(language, mark.entity, how, mark in judged.leaked))
        self.kept += [(language, mark in judged.lost) for mark in message.keeps]
        if message.spans:
            self.beyond.append(bool(judged.beyond))
        else:
            self.harmless.append((language, bool(hidden)))
        return judged

    def leak(self, wanted: Callable[[SpanSeen], bool] = lambda _: True) -> Rate:
        """Return the share of the spans `wanted` that leaked."""
        return rate(span.leaked for span in self.spans if wanted(span))

    def leaks(self) -> Iterator[tuple[str, str, Rate]]:
        """Yield every rate of leaks as (what it is divided by, which part of it, the rate)."""
        yield "all", "all", self.leak()
        yield "all", "structured", self.leak(lambda span: span.entity in STRUCTURED)
        yield "all", "names, places, handles", self.leak(lambda span: span.entity not in STRUCTURED)
        for entity in Entity:
            yield "type", entity.value, self.leak(lambda span, e=entity: span.entity is e)
        for language in Language:
            yield "language", language.value, self.leak(lambda span, k=language: span.language is k)
        for how in ("lower case", "Mixed", "capitals"):
            yield "casing", f"names, {how}", self.leak(lambda s, h=how: s.entity is Entity.NAME and s.casing == h)
        for how in ("lower case", "Mixed", "capitals"):
            yield "casing", f"places, {how}", self.leak(lambda s, h=how: s.entity is Entity.LOCATION and s.casing == h)
        yield "casing", "both, lower case", self.leak(lambda s: s.entity in CASED and s.casing == "lower case")
