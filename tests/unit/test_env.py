"""Settings from the environment: named when they are wrong, never quoted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest

from gateway.settings import GatewaySettings
from schemas.bus import BusSettings
from schemas.env import Settings, SettingsFault, load
from workers.llm.settings import LlmSettings

SECRET = "hunter2"  # noqa: S105  # what no message may show


class Some(Settings, frozen=True, kw_only=True):
    must: str
    number: int = 5
    seconds: float = 1.5
    switch: bool = False
    several: tuple[str, ...] = ("as", "before")
    folder: Path = Path("/here")


@pytest.mark.parametrize(
    "environ, field, value",
    [
        pytest.param({"LETHE_NUMBER": "12"}, "number", 12, id="a-number"),
        pytest.param({"LETHE_SECONDS": "2"}, "seconds", 2.0, id="a-number-with-a-fraction"),
        pytest.param({"LETHE_SWITCH": "true"}, "switch", True, id="a-switch"),
        pytest.param({"LETHE_SWITCH": "0"}, "switch", False, id="a-switch-as-a-digit"),
        pytest.param({"LETHE_SEVERAL": "a, b,,c "}, "several", ("a", "b", "c"), id="a-list"),
        pytest.param({"LETHE_FOLDER": "/there"}, "folder", Path("/there"), id="a-path"),
        pytest.param({"LETHE_NUMBER": ""}, "number", 5, id="empty-is-unset"),
        pytest.param({"LETHE_SEVERAL": ""}, "several", ("as", "before"), id="an-empty-list-is-unset"),
        pytest.param({"LETHE_NUMBER_FILE": ""}, "number", 5, id="an-empty-path-is-unset"),
        pytest.param({"NUMBER": "12"}, "number", 5, id="not-ours"),
        pytest.param({"LETHE_UNKNOWN": "12"}, "number", 5, id="not-known"),
    ],
)
def test_a_variable_gives_its_field(environ: dict[str, str], field: str, value: object) -> None:
    assert getattr(load(Some, {"LETHE_MUST": "x"} | environ), field) == value


def test_a_file_gives_the_value_without_its_line_break(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert load(Some, {"LETHE_MUST_FILE": str(file)}).must == SECRET
    assert load(Some, {"LETHE_MUST": "said", "LETHE_MUST_FILE": str(file)}).must == "said"
    assert load(Some, {"LETHE_MUST": "", "LETHE_MUST_FILE": str(file)}).must == SECRET


def test_an_empty_file_counts_as_unset(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("\n")
    with pytest.raises(SettingsFault, match="LETHE_MUST: must be set"):
        load(Some, {"LETHE_MUST_FILE": str(file)})


@pytest.mark.parametrize("environ", [{}, {"LETHE_MUST": ""}], ids=["unset", "empty"])
def test_what_must_be_set_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsFault, match=r"^LETHE_MUST: must be set$"):
        load(Some, environ)


@pytest.mark.parametrize("variable", ["LETHE_NUMBER", "LETHE_SECONDS", "LETHE_SWITCH"])
def test_a_wrong_form_is_named_and_not_quoted(variable: str) -> None:
    with pytest.raises(SettingsFault, match=rf"^{variable}: wrong form") as caught:
        load(Some, {"LETHE_MUST": "x", variable: SECRET})
    _says_no_secret(caught.value)


def test_a_value_outside_its_vocabulary_is_not_quoted() -> None:
    environ = {
        "LETHE_NATS_SEED": "x",
        "LETHE_CLINICS": "/x",
        "LETHE_EDGE_KEY_ROUTER_LLM": "/x",
        "LETHE_LLM_PROVIDER": SECRET,
    }
    with pytest.raises(SettingsFault, match=r"^LETHE_LLM_PROVIDER: ") as caught:
        load(LlmSettings, environ)
    _says_no_secret(caught.value)


def test_the_right_variable_is_named_where_one_name_begins_another() -> None:
    class Two(Settings, frozen=True, kw_only=True):
        port: int = 1
        port_second: int = 1

    with pytest.raises(SettingsFault) as caught:
        load(Two, {"LETHE_PORT_SECOND": SECRET})
    assert "PORT_SECOND" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"], ids=["missing", "not-text"])
def test_a_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / SECRET
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsFault, match=r"^LETHE_MUST_FILE: ") as caught:
        load(Some, {"LETHE_MUST_FILE": str(file)})
    _says_no_secret(caught.value)


def test_settings_show_no_value() -> None:
    settings = load(Some, {"LETHE_MUST": SECRET})
    assert f"{settings!r}{settings}{settings.__rich_repr__()}" == "<Some><Some>[]"


def test_the_gateways_settings_are_read_whole() -> None:
    settings = load(
        GatewaySettings,
        {
            "LETHE_NATS_SEED": "SU",
            "LETHE_CLINICS": "/clinics",
            "LETHE_EDGE_KEY_GATEWAY_SANITISER": "/e",
            "LETHE_SESSION_KEYS": "/s",
            "LETHE_OWN_ORIGINS": "http://127.0.0.1:8000,http://localhost:8000",
            "LETHE_ALLOW_NO_ORIGIN": "1",
        },
    )
    assert settings.own_origins == ("http://127.0.0.1:8000", "http://localhost:8000")
    assert settings.allow_no_origin
    assert settings.clinics == Path("/clinics")


def test_a_secret_has_no_default() -> None:
    with pytest.raises(SettingsFault, match=r"^LETHE_NATS_SEED: must be set$"):
        load(BusSettings, {})


def test_the_environment_itself_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "LETHE_MUST", "from the process")
    assert load(Some).must == "from the process"


def test_a_choice_within_its_vocabulary_is_taken() -> None:
    class Choice(Settings, frozen=True, kw_only=True):
        dialect: Literal["a", "b"] = "a"

    assert load(Choice, {"LETHE_DIALECT": "b"}).dialect == "b"


def _says_no_secret(error: BaseException) -> None:
    seen: BaseException | None = error
    while seen is not None:
        assert SECRET not in f"{seen}{seen!r}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
