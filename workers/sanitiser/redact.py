"""Replace findings by placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.taxonomy import PLACEHOLDERS, Entity

PLACEHOLDER: Final = re.compile("|".join(map(re.escape, PLACEHOLDERS.values())))
"""Any placeholder: what is hidden already."""


class Finding(NamedTuple):
    """Personal data in a message: half-open offsets in code points of what the visitor typed."""

    entity: Entity
    start: int
    end: int


def redact(text: str, findings: Sequence[Finding]) -> str:
    """Return `text` with each finding replaced by its placeholder.

    Args:
        text: What the visitor typed.
        findings: Sorted by start, non-overlapping; half-open offsets in code points (not bytes, not UTF-16).

    Raises:
        ValueError: Findings overlap, are empty or lie outside `text`; half-redacted text is never returned.
    """
    pieces: list[str] = []
    done = 0
    for entity, start, end in findings:
        if not done <= start < end <= len(text):
            raise ValueError("findings overlap or lie outside the text")
        pieces += (text[done:start], PLACEHOLDERS[entity])
        done = end
    pieces.append(text[done:])
    return "".join(pieces)
