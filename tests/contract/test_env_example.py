"""`env.example` is the list of settings: every setting of every role, its default, and who reads it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from deploy.cli.run import ROLES
from schemas.env import Settings, load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "env.example"
COMPOSE_ONLY = "docker-compose.yml"
GIVEN = {"clinics": "/clinics", "nats_seed": "SU"}
"""What stands for a required setting; "/key" for the others."""


class Entry(NamedTuple):
    """One setting as `env.example` has it."""

    roles: frozenset[str]
    default: str
    explanation: str


def read_example() -> dict[str, Entry]:
    """Return what the file says, by name; a name that stands twice fails."""
    entries: dict[str, Entry] = {}
    roles: frozenset[str] = frozenset()
    for block in EXAMPLE.read_text("utf-8").split("\n\n"):
        lines = block.splitlines()
        if heading := re.fullmatch(r"# === (.+) ===", lines[0]):
            roles = frozenset(heading[1].split(", "))
        explanation = " ".join(line.removeprefix("# ") for line in lines if line.startswith("# "))
        for name, default in re.findall(r"^#(LETHE_\w+)=(.*)$", block, re.MULTILINE):
            assert name not in entries, name
            entries[name] = Entry(roles, default, explanation)
    return entries


def settings_of(role: str) -> type[Settings]:
    """Return the settings of a role that can be run."""
    return getattr(importlib.import_module(ROLES[role].module), ROLES[role].settings)


def variables(role: str) -> dict[str, msgspec.structs.FieldInfo]:
    """Return the fields of a role's settings, by the name of their variable."""
    return {f"LETHE_{field.name.upper()}": field for field in msgspec.structs.fields(settings_of(role))}


def _needed_by(entry: Entry) -> frozenset[str]:
    """Return the roles that the explanation says need it: "(required)" is all that read it."""
    if found := re.search(r"\(required by ([a-z, ]+)\)", entry.explanation):
        return frozenset(found[1].split(", "))
    return entry.roles if "(required)" in entry.explanation else frozenset()


def _required(field: msgspec.structs.FieldInfo) -> bool:
    return field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT


def test_every_setting_stands_under_the_roles_that_read_it() -> None:
    readers: dict[str, frozenset[str]] = {}
    for role in ROLES:
        for name in variables(role):
            readers[name] = readers.get(name, frozenset()) | {role}
    said = {name: entry.roles for name, entry in read_example().items() if entry.roles != {COMPOSE_ONLY}}
    assert said == readers


def test_what_only_compose_reads_is_listed_as_such() -> None:
    taken = set(re.findall(r"\$\{(LETHE_\w+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    settings = {name for role in ROLES for name in variables(role)}
    own = {name for name in taken if name not in settings and name.removesuffix("_FILE") not in settings}
    assert {name for name, entry in read_example().items() if entry.roles == {COMPOSE_ONLY}} == own


def test_every_setting_is_explained_in_a_sentence_or_two() -> None:
    wrong = [name for name, entry in read_example().items() if not 10 < len(entry.explanation) < 260]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_what_is_required_is_said_to_be(role: str) -> None:
    example = read_example()
    said = {name for name in variables(role) if role in _needed_by(example[name])}
    assert said == {name for name, field in variables(role).items() if _required(field)}


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_it_states_are_the_defaults(role: str) -> None:
    """Read as the role itself would read them."""
    fields, example = variables(role), read_example()
    required = {name: GIVEN.get(field.name, "/key") for name, field in fields.items() if _required(field)}
    stated = {name: example[name].default for name in fields if name not in required}
    assert _values(role, required | stated) == _values(role, required)


@pytest.mark.parametrize("role", ROLES)
def test_no_default_that_has_a_value_is_left_blank(role: str) -> None:
    example = read_example()
    blank = {name for name in variables(role) if not example[name].default}
    assert blank == {
        name for name, field in variables(role).items() if _required(field) or field.default in {"", (), None}
    }


def _values(role: str, environ: dict[str, str]) -> dict[str, Any]:
    return msgspec.structs.asdict(load(settings_of(role), environ))
