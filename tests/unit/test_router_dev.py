"""What the router makes of the development messages: its weights were fitted on them, so a fall says that it broke."""

import pytest

from schemas.taxonomy import SPOKEN
from schemas.taxonomy import Path as Way
from tests.corpus.answers import Judged, judge


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((language, every), id=f"{language}, {which}", marks=marks)
        for every, which, marks in ((4, "every fourth", ()), (1, "all", pytest.mark.long))
        for language in SPOKEN
    ],
)
def judged(request) -> list[Judged]:
    language, every = request.param
    return list(judge("routing", language, "dev", every=every))


@pytest.mark.parametrize(
    "what,least", [pytest.param("path", 0.97, id="path"), ("intent", 0.97), ("topic", 0.94), ("facts", 0.96)]
)
def test_most_messages_are_understood(judged, what, least):
    assert sum(what not in one.faults for one in judged) >= least * len(judged)


def test_hardly_an_answer_names_another_treatments_price(judged):
    answers = [one for one in judged if one.made.path is Way.DETERMINISTIC]
    assert sum("price" in one.faults for one in answers) <= 0.01 * len(answers)
