"""The seam between two messages: a number, an address or a name that goes on in the next one.

The visitor's previous message is clean already, so what it began with may be a placeholder by now. Three readings:

1. both messages as one text, as they stand and with what people say between the halves ("hang on", "and then") left
   out: the recognisers without a model see the whole number, address or date;
2. digits that go on after a number that is hidden already, an ending after the beginning of an e-mail address;
3. the engine itself on the end of the one and the beginning of the other, a name standing in for a hidden one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from schemas.taxonomy import PLACEHOLDERS, Entity
from workers.sanitiser.engine import analyse_patterns
from workers.sanitiser.glance import glance
from workers.sanitiser.keep import KeepWords
from workers.sanitiser.lexicon import PARTICLES, all_first_names, fold
from workers.sanitiser.normalise import Normalised, normalise
from workers.sanitiser.recognisers.dialled import Gap, Group, groups
from workers.sanitiser.recognisers.digits import is_count, is_counted, is_day
from workers.sanitiser.recognisers.email import DOMAIN, LOCAL_PART, SIGN_FIRST
from workers.sanitiser.redact import PLACEHOLDER, Finding
from workers.sanitiser.spans import trimmed

SEAM_CHARS: Final = 160
"""Characters on either side of the seam in which split data is looked for."""
_NEAR_CHARS: Final = 90
"""The same for the engine."""
_SHORT_WORDS: Final = 8
"""Words of a previous message that may be half a thing; a longer one ends in a placeholder if it is."""

_GOES_ON: Final = {
    Entity.PHONE: Entity.PHONE,
    Entity.ID: Entity.PHONE,
    Entity.IBAN: Entity.IBAN,
    Entity.CARD: Entity.CARD,
    Entity.DATE_OF_BIRTH: Entity.DATE_OF_BIRTH,
}
"""What digits are that follow a placeholder; half a telephone number may have been taken for another number."""
_BY_PLACEHOLDER: Final = {placeholder: entity for entity, placeholder in PLACEHOLDERS.items()}
_WORDS_BETWEEN: Final = 6
"""Words that people put between the two halves, on either side."""
_FEWEST_DIGITS: Final = 2
"""One digit alone is a count more often than the end of a number, and tells nobody's."""
_FEWEST_AFTER_WORDS: Final = 3
_LONGEST: Final = 20  # digits
_JOINT: Final = frozenset("@._-/(+")
"""What glues two halves together when it stands at the seam: no blank belongs there."""
_LOCAL_CHARS: Final = re.compile(r"[^\W\d_]*[._-]?[\w.-]+")
_STAND_INS: Final = {PLACEHOLDERS[Entity.NAME]: "Anna", PLACEHOLDERS[Entity.LOCATION]: "Gent"}
_WORDED: Final = frozenset({Entity.NAME, Entity.LOCATION})
_NAME: Final = re.compile(r"\s{0,8}(?P<word>[^\W\d_]{2,40}(?:['-][^\W\d_]{2,40}){0,3})")
_WITH_DIGIT: Final = re.compile(
    r"(?<![^\W_])[^\W_]{0,20}\d|\b(?:double|dubbel|doppelt?|triple|tripel)\b", re.IGNORECASE
)
_OPENING_WORDS: Final = 4
"""A name or a place that goes on begins within so many words of the next message."""

type Analyse = Callable[[str], list[Finding]]


class Split(NamedTuple):
    """Findings in each message, in its own offsets; in the previous one only what reaches over the seam."""

    left: list[Finding]
    right: list[Finding]


class _Joined(NamedTuple):
    """`lead`, the previous message from `cut` up to `seam`, and from `head` on this one less `skipped` characters."""

    text: str
    lead: int
    cut: int
    seam: int
    head: int
    skipped: int


def across(previous: str, text: str, *, analyse: Analyse, keep: KeepWords, earlier: str = "") -> Split:
    """Return what is found when `text` is read as going on after `previous`.

    Args:
        previous: The visitor's previous clean message.
        text: This message, as typed.
        analyse: The engine's analysis of a text in the message's language.
        keep: The clinic's own words, which stay.
        earlier: What was said before `previous`, where that is bare digits: a number in three messages or more.

    Raises:
        SanitiserFailed: The analysis failed.
    """
    if not previous.strip() or not text.strip():
        return Split([], [])
    address = _address(previous, text)
    if address is not None:
        return address
    left: list[Finding] = []
    right = _rest_of_hidden(previous, text)
    for joined, spanning in _joins(previous, text, earlier):
        found = analyse_patterns(joined.text, keep=keep)
        left += _left(joined, found, previous)
        right += _right(joined, found, text, spanning=spanning)
        if left and spanning:  # a number whose halves are known: the words between them stay
            break
    named = _first_word(previous, text) or _named(previous, text, analyse)
    return Split(left + named.left, right + named.right)


