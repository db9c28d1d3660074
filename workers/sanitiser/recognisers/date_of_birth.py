"""Dates of birth: any date beside a birth cue, and a full date in a year so far back that it can be nothing else.

An appointment's date stays: without a cue only years up to `LAST_YEAR` count, and not after a word that says what
else happened then ("the law of 23 May 2013"). No clock: a message means the same on every day it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.features import Token
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import fold, lowered, word_set
from workers.sanitiser.recognisers import birth, worded_date, written_date
from workers.sanitiser.recognisers.digits import before, digits_of, has_digit, is_amount, is_counted
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match
from workers.sanitiser.recognisers.number_values import cardinals

LAST_YEAR: Final = 2016
"""The latest year of birth that is believed without a cue."""
_FIRST_YEAR: Final = 1900
_SHORT_YEARS: Final = range(30, 100)
"""Two-digit years that are believed without a cue: 1930 to 1999."""
_CHILDREN: Final = range(1920, 2025)
"""Years of birth that are believed beside "my daughter"."""
_AGE_SAID_IN: Final = range(2024, 2034)
"""The year in which somebody of a given age and year of birth may be writing."""
_SCORE: Final = frozenset({"vingt", "vingts"})
_JOINTS: Final = frozenset(cardinals()) | {"et"}
"""What a year in words goes on with behind its tens."""
_GAP: Final = 2
_SLIPS: Final = word_set("o oo ooo l ll i ii ol lo io oi li il")
"""What is left of a date's digits where letters pass for them (`written_date.straight`)."""
_OLD_YEAR: Final = re.compile(r"(?<![\w.,/-])19[1-4]\d(?!\w|[.,/-]\d)")
"""A year that nobody's treatment was in: a year of birth where somebody's papers are spoken of."""
_PAPERS_CHARS: Final = 60
_LAST_WORDS: Final = re.compile(r"(?:^|[.,:;!?\n]\s{0,2})((?:[^\W\d_]{2,20}[ -]){0,3}[^\W\d_]{3,24})[\s.!]{0,8}+$")
_LAST_CHARS: Final = 60


def find(message: Glance) -> Iterator[Match]:
    """Yield every date of birth in a message."""
    text, said = message.text, message.said
    tokens = worded_date.words_in(message)
    if not birth.YEAR_WORDS.isdisjoint(said):
        yield from _spoken_years(text, tokens)
    if not message.digits:
        yield from _dated(text, worded_date.find(text, tokens))
        if tokens and tokens[-1].folded in cardinals():
            yield from _year_in_words(text)
        return
    text = text if _SLIPS.isdisjoint(said) else written_date.straight(text)
    found = [*_dated(text, (*written_date.full(text), *worded_date.find(text, tokens))), *_cued(text, said)]
    yield from found
    low = lowered(text)
    for match in found:
        another = birth.ALSO.match(low, match.end)
        if another:
            yield Match(Entity.DATE_OF_BIRTH, *another.span("date"), SHAPE)
    whole = written_date.whole_message(text)
    if whole:
        yield Match(Entity.DATE_OF_BIRTH, *whole, CUED)
    for hit in _OLD_YEAR.finditer(text):
        papers = birth.PAPERS.search(low, max(0, hit.start() - _PAPERS_CHARS), hit.start())
        if papers and not is_amount(text, *hit.span()):
            yield Match(Entity.DATE_OF_BIRTH, hit.start(), hit.end(), SHAPE)


def _dated(text: str, dates: Iterable[tuple[int, int, str]]) -> Iterator[Match]:
    """Yield those of `dates` (start, end, year; "" = none, or not in digits) on which somebody was born."""
    low = lowered(text)
    ages: list[int] | None = None
    for start, end, written in dates:
        lead = before(low, start)
        if _is_cued(low, lead, end) or (written and birth.CUE_OF.search(lead)) or birth.CAME.search(lead):
            yield Match(Entity.DATE_OF_BIRTH, start, end, CUED)
        elif written and not birth.SOMETHING_ELSE.search(lead):
            year, sure = _year_of(written)
            if not ((sure and year <= LAST_YEAR) or (year in _CHILDREN and birth.CUE_KIN.search(lead))):
                ages = _ages(low) if ages is None else ages
                if not any(year + age in _AGE_SAID_IN for age in ages):
                    continue
            yield Match(Entity.DATE_OF_BIRTH, start, end, SHAPE)


