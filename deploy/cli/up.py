"""`lethe up`: everything on this machine, on embedded defaults."""

from __future__ import annotations

import asyncio
import fcntl
import json
import signal
from pathlib import Path
from typing import Any, Final

import click

from deploy import keys
from deploy.nats.config import Listen, server_config
from deploy.up.plan import GATEWAY_ID, ROOT, Machine, broker, parts
from deploy.up.provider import with_checked_provider
from deploy.up.supervisor import PartFailed, Supervisor, free_port, is_free, wait_for_port
from deploy.weights import weights
from schemas.clinic_faults import ClinicFault
from schemas.clinic_files import ClinicFiles

_DAY_S: Final = 86_400
_GATEWAY_PORT: Final = 8000
_SCALABLE: Final = ("sanitiser", "router", "llm")
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_PORT: Final = click.IntRange(1, 65_533)
_CLINICS: Final = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("up")
@click.option(
    "--port", type=_PORT, default=_GATEWAY_PORT, show_default=True, help="The gateway's; dashboard +1, metrics +2."
)
@click.option("--clinics", type=_CLINICS, default=ROOT / "deploy" / "clinics", help="Folder of clinic files.")
@click.option("--data", type=_FOLDER, default=ROOT / ".lethe", help="Keys, anonymous events, logs.")
@click.option("--scale", multiple=True, metavar="ROLE=N", help="Processes of a worker role; repeat for several.")
@click.option("--region", default="eu", show_default=True, help="The region whose clinics are served.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line on stdout when everything is ready.")
def command(port: int, clinics: Path, data: Path, scale: tuple[str, ...], region: str, as_json: bool) -> None:  # noqa: FBT001, PLR0917  # one parameter an option
    """Run gateway, sanitiser, router, LLM worker, analytics and broker here, until Ctrl-C drains them.

    An AI provider is used where LETHE_LLM_BASE_URL or LETHE_LLM_API_KEY is set; without one the
    assistant answers from the clinic's own texts and says so. Every start makes fresh keys.
    """
    loaded = _load(clinics, region)
    data = data.resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, what in enumerate(("gateway", "dashboard", "metrics")):
        if not is_free(port + number):
            raise click.ClickException(f"--port: {port + number} ({what}) is taken")
    machine = Machine(port, free_port(), clinics.resolve(), data, _scale(scale), region)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException("--data: another `lethe up` uses this folder") from None
        _prepare(machine)
        try:
            asyncio.run(_run(machine, loaded, as_json=as_json))
        except* PartFailed as failed:
            reasons = "\n".join(str(error) for error in _leaves(failed))
            raise click.ClickException(reasons) from None


def _load(folder: Path, region: str) -> list[str]:
    """Return the ids of the clinics that will be served.

    Raises:
        click.ClickException: A file is faulty, or there is none of this region.
    """
    try:
        files = ClinicFiles.load(folder)
    except ClinicFault as fault:
        raise click.ClickException(str(fault)) from None
    served = [name for name in files.ids() if (clinic := files.get(name)) and clinic.region == region]
    for name in set(files.ids()) - set(served):
        click.echo(f"{name}: of another region, not served here", err=True)
    if not served:
        raise click.ClickException(f"--clinics: no clinic file of region {region}")
    return sorted(served)


def _scale(given: tuple[str, ...]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(_SCALABLE, 1)
    for wish in given:
        role, _, count = wish.partition("=")
        if role not in counts or not count.isdigit() or not 1 <= int(count) <= 64:  # noqa: PLR2004  # one machine
            raise click.UsageError("--scale: ROLE=N with ROLE one of sanitiser, router, llm and N from 1 to 64")
        counts[role] = int(count)
    return counts


def _prepare(machine: Machine) -> None:
    """Write fresh keys and the broker's configuration; the first time, make the sanitiser's quick weights."""
    weights()
    folder = machine.data / "keys"
    keys.new_keys(folder, gateways=(GATEWAY_ID,))
    (machine.data / "logs").mkdir(mode=0o700, exist_ok=True)
    listen = Listen("127.0.0.1", machine.nats_port, str(machine.data / "nats"))
    (folder / "nats.conf").write_text(
        server_config(keys.users(folder), region=machine.region, listen=listen), encoding="utf-8"
    )


async def _run(machine: Machine, clinics: list[str], *, as_json: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    supervisor = Supervisor(machine.data / "logs", _say)
    rotating = asyncio.create_task(_rotate_daily(machine.data / "keys"))
    starting = asyncio.create_task(_start(supervisor, machine))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await starting
            _announce(supervisor, machine, clinics, as_json=as_json)
        await stopping
        _say("draining ...")
    finally:
        for task in (starting, stopping, rotating):
            task.cancel()
        await supervisor.stop()


async def _start(supervisor: Supervisor, machine: Machine) -> None:
    planned = list(with_checked_provider(parts(machine), _say))
    _say("starting; the sanitiser loads its models, which takes a few seconds ...")
    await supervisor.start(broker(machine))
    await wait_for_port(machine.nats_port, within_s=10)
    async with asyncio.TaskGroup() as group:
        for part in planned:
            group.create_task(supervisor.start(part))


async def _rotate_daily(folder: Path) -> None:
    while True:
        await asyncio.sleep(_DAY_S)
        try:
            keys.rotate(folder)
        except OSError as error:
            _say(f"keys were not rotated ({type(error).__name__}); the next try is tomorrow")


def _announce(supervisor: Supervisor, machine: Machine, clinics: list[str], *, as_json: bool) -> None:
    gateway = f"http://127.0.0.1:{machine.port}"
    described: dict[str, Any] = {
        "gateway": gateway,
        "dashboard": f"http://127.0.0.1:{machine.port + 1}",
        "metrics": f"http://127.0.0.1:{machine.port + 2}/metrics",
        "clinics": clinics,
        "demo": {clinic: f"{gateway}/demo/{clinic}" for clinic in clinics},
        "parts": supervisor.pids(),
    }
    if as_json:
        click.echo(json.dumps(described))
        return
    _say("")
    for clinic, url in described["demo"].items():
        _say(f"{clinic}: open {url}")
    _say(f"dashboard: {described['dashboard']}   (its access token: {machine.data / 'keys' / 'analytics.token'})")
    for what, command in _dashboard_commands(machine, clinics[0]).items():
        _say(f"           {what}: ./lethe {command}")
    _say(f"metrics:   {described['metrics']}")
    _say(f'or ask:    ./lethe ask {clinics[0]} "Do you offer Botox and what does it cost?"')


def _dashboard_commands(machine: Machine, clinic: str) -> dict[str, str]:
    """Return what helps with the dashboard, as it must be typed for this machine."""
    data = "" if machine.data == ROOT / ".lethe" else f" --data {machine.data}"
    url = "" if machine.port == _GATEWAY_PORT else f" --url http://127.0.0.1:{machine.port + 1}"
    return {
        "see it full, with invented figures": f"analytics seed {clinic}{url}{data}",
        "a clinic's own access": f"clinic token {clinic}{data}",
    }


def _say(line: str) -> None:
    click.echo(line, err=True)


def _leaves(group: BaseExceptionGroup[PartFailed]) -> list[PartFailed]:
    """Return the failures of a group, however they are nested."""
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]
