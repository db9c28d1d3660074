"""The query API over a real database: what it answers, to whom, in which forms."""

import asyncio
import datetime as dt

import msgspec
import pytest

from analytics.asked import Compare
from analytics.dashboard.asked import RANGES
from analytics.dashboard.described import PARAMETERS, description
from analytics.dashboard.questions import PANELS
from analytics.release import Ending
from analytics.store import StoreFault
from schemas.taxonomy import Intent, Source
from tests.dashboard_app import MINE, NOW, OPERATOR, OTHER, YESTERDAY, App, opened
from tests.openapi import check

API = f"/api/clinics/{MINE}"
NEVER = "anna"
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


async def answer(client, path, **parameters):
    reply = await client.get(f"{API}/{path}", params={name.rstrip("_"): value for name, value in parameters.items()})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_what_the_command_prints_keeps_its_keys(client):
    """`lethe analytics topics --json`, which programs elsewhere read."""
    found = await answer(client, "topics")
    assert {"clinic", "source", "from", "to", "k", "rows", "withheld", "left_out_percent", "since"} <= found.keys()
    assert (found["clinic"], found["source"], found["k"], found["to"]) == (MINE, "visitor", 5, YESTERDAY.isoformat())
    assert all({"topic", "turns", "firsts"} <= row.keys() and row["firsts"] >= 5 for row in found["rows"])
    assert len(found["rows"]) > 5
    assert found["withheld"].keys() == {"turns"}
    assert 0 < found["left_out_percent"] < 20
    assert dt.date.fromisoformat(found["since"]) < dt.date.fromisoformat(found["from"])


async def test_an_answer_says_what_was_asked(client):
    found = await answer(client, "intents", from_="2026-11-01", to="2026-11-07", compare="year", ending="answered")
    assert (found["from"], found["to"], found["compare"]) == ("2026-11-01", "2026-11-07", "year")
    assert found["compared"] == {"from": "2025-11-02", "to": "2025-11-08"}
    assert found["filters"] == {"ending": "answered", "topic": "", "intent": ""}
    assert found["coverage"]["closed"] == YESTERDAY.isoformat()
    assert found["coverage"]["timezone"] == "Europe/Brussels"


async def test_filters_and_days_change_the_figures(client):
    whole = {row["topic"]: row["turns"] for row in (await answer(client, "topics", range="91d"))["rows"]}
    month = {row["topic"]: row["turns"] for row in (await answer(client, "topics", range="28d"))["rows"]}
    missing = {row["topic"]: row["turns"] for row in (await answer(client, "not_offered", range="91d"))["rows"]}
    assert month["lip_filler"] < whole["lip_filler"]
    assert missing
    assert all(turns <= whole[topic] for topic, turns in missing.items())
    same = await answer(client, "topics", range="91d", ending="not_offered")
    assert {row["topic"]: row["turns"] for row in same["rows"]} == missing
    assert (await answer(client, "topics", compare="none"))["rows"][0]["before"] is None
    assert (await answer(client, "topics"))["rows"][0]["before"] > 0


async def test_of_sources_without_visitors_today_is_shown_as_it_is(client):
    found = await answer(client, "summary", source="cli", range="28d")
    assert (found["k"], found["to"]) == (0, NOW.date().isoformat())
    assert found["total"]["turns"] == 3


async def test_every_panel_is_as_described(client):
    for panel in PANELS:
        schema = description()["paths"][f"/api/clinics/{{clinic}}/{panel}"]["get"]["responses"]["200"]
        found = await answer(client, panel, range="91d")
        check(found, schema["content"]["application/json"]["schema"])
        assert "rest" not in str(found)
    everything = await answer(client, "export.json", panel="all", range="91d")
    check(everything, {"$ref": "#/components/schemas/Everything"})
    assert everything["panels"].keys() == PANELS.keys()
    for panel in PANELS:
        assert everything["panels"][panel] == await answer(client, panel, range="91d")


async def test_with_filters_everything_is_what_is_published_together(client):
    found = await answer(client, "export.json", panel="all", ending="answered")
    assert found["panels"].keys() == {"summary", "series", "topics", "intents", "endings"}
    assert found["panels"]["topics"] == await answer(client, "topics", ending="answered")


ACCEPTED = {
    "range": [*RANGES],
    "compare": [*Compare],
    "ending": [*Ending],
    "intent": [*Intent],
    "source": [*Source],
}


@pytest.mark.parametrize("name", ACCEPTED)
async def test_what_is_described_is_what_is_accepted(client, name):
    stated = PARAMETERS[name]["schema"]["enum"]
    assert set(ACCEPTED[name]) <= set(stated)
    for value in ACCEPTED[name]:
        assert (await client.get(f"{API}/summary", params={name: value})).status_code == 200


async def test_the_description_is_served_without_a_token_as_json_and_yaml(app):
    async with app.client() as client:
        for path in ("/schema", "/schema/openapi.json", "/schema/openapi.yaml"):
            reply = await client.get(path)
            assert reply.status_code == 200
            assert reply.headers["Content-Type"].startswith("application/vnd.oai.openapi")
            decode = msgspec.yaml.decode if path.endswith("yaml") else msgspec.json.decode
            assert decode(reply.content) == msgspec.json.decode(msgspec.json.encode(description()))


