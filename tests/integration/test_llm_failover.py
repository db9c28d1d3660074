"""Two providers, one circuit each: who is asked when the first fails, and what is counted."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import NamedTuple

import pytest
from prometheus_client import REGISTRY

from tests.scripted_provider import Script, ScriptedProvider
from workers.llm.attempt import Limits
from workers.llm.breaker import Breaker
from workers.llm.failure import ProviderFailed, Reason
from workers.llm.kinds import KindId
from workers.llm.prompt import ChatMessage
from workers.llm.provider import Provider

ASKED = [ChatMessage(role="user", content="How much is zanzibarium?")]
QUICK = Limits(connect_s=1.0, first_token_s=1.5, between_tokens_s=0.3)
USAGE = {"prompt_tokens": 812, "completion_tokens": 44, "total_tokens": 856}
FROM_SECOND = Script(tokens=("From the", " second."))
AWAY = "http://127.0.0.1:1/v1"
"""Where nobody listens."""


class Clock:
    """Seconds, by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Pair(NamedTuple):
    """Two servers and the provider in front of them."""

    first: ScriptedProvider
    second: ScriptedProvider
    provider: Provider

    @property
    def asked(self) -> tuple[int, int]:
        """How many requests each has had."""
        return len(self.first.requests), len(self.second.requests)


@asynccontextmanager
async def pair(
    *first: Script, second: Script = FROM_SECOND, breaker: Breaker | None = None, limits: Limits = QUICK
) -> AsyncIterator[Pair]:
    async with ScriptedProvider(*first) as one, ScriptedProvider(second) as two:
        behind = Provider(
            base_url=two.base_url, api_key="k2", model="m2", kind="mistral", limits=limits, label="second"
        )
        front = Provider(base_url=one.base_url, api_key="k1", model="m1", limits=limits, breaker=breaker, second=behind)
        try:
            yield Pair(one, two, front)
        finally:
            await front.close()


async def answer(provider: Provider, *, budget_ms: int = 5_000) -> str:
    async with aclosing(provider.stream(ASKED, budget_ms=budget_ms)) as texts:
        return "".join([text async for text in texts])


async def failure(provider: Provider, *, budget_ms: int = 5_000) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        await answer(provider, budget_ms=budget_ms)
    return caught.value


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def requests(provider: str, outcome: str) -> float:
    return counted("lethe_llm_requests_total", provider=provider, outcome=outcome)


@pytest.mark.parametrize(
    "script,tries",
    [
        pytest.param(Script(status=500), 2, id="500, twice"),
        pytest.param(Script(status=429), 2, id="429, twice"),
        pytest.param(Script(status=429, retry_after_s=1), 1, id="429 that asks for a pause which nobody waits for"),
        pytest.param(Script(status=401), 1, id="a wrong key"),
        pytest.param(Script(hang_after=0), 1, id="silence"),
        pytest.param(Script(drop_after=0), 2, id="dropped, twice"),
        pytest.param(Script(malformed_after=0), 1, id="no JSON"),
        pytest.param(Script(tokens=()), 1, id="an empty answer"),
        pytest.param(Script(tokens=(), finish_reason="content_filter"), 1, id="a filter's refusal"),
    ],
)
async def test_the_second_answers_where_the_first_does_not_begin(script: Script, tries: int) -> None:
    async with pair(script) as both:
        assert await answer(both.provider) == "From the second."
        assert both.asked == (tries, 1)


async def test_the_second_answers_where_the_first_is_not_there() -> None:
    async with ScriptedProvider(FROM_SECOND) as two:
        behind = Provider(base_url=two.base_url, api_key="", model="m2", label="second")
        front = Provider(base_url=AWAY, api_key="", model="m1", limits=QUICK, second=behind)
        assert await answer(front) == "From the second."
        await front.close()


async def test_the_second_is_not_asked_while_the_first_answers() -> None:
    async with pair(Script()) as both:
        assert await answer(both.provider) == "Good morning."
        assert both.asked == (1, 0)


