"""Log lines: an allow-list of fields and forms, and no way around it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas import logs
from schemas.logs import LOGGABLE, keep_loggable, places

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Jeanne-Dupont@example.org"
"""No name that a log line of ours could hold by its form."""


def kept(**event: Any) -> dict[str, Any]:
    return dict(keep_loggable(None, "", event))


@pytest.mark.parametrize(
    "field, value",
    [
        pytest.param("duration_ms", 12, id="a-number"),
        pytest.param("turn_id", "0123456789abcdef", id="an-id"),
        pytest.param("subject", "reply.gw1.*", id="a-subject"),
        pytest.param("place", "<string>:3", id="a-place"),
        pytest.param("timestamp", "2026-11-22T00:27:33.123456Z", id="a-time"),
        pytest.param("exception", "ValueError workers.llm.handler:3\nOSError x:1", id="types-and-places"),
    ],
)
def test_a_declared_field_of_its_form_is_kept(field: str, value: object) -> None:
    assert kept(**{field: value}) == {field: value}


@pytest.mark.parametrize(
    "field, value",
    [
        pytest.param("duration_ms", "12", id="a-text-for-a-number"),
        pytest.param("duration_ms", 1.5, id="a-fraction"),
        pytest.param("count", None, id="nothing"),
        pytest.param("clinic", 3, id="a-number-for-a-word"),
        pytest.param("clinic", b"x", id="bytes"),
        pytest.param("reason", "how much is it?", id="a-question"),
        pytest.param("reason", "my mail is j@x.be", id="an-address"),
        pytest.param("reason", "x" * 81, id="too-long"),
        pytest.param("reason", "one\ntwo", id="two-lines"),
        pytest.param("reason", ["x"], id="a-list"),
        pytest.param("event", "+32 470 12 34 56", id="a-number-with-its-plus"),
        pytest.param("exception", "ValueError: 'quoted'", id="a-message-with-quotes"),
        pytest.param("error", ValueError("x"), id="an-error-itself"),
    ],
)
def test_a_value_of_another_form_leaves_its_fields_name_only(field: str, value: object) -> None:
    assert kept(**{field: value}) == {"dropped": [field]}


def test_an_undeclared_field_leaves_not_even_its_name() -> None:
    """Its name may be a visitor's word, where somebody logs `**values`."""
    assert kept(event="x", text="y", Jeanne=1, dropped="z") == {"event": "x", "dropped": ["unknown"] * 3}


@pytest.mark.parametrize("field", sorted(name for name, form in LOGGABLE.items() if form is logs._WORD))
def test_no_word_field_takes_a_sentence_with_punctuation(field: str) -> None:
    assert kept(**{field: "Bonjour, je m'appelle Jeanne"}) == {"dropped": [field]}


@pytest.mark.parametrize("text", ["my name is Jeanne Dupont", "ich heiße Grün", "Jeanne Dupont 0470 12 34 56"])
def test_no_word_field_takes_a_sentence_without_punctuation(text: str) -> None:
    assert kept(reason=text) == {"dropped": ["reason"]}


def test_a_word_does_not_end_in_a_line_break() -> None:
    assert kept(reason="word\n") == {"dropped": ["reason"]}


def _deep(text: str) -> None:
    try:
        raise KeyError(text)  # noqa: TRY301  # a cause is wanted
    except KeyError as error:
        raise ValueError(f"cannot take {text}") from error


def test_an_error_is_told_by_types_and_places() -> None:
    with pytest.raises(ValueError, match="cannot") as caught:
        _deep(CANARY)
    said = places(caught.value)
    assert "Jeanne" not in said
    assert [line.split()[0] for line in said.splitlines()] == ["ValueError", "KeyError"]
    assert f"{__name__}:" in said
    assert kept(exception=said) == {"exception": said}


def test_a_long_chain_of_causes_stays_loggable() -> None:
    error: Exception = ValueError(CANARY)
    for _ in range(20):
        try:
            raise RuntimeError(CANARY) from error  # noqa: TRY301  # a cause is wanted
        except RuntimeError as raised:
            error = raised
    said = places(error)
    assert len(said.splitlines()) == 5
    assert "dropped" not in kept(exception=said)


def test_an_endless_circle_of_causes_ends() -> None:
    error = ValueError(CANARY)
    error.__cause__ = error
    assert len(places(error).splitlines()) == 5


@pytest.mark.parametrize("level", ["loud", "", "5"])
def test_a_level_that_is_none_is_refused_unquoted(level: str) -> None:
    with pytest.raises(ValueError, match=r"^log level: must be one of DEBUG INFO WARNING ERROR$"):
        logs.configure("router", level=level)


