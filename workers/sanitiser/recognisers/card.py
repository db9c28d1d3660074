"""Payment cards. The Luhn sum only decides between the labels `card` and `id`; the digits go either way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.digits import digits_of
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_NUMBER: Final = re.compile(r"(?<![\w+])[0-9](?:[ .\-]?[0-9]){12,18}(?![\w])")
_BY_FOURS: Final = re.compile(r"[2-6]\d{3}[ .-]\d{4}[ .-]\d{4}[ .-]\d{4}|3[47]\d{2}[ .-]\d{6}[ .-]\d{5}")
_SECURITY_CODE: Final = re.compile(
    r"\b(?:cvv2?|cvc2?|cryptogramme|security code|code de s[ée]curit[ée]|pr[üu]fziffer"
    r"|veiligheidscode)\b\s{0,2}(?:is|est|ist|:|=)?\s{0,2}"
    r"(?P<value>[0-9]{3,4})\b",
    re.IGNORECASE,
)
_EXPIRY: Final = re.compile(
    r"\b(?:exp(?:iry|ires|iration|ire)?|valid (?:thru|until)|vervaldatum|verval|geldig tot|g[üu]ltig bis"
    r"|ablaufdatum)\b[^\d\n]{0,12}"
    r"(?P<value>(?:0?[1-9]|1[0-2])[ ]?[/-][ ]?(?:20)?[0-9]{2})\b",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Match]:
    """Yield every card number in `text`, and a security code or an expiry that is named as such."""
    for hit in _NUMBER.finditer(text):
        digits = digits_of(hit[0])
        is_card = _BY_FOURS.fullmatch(hit[0]) is not None or luhn.is_valid(digits)
        yield Match(Entity.CARD if is_card else Entity.ID, hit.start(), hit.end(), CUED if is_card else SHAPE)
    for expression in (_SECURITY_CODE, _EXPIRY):
        for hit in expression.finditer(text):
            yield Match(Entity.CARD, hit.start("value"), hit.end("value"), CUED)
