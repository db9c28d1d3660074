"""Messages are read without ever quoting what they hold."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.message import Malformed, Message, json_decode, msgpack_decode
from schemas.public import SessionRequest, TurnRequest
from schemas.raw import RawTurn
from schemas.taxonomy import Language
from schemas.turns import Said

CANARY = "Jeanne-7f3a"


class Inner(Message, frozen=True, kw_only=True):
    number: int
    word: str = ""


class Outer(Message, frozen=True, kw_only=True):
    inner: Inner
    several: tuple[Inner, ...] = ()
    by_name: dict[str, int] = {}  # noqa: RUF012  # msgspec copies it


@pytest.mark.parametrize(
    "value, field",
    [
        pytest.param({"inner": {"number": CANARY}}, "inner.number", id="a-wrong-type"),
        pytest.param({"inner": {"number": 1, "word": [CANARY]}}, "inner.word", id="a-list-for-a-text"),
        pytest.param({"inner": {}}, "inner.number", id="a-missing-field"),
        pytest.param({}, "inner", id="a-missing-table"),
        pytest.param({"inner": {"number": 1, CANARY: 1}}, "inner", id="an-unknown-field-inside"),
        pytest.param({"inner": {"number": 1}, CANARY: 1}, "", id="an-unknown-field"),
        pytest.param({"inner": {"number": 1}, "several": [{"number": CANARY}]}, "several[0].number", id="in-a-list"),
        pytest.param({"inner": {"number": 1}, "by_name": {CANARY: "x"}}, "by_name[...]", id="a-key-of-the-senders"),
        pytest.param([CANARY], "", id="another-shape"),
        pytest.param(CANARY, "", id="a-bare-text"),
    ],
)
def test_a_fault_is_named_by_our_field_and_nothing_of_the_senders(value: object, field: str) -> None:
    with pytest.raises(Malformed) as of_json:
        json_decode(msgspec.json.encode(value), Outer)
    with pytest.raises(Malformed) as of_msgpack:
        msgpack_decode(msgspec.msgpack.encode(value), msgspec.msgpack.Decoder(Outer))
    for error in (of_json.value, of_msgpack.value):
        assert error.field == field
        assert CANARY not in f"{error}{error!r}"
        assert error.__context__ is None


@pytest.mark.parametrize(
    "body, kind",
    [
        pytest.param({"clinic": "x", "language": CANARY}, SessionRequest, id="an-unknown-language"),
        pytest.param(
            {"clinic": "x", "consent": {"version": 1, "choice": CANARY}}, SessionRequest, id="an-unknown-choice"
        ),
        pytest.param({"session": "s", "message": "m", CANARY: "x"}, TurnRequest, id="an-unknown-field"),
        pytest.param({"session": "s", "message": {"text": CANARY}}, TurnRequest, id="a-table-for-a-text"),
    ],
)
def test_the_public_bodies_are_refused_without_a_quote(body: object, kind: type[Message]) -> None:
    with pytest.raises(Malformed) as caught:
        json_decode(json.dumps(body).encode(), kind)
    assert CANARY not in f"{caught.value}{caught.value!r}"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut-off"),
        pytest.param(b'{"session":"\xff","message":"m"}', id="not-utf-8"),
        pytest.param(b'{"session":"\\ud800","message":"m"}', id="half-a-surrogate-pair"),
        pytest.param(b"[" * 100_000, id="nested-without-end"),
        pytest.param(b'{"session":1e999,"message":"m"}', id="an-endless-number"),
    ],
)
def test_what_is_no_json_is_malformed_as_a_whole(data: bytes) -> None:
    with pytest.raises(Malformed):
        json_decode(data, TurnRequest)


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(Malformed):
        json_decode(data, TurnRequest)
    with pytest.raises(Malformed):
        msgpack_decode(data, msgspec.msgpack.Decoder(RawTurn))


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Inner(number=1).number = 2  # type: ignore[misc]


def test_the_last_visitors_line_is_the_left_side_of_the_seam() -> None:
    lines = (Said(role="visitor", text="one"), Said(role="visitor", text="two"), Said(role="assistant", text="three"))
    turn = RawTurn(turn_id="t", clinic="c", language=Language.EN, text="x", history=lines, reply_key=b"", budget_ms=1)
    assert turn.previous == "two"
    assert msgspec.structs.replace(turn, history=()).previous == ""
