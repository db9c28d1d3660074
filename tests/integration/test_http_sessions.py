"""Sessions as a browser meets them: opened, resumed, refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.keys import new_keys, session_file
from gateway.session import SessionBox
from tests.cluster import Cluster
from tests.deployment import Deployment
from tests.http_requests import JSON, NEVER, assert_problem, post

CLINIC = "clinique-lumiere"
"""A demo clinic: fr, nl and en; no consent."""


@pytest.mark.parametrize(
    "asked, given",
    [("en", "en"), ("nl", "nl"), (None, "fr"), ("de", "fr")],
    ids=["spoken here", "spoken here too", "not said: the clinic's first", "not spoken here: the clinic's first"],
)
def test_a_session_opens_with_a_welcome(running: Deployment, asked: str | None, given: str) -> None:
    response = post(running, "/v1/sessions", {"clinic": CLINIC} | ({"language": asked} if asked else {}))
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    opened = response.json()
    assert opened.keys() == {"session", "expires_in_s", "language", "greeting", "suggestions", "notice"}
    assert opened["language"] == given
    assert 890 <= opened["expires_in_s"] <= 900
    assert 0 < len(opened["session"]) <= 6 * 1024
    assert opened["greeting"]
    assert opened["notice"]
    assert opened["suggestions"]
    assert all(isinstance(suggestion, str) for suggestion in opened["suggestions"])


def test_two_sessions_are_never_the_same(running: Deployment) -> None:
    assert running.open_session(CLINIC) != running.open_session(CLINIC)


def test_an_unknown_clinic_is_not_found(running: Deployment) -> None:
    assert_problem(post(running, "/v1/sessions", {"clinic": NEVER.lower()}), 404, "unknown_clinic")


@pytest.mark.parametrize(
    "body, named",
    [
        ({}, "clinic"),
        ({"clinic": 5}, "clinic"),
        ({"clinic": None}, "clinic"),
        ({"clinic": CLINIC, "language": NEVER}, "language"),
        ({"clinic": CLINIC, "consent": {"version": NEVER, "choice": "given"}}, "consent.version"),
        ({"clinic": CLINIC, "consent": {"version": 1, "choice": NEVER}}, "consent.choice"),
        ({"clinic": CLINIC, NEVER: "x"}, None),
        ([NEVER], None),
        (f'{{"clinic": "{NEVER}'.encode(), None),
        (b'{"clinic": "\xff%s"}' % NEVER.encode(), None),
        (b"[" * 5_000, None),
    ],
    ids=[
        "field missing",
        "field of another type",
        "field null",
        "no such language",
        "inner field of another type",
        "no such choice",
        "unknown field",
        "no object",
        "no JSON",
        "no UTF-8",
        "nested too deep",
    ],
)
def test_a_bad_body_is_refused_by_field_and_never_quoted(running: Deployment, body: Any, named: str | None) -> None:
    problem = assert_problem(post(running, "/v1/sessions", body), 400, "invalid_request")
    assert named is None or named in problem["detail"]


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/resume", "/v1/turns"])
def test_only_json_is_read(running: Deployment, path: str) -> None:
    text = post(running, path, b'{"clinic": "%s"}' % NEVER.encode(), headers={"content-type": "text/plain"})
    assert_problem(text, 415, "unsupported_media_type")
    assert_problem(post(running, path, b"{}", headers={}), 415, "unsupported_media_type")


def test_a_content_type_may_name_its_charset(running: Deployment) -> None:
    body = json.dumps({"clinic": CLINIC}).encode()
    response = post(running, "/v1/sessions", body, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert response.status_code == 201


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/resume", "/v1/turns"])
def test_a_body_over_32_kib_is_refused(running: Deployment, path: str) -> None:
    body = b'{"session": "%s"}' % (NEVER.encode() * 3_000)
    assert_problem(post(running, path, body), 413, "message_too_long")


def test_a_streamed_body_over_32_kib_is_refused_too(running: Deployment) -> None:
    """Without a Content-Length nobody is told the size beforehand."""
    with running.client() as client:
        response = client.post("/v1/turns", content=iter([b" " * 8_192] * 5), headers=JSON)
    assert_problem(response, 413, "message_too_long")


@pytest.mark.parametrize("one", ["a", "é", "😀"], ids=["ASCII", "two bytes", "four bytes, two UTF-16 units"])
def test_a_message_of_1000_code_points_is_taken_and_one_more_is_not(running: Deployment, one: str) -> None:
    session = running.open_session(CLINIC)
    assert running.ask(session, one * 1_000)[-1][0] == "done"
    problem = assert_problem(
        post(running, "/v1/turns", {"session": session, "message": one * 1_001}), 413, "message_too_long"
    )
    assert problem["actions"]


@pytest.mark.parametrize("message", ["", " \n\t", "\u3000\u00a0"], ids=["nothing", "white space", "wide white space"])
def test_a_message_of_white_space_is_refused(running: Deployment, message: str) -> None:
    body = {"session": running.open_session(CLINIC), "message": message}
    assert "message" in assert_problem(post(running, "/v1/turns", body), 400, "invalid_request")["detail"]


def test_a_session_resumes_with_the_history_it_holds(running: Deployment) -> None:
    first = running.ask(running.open_session(CLINIC, "en"), "how much is botox?")
    answer = "".join(data["text"] for event, data in first if event == "delta")
    response = post(running, "/v1/sessions/resume", {"session": first[-1][1]["session"]})
    assert response.status_code == 200
    resumed = response.json()
    assert resumed.keys() == {"session", "expires_in_s", "language", "history"}
    assert resumed["language"] == "en"
    assert 890 <= resumed["expires_in_s"] <= 900
    assert resumed["history"] == [
        {"role": "visitor", "text": "how much is botox?"},
        {"role": "assistant", "text": answer},
    ]
    assert running.ask(resumed["session"], "and what are your opening hours?")[-1][0] == "done"


def test_a_long_conversation_stays_within_6_kib_and_forgets_its_beginning(running: Deployment) -> None:
    session = running.open_session(CLINIC, "en")
    for number in range(6):
        end = running.ask(session, f"question {number} " + "botox price and downtime and aftercare? " * 20)[-1]
        assert end[0] == "done"
        session = end[1]["session"]
        assert len(session) <= 6 * 1024
    history = post(running, "/v1/sessions/resume", {"session": session}).json()["history"]
    assert any("question 5" in line["text"] for line in history)
    assert not any("question 0" in line["text"] for line in history)


def _altered(token: str) -> str:
    """Change one character in the middle of the box."""
    place = len(token) - 40
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


@pytest.mark.parametrize(
    "alter",
    [
        _altered,
        lambda token: token[:-12],
        lambda token: token + "AAAA",
        lambda token: token.replace(CLINIC, "huidkliniek-noord"),
        lambda token: token.replace(CLINIC, "nowhere"),
        lambda _: NEVER,
        lambda _: "",
        lambda _: "1.00000000.clinique-lumiere.AAAA",
        lambda _: "é" * 300,
        lambda _: "1." + "A" * 7_000,
    ],
    ids=[
        "altered",
        "cut short",
        "lengthened",
        "another clinic's",
        "no clinic's",
        "garbage",
        "empty",
        "unknown key",
        "no ASCII",
        "too long",
    ],
)
def test_a_token_that_is_not_ours_has_expired(running: Deployment, alter: Any) -> None:
    token = alter(running.open_session(CLINIC))
    assert_problem(post(running, "/v1/sessions/resume", {"session": token}), 401, "session_expired")
    assert_problem(post(running, "/v1/turns", {"session": token, "message": "hello"}), 401, "session_expired")


def test_a_token_of_another_installation_has_expired(running: Deployment, tmp_path: Path) -> None:
    new_keys(tmp_path, gateways=("gw1",))
    here, elsewhere = (SessionBox(session_file(folder).read_text) for folder in (running.data / "keys", tmp_path))
    token = elsewhere.seal(here.open(running.open_session(CLINIC)))
    assert_problem(post(running, "/v1/sessions/resume", {"session": token}), 401, "session_expired")


def test_a_refusal_reads_in_the_sessions_language_and_carries_the_contact(running: Deployment) -> None:
    body = {"session": running.open_session(CLINIC, "nl"), "message": "a" * 1_001}
    problem = assert_problem(post(running, "/v1/turns", body), 413, "message_too_long")
    assert problem["detail"].startswith("Uw bericht is te lang")
    assert {action["kind"] for action in problem["actions"]} == {"call", "email"}


def test_a_message_of_white_space_is_refused_in_the_sessions_language(running: Deployment) -> None:
    body = {"session": running.open_session(CLINIC, "nl"), "message": " "}
    problem = assert_problem(post(running, "/v1/turns", body), 400, "invalid_request")
    assert [action["label"] for action in problem["actions"]] == ["Bel +3220000123", "Stuur een e-mail"]


def test_an_empty_body_is_refused_as_a_body(running: Deployment) -> None:
    assert assert_problem(post(running, "/v1/sessions", b""), 400, "invalid_request")["detail"] == "invalid: body"


async def test_a_gateway_alone_limits_an_address_and_says_that_nobody_can_answer(tmp_path: Path) -> None:
    env = {"LETHE_SESSIONS_PER_MINUTE": "3"}
    async with Cluster(tmp_path, env=env) as cluster:
        await cluster.start_all("gateway")
        async with cluster.client() as client:
            opened = [await client.post("/v1/sessions", json={"clinic": CLINIC}) for _ in range(4)]
            turn = {"session": opened[0].json()["session"], "message": NEVER}
            nobody = await client.post("/v1/turns", json=turn)
    assert [response.status_code for response in opened[:3]] == [201] * 3
    for response, status, code in ((opened[3], 429, "rate_limited"), (nobody, 503, "overloaded")):
        problem = assert_problem(response, status, code)
        assert int(response.headers["retry-after"]) == problem["retry_after_s"] > 0
        assert {action["kind"] for action in problem["actions"]} == {"call", "email"}
