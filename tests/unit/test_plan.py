"""What each part of one machine is given: the keys of its own edges, and no other's secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.up.plan import Machine, Part, broker, parts

MACHINE = Machine(8000, 4222, Path("clinics"), Path("data"), {"sanitiser": 1, "router": 1, "llm": 1}, "eu")
EDGES = {
    "gateway": {"gateway-sanitiser"},
    "sanitiser": {"gateway-sanitiser", "sanitiser-router"},
    "router": {"sanitiser-router", "router-llm"},
    "llm": {"router-llm"},
    "analytics": set[str](),
    "nats": set[str](),
}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Part]:
    for name in ("LETHE_LLM_API_KEY", "LETHE_LLM_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "a secret")
    return {part.role: part for part in (broker(MACHINE), *parts(MACHINE))}


def test_only_the_llm_worker_is_given_the_providers_key(machine: dict[str, Part]) -> None:
    assert {role for role, part in machine.items() if "a secret" in part.env.values()} == {"llm"}


def test_a_part_is_told_where_the_keys_of_its_own_edges_lie(machine: dict[str, Part]) -> None:
    told = {
        role: {Path(value).stem for name, value in part.env.items() if name.startswith("LETHE_EDGE_KEY_")}
        for role, part in machine.items()
    }
    assert told == EDGES


def test_every_part_that_holds_chat_overwrites_what_it_frees(machine: dict[str, Part]) -> None:
    roles = {role for role, part in machine.items() if "perturb" in part.env.get("GLIBC_TUNABLES", "")}
    assert roles == {"gateway", "sanitiser", "router", "llm"}
