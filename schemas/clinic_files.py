"""The folder of clinic files, read at start and watched: an edit is live within a second.

A faulty edit never takes a clinic off its site: it is refused with its reasons and the version before stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Self

import msgspec
import watchfiles

from schemas.clinic import Clinic, parse_clinic
from schemas.clinic_faults import ClinicFault, Fault

DEBOUNCE_MS: Final = 300
"""Longest wait for an editor to finish writing before the file is read."""
RESCAN_MS: Final = 5_000
"""The folder is read again this often even unnotified: network file systems lose notifications."""

type OnChange = Callable[[str, list[Fault] | None], None]
"""Told a clinic's id, and None when its new version (or its removal) is live, or why it was refused."""


def check_file(path: Path) -> list[Fault]:
    """Return all that is wrong in the clinic file at `path`, by line; [] = it can be used.

    Raises:
        OSError: The file cannot be read.
    """
    try:
        parse_clinic(_text(path.read_bytes(), path.stem), file_id=path.stem)
    except ClinicFault as fault:
        return list(fault.faults)
    return []


class ClinicFiles:
    """The clinics of a folder, each file's last good version."""

    def __init__(self, folder: Path, *, extra_origins: tuple[str, ...] = ()) -> None:
        """Hold no clinic yet: `load` builds a filled one."""
        self._folder = folder
        self._extra_origins = extra_origins
        self._seen: dict[str, bytes] = {}
        """Each file's bytes as last read, faulty ones included, so that each version is judged once."""
        self._clinics: dict[str, Clinic] = {}

    @classmethod
    def load(cls, folder: Path, *, extra_origins: tuple[str, ...] = ()) -> Self:
        """Return the clinics of every ``*.toml`` in `folder`.

        Args:
            folder: One file a clinic, named by its id; files that begin with a point are left out.
            extra_origins: Appended to every clinic's allowed origins.

        Raises:
            ClinicFault: A file is faulty; the first by name is reported, with all its faults.
            OSError: The folder or a file cannot be read.
        """
        files = cls(folder, extra_origins=extra_origins)
        for clinic_id, content in sorted(_contents(folder).items()):
            files._take(clinic_id, content)
        return files

    def get(self, clinic_id: str) -> Clinic | None:
        """Return the clinic `clinic_id` as it now stands, or None."""
        return self._clinics.get(clinic_id)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all clinics, sorted."""
        return tuple(sorted(self._clinics))

    async def watch(self, on_change: OnChange) -> None:
        """Follow the folder until cancelled; `on_change` is called in this event loop.

        Raises:
            OSError: The folder went away or cannot be read.
        """
        changes = watchfiles.awatch(  # pyright: ignore[reportUnknownMemberType]  # names trio, which we do not install
            self._folder,
            watch_filter=None,
            recursive=False,
            debounce=DEBOUNCE_MS,
            rust_timeout=RESCAN_MS,
            yield_on_timeout=True,
        )
        async for _ in changes:
            # Which paths are reported is not used: a mounted folder is often swapped whole behind a link.
            self._refresh(await asyncio.to_thread(_contents, self._folder), on_change)

    def _refresh(self, contents: Mapping[str, bytes], on_change: OnChange) -> None:
        for clinic_id in self._seen.keys() - contents.keys():
            del self._seen[clinic_id]
            self._clinics.pop(clinic_id, None)
            on_change(clinic_id, None)
        for clinic_id, content in contents.items():
            if self._seen.get(clinic_id) != content:
                on_change(clinic_id, self._faults(clinic_id, content))

    def _faults(self, clinic_id: str, content: bytes) -> list[Fault] | None:
        """Take the new version, or return why it was refused."""
        try:
            self._take(clinic_id, content)
        except ClinicFault as fault:
            return list(fault.faults)
        return None

    def _take(self, clinic_id: str, content: bytes) -> None:
        self._seen[clinic_id] = content
        clinic = parse_clinic(_text(content, clinic_id), file_id=clinic_id)
        origins = tuple(dict.fromkeys((*clinic.allowed_origins, *self._extra_origins)))
        self._clinics[clinic_id] = msgspec.structs.replace(clinic, allowed_origins=origins)


def _contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each clinic file by its stem; a file that vanishes meanwhile is left out."""
    contents: dict[str, bytes] = {}
    for path in folder.iterdir():
        if path.suffix == ".toml" and not path.name.startswith("."):
            try:
                contents[path.stem] = path.read_bytes()
            except FileNotFoundError:
                continue
    return contents


def _text(content: bytes, file_id: str) -> str:
    try:
        return content.decode("utf-8-sig")  # some editors put a byte order mark first
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    raise ClinicFault(file_id, [Fault(line, "", "not UTF-8; save the file with the encoding UTF-8")])