async def test_each_is_asked_in_its_own_way() -> None:
    async with pair(Script(status=401)) as both:
        await answer(both.provider)
        (first,), (second,) = both.first.requests, both.second.requests
    assert first.body.keys() == {"model", "messages", "stream", "stream_options", "store", "max_completion_tokens"}
    assert second.body.keys() == {"model", "messages", "stream", "max_tokens"}
    assert (first.headers["authorization"], second.headers["authorization"]) == ("Bearer k1", "Bearer k2")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(Script(drop_after=1), id="dropped"),
        pytest.param(Script(hang_after=1), id="silent"),
        pytest.param(Script(malformed_after=1), id="no JSON"),
    ],
)
async def test_the_second_is_never_asked_after_a_token(script: Script) -> None:
    """Two halves of two answers are none."""
    async with pair(script) as both:
        await failure(both.provider)
        assert both.asked == (1, 0)


async def test_where_both_fail_the_failure_is_the_seconds_and_quotes_nothing() -> None:
    async with pair(Script(status=500), second=Script(status=401)) as both:
        error = await failure(both.provider)
        assert (error.reason, both.asked) == (Reason.REFUSED, (2, 1))
        assert (error.__cause__, error.__context__) == (None, None)
        assert "zanzibarium" not in "".join(traceback.format_exception(error))


async def test_a_spent_budget_asks_nobody_else() -> None:
    before = requests("second", "deadline")
    async with pair(Script(hang_after=0)) as both:
        error = await failure(both.provider, budget_ms=200)
        assert (error.reason, both.asked) == (Reason.DEADLINE, (1, 0))
    assert requests("second", "deadline") == before


async def test_a_dead_provider_is_left_alone_until_a_trial_succeeds() -> None:
    clock = Clock()
    async with pair(Script(status=401), breaker=Breaker(after=3, pause_s=10, clock=clock)) as both:
        for _ in range(6):
            assert await answer(both.provider) == "From the second."
        assert both.asked == (3, 6), "after the third failure no request reached the first"
        assert counted("lethe_llm_circuit_state", provider="first") == 2
        clock.now += 10
        assert counted("lethe_llm_circuit_state", provider="first") == 1
        await answer(both.provider)
        await answer(both.provider)
        assert both.asked == (4, 8), "one trial, which failed"
        clock.now += 10
        both.first.play(Script())
        assert [await answer(both.provider) for _ in range(2)] == ["Good morning."] * 2
        assert both.asked == (6, 8)
        assert counted("lethe_llm_circuit_state", provider="first") == 0
        assert counted("lethe_llm_circuit_state", provider="second") == 0


async def test_only_one_turn_at_a_time_tries_a_dead_provider() -> None:
    clock = Clock()
    async with pair(Script(status=401), breaker=Breaker(after=1, pause_s=10, clock=clock)) as both:
        await answer(both.provider)
        clock.now += 10
        both.first.play(Script(tokens=("It ", "lives."), delay_s=0.05))
        said = await asyncio.gather(*(answer(both.provider) for _ in range(5)))
        assert sorted(said) == ["From the second."] * 4 + ["It lives."]


async def test_an_open_circuit_without_a_second_is_an_honest_failure() -> None:
    async with ScriptedProvider(Script(status=401)) as server:
        provider = Provider(base_url=server.base_url, api_key="k", model="m", breaker=Breaker(after=2))
        reasons = [(await failure(provider)).reason for _ in range(4)]
        await provider.close()
        assert reasons == [Reason.REFUSED, Reason.REFUSED, Reason.LEFT_ALONE, Reason.LEFT_ALONE]
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "script,budget_ms",
    [
        pytest.param(Script(hang_after=0), 100, id="the turn's own small budget"),
        pytest.param(Script(tokens=(), finish_reason="content_filter"), 5_000, id="a filter"),
        pytest.param(Script(status=400, error_code="content_filter"), 5_000, id="azure's filter"),
    ],
)
async def test_what_is_not_the_providers_fault_opens_no_circuit(script: Script, budget_ms: int) -> None:
    async with ScriptedProvider(script) as server:
        provider = Provider(base_url=server.base_url, api_key="k", model="m", breaker=Breaker(after=2))
        for _ in range(4):
            await failure(provider, budget_ms=budget_ms)
        server.play(Script())
        assert await answer(provider) == "Good morning."
        await provider.close()


