"""What the router makes of the development messages: its weights were fitted on them, so a fall says that it broke."""

import pytest

from schemas.taxonomy import SPOKEN
from schemas.taxonomy import Path as Way
from tests.corpus.answers import Judged, judge


@pytest.fixture(scope="module", params=SPOKEN, ids=lambda language: language.value)
def judged(request) -> list[Judged]:
    return list(judge("routing", request.param, "dev"))


@pytest.mark.parametrize(
    "what,least", [pytest.param("path", 0.97, id="path"), ("intent", 0.97), ("topic", 0.94), ("facts", 0.96)]
)
def test_most_messages_are_understood(judged, what, least):
    assert sum(what not in one.faults for one in judged) >= least * len(judged)


def test_hardly_an_answer_names_another_treatments_price(judged):
    answers = [one for one in judged if one.made.path is Way.DETERMINISTIC]
    assert sum("price" in one.faults for one in answers) <= 0.02 * len(answers)
