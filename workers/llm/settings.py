"""The LLM worker's settings, and the providers that they name."""

from __future__ import annotations

from pathlib import Path

import msgspec

from schemas.env import SettingsFault
from workers.llm.kinds import OWN, KindId, address, kinds, on_own_network, region_of
from workers.runtime.settings import WorkerSettings


class Chosen(msgspec.Struct, frozen=True):
    """One provider as the settings name it; its repr shows no key."""

    kind: KindId
    base_url: str
    api_key: str
    model: str

    def __repr__(self) -> str:
        """Return the type's name and the kind."""
        return f"<Chosen {self.kind}>"


class LlmSettings(WorkerSettings, frozen=True, kw_only=True):
    """Read once, from `LETHE_*`; without a base URL or key there is no provider."""

    edge_key_router_llm: Path
    """Key file of the edge from the router."""
    llm_provider: KindId = "openai"
    """What the endpoint is: a table of `providers.toml`."""
    llm_base_url: str = ""
    """Its address, e.g. ``https://api.mistral.ai/v1``; by default the kind's own."""
    llm_api_key: str = ""
    llm_model: str = "gpt-4o-mini"
    llm_fallback_provider: KindId = "openai"
    """The second provider's kind; it is asked where the first fails before its first word."""
    llm_fallback_base_url: str = ""
    llm_fallback_api_key: str = ""
    llm_fallback_model: str = ""
    llm_first_token_ms: int = 7_000
    """Until a provider's first words; two share it."""
    llm_outside_region: bool = False
    """Let a provider be asked whose region is not `region`, or unknown."""

    def providers(self) -> tuple[Chosen, ...]:
        """Return the providers in the order in which they are asked: none, one or two.

        Raises:
            SettingsFault: They cannot be asked as they are named, or process where `LETHE_REGION` is not.
        """
        first = Chosen(self.llm_provider, self.llm_base_url, self.llm_api_key, self.llm_model)
        second = Chosen(
            self.llm_fallback_provider,
            self.llm_fallback_base_url,
            self.llm_fallback_api_key,
            self.llm_fallback_model,
        )
        named = {"LETHE_LLM": _named(first, "LETHE_LLM"), "LETHE_LLM_FALLBACK": _named(second, "LETHE_LLM_FALLBACK")}
        found = {prefix: chosen for prefix, chosen in named.items() if chosen is not None}
        if "LETHE_LLM_FALLBACK" in found and "LETHE_LLM" not in found:
            raise SettingsFault("LETHE_LLM_FALLBACK_PROVIDER: there is no first provider; set LETHE_LLM_BASE_URL")
        for prefix, chosen in found.items():
            self._check(chosen, prefix)
        return tuple(found.values())

    def _check(self, chosen: Chosen, prefix: str) -> None:
        """Refuse what lacks a model, what is sent in clear over the internet, and what is processed elsewhere."""
        if not chosen.model:
            raise SettingsFault(f"{prefix}_MODEL: must be set")
        scheme, host = address(chosen.base_url)
        if scheme not in {"http", "https"} or not host:
            raise SettingsFault(f"{prefix}_BASE_URL: wrong form (an http or https address)")
        if scheme == "http" and not on_own_network(host):
            raise SettingsFault(f"{prefix}_BASE_URL: must be https outside your own network")
        region = region_of(chosen.kind, chosen.base_url)
        if region not in {OWN, self.region} and not self.llm_outside_region:
            raise SettingsFault(
                f"{prefix}_PROVIDER: {chosen.kind} would process at this address in the region '{region}', not in "
                f"LETHE_REGION; LETHE_LLM_OUTSIDE_REGION=true allows it"
            )


def _named(chosen: Chosen, prefix: str) -> Chosen | None:
    """Return `chosen` with its kind's own address where it has none; None where no provider is meant.

    Raises:
        SettingsFault: A provider is meant, but its address or key is missing.
    """
    row = kinds()[chosen.kind]
    if not (chosen.base_url or chosen.api_key):
        if chosen.kind == "openai":  # the default of the setting: nobody has asked for it
            return None
        if not row.self_hosted and row.base_url:
            raise SettingsFault(f"{prefix}_API_KEY: must be set for {chosen.kind}")
    if not (base_url := chosen.base_url or row.base_url):
        raise SettingsFault(f"{prefix}_BASE_URL: must be set for {chosen.kind}, e.g. {row.example}")
    return msgspec.structs.replace(chosen, base_url=base_url)
