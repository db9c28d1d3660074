"""From a turn to a figure: gateway, JetStream, analytics worker, ClickHouse, query API, command."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from tests.deployment import Deployment, called, lethe

CLINIC = "clinique-lumiere"
ORIGIN = "https://www.clinique-lumiere.example"
WITHIN_S = 20.0


def topics(running: Deployment, source: str, *options: str) -> dict[str, Any]:
    words = ("--source", source, "--json", "--url", running.said["dashboard"], "--data", str(running.data), *options)
    done = called("analytics", "topics", CLINIC, *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def counted(running: Deployment, source: str, topic: str) -> int:
    return sum(row["turns"] for row in topics(running, source)["rows"] if row["topic"] == topic)


def wait_for(running: Deployment, source: str, topic: str, turns: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while (found := counted(running, source, topic)) != turns:
        assert time.monotonic() < deadline, f"{found} of {turns}"
        time.sleep(0.3)


def ask(running: Deployment, message: str, origin: str | None) -> None:
    """Ask in a session of its own, as the page at `origin` does."""
    with running.client(headers={"origin": origin} if origin else {}) as client:
        opened = client.post("/v1/sessions", json={"clinic": CLINIC, "language": "en"}).json()
        answer = client.post("/v1/turns", json={"session": opened["session"], "message": message})
    assert answer.text.count("event: done") == 1


def test_a_question_from_the_command_line_is_counted_as_one(running: Deployment) -> None:
    for _ in range(2):
        done = lethe("ask", CLINIC, "do you offer tattoo removal?", "--language", "en", "--url", running.gateway)
        assert done.returncode == 0
    wait_for(running, "cli", "tattoo_removal", 2)
    assert counted(running, "demo", "tattoo_removal") == 0
    figures = topics(running, "cli")
    assert {"clinic", "source", "from", "to", "k", "rows", "withheld", "since"} <= figures.keys()
    assert (figures["clinic"], figures["source"]) == (CLINIC, "cli")


@pytest.mark.parametrize("source, topic", [("visitor", "teeth_whitening"), ("demo", "hair_transplant")])
def test_peoples_figures_wait_for_the_day_to_close(running: Deployment, source: str, topic: str) -> None:
    """More of them than the threshold; a question from the command line says when they have been stored."""
    for _ in range(6):
        ask(running, f"do you offer {topic.replace('_', ' ')}?", ORIGIN if source == "visitor" else running.gateway)
    before = counted(running, "cli", "facelift")
    ask(running, "do you offer a facelift?", None)
    wait_for(running, "cli", "facelift", before + 1)
    figures = topics(running, source)
    assert figures["rows"] == []
    assert figures["k"] >= 5
    assert figures["to"] < topics(running, "cli")["to"]
    assert counted(running, "cli", topic) == 0


def test_figures_in_words_are_a_line_a_topic(running: Deployment) -> None:
    ask(running, "do you offer liposuction?", None)
    wait_for(running, "cli", "liposuction", 1)
    words = ("--source", "cli", "--url", running.said["dashboard"], "--data", str(running.data))
    done = lethe("analytics", "topics", CLINIC, *words)
    assert done.returncode == 0
    assert "1  liposuction" in done.stdout
    assert "since" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("--data", "/nowhere"), ("--url", "http://127.0.0.1:9"), ("--from", "yesterday"), ("--from", "2026-02-30")],
    ids=["no token", "nobody there", "no day", "no such day"],
)
def test_what_cannot_be_asked_is_said(running: Deployment, words: tuple[str, str]) -> None:
    given = {"--url": running.said["dashboard"], "--data": str(running.data)} | {words[0]: words[1]}
    done = called("analytics", "topics", CLINIC, *(word for pair in given.items() for word in pair))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_figures_are_for_those_who_hold_the_token(running: Deployment) -> None:
    address = f"{running.said['dashboard']}/api/clinics/{CLINIC}/topics"
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "x"}):
        answer = httpx.get(address, params={"source": "cli"}, headers=headers)
        assert answer.status_code in {401, 403}
        assert "rows" not in answer.text
