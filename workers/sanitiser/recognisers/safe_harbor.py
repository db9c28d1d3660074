"""What HIPAA's Safe Harbor hides besides (45 CFR 164.514(b)(2)): days and months, ages over 89, ZIP codes.

Runs for clinics of the profile `us` alone (`profile`). Elsewhere an appointment's date, an age and a bare postcode
stay, because they keep a question's meaning and identify nobody there. Years alone stay, as the rule says; so do
hours, weekdays and what is counted from today ("in two weeks"). Streets and towns go under every profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.recognisers import safe_harbor_ages, safe_harbor_dates
from workers.sanitiser.recognisers.digits import is_amount
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_ZIP: Final = r"(?P<zip>[0-9]{5}(?:[- ]?[0-9]{4})?)(?![\w%€$])(?![.,:/-][0-9])"
_STATE: Final = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|GU|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT"
    r"|V[AIT]|W[AIVY]|alabama|alaska|arizona|arkansas|calif(?:ornia)?|colorado|connecticut|delaware|florida|georgia"
    r"|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|mich(?:igan)?|minnesota"
    r"|mississippi|missouri|montana|nebraska|nevada|hampshire|jersey|mexico|york|nyc|carolina|dakota|ohio|oklahoma"
    r"|oregon|penn(?:sylvania)?|rhode island|tennessee|tex(?:as)?|utah|vermont|virginia|washington|wisconsin|wyoming"
    r"|guam|puerto rico|d\.c\.)"
)
_AFTER_STATE: Final = re.compile(rf"(?<!\w){_STATE}\.?,?[ ]{{1,2}}{_ZIP}", re.IGNORECASE)
_AFTER_CUE: Final = re.compile(
    r"\b(?:zip(?:[ -]?code)?|postal code|post ?code|postcode|code postal|cp|plz|postleitzahl|c[óo]digo postal)\b"
    r"[ ,:=#]{0,3}(?:(?:is|was|est|ist|war|of|in|from|van|de|es|now|my|mine|um|it's|c'est)[ :]{1,2}){0,2}" + _ZIP,
    re.IGNORECASE,
)
_LIVING_IN: Final = re.compile(
    r"\b(?:live|lives|living|lived|reside|moved|located|based|area|near|around|from|coming|habite|vis|woon|wohne|lebe"
    r"|regio|région|postcode|zip)[ ](?:(?:in|at|to|near|around|from|à|dans|te|bei|the|le|de)[ ]){0,2}" + _ZIP,
    re.IGNORECASE,
)
_BEFORE_CUE: Final = re.compile(
    rf"(?<![\w.,€$£+/-]){_ZIP}[ ,(]{{1,2}}(?:is my |my |as my )?(?:zip|area)\b", re.IGNORECASE
)
_NINE: Final = re.compile(r"(?<![\w.,€$£+/-])(?P<zip>[0-9]{5}-[0-9]{4})(?![\w-])")
_WHOLE_MESSAGE: Final = re.compile(r"\s{0,8}+(?P<zip>[0-9]{5}(?:-[0-9]{4})?)[\s.!]{0,8}+\Z")
"""The answer to "what is your ZIP code?"."""


def find(message: Glance) -> Iterator[Match]:
    """Yield every date finer than a year, age over 89 and ZIP code in a message."""
    text = message.text
    for start, end in safe_harbor_dates.find(message):
        yield Match(Entity.DATE_OF_BIRTH, start, end, SHAPE)
    for start, end in safe_harbor_ages.find(text):
        yield Match(Entity.DATE_OF_BIRTH, start, end, SHAPE)
    for expression, score in ((_AFTER_STATE, SHAPE), (_NINE, SHAPE), (_AFTER_CUE, CUED), (_BEFORE_CUE, CUED)):
        for hit in expression.finditer(text):
            yield Match(Entity.LOCATION, *hit.span("zip"), score)
    for hit in _LIVING_IN.finditer(text):
        if not is_amount(text, *hit.span("zip")):
            yield Match(Entity.LOCATION, *hit.span("zip"), CUED)
    whole = _WHOLE_MESSAGE.match(text)
    if whole:
        yield Match(Entity.LOCATION, *whole.span("zip"), CUED)
