"""A sanitiser's memory does not grow with what it reads, and what it read long ago is not in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.up.plan import ROOT
from schemas.process import with_hygiene
from tests.many_messages import CANARIES, canary
from tests.traces import _writable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

_CANARY = re.compile(
    rb"(?i)zq[a-j]{3}vx|z\x00q\x00(?:[a-j]\x00){3}v\x00x\x00|z\x00{3}q\x00{3}(?:[a-j]\x00{3}){3}v\x00{3}x"
)
"""Any canary, in any case, as one, two or four bytes a character."""


class Seen(NamedTuple):
    """What is seen of a process."""

    resident_kb: int
    canaries: set[str]
    """Those in its memory, folded."""


@pytest.mark.parametrize(
    "early, total, most_kb",
    [
        pytest.param(400, 1_400, 2_000, id="fourteen hundred"),
        pytest.param(20_000, 200_000, 4_000, id="two hundred thousand", marks=pytest.mark.long),
    ],
)
def test_memory_stays_flat_over_messages_that_are_all_different(early: int, total: int, most_kb: int):
    """Messages that are kept at the end are seen, so that others would have been."""
    before, after, kept = watched(early, total)
    print(f"{total} messages: {after.resident_kb - before.resident_kb:+} kB since the first {early}")
    assert after.canaries == set()
    assert after.resident_kb - before.resident_kb <= most_kb
    assert kept.canaries == {canary(number).lower() for number in range(CANARIES)}
    assert kept.resident_kb - after.resident_kb > 2_000


def watched(early: int, total: int) -> list[Seen]:
    """Run a process that reads `total` messages, with the allocator that workers have; look at it at each stop."""
    command = [sys.executable, "-m", "tests.many_messages", str(early), str(total)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env=with_hygiene(os.environ), cwd=ROOT
    ) as process:
        assert process.stdin
        assert process.stdout
        seen: list[Seen] = []
        try:
            for stop in ("EARLY\n", "ALL\n", "KEPT\n"):
                assert process.stdout.readline() == stop
                seen.append(Seen(resident_kb(process.pid), canaries_in(process.pid)))
                process.stdin.write("\n")
                process.stdin.flush()
        finally:
            process.stdin.close()
            process.wait(timeout=30)
    assert process.returncode == 0
    return seen


def resident_kb(pid: int) -> int:
    """Return the resident memory of process `pid`."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[0])


def canaries_in(pid: int) -> set[str]:
    """Return the canaries in the writable memory of process `pid`."""
    return {hit.replace(b"\0", b"").decode().lower() for held in _writable(pid) for hit in _CANARY.findall(held)}
