"""What a process does at its start so that nothing is dumped, and so that what is freed is gone."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from schemas import process
from schemas.process import ALLOCATOR_ENV, allocator_overwrites, keep_forgetting, notify_ready, with_hygiene

ROOT = Path(__file__).resolve().parents[2]


def test_hygiene_sets_the_allocator_and_unsets_pythons_own_dumps() -> None:
    environ = {"PATH": "/bin", "PYTHONFAULTHANDLER": "1", "PYTHONASYNCIODEBUG": "1", "PYTHONMALLOC": "pymalloc"}
    assert with_hygiene(environ) == {"PATH": "/bin", **ALLOCATOR_ENV}
    assert environ["PYTHONFAULTHANDLER"] == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_only_the_whole_of_it_counts_as_overwriting() -> None:
    assert allocator_overwrites(with_hygiene({}))
    assert not allocator_overwrites({})
    for name in ALLOCATOR_ENV:
        assert not allocator_overwrites(with_hygiene({}) | {name: "other"})


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_process_that_forbids_dumps_has_none_and_cannot_be_read() -> None:
    code = (
        "import ctypes, resource; from schemas.process import forbid_dumps; forbid_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=30
    )
    assert child.stdout.strip() == "(0, 0) 0"


def test_ready_is_said_once_on_the_pipe_that_was_given() -> None:
    reading, writing = os.pipe()
    notify_ready({"LETHE_READY_FD": str(writing)})
    assert os.read(reading, 100) == b"ready\n"
    assert os.read(reading, 100) == b""
    os.close(reading)


@pytest.mark.parametrize("environ", [{}, {"LETHE_READY_FD": ""}], ids=["unset", "empty"])
def test_nobody_is_told_where_nobody_asked(environ: dict[str, str]) -> None:
    notify_ready(environ)


class Kept:
    """Refers to itself, as an exception and its frames do."""

    def __init__(self) -> None:
        self.itself = self


async def test_what_only_a_cycle_keeps_is_freed_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FORGET_EVERY_S", 0.01)
    gc.disable()
    task = asyncio.create_task(keep_forgetting())
    try:
        for _ in range(2):
            gone = asyncio.Event()
            await asyncio.sleep(0)
            weakref.finalize(Kept(), gone.set)
            await asyncio.wait_for(gone.wait(), 5)
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        gc.enable()
        gc.unfreeze()


async def test_forgetting_ends_when_it_is_cancelled_and_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FORGET_EVERY_S", 0.001)
    before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0  # noqa: ASYNC240  # not a disk
    task = asyncio.create_task(keep_forgetting())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    gc.unfreeze()
    await asyncio.sleep(0)
    assert task.cancelled()
    assert sys.platform != "linux" or len(list(Path("/proc/self/fd").iterdir())) == before  # noqa: ASYNC240  # not a disk
