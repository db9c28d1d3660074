"""Sealed sessions: what the browser holds opens here only, unaltered, and for its clinic."""

from __future__ import annotations

import base64
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.session import (
    COUNTED_MAX,
    HISTORY_LINES_MAX,
    TOKEN_CHARS_MAX,
    Expired,
    Session,
    SessionBox,
    after_turn,
    new_session,
)
from schemas.sealing import RELOAD_S, new_key_line
from schemas.taxonomy import Language
from schemas.turns import Said

LINE = new_key_line()
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def session(**changes: object) -> Session:
    made = new_session(clinic="clinique-lumiere", language=Language.FR, consent_version=2, now_s=1_000)
    return msgspec.structs.replace(made, **changes)


def box(*lines: str) -> SessionBox:
    return SessionBox(lambda: "".join(lines or (LINE,)))


def said(text: str, role: str = "visitor") -> Said:
    return Said(role=role, text=text)  # type: ignore[arg-type]


def turned(of: Session, **changes: object) -> Session:
    values: dict[str, object] = {
        "question": "Q",
        "answer": "A",
        "previous": None,
        "topic": "clinic",
        "intent": "hours",
        "ai": False,
        "now_s": 2_000,
    }
    return after_turn(of, **values | changes)  # type: ignore[arg-type]


def test_a_session_comes_back_as_it_was_and_reads_as_nothing() -> None:
    was = session(history=(said("Je m'appelle [name hidden] 🙂"),), counted=("clinic:hours",), turns=3, ai_calls=1)
    token = box().seal(was)
    assert box().open(token) == was
    assert token.startswith(f"1.{LINE[:8]}.clinique-lumiere.")
    assert token.isascii()
    assert b"hidden" not in base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")


def test_two_new_sessions_share_nothing() -> None:
    assert session().nonce != session().nonce
    assert len(session().nonce) == 16
    assert box().seal(session(nonce=bytes(16))) != box().seal(session(nonce=bytes(16)))


def test_no_character_can_be_altered_or_be_missing() -> None:
    """But for the unused bits of the last one, which hold nothing."""
    token = box().seal(session())
    for place, character in enumerate(token[:-1]):
        other = ALPHABET[(ALPHABET.find(character) + 33) % 64]
        with pytest.raises(Expired):
            box().open(token[:place] + other + token[place + 1 :])
    for length in range(len(token)):
        with pytest.raises(Expired):
            box().open(token[:length])


def test_a_token_has_one_spelling() -> None:
    token = box().seal(session(counted=("clinic:hours",) * COUNTED_MAX))
    head, _, sealed = token.rpartition(".")
    with pytest.raises(Expired):
        box().open(f"{head}.{sealed.replace('-', '+').replace('_', '/')}")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda t: t.replace("clinique-lumiere", "huidkliniek-noord"), id="another-clinic"),
        pytest.param(lambda t: t.replace("clinique-lumiere", ""), id="no-clinic"),
        pytest.param(lambda t: "2" + t[1:], id="another-version"),
        pytest.param(lambda t: t.replace(LINE[:8], "00000000"), id="an-unknown-key"),
        pytest.param(lambda t: t.replace(LINE[:8], LINE[:8].upper() + "A"), id="a-key-that-is-nearly-ours"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda _: "...", id="points-only"),
        pytest.param(lambda t: t + "." + t, id="two-tokens"),
        pytest.param(lambda t: t.replace("clinique", "\ud800"), id="half-a-surrogate-pair"),
        pytest.param(lambda t: t[:-4] + "éééé", id="not-ascii"),
        pytest.param(lambda t: " " + t, id="a-space-before"),
        pytest.param(lambda t: t + "A" * TOKEN_CHARS_MAX, id="longer-than-any-of-ours"),
    ],
)
def test_what_is_not_ours_as_it_stands_has_expired(changed) -> None:
    with pytest.raises(Expired) as caught:
        box().open(changed(box().seal(session())))
    assert str(caught.value) == ""


@given(st.text(max_size=80))
def test_no_text_at_all_makes_opening_raise_anything_else(rest: str) -> None:
    with pytest.raises(Expired):
        box().open(rest)
    with pytest.raises(Expired):
        box().open(f"1.{LINE[:8]}.clinique-lumiere.{rest}")


