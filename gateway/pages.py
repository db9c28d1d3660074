"""The pages a visitor sees: the conversation page and the demo page, with the files and headers they need.

Pure but for reading the files of `gateway/pages/`, once a process. Both pages run under a policy that allows
no inline script, no inline style, no other host and no markup made by script: what they need beyond their
templates comes from `/static/<hash>/<name>` and, for a clinic's colours, from `/embed/<clinic>/theme.css`.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec

from gateway.demo_facts import opening_week, price_list
from schemas.clinic import Clinic
from schemas.public import MESSAGE_CHARS_MAX
from schemas.taxonomy import Language
from schemas.treatments import display_name

FOLDER: Final = Path(__file__).with_name("pages")

WARN_CHARS: Final = 100
"""The page counts aloud once so few are left."""

LANGUAGE_NAMES: Final = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}

_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}

_POLICY: Final = {
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


class StaticFile(msgspec.Struct, frozen=True):
    """A script or stylesheet, ready to serve."""

    body: bytes
    media_type: str


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences of one language, as `texts.toml` groups them."""

    page: dict[str, str]
    chat: dict[str, str]
    demo: dict[str, str]
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
        "language": language,
        "limit": MESSAGE_CHARS_MAX,
        "warn_at": WARN_CHARS,
        "emergency": {
            "kind": "emergency",
            "label": own.page["emergency"].format(number=emergency_number),
            "url": f"tel:{emergency_number}",
        },
        "texts": own.chat,
    }
    return _render(
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


def demo_page(clinic: Clinic, language: Language) -> str:
    """Return a page that looks like the clinic's own, with the conversation page beside it.

    Args:
        clinic: Whose file fills the page.
        language: The visitor's; where the clinic does not answer in it, its first is taken.
    """
    language = clinic.answer_language(language)
    own = texts()[language]
    return _render(
        "demo.html",
        clinic=clinic,
        language=language.value,
        names=LANGUAGE_NAMES,
        page=own.page,
        demo=own.demo,
        street=clinic.say(clinic.address.street, language),
        city=clinic.say(clinic.address.city, language),
        treatments=price_list(clinic, language, money=own.money, minutes=own.demo["minutes"]),
        week=opening_week(clinic, own.days["names"]),
        questions=(own.demo["botox"], *welcome(clinic, language).suggestions, own.demo["hide_me"]),
    )


def embed_csp(origins: Iterable[str]) -> str:
    """Return the conversation page's Content-Security-Policy.

    Args:
        origins: Scheme, host and port of the sites that may show it in a frame; our own (the demo) always may.
    """
    return _csp(_POLICY | {"frame-ancestors": " ".join(("'self'", *origins))})


def demo_csp() -> str:
    """Return the demo page's Content-Security-Policy: it shows one frame, ours, and calls nobody itself."""
    return _csp(_POLICY | {"connect-src": "'none'", "frame-src": "'self'", "frame-ancestors": "'none'"})


@functools.cache
def static_files() -> dict[str, StaticFile]:
    """Return the scripts and stylesheets by name, read once a process."""
    found = sorted(path for path in FOLDER.iterdir() if path.suffix in _MEDIA_TYPES)
    return {path.name: StaticFile(path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in found}


@functools.cache
def static_hash() -> str:
    """Return 16 hex digits over all static files: one for all, since a script imports its neighbours by name."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(b"%s\0%d\0%s" % (name.encode(), len(file.body), file.body))
    return digest.hexdigest()[:16]


def static_file(name: str) -> StaticFile:
    """Return the static file `name`.

    Raises:
        KeyError: There is none of that name.
    """
    return static_files()[name]


def static_url(name: str) -> str:
    """Return the address of static file `name`; it may be cached for ever.

    Raises:
        KeyError: There is none of that name.
    """
    static_file(name)
    return f"/static/{static_hash()}/{name}"


def _suggestions(clinic: Clinic, language: Language) -> tuple[str, ...]:
    """Return three questions that the clinic's file answers."""
    page = texts()[language].page
    offered = next((treatment.slug for treatment in clinic.treatments if treatment.offered), None)
    first = () if offered is None else (page["ask_treatment"].format(treatment=display_name(offered, language)),)
    return (*first, page["ask_hours"], page["ask_booking"])


def _csp(directives: dict[str, str]) -> str:
    """Write `directives` as one header value."""
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


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


def _render(template: str, **values: Any) -> str:
    """Return `template` filled with `values`."""
    return _environment().get_template(template).render(values, static_url=static_url)
