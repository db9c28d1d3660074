"""Dates with the month in words or in Roman numerals: "3rd of May 1985", "tien mei 1999", "April 9, 1992", "17.IV.85".

Not a recogniser itself: `date_of_birth` decides which of them somebody was born on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from workers.sanitiser.lexicon import fold, word_set
from workers.sanitiser.recognisers.number_words import LINKS, ORDINALS, THOUSANDS, digits_in

_ROMAN: Final = word_set("I II III IV V VI VII VIII IX X XI XII")
_STEM: Final = re.compile(
    r"jan|jen|gen|feb|fev|fab|mar|mae?r|maa|mrt|apr|avr|abr|may|mai|mei|mag|jun|jui|jul|giu|lug|aug|aou|ago|sep"
    r"|set|spt|ock?t|okt"
    r"|ott|out|nov|dec|dez|des|dic|ene|ocak|sub|nis|haz|tem|eyl|eki|kas|ara"
)
"""How a month begins (folded); beside a day and a year, what begins so is one, however it goes on ("febrewaris")."""
_STEM_FIRST: Final = re.compile(rf"(?<![a-z])(?:{_STEM.pattern})")
_ROMAN_WORD: Final = re.compile(r"(?<![^\W\d_])[IVX]{1,4}(?![^\W\d_])")
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
_NINETEEN: Final = word_set("nineteen dix mille mil tausend")
_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
_DAY_END: Final = word_set("st nd rd th er ere e eme ste de te")
_GAP: Final = re.compile(r"(?:[^\S\n]|[.,'/-]){0,4}")
_LAST_DAY: Final = 31
_MOST_BACK: Final = 5
_MOST_YEAR_WORDS: Final = 8
_LONGEST_DAY: Final = 2

type _Tokens = Sequence[re.Match[str]]


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield dates in `text` as start, end, and year ("" where none is given; one in words as its century)."""
    if not _may_hold_month(text):
        return
    tokens = list(_TOKEN.finditer(text))
    for i, token in enumerate(tokens):
        word = fold(token[0])
        if (len(word) <= _LONGEST_MONTH and _STEM.match(word)) or token[0] in _ROMAN:
            yield from _around(text, tokens, i)


def _may_hold_month(text: str) -> bool:
    """Return False where no word begins as a month does: most messages."""
    begun = _STEM_FIRST if text.isascii() else _STEM  # accents that fold away may part words that the folded text joins
    return begun.search(fold(text)) is not None or _ROMAN_WORD.search(text) is not None


def _around(text: str, tokens: _Tokens, month: int) -> Iterator[tuple[int, int, str]]:
    """Yield the date whose month may be token `month`: a day beside it, or a year, or both."""
    first = _day_before(text, tokens, month)
    last = month if first < month else _day_after(text, tokens, month)
    dated = first < month or last > month
    end, year = _year_after(text, tokens, last)
    word = fold(tokens[month][0])
    spelled = word in MONTHS
    if digits_in(word) and not any(c.isdigit() for c in text[tokens[first].start() : tokens[end].end()]):
        return  # "quatre sept huit": seven, not September
    if (dated and (end > last or spelled)) or (spelled and year):
        yield tokens[first].start(), tokens[end].end(), year


def _touches(text: str, tokens: _Tokens, left: int, right: int) -> bool:
    if not (0 <= left < right < len(tokens)):
        return False
    return _GAP.fullmatch(text, tokens[left].end(), tokens[right].start()) is not None


def _day_before(text: str, tokens: _Tokens, month: int) -> int:
    """Return the first token of the day before `month`; `month` itself if there is none."""
    first = month
    for i in range(month - 1, max(-1, month - 1 - _MOST_BACK), -1):
        if not _touches(text, tokens, i, i + 1):
            break
        word = tokens[i][0]
        if word.isdigit():
            return _with_article(text, tokens, i) if _is_day(word) else first
        low = fold(word)
        if low in ORDINALS or digits_in(low):
            first = i
        elif first < month or low not in _BETWEEN | _DAY_END | LINKS:
            break
    return _with_article(text, tokens, first) if first < month else month


def _with_article(text: str, tokens: _Tokens, first: int) -> int:
    return first - 1 if _touches(text, tokens, first - 1, first) and fold(tokens[first - 1][0]) == "the" else first


def _day_after(text: str, tokens: _Tokens, month: int) -> int:
    """Return the last token of the day after `month` ("April 9th", "May the first"); `month` if there is none."""
    last = month
    while _touches(text, tokens, last, last + 1):
        word = tokens[last + 1][0]
        if word.isdigit() and last == month and _is_day(word):
            last += 1
            if _touches(text, tokens, last, last + 1) and fold(tokens[last + 1][0]) in _DAY_END:
                last += 1
        break
    return last


def _year_after(text: str, tokens: _Tokens, last: int) -> tuple[int, str]:
    """Return the last token of the year after token `last` (`last` = none) and the year, if it is in digits."""
    i = last + 1
    while _touches(text, tokens, i - 1, i) and fold(tokens[i][0]) in _BETWEEN and i - last < _LONGEST_DAY:
        i += 1
    if not _touches(text, tokens, i - 1, i):
        return last, ""
    word = tokens[i][0]
    if word.isdigit():
        a_year = (len(word) == len("1985") and word[:2] in {"19", "20"}) or (len(word) == len("85") and last)
        clock = text[tokens[i].end() : tokens[i].end() + 1] in {":", "h", "u"}
        return (i, word) if a_year and not clock else (last, "")
    end, digits = last, 0
    for j in range(i, min(len(tokens), i + _MOST_YEAR_WORDS)):
        low = fold(tokens[j][0])
        count = digits_in(low)
        if not (_touches(text, tokens, j - 1, j) and (count or low in LINKS or low in THOUSANDS)):
            break
        digits += count + 2 * (low in THOUSANDS)
        end = j if count or low in THOUSANDS else end
    first = fold(tokens[i][0])
    century = "19" if first in _NINETEEN or first.startswith(("neunzehn", "negentien")) else "20"
    return (end, f"{century}00") if digits > _LONGEST_DAY else (last, "")


def _is_day(word: str) -> bool:
    return len(word) <= _LONGEST_DAY and 0 < int(word) <= _LAST_DAY
