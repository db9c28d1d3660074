"""`lethe up` asks no provider outside the region that nobody named for Lethe, and refuses one that somebody did."""

import click
import pytest

from deploy import keys
from deploy.up.plan import ROOT, Machine, parts
from deploy.up.provider import with_checked_provider

PROVIDERS = ("OPENAI_", "LETHE_LLM_")


@pytest.fixture
def planned(tmp_path, monkeypatch):
    """Return the LLM workers' provider variables, and what was said, for an environment."""
    keys.new_keys(tmp_path / "keys", gateways=("gw1",))
    machine = Machine(
        8000, 4222, ROOT / "deploy" / "clinics", tmp_path, {"sanitiser": 1, "router": 1, "llm": 2}, region="eu"
    )

    def planned(**environ):
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "LETHE_LLM_API_KEY", "LETHE_LLM_BASE_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        said = []
        checked = [part for part in with_checked_provider(parts(machine), said.append) if part.role == "llm"]
        return [{k: v for k, v in part.env.items() if k.startswith(PROVIDERS)} for part in checked], said

    return planned


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({}, id="no provider"),
        pytest.param({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, id="one on this machine"),
        pytest.param({"OPENAI_API_KEY": "sk-1", "LETHE_LLM_OUTSIDE_REGION": "true"}, id="one outside, as meant"),
    ],
)
def test_what_may_be_asked_is_passed_on(planned, environ):
    assert planned(**environ) == ([environ, environ], [])


def test_a_key_that_the_shell_exports_for_other_programs_is_not_used_and_said_once(planned):
    given, said = planned(OPENAI_API_KEY="sk-zanzibarium")
    assert given == [{}, {}]
    assert len(said) == 1
    assert "OPENAI_API_KEY" in said[0]
    assert "LETHE_LLM_OUTSIDE_REGION" in said[0]
    assert "zanzibarium" not in said[0]


def test_a_provider_named_for_lethe_outside_the_region_stops_the_start(planned):
    with pytest.raises(click.UsageError, match="LETHE_LLM_OUTSIDE_REGION"):
        planned(LETHE_LLM_API_KEY="sk-1")
