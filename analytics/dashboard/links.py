"""Addresses: a view's whole state is in its address, and a link changes one thing and keeps the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from schemas.taxonomy import SPOKEN

FILTERS: Final = ("ending", "topic", "intent")
_DEFAULTS: Final[Mapping[str, str]] = {
    "range": "28d",
    "from": "",
    "to": "",
    "compare": "previous",
    "source": "visitor",
    "ending": "",
    "topic": "",
    "intent": "",
    "lang": "",
}
"""Every parameter, in the order in which addresses name them, and what it is where it is absent."""


class Links:
    """Links from one view of a clinic's figures."""

    def __init__(self, clinic: str, query: Mapping[str, str]) -> None:
        """Link from the view of `clinic` that `query` asks for, which `read_asked` has accepted."""
        self.path = f"/clinics/{clinic}"
        """Where the clinic's figures are."""
        self._kept = {name: query.get(name, "") or default for name, default in _DEFAULTS.items()}
        if self._kept["lang"] not in SPOKEN:
            self._kept["lang"] = ""
        if self._kept["from"] or self._kept["to"]:
            self._kept["range"] = ""

    def view(self, **changes: str) -> str:
        """Return the address of this view with `changes`; ``""`` takes a parameter away."""
        return self._address(self.path, self._kept | changes)

    def days(self, name: str) -> str:
        """Return the address of this view for the range `name`."""
        return self._address(self.path, self._kept | {"range": name, "from": "", "to": ""})

    def unfiltered(self) -> str:
        """Return the address of this view without filters."""
        return self.view(**dict.fromkeys(FILTERS, ""))

    def export(self, form: str, panel: str, **changes: str) -> str:
        """Return the address of one panel's figures as a file.

        Args:
            form: ``csv``, ``json`` or ``parquet``.
            panel: As `analytics.dashboard.questions` names it.
            changes: Filters that the panel does not follow.
        """
        values = {"panel": panel} | self._kept | changes | {"lang": ""}
        return self._address(f"/api{self.path}/export.{form}", values)

    def start(self) -> str:
        """Return the address of the first page, in the same language."""
        return self._address("/", {"lang": self._kept["lang"]})

    def kept_by_form(self) -> list[tuple[str, str]]:
        """Return what the form for other days carries along, as hidden fields."""
        without = {"range", "from", "to"}
        return [(name, value) for name, value in self._set(self._kept) if name not in without]

    def _address(self, path: str, values: Mapping[str, str]) -> str:
        query = urlencode(self._set(values))
        return f"{path}?{query}" if query else path

    @staticmethod
    def _set(values: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return what differs from its default."""
        return [(name, value) for name, value in values.items() if value and value != _DEFAULTS.get(name)]
