"""Sessions of clinics with rules of their own: that ask for consent, end sessions sooner, or allow few turns."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import msgspec
import pytest

from deploy.keys import session_file
from gateway.session import SessionBox
from tests.deployment import Deployment
from tests.embedded import Embedded
from tests.http_requests import assert_problem, post
from tests.small_clinic import ASKING, TIGHT

CONTACT = {"tel:+3220000199", "mailto:hallo@zonnehof.example"}
IDLE_S, LONGEST_S = 10 * 60, 8 * 3_600
"""How long their sessions may rest, and last in all."""
GIVEN = {"version": 1, "choice": "given"}


@pytest.fixture
def strict(embedded: Embedded) -> Deployment:
    return embedded.deployment


def test_a_clinic_may_end_sessions_sooner(strict: Deployment) -> None:
    opened = post(strict, "/v1/sessions", {"clinic": TIGHT}).json()
    assert 590 <= opened["expires_in_s"] <= 600


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
