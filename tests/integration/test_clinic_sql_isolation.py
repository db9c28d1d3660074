# ruff: noqa: S608  # the statements are this test's own
"""A clinic's own database user learns nothing of another clinic: `deploy/clickhouse/clinic_user.xml` on a real server.

Every way is gone twice by clinic `lumiere`, before another clinic has anything on the server and after it has a name,
a database and thousands of rows. What is answered must be the same to the letter, and so must be how much was read.
"""

import pytest

from tests.clinic_ways import MARKS, REVIEWED, WAYS, marks
from tests.fixtures_clickhouse_users import (
    DENIED,
    KEEPER,
    QUOTA_EXCEEDED,
    READER,
    READONLY,
    Asker,
    make_views,
    publish,
    server_with_users,
    users_file,
)

ME = "lethe_clinic_lumiere"
NO_DATABASE = 81
NEW = "lethe_clinic_new"
NAIVE = """<lethe_naive>
    <password>lethe_naive</password><networks><ip>127.0.0.1</ip></networks>
    <profile>lethe_clinic</profile><quota>default</quota>
    <grants><query>GRANT SELECT ON lethe.released</query></grants>
    <databases><lethe><released><filter>clinic = 'lumiere'</filter></released></lethe></databases>
</lethe_naive>"""
MERGED = ("OPTIMIZE TABLE lethe.released FINAL", "OPTIMIZE TABLE lethe.released_until FINAL")
"""Whatever may lie together on the disk does."""
SETTINGS = {
    "may write": "readonly = 0",
    "may change settings": "readonly = 2",
    "another filter": "additional_table_filters = {'lethe.released': 'throwIf(turns > 9000) = 0'}",
    "no pruning": "use_partition_pruning = 0",
    "no index": "use_primary_key = 0",
    "the old analyser": "enable_analyzer = 0",
    "nothing optimised": "query_plan_enable_optimizations = 0",
    "a bound that tells by failing": "max_rows_to_read = 300",
    "the server's log": "send_logs_level = 'trace'",
    "all that is wanted": "max_result_rows = 0",
    "as long as is wanted": "max_execution_time = 0",
    "much memory": "max_memory_usage = 100000000000",
}


def _without_quota(users: str) -> str:
    """Lift the quota from the two clinics: they ask more, and more that is refused, than a dashboard does."""
    for user in ("lethe_clinic_lumiere", "lethe_clinic_noord"):
        before, begin, rest = users.partition(f"<{user}>")
        users = before + begin + rest.replace("<quota>lethe_clinic</quota>", "<quota>default</quota>", 1)
    return users


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The asker, and what every way led to before there was another clinic."""
    users = _without_quota(users_file("lumiere", "noord", "spare", "hasty", "again", "new"))
    users = users.replace("</users>", f"{NAIVE}</users>")
    with server_with_users(tmp_path_factory.mktemp("server"), users) as (_, asker):
        publish(asker, "lumiere", days=150, turns=10)
        publish(asker, "lumiere", days=150, turns=20, topic="none")
        for clinic in ("lumiere", "spare", "hasty"):
            make_views(asker, clinic)
        asker.run("default", *MERGED)
        before = {name: asker.ask(ME, sql) for name, sql in WAYS.items()}
        publish(asker, "noord", days=9_000, turns=9_001, topic="thread_lift", since="2031-01-06")
        publish(asker, "noord", days=3, turns=9_001, topic="thread_lift", since="2031-01-06")
        make_views(asker, "noord")
        asker.run("default", *MERGED)
        yield asker, before


@pytest.fixture(scope="module")
def asker(asked) -> Asker:
    return asked[0]


@pytest.mark.parametrize("way", WAYS)
def test_the_other_clinic_changes_no_answer(asked, way):
    asker, before = asked
    after = asker.ask(ME, WAYS[way])
    assert after == before[way]
    assert marks(after.text, way=way) == set()


def test_each_clinic_reads_its_own(asker):
    own = "SELECT DISTINCT clinic, topic FROM released ORDER BY topic"
    assert asker.rows(ME, own) == [["lumiere", "lip_filler"], ["lumiere", "none"]]
    assert asker.rows("lethe_clinic_noord", own) == [["noord", "thread_lift"]]
    until = "SELECT clinic, source, timezone, closed, first, k FROM released_until"
    assert asker.rows(ME, until) == [["lumiere", "visitor", "Europe/Brussels", "2026-06-03", "2026-01-05", "5"]]
    assert asker.ask(ME, "SELECT sum(turns) FROM released").read[0] == 300, "it is told what it read of its own"


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param(WAYS["the index of the table"], id="the index"),
        pytest.param(WAYS["tables"], id="how long tables are"),
    ],
)
def test_a_row_policy_on_the_table_would_not_do(asker, sql):
    """Why clinics have views that read as somebody else: these ways are open to whoever has a grant on the table."""
    asker.run(KEEPER, "INSERT INTO lethe.released (clinic, topic, since, day) VALUES ('others', 'none', 0, 0)")
    before = asker.ask("lethe_naive", sql).text
    publish(asker, "others", days=9_000, turns=1)
    assert asker.ask("lethe_naive", sql).text != before


def test_a_guessed_name_says_whether_that_clinic_has_direct_sql(asker):
    """One of two things that a clinic can learn of others, and no secret: clinics' ids stand in their pages."""
    assert asker.ask(ME, "SELECT count() FROM lethe_noord.released").code == DENIED
    assert asker.ask(ME, "SELECT count() FROM lethe_nobody.released").code == NO_DATABASE


