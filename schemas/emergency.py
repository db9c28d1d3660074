"""Emergency numbers by country: shown beside any failure and in every emergency text."""

from __future__ import annotations

from typing import Final

_NUMBERS: Final = {"GB": "999", "CH": "144", "US": "911", "CA": "911", "AU": "000", "NZ": "111"}
_ELSEWHERE: Final = "112"
"""The European number; GSM networks forward it in most of the world."""


def emergency_number(country: str) -> str:
    """Return the number to dial for an ambulance in `country` (ISO 3166-1 alpha-2), e.g. ``112``."""
    return _NUMBERS.get(country, _ELSEWHERE)
