"""The first look at a message: what is left out because of it would have found nothing."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.taxonomy import SPOKEN
from tests.corpus.annotated import messages
from workers.sanitiser import recognisers
from workers.sanitiser.glance import Glance, glance
from workers.sanitiser.normalise import normalise
from workers.sanitiser.recognisers import PATTERNS

FEW_DIGITS = (
    "i'm at sw1a 1aa",
    "1-abc-234",
    "ab-12-cd",
    "AB12 CDE",
    "cvv 123",
    "be12 3456",
    "10:00",
    "ab1c2d3",
    "4, rue x",
)
"""What is personal with hardly a digit."""
TEXTS = [normalise(message.text).text for language in SPOKEN for message in messages(language, "dev")][::4]
TEXTS += FEW_DIGITS
WORDS = sorted({word for text in TEXTS for word in text.split()})
PATTERN_FINDS = [pytest.param(find, id=name) for name, find in PATTERNS]
NAMES = ("Anna", "anna", "jan peeters", "Gent", "gent", "jane_d", "janedoe99", "0478123456", "12", "1985", "9000 gent")


class _Everything(frozenset[str]):
    """Words of which none is missing."""

    def isdisjoint(self, _: object) -> bool:
        return False


class _Containing(str):
    """A text with every part that is asked for, and like no other."""

    __slots__ = ()

    def __contains__(self, _: object) -> bool:
        return True

    def __eq__(self, _: object) -> bool:
        return False

    def __ne__(self, _: object) -> bool:
        return True

    __hash__ = str.__hash__


def opened(message: Glance) -> Glance:
    """Return `message` with a look that rules nothing out, but for digits where it has none."""
    digits = 1_000 if message.digits else 0
    return message._replace(said=_Everything(message.said), low=_Containing(message.low), digits=digits, mixed=True)


def expressions() -> list[re.Pattern[str]]:
    """Return every compiled expression of the recognisers."""
    found: dict[tuple[str, int], re.Pattern[str]] = {}
    for info in pkgutil.iter_modules(recognisers.__path__, f"{recognisers.__name__}."):
        for _, value in inspect.getmembers(importlib.import_module(info.name)):
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, re.Pattern):
                    found[one.pattern, one.flags] = one
    return [found[key] for key in sorted(found)]


def _same(text: str) -> None:
    message = glance(normalise(text).text)
    for name, find in PATTERNS:
        assert sorted(find(message)) == sorted(find(opened(message))), name


@pytest.mark.parametrize("find", PATTERN_FINDS)
def test_what_a_look_rules_out_finds_nothing_in_the_corpus(find: recognisers.Find):
    for text in TEXTS:
        message = glance(text)
        assert sorted(find(message)) == sorted(find(opened(message)))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from((" ", "  ", "-", "_", ".", ", ", "'", "\n", "", "/"))
)
def test_what_a_look_rules_out_finds_nothing_in_words_put_together(words: list[str], joint: str):
    _same(joint.join(words))


@settings(suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much), deadline=None)
@given(st.sampled_from(expressions()).flatmap(st.from_regex), st.sampled_from(NAMES))
def test_what_an_expression_matches_is_not_ruled_out(made: str, name: str):
    """Strings that the recognisers' expressions themselves make, with what may stand behind a cue."""
    for text in (made, f"{made}{name}"):
        _same(text)


def test_a_look_tells_words_signs_and_digits():
    seen = glance("Étienne: a1 1.2\nJ'Y")
    assert seen.said == {"etienne", ":", "a", "1", ".", "2", "\n", "j", "'", "y"}
    assert (seen.low, seen.digits, seen.mixed) == ("étienne: a1 1.2\nj'y", 3, True)
    assert not glance("a 1").mixed
