"""Subjects: who may answer where, and names that no visitor can choose."""

from __future__ import annotations

import re

import pytest

from schemas.replies import Stage
from schemas.subjects import (
    SUBJECTS,
    WORKERS,
    Account,
    Role,
    cancel_subject,
    connection_name,
    inbound,
    inbox_prefix,
    is_reply,
    new_token,
    probe_subject,
    reply_subject,
)

TOKEN = "AbCdEfGhIjKlMnOpQrSt_-"  # noqa: S105  # a token of a subject, no secret


@pytest.mark.parametrize(
    "subject, whether",
    [
        pytest.param(f"reply.gw1.{TOKEN}", True, id="as-the-gateway-makes-it"),
        pytest.param("", False, id="none-asked-for"),
        pytest.param(f"reply.gw1.{TOKEN}x", False, id="token-too-long"),
        pytest.param(f"reply.gw1.{TOKEN[:-1]}", False, id="token-too-short"),
        pytest.param("reply.gw1.*", False, id="a-wildcard"),
        pytest.param("reply.>", False, id="all-replies"),
        pytest.param(f"reply.*.{TOKEN}", False, id="any-gateway"),
        pytest.param(f"reply.GW1.{TOKEN}", False, id="upper-case-gateway"),
        pytest.param(f"reply.gw1.x.{TOKEN}", False, id="one-token-more"),
        pytest.param("turn.received.eu", False, id="a-turns-subject"),
        pytest.param(f"_INBOX_gateway.{TOKEN}", False, id="an-inbox"),
        pytest.param("$JS.API.STREAM.INFO.FACTS", False, id="the-brokers-own"),
        pytest.param(f"x reply.gw1.{TOKEN}", False, id="something-before"),
    ],
)
def test_a_worker_answers_only_on_a_reply_subject(subject: str, whether: bool) -> None:  # noqa: FBT001
    assert is_reply(subject) is whether


def test_a_line_break_at_the_end_is_no_reply_subject() -> None:
    assert not is_reply(f"reply.gw1.{TOKEN}\n")


def test_a_new_token_is_new_and_of_the_form_that_workers_answer() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(is_reply(reply_subject("gw1", token)) for token in tokens)


def test_every_helper_fits_its_row_of_the_table() -> None:
    made = {
        *(inbound(stage, "eu") for stage in Stage),
        reply_subject("gw1", TOKEN),
        cancel_subject("gw1"),
        *(probe_subject(role, "w1") for role in WORKERS),
        "fact.turn",
        "fact.consent",
    }
    filled = {row.pattern.format(region="eu", gateway="gw1", worker="w1", token=TOKEN) for row in SUBJECTS}
    assert made == filled


def test_a_turns_way_is_the_order_of_the_stages() -> None:
    ways = [row for row in SUBJECTS if row.queue]
    assert [row.consumer for row in ways] == [Role(stage.value) for stage in Stage]
    assert [row.publisher for row in ways[1:]] == [Role(stage.value) for stage in Stage][:-1]


def test_only_the_gateway_publishes_events_and_only_there_is_anything_stored() -> None:
    stored = [row for row in SUBJECTS if row.account is Account.FACTS]
    assert {row.pattern for row in stored} == {"fact.turn", "fact.consent"}
    assert {row.publisher for row in stored} == {Role.GATEWAY}
    assert all(row.account is Account.CHAT for row in SUBJECTS if row not in stored)


def test_the_raw_turn_is_read_by_the_sanitiser_alone() -> None:
    assert [(row.publisher, row.consumer) for row in SUBJECTS if row.message == "RawTurn"] == [
        (Role.GATEWAY, Role.SANITISER)
    ]


def test_no_users_inbox_is_within_anothers() -> None:
    prefixes = [inbox_prefix(Role.GATEWAY, "gw1"), inbox_prefix(Role.GATEWAY, "gw2")]
    prefixes += [inbox_prefix(role) for role in Role if role is not Role.GATEWAY]
    assert len(set(prefixes)) == len(prefixes)
    assert all(re.fullmatch(r"_INBOX_\w+", prefix) for prefix in prefixes)


def test_a_connections_name_tells_role_and_instance() -> None:
    role, _, instance = connection_name(Stage.LLM, "0a1b2c3d").partition(".")
    assert (Stage(role), instance) == (Stage.LLM, "0a1b2c3d")
