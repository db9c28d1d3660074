"""The figures' app over a database that holds some months of two clinics, for tests."""

import asyncio
import contextlib
import datetime as dt
import secrets
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec

from analytics.closing import Closing, last_over
from analytics.dashboard.access import Access
from analytics.dashboard.app import create_app
from analytics.dashboard.parts import Parts
from analytics.dashboard.rates import Rates
from analytics.dashboard.tokens import ClinicTokens, make
from analytics.figures import Figures
from analytics.seed import events
from analytics.sink import turn_row
from analytics.store import Store
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Source
from schemas.treatments import treatments

OFFERED = ("botulinum_toxin", "lip_filler", "chemical_peel", "hydrafacial", "laser_hair_removal")
MINE, OTHER = "lumiere", "noord"
OPERATOR = secrets.token_urlsafe(32)
ZONE = "Europe/Brussels"
NOW = dt.datetime.now(dt.UTC)
YESTERDAY = last_over(NOW, ZONE)
"""The last day that is over."""


async def fill(store: Store, *, days: int = 84, clinics: Sequence[str] = (MINE, OTHER)) -> None:
    """Store invented visitors' turns, and a few of the command line's, and close their days."""
    await store.migrate(frozenset({*treatments(), CLINIC_TOPIC, NO_TOPIC}))
    closing = Closing(store, timezone=lambda _: ZONE)
    for clinic in clinics:
        facts = list(events(clinic, days=days, until=YESTERDAY, timezone=ZONE, offered=OFFERED, chats_a_month=900))
        visitors = [msgspec.structs.replace(fact, source=Source.VISITOR) for fact in facts]
        rows = [turn_row(fact, late=False, stream=1, batch=1) for fact in visitors]
        rows += [turn_row(msgspec.structs.replace(facts[-1], source=Source.CLI), late=False, stream=1, batch=1)] * 3
        await store.insert("lethe.turn_facts", rows)
        await closing.close(clinic, Source.VISITOR, now=NOW)


class App:
    """The app over `store`, and its tokens."""

    def __init__(self, store: Any, folder: Path, *, public_origin: str = "", own: bool = True, **rates: int) -> None:
        self.tokens = folder / "clinic-tokens.json"
        self.mine, self.token = make(self.tokens, MINE, days=1, now=NOW)
        self.clock = [1_000.0]
        secure = bool(public_origin)
        access = Access(
            OPERATOR,
            ClinicTokens(self.tokens),
            secure=secure,
            clock=lambda: self.clock[0],
        )
        self.parts = Parts(
            figures=Figures(store, own=own),
            access=access,
            rates=Rates(**({"requests": 100_000, "wrong": 100_000} | rates)),
            names={MINE: "Clinique Lumière"},
            ready=self._ready,
            secure_cookie=secure,
            public_origin=public_origin,
        )
        self._app: Any = create_app(self.parts)

    async def _ready(self) -> bool:
        return True

    @contextlib.asynccontextmanager
    async def client(self, token: str = "", **headers: str) -> AsyncGenerator[httpx.AsyncClient]:
        """Yield a client that brings `token`."""
        base = self.parts.public_origin or "http://127.0.0.1:8001"
        given = ({"authorization": f"Bearer {token}"} if token else {}) | headers
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=given) as client:
            yield client


def opened(folder: Path) -> Store:
    """Return chDB in `folder`, filled."""
    store = asyncio.run(Store.open(data_dir=str(folder / "chdb")))
    asyncio.run(fill(store))
    return store
