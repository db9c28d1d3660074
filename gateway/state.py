"""What the routes share: the parts of one gateway process, wired once in `gateway.app`."""

from __future__ import annotations

import asyncio
import time
from typing import Any, NamedTuple

from gateway.desk import Desk
from gateway.facts import FactPost
from gateway.limits import AddressRate, Quota
from gateway.problems import Refused
from gateway.session import SessionBox
from gateway.settings import GatewaySettings
from schemas.clinic import Clinic
from schemas.clinic_files import ClinicFiles
from schemas.public import ProblemCode


class Parts(NamedTuple):
    """One gateway's parts."""

    settings: GatewaySettings
    clinics: ClinicFiles
    desk: Desk
    facts: FactPost
    box: SessionBox
    quota: Quota
    rate: AddressRate
    draining: asyncio.Event
    """Set on SIGTERM: no new turn begins."""
    log: Any

    def clinic(self, name: str) -> Clinic:
        """Return a clinic that this gateway's region serves.

        Raises:
            Refused: Unknown here.
        """
        clinic = self.clinics.get(name)
        if clinic is None or clinic.region != self.settings.region:
            raise Refused(ProblemCode.UNKNOWN_CLINIC, "clinic: not known here")
        return clinic


def now_s() -> int:
    """Return Unix seconds."""
    return int(time.time())
