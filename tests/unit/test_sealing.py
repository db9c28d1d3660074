"""Sealed bodies: bound to their subject and reply, opened by nobody else, followed through a rotation."""

from __future__ import annotations

import secrets
import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.sealing import EDGE_INTO, EDGES, KEY_BYTES, RELOAD_S, EdgeSeal, TurnSeal, Unsealable, new_key_line
from schemas.sealing import parse_keys as parsed
from schemas.subjects import WORKERS

TEXT = b"my name is Jeanne"
TO = {"subject": "turn.received.eu", "reply": "reply.gw1.AAAAAAAAAAAAAAAAAAAAAA"}


class KeyFile:
    """A key file that counts how often it is read, and can be lost."""

    def __init__(self, *lines: str) -> None:
        self.text = "".join(lines)
        self.reads = 0
        self.lost = False

    def __call__(self) -> str:
        self.reads += 1
        if self.lost:
            raise FileNotFoundError
        return self.text


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that sealing sees; change the only item."""
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_what_was_sealed_opens_for_its_subject_and_reply() -> None:
    seal = EdgeSeal(KeyFile(new_key_line()))
    box = seal.seal(TEXT, **TO)
    assert seal.open(box, **TO) == TEXT
    assert TEXT not in box


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"subject": "turn.received.us"}, id="moved-to-another-region"),
        pytest.param({"subject": "turn.routed.eu"}, id="moved-to-another-stage"),
        pytest.param({"reply": "reply.gw1.BBBBBBBBBBBBBBBBBBBBBB"}, id="answered-to-another-attempt"),
        pytest.param({"reply": ""}, id="answered-to-nobody"),
        pytest.param({"subject": TO["subject"] + "\0" + TO["reply"], "reply": ""}, id="the-border-between-them-moved"),
    ],
)
def test_a_box_moved_elsewhere_does_not_open(changed: dict[str, str]) -> None:
    seal = EdgeSeal(KeyFile(new_key_line()))
    box = seal.seal(TEXT, **TO)
    with pytest.raises(Unsealable):
        seal.open(box, **TO | changed)


def test_another_edges_key_opens_nothing_even_under_the_same_id() -> None:
    first, second = new_key_line(), new_key_line()
    other = EdgeSeal(KeyFile(first[:8] + second[8:]))
    with pytest.raises(Unsealable):
        other.open(EdgeSeal(KeyFile(first)).seal(TEXT, **TO), **TO)


def test_no_bit_can_be_altered_and_no_byte_be_missing() -> None:
    seal = EdgeSeal(KeyFile(new_key_line()))
    turn = TurnSeal(secrets.token_bytes(KEY_BYTES), TO["reply"])
    box, frame = seal.seal(TEXT, **TO), turn.seal(TEXT)
    for bit in range(len(box) * 8):
        with pytest.raises(Unsealable):
            seal.open(_flipped(box, bit), **TO)
    for bit in range(len(frame) * 8):
        with pytest.raises(Unsealable):
            turn.open(_flipped(frame, bit))
    for length in range(len(box)):
        with pytest.raises(Unsealable):
            seal.open(box[:length], **TO)
    for length in range(len(frame)):
        with pytest.raises(Unsealable):
            turn.open(frame[:length])


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_opening_raise_anything_else(box: bytes) -> None:
    with pytest.raises(Unsealable):
        TurnSeal(b"k" * KEY_BYTES, TO["reply"]).open(box)
    with pytest.raises(Unsealable):
        EdgeSeal(KeyFile(f"{'00' * 4} {'11' * 32}")).open(bytes(4) + box, **TO)


def test_two_boxes_of_one_text_differ() -> None:
    seal = EdgeSeal(KeyFile(new_key_line()))
    assert seal.seal(TEXT, **TO) != seal.seal(TEXT, **TO)


def test_a_frame_of_another_attempt_does_not_open() -> None:
    key = secrets.token_bytes(KEY_BYTES)
    frame = TurnSeal(key, TO["reply"]).seal(TEXT)
    assert TurnSeal(key, TO["reply"]).open(frame) == TEXT
    for other in (TurnSeal(key, TO["reply"] + "A"), TurnSeal(secrets.token_bytes(KEY_BYTES), TO["reply"])):
        with pytest.raises(Unsealable):
            other.open(frame)


@pytest.mark.parametrize("length", [0, 1, 15, 31, 33, 64])
def test_a_turns_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        TurnSeal(b"k" * length, TO["reply"])


@pytest.mark.parametrize("length", [16, 24])
def test_a_turns_key_of_a_weaker_kind_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        TurnSeal(b"k" * length, TO["reply"])


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    old, new = new_key_line(), new_key_line()
    before = EdgeSeal(KeyFile(old)).seal(TEXT, **TO)
    after = EdgeSeal(KeyFile(new, old))
    assert after.open(before, **TO) == TEXT
    assert after.seal(TEXT, **TO)[:4].hex() == new[:8]


def test_an_unknown_key_is_looked_for_in_the_file_once() -> None:
    old, new = new_key_line(), new_key_line()
    file = KeyFile(old)
    seal = EdgeSeal(file)
    box = EdgeSeal(KeyFile(new)).seal(TEXT, **TO)
    with pytest.raises(Unsealable):
        seal.open(box, **TO)
    assert file.reads == 2
    file.text = new + old
    assert seal.open(box, **TO) == TEXT
    seal.open(box, **TO)
    assert file.reads == 3


def test_a_destroyed_key_opens_nothing_once_the_file_was_read_again() -> None:
    old, new = new_key_line(), new_key_line()
    file = KeyFile(old)
    seal = EdgeSeal(file)
    box = seal.seal(TEXT, **TO)
    file.text = new
    seal.reload()
    with pytest.raises(Unsealable):
        seal.open(box, **TO)


@pytest.mark.parametrize(
    "lost, text",
    [
        pytest.param(True, "", id="gone"),
        pytest.param(False, "half a li", id="half-written"),
        pytest.param(False, "", id="empty"),
    ],
)
def test_an_unreadable_file_leaves_the_keys_as_they_are(lost: bool, text: str, clock: list[float]) -> None:  # noqa: FBT001
    file = KeyFile(new_key_line())
    seal = EdgeSeal(file)
    box = seal.seal(TEXT, **TO)
    file.lost, file.text = lost, text
    clock[0] += RELOAD_S + 1
    assert seal.open(seal.seal(TEXT, **TO), **TO) == TEXT
    assert seal.open(box, **TO) == TEXT
    assert file.reads == 2


def test_whoever_seals_follows_a_rotation_within_its_time_and_not_at_every_turn(clock: list[float]) -> None:
    old, new = new_key_line(), new_key_line()
    file = KeyFile(old)
    seal = EdgeSeal(file)
    file.text = new + old
    clock[0] += RELOAD_S - 1
    assert seal.seal(TEXT, **TO)[:4].hex() == old[:8]
    clock[0] += 2
    assert seal.seal(TEXT, **TO)[:4].hex() == new[:8]
    seal.seal(TEXT, **TO)
    assert file.reads == 2


KEY = "c0ffee" + "ab" * 29
CASES = [
    pytest.param(f"01020304 {KEY[:-2]}", 1, id="key-too-short"),
    pytest.param(f"01020304 {KEY}ff", 1, id="key-too-long"),
    pytest.param(f"010203 {KEY}", 1, id="id-too-short"),
    pytest.param(KEY, 1, id="no-id"),
    pytest.param(f"01020304 {KEY} {KEY}", 1, id="three-words"),
    pytest.param(f"{new_key_line()}\n01020304 {KEY[:-1]}z", 3, id="no-hex-below-an-empty-line"),
    pytest.param(f"01020304 {KEY[:-1]}é", 1, id="not-ascii"),
]


@pytest.mark.parametrize("text, line", CASES)
def test_a_malformed_key_file_names_the_line_and_quotes_nothing(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=rf"line {line}:") as caught:
        parsed(text)
    shown = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value.__cause__)
    assert "c0ffee" not in shown
    assert "01020304" not in shown
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("text", ["", "\n \n"], ids=["empty", "blank-lines"])
def test_a_file_without_a_key_is_no_key_file(text: str) -> None:
    with pytest.raises(ValueError, match="holds no key"):
        EdgeSeal(lambda: text)


def test_every_stage_has_an_edge_of_its_own() -> None:
    assert [EDGE_INTO[stage] for stage in EDGE_INTO] == list(EDGES)
    assert [stage.value for stage in EDGE_INTO] == [role.value for role in WORKERS]
    assert all(edge.endswith(f"-{stage.value}") for stage, edge in EDGE_INTO.items())


def test_an_error_says_nothing_of_the_body() -> None:
    assert str(Unsealable()) == "sealed body does not open"
    seal = EdgeSeal(KeyFile(new_key_line()))
    with pytest.raises(Unsealable) as caught:
        seal.open(seal.seal(TEXT, **TO)[:-1], **TO)
    assert caught.value.args == ("sealed body does not open",)


def _flipped(box: bytes, bit: int) -> bytes:
    changed = bytearray(box)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
