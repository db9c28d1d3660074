"""Answers as a model might write them, by hand, for the two demo clinics: true ones and false ones.

They stand in `tests/corpus/answers/`, a line each, fields parted by tabs.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).with_name("corpus") / "answers"


def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


HARMLESS = _rows("harmless.tsv")
"""Clinic, language, topic, intent, text."""
FALSE = _rows("false.tsv")
"""The rule that holds it, then as above."""
