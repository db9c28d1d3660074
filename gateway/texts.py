"""What the gateway itself says to a visitor, in the visitor's language."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from schemas.public import ProblemCode
from schemas.taxonomy import ErrorCode, Language


@functools.cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))


def say(code: ErrorCode | ProblemCode, language: Language, *, seconds: int = 0) -> str:
    """Return the sentence for `code`; "" where a visitor never meets it. `Language.OTHER` reads English."""
    texts = _texts().get(language.value, _texts()["en"])
    return texts.get(code.value, "").format(seconds=seconds)
