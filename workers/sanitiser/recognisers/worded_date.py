"""Dates with the month in words or in Roman numerals: "3rd of May 1985", "tien mei 1999", "April 9, 1992", "17.IV.85".

All of it may be in numbers that are words: "zwölfter fünfter dreiundsechzig". Not a recogniser itself:
`date_of_birth` decides which of them somebody was born on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from workers.sanitiser.features import Token
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import word_set
from workers.sanitiser.recognisers.digits import is_alone, is_counted
from workers.sanitiser.recognisers.number_values import cardinals, ordinals, slip
from workers.sanitiser.recognisers.number_words import LINKS, ORDINALS, THOUSANDS, digits_in

_ROMAN: Final = word_set("I II III IV V VI VII VIII IX X XI XII")
_STEMS: Final = tuple(
    word_set(
        "jan jen gen feb fev fab mar maer maa mrt apr avr abr may mai mei mag jun jui jul giu lug aug aou ago sep set "
        "spt oct ockt okt ott out nov dec dez des dic ene ocak sub nis haz tem eyl eki kas ara"
    )
)
"""How a month begins (folded); beside a day and a year, what begins so is one, however it goes on ("febrewaris")."""
_LONGEST_MONTH: Final = 12
MONTHS: Final = word_set(
    "january january jan februari february febuary feb march mar april apr may june jun july jul august aug "
    "september sep "
    "sept october oct november nov december dec janvier janv fevrier fevr fev mars avril avr mai juin juillet "
    "juil aout "
    "septembre octobre novembre decembre januari maart mrt mei juni juli augustus oktober okt januar janner februar "
    "feber marz maerz dezember dez gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "dicembre enero febrero abril mayo junio julio septiembre octubre noviembre diciembre janeiro fevereiro maio "
    "junho julho setembro outubro novembro dezembro mayis haziran temmuz agustos eylul ekim kasim aralik"
)
"""Spelled as they should be (folded): months without a year beside them."""
_BETWEEN: Final = word_set("of off de van the den der le d o am el in")
_ARTICLES: Final = word_set("the du vom des")
_NINETEEN: Final = word_set("nineteen dix mille mil tausend")
_DAY_END: Final = word_set("st nd rd th er ere e eme ste de te sten ten ter")
_BEFORE_MONTH: Final = word_set("im in en au of van de")
_GAP: Final = re.compile(r"(?:[^\S\n]|[.,'/-]){0,4}")
_LAST_DAY: Final = 31
_MOST_BACK: Final = 5
_MOST_YEAR_WORDS: Final = 8
_LONGEST_DAY: Final = 2
_LAST_MONTH: Final = 12
_SHORT_YEARS: Final = range(30, 100)
"""Two-digit years in words that are believed: "negentig" is 1990, "twintig" more often an hour or a price."""

_NUMBERS: Final = frozenset(cardinals()) | frozenset(ordinals())
_BEGINNING: Final = 3
_BEGINNINGS: Final = frozenset(word[:_BEGINNING] for word in (*_STEMS, *_NUMBERS, *map(str.lower, _ROMAN)))
"""How every word begins that may be a day or a month: most words are known by it to be neither."""

type _Tokens = Sequence[Token]


def words_in(message: Glance) -> list[Token]:
    """Return the words and the runs of digits of a message."""
    return [token for token in message.tokens if token.text[0].isalnum()]


def find(text: str, tokens: _Tokens) -> Iterator[tuple[int, int, str]]:
    """Yield dates in `text`, whose `words_in` are given, as start, end, and year.

    The year is "" where none is given; one in words is its century, or two digits.
    """
    for i, token in enumerate(tokens):
        word = token.folded
        if word[:_BEGINNING] not in _BEGINNINGS:
            continue
        if word in _NUMBERS:
            yield from _in_numbers(text, tokens, i)
        if (len(word) <= _LONGEST_MONTH and word.startswith(_STEMS)) or token.text in _ROMAN:
            yield from _around(text, tokens, i)


def _around(text: str, tokens: _Tokens, month: int) -> Iterator[tuple[int, int, str]]:
    """Yield the date whose month may be token `month`: a day beside it, or a year, or both."""
    first = _day_before(text, tokens, month)
    last = month if first < month else _day_after(text, tokens, month)
    dated = first < month or last > month
    word = tokens[month].folded
    spelled = word in MONTHS
    if not (dated or spelled):
        return
    end, year = _year_after(text, tokens, last)
    if digits_in(word) and not any(c.isdigit() for c in text[tokens[first].start : tokens[end].end]):
        return  # "quatre sept huit": seven, not September
    if not dated and len(year) == _LONGEST_DAY and not tokens[end].text.isdigit():
        year = ""  # "may thirty people come"; after a cue it counts all the same
    if (dated and (end > last or spelled)) or (spelled and end > last):
        before = _year_before(text, tokens, month) if end == last and first == month else month
        if before < month:
            first, year = before, tokens[before].text
        yield tokens[first].start, tokens[end].end, year
    elif spelled and not dated:
        before = _year_before(text, tokens, month)
        if before < month:
            yield tokens[before].start, tokens[month].end, ""


def _year_before(text: str, tokens: _Tokens, month: int) -> int:
    """Return the token of a year that stands before `month` ("2011 im März"); `month` itself if there is none."""
    i = month - 1
    if _touches(text, tokens, i, month) and tokens[i].folded in _BEFORE_MONTH:
        i -= 1
    a_year = _touches(text, tokens, i, i + 1) and re.fullmatch(r"(?:19|20)[0-9]{2}", tokens[i].text)
    return i if a_year else month


def _in_numbers(text: str, tokens: _Tokens, first: int) -> Iterator[tuple[int, int, str]]:
    """Yield the date whose day is token `first`, in words, and whose month is the number in words after it.

    Two ordinals are a day and a month by themselves; other numbers are only if a whole year follows, or if nothing
    else is said.
    """
    month = first + 1
    while _touches(text, tokens, month - 1, month) and month - first <= _LONGEST_DAY:
        if tokens[month].folded not in _BETWEEN | _ARTICLES:
            break
        month += 1
    if not _touches(text, tokens, month - 1, month):
        return
    day, second = _value(tokens[first]), _value(tokens[month])
    if not (0 < day <= _LAST_DAY and 0 < second <= _LAST_MONTH):
        return
    end, year = _year_after(text, tokens, month)
    ordinal = all(tokens[i].folded in ordinals() for i in (first, month))
    alone = is_alone(text, tokens[first].start, tokens[end].end)
    part_of_more = any(
        _touches(text, tokens, min(i, j), max(i, j)) and (tokens[i].text.isdigit() or digits_in(tokens[i].folded))
        for i, j in ((first - 1, first), (end + 1, end))
        if 0 <= i < len(tokens)
    )
    if end > month and not part_of_more:
        said = tokens[month + 1 : end + 1]
        sure = ordinal or _has_century(said) or (alone and any(_value(token) in _SHORT_YEARS for token in said))
        yield tokens[first].start, tokens[end].end, year if sure else ""


def _has_century(year: _Tokens) -> bool:
    """Return whether a year says its century: in four digits, or in words ("nineteen …", "deux mille …")."""
    words = [token.folded for token in year]
    return any(len(word) == len("1985") and word.isdigit() for word in words) or any(
        word in THOUSANDS or word.startswith(("nineteen", "negentien", "neunzehn", "zweitausend", "tweeduizend"))
        for word in words
    )


def _value(token: Token) -> int:
    """Return the number that a word says, or digits; 0 = none."""
    if token.text.isdigit():
        return int(token.text[-_LONGEST_DAY:])
    word = token.folded
    return cardinals().get(word) or ordinals().get(word, 0)


def _touches(text: str, tokens: _Tokens, left: int, right: int) -> bool:
    if not (0 <= left < right < len(tokens)):
        return False
    return _GAP.fullmatch(text, tokens[left].end, tokens[right].start) is not None


def _day_before(text: str, tokens: _Tokens, month: int) -> int:
    """Return the first token of the day before `month`; `month` itself if there is none."""
    first = month
    for i in range(month - 1, max(-1, month - 1 - _MOST_BACK), -1):
        if not _touches(text, tokens, i, i + 1):
            break
        word = tokens[i].text
        if word.isdigit():
            return _with_article(text, tokens, i) if _is_day(word) else first
        low = tokens[i].folded
        if low in ORDINALS or low in ordinals() or digits_in(low) or slip(low):
            first = i
        elif first < month or low not in _BETWEEN | _DAY_END | LINKS:
            break
    return _with_article(text, tokens, first) if first < month else month


def _with_article(text: str, tokens: _Tokens, first: int) -> int:
    return first - 1 if _touches(text, tokens, first - 1, first) and tokens[first - 1].folded == "the" else first


def _day_after(text: str, tokens: _Tokens, month: int) -> int:
    """Return the last token of the day after `month` ("April 9th", "May the first"); `month` if there is none."""
    last = month
    while _touches(text, tokens, last, last + 1):
        word = tokens[last + 1].text
        if word.isdigit() and last == month and _is_day(word):
            last += 1
            if _touches(text, tokens, last, last + 1) and tokens[last + 1].folded in _DAY_END:
                last += 1
        break
    return last


def _year_after(text: str, tokens: _Tokens, last: int) -> tuple[int, str]:
    """Return the last token of the year after token `last` (`last` = none) and the year, if it is in digits."""
    i = last + 1
    while _touches(text, tokens, i - 1, i) and tokens[i].folded in _BETWEEN and i - last < _LONGEST_DAY:
        i += 1
    if not _touches(text, tokens, i - 1, i):
        return last, ""
    word = tokens[i].text
    if word.isdigit():
        a_year = (len(word) == len("1985") and word[:2] in {"19", "20"}) or (
            len(word) == len("85") and (last or int(word) > _LAST_DAY)
        )
        clock = text[tokens[i].end : tokens[i].end + 1] in {":", "h", "u"}
        return (i, word) if a_year and not clock else (last, "")
    end, digits = last, 0
    for j in range(i, min(len(tokens), i + _MOST_YEAR_WORDS)):
        low = tokens[j].folded
        count = (
            digits_in(low) or _LONGEST_DAY * (low in cardinals()) or digits_in(slip(low)) or (slip(low) in ordinals())
        )
        if not (_touches(text, tokens, j - 1, j) and (count or low in LINKS or low in THOUSANDS)):
            break
        digits += count + 2 * (low in THOUSANDS)
        end = j if count or low in THOUSANDS else end
    first = tokens[i].folded
    century = "19" if first in _NINETEEN or first.startswith(("neunzehn", "negentien")) else "20"
    if digits == _LONGEST_DAY and end == i and not is_counted(text, tokens[i].start, tokens[i].end):
        short = cardinals().get(first) or cardinals().get(slip(first), 0)
        return (end, str(short)) if short in _SHORT_YEARS else (last, "")
    return (end, f"{century}00") if digits > _LONGEST_DAY else (last, "")


def _is_day(word: str) -> bool:
    return len(word) <= _LONGEST_DAY and 0 < int(word) <= _LAST_DAY
