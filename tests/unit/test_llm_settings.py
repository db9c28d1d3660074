"""Which providers the settings name, and which a worker refuses to start with."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.env import SettingsFault, load
from workers.llm.__main__ import main, provider_of
from workers.llm.settings import Chosen, LlmSettings

SECRET = "hunter2"  # noqa: S105  # what no message may show
REQUIRED = {"LETHE_NATS_SEED": "x", "LETHE_CLINICS": "/x", "LETHE_EDGE_KEY_ROUTER_LLM": "/x"}
FIRST = {"LETHE_LLM_BASE_URL": "http://127.0.0.1:9/v1"}
SECOND = {
    "LETHE_LLM_FALLBACK_PROVIDER": "mistral",
    "LETHE_LLM_FALLBACK_API_KEY": SECRET,
    "LETHE_LLM_FALLBACK_MODEL": "mistral-small-latest",
}


def settings(environ: dict[str, str]) -> LlmSettings:
    return load(LlmSettings, REQUIRED | environ)


def test_without_address_and_key_there_is_no_provider() -> None:
    assert settings({}).providers() == ()
    assert provider_of(settings({})) is None


@pytest.mark.parametrize(
    "environ,chosen",
    [
        pytest.param(FIRST, Chosen("openai", "http://127.0.0.1:9/v1", "", "gpt-4o-mini"), id="an address alone"),
        pytest.param(
            {"LETHE_LLM_PROVIDER": "ollama", "LETHE_LLM_MODEL": "m"},
            Chosen("ollama", "http://127.0.0.1:11434/v1", "", "m"),
            id="a self-hosted kind alone",
        ),
        pytest.param(
            {"LETHE_LLM_PROVIDER": "mistral", "LETHE_LLM_API_KEY": SECRET, "LETHE_LLM_MODEL": "m"},
            Chosen("mistral", "https://api.mistral.ai/v1", SECRET, "m"),
            id="a kind and its key",
        ),
        pytest.param(
            {"LETHE_LLM_API_KEY": SECRET, "LETHE_LLM_OUTSIDE_REGION": "true"},
            Chosen("openai", "https://api.openai.com/v1", SECRET, "gpt-4o-mini"),
            id="a key alone",
        ),
        pytest.param(
            {"LETHE_LLM_API_KEY": SECRET, "LETHE_LLM_BASE_URL": "https://eu.api.openai.com/v1"},
            Chosen("openai", "https://eu.api.openai.com/v1", SECRET, "gpt-4o-mini"),
            id="a vendor's address in the region",
        ),
        pytest.param(
            {"LETHE_LLM_API_KEY": SECRET, "LETHE_LLM_BASE_URL": "https://us.api.openai.com/v1", "LETHE_REGION": "us"},
            Chosen("openai", "https://us.api.openai.com/v1", SECRET, "gpt-4o-mini"),
            id="another region's worker",
        ),
    ],
)
def test_a_provider_is_named_by_what_it_needs(environ: dict[str, str], chosen: Chosen) -> None:
    assert settings(environ).providers() == (chosen,)


def test_the_second_comes_second() -> None:
    assert [chosen.kind for chosen in settings(FIRST | SECOND).providers()] == ["openai", "mistral"]


def test_a_key_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    second = {name: value for name, value in SECOND.items() if not name.endswith("_KEY")}
    environ = FIRST | second | {"LETHE_LLM_API_KEY_FILE": str(file), "LETHE_LLM_FALLBACK_API_KEY_FILE": str(file)}
    assert [chosen.api_key for chosen in settings(environ).providers()] == [SECRET, SECRET]


FAULTS = [
    pytest.param(
        {"LETHE_LLM_API_KEY": SECRET}, "LETHE_LLM_PROVIDER: .*LETHE_LLM_OUTSIDE_REGION=true", id="outside the region"
    ),
    pytest.param(
        {"LETHE_LLM_BASE_URL": f"https://{SECRET}.example/v1"},
        "LETHE_LLM_PROVIDER: .*'unknown'.*LETHE_LLM_OUTSIDE_REGION=true",
        id="in a region that nobody knows",
    ),
    pytest.param(
        {"LETHE_LLM_API_KEY": SECRET, "LETHE_LLM_BASE_URL": "https://eu.api.openai.com/v1", "LETHE_REGION": "us"},
        "LETHE_LLM_OUTSIDE_REGION",
        id="in europe for a worker elsewhere",
    ),
    pytest.param(
        FIRST | SECOND | {"LETHE_LLM_FALLBACK_PROVIDER": "anthropic"},
        "LETHE_LLM_FALLBACK_PROVIDER: anthropic .*LETHE_LLM_OUTSIDE_REGION",
        id="a second one outside the region",
    ),
    pytest.param({"LETHE_LLM_PROVIDER": "mistral"}, "LETHE_LLM_API_KEY: must be set", id="no key"),
    pytest.param(
        {"LETHE_LLM_PROVIDER": "azure_openai_eu", "LETHE_LLM_API_KEY": SECRET},
        "LETHE_LLM_BASE_URL: must be set for azure_openai_eu, e.g. ",
        id="no address",
    ),
    pytest.param(
        {"LETHE_LLM_BASE_URL": f"http://{SECRET}.example/v1"}, "must be https", id="in clear over the internet"
    ),
    pytest.param({"LETHE_LLM_BASE_URL": SECRET}, "LETHE_LLM_BASE_URL: wrong form", id="no address at all"),
    pytest.param({"LETHE_LLM_BASE_URL": f"https://[{SECRET}"}, "LETHE_LLM_BASE_URL: wrong form", id="half an address"),
    pytest.param(SECOND, "LETHE_LLM_FALLBACK_PROVIDER: there is no first", id="a second without a first"),
    pytest.param(
        FIRST | SECOND | {"LETHE_LLM_FALLBACK_MODEL": ""}, "LETHE_LLM_FALLBACK_MODEL: must be set", id="no second model"
    ),
]


@pytest.mark.parametrize("environ,message", FAULTS)
def test_a_worker_does_not_start_with_a_provider_that_it_may_not_ask(
    environ: dict[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsFault, match=message):
        settings(environ).providers()
    with pytest.raises(SystemExit) as ended:
        main(settings(environ))
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("Error: LETHE_LLM_")
    assert len(said.splitlines()) == 1
    assert SECRET not in said


def test_what_is_refused_may_be_allowed() -> None:
    environ = {"LETHE_LLM_API_KEY": SECRET, "LETHE_LLM_OUTSIDE_REGION": "true"}
    assert len(settings(environ).providers()) == 1


def test_no_repr_shows_a_key() -> None:
    made = settings(FIRST | SECOND)
    assert SECRET not in f"{made!r} {made.providers()!r} {provider_of(made)!r}"
