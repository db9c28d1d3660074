"""What the sanitiser looks for: one file a kind of personal data, each a pure `find(message)`.

A recogniser reads normalised text (`normalise`), of which a first look has told what is in it (`glance`), and reports
spans of it with a score (`match`). All of them run on
every message, whatever its language: visitors mix languages, and a Belgian writes a French number. They hide **on
shape**; a checksum only chooses between labels. Their expressions are linear in the length of the text: every
repetition is bounded or possessive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from workers.sanitiser.glance import Glance
from workers.sanitiser.recognisers import (
    card,
    date_of_birth,
    email,
    goods,
    handle,
    iban,
    ids,
    ip,
    location,
    name,
    phone,
    url,
)
from workers.sanitiser.recognisers.match import Match

type Find = Callable[[Glance], Iterable[Match]]

PATTERNS: Final[tuple[tuple[str, Find], ...]] = (
    ("email", email.find),
    ("phone", goods.without(phone.find)),
    ("iban", iban.find),
    ("card", goods.without(card.find)),
    ("date_of_birth", date_of_birth.find),
    ("ids", goods.without(ids.find)),
    ("url", url.find),
    ("ip", ip.find),
    ("handle", handle.find),
    ("location", location.find),
    ("name", name.find),
)
"""Every recogniser that needs no model: its name, as its file is called, and its function."""
