"""No message, however it is printed, shows what it holds."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import pkgutil
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest
from rich.console import Console
from rich.pretty import pretty_repr

import analytics
import gateway
import schemas
import workers
from gateway.answer import Answer, Asked, Ended, Limits
from gateway.desk import Attempt
from schemas.env import Settings
from schemas.message import Malformed, Message, json_decode, msgpack_decode
from schemas.replies import Delta, Frame, Stage
from schemas.sealing import TurnSeal
from schemas.taxonomy import Language
from schemas.turns import Said
from tests.builders import answered
from tests.fakes import FakePost
from workers.runtime.job import Job

CANARY = "canary-Jeanne-7f3a"


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


for _package in (schemas, gateway, workers, analytics):
    list(_modules(_package))


def _below(kind: type) -> Iterator[type]:
    for found in kind.__subclasses__():
        yield found
        yield from _below(found)


def _ours(kind: type) -> list[type]:
    roles = ("schemas.", "gateway.", "workers.", "analytics.")
    return sorted({found for found in _below(kind) if found.__module__.startswith(roles)}, key=lambda k: k.__qualname__)


MESSAGES = _ours(Message)
SETTINGS = _ours(Settings)


def filled(kind: Any) -> Any:
    """Return a value of `kind` with the canary wherever a text or bytes may stand."""
    return _value(msgspec.inspect.type_info(kind))


def _value(info: Any) -> Any:  # noqa: C901, PLR0911, PLR0912  # one line a kind of type
    match info:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return cls(**{field.name: _value(field.type) for field in fields})
        case msgspec.inspect.StrType():
            return CANARY
        case msgspec.inspect.BytesType():
            return CANARY.encode()
        case msgspec.inspect.VarTupleType(item_type=item):
            return (_value(item),)
        case msgspec.inspect.UnionType(types=types):
            return _value(
                next(
                    (t for t in types if isinstance(t, msgspec.inspect.StrType | msgspec.inspect.StructType)), types[0]
                )
            )
        case msgspec.inspect.IntType():
            return 7_654_321
        case msgspec.inspect.FloatType():
            return 7_654_321.5
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.LiteralType(values=values):
            return values[0]
        case msgspec.inspect.EnumType(cls=cls):
            return next(iter(cls))
        case msgspec.inspect.DateType():
            return dt.date(2026, 11, 22)
        case msgspec.inspect.CustomType(cls=cls):
            return cls(CANARY)
        case _:
            raise NotImplementedError(type(info).__name__)


def printings(value: Any) -> Iterator[str]:
    """Yield `value` as everything prints it that prints things."""
    yield repr(value)
    yield str(value)
    yield f"{value}"
    yield f"{value!a}"
    yield "%s %r" % (value, value)  # noqa: UP031  # the old way is a way
    yield repr([value])
    yield repr({"k": (value,)})
    yield pretty_repr(value)
    yield pretty_repr({"k": [value]}, expand_all=True)
    out = io.StringIO()
    Console(file=out, width=200).print(value)
    yield out.getvalue()
    try:
        raise ValueError(value)  # noqa: TRY301  # it is shown
    except ValueError as error:
        yield "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def test_there_are_messages_to_look_at() -> None:
    names = {kind.__name__ for kind in MESSAGES}
    assert {
        "RawTurn",
        "CleanTurn",
        "RoutedTurn",
        "Said",
        "Delta",
        "Cleaned",
        "TurnRequest",
        "Session",
        "TurnFact",
    } <= names
    assert len(SETTINGS) >= 6


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_shows_its_type_and_nothing_else(kind: type[Message]) -> None:
    value = filled(kind)
    assert repr(value) == f"<{kind.__name__}>"
    for printed in printings(value):
        assert "Jeanne" not in printed
        assert "7654321" not in printed.replace("_", "")


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.__name__)
def test_settings_show_their_type_and_nothing_else(kind: type[Settings]) -> None:
    for printed in printings(filled(kind)):
        assert "Jeanne" not in printed


SAID = (Said(role="visitor", text=CANARY),)
ASKED = Asked(CANARY, CANARY, Language.EN, CANARY, SAID, ai_allowed=True)


def _held() -> dict[str, Any]:
    """Return what holds a text without being a message."""
    answer = Answer(ASKED, post=FakePost(), limits=Limits(1, 1))
    answer.put(Frame(Stage.LLM, 0, Delta(text=CANARY)))
    seal = TurnSeal(bytes(32), CANARY)
    turn: Any = next(filled(kind) for kind in MESSAGES if kind.__name__ == "RawTurn")
    turn = msgspec.structs.replace(turn, reply_key=bytes(32))
    return {
        "a turn as it was asked": ASKED,
        "a frame": Frame(Stage.LLM, 0, Delta(text=CANARY)),
        "a job": Job(turn, stage=Stage.LLM, reply=CANARY, client=None),  # type: ignore[arg-type]
        "an answer": answer,
        "an attempt": Attempt(answer, "token", seal),
        "an end": Ended(answered=answered(topic=CANARY)),
        "a seal": seal,
    }


@pytest.mark.parametrize("what", sorted(_held()))
def test_what_holds_a_text_does_not_show_it(what: str) -> None:
    for printed in printings(_held()[what]):
        assert "Jeanne" not in printed


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_that_does_not_fit_is_refused_without_a_quote(kind: type[Message]) -> None:
    """Every field in turn holds a table whose key and value are the sender's own."""
    good = msgspec.to_builtins(filled(kind))
    decoder = msgspec.msgpack.Decoder(kind)
    wrong = [{**good, name: {CANARY: CANARY}} for name in good] + [{**good, CANARY: 1}, [CANARY], CANARY]
    for value in wrong:
        for decode in (
            lambda value=value: json_decode(msgspec.json.encode(value), kind),
            lambda value=value: msgpack_decode(msgspec.msgpack.encode(value), decoder),
        ):
            with pytest.raises(Malformed) as caught:
                decode()
            assert "Jeanne" not in "".join(traceback.format_exception(caught.value))
            assert "Jeanne" not in repr(caught.value)
            assert caught.value.__context__ is None


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_takes_no_field_that_is_not_declared_and_cannot_be_changed(kind: type[Message]) -> None:
    config = kind.__struct_config__
    assert config.forbid_unknown_fields
    assert config.frozen


def test_the_canary_would_be_seen() -> None:
    """The same look at a type that does print its fields."""

    class Open(msgspec.Struct):
        text: str

    assert all("Jeanne" in printed for printed in printings(Open(CANARY)))
