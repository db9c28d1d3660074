"""Ways to another clinic's figures, for a clinic's own database user."""

import re
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
WAYS: Final = dict(re.findall(r"^-- (.+)\n([^-].+);$", (_HERE / "clinic_ways.sql").read_text("utf-8"), re.MULTILINE))
MARKS: Final = ("noord", "thread_lift", "2031-")
"""Of the other clinic: its name, its one topic, the year of its figures."""
REVIEWED: Final = frozenset((_HERE / "clickhouse_table_functions.txt").read_text("utf-8").split())
"""Table functions of the server: a new one is tried as a way before it stands there."""


def marks(text: str, *, way: str) -> set[str]:
    """Return what a text tells of the other clinic that the way itself does not say."""
    told = text.replace(WAYS[way], "")
    return {mark for mark in MARKS if mark in told and mark not in WAYS[way]}
