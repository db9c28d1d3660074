"""Names on social networks: @handle, or what follows "insta", "ig", "snap" and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schemas.taxonomy import Entity
from workers.sanitiser.lexicon import common_words, fold
from workers.sanitiser.recognisers.match import CUED, SHAPE, Match

_AT: Final = re.compile(r"(?<![\w@.+%-])@(?P<value>[^\W\d][\w.]{1,40})")
_NETWORK: Final = (
    r"\b(?:insta(?:gram)?|ig|fb|facebook|messenger|snap(?:chat)?|tik ?tok|telegram|twitter|linkedin|discord|skype"
    r"|signal|pinterest|"
    r"threads|youtube)"
)
_CUED: Final = re.compile(
    rf"{_NETWORK}(?P<named>[ -]{{0,2}}(?:name|handle|account|profil[e]?|compte|pseudo|naam|user(?:name)?|konto"
    rf"|nick))?"
    r"\s{0,2}(?P<tied>is|est|c'est|ist|heet|[:=>-]{1,2}|als|as|under|sous|onder"
    r"|unter)?\s{0,2}(?P<value>@?[^\W][\w.]{2,40})",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Match]:
    """Yield every handle in `text`."""
    for hit in _AT.finditer(text):
        yield Match(Entity.HANDLE, hit.start(), hit.end(), SHAPE)
    for hit in _CUED.finditer(text):
        value = hit["value"].rstrip(".")
        made_up = any(c in "_." or c.isdigit() for c in value)
        tied = hit["named"] or hit["tied"]
        if made_up or (tied and fold(value) not in common_words()):
            yield Match(Entity.HANDLE, hit.start("value"), hit.start("value") + len(value), CUED)
