# ruff: noqa: S608  # the statements are this test's own
"""`deploy/grafana` and the queries of `docs/direct-sql.md`: asked on a real server, as a clinic's own user."""

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.compose_containers import service
from tests.fixtures_clickhouse_users import KEEPER, clinic_users, make_views, server_with_users, users_file

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "deploy" / "grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards" / "demand.json").read_text("utf-8"))
SOURCE = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "lethe.yaml").read_text("utf-8"))["datasources"][0]
DOC = (ROOT / "docs" / "direct-sql.md").read_text("utf-8")
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"]}
ME = "lethe_clinic_lumiere"
TODAY = dt.datetime.now(dt.UTC).date()
LAST = TODAY - dt.timedelta(days=13)
BLOCKS = """
    ('total', 20, 14, 'all', 'all', 'all', 'all', 'all', 0, 0, 0, 70, 30),
    ('total', 13, 13, 'all', 'all', 'all', 'all', 'all', 0, 0, 0, 30, 12),
    ('ending', 20, 13, 'answered', 'all', 'all', 'all', 'all', 0, 0, 0, 60, 25),
    ('ending', 20, 13, 'not_offered', 'all', 'all', 'all', 'all', 0, 0, 0, 40, 17),
    ('topic', 20, 13, 'answered', 'lip_filler', 'all', 'all', 'all', 0, 0, 0, 45, 20),
    ('topic', 20, 13, 'answered', 'rest', 'all', 'all', 'all', 0, 0, 0, 15, 5),
    ('topic', 20, 13, 'not_offered', 'thread_lift', 'all', 'all', 'all', 0, 0, 0, 40, 17),
    ('topic', 20, 13, 'unanswered', 'clinic', 'all', 'all', 'all', 0, 0, 0, 9, 6),
    ('intent', 20, 13, 'answered', 'lip_filler', 'price', 'all', 'all', 0, 0, 0, 45, 20),
    ('how', 20, 13, 'answered', 'all', 'all', 'without_ai', 'all', 0, 0, 0, 45, 20),
    ('how', 20, 13, 'answered', 'all', 'all', 'with_ai', 'all', 0, 0, 0, 15, 5),
    ('language', 20, 13, 'all', 'all', 'all', 'all', 'nl', 0, 0, 0, 100, 42),
    ('hour', 40, 13, 'all', 'all', 'all', 'all', 'all', 1, 9, 10, 12, 6),
    ('hour', 40, 13, 'all', 'all', 'all', 'all', 'all', 2, 18, 24, 60, 20),
    ('left_out', 20, 13, 'all', 'all', 'all', 'all', 'all', 0, 0, 0, 500, 300)
"""
"""tree, days ago (first, last), ending, topic, intent, how, language, weekday, hour, until, turns, firsts."""
EXPECTED = {
    "Questions": [["100"]],
    "Conversations": [["42"]],
    "Answered without AI": [["0.75"]],
    "Published up to": [[str(TODAY - dt.timedelta(days=1))]],
    "Questions a day": [[f"{TODAY - dt.timedelta(days=14)} 00:00:00", "10"], [f"{LAST} 00:00:00", "30"]],
    "Asked for but not offered": [["thread_lift", "40", "17"]],
    "Asked about": [
        ["lip_filler", "45", "20"],
        ["thread_lift", "40", "17"],
        ["others, too few each", "15", "5"],
        ["clinic", "9", "6"],
    ],
    "Went unanswered": [["clinic", "9", "6"]],
    "What they wanted to know": [["price", "45"]],
    "How questions ended": [["answered", "60"], ["not_offered", "40"]],
    "Languages": [["nl", "100"]],
    "When they ask": [
        ["09:00", "12", *["0"] * 6],
        *([f"{hour}:00", "0", "10", *["0"] * 5] for hour in range(18, 24)),
    ],
}


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    with server_with_users(tmp_path_factory.mktemp("server"), users_file("lumiere", "noord")) as (_, asker):
        columns = "ending, topic, intent, how, language, weekday, hour, until, turns, firsts"
        shape = "tree String, first Int32, last Int32, ending String, topic String, intent String, how String,"
        shape += " language String, weekday UInt8, hour UInt8, until UInt8, turns UInt32, firsts UInt32"
        for clinic, times in (("lumiere", 1), ("noord", 7)):
            asker.run(
                KEEPER,
                f"INSERT INTO lethe.released (clinic, source, tree, since, day, {columns})"
                f" SELECT '{clinic}', 'visitor', tree, toDate('{TODAY}') - first, toDate('{TODAY}') - last,"
                f" {columns.replace('turns', f'turns * {times}')} FROM values($shape${shape}$shape$, {BLOCKS})",
                f"INSERT INTO lethe.released_until (clinic, source, timezone, closed, first, k) VALUES"
                f" ('{clinic}', 'visitor', 'Europe/Brussels', toDate('{TODAY}') - {times}, '2026-01-05', 5)",
            )
            make_views(asker, clinic)
        yield asker


