"""What a single value of a clinic's file may be, and the two forms of text that most of its tables hold.

`Meta(description=…)` is the sentence a clinic owner reads when a value is refused (`schemas.clinic_shape`);
it says what is expected, with an example.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.taxonomy import Language

Spoken = Annotated[Language, msgspec.Meta(description='one of "en", "fr", "nl", "de"')]
"""A language that Lethe answers in."""

Line = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, description="text of 1 to 200 characters", pattern=r"\S")
]
Prose = Annotated[
    str, msgspec.Meta(min_length=1, max_length=1500, description="text of 1 to 1,500 characters", pattern=r"\S")
]
Slug = Annotated[
    str,
    msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$", description='a treatment\'s slug, e.g. "botulinum_toxin"'),
]
Money = Annotated[
    Decimal,
    msgspec.Meta(description='an amount between quotes, with a point and two decimals or none, e.g. "180.00" or "180"'),
]
"""Never a float: 0.1 has no exact binary form, and a price is exact."""
HttpsUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$",
        max_length=500,
        description='a complete https address, e.g. "https://www.clinic.example/booking"',
    ),
]
Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?$",
        description='scheme and host in lower case with no path and no final slash, e.g. "https://www.clinic.example"',
    ),
]
Phone = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\+[1-9][0-9]{6,14}$",
        description='an international number without spaces, e.g. "+3225550100"',
    ),
]
Email = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=254,
        description='an e-mail address, e.g. "hello@clinic.example"',
    ),
]
Currency = Annotated[
    Literal["EUR", "GBP", "CHF", "USD", "DKK", "SEK", "NOK", "PLN", "CZK", "HUF", "RON", "CAD", "AUD", "NZD"],
    msgspec.Meta(description='a currency\'s three letters, e.g. "EUR"'),
]
Colour = Annotated[
    str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$", description='a colour of six hex digits, e.g. "#0f766e"')
]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100, description="a whole number from 1 to 100")]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=1440, description="a whole number of minutes from 1 to 1440")]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the clinic's file."""


class Text(Part, frozen=True, kw_only=True):
    """A text for visitors: the same in every language, or one for each."""

    plain: Prose | None = None
    """What a plain string in the file becomes: shown in any language that has no text of its own."""
    en: Prose | None = None
    fr: Prose | None = None
    nl: Prose | None = None
    de: Prose | None = None

    def own(self, language: Language) -> str | None:
        """Return the text written for exactly `language`, or None."""
        return None if language is Language.OTHER else getattr(self, language.value)

    def in_language(self, language: Language, default_language: Language) -> str:
        """Return the text in `language`, else plain, else in `default_language`.

        A loaded clinic's texts all exist in its first language or plain, so "" is never returned for those.
        """
        return self.own(language) or self.plain or self.own(default_language) or ""


class Phrases(Part, frozen=True, kw_only=True):
    """Short phrases for each language: synonyms, example questions, suggestions."""

    en: tuple[Line, ...] = ()
    fr: tuple[Line, ...] = ()
    nl: tuple[Line, ...] = ()
    de: tuple[Line, ...] = ()

    def in_language(self, language: Language) -> tuple[str, ...]:
        """Return the phrases of exactly `language`; () for `Language.OTHER`."""
        return () if language is Language.OTHER else getattr(self, language.value)