REFUSED = (
    (f"{API}/topics?source={NEVER}", 400, "invalid_request", "source"),
    (f"{API}/topics?from={NEVER}", 400, "invalid_request", "from"),
    (f"{API}/topics?from=2026-02-02&to=2026-02-01", 400, "invalid_request", "from"),
    (f"{API}/topics?to=1999-01-01", 400, "invalid_request", "to"),
    (f"{API}/topics?range=today", 400, "invalid_request", "range"),
    (f"{API}/topics?topic={NEVER}", 400, "invalid_request", "topic"),
    (f"{API}/topics?compare={NEVER}", 400, "invalid_request", "compare"),
    (f"{API}/not_offered?ending=answered", 400, "invalid_request", "ending"),
    (f"{API}/export.csv?panel={NEVER}", 400, "invalid_request", "panel"),
    (f"{API}/export.csv?panel=all", 400, "invalid_request", "panel"),
    (f"{API}/topics?ending=answered&intent=price", 400, "too_many_dimensions", "at most two"),
    (f"{API}/languages?topic=lip_filler", 400, "too_many_dimensions", "at most two"),
    (f"{API}/hours?topic=lip_filler", 400, "too_many_dimensions", "hours"),
    (f"{API}/{NEVER}", 404, "unknown_question", "topics"),
    (f"{API}/export.{NEVER}", 404, "unknown_question", "export.csv"),
    (f"{API}/topics/{NEVER}", 404, "not_found", ""),
    (f"/{NEVER}", 404, "not_found", ""),
)


@pytest.mark.parametrize("path, status, code, detail", REFUSED, ids=[path for path, *_ in REFUSED])
async def test_a_refusal_is_a_problem_that_names_the_parameter_and_quotes_nothing(client, path, status, code, detail):
    reply = await client.get(path)
    problem = reply.json()
    assert (reply.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert detail in problem["detail"]
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    assert NEVER not in reply.text
    assert "1999" not in reply.text
    check(problem, {"$ref": "#/components/schemas/ProblemBody"})


async def test_another_method_is_refused_and_says_which_there_is(client):
    reply = await client.post(f"{API}/topics")
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in reply.headers["Allow"]


async def test_another_clinics_figures_are_answered_as_no_clinics_are(app, client):
    refusals = []
    for clinic in (OTHER, "nobody"):
        for path in ("topics", "summary", "export.csv", "export.json?panel=all", NEVER, f"topics?source={NEVER}"):
            reply = await client.get(f"/api/clinics/{clinic}/{path}")
            refusals.append((reply.status_code, reply.content, sorted(reply.headers.items())))
    assert len({str(refusal) for refusal in refusals}) == 1
    assert refusals[0][0] == 404
    assert b'"unknown_clinic"' in refusals[0][1]
    async with app.client(OPERATOR) as operator:
        found = (await operator.get(f"/api/clinics/{OTHER}/topics")).json()
        assert (found["clinic"], len(found["rows"]) > 5) == (OTHER, True)


async def test_another_clinic_is_not_even_looked_up(store, tmp_path):
    """So that the time which a refusal takes tells nothing."""
    asked = []

    class Watched:
        async def query(self, sql, parameters=None):
            asked.append(parameters)
            return await store.query(sql, parameters)

    app = App(Watched(), tmp_path)
    async with app.client(app.mine) as client:
        assert (await client.get(f"/api/clinics/{OTHER}/topics")).status_code == 404
        assert asked == []
        assert (await client.get(f"{API}/topics")).status_code == 200
    assert {parameters["clinic"] for parameters in asked} == {MINE}


@pytest.mark.parametrize(
    "guess",
    [
        f"clinic={OTHER}",
        f"clinic={MINE}&clinic={OTHER}",
        f"topic=none' OR clinic = '{OTHER}",
        f"source=visitor&{OTHER}",
    ],
)
async def test_no_parameter_leads_to_another_clinic(client, guess):
    plain = await client.get(f"{API}/series")
    guessed = await client.get(f"{API}/series?{guess}")
    assert guessed.status_code == 400 or guessed.json() == plain.json()


async def test_without_a_token_there_is_nothing(app):
    for token in ("", "wrong", app.mine[:-1], OPERATOR[:-1]):
        async with app.client(token) as client:
            for path in ("topics", "export.csv", NEVER):
                reply = await client.get(f"{API}/{path}")
                assert (reply.status_code, reply.json()["code"]) == (401, "unauthorised")
                assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_an_answer_that_has_not_changed_is_not_sent_again(client):
    first = await client.get(f"{API}/topics")
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await client.get(f"{API}/topics", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    other = await client.get(f"{API}/topics?range=7d", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["ETag"] != tag


async def test_a_tag_without_a_right_to_see_tells_nothing(app, client):
    tag = (await client.get(f"{API}/topics")).headers["ETag"]
    async with app.client("wrong") as stranger:
        assert (await stranger.get(f"{API}/topics", headers={"If-None-Match": tag})).status_code == 401


async def test_a_token_that_asks_too_often_waits_and_others_do_not(store, tmp_path):
    app = App(store, tmp_path, requests=3)
    async with app.client(app.mine) as client, app.client(OPERATOR) as operator:
        replies = [await client.get(f"{API}/how") for _ in range(4)]
        assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
        wait = int(replies[-1].headers["Retry-After"])
        assert (replies[-1].json()["code"], replies[-1].json()["retry_after_s"]) == ("rate_limited", wait)
        assert 1 <= wait <= 60
        assert (await operator.get(f"{API}/how")).status_code == 200


async def test_a_database_that_is_away_is_said_to_be(tmp_path):
    class Away:
        async def query(self, *_):
            raise StoreFault(210)

    app = App(Away(), tmp_path)
    async with app.client(app.mine) as client:
        reply = await client.get(f"{API}/topics")
        assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
        assert "210" not in reply.text


async def test_a_reader_may_not_ask_for_what_it_cannot_read(store, tmp_path):
    app = App(store, tmp_path, own=False)
    async with app.client(app.mine) as client:
        assert (await client.get(f"{API}/topics?source=cli")).json()["code"] == "invalid_request"
        assert (await client.get(f"{API}/topics?source=demo")).status_code == 200
