"""`lethe clinic sql-user`: what it prints, where the password goes, and that its two forms say the same."""

import contextlib
import hashlib
import re
import stat
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from deploy.cli.clinic_sql_user import command, rendered
from tests.fixtures_clickhouse import clickhouse
from tests.fixtures_clickhouse_users import USERS, Asker, statements

VALUES = {"clinic": "huid-noord", "sha256": "ab" * 32}
PROFILE = ET.parse(USERS).getroot().find("profiles/lethe_clinic")  # noqa: S314  # a file of this repository
QUOTA = ET.parse(USERS).getroot().find("quotas/lethe_clinic")  # noqa: S314  # as above


def run(*arguments: str):
    return CliRunner().invoke(command, arguments)


def test_the_password_is_made_and_never_printed(tmp_path):
    file = tmp_path / "password"
    made = run("lumiere", "--password-file", str(file))
    assert made.exit_code == 0, made.output
    password = file.read_text("utf-8").strip()
    assert len(password) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert password not in made.output
    users = ET.fromstring(made.stdout).find("users")  # noqa: S314  # our own
    assert users is not None
    assert users.findtext("lethe_clinic_lumiere/password_sha256_hex") == hashlib.sha256(password.encode()).hexdigest()


@pytest.mark.parametrize("form", ["users-xml", "users-sql"])
def test_a_password_that_is_there_is_kept(tmp_path, form):
    file = tmp_path / "password"
    file.write_text("as it was\n")
    made = run("lumiere", "--as", form, "--password-file", str(file))
    assert file.read_text() == "as it was\n"
    assert hashlib.sha256(b"as it was").hexdigest() in made.stdout


@pytest.mark.parametrize(
    "arguments, named",
    [
        pytest.param(["Lumière", "--password-file", "p"], "ID", id="no clinic's id"),
        pytest.param(["x' OR 1", "--as", "views"], "ID", id="a way out of quotes"),
        pytest.param(["lumiere"], "--password-file", id="no place for the password"),
    ],
)
def test_wrong_usage_names_the_argument_and_quotes_nothing(arguments, named):
    made = run(*arguments)
    assert made.exit_code == 2
    assert named in made.stderr
    assert arguments[0] not in made.stderr.replace("sql-user", "") or arguments[0] == "lumiere"


@pytest.mark.parametrize("text", [pytest.param(None, id="a folder in its place"), pytest.param("", id="nothing in it")])
def test_a_password_file_that_will_not_do_is_named(tmp_path, text):
    file = tmp_path / "password"
    (tmp_path / "no").mkdir()
    if text is None:
        file = tmp_path / "no" / "such" / "file"
    else:
        file.write_text(text)
    made = run("lumiere", "--password-file", str(file))
    assert made.exit_code == 1
    assert str(file) in made.stderr
    assert made.stdout == ""


def test_views_need_no_password():
    assert run("lumiere", "--as", "views").stdout == rendered("views", {"clinic": "lumiere"})


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    with contextlib.ExitStack() as opened:
        server = opened.enter_context(clickhouse(tmp_path_factory.mktemp("server")))
        yield opened.enter_context(contextlib.closing(Asker(f"http://127.0.0.1:{server.port}")))


@pytest.mark.parametrize(
    "statement", [s for form in ("users-sql", "views") for s in statements(rendered(form, VALUES))]
)
def test_clickhouse_can_read_every_statement(asker, statement):
    """It could not carry all of them out: users by SQL need a server of one's own (test_clickhouse_container.py)."""
    answer = asker.ask("default", f"SELECT formatQuery($read${statement}$read$)")
    assert answer.code is None, answer.text


def test_a_user_by_sql_has_the_settings_of_one_by_file():
    assert PROFILE is not None
    profile = re.search(r"CREATE SETTINGS PROFILE .+?;", rendered("users-sql", VALUES), re.DOTALL)
    assert profile
    said = {}
    for line in re.findall(r"^    (\w+.*?),?;?$", profile[0], re.MULTILINE):
        name, *rest = re.findall(r"\w+", line)
        said[name] = rest
    expected = {setting.tag: [str(setting.text)] for setting in PROFILE if setting.tag != "constraints"}
    for constraint in PROFILE.findall("constraints/*"):
        bounds = [word for bound in constraint if bound.text for word in (bound.tag.upper(), bound.text)]
        expected[constraint.tag] = [*expected.get(constraint.tag, []), *bounds, "CHANGEABLE_IN_READONLY"]
    assert said == expected


def test_and_the_quota():
    assert QUOTA is not None
    said = re.findall(r"FOR INTERVAL 1 (\w+) MAX (.+?),?$", rendered("users-sql", VALUES), re.MULTILINE)
    by_sql = {({"minute": 60, "day": 86_400}[unit]): limits for unit, limits in said}
    by_file = {}
    for interval in QUOTA:
        limits = [f"{limit.tag} = {limit.text}" for limit in interval if limit.tag != "duration"]
        by_file[int(str(interval.findtext("duration")))] = ", ".join(limits)
    assert by_sql == by_file


def test_a_policy_hides_nothing_from_lethes_own_users():
    """With SQL access control a table with a policy may be empty for whoever has none."""
    sql = rendered("users-sql", VALUES)
    assert re.search(
        r"ON lethe\.released, lethe\.released_until\s+FOR SELECT USING 1 TO lethe_keeper, lethe_reader", sql
    )
    users = ET.parse(USERS).getroot()  # noqa: S314  # a file of this repository
    for user in ("lethe_keeper", "lethe_reader"):
        for table in ("released", "released_until"):
            assert users.findtext(f"users/{user}/databases/lethe/{table}/filter") == "1"