def _year_of(written: str) -> tuple[int, bool]:
    """Return a year in four digits, and whether it was written so that it can be no other.

    Of two digits those of `_SHORT_YEARS` can be no other, nor what stands behind an apostrophe.
    """
    value = int(digits_of(written))
    if value >= _FIRST_YEAR:
        return value, True
    return value + (_FIRST_YEAR if value in _SHORT_YEARS else 2000), value in _SHORT_YEARS or written[0] == "'"


def _ages(low: str) -> list[int]:
    """Return the ages that are said in `low`, a text in lower case."""
    return [int(hit["before"] or hit["after"]) for hit in birth.AGE.finditer(low)]


def _cued(text: str, said: frozenset[str]) -> Iterator[Match]:
    """Yield what is a date only because of the words beside it, all of them `said`: parts of dates, and years."""
    low = lowered(text)
    of = not birth.OF_WORDS.isdisjoint(said)
    for start, end, with_year in written_date.loose(text):
        lead = before(low, start)
        announced = _is_cued(low, lead, end) or (of and with_year and birth.CUE_OF.search(lead))
        if announced and not is_amount(text, start, end):
            yield Match(Entity.DATE_OF_BIRTH, start, end, CUED)
    if birth.YEAR_WORDS.isdisjoint(said):
        return
    for expression in (birth.YEAR, birth.YEAR_BEFORE):
        for hit in expression.finditer(low):
            span = hit.span(hit.lastgroup or 0)
            if not is_counted(text, *span):
                yield Match(Entity.DATE_OF_BIRTH, *span, CUED)


def _is_cued(low: str, lead: str, end: int) -> bool:
    """Return whether a date is announced in `lead`, before it, or named behind `end`; both are in lower case."""
    cue = birth.CUE.search(lead)
    if cue:
        return birth.OF_A_THING.search(cue[0]) is None
    if birth.CUE_AFTER.match(low, end):
        return True
    return has_digit(lead) and birth.CUE_TURNING.search(lead) is not None


def _spoken_years(text: str, tokens: Sequence[Token]) -> Iterator[Match]:
    """Yield years of two digits in words behind a word of birth ("né en soixante-huit")."""
    low = lowered(text)
    folded = [token.folded for token in tokens]
    for i, word in enumerate(folded):
        first = i - (word in _SCORE and i > 0 and folded[i - 1] == "quatre")
        if cardinals().get(word, 0) not in _SHORT_YEARS and first == i:
            continue
        if birth.YEAR_IN_WORDS.search(before(low, tokens[first].start)):
            last = i
            while (
                last + 1 < len(folded)
                and folded[last + 1] in _JOINTS
                and tokens[last + 1].start - tokens[last].end < _GAP
            ):
                last += 1
            if not is_counted(text, tokens[first].start, tokens[last].end):
                yield Match(Entity.DATE_OF_BIRTH, tokens[first].start, tokens[last].end, CUED)


def _year_in_words(text: str) -> Iterator[Match]:
    """Yield the year that a message about an age ends in ("not telling you my age. ok fine. seventy-four")."""
    last = _LAST_WORDS.search(text, max(0, len(text) - _LAST_CHARS))
    if last is None:
        return
    words = [cardinals().get(fold(word), -1) for word in re.split(r"[ -]", last[1])]
    if min(words) >= 0 and max(words) in _SHORT_YEARS and birth.OF_AGE.search(lowered(text)):
        yield Match(Entity.DATE_OF_BIRTH, *last.span(1), LIKELY)
