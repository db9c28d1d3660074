"""One sentence of a model's answer before it is shown, as the rules read it, and what the answer may rest on."""

from __future__ import annotations

import datetime as dt
import functools
import re
from enum import StrEnum
from typing import Final

from schemas.taxonomy import Language
from workers.llm.folding import plain
from workers.llm.published import Published
from workers.llm.quantities import Quantity, quantities, readable
from workers.llm.quantity_words import Kind
from workers.llm.subjects import Mention

PHONE: Final = re.compile(r"(?<![a-z0-9])\+?\(?[0-9](?:[ ./()\-:_*\n]{0,4}[0-9]){6,}")
"""Seven digits or more, however they are parted: somebody's number, or dates and times in a row."""
_ADDRESS: Final = re.compile(r"\S*(?:://|@)\S*")


class Rule(StrEnum):
    """Why a sentence was held; a label that logs and metrics may carry."""

    PERSONAL = "personal"
    """An address, a number or a name that is not the clinic's own."""
    LINK = "link"
    MARKUP = "markup"
    PROMPT = "prompt"
    PRICE = "price"
    HOURS = "hours"
    FIGURE = "figure"
    """A duration, a share or another number that the file does not give for what is spoken of."""
    DOSE = "dose"
    VERDICT = "verdict"
    PROMISE = "promise"


class Grounds:
    """What one turn's answer may rest on."""

    def __init__(
        self, published: Published, *, language: Language, focus: frozenset[str], today: dt.date, canary: str
    ) -> None:
        """Keep what the rules ask.

        Args:
            published: The clinic's figures.
            language: Of the answer, whose number words are read.
            focus: The subjects that the visitor asked about.
            today: The clinic's own day.
            canary: What stands in this turn's prompt and nowhere else.
        """
        self.published = published
        self.language = language
        self.focus = focus
        self.today = today
        self.canary = canary

    def may_say(self, quantity: Quantity, subjects: frozenset[str]) -> bool:
        """Whether the clinic's file gives `quantity` for one of `subjects`."""
        meanings = {quantity.meaning, *quantity.other}
        return any(not meanings.isdisjoint(self.published.meanings(subject, self.today)) for subject in subjects)


class Draft:
    """A sentence with the end of what went out before it, so that nothing hides in the seam.

    Finds count when they reach into the sentence itself: what stands before it has been judged.
    """

    def __init__(self, sentence: str, *, before: str, named: frozenset[str], grounds: Grounds) -> None:
        """Prepare `sentence` for the rules.

        Args:
            sentence: As the model wrote it.
            before: The end of the text that was judged before.
            named: The subjects named last in the answer so far.
            grounds: What the answer may rest on.
        """
        self.grounds = grounds
        self.named = named
        led_by = plain(before)
        self.shown = led_by + plain(sentence)
        """In the spelling of `folding.plain`, for rules that need capitals."""
        self.shown_start = len(led_by)
        led_by = readable(before)
        self.text = led_by + readable(sentence)
        """In the form of `quantities.readable`."""
        self.start = len(led_by)

    @functools.cached_property
    def quantities(self) -> list[Quantity]:
        """The numbers that reach into the sentence, with what they count."""
        found = quantities(self.text, self.grounds.language)
        addresses = [match.span() for shape in (PHONE, _ADDRESS) for match in shape.finditer(self.text)]
        return [it for it in found if it.end > self.start and not _is_part(it, addresses)]

    @functools.cached_property
    def mentions(self) -> list[Mention]:
        """The subjects that the sentence names."""
        found = self.grounds.published.subjects.find(self.text[self.start :])
        return [Mention(it.subject, it.start + self.start, it.end + self.start) for it in found]


def _is_part(quantity: Quantity, addresses: list[tuple[int, int]]) -> bool:
    """Whether a bare number is a part of a telephone number or a link, which have rules of their own."""
    return quantity.kind is Kind.BARE and any(
        start <= quantity.start and quantity.end <= end for start, end in addresses
    )
