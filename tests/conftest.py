"""Fixtures that many folders share, and the loud word about tests that could not run."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.deployment import Deployment
from tests.embedded import Embedded
from tests.needs import PARTS
from tests.shares import Shares, place


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """`lethe up` on embedded defaults, one for the whole run (tests/shares.py sees to that)."""
    with Deployment(tmp_path_factory.mktemp("up")) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """`lethe up` with clinics of our own and a scripted model, one for the whole run."""
    with Embedded(tmp_path_factory.mktemp("embedded")) as deployed:
        yield deployed


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in what collecting makes, which stays: that took a seventh of its time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)  # pytest-randomly has shuffled them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares | None:
    return Shares(config, log) if config.getoption("dist") == "loadfile" else None


@functools.cache
def _present(part: str) -> bool:
    return PARTS[part].present()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        part = str(mark.args[0])
        if _present(part):
            continue
        known = PARTS[part]
        if os.environ.get("CI") == "true" and not known.optional_in_ci:
            pytest.fail(f"needs {part}: {known.install}")
        pytest.skip(f"needs {part}: {known.install}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run; from the reports, since the tests may have run in processes of their own."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for part, known in PARTS.items():
        if count := sum(f"needs {part}: " in reason for reason in reasons):
            terminalreporter.write_line(f"NOT RUN: {count} tests that need {part} ({known.install})", yellow=True)
