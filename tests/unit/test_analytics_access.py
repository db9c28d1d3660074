"""Who may see figures."""

import pytest
from litestar.testing import RequestFactory

from analytics import access as access_module
from analytics.access import COOKIE, VISIT_S, Grant, TokenAccess

TOKEN = "a-token-of-22-characters"  # noqa: S105  # of this test


def request(*, authorization="", cookie=""):
    headers = {"Authorization": authorization} if authorization else {}
    headers |= {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    return RequestFactory().get("/", headers=headers)


@pytest.mark.parametrize(
    "authorization, granted",
    [
        pytest.param(f"Bearer {TOKEN}", True, id="the token"),
        pytest.param(f"bearer  {TOKEN} ", True, id="however the scheme is written"),
        pytest.param(f"Bearer {TOKEN[:-1]}", False, id="a part of it"),
        pytest.param(f"Bearer {TOKEN}x", False, id="more than it"),
        pytest.param(f"Basic {TOKEN}", False, id="another scheme"),
        pytest.param(TOKEN, False, id="no scheme"),
        pytest.param("Bearer ", False, id="an empty token"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_the_token_opens_every_clinic_and_nothing_else_does(authorization, granted):
    grant = TokenAccess(TOKEN).authorise(request(authorization=authorization))
    assert grant == (Grant(None) if granted else None)


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer x"])
def test_without_a_token_nobody_is_let_in(authorization):
    access = TokenAccess.from_file("")
    assert access.authorise(request(authorization=authorization)) is None
    assert not access.accepts("")


def test_a_browser_is_let_in_by_its_cookie_until_it_leaves():
    access = TokenAccess(TOKEN)
    cookie = access.enter()
    assert access.authorise(request(cookie=cookie)) == Grant(None)
    assert access.authorise(request(cookie=cookie + "x")) is None
    access.leave(cookie)
    assert access.authorise(request(cookie=cookie)) is None


def test_a_visit_ends_by_itself(monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(access_module.time, "monotonic", lambda: now[0])
    access = TokenAccess(TOKEN)
    cookie = access.enter()
    now[0] += VISIT_S - 1
    assert access.authorise(request(cookie=cookie))
    now[0] += 2
    assert access.authorise(request(cookie=cookie)) is None


def test_visits_are_bounded_and_the_oldest_ends_first():
    access = TokenAccess(TOKEN)
    cookies = [access.enter() for _ in range(101)]
    assert access.authorise(request(cookie=cookies[0])) is None
    assert all(access.authorise(request(cookie=cookie)) for cookie in cookies[1:])


def test_neither_token_nor_cookie_is_kept():
    access = TokenAccess(TOKEN)
    cookie = access.enter()
    kept = repr(vars(access))
    assert TOKEN not in kept
    assert cookie not in kept


def test_a_short_token_is_refused(tmp_path):
    file = tmp_path / "token"
    file.write_text("short\n")
    with pytest.raises(ValueError, match="too short") as refused:
        TokenAccess.from_file(str(file))
    assert "short\n" not in str(refused.value)


def test_a_grant_of_some_clinics_is_of_those_alone():
    assert Grant(None).allows("any")
    assert Grant(frozenset({"one"})).allows("one")
    assert not Grant(frozenset({"one"})).allows("two")
