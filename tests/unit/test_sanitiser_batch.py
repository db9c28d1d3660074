"""Micro-batches: nobody waits for one to fill, order is kept, a poison item fails alone."""

from __future__ import annotations

import asyncio
import threading

import pytest

from workers.runtime.batch import Batches


class Work:
    """Doubles numbers, on a thread that the test can hold up; notes what was done where."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.begun = threading.Event()
        self.items: list[int] = []
        self.threads: set[int] = set()

    def __call__(self, item: int) -> int:
        self.begun.set()
        assert self.go.wait(5)
        self.items.append(item)
        self.threads.add(threading.get_ident())
        if item < 0:
            raise ValueError("poison")
        return 2 * item


async def gathered(batches: Batches[int, int], *items: int) -> list[int | BaseException]:
    return await asyncio.gather(*map(batches.done, items), return_exceptions=True)


async def test_one_item_goes_at_once_and_off_the_loop() -> None:
    work = Work()
    assert await asyncio.wait_for(Batches(work).done(21), 1) == 42
    assert threading.get_ident() not in work.threads


async def test_every_item_gets_its_own_result_in_order_over_many_batches() -> None:
    work = Work()
    assert await gathered(Batches(work, most=7), *range(100)) == [2 * n for n in range(100)]
    assert work.items == list(range(100))
    assert len(work.threads) == 1


async def test_a_poison_item_fails_alone_and_keeps_no_frames() -> None:
    one, poison, two = await gathered(Batches(Work()), 1, -1, 2)
    assert (one, two) == (2, 4)
    assert isinstance(poison, ValueError)
    frames = []
    at = poison.__traceback__
    while at:
        frames.append(at.tb_frame.f_code.co_name)
        at = at.tb_next
    assert "_one" not in frames
    assert "__call__" not in frames


async def test_what_waits_while_a_batch_runs_goes_together_in_the_next() -> None:
    work = Work()
    work.go.clear()
    batches = Batches(work, most=3)
    first = asyncio.create_task(batches.done(0))
    await asyncio.to_thread(work.begun.wait, 5)
    rest = [asyncio.create_task(batches.done(n)) for n in range(1, 6)]
    await asyncio.sleep(0)
    sizes: list[int] = []
    each = batches._each
    batches._each = lambda items: (sizes.append(len(items)), each(items))[1]  # type: ignore[method-assign]
    work.go.set()
    assert await asyncio.gather(first, *rest) == [2 * n for n in range(6)]
    assert sizes == [3, 2]


async def test_a_caller_that_leaves_is_not_worked_for() -> None:
    work = Work()
    work.go.clear()
    batches = Batches(work)
    first = asyncio.create_task(batches.done(0))
    await asyncio.to_thread(work.begun.wait, 5)
    left = asyncio.create_task(batches.done(1))
    last = asyncio.create_task(batches.done(2))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    work.go.set()
    assert await asyncio.gather(first, last) == [0, 4]
    assert work.items == [0, 2]
