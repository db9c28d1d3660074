"""The dashboard's pages over a real database: who sees what, and what a page holds."""

import asyncio
import hashlib
import tomllib
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

from analytics.dashboard.formats import Words
from analytics.dashboard.render import STATIC, page, static_files, static_url
from analytics.dashboard.shown import PANELS
from analytics.store import StoreFault
from schemas.taxonomy import Language
from tests.dashboard_app import MINE, OPERATOR, OTHER, App, opened

CLINIC = f"/clinics/{MINE}"
NEVER = "anna-was-here"
"""Stands in bad input and must not come back."""


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


class Away:
    """A database that does not answer."""

    async def query(self, *_):
        raise StoreFault(210)


class Markup(HTMLParser):
    """Collects a page's start tags and the text inside its scripts and styles."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._raw = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._raw = tag in {"script", "style"}

    def handle_endtag(self, tag):  # noqa: ARG002  # the base class's signature
        self._raw = False

    def handle_data(self, data):
        self.inline += data.strip() if self._raw else ""

    def values(self, field: str) -> list[str | None]:
        return [attrs["value"] for tag, attrs in self.tags if tag == "input" and attrs.get("name") == field]

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]


async def seen(client, path: str, status: int = 200) -> str:
    reply = await client.get(path)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    return reply.text


async def test_without_a_token_every_page_is_the_sign_in_and_says_nothing_of_clinics(app):
    async with app.client() as stranger:
        for path in ("/", CLINIC, "/clinics/unknown"):
            text = await seen(stranger, path, 401)
            assert 'name="token"' in text
            assert "Lumière" not in text


async def test_the_sign_in_leads_back_to_the_view_that_was_asked_for(app):
    async with app.client() as stranger:
        text = await seen(stranger, f"{CLINIC}?range=7d&topic=lip_filler", 401)
        (wanted,) = Markup(text).values("next")
        reply = await stranger.post("/enter", data={"token": app.mine, "next": wanted})
        assert reply.headers["location"] == f"{CLINIC}?range=7d&topic=lip_filler"
        again = await stranger.post("/enter", data={"token": "wrong", "next": wanted})
        assert again.status_code == 401
        assert "not a valid access token" in again.text
        assert Markup(again.text).values("next") == [wanted]
        hostile = await stranger.post("/enter", data={"token": "wrong", "next": '"><script>'})
        assert Markup(hostile.text).values("next") == []


async def test_a_link_from_a_mail_is_asked_for_again_by_the_page_itself(app):
    """The browser holds the cookie back from such a request, and brings it to the next."""
    async with app.client(**{"sec-fetch-site": "cross-site"}) as mailed:
        text = await seen(mailed, f"{CLINIC}?range=7d", 401)
        assert ("meta", {"http-equiv": "refresh", "content": f"0;url={CLINIC}?range=7d"}) in Markup(text).tags
    async with app.client(**{"sec-fetch-site": "none"}) as typed:
        assert "refresh" not in await seen(typed, CLINIC, 401)


async def test_a_clinic_sees_its_own_page_at_once_and_no_other(client):
    reply = await client.get("/?lang=nl")
    assert (reply.status_code, reply.headers["location"]) == (303, f"{CLINIC}?lang=nl")
    for path in (f"/clinics/{OTHER}", "/clinics/unknown", f"/clinics/{NEVER}"):
        text = await seen(client, path, 404)
        assert NEVER not in text.replace(f'href="/clinics/{NEVER}"', "")


async def test_the_operator_chooses_from_a_list(app):
    async with app.client(OPERATOR) as operator:
        text = await seen(operator, "/")
        assert Markup(text).links()[-2:] == [CLINIC, f"/clinics/{OTHER}"]
        assert "Clinique Lumière" in text
        assert "All clinics" in await seen(operator, f"/clinics/{OTHER}")


async def test_a_clinics_page_says_what_to_know_first(client):
    text = await seen(client, f"{CLINIC}?range=91d")
    assert "Clinique Lumière" in text
    for heading in ("What to advertise", "What to add to the price list", "When to have someone at the phone"):
        assert heading in text
    assert all(f'id="{key}"' in text for key in (*PANELS, "series", "hours"))
    assert "not shown here: fewer than 5 conversations each" in text
    assert "Every figure has at least 5 conversations behind it." in text


@pytest.mark.parametrize("query", ["?range=91d", "?source=cli", "?topic=lip_filler&range=12m&compare=none"])
async def test_every_link_of_a_page_leads_somewhere(client, query):
    """One of each kind: those of a list differ in their value alone."""
    links = [link for link in Markup(await seen(client, CLINIC + query)).links() if link.startswith("/clinics/")]
    kinds = {(urlsplit(link).path, *(name for name, _ in parse_qsl(urlsplit(link).query))): link for link in links}
    assert len(kinds) > 5
    for path in kinds.values():
        await seen(client, path)


async def test_every_panel_can_be_downloaded_as_it_is_shown(client):
    """The page's own filter leaves a list whole, so its file holds all of it too."""
    text = await seen(client, f"{CLINIC}?range=91d&topic=lip_filler")
    links = [link for link in Markup(text).links() if link.startswith("/api/")]
    for link in links:
        reply = await client.get(link)
        assert reply.status_code == 200, link
    assert len(links) == 3 * len({urlsplit(link).query for link in links}) > 3 * 5
    (topics,) = [link for link in links if "export.csv" in link and "panel=topics" in link]
    assert topics == f"/api{CLINIC}/export.csv?panel=topics&range=91d"


