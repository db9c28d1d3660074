"""Bank accounts: the shape of an IBAN. The check digits are not looked at: a mistyped account is still somebody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.recognisers.match import CUED, Match

_N, _A, _C = "[0-9]", "[a-z]", "[a-z0-9]"
_ACCOUNTS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "AT": ((_N, 16),),
    "BE": ((_N, 12),),
    "CH": ((_N, 5), (_C, 12)),
    "DE": ((_N, 18),),
    "DK": ((_N, 14),),
    "ES": ((_N, 20),),
    "FI": ((_N, 14),),
    "FR": ((_N, 10), (_C, 11), (_N, 2)),
    "GB": ((_A, 4), (_N, 14)),
    "IE": ((_A, 4), (_N, 14)),
    "IT": ((_A, 1), (_N, 10), (_C, 12)),
    "LU": ((_N, 3), (_C, 13)),
    "MC": ((_N, 10), (_C, 11), (_N, 2)),
    "NL": ((_A, 4), (_N, 10)),
    "PL": ((_N, 24),),
    "PT": ((_N, 21),),
    "SE": ((_N, 20),),
}
"""What follows the two check digits, by country: kinds of characters and how many.

Exact lengths are what keeps an account from swallowing the words after it.
"""
_SEPARATOR: Final = r"[ .\-]?"


def _account(parts: tuple[tuple[str, int], ...]) -> str:
    return "".join(f"(?:{_SEPARATOR}{kind}){{{count}}}" for kind, count in parts)


_EXACT: Final = re.compile(
    r"(?<![\w])(?:"
    + "|".join(
        f"{country.lower()}{_SEPARATOR}[0-9][ ]?[0-9]{_account(parts)}[0-9]{{0,4}}"
        for country, parts in _ACCOUNTS.items()
    )
    + ")"
)
"""Digits stuck to the end are a slip of the finger and go too."""
_LETTER_BY_LETTER: Final = re.compile(r"(?<!\w)[a-z][ .-][a-z](?:[ .-][0-9]){8,30}(?!\w)")
_BEGUN: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(_ACCOUNTS)})[0-9]{{2}}(?:[ ][0-9]{{4}}|[ ][A-Z]{{4}})(?:[ ][0-9A-Z]{{2,4}})?(?!\w)"
)
"""The first groups alone, in capitals: the rest may come in the next message."""
_CUED: Final = re.compile(
    r"\b(?:iban|rekening(?:nummer|nr)?|compte|konto(?:nummer)?|account)\b[ :.=-]{1,4}(?:is |est |ist |begins "
    r"|starts )?(?:with |nr )?"
    r"(?P<value>[a-z]{2}[ ]?[0-9]{2}(?:[ ]?[0-9]{2,4}){0,8})(?!\w)",
)
_MISTYPED: Final = re.compile(r"(?<![\w])[a-z]{2}[0-9]{2}(?:[ .\-]?[a-z]{4}(?=[ .\-]?[0-9]))?(?:[ .\-]?[0-9]){8,30}")
"""Any country, any length, digits only (after a bank's four letters, as in NL and GB)."""


_OPENING: Final = re.compile(r"(?<!\w)[a-z][ .-]?[a-z][ .-]?[0-9]")
"""How every account begins."""


def find(message: Glance) -> Iterator[Match]:
    """Yield every bank account in a message."""
    text, low = message.text, message.low
    if not message.digits or not _OPENING.search(low):
        return
    for expression, reading in ((_EXACT, low), (_MISTYPED, low), (_LETTER_BY_LETTER, low), (_BEGUN, text)):
        for hit in expression.finditer(reading):
            yield Match(Entity.IBAN, hit.start(), hit.end(), CUED)
    for hit in _CUED.finditer(low):
        yield Match(Entity.IBAN, *hit.span("value"), CUED)