def test_an_explanation_counts_the_whole_tables_parts(asker):
    """The other: into how many pieces the table is stored, all clinics' together."""
    told = asker.ask(ME, "EXPLAIN indexes = 1 SELECT clinic FROM released").text
    assert "Parts: 1/" in told
    assert [mark for mark in MARKS if mark in told] == []


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_can_be_changed(asker, setting):
    assert asker.ask(ME, f"SELECT count() FROM released SETTINGS {SETTINGS[setting]}").code in {READONLY, 452}
    name, _, value = SETTINGS[setting].partition(" = ")
    assert asker.ask(ME, f"SET {SETTINGS[setting]}").code in {READONLY, 452}
    assert asker.ask(ME, "SELECT count() FROM released", **{name: value.strip("'")}).code in {READONLY, 452}


def test_what_grafana_and_metabase_set_can_be(asker):
    """Grafana's driver sends the time limit, Metabase's the rest."""
    sent = {
        "max_execution_time": "65",
        "session_timezone": "Europe/Brussels",
        "select_sequential_consistency": "1",
        "max_result_rows": "1048575",
        "result_overflow_mode": "break",
    }
    assert asker.ask(ME, "SELECT count() FROM released", **sent).rows == [["300"]]


@pytest.mark.parametrize(
    "sql, code",
    [
        pytest.param("SELECT * FROM numbers(1048577)", 396, id="more rows than fit"),
        pytest.param("SELECT count() FROM numbers(1000000000000) SETTINGS max_execution_time = 1", 159, id="too long"),
        pytest.param("SELECT groupArray(number) FROM numbers(100000000)", 241, id="too much memory"),
    ],
)
def test_a_query_has_its_bounds(asker, sql, code):
    assert asker.ask(ME, sql).code == code


@pytest.mark.parametrize(
    "user, sql",
    [
        pytest.param("lethe_clinic_spare", "SELECT throwIf(number > 0) FROM numbers(2)", id="that guesses by errors"),
        pytest.param("lethe_clinic_hasty", "SELECT count() FROM released", id="that asks without end"),
    ],
)
def test_a_clinic_waits(asker, user, sql):
    asked = 0
    while asker.ask(user, sql).code != QUOTA_EXCEEDED:
        asked += 1
        assert asked < 2 * 300 + 1, "the quota is for a minute, and a minute may end meanwhile"
    assert asked > 50
    assert asker.ask(ME, "SELECT count() FROM released").code is None, "each has a quota of its own"


def test_a_user_without_views_gets_nowhere(asker):
    assert asker.ask(NEW, "SELECT count() FROM lethe.released").code == NO_DATABASE


def test_nobody_logs_in_as_who_reads_the_tables(asker):
    assert asker.ask("lethe_scope_lumiere", "SELECT 1").code == 516


def test_views_have_every_column_that_is_published(asker):
    for table in ("released", "released_until"):
        columns = "SELECT name FROM system.columns WHERE database = '{}' AND table = '{}' ORDER BY position"
        assert asker.rows("default", columns.format("lethe_lumiere", table)) == asker.rows(
            "default", columns.format("lethe", table)
        )


def test_views_can_be_made_again(asker):
    make_views(asker, "again")
    made = asker.rows("lethe_clinic_again", "SELECT name, uuid FROM system.tables WHERE database = 'lethe_again'")
    make_views(asker, "again")
    anew = asker.rows("lethe_clinic_again", "SELECT name, uuid FROM system.tables WHERE database = 'lethe_again'")
    assert [name for name, _ in anew] == [name for name, _ in made] == ["released", "released_until"]
    assert anew != made


def test_the_dashboard_reads_all_clinics(asker):
    assert ["noord"] in asker.rows(READER, "SELECT DISTINCT clinic FROM lethe.released")


def test_every_table_function_of_the_server_has_been_looked_at(asker):
    there = {name for (name,) in asker.rows("default", "SELECT name FROM system.table_functions")}
    assert there - REVIEWED == set()
