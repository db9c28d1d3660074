import asyncio
from contextlib import aclosing

import pytest

from workers.llm.coalesce import coalesced

LONG_S = 30.0
"""A window that never ends within a test: what passes it did not wait for it."""


class Source:
    """A stream that a test feeds by hand."""

    def __init__(self):
        self.items = asyncio.Queue()
        self.closed = asyncio.Event()

    def put(self, *texts):
        for text in texts:
            self.items.put_nowait(text)

    async def stream(self):
        try:
            while (item := await self.items.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
                self.items.task_done()
        finally:
            self.closed.set()


async def test_the_first_token_does_not_wait_and_the_rest_comes_joined_at_the_end():
    source = Source()
    async with aclosing(coalesced(source.stream(), window_s=LONG_S)) as pieces:
        source.put("a")
        assert await anext(pieces) == "a"
        source.put("b", "c", "d", None)
        assert [piece async for piece in pieces] == ["bcd"]


async def test_tokens_of_one_window_come_as_one_piece():
    source = Source()
    async with aclosing(coalesced(source.stream(), window_s=0.02)) as pieces:
        source.put("a")
        await anext(pieces)
        source.put("b", "c")
        assert await anext(pieces) == "bc"


async def test_a_token_within_the_window_waits_for_company():
    source = Source()
    async with aclosing(coalesced(source.stream(), window_s=LONG_S)) as pieces:
        source.put("a")
        await anext(pieces)
        waiting = asyncio.ensure_future(anext(pieces))
        source.put("b")
        done, _ = await asyncio.wait({waiting}, timeout=0.02)
        assert not done
        source.put("c", None)
        assert await waiting == "bc"


async def test_a_token_after_a_pause_goes_out_without_waiting_for_company():
    source = Source()
    async with aclosing(coalesced(source.stream(), window_s=0.001)) as pieces:
        source.put("a")
        assert await anext(pieces) == "a"
        waiting = asyncio.ensure_future(anext(pieces))
        await asyncio.sleep(0.005)
        source.put("b")
        assert await waiting == "b"


async def test_what_arrived_before_a_failure_is_shown_before_it():
    source = Source()
    source.put("a", "b", ValueError("broken"))
    pieces = coalesced(source.stream(), window_s=LONG_S)
    assert await anext(pieces) == "ab"
    with pytest.raises(ValueError, match="broken"):
        await anext(pieces)


@pytest.mark.parametrize("fed", [(), ("a",), ("a", "b")], ids=["before a token", "in a window", "with text held"])
async def test_cancelling_the_consumer_closes_the_source_before_it_returns(fed):
    source = Source()
    source.put(*fed)

    async def consume():
        async with aclosing(coalesced(source.stream(), window_s=LONG_S)) as pieces:
            async for _ in pieces:
                pass

    task = asyncio.create_task(consume())
    await asyncio.sleep(0)  # lets the consumer begin
    await source.items.join()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed.is_set()


async def test_closing_early_closes_the_source():
    source = Source()
    source.put("a")
    pieces = coalesced(source.stream(), window_s=LONG_S)
    await anext(pieces)
    await pieces.aclose()
    assert source.closed.is_set()


async def test_an_empty_source_gives_nothing():
    source = Source()
    source.put(None)
    assert [piece async for piece in coalesced(source.stream())] == []
