"""Telephone numbers in digits: every style of BE, NL, FR, DE, LU, GB, CH and US, also with clutter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.digits import before, digits_of, is_amount
from workers.sanitiser.recognisers.match import CUED, LIKELY, SHAPE, Match

_RUN: Final = re.compile(
    r"(?<![\w€$£])(?<![0-9]:)(?:\+[ ]?|\([ ]?\+?)?[0-9](?:(?:[ .\-/()_*]{0,3}|,)[0-9O]){5,18}(?![\w])"
)
"""Six or more digits with at most three separators between two of them; a letter O passes for a nought inside."""
_CLUTTERED: Final = re.compile(
    r"(?<![\w€$£])(?:\+?[0-9]|[oO](?=[0-9]))[0-9oOlI|]{0,4}(?:[^\n0-9:€$£%]{1,4}[0-9oOlI|]{1,5}){3,14}(?![\w])"
)
_LOOKALIKE: Final = str.maketrans("oOlI|", "00111")
"""Letters that pass for digits."""
_CUE: Final = re.compile(
    r"\b(?:t[ée]l[ée]?(?:f(?:oon|on)?|ph?one)?(?:n|nr|nummer|number)?|ph(?:one)?|mobile?|mob|gsm|cell|portable"
    r"|handy|whats?app|wapp|"
    r"call|ring|text|sms|reach|bel|bellen|bereikbaar|appel(?:er|ez|le)?|joignable|rappel(?:er|ez|le)?|anrufen"
    r"|erreichbar|"
    r"rufnummer|nummer|number|num[ée]ro|num|nr|fax)\b[^\d\n]{0,24}$",
    re.IGNORECASE,
)
_TIME: Final = r"(?:[ ,]{1,3}[0-2]?\d(?:\.?[0-5]\d)?)?"
_NOT_A_PHONE: Final = re.compile(
    rf"(?:[0-3]?\d[./ -][01]?\d[./ -](?:19|20)\d\d{_TIME}"  # a date, day first
    rf"|(?:19|20)\d\d[./ -][01]?\d[./ -][0-3]?\d{_TIME}"  # a date, year first
    rf"|[0-3]\d[./-][01]\d[./-]\d\d{_TIME}"
    r"|[0-2]?\d[.]?[0-5]\d ?- ?[0-2]?\d[.]?[0-5]\d"  # opening times
    r"|(?:(?:19|20)\d\d[ ,/-]{1,3}){1,4}(?:19|20)\d\d"  # years
    r"|0[.,]\d.*)"  # a decimal fraction
)

_INTERNATIONAL: Final = re.compile(r"(?:\+|00)\d{8,15}")
_TRUNK: Final = re.compile(r"0[1-9]\d{6,11}|00?\d{9,12}")
_NATIONAL: Final = re.compile(
    r"(?:32|31|33|49|44|41|352)[1-9]\d{7,10}"  # the country's code without its plus
    r"|4[5-9]\d{7}|6[269]1\d{6}"  # BE and LU mobiles without their nought
)
_GROUPED: Final = re.compile(
    r"\(?[2-9]\d{2}\)?[ .-]{0,2}[2-9]\d{2}[ .-]?\d{4}"  # US
    r"|1[ .-]\(?[2-9]\d{2}\)?[ .-]{0,2}[2-9]\d{2}[ .-]?\d{4}"
    r"|[1-9](?:[ .-]\d\d){4}"  # FR without its nought
    r"|7\d{3} ?\d{6}|7\d{2} ?\d{3} ?\d{2} ?\d{2}"  # GB and CH mobiles without their nought
)
_CUED_LENGTHS: Final = range(6, 16)
_FEWEST: Final = 8
_THOUSANDS: Final = 3
_LOOSE: Final = range(9, 16)


def find(text: str) -> Iterator[Match]:
    """Yield every telephone number in `text` that is written in digits."""
    for hit in _RUN.finditer(text):
        score = _score(text, hit)
        if score:
            yield Match(Entity.PHONE, hit.start(), hit.end(), score)
    for hit in _CLUTTERED.finditer(text):
        if _is_cluttered_number(hit[0]):
            yield Match(Entity.PHONE, hit.start(), hit.end(), SHAPE)


def _score(text: str, hit: re.Match[str]) -> float:
    """Return how sure it is that a run of digits is a telephone number; 0 = it is not."""
    run = hit[0].replace("O", "0")
    digits = digits_of(run)
    if _NOT_A_PHONE.fullmatch(run):
        return 0.0
    if _INTERNATIONAL.fullmatch(("+" if "+" in run else "") + digits):
        return CUED
    amount = is_amount(text, hit.start(), hit.end())
    if len(digits) in _CUED_LENGTHS and not amount and _CUE.search(before(text, hit.start())):
        return CUED
    if _TRUNK.fullmatch(digits) or (not amount and (_NATIONAL.fullmatch(digits) or _GROUPED.fullmatch(run))):
        return SHAPE
    return LIKELY if not amount and _is_loose(run, digits) else 0.0


def _is_loose(run: str, digits: str) -> bool:
    """Return whether a run is too long for anything but a number that belongs to somebody.

    Groups of three alone are prices ("250 300 350"); commas are lists.
    """
    groups = re.findall(r"\d+", run)
    lengths = {len(group) for group in groups}
    return len(digits) in _LOOSE and lengths != {_THOUSANDS} and 1 not in lengths and "," not in run


def _is_cluttered_number(run: str) -> bool:
    """Return whether digits with emoji, signs, one repeated letter, or lookalike letters make a telephone number."""
    plain = run.translate(_LOOKALIKE)
    digits = digits_of(plain)
    if not (plain.startswith(("0", "+")) and digits[1:2] not in {"", "."} and len(digits) in range(_FEWEST, 15)):
        return False
    gaps = {gap.strip().casefold() for gap in re.findall(r"\D+", plain.lstrip("+"))}
    if all(set(gap) <= set(" .,-/()") for gap in gaps):
        return plain != run and len(digits_of(run)) * 2 > len(digits)
    return len(gaps) == 1 or not any(c.isalnum() for gap in gaps for c in gap)
