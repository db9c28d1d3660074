"""A browser's way in and out, and what keeps it in."""

import asyncio

import pytest

from analytics.dashboard.tokens import revoke
from tests.dashboard_app import MINE, NOW, App, opened

API = f"/api/clinics/{MINE}"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = opened(tmp_path_factory.mktemp("figures"))
    yield store
    asyncio.run(store.close())


@pytest.fixture
def app(store, tmp_path):
    return App(store, tmp_path)


@pytest.fixture
async def client(app):
    async with app.client(app.mine) as client:
        yield client


async def test_a_revoked_token_opens_nothing_and_its_visits_end(app, client):
    async with app.client() as browser:
        assert (await browser.post("/enter", data={"token": app.mine})).status_code == 303
        assert (await browser.get(f"{API}/topics")).status_code == 200
        revoke(app.tokens, str(app.token.number), now=NOW)
        app.clock[0] += 1
        for one in (client, browser):
            assert (await one.get(f"{API}/topics")).status_code == 401
        assert (await browser.post("/enter", data={"token": app.mine})).status_code == 401


async def test_wrong_tokens_are_slowed_and_a_right_one_is_let_in_all_the_same(store, tmp_path):
    app = App(store, tmp_path, wrong=2)
    async with app.client() as browser, app.client("wrong") as program:
        assert (await program.get(f"{API}/how")).status_code == 401
        assert (await browser.post("/enter", data={"token": "wrong"})).status_code == 401
        for reply in (await program.get(f"{API}/how"), await browser.post("/enter", data={"token": "wrong"})):
            assert reply.status_code == 429
            assert 1 <= int(reply.headers["Retry-After"]) <= 60
        assert (await browser.post("/enter", data={"token": app.mine})).status_code == 303


@pytest.mark.parametrize(
    "headers, let_in",
    [
        pytest.param({}, True, id="a program, which says nothing"),
        pytest.param({"origin": "http://127.0.0.1:8001", "sec-fetch-site": "same-origin"}, True, id="our own form"),
        pytest.param({"origin": "http://127.0.0.1:8001"}, True, id="our own form, in an old browser"),
        pytest.param({"origin": "http://127.0.0.1:9999"}, False, id="another port"),
        pytest.param({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, False, id="another site"),
        pytest.param({"sec-fetch-site": "same-site"}, False, id="a neighbour of ours"),
        pytest.param({"origin": "null"}, False, id="nobody knows who"),
        pytest.param({"origin": "http://evil.example", "host": "evil.example"}, False, id="a name that leads here"),
    ],
)
async def test_only_our_own_pages_sign_in_and_out(app, headers, let_in):
    async with app.client() as browser:
        entered = await browser.post("/enter", data={"token": app.mine}, headers=headers)
        assert entered.status_code == (303 if let_in else 403)
        assert ("Set-Cookie" in entered.headers) is let_in
        assert (await browser.post("/leave", headers=headers)).status_code == (303 if let_in else 403)


async def test_behind_a_proxy_the_public_origin_counts(store, tmp_path):
    app = App(store, tmp_path, public_origin="https://figures.example")
    async with app.client() as browser:
        wrong = {"origin": "http://127.0.0.1:8001", "host": "127.0.0.1:8001"}
        assert (await browser.post("/enter", data={"token": app.mine}, headers=wrong)).status_code == 403
        right = {"origin": "https://figures.example", "host": "dashboard:8001"}
        entered = await browser.post("/enter", data={"token": app.mine}, headers=right)
        assert entered.status_code == 303
        said = set(entered.headers["Set-Cookie"].split("; "))
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/", "Max-Age=28800"} <= said
        assert entered.headers["Set-Cookie"].startswith("__Host-lethe_dashboard=")
        assert "max-age=31536000" in entered.headers["Strict-Transport-Security"]
        assert (await browser.get(f"{API}/topics")).status_code == 200
        left = await browser.post("/leave", headers={"origin": "https://figures.example"})
        assert "Max-Age=0" in left.headers["Set-Cookie"]
        assert (await browser.get(f"{API}/topics")).status_code == 401


@pytest.mark.parametrize(
    "wanted, led_to",
    [
        ("/clinics/lumiere?range=7d&compare=year", "/clinics/lumiere?range=7d&compare=year"),
        ("", "/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/clinics/../enter", "/"),
        ("/clinics/lumiere\r\nx: y", "/"),
    ],
)
async def test_a_sign_in_leads_to_where_it_was_asked_for_and_nowhere_else(app, wanted, led_to):
    async with app.client() as browser:
        entered = await browser.post("/enter", data={"token": app.mine, "next": wanted})
        assert (entered.status_code, entered.headers["Location"]) == (303, led_to)


async def test_every_answer_has_the_headers_that_keep_a_browser_in(app):
    async with app.client(app.mine) as client:
        for path in ("/", "/livez", "/schema", "/nowhere", f"{API}/topics", f"{API}/export.csv", f"{API}/nothing"):
            headers = (await client.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert {"default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"} <= set(
                policy.split("; ")
            )
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] in {"no-store", "private, no-cache"}
            assert "Strict-Transport-Security" not in headers
