"""Who may see figures: by which token, for how long, and how often."""

import datetime as dt

import pytest
from litestar.testing import RequestFactory

from analytics.dashboard.access import IDLE_S, VISIT_S, Access, Grant, read_operator_token
from analytics.dashboard.rates import Rates
from analytics.dashboard.tokens import ClinicTokens, digest, make, revoke

TOKEN = "a-token-of-22-characters"  # noqa: S105  # of this test
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
ALL = Grant(None, digest(TOKEN))


class Clock:
    def __init__(self):
        self.s = 1_000.0

    def __call__(self):
        return self.s

    def now(self):
        return NOW + dt.timedelta(seconds=self.s - 1_000)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "clinic-tokens.json"


@pytest.fixture
def access(file, clock):
    return Access(TOKEN, ClinicTokens(file, now=clock.now), clock=clock)


def request(*, authorization="", cookie: str | None = "", name="lethe_dashboard"):
    headers = {"Authorization": authorization} if authorization else {}
    headers |= {"Cookie": f"{name}={cookie}"} if cookie else {}
    return RequestFactory().get("/", headers=headers)


def of_clinic(file, clock, **changes):
    """Return a clinic's new token and its grant."""
    secret, _ = make(file, "lumiere", **({"days": 30, "now": NOW} | changes))
    clock.s += 1
    return secret, Grant(frozenset({"lumiere"}), digest(secret))


@pytest.mark.parametrize(
    "authorization, granted",
    [
        pytest.param(f"Bearer {TOKEN}", True, id="the token"),
        pytest.param(f"bearer  {TOKEN} ", True, id="however the scheme is written"),
        pytest.param(f"Bearer {TOKEN[:-1]}", False, id="a part of it"),
        pytest.param(f"Bearer {TOKEN}x", False, id="more than it"),
        pytest.param(f"Bearer {digest(TOKEN)}", False, id="its hash"),
        pytest.param(f"Basic {TOKEN}", False, id="another scheme"),
        pytest.param(TOKEN, False, id="no scheme"),
        pytest.param("Bearer ", False, id="an empty token"),
        pytest.param("Bearer lethe_é", False, id="no token at all"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_the_operators_token_opens_every_clinic_and_nothing_else_does(access, authorization, granted):
    assert access.authorise(request(authorization=authorization)) == (ALL if granted else None)


def test_a_clinics_token_opens_that_clinic(access, file, clock):
    secret, grant = of_clinic(file, clock)
    assert access.authorise(request(authorization=f"Bearer {secret}")) == grant
    assert access.authorise(request(authorization=f"Bearer {secret[:-1]}")) is None


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer x", f"Bearer {digest('')}"])
def test_without_a_token_nobody_is_let_in(authorization):
    access = Access(read_operator_token(""))
    assert access.authorise(request(authorization=authorization)) is None
    assert access.enter("") is None
    assert access.enter("x") is None


def test_a_browser_is_let_in_by_its_cookie_until_it_leaves(access, file, clock):
    secret, grant = of_clinic(file, clock)
    for token, granted in ((TOKEN, ALL), (secret, grant)):
        cookie = access.enter(token)
        assert access.authorise(request(cookie=cookie)) == granted
        assert access.authorise(request(cookie=cookie + "x")) is None
        access.leave(request(cookie=cookie))
        assert access.authorise(request(cookie=cookie)) is None


def test_a_wrong_bearer_token_is_not_helped_by_a_cookie(access):
    cookie = access.enter(TOKEN)
    assert access.authorise(request(authorization="Bearer x", cookie=cookie)) is None


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_visit_ends_with_its_token(access, file, clock, end):
    secret, grant = of_clinic(file, clock, days=1, now=NOW - dt.timedelta(hours=23, minutes=30))
    cookie = access.enter(secret)
    assert access.authorise(request(cookie=cookie)) == grant
    if end == "revoked":
        revoke(file, secret, now=NOW)
    clock.s += 1 if end == "revoked" else 1_800
    assert access.authorise(request(cookie=cookie)) is None
    assert access.enter(secret) is None


def test_a_visit_ends_by_itself_however_busy(access, clock):
    cookie, began = access.enter(TOKEN), clock.s
    while clock.s < began + VISIT_S - 60:
        clock.s = min(clock.s + IDLE_S - 1, began + VISIT_S - 1)
        assert access.authorise(request(cookie=cookie))
    clock.s = began + VISIT_S
    assert access.authorise(request(cookie=cookie)) is None


def test_a_visit_that_nobody_uses_ends_sooner(access, clock):
    cookie = access.enter(TOKEN)
    clock.s += IDLE_S
    assert access.authorise(request(cookie=cookie)) is None


def test_a_tokens_visits_are_bounded_and_no_other_tokens_end_for_them(access, file, clock):
    secret, grant = of_clinic(file, clock)
    own = access.enter(secret)
    cookies = [access.enter(TOKEN) for _ in range(21)]
    assert access.authorise(request(cookie=cookies[0])) is None
    assert all(access.authorise(request(cookie=cookie)) == ALL for cookie in cookies[1:])
    assert access.authorise(request(cookie=own)) == grant


def test_neither_token_nor_cookie_is_kept(access):
    cookie = access.enter(TOKEN)
    access.authorise(request(cookie=cookie))
    kept = repr(vars(access))
    assert digest(cookie) in kept, "or this test sees nothing"
    assert TOKEN not in kept
    assert cookie not in kept


def test_over_https_the_cookie_is_this_very_hosts():
    access = Access(TOKEN, secure=True)
    cookie = access.enter(TOKEN)
    assert access.authorise(request(cookie=cookie)) is None
    assert access.authorise(request(cookie=cookie, name="__Host-lethe_dashboard")) == ALL


def test_a_short_token_is_refused(tmp_path):
    file = tmp_path / "token"
    file.write_text("short\n")
    with pytest.raises(ValueError, match="too short") as refused:
        read_operator_token(str(file))
    assert "short\n" not in str(refused.value)


def test_a_grant_of_some_clinics_is_of_those_alone():
    assert Grant(None).allows("any")
    assert Grant(frozenset({"one"})).allows("one")
    assert not Grant(frozenset({"one"})).allows("two")


def test_each_token_has_its_own_number_of_requests():
    rates = Rates(requests=3)
    assert [rates.request("a") for _ in range(3)] == [0, 0, 0]
    assert 1 <= rates.request("a") <= 60
    assert rates.request("b") == 0


def test_wrong_tokens_are_counted_together():
    rates = Rates(wrong=2)
    assert [rates.wrong_token(), rates.wrong_token()] == [0, 0]
    assert 1 <= rates.wrong_token() <= 60
    assert rates.request("a") == 0
