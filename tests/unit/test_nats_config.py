"""The broker's configuration: what each user may, and that nothing of a chat is stored or written."""

from __future__ import annotations

import pytest

from deploy.nats.config import Listen, User, permissions, server_config
from schemas.subjects import WORKERS, Role

USERS = [User(role, "gw1" if role is Role.GATEWAY else "", f"U{role.value.upper()}") for role in Role]


@pytest.mark.parametrize(
    "role, publish",
    [
        (Role.SANITISER, {"turn.sanitised.eu"}),
        (Role.ROUTER, {"turn.routed.eu"}),
        (Role.LLM, set()),
        (
            Role.GATEWAY,
            {
                "turn.received.eu",
                "ctl.cancel.gw1",
                "fact.turn",
                "fact.consent",
                *(f"probe.{role.value}.*" for role in WORKERS),
            },
        ),
    ],
    ids=lambda value: getattr(value, "value", "may"),
)
def test_a_user_publishes_its_own_subjects_only(role: Role, publish: set[str]) -> None:
    user = User(role, "gw1" if role is Role.GATEWAY else "", "U")
    assert set(permissions(user, "eu").publish) == publish
    assert permissions(user, "eu").responses is (role in WORKERS)


def test_no_wildcard_crosses_roles() -> None:
    for user in USERS:
        allowed = permissions(user, "eu")
        for subject in (*allowed.publish, *allowed.subscribe):
            assert subject not in {">", "*", "_INBOX.>", "reply.>", "$JS.API.>"}
            assert subject.split(".")[0] not in {"*", ">"}
        for subject in allowed.subscribe:
            assert not subject.startswith("turn.") or subject.endswith(f" {user.role.value}"), "queue-bound only"


def test_a_gateway_reads_its_own_replies_only() -> None:
    subscribed = permissions(User(Role.GATEWAY, "gw2", "U"), "eu").subscribe
    assert [subject for subject in subscribed if subject.startswith("reply.")] == ["reply.gw2.*"]
    assert not any("gw1" in subject for subject in subscribed)


def test_nothing_is_stored_of_chat_and_nothing_written_to_the_log() -> None:
    text = server_config(USERS, region="eu", listen=Listen("127.0.0.1", 4222, "/s"))
    chat = text[text.index("CHAT {") : text.index("FACTS {")]
    assert "jetstream: disabled" in chat
    assert "\ntrace: false\n" in text
    assert "\ndebug: false\n" in text
    assert "UANALYTICS" not in chat
    assert "UOPERATOR" not in chat
    assert "turn." not in text[text.index("  FACTS {") :]
