"""The profile `us` hides what HIPAA's Safe Harbor adds, and the profile `eu` does not."""

from __future__ import annotations

from collections import Counter, deque

import msgspec
import pytest
from click.testing import CliRunner

from deploy.cli.sanitise import command
from deploy.up.plan import ROOT
from deploy.weights import weights
from schemas.clinic import Clinic, Text
from schemas.clinic_files import ClinicFiles
from schemas.env import SettingsFault, load
from schemas.raw import RawTurn
from schemas.taxonomy import Entity, Language
from schemas.turns import Said
from tests.corpus.annotated import PII, Message, read_messages
from tests.corpus.measures import judge
from tests.unit.test_sanitiser_hardening import assert_grows_with_the_text
from workers.sanitiser.engine import Engine
from workers.sanitiser.glance import glance
from workers.sanitiser.handler import sanitise
from workers.sanitiser.keep import keep_words
from workers.sanitiser.language import hear
from workers.sanitiser.profile import US_COUNTRIES, Profile, profile_of
from workers.sanitiser.recognisers import safe_harbor
from workers.sanitiser.redact import redact
from workers.sanitiser.settings import SanitiserSettings

CLINICS = ClinicFiles.load(ROOT / "deploy" / "clinics")
DEV = read_messages(PII / "us" / "dev.txt", clinic="clinique-lumiere")
SETTINGS = {
    "LETHE_CLINICS": "/c",
    "LETHE_NATS_SEED": "SU",
    "LETHE_EDGE_KEY_GATEWAY_SANITISER": "/k",
    "LETHE_EDGE_KEY_SANITISER_ROUTER": "/k",
    "LETHE_RAMPART": "/r",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(weights())


def clinic(name: str = "clinique-lumiere", *, country: str = "BE") -> Clinic:
    found = CLINICS.get(name)
    assert found
    return msgspec.structs.replace(found, country=country)


def hidden(engine: Engine, text: str, *, country: str, name: str = "clinique-lumiere") -> str:
    """Return `text`, typed on the site of a clinic in `country`, redacted."""
    keep = keep_words(clinic(name, country=country))
    return redact(text, engine.analyse(text, language=hear(text, hint=Language.EN), keep=keep))


@pytest.mark.parametrize("message", [pytest.param(message, id=f"line {message.line}") for message in DEV])
def test_every_span_goes_and_all_that_must_survive_does(engine: Engine, message: Message):
    keep = keep_words(clinic(message.clinic, country="US"))
    found = engine.analyse(message.text, language=hear(message.text, hint=Language.EN), keep=keep)
    judged = judge(message, [(start, end) for _, start, end in found])
    assert judged.leaked == ()
    assert judged.lost == ()
    assert message.spans or not found


def test_the_corpus_has_enough_of_each_and_enough_temptations():
    kinds = Counter(span.entity for message in DEV for span in message.spans)
    assert len(DEV) >= 60
    assert min(kinds[Entity.DATE_OF_BIRTH], kinds[Entity.LOCATION]) >= 15
    assert sum(not message.spans for message in DEV) >= 25


@pytest.mark.parametrize(
    "text",
    [
        "I had botox on 3/14/24, is it safe for my mother of 93?",
        "last session was March 14th",
        "my mother is 93",
        "I'm near 30309",
    ],
)
def test_elsewhere_dates_ages_and_bare_codes_stay(engine: Engine, text: str):
    assert hidden(engine, text, country="BE") == text
    assert hidden(engine, text, country="US") != text


@pytest.mark.parametrize(
    "country, everywhere, profile",
    [
        pytest.param("BE", None, Profile.EU, id="the clinic's country"),
        pytest.param("US", None, Profile.US, id="the United States"),
        pytest.param("PR", None, Profile.US, id="a territory of theirs"),
        pytest.param("BE", Profile.US, Profile.US, id="an operator who hides more everywhere"),
        pytest.param("US", Profile.EU, Profile.EU, id="an operator who decides otherwise"),
        pytest.param(None, None, Profile.EU, id="no clinic"),
        pytest.param(None, Profile.US, Profile.US, id="no clinic, but the setting"),
    ],
)
def test_the_country_decides_unless_a_setting_does(country: str | None, everywhere: Profile | None, profile: Profile):
    of = clinic(country=country) if country else None
    assert profile_of(of, everywhere=everywhere) is profile
    assert keep_words(of, everywhere=everywhere).profile is profile


def test_the_setting_is_eu_or_us_or_nothing():
    assert load(SanitiserSettings, SETTINGS).sanitiser_profile is None
    assert load(SanitiserSettings, SETTINGS | {"LETHE_SANITISER_PROFILE": "us"}).sanitiser_profile is Profile.US
    with pytest.raises(SettingsFault, match="LETHE_SANITISER_PROFILE"):
        load(SanitiserSettings, SETTINGS | {"LETHE_SANITISER_PROFILE": "hipaa"})


@pytest.mark.parametrize(
    "options, environ, text",
    [
        pytest.param((), {}, "seen on 3/14/24", id="by default dates stay"),
        pytest.param(("--profile", "us"), {}, "seen on [date of birth hidden]", id="by option"),
        pytest.param((), {"LETHE_SANITISER_PROFILE": "us"}, "seen on [date of birth hidden]", id="by setting"),
    ],
)
def test_the_command_reaches_the_profile(options: tuple[str, ...], environ: dict[str, str], text: str):
    ran = CliRunner().invoke(command, options, input='{"text": "seen on 3/14/24"}\n', env=environ)
    assert msgspec.json.decode(ran.stdout)["text"] == text
    assert ran.exit_code == 0


def test_the_clinics_own_zip_stays_unless_the_visitor_lives_there(engine: Engine):
    place = msgspec.structs.replace(clinic(country="US").address, postcode="10025", city=Text(plain="New York"))
    keep = keep_words(msgspec.structs.replace(clinic(country="US"), address=place))

    def shown(text: str) -> str:
        return redact(text, engine.analyse(text, language=Language.EN, keep=keep))

    assert shown("are you the branch in New York 10025?") == "are you the branch in New York 10025?"
    assert shown("my zip code is 10025") == "my zip code is [location hidden]"


def test_a_date_split_over_two_messages_goes_from_both(engine: Engine):
    turn = RawTurn(
        turn_id="t1",
        clinic="c",
        language=Language.EN,
        text="14th at the clinic",
        history=(Said(role="visitor", text="my surgery was on March"),),
        reply_key=bytes(32),
        budget_ms=1_000,
    )
    cleaned, _ = sanitise(turn, engine=engine, keep=keep_words(clinic(country="US")))
    assert "14" not in cleaned.text
    assert cleaned.previous == "my surgery was on [date of birth hidden]"


def test_the_recogniser_takes_time_in_proportion_to_the_text():
    assert_grows_with_the_text(lambda text: deque(safe_harbor.find(glance(text)), maxlen=0))


def test_every_country_of_the_profile_is_one_that_a_clinic_may_be_in():
    assert all(clinic(country=country).country == country for country in US_COUNTRIES)
