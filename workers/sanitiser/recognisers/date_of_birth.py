"""Dates of birth: any date beside a birth cue, and a full date in a year so far back that it can be nothing else.

An appointment's date stays: without a cue only years up to `LAST_YEAR` count, and not after a word that says what
else happened then ("the law of 23 May 2013"). No clock: a message means the same on every day it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.lexicon import lowered
from workers.sanitiser.recognisers import worded_date
from workers.sanitiser.recognisers.digits import before, has_digit, is_amount
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

LAST_YEAR: Final = 2016
"""The latest year of birth that is believed without a cue."""
_FIRST_YEAR: Final = 1900
_SHORT_YEARS: Final = range(30, 100)
"""Two-digit years that are believed without a cue: 1930 to 1999."""

_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_TWO: Final = r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])"
_FREE: Final = r"(?<![\w.,/-])"
_FULL: Final = re.compile(
    rf"{_FREE}(?:"
    rf"[0-3]?\d[ ]{{0,2}}[./\-,|][ ]{{0,2}}[0-3]?\d[ ]{{0,2}}[./\-,|][ ]{{0,2}}(?P<a>(?:19|20)\d\d)"
    rf"|[0-3]?\d[ ][01]?\d[ ](?P<b>(?:19|20)\d\d)"
    rf"|(?P<c>(?:19|20)\d\d)[ ]?(?P<s>[./\- ])[ ]?[01]?\d[ ]?(?P=s)[ ]?[0-3]?\d"
    rf"|[0-3]?\d(?P<t>[./\-])[0-3]?\d(?P=t)'?(?P<d>\d\d)"
    rf"|{_TWO}(?P<e>(?:19|20)\d\d)"
    r")(?!\w|[./-]\d)"
)
_LOOSE: Final = re.compile(
    rf"{_FREE}(?:{_DAY}[ ]?[./\-,][ ]?{_MONTH}(?:[ ]?[./\-,][ ]?'?(?:\d\d){{1,2}})?\.?"
    rf"|{_DAY}[ ]{_MONTH}[ ]'?(?:\d\d){{1,2}}"
    rf"|{_TWO}\d\d(?:\d\d)?|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]"
    rf"|[12]\d|3[01])"
    r"|'?(?:19\d\d|20[01]\d)|'\d\d|[3-9]\d(?=\s{0,2}(?:$|[.,;!?)])))(?!\w|[./-]\d)"
)
"""After a cue only: a day and a month, a year alone, or no separators at all."""
_WHOLE_MESSAGE: Final = re.compile(rf"\s{{0,8}}+({_TWO}(?:\d\d){{1,2}})[\s.!]{{0,8}}+")
_OLD_YEAR: Final = re.compile(r"(?<![\w.,/-])19[1-4]\d(?!\w|[.,/-]\d)")
"""A year that nobody's treatment was in: a year of birth where somebody's papers are spoken of."""
_PAPERS: Final = re.compile(
    r"\b(?:ausweis|pass|passport|paspoort|passeport|id|kaart|card|carte|papiere?n?"
    r"|papers)\b",
)

_CUE: Final = re.compile(
    r"(?:\b(?:born|d\.?o\.?b\.?|(?:date of )?birth(?:date|day|days)?|bi?r?th? ?date|burth?day|b-?day|née?s?"
    r"|n[ée]\(e\)|nee?(?= (?:le|en|a|à) )|d\.?d\.?n\.?"
    r"|(?:date de )?naissance|anniv(?:ersaire)?|gebo(?:ren|re|ortedatum|orte ?datum|ortejaar|ortedag)|geb"
    r"(?:\.?dat(?:um)?)?"
    r"|geb\.? ?datum|gbd|verjaar(?:dag|t|d)?|jarr?ig|bouwjaar|lichting|geburts?(?:datum|tag|jahr|tags)|gebdat"
    r"|jahrgang|jg|baujahr"
    r"|bj|aangebore|nascid[ao]|nacid[ao]|nat[ao]|urodzon[ay]|do[gğ]um)(?!\w)|°)[^\d\n]{0,26}$"
    r"|\b(?:i'?m|i am|ik ben|'k ben|(?:he|she|ze|zij|hij)(?:'?s| is)|je suis|(?:il|elle) est|c'est une?|ich bin|"
    r"(?:er|sie) ist)"
    r"[ ](?:(?:een|un|une|ein|from|van|de|d'|aus|vom|of)[ ]?){1,2}'?$",
)
_CUE_AFTER: Final = re.compile(
    r"[ ,(=:-]{1,3}(?:(?:is|est|ist|was|c'est|as|als)[ ])?(?:(?:my|mijn|mon|ma|mein|his|her|zijn|haar|sein|ihr"
    r"|the|de|la)[ ])?"
    r"(?:birth ?da(?:y|te)|dob|b-?day|born|verjaardag|geboortedatum|geboren|jarig|geburtstag|geburtsdatum|anniversaire"
    r"|date de naissance|née?)(?!\w)",
)
_AFTER: Final = 48
"""Characters after a date in which the longest cue fits, and one more."""
_SOMETHING_ELSE: Final = re.compile(
    r"\b(?:law|act|loi|wet|decreet|kb|gesetz|verordnung|d[ée]cret|arr[êe]t[ée]|directive|richtlijn|richtlinie"
    r"|since|depuis|sinds"
    r"|seit|op[ée]r(?:ated|ation|atie|[ée]e?)|geopereerd|operiert|surgery|invoice|facture|factuur|rechnung"
    r"|treated|treatment"
    r"|session|s[ée]ance|sitzung|appointment|afspraak|rendez-vous|rdv|termin|last|dernier|laatste|letzte|opened"
    r"|stopped|gestopt)"
    r"(?!\w)[^\d\n]{0,14}$",
)


def find(text: str) -> Iterator[Match]:
    """Yield every date of birth in `text`."""
    for start, end, year in _dates(text):
        if _is_cued(text, start, end):
            yield Match(Entity.DATE_OF_BIRTH, start, end, CUED)
        elif year and _is_past(year) and not _SOMETHING_ELSE.search(lowered(before(text, start))):
            yield Match(Entity.DATE_OF_BIRTH, start, end, SHAPE)
    if not has_digit(text):
        return
    for hit in _LOOSE.finditer(text):
        if _is_cued(text, *hit.span()) and not is_amount(text, *hit.span()):
            yield Match(Entity.DATE_OF_BIRTH, hit.start(), hit.end(), CUED)
    whole = _WHOLE_MESSAGE.fullmatch(text)
    if whole:
        yield Match(Entity.DATE_OF_BIRTH, whole.start(1), whole.end(1), CUED)
    for hit in _OLD_YEAR.finditer(text):
        if _PAPERS.search(lowered(text), max(0, hit.start() - 60), hit.start()) and not is_amount(text, *hit.span()):
            yield Match(Entity.DATE_OF_BIRTH, hit.start(), hit.end(), SHAPE)


def _dates(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield dates as start, end and year ("" = none is given, or not in digits)."""
    for hit in _FULL.finditer(text) if has_digit(text) else ():
        yield hit.start(), hit.end(), next(hit[name] for name in "abcde" if hit[name])
    yield from worded_date.find(text)


def _is_cued(text: str, start: int, end: int) -> bool:
    if _CUE.search(lowered(before(text, start))):
        return True
    return _CUE_AFTER.match(lowered(text[end : end + _AFTER])) is not None


def _is_past(year: str) -> bool:
    if len(year) == len("1985"):
        return _FIRST_YEAR <= int(year) <= LAST_YEAR
    return int(year) in _SHORT_YEARS
