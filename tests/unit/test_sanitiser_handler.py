"""A raw turn in, a clean turn and the gateway's copy out."""

from __future__ import annotations

import traceback
from unittest.mock import patch

import pytest

from schemas.raw import RawTurn
from schemas.taxonomy import Entity, Language
from schemas.turns import Said
from workers.sanitiser import presidio
from workers.sanitiser.engine import Engine
from workers.sanitiser.handler import SanitiserFailed, sanitise
from workers.sanitiser.keep import keep_words

KEEP = keep_words(None)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def raw(text: str, *previous: str, language: Language = Language.EN) -> RawTurn:
    said = [
        turn for line in previous for turn in (Said(role="visitor", text=line), Said(role="assistant", text="Yes?"))
    ]
    return RawTurn(
        turn_id="t1",
        clinic="c",
        language=language,
        text=text,
        history=tuple(said),
        reply_key=bytes(32),
        budget_ms=20_000,
    )


def test_the_clean_turn_carries_everything_but_personal_data(engine: Engine):
    cleaned, clean = sanitise(
        raw("hi I'm Emma Vandenbroucke, mail emma.vdb@gmail.com, tel 0478 12 34 56, how much is botox?"),
        engine=engine,
        keep=KEEP,
    )
    assert clean.text == "hi I'm [name hidden], mail [email hidden], tel [phone hidden], how much is botox?"
    assert (cleaned.text, cleaned.count, cleaned.previous) == (clean.text, 3, None)
    assert cleaned.entities == (Entity.NAME, Entity.EMAIL, Entity.PHONE)
    assert (clean.turn_id, clean.clinic, clean.findings, clean.budget_ms) == ("t1", "c", 3, 20_000)


def test_the_language_is_the_messages_own(engine: Engine):
    cleaned, clean = sanitise(raw("doet u botox en wat kost dat"), engine=engine, keep=KEEP)
    assert cleaned.language is clean.language is Language.NL


@pytest.mark.parametrize(
    "previous, text, previous_clean, clean",
    [
        pytest.param(
            "my number is 0478 12", "34 56 thanks", "my number is [phone hidden]", "[phone hidden] thanks", id="phone"
        ),
        pytest.param(
            "write to emma.vdb", "@gmail.com please", "write to [email hidden]", "[email hidden] please", id="e-mail"
        ),
        pytest.param("BE68 5390", "0754 7034 it is", "[iban hidden]", "[iban hidden] it is", id="account"),
        pytest.param("my name is", "priya", None, "[name hidden]", id="a cue before, the name after"),
        pytest.param("I live in", "gent", None, "[location hidden]", id="a cue before, the town after"),
        pytest.param(
            "I'm [name hidden], 0478 12",
            "34 56",
            "I'm [name hidden], [phone hidden]",
            "[phone hidden]",
            id="beside a placeholder",
        ),
    ],
)
def test_data_split_over_two_messages_goes_from_both(
    engine: Engine, previous: str, text: str, previous_clean: str | None, clean: str
):
    cleaned, turn = sanitise(raw(text, "hello", previous), engine=engine, keep=KEEP)
    assert (cleaned.previous, cleaned.text, turn.text) == (previous_clean, clean, clean)
    visitor = [said.text for said in turn.history if said.role == "visitor"]
    assert visitor == ["hello", previous_clean or previous]
    assert len(turn.history) == 4


@pytest.mark.parametrize(
    "previous, text",
    [
        pytest.param("lips or botox?", "how much is 1 ml", id="nothing personal"),
        pytest.param("I'm [name hidden]", "and what about fillers?", id="a placeholder before"),
        pytest.param("is it 250", "or 300 euro?", id="two prices"),
        pytest.param("[phone hidden]", "do you open at 9?", id="a placeholder before a number"),
    ],
)
def test_harmless_messages_leave_the_history_alone(engine: Engine, previous: str, text: str):
    cleaned, turn = sanitise(raw(text, previous), engine=engine, keep=KEEP)
    assert (cleaned.previous, cleaned.text, cleaned.count) == (None, text, 0)
    assert turn.history == raw(text, previous).history


def test_placeholders_that_the_visitor_typed_stay(engine: Engine):
    text = "what does [name hidden] mean, and [date of birth hidden]?"
    cleaned, _ = sanitise(raw(text), engine=engine, keep=KEEP)
    assert (cleaned.text, cleaned.count) == (text, 0)


def test_data_around_a_placeholder_goes_without_breaking_it(engine: Engine):
    cleaned, _ = sanitise(raw("see https://x.example/[name hidden] ok"), engine=engine, keep=KEEP)
    assert cleaned.text == "see [url hidden][name hidden] ok"


def test_a_failed_analysis_gives_no_text_and_no_cause(engine: Engine):
    with (
        patch.object(presidio, "matches", side_effect=RuntimeError("my name is Canary")),
        pytest.raises(SanitiserFailed) as caught,
    ):
        sanitise(raw("my name is Canary"), engine=engine, keep=KEEP)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert "Canary" not in "".join(traceback.format_exception_only(caught.value))


def test_after_a_failure_the_engine_goes_on(engine: Engine):
    with patch.object(presidio, "matches", side_effect=RuntimeError), pytest.raises(SanitiserFailed):
        sanitise(raw("hello"), engine=engine, keep=KEEP)
    assert sanitise(raw("my name is priya"), engine=engine, keep=KEEP)[0].count == 1