def _joins(previous: str, text: str, earlier: str) -> Iterator[tuple[_Joined, bool]]:
    """Yield readings of the two as one, and whether only what spans the seam counts in it."""
    cut = max(0, len(previous) - SEAM_CHARS)
    tail, head = previous[cut:], text[:SEAM_CHARS]
    lead = f"{earlier[-SEAM_CHARS:]} " if earlier else ""
    glue = "" if tail.rstrip()[-1:] in _JOINT or head.lstrip()[:1] in _JOINT else " "
    end, start = _last_digits(tail), _first_digits(head)
    if end is not None and start is not None and (tail[end:].strip() or head[:start].strip()):
        yield _join(lead, tail[:end], glue, head[start:], cut=cut, skipped=start), True
    if not glue:
        skipped = len(head) - len(head.lstrip())
        yield _join(lead, tail.rstrip(), "", head[skipped:], cut=cut, skipped=skipped), True
    yield _join(lead, tail, " ", head, cut=cut, skipped=0), False


def _join(lead: str, tail: str, glue: str, head: str, *, cut: int, skipped: int) -> _Joined:
    seam = len(lead) + len(tail)
    return _Joined(f"{lead}{tail}{glue}{head}", len(lead), cut, seam, seam + len(glue), skipped)


def _left(joined: _Joined, found: Iterable[Finding], previous: str) -> list[Finding]:
    spans = [
        (entity, joined.cut + max(0, start - joined.lead), joined.cut + joined.seam - joined.lead)
        for entity, start, end in found
        if start < joined.seam and end > joined.head
    ]
    return [Finding(entity, *part) for entity, start, end in spans for part in trimmed([(start, end)], previous)]


def _right(joined: _Joined, found: Iterable[Finding], text: str, *, spanning: bool) -> list[Finding]:
    spans = [
        (entity, joined.skipped + max(0, start - joined.head), joined.skipped + end - joined.head)
        for entity, start, end in found
        if end > joined.head and (start < joined.seam or not spanning)
    ]
    return [Finding(entity, *part) for entity, start, end in spans for part in trimmed([(start, end)], text)]


def _last_digits(tail: str) -> int | None:
    """Return where the last digits of `tail`, in words or not, end; None: there are none, or much is said after."""
    message = normalise(tail)
    last = next(iter(deque(groups(glance(message.text)), maxlen=1)), None)
    if last is None or _words(message.text[last.end :]) > _WORDS_BETWEEN:
        return None
    return message.to_original(last.start, last.end)[1]


def _first_digits(head: str) -> int | None:
    """Return where the first digits of `head` begin, with letters in the same word; None: too much is said before."""
    message = normalise(head)
    first = next(groups(glance(message.text)), None)
    mixed = _WITH_DIGIT.search(message.text)
    starts = [start for start in (first and first.start, mixed and mixed.start()) if start is not None]
    if not starts or _words(message.text[: min(starts)]) > _WORDS_BETWEEN:
        return None
    return message.to_original(min(starts), min(starts) + 1)[0]


def _words(text: str) -> int:
    return len(text.split())


def _rest_of_hidden(previous: str, text: str) -> list[Finding]:
    """Return the digits with which `text` goes on after a number in `previous` that is hidden already."""
    hidden, after = _last_hidden(previous)
    if hidden is None:
        return []
    if hidden in {Entity.HANDLE, Entity.EMAIL}:
        return _rest_of_word(hidden, after, text)
    head = normalise(text[:SEAM_CHARS])
    run = _run(head)
    if hidden not in _GOES_ON or not run:
        return []
    between = after + _words(head.text[: run[0].start])
    digits = sum(len(group.digits) for group in run)
    fewest = _FEWEST_AFTER_WORDS if between else _FEWEST_DIGITS
    written = head.text[run[0].start : run[-1].end]
    another = is_day(written) and hidden is not Entity.DATE_OF_BIRTH
    if between > _WORDS_BETWEEN or not fewest <= digits <= _LONGEST or another:
        return []
    return [Finding(_GOES_ON[hidden], *head.to_original(run[0].start, run[-1].end))]


def _last_hidden(previous: str) -> tuple[Entity | None, int]:
    """Return what number or handle the last such placeholder of `previous` stands for, and how many words follow."""
    tail = previous[-SEAM_CHARS:]
    last = None
    for hit in PLACEHOLDER.finditer(tail):
        last = hit if _BY_PLACEHOLDER[hit[0]] not in _WORDED else last
    if last is None:
        return None, 0
    after = tail[last.end() :]
    goes_on = not any(c.isdigit() for c in after)
    return (_BY_PLACEHOLDER[last[0]] if goes_on else None), _words(PLACEHOLDER.sub("x", after).strip(" .,;:/()…-"))


