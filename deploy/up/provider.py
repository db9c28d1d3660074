"""The AI provider that `lethe up` is told of, checked before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import click

from deploy.cli.run import with_openai_names
from deploy.up.plan import Part
from schemas.env import SettingsFault, load
from schemas.subjects import Role
from workers.llm.settings import LlmSettings


def with_checked_provider(parts: Iterable[Part], say: Callable[[str], None]) -> Iterator[Part]:
    """Yield `parts`; the LLM workers without a provider that may not be asked and that nobody named for Lethe.

    Many shells export `OPENAI_API_KEY` for other programs: that says nothing about visitors' words.

    Raises:
        click.UsageError: A provider was named for Lethe (`LETHE_LLM_*`) and cannot be asked as it was.
    """
    said = False
    for part in parts:
        fault = _fault(part) if part.role == Role.LLM else None
        if fault is None:
            yield part
            continue
        if any(name.startswith("LETHE_LLM_") for name in part.env):
            raise click.UsageError(fault)
        if not said:
            say(f"no AI provider: the one of OPENAI_API_KEY is not asked ({fault})")
            said = True
        yield part._replace(env={k: v for k, v in part.env.items() if not k.startswith("OPENAI_")})


def _fault(part: Part) -> str | None:
    try:
        load(LlmSettings, with_openai_names(part.env)).providers()
    except SettingsFault as fault:
        return str(fault)
    return None
