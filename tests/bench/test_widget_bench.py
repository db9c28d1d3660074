"""The bench of the widget runs from end to end, at a tiny size; no time is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.widget import HEADING, command

pytestmark = [pytest.mark.long, pytest.mark.needs("chromium")]


def test_the_tables_are_printed_and_replace_those_of_the_document(tmp_path: Path):
    document = tmp_path / "widget.md"
    document.write_text(f"# Before\n\n{HEADING}\nold\n\n## After\n", "utf-8")
    done = CliRunner().invoke(command, ["--turns", "2", "--lighthouse", "0", "--into", str(document)])
    assert done.exit_code == 0, done.output
    written = document.read_text("utf-8")
    assert written.startswith(f"# Before\n\n{HEADING}\n")
    assert written.endswith("\n## After\n")
    assert ("old" in written, "painted, p50 / p95" in written) == (False, True)
