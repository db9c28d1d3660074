"""A panel's figures as a file: JSON as the API answers it, CSV and Parquet as one table.

A table holds what the panel shows, line by line; last, where there are any, the turns that it does
not show. Every text in it is of a closed vocabulary or a date, so no spreadsheet takes a cell for a
formula. The file's name says clinic, panel, days and filters; Parquet holds them as metadata too.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

import msgspec

from analytics.dashboard.answers import Answer, Breakdown, Hours, Row, Series, Summary
from schemas.taxonomy import Source

WITHHELD: Final = "withheld"
"""The key of the line that holds the turns which are not shown; no vocabulary has it."""
EVERYTHING: Final = "all"
"""All panels in one file, as JSON only."""
MEDIA_TYPES: Final = MappingProxyType(
    {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
)
_KEYS: Final = MappingProxyType(
    {
        "topics": "topic",
        "not_offered": "topic",
        "unanswered": "topic",
        "intents": "intent",
        "endings": "ending",
        "how": "how",
        "languages": "language",
    }
)
"""What the key of a breakdown's lines is called, by panel."""
_FIGURES: Final[tuple[tuple[str, type], ...]] = (("turns", int), ("firsts", int), ("since", dt.date), ("before", int))
_POINTS: Final = (("span", str), ("since", dt.date), ("day", dt.date), ("turns", int), ("firsts", int))
_RUNS: Final = (("weekday", int), ("hour", int), ("until", int), ("turns", int))

type Line = tuple[str | int | dt.date | None, ...]


class Table(NamedTuple):
    """One panel as lines."""

    columns: tuple[tuple[str, type], ...]
    """Name, and the type of its values where they are not None."""
    lines: tuple[Line, ...]


def table(panel: str, answer: Answer) -> Table:
    """Return what `panel` answers as a table.

    Raises:
        TypeError: It is several tables.
    """
    match answer:
        case Breakdown():
            shown = cast("Breakdown[Row]", answer)
            return Table(((_KEYS[panel], str), *_FIGURES), tuple(_lines(shown.rows, shown.withheld.turns)))
        case Summary():
            return Table((("of", str), ("key", str), *_FIGURES), tuple(_summary(answer)))
        case Series():
            spans = (("asked", answer.points), ("compared", answer.points_compared))
            lines = ((span, *msgspec.structs.astuple(point)) for span, points in spans for point in points)
            return Table(_POINTS, tuple(lines))
        case Hours():
            return Table(_RUNS, tuple(msgspec.structs.astuple(run) for run in answer.runs))
        case _:
            raise TypeError(type(answer).__name__)


def _lines(rows: tuple[Row, ...], withheld: int) -> Iterator[Line]:
    yield from (msgspec.structs.astuple(row) for row in rows)
    if withheld:
        yield (WITHHELD, withheld, None, None, None)


def _summary(answer: Summary) -> Iterator[Line]:
    if answer.total:
        yield ("all", *msgspec.structs.astuple(answer.total))
    for of, part in (("ending", answer.endings), ("how", answer.how)):
        yield from ((of, *line) for line in _lines(part.rows, part.withheld.turns))


def as_csv(shown: Table) -> bytes:
    """Return `shown` as CSV (RFC 4180): a line of names, then the lines; "" is None."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([name for name, _ in shown.columns])
    writer.writerows(shown.lines)
    return text.getvalue().encode("ascii")


def as_parquet(shown: Table, answer: Answer) -> bytes:
    """Return `shown` as Parquet; what was asked for is its metadata ``lethe``, as JSON."""
    # Loaded when first asked for: half a second and 40 MB that most processes never need.
    arrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    kinds = {str: arrow.string(), int: arrow.int64(), dt.date: arrow.date32()}
    asked: dict[str, Any] = {name: getattr(answer, name) for name in msgspec.structs.asdict(answer) if name in _ASKED}
    schema = arrow.schema(
        [(name, kinds[kind]) for name, kind in shown.columns], metadata={"lethe": msgspec.json.encode(asked)}
    )
    columns = [[line[number] for line in shown.lines] for number in range(len(shown.columns))]
    sink: Any = arrow.BufferOutputStream()
    parquet.write_table(arrow.table(columns, schema=schema), sink)
    return sink.getvalue().to_pybytes()


_ASKED: Final = frozenset(Answer.__struct_fields__)


def file_name(panel: str, form: str, answer: Answer) -> str:
    """Return the name of a file, e.g. ``lethe-lumiere-topics-2026-10-01-2026-10-28-answered.csv``."""
    others = [] if answer.source is Source.VISITOR else [answer.source.value]
    filters = [value for value in msgspec.structs.astuple(answer.filters) if value not in {"", panel}]
    days = (answer.first.isoformat(), answer.last.isoformat())
    return "-".join(["lethe", answer.clinic, panel, *days, *others, *filters]) + f".{form}"
