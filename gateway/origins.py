"""Which pages may talk to the gateway: exact scheme, host and port, nothing by suffix.

An Origin is not authentication: any program can send one. It keeps other sites' pages from using a
clinic's chat in their visitors' browsers; rate and quota limits bound the rest.
"""

from __future__ import annotations

from gateway.problems import Refused
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.public import ProblemCode


def require_origin(origin: str | None, clinic: Clinic, *, missing_allowed: bool) -> None:
    """Accept the clinic's listed origins, among which `ClinicFiles` counts the gateway's own.

    Raises:
        Refused: The origin is missing, `null`, or not listed.
    """
    if origin is None:
        if missing_allowed:
            return
        raise Refused(ProblemCode.ORIGIN_NOT_ALLOWED, "Origin: missing", clinic=clinic)
    if origin in clinic.allowed_origins:
        return
    raise Refused(ProblemCode.ORIGIN_NOT_ALLOWED, "Origin: not one of this clinic's", clinic=clinic)


def is_registered(origin: str, clinics: ClinicFiles) -> bool:
    """Whether any clinic lists `origin`: what a preflight asks; the request itself checks its clinic."""
    return any(origin in clinic.allowed_origins for name in clinics.ids() if (clinic := clinics.get(name)))
