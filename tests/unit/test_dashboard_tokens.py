"""Clinics' access tokens: shown once, kept as hashes, gone when revoked."""

import datetime as dt
import os
import threading

import msgspec
import pytest

from analytics.dashboard.tokens import ClinicTokens, NoSuchToken, TokensUnreadable, digest, make, read, revoke
from deploy import keys
from deploy.up.plan import tokens_file

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys" / "clinic-tokens.json"


class Clock:
    """Seconds and days that pass when told to."""

    def __init__(self):
        self.s, self.now = 0.0, NOW

    def pass_(self, seconds=0.0, days=0):
        self.s += seconds
        self.now += dt.timedelta(seconds=seconds, days=days)


@pytest.fixture
def clock():
    return Clock()


def opened(file, clock):
    return ClinicTokens(file, now=lambda: clock.now)


def test_a_token_is_random_and_says_what_it_is(file):
    secrets = {make(file, "lumiere", days=1, now=NOW)[0] for _ in range(20)}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {6 + 43}
    assert all(secret.startswith("lethe_") for secret in secrets)


def test_the_file_keeps_nothing_that_opens_anything(file):
    secret, token = make(file, "lumiere", days=30, now=NOW)
    text = file.read_text()
    assert secret not in text
    assert secret.removeprefix("lethe_") not in text
    (kept,) = msgspec.json.decode(text)["tokens"]
    assert kept == {
        "number": token.number,
        "sha256": digest(secret),
        "clinic": "lumiere",
        "created": "2026-11-22T09:30:00Z",
        "expires": "2026-12-22T09:30:00Z",
        "revoked": None,
    }
    assert digest(secret) not in repr(token)


def test_the_file_is_its_owners_alone(file):
    for _ in range(2):
        make(file, "lumiere", days=30, now=NOW)
        assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_made_by_root_it_belongs_to_whom_its_folder_does(file):
    file.parent.mkdir()
    os.chown(file.parent, 10_001, 10_001)
    make(file, "lumiere", days=30, now=NOW)
    assert (file.stat().st_uid, file.stat().st_gid) == (10_001, 10_001)


def test_two_who_write_at_once_lose_nothing(file):
    threads = [threading.Thread(target=make, args=(file, "lumiere"), kwargs={"days": 1, "now": NOW}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({token.number for token in read(file)}) == 8


def test_new_keys_leave_tokens_as_they_are(tmp_path):
    file = tokens_file(tmp_path)
    make(file, "lumiere", days=30, now=NOW)
    before = file.read_bytes()
    keys.new_keys(file.parent)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "clinic, days",
    [
        pytest.param("Lumiere", 1, id="a capital"),
        pytest.param("l", 1, id="too short"),
        pytest.param("../etc", 1, id="a path"),
        pytest.param("lumiere", 0, id="no day"),
        pytest.param("lumiere", 367, id="more than a year"),
    ],
)
def test_no_token_is_made_for_what_is_no_clinic_or_for_ever(file, clinic, days):
    with pytest.raises(ValueError, match="clinic or days"):
        make(file, clinic, days=days, now=NOW)
    assert not file.exists()


def test_a_token_opens_its_clinic_until_it_expires(file, clock):
    secret, _ = make(file, "lumiere", days=2, now=NOW)
    tokens = opened(file, clock)
    assert tokens.clinic_of(digest(secret)) == "lumiere"
    assert tokens.clinic_of(digest(secret + "x")) is None
    assert tokens.clinic_of("") is None
    clock.pass_(days=2, seconds=-1)
    assert tokens.clinic_of(digest(secret)) == "lumiere"
    clock.pass_(1)
    assert tokens.clinic_of(digest(secret)) is None
    assert read(file)[0].state(clock.now) == "expired"


def test_a_revocation_works_while_the_process_runs(file, clock):
    secret, token = make(file, "lumiere", days=2, now=NOW)
    other, _ = make(file, "noord", days=2, now=NOW)
    tokens = opened(file, clock)
    revoke(file, str(token.number), now=NOW)
    assert tokens.clinic_of(digest(secret)) is None
    assert tokens.clinic_of(digest(other)) == "noord"
    assert [kept.state(NOW) for kept in read(file)] == ["revoked", "valid"]


def test_a_token_made_while_the_process_runs_opens_too(file, clock):
    tokens = opened(file, clock)
    secret, _ = make(file, "lumiere", days=2, now=NOW)
    assert tokens.clinic_of(digest(secret)) == "lumiere"


@pytest.mark.parametrize("broken", [b"no json", b'{"tokens": [{}]}', b'{"tokens": [], "extra": 1}', b"\xff"])
def test_a_file_that_cannot_be_read_opens_nothing_until_it_can(file, clock, broken):
    secret, _ = make(file, "lumiere", days=2, now=NOW)
    good = file.read_bytes()
    tokens = opened(file, clock)
    for content, clinic in ((broken, None), (good, "lumiere")):
        file.write_bytes(content)
        assert tokens.clinic_of(digest(secret)) == clinic
    file.write_bytes(broken)
    with pytest.raises(TokensUnreadable):
        opened(file, clock)
    with pytest.raises(TokensUnreadable):
        make(file, "lumiere", days=2, now=NOW)
    assert file.read_bytes() == broken


def test_without_a_file_there_is_no_token(file, clock):
    assert opened(None, clock).clinic_of(digest("lethe_")) is None
    assert opened(file, clock).clinic_of(digest("lethe_")) is None


@pytest.fixture
def three(file):
    """Three tokens: two of one clinic, one of another."""
    return [make(file, clinic, days=2, now=NOW) for clinic in ("lumiere", "lumiere", "noord")]


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(lambda token: str(token[1].number), id="by its number"),
        pytest.param(lambda token: token[0], id="by itself, as it was found somewhere"),
    ],
)
def test_a_token_is_revoked_by_what_names_it(file, three, named):
    assert revoke(file, named(three[1]), now=NOW).number == three[1][1].number
    assert [token.state(NOW) for token in read(file)] == ["valid", "revoked", "valid"]


def test_the_beginning_of_a_number_is_enough_where_it_is_one_tokens(file):
    numbers = []
    while len({number[0] for number in numbers}) < 2:
        numbers.append(str(make(file, "lumiere", days=2, now=NOW)[1].number))
    assert revoke(file, numbers[-1][0], now=NOW).number == int(numbers[-1])
    for ambiguous in ("", "0", "x", numbers[0][0] if len(numbers) > 2 else "0"):
        with pytest.raises(NoSuchToken):
            revoke(file, ambiguous, now=NOW)


def test_a_clinics_name_keeps_from_revoking_anothers(file, three):
    with pytest.raises(NoSuchToken):
        revoke(file, str(three[2][1].number), clinic="lumiere", now=NOW)
    assert revoke(file, str(three[2][1].number), clinic="noord", now=NOW).clinic == "noord"


def test_revoked_again_it_stays_revoked_since_then(file, three):
    number = str(three[0][1].number)
    first = revoke(file, number, now=NOW)
    assert revoke(file, number, now=NOW + dt.timedelta(days=1)) == first
