"""How often the AI is called: turns through a whole pipeline, counted at the provider.

Messages of the development parts, each in a conversation of its own. One turn after the other, so that a call
belongs to the turn during which it came.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import msgspec

from schemas.taxonomy import SPOKEN, Language
from schemas.taxonomy import Path as Way
from tests.bench.answers_measured import KINDS
from tests.cluster import Cluster, open_session, take_turn
from tests.corpus.cases import Case, cases
from tests.scripted_provider import ScriptedProvider

FAILED: Final = "failed"
"""Of a turn: it ended without an answer."""


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """The turns of one language that were answered one way."""

    path: str
    """As the visitor was told at the end of the turn; or `FAILED`."""
    language: str
    turns: int
    calls: int
    most: int
    """In one turn."""


class _Turn(NamedTuple):
    path: str
    language: Language
    calls: int


class LateCalls(Exception):  # noqa: N818  # the error's name is what is wrong
    """The provider was asked when no turn was open."""


async def calls(each: int, *, seed: int) -> list[Calls]:
    """Return the calls by way and language, over `each` messages a way that is meant and language.

    Raises:
        LateCalls: A call came after its turn had ended; the figures would be too low.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with ScriptedProvider() as provider:
            env = {"LETHE_LLM_BASE_URL": provider.base_url, "LETHE_LLM_API_KEY": "bench"}
            async with Cluster(Path(folder), env=env) as cluster:
                await cluster.start_all()
                async with cluster.client() as client:
                    turns = [await _taken(client, provider, *one) for one in sample(each, seed=seed)]
            late = len(provider.requests) - sum(turn.calls for turn in turns)
    if late:
        raise LateCalls(f"{late} calls came after their turns had ended")
    return list(_counted(turns))


def sample(each: int, *, seed: int) -> list[tuple[Language, Case]]:
    """Return `each` messages of the development parts a way that is meant and language; the same for the same `seed`.

    Without those that belong to a conversation: its earlier lines would cause calls of their own.
    """
    chance = random.Random(seed)  # noqa: S311  # test data
    chosen: list[tuple[Language, Case]] = []
    for language in SPOKEN:
        read = [case for kind in KINDS for case in cases(kind, language, "dev") if not case.history]
        for way in Way:
            meant = [case for case in read if case.path[0] is way]
            chosen += ((language, case) for case in chance.sample(meant, min(each, len(meant))))
    return chosen


async def _taken(client: httpx.AsyncClient, provider: ScriptedProvider, language: Language, case: Case) -> _Turn:
    session = await open_session(client, case.clinic, language.value)
    before = len(provider.requests)
    turn = await take_turn(client, case.text, session=session)
    answered = turn.refusal is None and turn.names[-1:] == ["done"]
    return _Turn(turn.end["path"] if answered else FAILED, language, len(provider.requests) - before)


def _counted(turns: list[_Turn]) -> Iterator[Calls]:
    for path in (*(way.value for way in Way), FAILED):
        for language in SPOKEN:
            made = [turn.calls for turn in turns if (turn.path, turn.language) == (path, language)]
            if made:
                yield Calls(path=path, language=language, turns=len(made), calls=sum(made), most=max(made))
