"""Payment cards. The Luhn sum only decides between the labels `card` and `id`; the digits go either way.

An expiry alone stays: with the number hidden it is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import lowered
from workers.sanitiser.recognisers.digits import before, digits_of
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_GROUPED: Final = re.compile(
    r"(?<![\w+])(?:[2-6]\d{3}(?:[ .\-_/]{1,3}\d{4}){3}(?:[ .-]\d{1,3}(?![\d/.-]))?"
    r"|3[47]\d{2}[ .-]{1,3}\d{6}[ .-]{1,3}\d{5}"
    r"|[2-6]\d{3}(?:[ .-]\d{4}){2}[ .-]\d{2,3}|3[0689]\d{2}[ .-]\d{6}[ .-]\d{4})(?!\d)"
)
"""Grouped as on a card, a digit too few or too many included."""
_NUMBER: Final = re.compile(r"(?<![\w+])[0-9](?:[ .\-]{0,3}[0-9]){12,18}(?!\w)")
_CUE: Final = re.compile(
    r"(?:card|carte|kaart|karte|visa|master ?card|amex|american express|maestro|bancontact|mister cash|girocard|verve"
    r"|cb|pan|kreditkarte|debit|credit|cr[ée]dit)(?!\w)[^\d\n]{0,30}$",
)
_PART: Final = re.compile(r"(?<![\w+])[2-6]\d{3}(?:[ .-]?\d{4}){1,2}(?![\w]|[.,]\d)")
"""Half a card number, after a cue."""
_SECURITY_CODE: Final = re.compile(
    r"\b(?:cvv2?|cvc2?|csc|cid|cryptogramme|security code|code de s[ée]curit[ée]|pr[üu]f(?:ziffer|nummer)"
    r"|beveiligingscode"
    r"|veiligheidscode|pin ?code|pin|(?:3|three|drie|trois|drei) (?:digits?|cijfers|chiffres|ziffern)[^\d\n]{0,16})"
    r"\s{0,2}(?:code|nummer|number)?\s{0,2}(?:is|est|ist|:|=)?\s{0,2}(?P<value>[0-9]{3,4})\b",
)

_CODE_AFTER: Final = re.compile(
    r"[ ,;/-]{1,4}(?:exp\w{0,8}[ :.]{1,2})?(?:0[1-9]|1[0-2])[ ]?/[ ]?(?:20)?\d\d[ ,;/-]{1,3}(?P<value>\d{3,4})"
    r"(?![\w.,]\d|\w|[ ]?[€%])"
)
"""The security code after number and expiry."""
_LAST_DIGITS: Final = re.compile(
    r"(?:ending|ends|eindig\w{0,6}|finissant|finit|se termine|endet|endend|last (?:4|four)|laatste (?:4|vier)"
    r"|4 derniers|letzte[nr]? (?:4|vier))"
    r"[^\d\n]{0,20}(?P<value>\d{4})(?!\w|[.,]\d)",
)
_FEWEST_DIGITS: Final = 13
"""Digits of the shortest number of a card, whole or nearly."""
_FEWEST_OF_A_CODE: Final = 3


def find(message: Glance) -> Iterator[Match]:
    """Yield every card number in a message, and a security code that is named as such."""
    if message.digits >= _FEWEST_DIGITS:
        yield from _numbers(message.text)
    if message.digits >= _FEWEST_OF_A_CODE:
        yield from _named(message.text, message.low)


def _numbers(text: str) -> Iterator[Match]:
    """Yield what has the length of a card's number, and the security code after it."""
    grouped = [hit.span() for hit in _GROUPED.finditer(text)]
    for start, end in grouped:
        yield Match(Entity.CARD, start, end, CUED)
        code = _CODE_AFTER.match(text, end)
        if code:
            yield Match(Entity.CARD, *code.span("value"), CUED)
    for hit in _NUMBER.finditer(text):
        if all(hit.end() <= start or hit.start() >= end for start, end in grouped):
            is_card = luhn.is_valid(digits_of(hit[0])) or _CUE.search(lowered(before(text, hit.start()))) is not None
            yield Match(Entity.CARD if is_card else Entity.ID, hit.start(), hit.end(), CUED if is_card else SHAPE)


def _named(text: str, low: str) -> Iterator[Match]:
    """Yield parts of a number, and codes, that are named as such."""
    for hit in _LAST_DIGITS.finditer(low):
        if _CUE.search(lowered(before(text, hit.start()))):
            yield Match(Entity.CARD, *hit.span("value"), CUED)
    for hit in _PART.finditer(text):
        if _CUE.search(lowered(before(text, hit.start()))):
            yield Match(Entity.CARD, hit.start(), hit.end(), CUED)
    for hit in _SECURITY_CODE.finditer(low):
        yield Match(Entity.CARD, hit.start("value"), hit.end("value"), CUED)
