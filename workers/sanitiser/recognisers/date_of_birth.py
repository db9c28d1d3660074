"""Dates of birth: any date after a birth cue, and a full date in a year so far back that it can be nothing else.

An appointment's date stays: without a cue only years up to `LAST_YEAR` count. No clock: a message means the same on
every day it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.digits import before
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

LAST_YEAR: Final = 2016
"""The latest year of birth that is believed without a cue."""
_FIRST_YEAR: Final = 1900
_CENTURY: Final = 1900
_SHORT_YEARS: Final = range(30, 100)
"""Two-digit years that are believed without a cue: 1930 to 1999."""

_MONTH: Final = (
    r"(?:jan(?:uary|vier|uari|uar)?|feb(?:ruary|ruari|ruar)?|f[ée]vr(?:ier)?|mar(?:ch|s)?|maart|mrt|m[äa]e?rz"
    r"|apr(?:il)?|"
    r"avr(?:il)?|may|mai|mei|june?|juin|juni|july?|juil(?:let)?|juli|aug(?:ust|ustus)?|ao[ûu]t|sep(?:t(?:ember"
    r"|embre)?)?|"
    r"o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember)?|d[ée]c(?:embre)?)"
)
_YEAR: Final = r"(?P<{}>(?:19|20)[0-9]{{2}})"
_DATES: Final = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"(?<![\w.,/-])[0-3]?[0-9][ ]?[./\-][ ]?[01]?[0-9][ ]?[./\-][ ]?" + _YEAR.format("year") + r"(?![\w])",
        r"(?<![\w.,/-])[0-3][0-9][ ][01][0-9][ ]" + _YEAR.format("year") + r"(?![\w])",
        r"(?<![\w.,/-])" + _YEAR.format("year") + r"[./\-][01]?[0-9][./\-][0-3]?[0-9](?![\w])",
        r"(?<![\w.,/-])[0-3]?[0-9](?P<sep>[./\-])[01]?[0-9](?P=sep)(?P<short>[0-9]{2})(?![\w]|[./-][0-9])",
        r"(?<![\w])[0-3]?[0-9](?:st|nd|rd|th|er|e|\.)?[ ]{0,2}(?:of |de |van )?" + _MONTH + r"\b\.?,?[ ]{0,2}'?"
        r"(?:" + _YEAR.format("year") + r"|(?P<short>[0-9]{2}))(?![\w:])",
        r"(?<![\w])"
        + _MONTH
        + r"\.?[ ]{1,2}[0-3]?[0-9](?:st|nd|rd|th)?,?[ ]{1,2}"
        + _YEAR.format("year")
        + r"(?![\w])",
    )
)
_WITHOUT_YEAR: Final = re.compile(
    r"(?<![\w.,/-])(?:[0-3]?[0-9](?:st|nd|rd|th|er|e|\.)?[ ]{0,2}(?:of |de |van )?" + _MONTH + r"\b"
    r"|" + _MONTH + r"[ ]{1,2}[0-3]?[0-9](?:st|nd|rd|th)?"
    r"|[0-3]?[0-9][./\-][01]?[0-9](?:[./\-][0-9]{2,4})?"
    r"|[0-3]?[0-9][ ][01]?[0-9][ ](?:(?:19|20)[0-9]{2}|[0-9]{2})"
    r"|(?:" + _MONTH + r"[ ]{1,2})?'?(?:19[0-9]{2}|20[01][0-9])"
    r"|'?[3-9][0-9](?=\s{0,2}(?:$|[.,;!?])))(?![\w])",
    re.IGNORECASE,
)
"""Looser forms, after a cue only: a day and month, or a year alone."""
_CUE: Final = re.compile(
    r"\b(?:born|d\.?o\.?b\.?|date of birth|birth ?date|birth ?day|b-?day|n[ée]e?(?= le| en| à|e le)|n[ée]e?"
    r"|date de naissance|naissance|anniversaire|"
    r"ddn|geboren|geb\.?|geboortedatum|geboorte ?datum|geboortejaar|verjaardag|verjaar|jarig|bouwjaar|geburtsdatum"
    r"|geburtstag|"
    r"jahrgang|gebdat)(?![\w])[^\d\n]{0,24}$",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Match]:
    """Yield every date of birth in `text`."""
    for expression in _DATES:
        for hit in expression.finditer(text):
            if _CUE.search(before(text, hit.start())):
                yield Match(Entity.DATE_OF_BIRTH, hit.start(), hit.end(), CUED)
            elif _is_past(hit):
                yield Match(Entity.DATE_OF_BIRTH, hit.start(), hit.end(), SHAPE)
    for hit in _WITHOUT_YEAR.finditer(text):
        if _CUE.search(before(text, hit.start())):
            yield Match(Entity.DATE_OF_BIRTH, hit.start(), hit.end(), CUED)


def _is_past(hit: re.Match[str]) -> bool:
    groups = hit.groupdict()
    if groups.get("year"):
        return _FIRST_YEAR <= int(groups["year"]) <= LAST_YEAR
    return int(groups["short"]) in _SHORT_YEARS
