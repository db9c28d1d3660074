"""Web addresses: with a scheme, with www, or a bare domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.recognisers.match import SHAPE, Match

_MARKED: Final = re.compile(r"(?<![\w])(?:https?://|hxxps?://|www\.)[^\s<>\"]{2,2000}", re.IGNORECASE)
_LABEL: Final = r"[^\W_][\w-]{0,62}"
_BARE: Final = re.compile(
    rf"(?<![\w@.-]){_LABEL}(?:\.{_LABEL}){{0,3}}"
    r"\.(?:com|nl|fr|lu|ch|eu|net|org|info|io|co\.uk|uk|brussels|vlaanderen|gent|amsterdam|paris|berlin|app|shop"
    r"|online|site|"
    r"tv|biz|link|bio|es|pt|pl)(?:/[^\s<>\"]{0,2000})?(?![\w@-])",
    re.IGNORECASE,
)
_BARE_WORD_LIKE: Final = re.compile(
    rf"(?<![\w@.-]){_LABEL}(?:\.{_LABEL}){{0,3}}\.(?:be|de|me|at|it|is|us|in|to|ly|gg)(?:/[^\s<>\"]{{1,2000}}"
    rf"|(?=[\s.,;:!?)]{{0,3}}$))",
    re.IGNORECASE | re.MULTILINE,
)
"""Endings that are words too ("merci.de rien"): only with a path, or at the end of a line."""
_TAIL: Final = ".,;:!?)'\"]"


def find(text: str) -> Iterator[Match]:
    """Yield every web address in `text`; punctuation that ends a sentence is not part of it."""
    if "." not in text and "://" not in text:
        return
    for expression in (_MARKED, _BARE, _BARE_WORD_LIKE):
        for hit in expression.finditer(text):
            address = hit[0].rstrip(_TAIL)
            if address and not address.replace(".", "").isdigit():
                yield Match(Entity.URL, hit.start(), hit.start() + len(address), SHAPE)
