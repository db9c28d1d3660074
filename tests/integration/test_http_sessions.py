"""Sessions as a browser meets them: opened, resumed, refused, spent."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from deploy.keys import session_file
from gateway.session import SessionBox
from tests.cluster import Cluster
from tests.deployment import Deployment
from tests.small_clinic import GOOD

CLINIC = "clinique-lumiere"
"""A demo clinic: fr, nl and en; no consent."""
ASKING = "zonnehof"
"""A clinic of ours that asks for consent, version 1."""
TIGHT = "maanhof"
"""A clinic of ours whose sessions have two turns, one at a time."""
CONTACT = {"tel:+3220000199", "mailto:hallo@zonnehof.example"}
IDLE_S, LONGEST_S = 10 * 60, 8 * 3_600
"""How long its sessions may rest, and last in all."""
GIVEN = {"version": 1, "choice": "given"}
JSON = {"content-type": "application/json"}
NEVER = "Vandenbroucke"
"""Stands in bad requests and must not come back."""


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """`lethe up` on the two clinics above."""
    folder = tmp_path_factory.mktemp("strict")
    clinics = folder / "clinics"
    clinics.mkdir()
    (clinics / f"{ASKING}.toml").write_text(GOOD, "utf-8")
    tight = GOOD.replace(f'id = "{ASKING}"', f'id = "{TIGHT}"').replace("[consent]\nrequired = true", "[consent]")
    (clinics / f"{TIGHT}.toml").write_text(f"{tight}turns = 2\nin_flight = 1\n", "utf-8")
    with Deployment(folder, "--clinics", str(clinics)) as deployment:
        yield deployment


def post(deployment: Deployment, path: str, body: Any, headers: dict[str, str] = JSON) -> httpx.Response:
    """Send `body`: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with deployment.client() as client:
        return client.post(path, content=content, headers=headers)


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Hold a refusal to the shape that the interface promises; return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "code", "detail"} <= problem.keys()
    assert (problem["status"], problem["code"]) == (status, code)
    assert NEVER not in response.text
    return problem


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


def test_a_clinic_may_end_sessions_sooner(strict: Deployment) -> None:
    opened = post(strict, "/v1/sessions", {"clinic": TIGHT}).json()
    assert 590 <= opened["expires_in_s"] <= 600


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


def _box(deployment: Deployment) -> SessionBox:
    """The box of a running gateway, to make sessions that are older than a test can wait for."""
    return SessionBox(session_file(deployment.data / "keys").read_text)


def _aged(deployment: Deployment, *, rested_s: int, lasted_s: int) -> str:
    """Return a session that has rested, and lasted, for so many seconds."""
    box, now = _box(deployment), int(time.time())
    session = box.open(deployment.open_session(TIGHT))
    return box.seal(msgspec.structs.replace(session, active_s=now - rested_s, issued_s=now - lasted_s))


def test_resuming_a_session_counts_as_use(strict: Deployment) -> None:
    """The conversation page asks its visitor a minute before the end; this is what "keep it" does."""
    token = _aged(strict, rested_s=IDLE_S - 30, lasted_s=IDLE_S)
    resumed = post(strict, "/v1/sessions/resume", {"session": token}).json()
    assert IDLE_S - 10 <= resumed["expires_in_s"] <= IDLE_S
    assert _box(strict).open(resumed["session"]).active_s >= time.time() - 10


def test_resuming_a_session_does_not_lengthen_it_beyond_the_longest_time(strict: Deployment) -> None:
    token = _aged(strict, rested_s=IDLE_S - 30, lasted_s=LONGEST_S - 40)
    resumed = post(strict, "/v1/sessions/resume", {"session": token}).json()
    assert 20 <= resumed["expires_in_s"] <= 40
    token = _aged(strict, rested_s=0, lasted_s=LONGEST_S)
    assert_problem(post(strict, "/v1/sessions/resume", {"session": token}), 401, "session_expired")


