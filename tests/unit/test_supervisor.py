"""Parts of one machine: started, watched, drained."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from deploy.up import supervisor
from deploy.up.plan import Part
from deploy.up.supervisor import PartFailed, Supervisor, free_port, is_free, wait_for_port

READY = "import os, time; os.write(int(os.environ['LETHE_READY_FD']), b'ready'); "


def part(code: str) -> Part:
    return Part("router", (sys.executable, "-S", "-c", code), dict(os.environ), announces=True)


async def test_a_part_is_ready_when_it_says_so_and_drains(tmp_path: Path) -> None:
    said: list[str] = []
    parts = Supervisor(tmp_path, said.append)
    await parts.start(part(READY + "time.sleep(30)"))
    assert parts.pids()["router"][0] > 0
    assert "ready in" in said[0]
    await asyncio.wait_for(parts.stop(), 5)
    assert parts.running[0].process
    assert parts.running[0].process.returncode == -15


async def test_a_part_that_ends_before_it_is_ready_is_named(tmp_path: Path) -> None:
    with pytest.raises(PartFailed, match="router: did not become ready"):
        await Supervisor(tmp_path, print).start(part("raise SystemExit(3)"))


async def test_a_dead_part_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_RESTART_WAIT_S", 0.01)
    again = asyncio.Event()
    parts = Supervisor(tmp_path, lambda line: again.set() if "ready again" in line else None)
    await parts.start(part(READY + "time.sleep(30)"))
    before = parts.running[0].pid
    assert parts.running[0].process
    parts.running[0].process.kill()
    await asyncio.wait_for(again.wait(), 5)
    assert parts.running[0].pid != before
    await asyncio.wait_for(parts.stop(), 5)


async def test_a_drain_while_a_part_is_about_to_restart_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_RESTART_WAIT_S", 0.2)
    ended = asyncio.Event()
    parts = Supervisor(tmp_path, lambda line: ended.set() if "ended" in line else None)
    await parts.start(part(READY + "time.sleep(4)"))
    assert parts.running[0].process
    parts.running[0].process.kill()
    await asyncio.wait_for(ended.wait(), 5)
    try:
        await asyncio.wait_for(parts.stop(), 1.5)
    finally:
        await parts.running[0].stop()


async def test_a_port_is_free_until_somebody_listens() -> None:
    port = free_port()
    assert is_free(port)
    with pytest.raises(PartFailed, match=str(port)):
        await wait_for_port(port, within_s=0.1)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    await wait_for_port(port, within_s=1)
    assert not is_free(port)
    server.close()
    await server.wait_closed()
