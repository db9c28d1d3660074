"""What stands around a run of digits: shared by the recognisers that must tell a number from a price or a time."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from workers.sanitiser.lexicon import lowered, word_set

_UNIT: Final = re.compile(
    r"\s{0,2}(?:€|\$|£|%|°|(?:eur|euros?|chf|francs?|franken|usd|gbp|pounds?|dollars?|nm|ml|mg|mm|cm|cc|kg|[µμ]g|mcg"
    r"|joules?|"
    r"hz|khz|mhz|watts?|units?|unités?|unites?|ui|iu|ie|eenheden|einheiten|shots?|impulsen?|pulses?|grafts?|min"
    r"|minutes?|"
    r"minuten|uur|uren|uhr|heures?|hours?|jaar|ans|years?|jahre|sessies?|sessions?|séances?|sitzungen|keer|fois"
    r"|times|mal|"
    r"mois|maanden|months?|monate|weken|weeks?|semaines?|wochen|dagen|days?|jours?|tage)\b|,-)",
)
_COUNTED: Final = re.compile(
    r"\s{0,2}(?:zones?|zonen|areas?|zonas?|people|persons?|personnes?|personen|treatments?|behandlung(?:en)?"
    r"|behandeling(?:en)?|traitements?|soins?|séance|sitzung|sessie|syringes?|seringues?|spuit(?:en|jes)?|spritzen?"
    r"|ampull?en?|vials?|procent|prozent|percent|times|hrs?|am|pm|o'clock|u|h)(?![^\W\d_])"
    r"|\s{0,2}[hu][0-5]?\d?\b|:[0-5]\d\b",
)
"""Further words after a number that counts something, and the rest of a time; no unit of an amount."""
_MAYBE_COUNTED: Final = re.compile(r"\s{0,2}(?:x|k|or|ou|of|oder|for|pour|voor|für)(?![^\W\d_])")
"""Words that follow a count as well as the end of a telephone number."""
_AFTER: Final = 20
"""Characters after a number in which its unit stands, and one more."""
_CURRENCY: Final = re.compile(r"(?:€|\$|£|\b(?:eur|euro|chf|usd|gbp))\s{0,2}$", re.IGNORECASE)
WAVELENGTHS: Final = word_set("532 585 595 694 755 808 810 940 980 1064 1320 1450 1470 1540 1550 1565 1927 2940 10600")
"""Of lasers, in nanometres: they look like house numbers and postcodes."""
_TIME: Final = r"(?:[ ,]{1,3}[0-2]?\d(?:[.:]?[0-5]\d)?)?"
_DAY: Final = r"[0-3]?\d"
_MONTH: Final = r"[01]?\d"
_DATE: Final = re.compile(
    rf"{_DAY}[./ -]{{1,3}}{_MONTH}[./ -]{{1,3}}(?:19|20)\d\d{_TIME}"
    rf"|(?:19|20)\d\d[./ -]{{1,3}}{_MONTH}[./ -]{{1,3}}{_DAY}{_TIME}"
    rf"|[0-3]\d[./-][01]\d[./-]\d\d{_TIME}"
    rf"|{_MONTH}[./-](?:19|20)\d\d"
    rf"|{_DAY}[./-]{_MONTH}\.?[ ,-]{{1,3}}(?:(?:en|et|und|and|of|ou|oder|or|to|tot|bis"
    rf"|au) )?{_DAY}[./-]{_MONTH}\.?(?:[./-](?:\d\d){{1,2}})?"  # from … to …
    rf"|{_DAY}[./-]{_MONTH}\.?[ ,]{{1,3}}[0-2]?\d[.:]?[0-5]\d"  # a day and an hour
)
_DAY_MONTH: Final = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])\.?")
_FROM_TO: Final = re.compile(
    r"[0-2]?\d[.]?(?:00|15|30|45) ?[-/] ?[0-2]?\d[.]?(?:00|15|30|45)"  # opening times
    r"|[1-9]\d{0,3} ?[-/] ?[1-9]\d{0,3}"
    r"|[1-9]\d{0,2}\.\d{3} ?[-/] ?[1-9]\d{0,2}\.\d{3}|[1-9]\d{0,2}(?:\.\d{3}){1,2}"  # thousands
)
_YEARS: Final = re.compile(r"(?:(?:19|20)\d\d[ ,/-]{1,3}){1,4}(?:19|20)\d\d")
_HOURS: Final = re.compile(
    r"(?:[0-2]?\d[.]?(?:00|15|30|45)(?:\W{1,5}(?:(?:en|et|und|and|or|of|ou|oder|to|tot"
    r"|bis|à) )?|$)){2,8}"
)
_DIGIT: Final = re.compile(r"\d")
_SERIES: Final = 3
"""Numbers from which an even step, or round numbers only, show a list of prices, doses or months."""
_LARGEST_STEP: Final = 100
_LONGEST_VALUE: Final = 6
_FRACTION: Final = re.compile(r"0[.,]\d{1,2}(?:[ ,;/-]{1,3}\d{1,2}(?:[.,]\d{1,2})?){0,9}")
_AROUND: Final = 12
LOOK_BACK: Final = 40
"""Characters before a number in which a cue may stand."""


def has_digit(text: str) -> bool:
    """Return whether there is any digit in `text`."""
    return _DIGIT.search(text) is not None


def digits_of(text: str) -> str:
    """Return the digits in `text`, in order."""
    return "".join(c for c in text if c.isdigit())


def is_amount(text: str, start: int, end: int) -> bool:
    """Return whether the number at `start` to `end` carries a currency or a unit, or is a laser's wavelength."""
    if text[start:end] in WAVELENGTHS:
        return True
    return (
        _UNIT.match(lowered(text[end : end + _AFTER])) is not None
        or _CURRENCY.search(text, max(0, start - 6), start) is not None
    )


