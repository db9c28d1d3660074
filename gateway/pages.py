"""The conversation page, with the files and headers that the pages need; the demo page is `gateway/demo.py`.

Pure but for reading the files of `gateway/pages/`, once a process. Both pages run under a policy that allows
no inline script, no inline style, no other host and no markup made by script: what they need beyond their
templates comes from `/static/<hash>/<name>` and, for a clinic's colours, from `/embed/<clinic>/theme.css`.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from typing import Any, Final

import jinja2
import msgspec

from gateway.static_files import FOLDER, static_url
from schemas.actions import contact
from schemas.clinic import Clinic
from schemas.public import MESSAGE_CHARS_MAX
from schemas.taxonomy import Language
from schemas.treatments import display_name

WARN_CHARS: Final = 100
"""The page counts aloud once so few are left."""

LANGUAGE_NAMES: Final = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}

POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
"""What every page of ours obeys; each page adds who may show it in a frame."""


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences of one language, as `texts.toml` groups them."""

    page: dict[str, str]
    chat: dict[str, str]
    demo: dict[str, str]
    groups: dict[str, str]
    money: dict[str, str]
    days: dict[str, list[str]]


class Welcome(msgspec.Struct, frozen=True):
    """What a visitor reads before the first message; also what `POST /v1/sessions` answers."""

    title: str
    greeting: str
    suggestions: tuple[str, ...]
    notice: str


@functools.cache
def texts() -> dict[Language, Texts]:
    """Return the sentences of every language, read once a process."""
    return msgspec.convert(tomllib.loads((FOLDER / "texts.toml").read_text("utf-8")), dict[Language, Texts])


def welcome(clinic: Clinic, language: Language) -> Welcome:
    """Return how the conversation begins: the clinic's own words where it has some, else ours.

    Args:
        clinic: Whose page it is.
        language: One of the clinic's languages, else its first is taken.
    """
    language = clinic.answer_language(language)
    page = texts()[language].page
    widget = clinic.widget
    return Welcome(
        title=clinic.say(widget.title, language) if widget.title else clinic.name,
        greeting=clinic.say(widget.greeting, language)
        if widget.greeting
        else page["greeting"].format(clinic=clinic.name),
        suggestions=widget.suggestions.in_language(language) or _suggestions(clinic, language),
        notice=page["notice"],
    )


def embed_page(clinic: Clinic, language: Language, *, emergency_number: str) -> str:
    """Return the conversation page of `clinic`.

    Args:
        clinic: Whose page it is.
        language: The visitor's; where the clinic does not answer in it, its first is taken.
        emergency_number: As dialled in the clinic's country, e.g. ``112``; shown beside every failure.
    """
    language = clinic.answer_language(language)
    own = texts()[language]
    opening = welcome(clinic, language)
    config = {
        "clinic": clinic.id,
        "name": clinic.name,
        "language": language,
        "limit": MESSAGE_CHARS_MAX,
        "warn_at": WARN_CHARS,
        "idle_s": clinic.quotas.idle_minutes * 60,
        "max_s": clinic.quotas.max_hours * 3600,
        "emergency": {
            "kind": "emergency",
            "label": own.page["emergency"].format(number=emergency_number),
            "url": f"tel:{emergency_number}",
        },
        "contact": contact(clinic, language),
        "parents": clinic.allowed_origins,
        "texts": own.chat,
    }
    return render(
        "embed.html",
        clinic=clinic,
        language=language.value,
        names=LANGUAGE_NAMES,
        page=own.page,
        config=msgspec.json.encode(config).decode(),
        title=opening.title,
        greeting=opening.greeting,
        suggestions=opening.suggestions,
        notice=opening.notice,
    )


def embed_csp(origins: Iterable[str]) -> str:
    """Return the conversation page's Content-Security-Policy.

    Args:
        origins: Scheme, host and port of the sites that may show it in a frame; our own (the demo) always may.
    """
    return csp(POLICY | {"frame-ancestors": " ".join(("'self'", *origins))})


def csp(directives: dict[str, str]) -> str:
    """Write `directives` as one header value."""
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def render(template: str, **values: Any) -> str:
    """Return `template`, a file of `FOLDER`, filled with `values`."""
    return _environment().get_template(template).render(values, static_url=static_url)


def _suggestions(clinic: Clinic, language: Language) -> tuple[str, ...]:
    """Return three questions that the clinic's file answers."""
    page = texts()[language].page
    offered = next((treatment.slug for treatment in clinic.treatments if treatment.offered), None)
    first = () if offered is None else (page["ask_treatment"].format(treatment=display_name(offered, language)),)
    return (*first, page["ask_hours"], page["ask_booking"])


@functools.cache
def _environment() -> jinja2.Environment:
    """Return the templates; everything that is put into them is escaped, and an unknown name is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
