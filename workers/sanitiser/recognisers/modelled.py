"""Names and places by both readers."""

from __future__ import annotations

from collections.abc import Iterator

from workers.sanitiser.glance import Glance
from workers.sanitiser.recognisers import tagged
from workers.sanitiser.recognisers.match import Match
from workers.sanitiser.second_reader import SecondReader


class Modelled:
    """Both readers as a recogniser."""

    def __init__(self, reader: SecondReader) -> None:
        self._reader = reader

    def find(self, message: Glance) -> Iterator[Match]:
        """Yield the names and places in `message`."""
        if tagged.has_words(message.tokens):
            odds = self._reader.read(message.text, message.tokens)
            yield from tagged.matches(message.text, message.tokens, odds)
