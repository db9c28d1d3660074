"""What stands beside a name goes with it, and what does not stays: the rules after the readers."""

from __future__ import annotations

import pytest

from workers.sanitiser.features import tokens_of
from workers.sanitiser.recognisers.tagged import matches
from workers.sanitiser.tagger import Odds


def hidden(text: str, likely: dict[str, float]) -> list[str]:
    """Return what is hidden of `text` where the words of `likely` are names so likely, and all others are none."""
    tokens = tokens_of(text)
    odds = [Odds(likely.get(token.text, 0.0), 0.0) for token in tokens]
    return [text[match.start : match.end] for match in matches(text, tokens, odds)]


@pytest.mark.parametrize(
    "text, likely, found",
    [
        ("kim de boer", {"kim": 0.9, "boer": 0.05}, ["kim de boer"]),
        ("twan van de ven", {"twan": 0.9, "ven": 0.05}, ["twan van de ven"]),
        ("kim de kosten", {"kim": 0.9}, ["kim"]),
        ("kim. de boer", {"kim": 0.9, "boer": 0.05}, ["kim"]),
        ("kim van de", {"kim": 0.9}, ["kim"]),
        ("kim     de boer", {"kim": 0.9, "boer": 0.05}, ["kim"]),
        ("naam anneloes prins", {"anneloes": 0.9, "prins": 0.25}, ["anneloes prins"]),
        ("anneloes prins", {"anneloes": 0.9, "prins": 0.15}, ["anneloes"]),
        ("prins is hier", {"prins": 0.25}, []),
        ("B.J.M. Rademaker", {"Rademaker": 0.9}, ["B.J.M. Rademaker"]),
        ("G A Oyelaran", {"Oyelaran": 0.9}, ["G A Oyelaran"]),
        ("plan B is goed", {}, []),
    ],
)
def test_a_name_takes_with_it_what_belongs_to_it(text: str, likely: dict[str, float], found: list[str]):
    assert hidden(text, likely) == found
