"""`python -m deploy.cli`: what `./lethe` hands over to."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

COMMANDS: Final = {
    "up": "Run everything on this machine, on embedded defaults.",
    "run": "Run one role, configured by LETHE_* (what containers run).",
    "ask": "Ask a clinic's assistant a question.",
    "sanitise": "Replace personal data in JSON Lines by placeholders.",
    "route": "Answer JSON Lines from a clinic's file, as the router would.",
    "clinic": "Check or begin clinic files; give access to a clinic's figures.",
    "analytics": "Show released figures.",
    "keys": "Make or rotate key material.",
    "train": "Make the sanitiser's trained parts anew.",
    "test": "Pass the tests.",
}


class _Commands(click.Group):
    """Finds a command's module by its name, so that a role's image needs only its own packages."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"deploy.cli.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def lethe() -> None:
    """Lethe: a chat assistant for clinics that answers visitors' questions and forgets them.

    Exit codes: 0 good, 1 found wrong, 2 wrong usage. Data go to stdout, everything else to stderr.
    """


if __name__ == "__main__":
    sys.exit(lethe(prog_name="lethe"))
