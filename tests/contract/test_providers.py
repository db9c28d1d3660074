"""The table of providers: complete, honest about its sources, and said in the documentation as it is."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from workers.llm import kinds as module
from workers.llm.declared import page
from workers.llm.kinds import OWN, UNKNOWN, Kind, KindId, kinds, region_of

ROOT = Path(__file__).parents[2]
IDS: tuple[KindId, ...] = get_args(KindId.__value__)


def test_every_kind_has_its_table_in_order() -> None:
    assert tuple(kinds()) == IDS


@pytest.mark.parametrize("kind", IDS)
def test_a_kind_has_an_address_or_shows_what_one_looks_like(kind: KindId) -> None:
    row = kinds()[kind]
    assert bool(row.base_url) != bool(row.example)
    assert (row.base_url or row.example).startswith("https://" if not row.self_hosted else "http://")


@pytest.mark.parametrize("kind", IDS)
def test_every_hosted_kind_has_a_region_at_its_own_address(kind: KindId) -> None:
    row = kinds()[kind]
    region = region_of(kind, row.base_url or row.example)
    assert region == (OWN if row.self_hosted else UNKNOWN if kind == "compatible" else region)
    assert row.self_hosted or kind == "compatible" or region != UNKNOWN


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("field", ["region", "retention", "training", "dpa"])
def test_a_statement_names_its_page_and_day_or_is_unknown(kind: KindId, field: str) -> None:
    statement = getattr(kinds()[kind].declares, field)
    known = statement.says != UNKNOWN
    assert known == bool(statement.page) == (statement.read is not None)
    assert known or kinds()[kind].self_hosted or kind == "compatible", "a vendor's declarations are to be read"


def test_store_false_is_sent_where_the_parameter_exists_and_nowhere_else() -> None:
    assert {kind for kind, row in kinds().items() if row.fixed} == {"openai", "azure_openai_eu"}
    assert all(row.fixed in ({}, {"store": False}) for row in kinds().values())


@pytest.mark.parametrize(
    "right,wrong",
    [
        pytest.param("[openai]\n", "[openai]\ntrains = true\n", id="a field that nobody reads"),
        pytest.param('"max_completion_tokens"', '"limit"', id="a parameter that no server has"),
        pytest.param("ask_usage = true\n", "", id="a field that is missing"),
        pytest.param("[openai.declares.dpa]", "[openai.declares.hosting]", id="a declaration that nobody reads"),
        pytest.param("[vllm]", "[vlm]", id="a kind that nobody names"),
    ],
)
def test_a_table_with_a_mistake_is_refused(
    right: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(module.__file__).with_name("providers.toml").read_text("utf-8")
    changed = tmp_path / "providers.toml"
    changed.write_text(text.replace(right, wrong, 1))
    assert right in text
    monkeypatch.setattr(module, "_TABLE", changed)
    with pytest.raises(msgspec.ValidationError):
        kinds.__wrapped__()


def test_a_missing_kind_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = 'name = "x"\nbase_url = ""\ntokens_limit = "max_tokens"\nask_usage = false\n'
    changed = tmp_path / "providers.toml"
    changed.write_text(f"[openai]\n{row}")
    monkeypatch.setattr(module, "_TABLE", changed)
    with pytest.raises(msgspec.ValidationError, match="lacks anthropic"):
        kinds.__wrapped__()


@pytest.mark.parametrize(
    "kind,base_url,region",
    [
        pytest.param("openai", "https://api.openai.com/v1", "global", id="a vendor's default"),
        pytest.param("openai", "https://eu.api.openai.com/v1", "eu", id="a vendor's european address"),
        pytest.param("openai", "https://API.OpenAI.com./v1", "global", id="the same host, written otherwise"),
        pytest.param("openai", "https://notapi.openai.com/v1", UNKNOWN, id="a host that only ends alike"),
        pytest.param("openai", "https://x.openai.azure.com/openai/v1", UNKNOWN, id="another kind's host"),
        pytest.param("openai", "http://127.0.0.1:8080/v1", OWN, id="loopback, whatever the kind"),
        pytest.param("openai", "http://[::1]:8080/v1", OWN, id="loopback of the newer kind"),
        pytest.param("openai", "http://10.1.2.3/v1", OWN, id="a private address"),
        pytest.param("openai", "http://model/v1", OWN, id="a container's name"),
        pytest.param("openai", "http://model.chat.svc.cluster.local/v1", OWN, id="a service's name"),
        pytest.param("compatible", "https://8.8.8.8/v1", UNKNOWN, id="a public address"),
        pytest.param("compatible", "https://llm.example.com/v1", UNKNOWN, id="a host that nobody has declared"),
        pytest.param("vllm", "https://llm.example.com/v1", OWN, id="self-hosted at a public name"),
        pytest.param("vllm", "https://api.openai.com/v1", UNKNOWN, id="a vendor's host called self-hosted"),
        pytest.param("ollama", "https://ollama.com/v1", UNKNOWN, id="ollama's cloud"),
        pytest.param("azure_openai_eu", "https://x.openai.azure.com/openai/v1", "eu", id="the end of a host"),
    ],
)
def test_where_a_request_is_processed(kind: KindId, base_url: str, region: str) -> None:
    assert region_of(kind, base_url) == region


def test_the_documentation_is_the_tables() -> None:
    """Made anew by ``python -m workers.llm.declared > docs/providers.md``."""
    assert (ROOT / "docs" / "providers.md").read_text("utf-8") == page(kinds())


def test_the_documentation_leaves_nothing_of_a_row_out() -> None:
    text = page(kinds())
    rows: list[Kind] = list(kinds().values())
    statements = [getattr(row.declares, field) for row in rows for field in row.declares.__struct_fields__]
    assert all(part in text for row in rows for part in (row.name, row.base_url, row.example, row.note))
    assert all(statement.says in text and statement.page in text for statement in statements)
