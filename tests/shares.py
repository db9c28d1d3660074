"""How the tests are shared out among processes: a file at a time, the long ones first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from xdist.scheduler import LoadFileScheduling

TESTS: Final = Path(__file__).parent


def _files_with(fixture: str) -> tuple[str, ...]:
    """Return the test files that ask for `fixture`, a whole Lethe: all in one process, or each starts one."""
    asks = re.compile(rf"\b{fixture}: ")
    found = sorted(file for file in TESTS.glob("*/test_*.py") if asks.search(file.read_text("utf-8")))
    return tuple(file.relative_to(TESTS.parent).as_posix() for file in found)


ASK_RUNNING: Final = _files_with("running")
ASK_EMBEDDED: Final = _files_with("embedded")
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
    return 0 if nodeid.startswith(ASK_RUNNING + ASK_EMBEDDED) else 1 if nodeid.startswith(LONG) else 2


class Shares(LoadFileScheduling):
    """As ``--dist loadfile``, but the files that ask for the same Lethe count as one."""

    def _split_scope(self, nodeid: str) -> str:
        for files in (ASK_RUNNING, ASK_EMBEDDED):
            if nodeid.startswith(files):
                return files[0]
        return super()._split_scope(nodeid)
