"""Web addresses: with a scheme, with www, a bare domain, or a domain with a path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import word_set
from workers.sanitiser.recognisers.match import SHAPE, Match

_REST: Final = r"[^\s<>\"]"
_MARKED: Final = re.compile(rf"(?<!\w)(?:h(?:tt|xx)ps?[ ]?:[ ]?/{{1,2}}[ ]?|ftp://|www[ ]?\.[ ]?){_REST}{{2,2000}}")
_LABEL: Final = r"[^\W_][\w-]{0,62}"
_HOST: Final = rf"(?<![\w@.-])(?:{_LABEL}\.){{1,4}}"
_BARE: Final = re.compile(
    rf"{_HOST}(?:com|nl|fr|lu|ch|eu|net|org|info|io|co\.uk|uk|brussels|vlaanderen|gent|amsterdam|paris|berlin"
    rf"|swiss|frl|app|shop"
    rf"|online|site|website|store|studio|blog|photos?|gallery|art|tv|biz|link|bio|es|pt|pl|dev|ai|cloud|tech"
    rf"|page|club|agency"
    rf"|beauty|salon|clinic|legal|example|co|xyz|cc|ng|ro|se|dk|cz)(?:[/?#]{_REST}{{0,2000}})?(?![\w@-])",
)
_BARE_WORD_LIKE: Final = re.compile(
    rf"{_HOST}(?:be|de|me|at|it|is|us|in|to|ly|gg|no|so|my|am|fm|la|ink|live|space|life)"
    rf"(?=[\s.,;:!?)]{{0,3}}$)",
    re.MULTILINE,
)
"""Endings that are words too ("merci.de rien"): at the end of a line."""
_WITH_PATH: Final = re.compile(rf"{_HOST}[^\W\d_]{{2,24}}(?::\d{{2,5}})?/{_REST}{{1,2000}}")
"""With a path any ending will do; so links of every shortener and cloud are found."""
_ABBREVIATIONS: Final = re.compile(r"(?:[a-z]{1,3}\.){1,3}[a-z]{1,3}/(?:[a-z]{1,3}\.){0,3}[a-z]{0,3}")
""""z.b./u.a.", "min.st/max": no host."""
_SPELLED: Final = re.compile(
    r"(?<![\w@.-])(?:(?:https?|www|w w w)[ ](?:punt|dot|point|punkt)[ ])(?:[\w-]{1,63}[ ](?:punt|dot|point"
    r"|punkt)[ ]){1,3}[a-z]{2,12}"
    r"(?:[ ](?:slash|schuine streep|schrägstrich)[ ][\w.-]{1,63}){0,3}",
)
_SPACED: Final = re.compile(
    r"(?<!\w)www[ ]{0,2}\.[ ]{0,2}[\w-]{1,63}"
    r"(?:[ ]{0,2}\.[ ]{0,2}[\w-]{1,63}){1,3}",
)
_TAIL: Final = ".,;:!?)'\"]*"


_SCHEMES: Final = word_set("http https hxxp hxxps ftp www w")
"""A word of every address that is marked as one."""
_DOT_INSIDE: Final = re.compile(r"[\w-]\.[^\W_]")
_WITH_SCHEME: Final = (_SPELLED, _SPACED)
_HOSTS: Final = (_BARE, _BARE_WORD_LIKE, _WITH_PATH)


def find(message: Glance) -> Iterator[Match]:
    """Yield every web address in a message; punctuation that ends a sentence is not part of it."""
    text, low = message.text, message.low
    marked = not _SCHEMES.isdisjoint(message.said)
    for expression in _WITH_SCHEME if marked else ():
        for hit in expression.finditer(low):
            yield Match(Entity.URL, hit.start(), hit.end(), SHAPE)
    if "." not in text and "://" not in text:
        return
    for expression in ((_MARKED,) if marked else ()) + (_HOSTS if _DOT_INSIDE.search(low) else ()):
        for hit in expression.finditer(low):
            address = hit[0].rstrip(_TAIL)
            if _is_address(address):
                yield Match(Entity.URL, hit.start(), hit.start() + len(address), SHAPE)


def _is_address(address: str) -> bool:
    host = address.partition("/")[0]
    return any(c.isalpha() for c in host) and not _ABBREVIATIONS.fullmatch(address)
