"""The description of the query API (OpenAPI 3.1): made from the answers' own types and the parameters' vocabularies."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
import yaml

from analytics.asked import Compare
from analytics.dashboard.answers import Everything
from analytics.dashboard.asked import RANGES
from analytics.dashboard.exports import EVERYTHING, MEDIA_TYPES
from analytics.dashboard.mailing import MailAnswer, MailRequest
from analytics.dashboard.problems import MEDIA_TYPE, STATUS, ProblemBody
from analytics.dashboard.questions import PANELS
from analytics.dashboard.seeding import Seeded, SeedRequest
from analytics.dashboard.tokens import CLINIC_ID
from analytics.release import Ending
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Intent, Source
from schemas.treatments import treatments

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "summary": "The figures at the top: all turns, how they ended, how they were answered",
        "series": "Turns over time",
        "topics": "What visitors asked about",
        "intents": "What they wanted to know",
        "endings": "How it ended",
        "how": "Answered with or without a language model",
        "languages": "In which language",
        "hours": "On which weekdays and hours, in the clinic's own time; filters do not apply",
        "not_offered": "Treatments asked for that the clinic does not offer",
        "unanswered": "Topics of questions that were not answered",
    }
)
_POSTS: Final[Mapping[str, tuple[str, Any, Any, int]]] = MappingProxyType(
    {
        "seed": ("Make synthetic figures, once a clinic; for the operator", SeedRequest, Seeded, 201),
        "mail": (
            "The letter about the last closed week; only the operator may have it sent",
            MailRequest,
            MailAnswer,
            200,
        ),
    }
)
"""What is done where the analytics process itself serves: title, what is sent, what is answered, with which status."""
_ABOUT: Final = """
Anonymous figures of what a clinic's visitors ask for. They are published when a clinic's day is over, in groups of
at least `k` conversations; what is smaller waits for its week, 4 weeks or 12 weeks, and counts on the last day of
that time (`since` says from when). So nothing here can be subtracted down to a few people.
"""


@functools.cache
def description() -> Mapping[str, Any]:
    """Return the document; its parts are shared, so it must not be changed."""
    kinds = [*(kind for kind, _ in PANELS.values()), Everything, ProblemBody]
    posted = [kind for _, *both, _ in _POSTS.values() for kind in both]
    schemas, components = msgspec.json.schema_components([*kinds, *posted], ref_template="#/components/schemas/{name}")
    schemas, of_posts = schemas[: len(kinds)], dict(zip(posted, schemas[len(kinds) :], strict=True))
    paths = {f"/api/clinics/{{clinic}}/{panel}": _panel(panel, schemas[number]) for number, panel in enumerate(PANELS)}
    paths |= {f"/api/clinics/{{clinic}}/export.{form}": _export(form, schemas[:-1]) for form in MEDIA_TYPES}
    paths |= {f"/api/clinics/{{clinic}}/{name}": _post(name, of_posts) for name in _POSTS}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lethe: figures", "version": "1", "description": " ".join(_ABOUT.split())},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "parameters": dict(PARAMETERS),
            "responses": {"Problem": _content("Refused (RFC 9457).", MEDIA_TYPE, schemas[-1])},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "From `lethe clinic token ID`."}
            },
        },
    }


@functools.cache
def as_json() -> bytes:
    """Return the document as JSON."""
    return msgspec.json.encode(description())


@functools.cache
def as_yaml() -> bytes:
    """Return the document as YAML."""
    plain = msgspec.json.decode(as_json())
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True).encode()


def _panel(panel: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"get": _operation(panel, TITLES[panel], {"200": _fresh(TITLES[panel] + ".", "application/json", schema)})}


def _export(form: str, schemas: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    title = f"A panel as a file, {form}"
    of_json = {"anyOf": [dict(one) for one in dict.fromkeys(tuple(schema.items()) for schema in schemas)]}
    schema = of_json if form == "json" else {} if form == "parquet" else {"type": "string"}
    done = _fresh("The file; its name says what it holds.", MEDIA_TYPES[form], schema)
    operation = _operation(f"export_{form}", title, {"200": done})
    panels = [*PANELS, EVERYTHING] if form == "json" else [*PANELS]
    operation["parameters"].append(
        _parameter("panel", "Which panel.", {"type": "string", "enum": panels, "default": "topics"})
    )
    return {"get": operation}


def _post(name: str, schemas: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    title, asked, answer, status = _POSTS[name]
    return {
        "post": {
            "operationId": name,
            "summary": title,
            "description": "Served by the analytics process, not by a dashboard of its own. "
            "The operator's token counts on the same machine alone.",
            "parameters": [{"$ref": "#/components/parameters/clinic"}],
            "requestBody": {"content": {"application/json": {"schema": schemas[asked]}}},
            "responses": {str(status): _content("Done.", "application/json", schemas[answer]), **_refused()},
        }
    }


def _refused() -> dict[str, Any]:
    return {str(status): {"$ref": "#/components/responses/Problem"} for status in sorted(set(STATUS.values()))}


def _operation(name: str, title: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": title,
        "parameters": [{"$ref": f"#/components/parameters/{known}"} for known in PARAMETERS],
        "responses": {**answers, "304": {"description": "As you have it (`If-None-Match`)."}, **_refused()},
    }


def _fresh(text: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    tag = {"description": "For `If-None-Match`.", "schema": {"type": "string"}}
    return {**_content(text, media_type, schema), "headers": {"ETag": tag}}


def _content(text: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {media_type: {"schema": schema}}}


def _parameter(name: str, text: str, schema: dict[str, Any], *, where: str = "query") -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "description": text, "schema": schema}


def _choice(name: str, text: str, *members: str, default: str = "") -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "enum": list(members)}
    return _parameter(name, text, schema | ({"default": default} if default else {}))


_DAY: Final = {"type": "string", "format": "date"}
PARAMETERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "clinic": _parameter(
            "clinic", "The clinic's id.", {"type": "string", "pattern": f"^{CLINIC_ID.pattern}$"}, where="path"
        ),
        "range": _choice(
            "range",
            "Days up to the last closed one; `today` for sources without visitors only; `custom` with `from` and `to`.",
            *RANGES,
            "today",
            "custom",
            default="28d",
        ),
        "from": _parameter("from", "First day, the clinic's; with `to`, instead of `range`.", _DAY),
        "to": _parameter("to", "Last day, included; days that are not closed are left out.", _DAY),
        "compare": _choice("compare", "With what span `before` compares.", *Compare, default=Compare.PREVIOUS),
        "source": _choice("source", "Whose turns.", *Source, default=Source.VISITOR),
        "ending": _choice("ending", "Only turns that ended so.", *Ending),
        "topic": _choice("topic", "Only turns about this.", *treatments(), CLINIC_TOPIC, NO_TOPIC),
        "intent": _choice("intent", "Only turns that wanted this.", *Intent),
    }
)
"""Every parameter of a panel. At most two of ending, topic, intent and the panel's own property together."""
