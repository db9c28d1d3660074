"""The kinds of AI provider: `providers.toml`, typed, and where a request to one of them is processed."""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import tomllib
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

import msgspec

type KindId = Literal[
    "openai",
    "azure_openai_eu",
    "mistral",
    "anthropic",
    "gemini",
    "vllm",
    "ollama",
    "llamacpp",
    "compatible",
]
"""The tables of `providers.toml`, in its order."""

OWN: Final = "own"
"""The region of the operator's own machines."""
UNKNOWN: Final = "unknown"

_TABLE: Final = Path(__file__).with_name("providers.toml")
_LOCAL_NAMES: Final = (".internal", ".local", ".localhost")
"""Ends of host names that no public resolver knows."""


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a vendor says, and where we read it."""

    says: str = UNKNOWN
    page: str = ""
    """Title of the page."""
    read: dt.date | None = None
    """When we read a stored copy of it."""


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a vendor declares about the requests it is sent."""

    region: Statement = Statement()
    retention: Statement = Statement()
    training: Statement = Statement()
    dpa: Statement = Statement()


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of `providers.toml`, whose head explains the fields."""

    name: str
    base_url: str
    example: str = ""
    tokens_limit: Literal["max_tokens", "max_completion_tokens"]
    fixed: dict[str, bool] = {}
    ask_usage: bool
    key_header: str = "Authorization"
    self_hosted: bool = False
    regions: dict[str, str] = {}
    note: str = ""
    declares: Declared = Declared()


@functools.cache
def kinds() -> dict[KindId, Kind]:
    """Return every kind by its id, read once a process.

    Raises:
        msgspec.ValidationError: The file has an unknown field or kind, or lacks one.
    """
    found = msgspec.convert(tomllib.loads(_TABLE.read_text("utf-8")), dict[KindId, Kind])
    missing = set(get_args(KindId.__value__)) - found.keys()
    if missing:
        raise msgspec.ValidationError(f"providers.toml lacks {', '.join(sorted(missing))}")
    return found


def region_of(kind: KindId, base_url: str) -> str:
    """Return where a request to `base_url`, sent as `kind`, is processed.

    `OWN` for an address of the operator's own network, whatever the kind, and for the kinds that are self-hosted;
    otherwise what the kind's table says of the host; `UNKNOWN` where it says nothing, or the host is another kind's.
    """
    _, host = address(base_url)
    if on_own_network(host):
        return OWN
    if region := _declared(kind, host):
        return region
    of_others = any(_declared(other, host) for other in kinds())
    return OWN if kinds()[kind].self_hosted and not of_others else UNKNOWN


def address(base_url: str) -> tuple[str, str]:
    """Return scheme and host of `base_url`, in small letters; "" and "" where it is no address."""
    try:
        parts = urlsplit(base_url)
    except ValueError:  # its message quotes the address
        return "", ""
    return parts.scheme, (parts.hostname or "").rstrip(".")


def on_own_network(host: str) -> bool:
    """Whether `host` is a name or address that means nothing on the public internet."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_LOCAL_NAMES))


def _declared(kind: KindId, host: str) -> str | None:
    """Return the region that `kind` has for `host`; a key that begins with a dot is the end of a name."""
    for name, region in kinds()[kind].regions.items():
        if host == name or (name.startswith(".") and host.endswith(name)):
            return region
    return None
