"""The tables hold the vocabularies of `schemas.taxonomy`, and migrations can be applied twice."""

import re

import pytest

from analytics.release import Ending, How, Tree
from analytics.settings import AnalyticsSettings
from analytics.store import HERE, migrations, read_sql
from schemas.env import SettingsFault, load
from schemas.taxonomy import LATENCY_EDGES_MS, Consent, Entity, Intent, Language, Outcome, Path, Source

COLUMNS = {
    "language": Language,
    "intent": Intent,
    "path": Path,
    "outcome": Outcome,
    "source": Source,
    "choice": Consent,
}
TABLES_WITH = {"choice": 1, "source": 6, "language": 5, "intent": 5}
"""How often a column stands in the migrations; four times unless it is said."""
QUERIES = HERE / "queries"
LISTS = {"clinics", "own_clinics", "released_sources", "released_until"}
KEEPERS = {"cells", "cells_hours", "cells_languages", "cells_left_out", "first_day", "own_clinics", "own_coverage"}
KEEPERS |= {"released_sources"}
READERS = sorted({file.stem for file in QUERIES.glob("*.sql")} - KEEPERS)
SQL = {migration.name: migration.text for migration in migrations()}
ALL = "\n".join(SQL.values())


@pytest.mark.parametrize("column, vocabulary", COLUMNS.items())
def test_every_enum_column_has_the_members_of_its_vocabulary(column, vocabulary):
    """A member that joins a vocabulary needs a migration that lets it into the tables."""
    found = _enums(column)
    assert len(found) == TABLES_WITH.get(column, 4)
    for members in found:
        known = [(name, number) for name, number in members if name not in {"all", "rest"}]
        assert known == [(m.value, str(n)) for n, m in enumerate(vocabulary, 1)]


@pytest.mark.parametrize("column, vocabulary", [("tree", Tree), ("ending", Ending), ("how", How)])
def test_published_blocks_have_the_vocabularies_of_their_rules(column, vocabulary):
    (members,) = _enums(column)
    known = [name for name, _ in members if name not in {"all", "rest"}]
    assert known == [member.value for member in vocabulary]


def test_every_outcome_is_an_ending():
    kept = set(Outcome) - {Outcome.FALLBACK, Outcome.FAILED}
    assert {outcome.value for outcome in kept} | {"unanswered"} == {ending.value for ending in Ending}
    assert "outcome IN ('fallback', 'failed'), 'unanswered'" in ALL


def _enums(column):
    found = re.findall(rf"^    {column} Enum8\((.*?)\)", ALL, re.MULTILINE | re.DOTALL)
    return [re.findall(r"'(\w+)' = (\d+)", members) for members in found]


def test_bit_sets_and_buckets_are_as_wide_as_their_vocabularies():
    assert f"redactions < {1 << len(Entity)}" in ALL
    assert f"latency < {len(LATENCY_EDGES_MS) + 1}" in ALL


def test_migrations_are_numbered_without_a_gap():
    assert [migration.number for migration in migrations()] == list(range(1, len(SQL) + 1))


@pytest.mark.parametrize("name", SQL)
def test_a_migration_cut_short_can_be_applied_again(name):
    statements = [s for s in re.sub(r"--.*", "", SQL[name]).split(";\n") if s.strip()]
    assert statements
    again = re.compile(r"IF NOT EXISTS|MODIFY (QUERY|SQL SECURITY)")
    assert all(again.search(statement) for statement in statements)


@pytest.mark.parametrize("name", sorted(KEEPERS | set(READERS)))
def test_a_question_is_of_one_clinic_and_one_source(name):
    """But those that list clinics, which the process asks for itself or for the operator."""
    sql = read_sql("queries", name)
    assert "turn_facts" not in sql
    if name not in LISTS:
        assert "clinic = {clinic:String}" in sql
        assert "source = {source:String}" in sql


@pytest.mark.parametrize("name", READERS)
def test_what_a_reader_asks_is_answered_from_what_is_published(name):
    tables = set(re.findall(r"(?:FROM|JOIN) (lethe\.\w+)", read_sql("queries", name)))
    assert tables <= {"lethe.released", "lethe.released_until"}


def test_settings_come_from_the_environment(tmp_path):
    seed = tmp_path / "seed"
    seed.write_text("SUAB")
    environ = {"LETHE_NATS_SEED_FILE": str(seed), "LETHE_BATCH_WAIT_S": "0.5", "LETHE_REPLICAS": "3"}
    settings = load(AnalyticsSettings, environ)
    assert (settings.nats_seed, settings.batch_wait_s, settings.replicas) == ("SUAB", 0.5, 3)
    assert "SUAB" not in repr(settings)


@pytest.mark.parametrize("name", ["BATCH_ROWS", "BATCH_WAIT_S", "REPLICAS", "HTTP_PORT"])
def test_a_setting_of_the_wrong_form_is_named_and_not_quoted(name):
    with pytest.raises(SettingsFault) as fault:
        load(AnalyticsSettings, {"LETHE_NATS_SEED": "SUAB", f"LETHE_{name}": "a-secret"})
    assert f"LETHE_{name}" in str(fault.value)
    assert "a-secret" not in str(fault.value)
