"""Addresses of computers on the internet."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.recognisers.match import CUED, Match

_V4: Final = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2}|:[0-9]{1,5})?(?![\w]|\.[0-9])")
_V6: Final = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%\w{1,8})?(?![\w:])", re.IGNORECASE)
_FRENCH_STYLE: Final = re.compile(r"\d\d(?:\.\d\d){3}")
"""Four pairs of digits are more often a broken telephone number, or times, than an address."""

_CLOCKS: Final = re.compile(r"\d{0,2}(?::\d{0,2}){2}")
"""Two pairs of digits around a slip of the finger ("10::20")."""
_VERSION: Final = re.compile(r"\d(?:\.\d){3}")


def find(message: Glance) -> Iterator[Match]:
    """Yield every IPv4 or IPv6 address in a message."""
    text = message.text
    if text.count(".") >= 3:  # noqa: PLR2004  # the dots of an IPv4 address
        for hit in _V4.finditer(text):
            if not (_FRENCH_STYLE.fullmatch(hit[0]) or _VERSION.fullmatch(hit[0])):
                yield Match(Entity.IP, hit.start(), hit.end(), CUED)
    if text.count(":") >= 2:  # noqa: PLR2004  # the least colons of an IPv6 address
        for hit in _V6.finditer(text):
            if _is_v6(hit[0].partition("%")[0]):
                yield Match(Entity.IP, hit.start(), hit.end(), CUED)


def _is_v6(text: str) -> bool:
    if len(text) <= len("::") or _CLOCKS.fullmatch(text):
        return False
    try:
        ipaddress.IPv6Address(text)
    except ipaddress.AddressValueError:
        return False
    return True
