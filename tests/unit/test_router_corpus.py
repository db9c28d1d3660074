"""The corpora in `tests/corpus/router/` as tests: a row is a case."""

import datetime as dt
import functools
import tomllib
from pathlib import Path

import pytest

from schemas.clinic import Clinic, parse_clinic
from schemas.taxonomy import SPOKEN, Language
from schemas.taxonomy import Path as Way
from schemas.turns import Said
from workers.router.emergency import recognise
from workers.router.handler import decide
from workers.router.injection import injection_signs
from workers.router.understand import understand

ROOT = Path(__file__).parents[2]
CORPUS = {lang: tomllib.loads((ROOT / f"tests/corpus/router/{lang}.toml").read_text("utf-8")) for lang in SPOKEN}
NOW = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
"""A Tuesday, 11:00 in Brussels and Groningen."""


@functools.cache
def clinic(name: str) -> Clinic:
    return parse_clinic((ROOT / f"deploy/clinics/{name}.toml").read_text("utf-8"), file_id=name)


def rows(table: str):
    return [
        pytest.param(Language(lang), clinic(corpus["clinic"]), cells, id=f"{lang}: {' | '.join(cells)}")
        for lang, corpus in CORPUS.items()
        for cells in (row if isinstance(row, list) else [row] for row in corpus[table])
    ]


@pytest.mark.parametrize("lang,of,row", rows("answered"))
def test_a_common_question_is_answered_from_the_file(lang, of, row):
    text, intents, topic, fact = row
    asked = understand(text, history=(), language=lang, clinic=of)
    made = decide(text, history=(), language=lang, clinic=of, now=NOW)
    assert (made.path, set(asked.intents), made.topic) == (Way.DETERMINISTIC, set(intents.split()), topic), (
        made.evidence
    )
    assert made.intent in asked.intents
    assert made.answer is not None
    assert fact in made.answer.text
    assert made.answer.language == lang


@pytest.mark.parametrize("lang,of,row", rows("handed_on"))
def test_what_the_file_does_not_plainly_answer_goes_on_to_the_model(lang, of, row):
    text, intent, topic = row
    made = decide(text, history=(), language=lang, clinic=of, now=NOW)
    assert (made.path, made.intent, made.topic) == (Way.LLM, intent, topic), made.evidence


@pytest.mark.parametrize("lang,of,row", rows("follow_ups"))
def test_a_follow_up_is_understood_from_the_line_before(lang, of, row):
    before, spoken_of, text, intents, topic, fact = row
    history = (Said(role="visitor", text=before), Said(role="assistant", text="…", topic=spoken_of))
    asked = understand(text, history=history, language=lang, clinic=of)
    made = decide(text, history=history, language=lang, clinic=of, now=NOW)
    assert (made.path, set(asked.intents), made.topic) == (Way.DETERMINISTIC, set(intents.split()), topic), (
        made.evidence
    )
    assert made.answer is not None
    assert fact in made.answer.text


@pytest.mark.parametrize("lang,of,row", rows("emergencies"))
def test_signs_of_an_emergency_are_recognised(lang, of, row):
    text, kind = row
    found = recognise(text, language=lang)
    assert found is not None
    assert (found.kind, found.language) == (kind, lang)
    made = decide(text, history=(), language=lang, clinic=of, now=NOW)
    assert made.path is Way.EMERGENCY
    assert made.answer is not None
    assert "112" in made.answer.text


@pytest.mark.parametrize("lang,of,row", rows("no_emergencies"))
def test_words_alone_are_no_emergency(lang, of, row):
    (text,) = row
    assert recognise(text, language=lang) is None
    assert decide(text, history=(), language=lang, clinic=of, now=NOW).path is not Way.EMERGENCY


@pytest.mark.parametrize("lang,of,row", rows("attacks"))
def test_an_attempt_to_steer_is_refused(lang, of, row):
    (text,) = row
    made = decide(text, history=(), language=lang, clinic=of, now=NOW)
    assert (made.path, made.intent) == (Way.REFUSE, "injection")


@pytest.mark.parametrize("lang,of,row", rows("no_attacks"))
def test_a_harmless_look_alike_is_not_refused(lang, of, row):
    (text,) = row
    assert not injection_signs(text)
    assert decide(text, history=(), language=lang, clinic=of, now=NOW).path is not Way.REFUSE


@pytest.mark.parametrize("lang", SPOKEN)
def test_each_language_has_enough_cases(lang):
    corpus = CORPUS[lang]
    assert len(corpus["answered"]) >= 40
    assert min(len(corpus["emergencies"]), len(corpus["no_emergencies"])) >= 20
