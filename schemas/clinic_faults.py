"""What is wrong in a clinic's file: for people who edit it, so with a line, a field and a reason."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong."""

    line: int
    """1 is the file's first line."""
    field: str
    """As written in the file, e.g. ``treatments[2].price.from`` (the third treatment); "" = the whole file."""
    reason: str
    """What is expected; no value of the file is quoted."""

    def __str__(self) -> str:
        """Return the fault on one line."""
        return f"line {self.line}: {self.field}: {self.reason}" if self.field else f"line {self.line}: {self.reason}"


class ClinicFault(ValueError):  # noqa: N818  # the error's name is what the file has
    """A clinic's file cannot be used.

    Attributes:
        file_id: The file's stem.
        faults: All that is wrong, in the order of lines.
    """

    def __init__(self, file_id: str, faults: Sequence[Fault]) -> None:
        """Keep `faults` sorted by line."""
        self.file_id = file_id
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.field)))
        super().__init__("\n".join([f"{file_id}.toml:", *(f"  {fault}" for fault in self.faults)]))
