"""The panels of a page: each asks `Figures` and answers a struct of `analytics.dashboard.answers`.

`PANELS` is the list of them: API, exports and their description have the same ones.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from analytics import figures
from analytics.asked import Asked, TooManyDimensions
from analytics.dashboard.answers import (
    Answer,
    Breakdown,
    Coverage,
    Days,
    EndingRow,
    Everything,
    Filters,
    Hours,
    HowRow,
    IntentRow,
    LanguageRow,
    Panels,
    Part,
    Point,
    Row,
    Run,
    Series,
    Summary,
    TopicRow,
    Topics,
    TotalRow,
    Withheld,
)
from analytics.dashboard.problems import Code, Problem
from analytics.figures import Figures
from analytics.release import Ending

type _Ask = Callable[[Figures, Asked, dict[str, Any]], Awaitable[Answer]]


async def _summary(source: Figures, asked: Asked, head: dict[str, Any]) -> Answer:
    found = await source.summary(asked)
    total = TotalRow(*found.total) if found.total else None
    endings, how = Part(*_rows(EndingRow, found.by_ending)), Part(*_rows(HowRow, found.by_how))
    return Summary(**head, total=total, endings=endings, how=how, left_out_percent=found.left_out_percent)


async def _series(source: Figures, asked: Asked, head: dict[str, Any]) -> Answer:
    own, compared = await source.series(asked)
    both = (tuple(Point(*point) for point in points) for points in (own, compared))
    return Series(**head, points=next(both), points_compared=next(both))


async def _topics(source: Figures, asked: Asked, head: dict[str, Any]) -> Answer:
    rows, withheld = _rows(TopicRow, await source.breakdown("topic", asked))
    return Topics(**head, rows=rows, withheld=withheld, left_out_percent=await source.left_out_percent(asked))


async def _hours(source: Figures, asked: Asked, head: dict[str, Any]) -> Answer:
    if asked.filters.named():
        raise Problem(Code.TOO_MANY_DIMENSIONS, "hours: not together with ending, topic or intent")
    heat = await source.heat(asked)
    if heat is None:
        return Hours(**head, runs=(), span=None, spread=False)
    return Hours(**head, runs=tuple(Run(*run) for run in heat.runs), span=Days(*heat.span), spread=heat.spread)


def _by(name: str, row: type[Row]) -> _Ask:
    async def ask_by(source: Figures, asked: Asked, head: dict[str, Any]) -> Answer:
        rows, withheld = _rows(row, await source.breakdown(name, asked))
        return Breakdown(**head, rows=rows, withheld=withheld)

    return ask_by


def _rows[R: Row](kind: type[R], found: figures.Breakdown) -> tuple[tuple[R, ...], Withheld]:
    return tuple(kind(*row) for row in found.rows), Withheld(found.not_shown)


PANELS: Final[Mapping[str, tuple[Any, _Ask]]] = MappingProxyType(
    {
        "summary": (Summary, _summary),
        "series": (Series, _series),
        "topics": (Topics, _topics),
        "intents": (Breakdown[IntentRow], _by("intent", IntentRow)),
        "endings": (Breakdown[EndingRow], _by("ending", EndingRow)),
        "how": (Breakdown[HowRow], _by("how", HowRow)),
        "languages": (Breakdown[LanguageRow], _by("language", LanguageRow)),
        "hours": (Hours, _hours),
        "not_offered": (Breakdown[TopicRow], _by("topic", TopicRow)),
        "unanswered": (Breakdown[TopicRow], _by("topic", TopicRow)),
    }
)
"""Each panel's name, what it answers, and how."""
OF_ENDING: Final[Mapping[str, str]] = MappingProxyType(
    {"not_offered": Ending.NOT_OFFERED.value, "unanswered": Ending.UNANSWERED.value}
)
"""Panels that are about one ending."""


async def ask(source: Figures, panel: str, asked: Asked, coverage: figures.Coverage) -> Answer:
    """Return what `panel` shows.

    Args:
        source: The figures.
        panel: One of `PANELS`.
        asked: What is asked for.
        coverage: Of the clinic and source.

    Raises:
        Problem: More properties at once than are published together.
        StoreFault: The database failed.
    """
    if ending := OF_ENDING.get(panel):
        if asked.filters.ending not in {"", ending}:
            raise Problem(Code.INVALID_REQUEST, f"ending: {panel} has one of its own")
        asked = asked._replace(filters=asked.filters._replace(ending=ending))
    _, asks = PANELS[panel]
    try:
        return await asks(source, asked, _head(asked, coverage))
    except TooManyDimensions:
        raise Problem(Code.TOO_MANY_DIMENSIONS) from None


async def ask_all(source: Figures, asked: Asked, coverage: figures.Coverage) -> Everything:
    """Return what every panel shows that can be asked with these filters.

    Raises:
        StoreFault: The database failed.
    """
    found: dict[str, Any] = {}
    for name in PANELS:
        # Those that these filters leave out are left out here, as on the page.
        with contextlib.suppress(Problem):
            found[name] = await ask(source, name, asked, coverage)
    return Everything(**_head(asked, coverage), panels=Panels(**found))


def _head(asked: Asked, coverage: figures.Coverage) -> dict[str, Any]:
    compared = asked.compared()
    return {
        "clinic": asked.clinic,
        "source": asked.source,
        "first": asked.span.first,
        "last": asked.span.last,
        "compare": asked.compare,
        "compared": Days(*compared) if compared else None,
        "filters": Filters(*asked.filters),
        "coverage": Coverage(*coverage),
        "k": coverage.k,
        "since": coverage.first,
    }
