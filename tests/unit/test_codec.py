"""Bodies on the bus: what goes over an edge comes back, and nothing else does."""

from __future__ import annotations

import secrets

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import Edge, cancel_token, is_cancel, pack_cancel, pack_frames, unpack_frames
from schemas.message import Malformed
from schemas.raw import RawTurn
from schemas.replies import Accepted, Delta, Frame, Stage
from schemas.sealing import EdgeSeal, TurnSeal, Unsealable, new_key_line
from schemas.subjects import new_token
from schemas.taxonomy import Language
from schemas.turns import CleanTurn, Said
from tests.builders import answered, cleaned

TO = {"subject": "turn.received.eu", "reply": "reply.gw1.AAAAAAAAAAAAAAAAAAAAAA"}
LINE = new_key_line()
RAW = RawTurn(
    turn_id="0123456789abcdef",
    clinic="clinique-lumiere",
    language=Language.FR,
    text="Je m'appelle Élodie \u2028 🙂",
    history=(Said(role="visitor", text="Bonjour"), Said(role="assistant", text="Bonjour !", topic="clinic")),
    reply_key=bytes(32),
    budget_ms=20_000,
)


def edge[T](kind: type[T]) -> Edge[T]:
    return Edge(kind, EdgeSeal(lambda: LINE))


def turn_seal() -> TurnSeal:
    return TurnSeal(secrets.token_bytes(32), TO["reply"])


def test_a_turn_comes_out_of_its_edge_as_it_went_in() -> None:
    assert edge(RawTurn).unpack(edge(RawTurn).pack(RAW, **TO), **TO) == RAW


def test_a_turn_of_another_type_is_malformed_and_not_quoted() -> None:
    """A raw turn that went to the router by mistake would not be read as a clean one."""
    with pytest.raises(Malformed) as caught:
        edge(CleanTurn).unpack(edge(RawTurn).pack(RAW, **TO), **TO)
    assert "lodie" not in repr(caught.value)


def test_a_turn_with_a_field_we_do_not_know_is_refused_and_the_field_not_named() -> None:
    body = msgspec.msgpack.encode(msgspec.to_builtins(RAW, builtin_types=(bytes,)) | {"canary": "Élodie"})
    with pytest.raises(Malformed) as caught:
        edge(RawTurn).unpack(EdgeSeal(lambda: LINE).seal(body, **TO), **TO)
    assert caught.value.field == ""
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("body", [cleaned(), answered(), Delta(text="Ja\n\n")], ids=["cleaned", "answered", "delta"])
def test_frames_come_back_as_they_were(body: object) -> None:
    seal = turn_seal()
    frames = (Frame(Stage.ROUTER, 3, body), Frame(Stage.ROUTER, 4, body))  # type: ignore[arg-type]
    assert unpack_frames(pack_frames(frames, seal), seal) == frames


def test_a_frame_of_another_attempt_does_not_open() -> None:
    with pytest.raises(Unsealable):
        unpack_frames(pack_frames([Frame(Stage.LLM, 0, Delta(text="Ja"))], turn_seal()), turn_seal())


@given(st.binary(max_size=60))
def test_sealed_nonsense_is_malformed_and_nothing_else(plain: bytes) -> None:
    seal = TurnSeal(b"k" * 32, TO["reply"])
    with pytest.raises(Malformed):
        unpack_frames(seal.seal(plain), seal)


def test_a_withdrawal_names_its_token_and_proves_its_key() -> None:
    token, seal = new_token(), turn_seal()
    body = pack_cancel(seal, token)
    assert cancel_token(body) == token
    assert is_cancel(body, seal)
    with pytest.raises(Unsealable):
        is_cancel(body, turn_seal())
    assert not is_cancel(token.encode() + seal.seal(b"something else"), seal)


def test_a_withdrawal_without_a_token_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        cancel_token("é".encode() * 20)
    assert caught.value.field == "token"


@pytest.mark.parametrize("body", [b"", b"short"], ids=["empty", "short"])
def test_a_withdrawal_that_is_too_short_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        cancel_token(body)


@pytest.mark.parametrize("worker", ["", "a b", "x 0\r\n\r\nPUB events.turn 0", "w.1", "*", "é", "w" * 65])
def test_a_worker_s_id_of_another_form_is_malformed(worker: str) -> None:
    """The gateway publishes to `probe.<role>.<id>`: an id is no way to write more to the broker."""
    seal = turn_seal()
    with pytest.raises(Malformed):
        unpack_frames(pack_frames([Frame(seq=0, stage=Stage.ROUTER, body=Accepted(worker=worker))], seal), seal)
