"""The dashboard's sentences in every language, and which of them a browser is shown."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from schemas.taxonomy import SPOKEN, Language

FILE: Final = Path(__file__).with_name("texts.toml")

NAMES: Final = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}
"""What each language calls itself."""


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How numbers, days and hours are written."""

    thousands: str
    percent: str
    day: str
    day_year: str
    weekday_day: str
    hours: str
    when: str
    span: str
    all_day: str
    weekdays: list[str]
    """Monday first."""
    weekdays_short: list[str]
    months: list[str]


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences of one language, as `texts.toml` groups them."""

    page: dict[str, str]
    insight: dict[str, str]
    count: dict[str, str]
    tile: dict[str, str]
    why: dict[str, str]
    panel: dict[str, str]
    about: dict[str, str]
    table: dict[str, str]
    state: dict[str, str]
    enter: dict[str, str]
    list: dict[str, str]
    source: dict[str, str]
    mark: dict[str, str]
    topic: dict[str, str]
    ending: dict[str, str]
    how: dict[str, str]
    language: dict[str, str]
    intent: dict[str, str]
    form: Form


@functools.cache
def texts() -> dict[Language, Texts]:
    """Return the sentences of every language, read once a process.

    Raises:
        msgspec.ValidationError: The file lacks a group or has one too many (a fault of the repository).
    """
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), dict[Language, Texts])


def pick_language(wished: str, accepted: str) -> Language:
    """Return the language of a page.

    Args:
        wished: The address's ``lang``; "" or one that we do not speak has no say.
        accepted: The browser's ``Accept-Language``; its order decides, as browsers write it by preference.
    """
    for part in (wished, *accepted.split(",")):
        code = part.split(";")[0].strip()[:2].lower()
        if code in SPOKEN:
            return Language(code)
    return Language.EN
