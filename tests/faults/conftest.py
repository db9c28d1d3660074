"""What the tests of events' faults share: a broker, a connection to it, and each kind of database."""

import pytest

from analytics.stream import Stream
from tests.event_faults import Database, quick_folder
from tests.fixtures_analytics import Broker


@pytest.fixture
async def broker(tmp_path):
    with quick_folder(tmp_path / "js") as store:
        broker = Broker(tmp_path, store=store)
        await broker.start()
        yield broker
        await broker.stop()


@pytest.fixture
async def nc(broker):
    nc = await broker.connect()
    await Stream(nc).open(replicas=1, max_bytes=256 << 20)
    yield nc
    await nc.close()


@pytest.fixture(params=["chdb", "server"])
async def url(request, tmp_path):
    if request.param == "chdb":
        yield ""
        return
    async with Database(tmp_path / "server") as database:
        yield database.url
