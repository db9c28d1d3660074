"""`docs/providers.md`, made from `providers.toml`: ``python -m workers.llm.declared > docs/providers.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Final

from workers.llm.kinds import Declared, Kind, KindId, kinds

_HEAD: Final = """\
# AI providers

Made from `workers/llm/providers.toml` by `python -m workers.llm.declared`; a contract test holds the two together.

Every provider is asked through its OpenAI-compatible chat completions. `LETHE_LLM_PROVIDER` names the kind,
`LETHE_LLM_BASE_URL`, `LETHE_LLM_API_KEY` (better `LETHE_LLM_API_KEY_FILE`) and `LETHE_LLM_MODEL` the rest;
`LETHE_LLM_FALLBACK_…` the same of a second one, which is asked where the first fails before its first word or is left
alone after failures in a row. What a provider is sent has been through the sanitiser; a request says neither who asks
nor which turns belong together.

**Region.** A worker does not start with a provider that processes outside `LETHE_REGION`, or of which that is unknown,
unless `LETHE_LLM_OUTSIDE_REGION=true` says that it is meant. Addresses of your own network (loopback, private
addresses, names without a dot, `.local`, `.internal`) and the self-hosted kinds count as your own.

**What a vendor declares** was read in a stored copy of the named page on the named day. The copy may be older and the
page may have changed: read it, and your contract, before you rely on it. "unknown" means that we have not read it.
"""

_QUESTIONS: Final = {
    "region": "where it is processed",
    "retention": "how long it is kept",
    "training": "whether models are trained with it",
    "dpa": "data processing agreement",
}


def page(rows: Mapping[KindId, Kind]) -> str:
    """Return the page, in Markdown."""
    return "\n".join([_HEAD, *(line for kind, row in rows.items() for line in _section(kind, row))])


def _section(kind: KindId, row: Kind) -> Iterator[str]:
    """Yield one kind's section."""
    yield f"## {row.name}: `{kind}`\n"
    yield f"- address: {f'`{row.base_url}`' if row.base_url else f'to be given, e.g. `{row.example}`'}"
    if row.regions:
        yield "- region by host: " + ", ".join(f"`{host}` {region}" for host, region in row.regions.items())
    fixed = [f"`{name}={str(value).lower()}`" for name, value in row.fixed.items()]
    key = "as `Authorization: Bearer`" if row.key_header == "Authorization" else f"in the header `{row.key_header}`"
    yield f"- sent: {', '.join([f'`{row.tokens_limit}`', *fixed])}; the key {key}"
    yield f"- tokens: {'counted, asked for in the stream' if row.ask_usage else 'counted where sent unasked'}"
    if row.self_hosted:
        yield "- self-hosted: what is kept and where is yours to say"
    elif row.declares != Declared():
        yield from _declared(row.declares)
    else:
        yield "- declares: unknown"
    if row.note:
        yield f"\n{row.note}"
    yield ""


def _declared(declares: Declared) -> Iterator[str]:
    """Yield what a vendor declares, a row a question."""
    yield "\n| declared | | page | read |\n|---|---|---|---|"
    for field, question in _QUESTIONS.items():
        statement = getattr(declares, field)
        yield f"| {question} | {statement.says} | {statement.page} | {statement.read or ''} |"


if __name__ == "__main__":
    sys.stdout.write(page(kinds()))
