"""`lethe clinic snippet`: what a clinic pastes into its pages."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from deploy.up.plan import ROOT
from schemas.clinic import Clinic, Widget
from schemas.clinic_faults import ClinicFault
from schemas.clinic_files import ClinicFiles
from schemas.public import WidgetRelease
from schemas.taxonomy import SPOKEN

_FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_LANGUAGE: Final = click.Choice([language.value for language in SPOKEN])
_PLAIN: Final = Widget()


@click.command("snippet")
@click.argument("clinic_id", metavar="ID")
@click.option("--clinics", type=_FOLDER, default=ROOT / "deploy" / "clinics", help="Folder of clinic files.")
@click.option(
    "--gateway", default="http://127.0.0.1:8000", show_default=True, help="Where visitors' browsers reach the gateway."
)
@click.option("--language", type=_LANGUAGE, default=None, help="Fix it; by default the page's own, else the browser's.")
def command(clinic_id: str, clinics: Path, gateway: str, language: str | None) -> None:
    """Print the script tag that puts the chat of clinic ID on a page, on stdout, ready to paste.

    The tag names one release and its integrity, so that a browser runs that file or none. On stderr: what the page's
    Content-Security-Policy must allow, where it has one, and the tag that follows new releases by itself.
    """
    from gateway.releases import read_releases  # noqa: PLC0415  # a role is imported inside the command that needs it

    clinic = _clinic(clinics, clinic_id)
    address = _origin(gateway)
    newest, *_ = read_releases()
    attributes = _attributes(clinic, language)
    click.echo(_tag(f"{address}/{newest.file}", attributes, integrity=newest.integrity))
    for line in _advice(clinic, address, newest, attributes):
        click.echo(line, err=True)


def _clinic(folder: Path, clinic_id: str) -> Clinic:
    try:
        clinic = ClinicFiles.load(folder).get(clinic_id)
    except ClinicFault as fault:
        raise click.ClickException(f"{folder}: {fault}") from None
    if clinic is None:
        raise click.UsageError("ID: no such clinic in that folder")
    return clinic


def _origin(gateway: str) -> str:
    parts = urlsplit(gateway)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise click.UsageError("--gateway: an address such as https://chat.example, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _attributes(clinic: Clinic, language: str | None) -> dict[str, str]:
    """Return what the launcher is told of `clinic`; what is the default is left out."""
    widget = clinic.widget
    told = {
        "clinic": (clinic.id, ""),
        "language": (language or "", ""),
        "position": (widget.position, _PLAIN.position),
        "accent": (widget.accent, _PLAIN.accent),
        "scheme": (widget.scheme, _PLAIN.scheme),
        "offset": (str(widget.offset_px), str(_PLAIN.offset_px)),
        "phone": (clinic.phone, ""),
    }
    return {f"data-{name}": value for name, (value, default) in told.items() if value != default}


def _tag(source: str, attributes: dict[str, str], *, integrity: str | None = None) -> str:
    checked = {} if integrity is None else {"integrity": integrity, "crossorigin": "anonymous"}
    written = {"src": source, **checked, **attributes, "referrerpolicy": "no-referrer"}
    return f"<script {' '.join(f'{name}="{html.escape(value)}"' for name, value in written.items())} async></script>"


def _advice(clinic: Clinic, gateway: str, newest: WidgetRelease, attributes: dict[str, str]) -> Iterator[str]:
    if not clinic.allowed_origins:
        yield "warning: allowed_origins: empty; no page may show this clinic's chat"
    if not gateway.startswith("https:"):
        yield "warning: --gateway: not https; for a page on this machine only"
    if newest.released is None:
        yield "warning: this release has no date yet; the next build replaces it (npm run release in widget/ dates it)"
    yield "Where the page has a Content-Security-Policy, add:"
    yield f"  script-src {gateway}/{newest.file}; frame-src {gateway}"
    yield "It is served for at least 12 months after a newer release came; paste again before."
    yield "Or let the page follow new releases by itself, at the cost of running unchecked what the gateway serves"
    yield f"(script-src {gateway}/widget.js):"
    yield f"  {_tag(f'{gateway}/widget.js', attributes)}"