@pytest.mark.parametrize("query", ["", "?topic=lip_filler&ending=answered", "?source=seed", "?range=12m&lang=de"])
async def test_a_page_holds_nothing_that_its_policy_would_block(client, query):
    markup = Markup(await seen(client, CLINIC + query))
    assert markup.inline == ""
    for tag, attrs in markup.tags:
        assert tag != "style"
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        loaded = attrs.get("src") or (attrs.get("href") if tag == "link" else None)
        assert loaded is None or loaded.startswith("/static/")


@pytest.mark.parametrize("language, heading", [("fr", "À mettre en avant"), ("nl", "Waarmee u adverteert")])
async def test_a_page_speaks_the_browsers_language_unless_told_otherwise(app, language, heading):
    async with app.client(app.mine, **{"accept-language": f"{language},en;q=0.5"}) as client:
        assert heading in await seen(client, CLINIC)
        text = await seen(client, f"{CLINIC}?lang=de")
        assert '<html lang="de">' in text
        assert "Wofür Sie werben können" in text


@pytest.mark.parametrize("source, mark", [("seed", "Synthetic data"), ("cli", "Command line"), ("demo", "Demo page")])
async def test_figures_of_no_visitors_are_marked(client, source, mark):
    text = await seen(client, f"{CLINIC}?source={source}")
    assert f'<p class="mark"><strong>{mark}</strong>' in text
    assert 'class="mark"' not in await seen(client, CLINIC)


async def test_where_nothing_was_counted_the_page_says_so_and_names_other_sources(client):
    text = await seen(client, f"{CLINIC}?source=seed")
    assert "Nothing has been counted yet" in text
    assert "See figures of another source: Visitors" in text


@pytest.mark.parametrize(
    "query, field",
    [(f"topic={NEVER}", "topic"), (f"range={NEVER}", "range"), (f"from={NEVER}", "from"), ("to=2026-02-31", "to")],
)
async def test_an_address_that_cannot_be_read_names_the_part_and_quotes_nothing(client, query, field):
    text = await seen(client, f"{CLINIC}?{query}", 400)
    assert f"The part “{field}” of the address cannot be used." in text
    assert NEVER not in text


async def test_a_database_that_is_away_is_a_page_with_a_way_to_try_again(app):
    app.parts.figures._store = Away()
    async with app.client(app.mine) as client:
        text = await seen(client, f"{CLINIC}?range=7d&lang=de", 503)
        assert "Die Zahlen können gerade nicht gelesen werden" in text
        assert f"{CLINIC}?range=7d&lang=de" in Markup(text).links()
        await seen(client, "/", 503)


async def test_who_asks_too_often_is_told_how_long_to_wait(store, tmp_path):
    app = App(store, tmp_path, requests=1)
    async with app.client(app.mine) as client:
        await seen(client, CLINIC)
        reply = await client.get(CLINIC)
        assert reply.status_code == 429
        assert f"wait {reply.headers['retry-after']} seconds" in reply.text


async def test_where_only_published_figures_can_be_read_other_sources_do_not_exist(store, tmp_path):
    app = App(store, tmp_path, own=False)
    async with app.client(app.mine) as client:
        assert "Command line" not in await seen(client, CLINIC)
        await seen(client, f"{CLINIC}?source=cli", 400)


async def test_static_files_are_kept_for_ever_under_the_hash_of_what_they_hold(client):
    for name, file in static_files().items():
        reply = await client.get(static_url(name))
        sent = f"{file.media_type}; charset=utf-8" if file.media_type.startswith("text/") else file.media_type
        assert (reply.content, reply.headers["content-type"]) == (file.body, sent)
        assert "immutable" in reply.headers["cache-control"]
    for path in ("/static/0123456789abcdef/dashboard.css", static_url("icon.svg").replace("icon.svg", "uPlot.toml")):
        assert (await client.get(path)).status_code == 404


def test_the_charts_files_are_those_of_the_version_that_is_named():
    pinned = tomllib.loads((STATIC / "uPlot.toml").read_text())["sha256"]
    assert pinned == {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in pinned}
    assert pinned.keys() == {file.name for file in STATIC.glob("uPlot*")} - {"uPlot.toml"}


def test_what_is_put_into_a_page_is_escaped():
    text = page(
        "clinics.html", Words(Language.EN), clinics=[("</a><script>alert(1)</script>", '/clinics/x"onclick="alert(1)')]
    )
    assert "<script>" not in text
    assert '"onclick' not in text
