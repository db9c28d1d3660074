"""What figures need of the clinic files, where they are at hand: names and time zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from schemas.clinic import Clinic
from schemas.clinic_faults import ClinicFault, Fault
from schemas.clinic_files import ClinicFiles
from schemas.env import SettingsFault

UTC: Final = "UTC"

_log: Any = structlog.get_logger()


class Clinics(Mapping[str, str]):
    """Clinics' names by id, as the files now say them; empty without a folder."""

    def __init__(self, files: ClinicFiles | None) -> None:
        """Read from `files`; use `Clinics.load`."""
        self._files = files

    @classmethod
    def load(cls, folder: str) -> Clinics:
        """Return the clinics of `folder`; "" has none.

        Raises:
            SettingsFault: The folder cannot be read, or a file in it is faulty.
        """
        try:
            return cls(ClinicFiles.load(Path(folder)) if folder else None)
        except OSError:
            raise SettingsFault("LETHE_CLINICS: the folder cannot be read") from None
        except ClinicFault:
            raise SettingsFault("LETHE_CLINICS: a file is faulty; `lethe clinic check` says where") from None

    def __getitem__(self, clinic: str) -> str:
        found = self.file(clinic)
        if found is None:
            raise KeyError
        return found.name

    def __iter__(self) -> Iterator[str]:
        return iter(self._files.ids() if self._files else ())

    def __len__(self) -> int:
        return len(self._files.ids()) if self._files else 0

    def file(self, clinic: str) -> Clinic | None:
        """Return what a clinic's file says; None where it has none."""
        return self._files.get(clinic) if self._files else None

    def files(self) -> list[Clinic]:
        """Return what every clinic's file says."""
        return [found for clinic in self if (found := self.file(clinic))]

    def timezone(self, clinic: str) -> str:
        """Return the clinic's time zone (IANA); UTC where it has no file."""
        found = self.file(clinic)
        return found.time_zone if found else UTC

    async def watch(self) -> None:
        """Follow the files until cancelled; returns at once where there are none.

        Raises:
            OSError: The folder went away.
        """
        if self._files:
            await self._files.watch(_say)


def _say(clinic: str, faults: list[Fault] | None) -> None:
    if faults is None:
        _log.info("clinic_changed", clinic=clinic)
    else:
        _log.warning("clinic_refused", clinic=clinic, count=len(faults))