def is_counted(text: str, start: int, end: int) -> bool:
    """Return whether the number at `start` to `end` is an amount, a time, or counts what the next word names."""
    return is_amount(text, start, end) or _COUNTED.match(lowered(text[end : end + _AFTER])) is not None


def is_count(text: str, start: int, end: int) -> bool:
    """Return whether the number at `start` to `end` is counted, or may be ("2 or 3", "2 for my mother")."""
    return is_counted(text, start, end) or _MAYBE_COUNTED.match(lowered(text[end : end + _AFTER])) is not None


def is_date(written: str) -> bool:
    """Return whether `written` is a date in digits, an hour after it included."""
    return _DATE.fullmatch(written) is not None


def is_day(written: str) -> bool:
    """Return whether `written` is a day and a month, or a whole date."""
    return _DAY_MONTH.fullmatch(written) is not None or is_date(written)


def is_years(written: str) -> bool:
    """Return whether `written` is years one after another ("2019-2023")."""
    return _YEARS.fullmatch(written) is not None


def is_range(written: str) -> bool:
    """Return whether `written` is prices, years or hours one after another, or a number with thousands apart."""
    return (
        is_years(written)
        or _FROM_TO.fullmatch(written) is not None
        or _HOURS.fullmatch(written) is not None
        or _is_series(written)
    )


def _is_series(written: str) -> bool:
    groups = re.findall(r"\d+", written)
    if len(groups) < _SERIES or any(c.isalpha() for c in written) or max(map(len, groups)) > _LONGEST_VALUE:
        return False
    values = list(map(int, groups))
    steps = {right - left for left, right in pairwise(values)}
    return (len(steps) == 1 and max(steps) <= _LARGEST_STEP) or all(not value % 10 for value in values)


def is_fraction(written: str) -> bool:
    """Return whether `written` begins with a fraction of one ("0,5 1,0 1,5")."""
    return _FRACTION.fullmatch(written) is not None


def is_alone(text: str, start: int, end: int) -> bool:
    """Return whether nothing but blanks and a full stop stands around `start` to `end`: a message of its own."""
    if len(text) - (end - start) > _AROUND:
        return False
    return not text[:start].strip() and not text[end:].strip(" .!\n")


def before(text: str, start: int) -> str:
    """Return the characters before `start` in which a cue may stand, within the same line."""
    return text[max(0, start - LOOK_BACK) : start].rpartition("\n")[2]
