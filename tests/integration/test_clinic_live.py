"""A clinic's file edited under running parts: answers follow within a second, and a faulty edit changes none."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import httpx

from tests.cluster import Cluster, open_session, take_turn

DEMO = Path(__file__).parents[2] / "deploy" / "clinics" / "huidkliniek-noord.toml"
QUESTION = "How much is dermaplaning?"
PRICE = "69"
LIVE_WITHIN_S = 1.0
PATIENCE_S = 4.0
"""Below the folder's rescan: what these turns see was notified."""


async def _answer(client: httpx.AsyncClient) -> str:
    """Return the answer to a new visitor's question after the price."""
    session = await open_session(client, "huidkliniek-noord")
    turn = await take_turn(client, QUESTION, session=session)
    assert turn.end["path"] == "deterministic"
    return turn.text


async def _seconds_until(client: httpx.AsyncClient, price: str) -> float:
    """Return how long it took until visitors were told `price`."""
    since = time.monotonic()
    while price not in await _answer(client):
        assert time.monotonic() - since < PATIENCE_S
    return time.monotonic() - since


async def test_an_edit_is_told_within_a_second_and_a_faulty_one_never(tmp_path):
    """Of three edits the quickest counts: the machine may stand still, the watch may not."""
    folder = tmp_path / "clinics"
    folder.mkdir()
    file = folder / DEMO.name
    shutil.copy(DEMO, file)
    good = file.read_text("utf-8")
    cluster = Cluster(tmp_path)
    cluster.machine = cluster.machine._replace(clinics=folder)
    async with cluster, cluster.client() as client:
        await cluster.start_all("gateway", "sanitiser", "router")
        assert PRICE in await _answer(client)

        waits: list[float] = []
        for price in ("71", "72", "73"):
            file.write_text(_priced(good, f'"{price}.00"'), "utf-8")
            waits.append(await _seconds_until(client, price))
        assert min(waits) < LIVE_WITHIN_S

        file.write_text(_priced(good, "74.00"), "utf-8")
        await _refused(cluster)
        assert "73" in await _answer(client)

        file.write_text(_priced(good, '"75.00"'), "utf-8")
        await _seconds_until(client, "75")


def _priced(text: str, price: str) -> str:
    """Return `text` with the price of dermaplaning as `price`."""
    old = f'price = "{PRICE}.00"'
    assert text.count(old) == 1
    return text.replace(old, f"price = {price}")


async def _refused(cluster: Cluster) -> None:
    """Return when the router has said that it refused an edit."""
    async with asyncio.timeout(PATIENCE_S):
        while "clinic_refused" not in cluster.logs("router"):  # noqa: ASYNC110  # nothing tells when a file grows
            await asyncio.sleep(0.05)