async def test_a_visitor_who_leaves_does_not_occupy_the_trial() -> None:
    clock = Clock()
    async with ScriptedProvider(Script(status=401)) as server:
        breaker = Breaker(after=1, pause_s=10, clock=clock)
        provider = Provider(base_url=server.base_url, api_key="k", model="m", breaker=breaker)
        await failure(provider)
        clock.now += 10
        server.play(Script(hang_after=1))
        async with aclosing(provider.stream(ASKED, budget_ms=5_000)) as texts:
            await anext(texts)
        server.play(Script())
        assert await answer(provider) == "Good morning."
        await provider.close()


@asynccontextmanager
async def alone(
    script: Script, kind: KindId = "openai", key: str = "k"
) -> AsyncIterator[tuple[ScriptedProvider, Provider]]:
    async with ScriptedProvider(script) as server:
        provider = Provider(base_url=server.base_url, api_key=key, model="m", kind=kind, limits=QUICK)
        try:
            yield server, provider
        finally:
            await provider.close()


async def test_azure_is_given_its_key_in_a_header_of_its_own() -> None:
    async with alone(Script(), "azure_openai_eu") as (server, provider):
        await answer(provider)
    headers = server.requests[0].headers
    assert headers["api-key"] == "k"
    assert "authorization" not in headers


@pytest.mark.parametrize("kind", ["openai", "azure_openai_eu", "ollama"])
async def test_without_a_key_none_is_sent(kind: KindId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of somebody else")
    async with alone(Script(), kind, key="") as (server, provider):
        await answer(provider)
    assert not {"authorization", "api-key"} & server.requests[0].headers.keys()


type Tokens = tuple[float, float]


def tokens() -> Tokens:
    prompt, completion = (
        counted("lethe_llm_tokens_total", provider="first", kind=kind) for kind in ("prompt", "completion")
    )
    return prompt, completion


@pytest.mark.parametrize(
    "script,kind,spent",
    [
        pytest.param(Script(usage=USAGE), "openai", (812, 44), id="asked for"),
        pytest.param(Script(usage=USAGE), "mistral", (0, 0), id="not asked for and not sent"),
        pytest.param(
            Script(before=b'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}\n\n'),
            "mistral",
            (7, 2),
            id="sent unasked",
        ),
        pytest.param(
            Script(
                before=b'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 1}}\n\n', usage=USAGE
            ),
            "openai",
            (812, 44),
            id="sent with every chunk, the last one counts",
        ),
        pytest.param(Script(usage={"prompt_tokens": "many"}), "openai", (0, 0), id="of another shape"),
        pytest.param(Script(usage={"prompt_tokens": -4}), "openai", (0, 0), id="less than none"),
        pytest.param(Script(), "openai", (0, 0), id="asked for and not sent"),
    ],
)
async def test_tokens_are_counted_as_the_provider_says(script: Script, kind: KindId, spent: Tokens) -> None:
    before = tokens()
    async with alone(script, kind) as (_, provider):
        assert await answer(provider) == "Good morning."
    after = tokens()
    assert (after[0] - before[0], after[1] - before[1]) == spent


async def left(provider: Provider) -> None:
    async with aclosing(provider.stream(ASKED, budget_ms=5_000)) as texts:
        await anext(texts)


@pytest.mark.parametrize(
    "script,act,outcome,first_tokens",
    [
        pytest.param(Script(), answer, "answered", 1, id="answered"),
        pytest.param(Script(status=401), failure, "refused", 0, id="refused"),
        pytest.param(Script(drop_after=1), failure, "connection", 1, id="broken off"),
        pytest.param(Script(hang_after=0), failure, "slow", 0, id="silent"),
        pytest.param(Script(tokens=()), failure, "empty", 0, id="empty"),
        pytest.param(Script(hang_after=1), left, "cancelled", 1, id="left by its visitor"),
    ],
)
async def test_each_request_is_counted_once_by_its_end(
    script: Script, act: Callable[[Provider], Awaitable[object]], outcome: str, first_tokens: int
) -> None:
    def now() -> tuple[float, float, float]:
        return (
            requests("first", outcome),
            sum(requests("first", other) for other in [*Reason, "answered", "cancelled"]),
            counted("lethe_llm_first_token_seconds_count", provider="first"),
        )

    before = now()
    async with alone(script) as (_, provider):
        await act(provider)
    assert [later - earlier for later, earlier in zip(now(), before, strict=True)] == [1, 1, first_tokens]
