"""`lethe run ROLE`: one role, configured by `LETHE_*`."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import click

from schemas.env import SettingsFault, load
from schemas.process import allocator_overwrites, with_hygiene
from schemas.subjects import Role


class _Role(NamedTuple):
    module: str
    settings: str
    holds_chat: bool


ROLES: Final = {
    "gateway": _Role("gateway.__main__", "GatewaySettings", holds_chat=True),
    "sanitiser": _Role("workers.sanitiser.__main__", "SanitiserSettings", holds_chat=True),
    "router": _Role("workers.router.__main__", "RouterSettings", holds_chat=True),
    "llm": _Role("workers.llm.__main__", "LlmSettings", holds_chat=True),
    "analytics": _Role("analytics.__main__", "AnalyticsSettings", holds_chat=False),
    "dashboard": _Role("analytics.dashboard.__main__", "DashboardSettings", holds_chat=False),
}


@click.command("run")
@click.argument("role", type=click.Choice(list(ROLES)))
def command(role: str) -> None:
    """Run one ROLE until SIGTERM, which drains it.

    Every setting is an environment variable LETHE_<NAME>, or LETHE_<NAME>_FILE for a file that holds it;
    env.example lists them. A role that holds chat restarts itself once with an allocator that
    overwrites what is freed. No clinic is loaded unless LETHE_CLINICS names a folder of clinic files.
    """
    chosen = ROLES[role]
    if chosen.holds_chat and sys.platform == "linux" and not allocator_overwrites():
        os.execve(sys.executable, [sys.executable, "-m", "deploy.cli", "run", role], with_hygiene(os.environ))  # noqa: S606  # this very program
    module: Any = importlib.import_module(chosen.module)
    given = with_openai_names(os.environ)
    if role == Role.SANITISER:
        given |= _model(given)
    try:
        module.main(load(getattr(module, chosen.settings), given))
    except SettingsFault as fault:
        raise click.UsageError(str(fault)) from None


def _model(given: Mapping[str, str]) -> dict[str, str]:
    """Return the setting of the sanitiser's model, where none is given: an image names its own, and cannot make one."""
    if given.keys() & {"LETHE_RAMPART", "LETHE_RAMPART_FILE"} or importlib.util.find_spec("deploy.weights") is None:
        return {}
    try:
        return {"LETHE_RAMPART": str(importlib.import_module("deploy.weights").weights())}
    except OSError as fault:
        raise click.UsageError(str(fault)) from None


def with_openai_names(environ: Any) -> dict[str, str]:
    """Return the environment with OpenAI's own variable names as fallbacks for the provider's."""
    names = {"LETHE_LLM_BASE_URL": "OPENAI_BASE_URL", "LETHE_LLM_API_KEY": "OPENAI_API_KEY"}
    given = dict(environ)
    for ours, theirs in names.items():
        if not given.get(ours) and not given.get(f"{ours}_FILE") and given.get(theirs):
            given[ours] = given[theirs]
    return given