def test_a_box_of_another_purpose_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The purpose is a part of what is sealed, so that one key file could serve two."""
    with monkeypatch.context() as other:
        other.setattr("gateway.session._PURPOSE", "lethe dashboard")
        token = box().seal(session())
        assert box().open(token)
    with pytest.raises(Expired):
        box().open(token)


def test_a_rotation_keeps_open_sessions_and_a_destroyed_key_ends_them() -> None:
    old, new = new_key_line(), new_key_line()
    token = box(old).seal(session())
    both = box(new, old)
    assert both.open(token).clinic == "clinique-lumiere"
    assert both.seal(session()).split(".")[1] == new[:8]
    with pytest.raises(Expired):
        box(new).open(token)


def test_a_rotation_is_followed_at_once_by_who_opens_and_soon_by_who_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    now, text, reads = [0.0], [LINE], [0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def read() -> str:
        reads[0] += 1
        if not text[0]:
            raise FileNotFoundError
        return text[0]

    following = SessionBox(read)
    fresh = new_key_line()
    text[0] = fresh + LINE
    assert following.seal(session()).split(".")[1] == LINE[:8]
    now[0] += RELOAD_S + 1
    assert following.seal(session()).split(".")[1] == fresh[:8]
    assert reads[0] == 2
    with pytest.raises(Expired):
        following.open(box(new_key_line()).seal(session()))
    assert reads[0] == 3
    text[0] = ""
    now[0] += RELOAD_S + 1
    assert following.open(following.seal(session()))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("c0ffee00", id="no-key"),
        pytest.param("c0ffee00 " + "c0ffee" * 10, id="key-too-short"),
        pytest.param("c0ffee00 " + "c0ffzz00" * 8, id="no-hex"),
    ],
)
def test_a_malformed_key_file_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        SessionBox(lambda: text)
    assert "c0ff" not in f"{caught.value}{caught.value!r}"


lines = st.lists(
    st.tuples(st.sampled_from(["visitor", "assistant"]), st.text(max_size=1_500)), max_size=HISTORY_LINES_MAX
)


@settings(max_examples=60, deadline=None)
@given(lines)
def test_a_token_is_never_longer_than_its_limit_and_the_oldest_gives_way(spoken: list[tuple[str, str]]) -> None:
    history = tuple(Said(role=role, text=text) for role, text in spoken)  # type: ignore[arg-type]
    token = box().seal(session(history=history))
    kept = box().open(token).history
    assert len(token) <= TOKEN_CHARS_MAX
    assert kept == history[len(history) - len(kept) :]
    if len(kept) < len(history):
        more = history[len(history) - len(kept) - 1 :]
        assert len(box()._seal(session(history=more))) > TOKEN_CHARS_MAX


def test_a_full_count_and_the_longest_message_still_fit() -> None:
    full = session(
        clinic="c" * 40,
        counted=tuple(f"{'t' * 37}{i:03}:medical_advice" for i in range(COUNTED_MAX)),
        history=(said("x" * 1_000), said("y" * 20_000, "assistant")),
        turns=10**6,
        ai_calls=10**6,
    )
    token = box().seal(full)
    assert len(token) <= TOKEN_CHARS_MAX
    assert box().open(token).counted == full.counted


@pytest.mark.parametrize(
    "now_s, left",
    [
        pytest.param(1_000, 1_800, id="just-begun"),
        pytest.param(2_800, 0, id="idle-to-the-second"),
        pytest.param(2_801, -1, id="idle-a-second-too-long"),
    ],
)
def test_a_session_at_rest_ends(now_s: int, left: int) -> None:
    assert session().expires_in_s(now_s=now_s, idle_s=1_800, most_s=43_200) == left


def test_a_session_in_use_ends_all_the_same() -> None:
    busy = session(active_s=44_000)
    assert busy.expires_in_s(now_s=44_000, idle_s=1_800, most_s=43_200) == 200
    assert busy.expires_in_s(now_s=44_201, idle_s=1_800, most_s=43_200) == -1


def test_a_turn_adds_its_exchange_and_counts() -> None:
    after = turned(
        session(turns=4, ai_calls=1), question="Q?", answer="A.", topic="lip_filler", intent="price", ai=True
    )
    assert [(s.role, s.text, s.topic) for s in after.history] == [
        ("visitor", "Q?", "none"),
        ("assistant", "A.", "lip_filler"),
    ]
    assert (after.turns, after.ai_calls, after.active_s, after.issued_s) == (5, 2, 2_000, 1_000)
    assert after.counted == ("lip_filler:price",)
    assert turned(session(ai_calls=1)).ai_calls == 1


def test_what_was_split_over_two_messages_is_hidden_in_the_first_too() -> None:
    was = session(history=(said("my number is"), said("Yes?", "assistant"), said("0470 12"), said("And?", "assistant")))
    after = turned(was, previous="[phone hidden]", question="[phone hidden]")
    assert [s.text for s in after.history] == ["my number is", "Yes?", "[phone hidden]", "And?", "[phone hidden]", "A"]
    assert after.history[2].role == "visitor"


def test_a_rewriting_to_nothing_is_a_rewriting() -> None:
    assert turned(session(history=(said("0470"),)), previous="").history[0].text == ""


def test_a_rewriting_without_a_line_to_rewrite_changes_nothing() -> None:
    assert [s.text for s in turned(session(), previous="[name hidden]").history] == ["Q", "A"]


def test_the_history_and_the_count_are_bounded() -> None:
    now = session()
    for number in range(COUNTED_MAX + 5):
        now = turned(now, question=f"Q{number}", topic=f"topic_{number}")
        now = turned(now, question=f"R{number}", topic=f"topic_{number}")
    assert len(now.history) == HISTORY_LINES_MAX
    assert now.history[-2].text == f"R{COUNTED_MAX + 4}"
    assert len(now.counted) == COUNTED_MAX
    assert len(set(now.counted)) == COUNTED_MAX
    assert now.counted[0] == "topic_5:hours"
