"""The users of `deploy/clickhouse` on the image that docker-compose.yml names, hardened as it says.

Twin of `test_analytics_grants.py` and `test_clinic_sql_isolation.py`, and the only place where users made by SQL
(`clinic_user.sql`) can be tried: the embedded server knows none.

testcontainers' own ClickHouse class is not used: it makes users that are not ours.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from testcontainers.core.wait_strategies import HttpWaitStrategy

from analytics.store import Store, StoreFault
from deploy.cli.clinic_sql_user import rendered
from tests.clinic_ways import REVIEWED, WAYS, marks
from tests.compose_containers import container, service
from tests.fixtures_clickhouse_users import (
    DENIED,
    KEEPER,
    READER,
    WRITER,
    Asker,
    clinic_users,
    make_views,
    migrate,
    passwords,
    publish,
    sha256,
    statements,
)

pytestmark = pytest.mark.needs("docker")

ADMIN = """<clickhouse><users><admin><password>admin</password><networks><ip>::/0</ip></networks>
<profile>default</profile><quota>default</quota><access_management>1</access_management></admin></users></clickhouse>"""
USERS_D = "/etc/clickhouse-server/users.d"
FIRST = "SELECT count() FROM released"


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A server with the users and settings of docker-compose.yml, a clinic by file, and somebody who may make users."""
    folder = tmp_path_factory.mktemp("users")
    described = service("clickhouse", passwords())
    server = container(described, user=described["user"])
    for name, value in described["environment"].items():
        server.with_env(name, value)
    for volume in described["volumes"]:
        if volume["type"] == "bind":
            server.with_volume_mapping(volume["source"], volume["target"])
    asking = clinic_users("lumiere").replace("<quota>lethe_clinic</quota>", "<quota>default</quota>")  # it asks a lot
    for name, text in {"lumiere": asking, "admin": ADMIN}.items():
        file = folder / f"{name}.xml"
        file.write_text(text, "utf-8")
        file.chmod(0o644)
        server.with_volume_mapping(file, f"{USERS_D}/{name}.xml")
    server.with_exposed_ports(8123).waiting_for(HttpWaitStrategy(8123, "/ping"))
    with server:
        address = f"{server.get_container_host_ip()}:{server.get_exposed_port(8123)}"
        asyncio.run(migrate(f"http://{KEEPER}:{KEEPER}@{address}"))
        with contextlib.closing(Asker(f"http://{address}")) as asked:
            publish(asked, "lumiere", days=7, turns=10)
            publish(asked, "noord", days=9_000, turns=9_001, topic="thread_lift", since="2031-01-06")
            make_views(asked, "lumiere")
            yield asked


def test_nobody_enters_without_a_password(asker: Asker) -> None:
    assert asker.ask("default", "SELECT 1").code == 516


def test_the_writer_reads_nothing(asker: Asker) -> None:
    assert asker.ask(WRITER, "SELECT count() FROM lethe.turn_facts").code == DENIED
    shown = asker.ask(WRITER, "SELECT name, total_rows FROM system.tables WHERE database = 'lethe'")
    assert shown.rows == []


def test_the_reader_sees_published_figures_alone(asker: Asker) -> None:
    assert asker.rows(READER, "SELECT DISTINCT clinic FROM lethe.released ORDER BY clinic") == [["lumiere"], ["noord"]]
    assert asker.ask(READER, "SELECT count() FROM lethe.turns_by_day").code == DENIED


def test_a_clinic_is_told_nothing_of_another(asker: Asker) -> None:
    told = {way: marks(asker.ask("lethe_clinic_lumiere", sql).text, way=way) for way, sql in WAYS.items()}
    assert {way: found for way, found in told.items() if found} == {}


def test_a_clinic_reads_no_file_of_the_server(asker: Asker) -> None:
    assert asker.ask("lethe_clinic_lumiere", "SELECT file('/etc/passwd')").code is not None


def test_a_user_made_by_sql_reads_what_one_made_by_file_does(asker: Asker) -> None:
    values = {"clinic": "noord", "sha256": sha256("lethe_clinic_noord")}
    for _ in range(2):  # it can be run again
        asker.run("admin", *statements(rendered("users-sql", values)))
        make_views(asker, "noord")
    assert asker.rows("lethe_clinic_noord", FIRST) == [["9000"]]
    assert asker.rows("lethe_clinic_lumiere", FIRST) == [["7"]]
    assert asker.rows(READER, "SELECT uniq(clinic) FROM lethe.released") == [["2"]], "nobody lost what they saw"
    assert asker.ask("lethe_clinic_noord", "SELECT count() FROM lethe.released").code == DENIED
    assert asker.ask("lethe_clinic_noord", f"{FIRST} SETTINGS use_partition_pruning = 0").code == 164
    assert asker.rows("lethe_clinic_noord", f"{FIRST} SETTINGS max_execution_time = 65") == [["9000"]]


def test_every_table_function_of_the_image_has_been_looked_at(asker: Asker) -> None:
    there = {name for (name,) in asker.rows("admin", "SELECT name FROM system.table_functions")}
    assert there - REVIEWED == set()


async def test_a_store_says_by_a_code_what_it_is_refused(asker: Asker) -> None:
    url = asker.address.replace("//", f"//{READER}:{READER}@")
    reader = await Store.open(url=url)
    with pytest.raises(StoreFault) as refused:
        await reader.query("SELECT count() FROM lethe.turn_facts")
    assert refused.value.code == DENIED
    await reader.close()