LAST_RESORT = {
    "a library's message": "logging.getLogger('lib').warning('it says %s', canary)",
    "a library's exception": "try: raise ValueError(canary)\nexcept ValueError: logging.getLogger('lib').exception(canary)",  # noqa: E501  # one way a line
    "a library's debug message": "logging.getLogger('lib').debug(canary)",
    "a library's extra": "logging.getLogger('lib').warning('x', extra={'text': canary}, stack_info=True)",
    "our own field": "log.info('turn_handled', text=canary, reason=canary, turn_id=canary)",
    "our own event": "log.warning(canary)",
    "our own exception": "try: raise ValueError(canary)\nexcept ValueError as e: log.error('turn_failed', exc_info=e)",
    "an exception known by being handled": "try: raise ValueError(canary)\nexcept ValueError: log.exception('turn_failed')",  # noqa: E501  # one way a line
    "an uncaught exception": "fail(canary)",
    "an uncaught exception in a thread": "t = threading.Thread(target=fail, args=(canary,), name=canary)\nt.start()\nt.join()",  # noqa: E501  # one way a line
    "an exception with notes": "e = ValueError(canary)\ne.add_note(canary)\nraise e",
    "a group of exceptions": "raise ExceptionGroup(canary, [ValueError(canary)])",
    "an exception while one is handled": "try: fail(canary)\nexcept ValueError: fail(canary)",
    "an exception in a destructor": "class A:\n  def __del__(self): fail(canary)\nA()",
    "a warning": "warnings.simplefilter('always')\nwarnings.warn(canary)\nwarnings.warn_explicit(canary, UserWarning, canary, 1)",  # noqa: E501  # one way a line
    "a task nobody awaited": """
async def main():
    logs.catch_loop_errors(log)
    async def work(text): fail(text)
    t = asyncio.create_task(work(canary), name=canary)
    await asyncio.sleep(0.01)
    del t
    gc.collect()
asyncio.run(main(), debug=DEBUG)""",
    "a callback of the loop": """
async def main():
    logs.catch_loop_errors(log)
    asyncio.get_running_loop().call_soon(fail, canary)
    await asyncio.sleep(0.01)
asyncio.run(main(), debug=DEBUG)""",
    "a task that is slow": """
async def main():
    logs.catch_loop_errors(log)
    async def work(text): time.sleep(0.12)
    await asyncio.create_task(work(canary), name=canary)
asyncio.run(main(), debug=True)""",
    "a pending task destroyed": """
async def main():
    logs.catch_loop_errors(log)
    async def work(text): await asyncio.get_running_loop().create_future()
    t = asyncio.create_task(work(canary), name=canary)
    await asyncio.sleep(0)
    del t
    gc.collect()
asyncio.run(main(), debug=DEBUG)""",
}
"""Ways in which Python itself prints what it has in hand."""

CHILD = """
import asyncio, gc, io, json, logging, os, sys, threading, time, traceback, warnings
from schemas import logs
ways, canary, DEBUG = json.load(sys.stdin)
log = logs.configure("router", level="DEBUG")
def fail(text):
    local = [text] * 2
    raise ValueError(f"cannot take {local}")
for name, way in ways.items():
    print("###", name, file=sys.stderr, flush=True)
    try:
        exec(compile(way, "<way>", "exec"), globals())
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.last_exc = None
print("### end", file=sys.stderr, flush=True)
fail(canary)
"""


@pytest.fixture(scope="module")
def printed() -> tuple[dict[str, list[str]], str]:
    """What a process prints, by the way it was made to; and all that it printed on stdout."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps([LAST_RESORT, CANARY, False]),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
    )
    assert child.returncode == 1
    found: dict[str, list[str]] = {}
    for block in child.stderr.split("### ")[1:]:
        name, _, lines = block.partition("\n")
        found[name] = lines.splitlines()
    return found, child.stdout


@pytest.mark.parametrize("way", [*LAST_RESORT, "end"])
def test_nothing_that_python_prints_by_itself_shows_a_value(
    way: str, printed: tuple[dict[str, list[str]], str]
) -> None:
    lines = printed[0][way]
    assert all("Jeanne" not in line for line in lines)
    assert printed[1] == ""
    assert lines, "the way said nothing, so it proves nothing"
    for line in lines:
        assert {"event", "level"} <= json.loads(line).keys() or json.loads(line)["dropped"] == ["event"]


def test_a_library_may_log_at_a_level_of_its_own() -> None:
    """Else a library's own `log(25, …)` would raise in the middle of a turn."""
    code = (
        "import logging; from schemas import logs; logs.configure('router');"
        "logging.getLogger('lib').log(35, 'x'); print('went on')"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, timeout=30
    )
    assert child.stdout == "went on\n"


def test_the_chain_of_processors_ends_in_the_filter() -> None:
    """In a process of its own, since logging is the process'."""
    code = (
        "import structlog; from schemas import logs; logs.configure('router');"
        "print([getattr(p, '__name__', type(p).__name__) for p in structlog.get_config()['processors']][-2:])"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=30
    )
    assert child.stdout.strip() == "['keep_loggable', 'JSONRenderer']"
