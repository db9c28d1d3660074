"""What the analytics tables hold, asked by a process of its own: one process at a time opens chDB's folder.

To look changes nothing: what rollups lack is counted, not corrected.
"""

import asyncio
import datetime as dt
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, LiteralString, cast

from analytics.rollups import COMPARED_DAYS, GAPS
from analytics.sink import _OFFERED
from analytics.store import Store
from schemas.events import ConsentFact, TurnFact

ROOT = Path(__file__).parents[1]

_COUNTS = """
SELECT
    (SELECT (count(), countIf(first)) FROM lethe.turn_facts),
    (SELECT (sum(turns), sum(firsts)) FROM lethe.turns_by_hour),
    (SELECT (sum(turns), sum(firsts)) FROM lethe.turns_by_day),
    (SELECT (sum(turns), sum(firsts)) FROM lethe.turns_by_month),
    (SELECT count() FROM lethe.consent_facts)
"""
_TURNS = """
SELECT
    toString(clinic), toUnixTimestamp(hour), toString(language), toString(topic), toString(intent), toString(path),
    toString(outcome), toString(offered), redactions, latency, toString(source), suspect, first, count()
FROM lethe.turn_facts
GROUP BY ALL
"""


async def look(data_dir: str, url: str) -> dict[str, Any]:
    """Return counts of raw rows and of each rollup, which turns there are, and the rollups' wrong rows."""
    store = await Store.open(data_dir=data_dir, url=url)
    ((*rows,),) = await store.query(_COUNTS)
    turns = {tuple(row): number for *row, number in await store.query(_TURNS)}
    first = (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=COMPARED_DAYS)).replace(day=1)
    counts = ["SELECT count() FROM (" + gaps + ")" for _, gaps in GAPS]  # noqa: S608  # files of the repository
    wrong = [await store.query(cast("LiteralString", sql), {"since": first}) for sql in counts]
    await store.close()
    return {"rows": rows, "turns": _digest(turns), "wrong": sum(number for ((number,),) in wrong)}


async def audit(folder: Path, url: str = "") -> dict[str, Any]:
    """Look at the server at `url`, or at the chDB of the process that ran in `folder`."""
    return json.loads(await _run(str(folder / "chdb"), url))


async def command(folder: Path, url: str, *statements: str) -> None:
    """Run statements in the server at `url`, or in the chDB of the process that ran in `folder`."""
    await _run(str(folder / "chdb"), url, *statements)


async def _run(*words: str) -> bytes:
    words = ("-m", "tests.analytics_audit", *words)
    process = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out


async def _command(data_dir: str, url: str, *statements: str) -> None:
    store = await Store.open(data_dir=data_dir, url=url)
    for statement in statements:
        await store.command(cast("Any", statement))
    await store.close()


def expect(facts: Iterable[Any]) -> dict[str, Any]:
    """Return what `audit` finds where each of `facts` is stored once; what is no event counts as none."""
    facts = list(facts)
    turns = [fact for fact in facts if isinstance(fact, TurnFact)]
    both = [len(turns), sum(fact.first for fact in turns)]
    consents = sum(isinstance(fact, ConsentFact) for fact in facts)
    return {"rows": [*[both] * 4, consents], "turns": _digest(Counter(map(_plain, turns))), "wrong": 0}


def _plain(fact: TurnFact) -> tuple[Any, ...]:
    offered = _OFFERED[fact.offered]
    words = (fact.language, fact.topic, fact.intent, fact.path, fact.outcome, offered)
    numbers = (fact.redactions, fact.latency, str(fact.source), fact.suspect, fact.first)
    return (fact.clinic, fact.hour, *map(str, words), *numbers)


def _digest(turns: dict[tuple[Any, ...], int]) -> str:
    return hashlib.sha256(repr(sorted(turns.items())).encode()).hexdigest()


if __name__ == "__main__":
    if sys.argv[3:]:
        asyncio.run(_command(*sys.argv[1:]))
    else:
        print(json.dumps(asyncio.run(look(*sys.argv[1:]))))
