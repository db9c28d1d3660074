"""Tables built from a clinic's file once, not once a message. Keys are clinics, never visitors' words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from schemas.clinic import Clinic

KEPT_MAX: Final = 256
"""Clinics whose tables are kept; then all are built anew."""


def per_clinic[T](build: Callable[[Clinic], T]) -> Callable[[Clinic], T]:
    """Return `build` with its results kept for as long as a clinic's file stays as it is.

    A clinic is known by identity: an edited file is another object, and to hash one whole would cost milliseconds.
    """
    kept: dict[int, tuple[Clinic, T]] = {}

    def built(clinic: Clinic) -> T:
        found = kept.get(id(clinic))
        if found is None or found[0] is not clinic:
            if len(kept) >= KEPT_MAX:
                kept.clear()
            found = kept[id(clinic)] = (clinic, build(clinic))
        return found[1]

    return built
