"""What a sanitiser has read is gone from its memory a moment later: looked for in the memory itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ALLOCATOR = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165",
}
"""Overwrites what is freed: how chat roles are started."""
CANARIES = 40
PROGRAM = """
import sys
from deploy.weights import weights
from schemas.raw import RawTurn
from schemas.taxonomy import Language
from schemas.turns import Said
from workers.sanitiser.engine import Engine
from workers.sanitiser.handler import sanitise
from workers.sanitiser.keep import keep_words

engine, keep = Engine.load(weights()), keep_words(None)
planted = []

def turn(text):
    return RawTurn(turn_id="t", clinic="c", language=Language.EN, text=text, reply_key=bytes(32), budget_ms=1,
        history=(Said(role="visitor", text="lips?"),))

def canary(i):
    return f"zq{i:03d}" + "vx"          # assembled here, so that the program's own text holds none

def letters(i):
    return "Zq" + "".join(chr(97 + int(d)) for d in f"{i:03d}") + "vx"

def read(i):
    text = f"my name is {letters(i)}, mail {canary(i)}@example.com, tel 0478 12 3{i:03d}4, I live in {letters(i)}stad"
    cleaned, clean = sanitise(turn(text), engine=engine, keep=keep)
    assert letters(i) not in clean.text and canary(i) not in clean.text, "leaked"

for i in range(int(sys.argv[1])):
    read(i)
for i in range(30):
    sanitise(turn("how much is botox for the forehead and do I need a consultation first?"), engine=engine, keep=keep)
print("ready", flush=True)
sys.stdin.readline()
planted.append(f"my name is {letters(7)}, mail {canary(7)}@example.com")
print("planted", flush=True)
sys.stdin.readline()
"""
_CANARY = re.compile(
    rb"(?i)zq(?:\d{3}|[a-j]{3})vx|z\x00q\x00(?:[\da-j]\x00){3}v\x00x\x00|z\x00{3}q\x00{3}(?:[\da-j]\x00{3}){3}v\x00{3}x"
)
"""Both kinds, in any case, as one, two or four bytes a character."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_message_leaves_no_trace_in_memory_and_a_planted_canary_is_seen():
    command = [sys.executable, "-c", PROGRAM, str(CANARIES)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ALLOCATOR) as child:
        assert child.stdin
        assert child.stdout
        try:
            assert child.stdout.readline() == "ready\n"
            found = canaries_in_memory(child.pid)
            child.stdin.write("\n")
            child.stdin.flush()
            assert child.stdout.readline() == "planted\n"
            planted = canaries_in_memory(child.pid)
        finally:
            child.stdin.close()
            child.wait(timeout=30)
    assert child.returncode == 0
    assert found == set()
    assert planted == {b"zq007vx", b"zqaahvx"}


def canaries_in_memory(pid: int) -> set[bytes]:
    """Return the canaries, folded, in every readable and writable mapping of process `pid`."""
    found: set[bytes] = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text("ascii", "replace").splitlines():
            span, access, *_ = line.split()
            if not access.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            memory.seek(start)
            try:
                held = memory.read(end - start)
            except OSError:
                continue
            found |= {hit.replace(b"\x00", b"").lower() for hit in _CANARY.findall(held)}
    return found
