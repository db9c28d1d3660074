"""How the tests are shared out among processes: a file at a time, the long ones first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from xdist.scheduler import LoadFileScheduling

TESTS: Final = Path(__file__).parent
ASK_RUNNING: Final = tuple(
    file.relative_to(TESTS.parent).as_posix()
    for file in sorted(TESTS.glob("*/test_*.py"))
    if re.search(r"\brunning: ", file.read_text("utf-8"))
)
"""The files with a test that asks the `running` Lethe: all in one process, or each process starts one of its own."""
LONG: Final = (
    "tests/e2e/",
    "tests/faults/",
    "tests/integration/",
    "tests/privacy/",
    "tests/unit/test_router_dev.py",
    "tests/unit/test_sanitiser_hardening.py",
)
"""Begun early: a long file that is begun last is what everybody waits for."""


def place(nodeid: str) -> int:
    """Return how soon a test is begun; those of one number in any order."""
    return 0 if nodeid.startswith(ASK_RUNNING) else 1 if nodeid.startswith(LONG) else 2


class Shares(LoadFileScheduling):
    """As ``--dist loadfile``, but the files that ask the `running` Lethe count as one."""

    def _split_scope(self, nodeid: str) -> str:
        return ASK_RUNNING[0] if nodeid.startswith(ASK_RUNNING) else super()._split_scope(nodeid)
