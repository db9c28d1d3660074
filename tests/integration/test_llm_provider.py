"""The provider's client against a real server that behaves, and misbehaves, as told."""

import asyncio
import logging
import time
import traceback
from contextlib import aclosing, asynccontextmanager

import pytest

from tests.scripted_provider import Script, ScriptedProvider
from workers.llm.attempt import Limits
from workers.llm.failure import ProviderFailed, Reason
from workers.llm.prompt import ChatMessage
from workers.llm.provider import RETRY_PAUSE_S, Provider
from workers.llm.quiet import SILENCED

CANARY = "zanzibarium"
ASKED = [ChatMessage(role="user", content=f"My secret is {CANARY}.")]
QUICK = Limits(connect_s=1.0, first_token_s=0.2, between_tokens_s=0.2)
AT_ONCE_TURNS = 200
"""Within how many turns of the event loop, 5 ms or more each, a cancelled turn must have reached the provider.

Seconds would count those for which the machine stood still."""


@asynccontextmanager
async def connected(*scripts, **settings):
    async with ScriptedProvider(*scripts) as server:
        provider = Provider(base_url=server.base_url, api_key="key", model="small", **settings)
        try:
            yield server, provider
        finally:
            await provider.close()


async def at_once(event):
    for _ in range(AT_ONCE_TURNS):
        if event.is_set():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it took too long")


async def answer(provider, *, budget_ms=5_000):
    async with aclosing(provider.stream(ASKED, budget_ms=budget_ms)) as texts:
        return [text async for text in texts]


async def failure(provider, *, budget_ms=5_000):
    """Return what came, and the failure that ended it."""
    got = []
    try:
        async with aclosing(provider.stream(ASKED, budget_ms=budget_ms)) as texts:
            async for text in texts:
                got.append(text)  # noqa: PERF401  # what came before the failure counts too
    except ProviderFailed as error:
        return got, error
    pytest.fail("the stream did not fail")


KEEP_ALIVE = b": one moment\n\n"
ROLE = b'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n\n'
USAGE = b'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n'


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(Script(), id="as a rule"),
        pytest.param(Script(before=KEEP_ALIVE + ROLE), id="comments and a role first"),
        pytest.param(Script(tail=USAGE), id="usage last"),
        pytest.param(Script(done=False), id="a reason to finish and no end marker"),
        pytest.param(Script(finish_reason=None), id="an end marker and no reason to finish"),
        pytest.param(Script(done=False, tail=b"data: [DONE]"), id="an end marker without a line feed"),
        pytest.param(Script(finish_reason="length"), id="cut by its own token limit"),
    ],
)
async def test_the_pieces_arrive_as_they_were_sent(script):
    async with connected(script) as (_, provider):
        assert "".join(await answer(provider)) == "Good morning."


async def test_characters_of_several_bytes_arrive_whole():
    async with connected(Script(tokens=("Größe ", "é", "😀"))) as (_, provider):
        assert "".join(await answer(provider)) == "Größe é😀"


async def test_the_request_says_store_false_and_nothing_that_links_turns(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project")
    async with connected(max_tokens=7) as (server, provider):
        await answer(provider)
    (request,) = server.requests
    assert request.body == {
        "model": "small",
        "messages": ASKED,
        "stream": True,
        "stream_options": {"include_usage": True},
        "store": False,
        "max_completion_tokens": 7,
    }
    assert request.headers["authorization"] == "Bearer key"
    assert not {"openai-organization", "openai-project", "cookie", "idempotency-key"} & request.headers.keys()


async def test_a_compatible_server_is_sent_only_what_all_of_them_know():
    async with connected(kind="compatible", max_tokens=7) as (server, provider):
        await answer(provider)
    assert server.requests[0].body.keys() == {"model", "messages", "stream", "max_tokens"}


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(Script(status=500), id="500"),
        pytest.param(Script(status=503), id="503"),
        pytest.param(Script(status=429), id="429"),
        pytest.param(Script(drop_after=0), id="dropped before the first token"),
        pytest.param(Script(before=b'data: {"error": {"message": "overloaded"}}\n\n'), id="an error in the stream"),
    ],
)
async def test_what_may_pass_is_tried_again_once_before_the_first_token(first):
    async with connected(first, Script()) as (server, provider):
        assert "".join(await answer(provider)) == "Good morning."
        assert len(server.requests) == 2


async def test_two_failures_are_enough():
    async with connected(Script(status=500)) as (server, provider):
        got, error = await failure(provider)
        assert (got, error.reason, len(server.requests)) == ([], Reason.SERVER_ERROR, 2)


@pytest.mark.parametrize(
    "script,reason",
    [
        pytest.param(Script(drop_after=1), Reason.CONNECTION, id="dropped"),
        pytest.param(Script(malformed_after=1), Reason.MALFORMED, id="no JSON"),
        pytest.param(Script(hang_after=1), Reason.SLOW, id="silent"),
        pytest.param(Script(tokens=("Good",), done=False, finish_reason=None), Reason.CUT_OFF, id="just ended"),
        pytest.param(Script(tokens=("Good",), finish_reason="content_filter"), Reason.FILTERED, id="filtered"),
    ],
)
async def test_after_the_first_token_nothing_is_tried_again(script, reason):
    async with connected(script, Script(), limits=QUICK) as (server, provider):
        got, error = await failure(provider)
        assert (got, error.reason, len(server.requests)) == (["Good"], reason, 1)


