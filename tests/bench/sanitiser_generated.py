"""Messages out of our domain, generated: presidio-evaluator's English templates, filled with Faker's values.

Names are of several countries; everything else is of the same country where Faker has it. A place counts as personal
where a house number or a postcode stands with it; a town, a street, a country or an employer alone is neither counted
as personal nor as something that must survive.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import random
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from faker import Faker

from schemas.taxonomy import Entity, Language
from tests.corpus.annotated import FIRST_CLINIC, MAX_CHARS, Mark, Message
from tests.corpus.measures import words

PACKAGE: Final = "presidio_evaluator"
LOCALES: Final = ("en_GB", "en_US", "nl_BE", "nl_NL", "fr_BE", "fr_FR", "de_DE")
YEAR: Final = (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 12, 31, tzinfo=dt.UTC))
"""Of made-up dates: Faker's "this year" ends now, and is another a minute later."""

_FIELD: Final = re.compile(r"\{{1,2}([a-z_]+)\}{1,2}")
_NAMES: Final = words(
    "person name name_male name_female first_name first_name_male first_name_female first_name_nonbinary last_name "
    "last_name_male last_name_female"
)
_ENTITIES: Final = {
    **dict.fromkeys(_NAMES, Entity.NAME),
    "email": Entity.EMAIL,
    "phone_number": Entity.PHONE,
    "address": Entity.LOCATION,
    "iban": Entity.IBAN,
    "credit_card_number": Entity.CARD,
    "ssn": Entity.ID,
    "us_driver_license": Entity.ID,
    "date_of_birth": Entity.DATE_OF_BIRTH,
    "url": Entity.URL,
    "ip_address": Entity.IP,
}
_PARTS_OF_ADDRESS: Final = words("building_number street_name secondary_address postcode zipcode city")
_CORE_OF_ADDRESS: Final = words("building_number secondary_address postcode zipcode")
_DOUBTFUL: Final = words("city street_name organization date_of_birth")
"""What may be personal or not by itself: a message with no more than these is no harmless one."""
_BIRTH: Final = re.compile(r"birth|born", re.IGNORECASE)
_GAP: Final = re.compile(r"[\s,>?]*")
_NAMED_ELSEWHERE: Final = {"organization": "company", "zipcode": "postcode", "ip_address": "ipv4"}
"""What Faker calls a field of the templates."""

type _Filled = list[tuple[str, int, int]]
"""Fields with the half-open span of their value."""


def generated(*, rounds: int, seed: int) -> list[Message]:
    """Return every template filled `rounds` times; the same for the same `seed`.

    Raises:
        FileNotFoundError: presidio-evaluator is not installed.
    """
    fakes = [Faker(locale) for locale in LOCALES]
    for i, fake in enumerate(fakes):
        fake.seed_instance(seed + i)
    chance = random.Random(seed)  # noqa: S311  # test data
    rows = [(number, template) for number, template in enumerate(templates(), start=1) for _ in range(rounds)]
    made = [_message(number, template, chance.choice(fakes), chance) for number, template in rows]
    return [message for message in made if message is not None and 0 < len(message.text) <= MAX_CHARS]


def templates() -> Iterator[str]:
    """Yield the templates as they are published; the package's code is never imported.

    Raises:
        FileNotFoundError: presidio-evaluator is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {PACKAGE} is not installed")
    file = Path(spec.origin).parent / "data_generator" / "raw_data" / "templates.txt"
    yield from filter(None, map(str.strip, file.read_text("utf-8", errors="replace").splitlines()))


def _message(number: int, template: str, fake: Any, chance: random.Random) -> Message | None:
    """Return one message; None where nothing in it is surely personal, but something may be."""
    pieces: list[str] = []
    filled: _Filled = []
    done = length = 0
    for hit in _FIELD.finditer(template):
        before, value = _plain(template[done : hit.start()]), _value(hit[1], fake, chance)
        pieces += (before, value)
        length += len(before)
        filled.append((hit[1], length, length + len(value)))
        length += len(value)
        done = hit.end()
    text = "".join((*pieces, _plain(template[done:])))
    marks = sorted((*_single_fields(filled, template), *_addresses(filled, text)), key=lambda mark: mark.start)
    if not marks and any(field in _DOUBTFUL for field, _, _ in filled):
        return None
    return Message(text, tuple(marks), FIRST_CLINIC[Language.EN], "generated", number)


def _plain(template: str) -> str:
    return template.replace("\\n", "\n").replace("\\,", ",")


def _single_fields(filled: _Filled, template: str) -> Iterator[Mark]:
    for field, start, end in filled:
        if field in _ENTITIES and (field != "date_of_birth" or _BIRTH.search(template)):
            yield Mark(_ENTITIES[field], start, end)


def _addresses(filled: _Filled, text: str) -> Iterator[Mark]:
    """Yield addresses that a template puts together, each as one span."""
    together: _Filled = []
    for part in (*filled, ("", len(text), len(text))):
        apart = not together or part[0] not in _PARTS_OF_ADDRESS or not _GAP.fullmatch(text[together[-1][2] : part[1]])
        if apart:
            if any(field in _CORE_OF_ADDRESS for field, _, _ in together):
                yield Mark(Entity.LOCATION, together[0][1], together[-1][2])
            together = []
        if part[0] in _PARTS_OF_ADDRESS:
            together.append(part)


def _value(field: str, fake: Any, chance: random.Random) -> str:
    made = _MADE.get(field)
    if made is not None:
        return made(fake, chance)
    provider = getattr(fake, _NAMED_ELSEWHERE.get(field, field), None)
    if provider is None:
        raise ValueError(f"no value for the field {field} of a template")
    return str(provider()).replace("\n", ", ")


def _birthday(fake: Any, chance: random.Random) -> str:
    day = fake.date_of_birth(minimum_age=18, maximum_age=90)
    return day.strftime(chance.choice(("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d.%m.%Y")))


_MADE: Final[Mapping[str, Callable[[Any, random.Random], str]]] = {
    "age": lambda _, chance: str(chance.randint(18, 88)),
    "date_of_birth": _birthday,
    "date_time": lambda fake, _: fake.date_time_between(*YEAR).strftime("%d %B, %H:%M"),
    **dict.fromkeys(("name", "person"), lambda fake, _: f"{fake.first_name()} {fake.last_name()}"),
    "name_female": lambda fake, _: f"{fake.first_name_female()} {fake.last_name()}",
    "name_male": lambda fake, _: f"{fake.first_name_male()} {fake.last_name()}",
    "first_name_nonbinary": lambda fake, _: fake.first_name(),
    "nation_plural": lambda _, chance: chance.choice(("Belgians", "Germans", "Swiss")),
    "nation_woman": lambda _, chance: chance.choice(("a Frenchwoman", "a Dutchwoman", "a Belgian")),
    "nationality": lambda _, chance: chance.choice(("Belgian", "Dutch", "French", "German", "Swiss")),
    "phone_number": lambda fake, _: fake.phone_number(),
    "prefix": lambda _, chance: chance.choice(("Mr", "Mrs")),
    "prefix_female": lambda _, chance: chance.choice(("Mrs", "Ms")),
    "prefix_male": lambda _, chance: chance.choice(("Mr", "Dr")),
    "secondary_address": lambda _, chance: f"Apt. {chance.randint(1, 999)}",
    "state_abbr": lambda _, chance: chance.choice(("CA", "NY", "TX", "WA")),
    "us_driver_license": lambda fake, _: fake.bothify("?#######").upper(),
    "year": lambda _, chance: str(chance.randint(1950, 2024)),
}
