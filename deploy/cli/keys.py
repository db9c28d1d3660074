"""`lethe keys`: make or rotate key material."""

from __future__ import annotations

from pathlib import Path

import click

from deploy import keys
from deploy.nats.config import Listen, server_config

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("keys")
def command() -> None:
    """Make or rotate key material (files of mode 0600)."""


@command.command("new")
@click.argument("folder", type=_FOLDER)
@click.option("--gateway", "gateways", multiple=True, default=("gw1",), help="A gateway's id; repeat for several.")
@click.option("--region", default="eu", show_default=True)
@click.option("--listen", default="127.0.0.1:4222", show_default=True, help="Where the broker listens.")
@click.option("--store-dir", default="/data/nats", show_default=True, help="JetStream's folder on the broker.")
@click.option("--tls-cert", default="", help="Path on the broker of its certificate; needed outside loopback.")
@click.option("--tls-key", default="", help="Path on the broker of its key.")
def new(  # noqa: PLR0917  # one parameter an option
    folder: Path, gateways: tuple[str, ...], region: str, listen: str, store_dir: str, tls_cert: str, tls_key: str
) -> None:
    """Write fresh keys and the broker's configuration (nats.conf) into FOLDER.

    Existing keys are replaced: every session and connection under them ends.
    """
    host, _, port = listen.rpartition(":")
    if not port.isdigit():
        raise click.UsageError("--listen: HOST:PORT")
    keys.new_keys(folder, gateways=gateways)
    where = Listen(host, int(port), store_dir, tls_cert=tls_cert, tls_key=tls_key)
    (folder / "nats.conf").write_text(server_config(keys.users(folder), region=region, listen=where), "utf-8")
    click.echo(f"keys and nats.conf written to {folder}", err=True)


@command.command("rotate")
@click.argument("folder", type=_FOLDER)
def rotate(folder: Path) -> None:
    """Put a new session key and new edge keys first; only the newest two of each still open.

    Run it daily: a session sealed two rotations ago cannot be opened by anybody any more.
    Running processes follow within a minute.
    """
    try:
        for file in keys.rotate(folder):
            click.echo(str(file))
    except OSError:
        raise click.ClickException("FOLDER: holds no keys that can be rotated") from None
