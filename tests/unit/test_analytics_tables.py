"""The tables hold the vocabularies of `schemas.taxonomy`, and migrations can be applied twice."""

import re

import pytest

from analytics.figures import QUESTIONS
from analytics.settings import AnalyticsSettings
from analytics.store import migrations, read_sql
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
SQL = {migration.name: migration.text for migration in migrations()}
ALL = "\n".join(SQL.values())


@pytest.mark.parametrize("column, vocabulary", COLUMNS.items())
def test_every_enum_column_has_the_members_of_its_vocabulary(column, vocabulary):
    """A member that joins a vocabulary needs a migration that lets it into the tables."""
    found = re.findall(rf"^    {column} Enum8\((.*?)\)", ALL, re.MULTILINE | re.DOTALL)
    assert len(found) == (1 if column == "choice" else 4)
    for members in found:
        assert re.findall(r"'(\w+)' = (\d+)", members) == [(m.value, str(n)) for n, m in enumerate(vocabulary, 1)]


def test_bit_sets_and_buckets_are_as_wide_as_their_vocabularies():
    assert f"redactions < {1 << len(Entity)}" in ALL
    assert f"latency < {len(LATENCY_EDGES_MS) + 1}" in ALL


def test_migrations_are_numbered_without_a_gap():
    assert [migration.number for migration in migrations()] == list(range(1, len(SQL) + 1))


@pytest.mark.parametrize("name", SQL)
def test_a_migration_cut_short_can_be_applied_again(name):
    statements = [s for s in re.sub(r"--.*", "", SQL[name]).split(";\n") if s.strip()]
    assert statements
    assert all("IF NOT EXISTS" in statement for statement in statements)


@pytest.mark.parametrize("name", [*QUESTIONS, "left_out"])
def test_a_question_is_of_one_clinic_and_one_source(name):
    sql = read_sql("queries", name)
    assert "clinic = {clinic:String}" in sql
    assert "source = {source:String}" in sql
    assert "turn_facts" not in sql


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