@pytest.mark.parametrize(
    "script,reason",
    [
        pytest.param(Script(status=400), Reason.REFUSED, id="400"),
        pytest.param(Script(status=401), Reason.REFUSED, id="401"),
        pytest.param(Script(status=429, retry_after_s=60), Reason.OVERLOADED, id="429 that asks for too long a pause"),
        pytest.param(Script(hang_after=0), Reason.SLOW, id="no first token"),
        pytest.param(Script(malformed_after=0), Reason.MALFORMED, id="no JSON"),
    ],
)
async def test_what_a_second_try_would_not_change_fails_at_once(script, reason):
    async with connected(script, Script(), limits=QUICK) as (server, provider):
        got, error = await failure(provider)
        assert (got, error.reason, len(server.requests)) == ([], reason, 1)


async def test_a_prompt_does_not_follow_a_redirect():
    async with ScriptedProvider() as elsewhere, connected() as (server, provider):
        server.play(Script(status=307, location=f"{elsewhere.base_url}/chat/completions"))
        _, error = await failure(provider)
        assert error.reason is Reason.REFUSED
        assert not elsewhere.requests


async def test_nobody_listening_is_a_failed_connection():
    async with ScriptedProvider() as server:
        base_url = server.base_url
    provider = Provider(base_url=base_url, api_key="", model="small")
    _, error = await failure(provider)
    await provider.close()
    assert error.reason is Reason.CONNECTION


async def test_keep_alive_comments_do_not_count_as_an_answer():
    """A proxy in front of a dead model may send comments for ever."""
    async with connected(Script(before=KEEP_ALIVE, hang_after=0), limits=QUICK) as (_, provider):
        _, error = await failure(provider)
        assert error.reason is Reason.SLOW


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(Script(hang_after=0), id="no first token"),
        pytest.param(Script(hang_after=1), id="hanging midway"),
        pytest.param(Script(tokens=["x"] * 1000, delay_s=0.01), id="talking on and on"),
    ],
)
async def test_the_budget_ends_any_answer(script):
    async with connected(script) as (server, provider):
        began = time.monotonic()
        _, error = await failure(provider, budget_ms=300)
        assert error.reason is Reason.DEADLINE
        assert 0.29 < time.monotonic() - began < 1.0
        await at_once(server.disconnected)


async def test_no_second_try_without_time_for_it():
    async with connected(Script(status=500), Script()) as (server, provider):
        _, error = await failure(provider, budget_ms=int(RETRY_PAUSE_S * 1000) - 50)
        assert (error.reason, len(server.requests)) == (Reason.SERVER_ERROR, 1)


@pytest.mark.parametrize("after", [0, 1], ids=["before the first token", "midway"])
async def test_cancelling_the_consumer_hangs_up(after):
    async with connected(Script(hang_after=after)) as (server, provider):
        task = asyncio.create_task(answer(provider))
        await at_once(server.answering)
        task.cancel()
        await at_once(server.disconnected)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert server.disconnects == 1


async def test_closing_the_stream_hangs_up():
    async with connected(Script(tokens=["x"] * 1000, delay_s=0.01)) as (server, provider):
        async with aclosing(provider.stream(ASKED, budget_ms=5_000)) as texts:
            await anext(texts)
        await at_once(server.disconnected)


async def test_connections_are_used_again():
    async with connected() as (server, provider):
        for _ in range(3):
            await answer(provider)
        assert len(server._connections) == 1


MISHAPS = [
    pytest.param(Script(), id="an answer"),
    pytest.param(Script(status=400), id="an error that quotes the prompt"),
    pytest.param(Script(status=500), id="two errors that quote the prompt"),
    pytest.param(Script(drop_after=1), id="a drop"),
    pytest.param(Script(before=f"data: {CANARY}\n\n".encode()), id="a line that quotes the prompt"),
    pytest.param(Script(before=f'data: {{"choices": "{CANARY}"}}\n\n'.encode()), id="a wrong shape that quotes it"),
]


@pytest.mark.parametrize("script", MISHAPS)
async def test_no_text_reaches_a_log_at_debug(script, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with connected(script) as (_, provider):
        try:
            await answer(provider)
        except ProviderFailed as error:
            assert error.reason  # noqa: PT017  # some mishaps fail, one answers; both are silent
    assert not [record for record in caplog.records if record.name.split(".")[0] in SILENCED]
    assert CANARY not in caplog.text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("script", MISHAPS[1:])
async def test_a_failure_carries_neither_text_nor_cause(script):
    async with connected(script) as (_, provider):
        _, error = await failure(provider)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert CANARY not in "".join(traceback.format_exception(error))
