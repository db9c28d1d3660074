"""A raw turn in, a clean turn and the gateway's copy out."""

from __future__ import annotations

import traceback
from unittest.mock import patch

import pytest

from deploy.weights import weights
from schemas.raw import RawTurn
from schemas.taxonomy import Entity, Language
from schemas.turns import Said
from workers.sanitiser import engine as engine_module
from workers.sanitiser.engine import Engine
from workers.sanitiser.handler import SanitiserFailed, sanitise
from workers.sanitiser.keep import keep_words

KEEP = keep_words(None)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


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
        pytest.param(
            "mail me at [name hidden].vdb@",
            "gmail.com please",
            "mail me at [email hidden]",
            "[email hidden] please",
            id="an address whose beginning passed for a name",
        ),
        pytest.param("it's jo99@", "gmail", "it's [email hidden]", "[email hidden]", id="a provider without its end"),
        pytest.param(
            "+31 6 18 hang on", "33 40 27 there", "[phone hidden] hang on", "[phone hidden] there", id="words between"
        ),
        pytest.param(
            "zero six five one",
            "double seven 40 29 3 ok",
            "[phone hidden]",
            "[phone hidden] ok",
            id="a number in words",
        ),
        pytest.param(
            "emma.vdb99(at)", "telenet(punt)be", "[email hidden]", "[email hidden]", id="an address that is spelled"
        ),
        pytest.param("van der", "Straeten, for lips", "[name hidden]", "[name hidden], for lips", id="particles alone"),
        pytest.param("[handle hidden]", ".faridah on insta", None, "[handle hidden] on insta", id="a handle goes on"),
        pytest.param(
            "[date of birth hidden] like valentines",
            "1990",
            None,
            "[date of birth hidden]",
            id="the year after the day",
        ),
        pytest.param("[card hidden]", "5907 for 2 sessions", None, "[card hidden] for 2 sessions", id="a card goes on"),
        pytest.param(
            "it's [name hidden].vdb",
            "@gmail.com ok",
            "it's [email hidden]",
            "[email hidden] ok",
            id="the sign on the other side",
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
        pytest.param("[phone hidden]", "2 zones please", id="a count"),
        pytest.param("[phone hidden]", "20 zones please", id="a count of two digits"),
        pytest.param("my number is [phone hidden].", "250 € for botox?", id="a price"),
        pytest.param("[phone hidden]", "10h30 ?", id="a time with h"),
        pytest.param("[phone hidden]", "10 uur kan ook", id="a time in Dutch"),
        pytest.param("[phone hidden]", "14 Uhr passt", id="a time in German"),
        pytest.param("[phone hidden]", "15:30 is fine", id="a time with a colon"),
        pytest.param("[id hidden]", "10 sessions, how much?", id="sessions"),
        pytest.param("call me, [phone hidden], thanks", "34 is my age", id="words after the placeholder"),
        pytest.param("mail me at [name hidden].vdb@", "no. how much is botox?", id="no domain after a broken address"),
        pytest.param("[name hidden]", "how much is botox?", id="a name alone"),
    ],
)
def test_harmless_messages_leave_the_history_alone(engine: Engine, previous: str, text: str):
    cleaned, turn = sanitise(raw(text, previous), engine=engine, keep=KEEP)
    assert (cleaned.previous, cleaned.text, cleaned.count) == (None, text, 0)
    assert turn.history == raw(text, previous).history


@pytest.mark.parametrize(
    "previous, text, clean",
    [
        pytest.param(
            "mon numéro : [phone hidden]", "34 56. vos horaires ?", "[phone hidden]. vos horaires ?", id="dot"
        ),
        pytest.param("[phone hidden] - ", "34-56", "[phone hidden]", id="signs between"),
        pytest.param("it's [id hidden]", "56, thanks", "[phone hidden], thanks", id="half taken for another number"),
        pytest.param("[phone hidden]", "34 56 2 zones please", "[phone hidden] 2 zones please", id="then a count"),
        pytest.param("[phone hidden]", "３４ ５６", "[phone hidden]", id="full-width digits"),
        pytest.param("[card hidden]", "1111 1111", "[card hidden]", id="a card"),
    ],
)
def test_the_rest_of_a_number_hidden_alone_goes_too(engine: Engine, previous: str, text: str, clean: str):
    cleaned, turn = sanitise(raw(text, previous), engine=engine, keep=KEEP)
    assert (cleaned.previous, cleaned.text) == (None, clean)
    assert turn.history == raw(text, previous).history


@pytest.mark.parametrize(
    "parts",
    [
        ("my number is 0478", "12", "34 56"),
        ("0478 12 34", "56", "78"),
        ("0478", "12", "34 56"),
        ("mon numéro : 0478 12", "34", "56 merci"),
    ],
    ids=["cued", "after a whole half", "without a cue", "first half hidden alone"],
)
def test_a_number_in_three_messages_goes_from_the_two_last(engine: Engine, parts: tuple[str, str, str]):
    history: list[str] = []
    for part in parts:
        cleaned, _ = sanitise(raw(part, *history), engine=engine, keep=KEEP)
        history[-1:] = [*history[-1:], cleaned.text] if cleaned.previous is None else [cleaned.previous, cleaned.text]
    assert [line.removesuffix(" merci") for line in history[1:]] == ["[phone hidden]", "[phone hidden]"]


def test_placeholders_that_the_visitor_typed_stay(engine: Engine):
    text = "what does [name hidden] mean, and [date of birth hidden]?"
    cleaned, _ = sanitise(raw(text), engine=engine, keep=KEEP)
    assert (cleaned.text, cleaned.count) == (text, 0)


def test_data_around_a_placeholder_goes_without_breaking_it(engine: Engine):
    cleaned, _ = sanitise(raw("see https://x.example/[name hidden] ok"), engine=engine, keep=KEEP)
    assert cleaned.text == "see [url hidden][name hidden] ok"


def test_a_failed_analysis_gives_no_text_and_no_cause(engine: Engine):
    with (
        patch.object(engine_module, "findings", side_effect=RuntimeError("my name is Canary")),
        pytest.raises(SanitiserFailed) as caught,
    ):
        sanitise(raw("my name is Canary"), engine=engine, keep=KEEP)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert "Canary" not in "".join(traceback.format_exception_only(caught.value))


def test_after_a_failure_the_engine_goes_on(engine: Engine):
    with patch.object(engine_module, "findings", side_effect=RuntimeError), pytest.raises(SanitiserFailed):
        sanitise(raw("hello"), engine=engine, keep=KEEP)
    assert sanitise(raw("my name is priya"), engine=engine, keep=KEEP)[0].count == 1