def _run(head: Normalised) -> list[Group]:
    """Return the first groups of digits that stand together, without what is counted by the next word."""
    run: list[Group] = []
    for group in groups(glance(head.text)):
        if run and group.gap is not Gap.TIGHT:
            break
        run.append(group)
    while run and is_counted(head.text, run[-1].start, run[-1].end):
        run.pop()
    few = len(run) == 1 and len(run[0].digits) <= _FEWEST_DIGITS
    return [] if few and is_count(head.text, run[0].start, run[0].end) else run


def _rest_of_word(hidden: Entity, after: int, text: str) -> list[Finding]:
    """Return what goes on after a handle or an address: ".faridah" after "@skin.by", a domain after "gosia (at)"."""
    start = len(text) - len(text.lstrip())
    tied = not after and text[start : start + 1] in {".", "_", "-"} and text[start + 1 : start + 2].isalnum()
    head = normalise(text[start : start + SEAM_CHARS])
    rest = _LOCAL_CHARS.match(head.text) if tied else None
    if rest is None and hidden is Entity.EMAIL and after <= _OPENING_WORDS:
        rest = DOMAIN.match(head.text)
    if rest is None:
        return []
    first, last = head.to_original(rest.start(), rest.end())
    return [Finding(hidden, start + first, start + last)]


def _address(previous: str, text: str) -> Split | None:
    """Return an e-mail address whose beginning was taken for a name, or for nothing: its part in each message."""
    cut = max(0, len(previous) - SEAM_CHARS)
    tail, head = previous[cut:], normalise(text[:SEAM_CHARS])
    local = LOCAL_PART.search(tail)
    sign = SIGN_FIRST.match(head.text)
    start = sign.end() if sign else len(head.text) - len(head.text.lstrip())
    domain = DOMAIN.match(head.text, start)
    if local is None or domain is None or not _begun(local, sign):
        return None
    left = trimmed([(cut + local.start(), cut + (local.end("at") if local["at"] else local.end("local")))], previous)
    right = head.to_original(sign.start("sign") if sign else start, domain.end())
    alone = PLACEHOLDER.fullmatch(local["local"])
    return Split(
        [] if alone and sign else [Finding(Entity.EMAIL, *part) for part in left], [Finding(Entity.EMAIL, *right)]
    )


def _begun(local: re.Match[str], sign: re.Match[str] | None) -> bool:
    """Return whether the one message ends, and the other goes on, as an address does."""
    if sign is None:
        return local["at"] is not None
    if PLACEHOLDER.fullmatch(local["local"]):  # "[name hidden]", "@emma.be" is a name and a handle
        return sign["sign"] != "@"
    return sign["sign"].strip() != "at" or not local["local"].isalpha()


def _first_word(previous: str, text: str) -> Split | None:
    """Return the name that `text` begins with after "van der" alone, or after a hidden name alone."""
    word = _NAME.match(text)
    if word is None:
        return None
    right = [Finding(Entity.NAME, *word.span("word"))]
    particles = previous.split()
    if len(particles) <= _OPENING_WORDS and all(fold(particle) in PARTICLES for particle in particles):
        return Split([Finding(Entity.NAME, len(previous) - len(previous.lstrip()), len(previous.rstrip()))], right)
    hidden = previous.strip() == PLACEHOLDERS[Entity.NAME]
    return Split([], right) if hidden and fold(word["word"]) in all_first_names() else None


def _named(previous: str, text: str, analyse: Analyse) -> Split:
    """Return names and places that the engine sees when it reads on over the seam."""
    cut = max(0, len(previous) - _NEAR_CHARS)
    tail, head = previous[cut:], text[:_NEAR_CHARS]
    hidden = [hit for hit in PLACEHOLDER.finditer(tail) if hit[0] in _STAND_INS]
    ends_hidden = bool(hidden) and _words(tail[hidden[-1].end() :]) <= _OPENING_WORDS
    if not (ends_hidden or _words(previous) <= _SHORT_WORDS):
        return Split([], [])
    standing = PLACEHOLDER.sub(lambda hit: _STAND_INS.get(hit[0], hit[0]), tail)
    known = hidden[-1].end() if hidden else 0
    grown = len(standing) - len(tail)
    joined = f"{standing} {head}"
    seam = len(standing)
    left, right = list[Finding](), list[Finding]()
    for entity, start, end in analyse(joined):
        if entity not in _WORDED or end <= seam + 1 or _words(joined[seam:start]) > _OPENING_WORDS:
            continue
        if start < seam:
            span = (cut + max(known, start - grown), len(previous))
            left += [Finding(entity, *part) for part in trimmed([span], previous)]
        right += [Finding(entity, *part) for part in trimmed([(max(0, start - seam - 1), end - seam - 1)], text)]
    return Split(left, right)
