"""How much is hidden: the same everywhere, and in some countries more, by their own law.

The clinic's country decides; an operator may set one profile for all clinics (`LETHE_SANITISER_PROFILE`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from schemas.clinic import Clinic
from workers.sanitiser.recognisers import Find, safe_harbor


class Profile(StrEnum):
    """Whose rules a message is hidden by."""

    EU = "eu"
    """Appointments, ages and conditions stay."""
    US = "us"
    """HIPAA's Safe Harbor: dates finer than a year, ages over 89 and ZIP codes go too."""


US_COUNTRIES: Final = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM"})
"""The United States and its territories, where HIPAA holds."""

ALSO: Final[Mapping[Profile, tuple[Find, ...]]] = MappingProxyType({Profile.EU: (), Profile.US: (safe_harbor.find,)})
"""The recognisers that run besides those that always do."""


def profile_of(clinic: Clinic | None, *, everywhere: Profile | None = None) -> Profile:
    """Return the profile of messages to `clinic` (None: to no clinic in particular); `everywhere` goes before it."""
    if everywhere is not None:
        return everywhere
    return Profile.US if clinic is not None and clinic.country in US_COUNTRIES else Profile.EU