def expanded(sql: str) -> str:
    """Return a panel's query as Grafana and its plugin send it, of the last 90 days."""
    sql = sql.replace("${source:singlequote}", "'visitor'")
    span = rf"\1 >= toDate('{TODAY - dt.timedelta(days=90)}') AND \1 <= toDate('{TODAY}')"
    return re.sub(r"\$__dateFilter\((\w+)\)", span, sql)


@pytest.mark.parametrize("title", EXPECTED)
def test_a_panel_shows_the_clinics_own_figures(asker, title):
    rows = asker.rows(ME, expanded(PANELS[title]["targets"][0]["rawSql"]))
    assert rows == EXPECTED[title]


def test_every_panel_is_tried_here():
    assert set(PANELS) == set(EXPECTED)


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_asks_for_one_tree_and_names_no_clinic(title):
    panel = PANELS[title]
    (target,) = panel["targets"]
    sql = expanded(target["rawSql"])
    assert "$" not in sql, "a macro or variable that this test does not know"
    assert sql.startswith("SELECT ")
    assert len(re.findall(r"\btree = '", sql)) == (0 if "released_until" in sql else 1)
    assert "clinic =" not in sql
    assert "lethe" not in sql, "the data source's database says which clinic"
    assert panel["datasource"] == target["datasource"] == {"type": SOURCE["type"], "uid": SOURCE["uid"]}
    assert panel["description"]


def test_panels_do_not_overlap():
    taken = set()
    for panel in PANELS.values():
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_the_data_source_holds_no_password_and_is_the_clinics_user():
    assert SOURCE["secureJsonData"] == {"password": "$__file{/run/secrets/lethe-clinic.password}"}
    settings = {name: str(value).replace("${LETHE_CLINIC}", "lumiere") for name, value in SOURCE["jsonData"].items()}
    users = clinic_users("lumiere")
    assert f"<{settings['username']}>" in users
    assert f"<default_database>{settings['defaultDatabase']}</default_database>" in users
    assert SOURCE["editable"] is False


def test_grafanas_time_limit_is_one_that_the_user_may_set(asker):
    """Its driver sends the time that is left and five seconds."""
    seconds = int(SOURCE["jsonData"]["queryTimeout"]) + 5
    assert asker.ask(ME, "SELECT count() FROM released", max_execution_time=str(seconds)).code is None


@pytest.mark.parametrize("sql", re.findall(r"```sql\n(.+?)```", DOC, re.DOTALL))
def test_a_query_of_the_documentation_finds_something(asker, sql):
    assert asker.rows(ME, sql) != []


@pytest.mark.parametrize("override", re.findall(r"```yaml\n(.+?)```", DOC, re.DOTALL))
def test_compose_accepts_what_the_documentation_adds(tmp_path, override):
    file = tmp_path / "override.yml"
    file.write_text(override, "utf-8")
    command = [Path(sys.executable).with_name("docker-compose"), "-f", ROOT / "docker-compose.yml", "-f", file]
    names = set(re.findall(r"\$\{(LETHE_\w+):\?", (ROOT / "docker-compose.yml").read_text("utf-8")))
    environ = dict.fromkeys(names, "x")
    run = subprocess.run([*command, "config", "-q"], env=environ, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert service("clickhouse")["networks"].keys() == {"store"}


def test_columns_and_trees_are_told_as_they_are(asker):
    columns = {name for name, *_ in asker.rows(ME, "DESCRIBE released")} - {"clinic"}
    told, _, until = DOC.partition("`released_until` says")
    for name in {name for name, *_ in asker.rows(ME, "DESCRIBE released_until")} - {"clinic", "source"}:
        assert f"`{name}`" in until.partition("\n\n")[0]
    assert {name for name in columns if f"`{name}`" not in told} == set()
    tree = next(type_ for name, type_, *_ in asker.rows(ME, "DESCRIBE released") if name == "tree")
    trees = set(re.findall(r"'(\w+)\\?' = ", tree.replace("\\", "")))
    assert {name for name in trees if f"| `{name}` |" not in told} == set()