def test_a_session_that_has_rested_too_long_is_not_resumed(strict: Deployment) -> None:
    token = _aged(strict, rested_s=IDLE_S, lasted_s=IDLE_S)
    assert_problem(post(strict, "/v1/sessions/resume", {"session": token}), 401, "session_expired")


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


def test_a_token_of_another_installation_has_expired(running: Deployment, strict: Deployment) -> None:
    token = strict.open_session(TIGHT)
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


@pytest.mark.parametrize(
    "consent",
    [None, {"version": 0, "choice": "given"}, {"version": 2, "choice": "given"}, {"version": 1, "choice": "refused"}],
    ids=["none", "an older version's", "a version to come", "refused"],
)
def test_without_consent_no_session_opens(strict: Deployment, consent: dict[str, Any] | None) -> None:
    response = post(strict, "/v1/sessions", {"clinic": ASKING} | ({"consent": consent} if consent else {}))
    problem = assert_problem(response, 403, "consent_required")
    assert problem["consent"] == {"version": 1, "text": "Gaat u akkoord?"}
    assert {action["url"] for action in problem["actions"]} == CONTACT
    assert "session" not in problem


def test_with_consent_a_session_opens_and_answers(strict: Deployment) -> None:
    response = post(strict, "/v1/sessions", {"clinic": ASKING, "consent": GIVEN})
    assert response.status_code == 201
    assert strict.ask(response.json()["session"], "wat kost botox?")[-1][0] == "done"


def _assert_spent(deployment: Deployment, session: str) -> None:
    response = post(deployment, "/v1/turns", {"session": session, "message": "wat kost botox?"})
    problem = assert_problem(response, 429, "quota_spent")
    assert int(response.headers["retry-after"]) == problem["retry_after_s"] > 0
    assert {action["url"] for action in problem["actions"]} == CONTACT


def test_the_third_turn_of_two_is_refused(strict: Deployment) -> None:
    session = strict.open_session(TIGHT)
    for _ in range(2):
        session = strict.ask(session, "wat kost botox?")[-1][1]["session"]
    _assert_spent(strict, session)


def test_forks_of_a_session_share_its_quota(strict: Deployment) -> None:
    """The first token, replayed, has not answered a single turn by its own account."""
    first = strict.open_session(TIGHT)
    second = strict.ask(first, "wat kost botox?")[-1][1]["session"]
    assert strict.ask(first, "wat kost botox?")[-1][0] == "done"
    _assert_spent(strict, first)
    _assert_spent(strict, second)


def test_a_resumed_token_has_no_fresh_quota(strict: Deployment) -> None:
    session = strict.open_session(TIGHT)
    for _ in range(2):
        strict.ask(session, "wat kost botox?")
    _assert_spent(strict, post(strict, "/v1/sessions/resume", {"session": session}).json()["session"])


def test_a_refused_message_spends_nothing(strict: Deployment) -> None:
    session = strict.open_session(TIGHT)
    for _ in range(3):
        assert post(strict, "/v1/turns", {"session": session, "message": " "}).status_code == 400
    assert strict.ask(session, "wat kost botox?")[-1][0] == "done"


def test_more_turns_at_once_than_the_clinic_allows_are_refused(strict: Deployment) -> None:
    """The router rests meanwhile, so that the first turn is still under way."""
    body = {"session": strict.open_session(TIGHT), "message": "wat kost botox?"}
    os.kill(strict.pids("router")[0], signal.SIGSTOP)
    try:
        with strict.client() as client, client.stream("POST", "/v1/turns", json=body) as stream:
            assert stream.status_code == 200
            response = post(strict, "/v1/turns", body)
            os.kill(strict.pids("router")[0], signal.SIGCONT)
            rest = "".join(stream.iter_text())
    finally:
        os.kill(strict.pids("router")[0], signal.SIGCONT)
    problem = assert_problem(response, 429, "rate_limited")
    assert int(response.headers["retry-after"]) == problem["retry_after_s"] > 0
    assert {action["url"] for action in problem["actions"]} == CONTACT
    assert rest.count("event: done") == 1
    assert strict.ask(body["session"], "wat kost botox?")[-1][0] == "done"


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
