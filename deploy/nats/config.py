"""Generate nats-server's configuration from the table of subjects.

A user a role (each gateway its own) with an nkey; publish and subscribe lists as narrow as the
table; workers answer by `allow_responses` only. CHAT has no JetStream, FACTS has, SYS is the
operator's. `{region}` is one region a configuration file: text crosses none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from schemas.subjects import (
    CONNECTION_LOST,
    FACT_STREAM,
    FACT_SUBJECTS,
    SUBJECTS,
    WORKERS,
    Account,
    Role,
    Subject,
    inbox_prefix,
)

RESPONSE_EXPIRY_S: Final = 120
"""Must exceed a turn's deadline, or late frames are refused."""


_STATISTICS: Final = (
    *(f"$SYS.REQ.SERVER.PING.{what}" for what in ("STATSZ", "VARZ", "CONNZ", "JSZ", "HEALTHZ")),
    "$SYS.REQ.ACCOUNT.*.CONNZ",
)
"""What the operator may ask: counts and connections; not to kick, reload or profile."""


class User(NamedTuple):
    """One NATS user."""

    role: Role
    instance: str
    """The gateway's id; "" for every other role."""
    public_key: str
    """``U…``"""


class Permissions(NamedTuple):
    """What a user may publish and subscribe."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    responses: bool


class Listen(NamedTuple):
    """Where the broker listens and stores."""

    host: str
    port: int
    store_dir: str
    """JetStream's folder: anonymous events only."""
    max_store_bytes: int = 1 << 30
    tls_cert: str = ""
    tls_key: str = ""
    ports_file_dir: str = ""
    """Where the broker writes its chosen port when `port` is -1."""


def permissions(user: User, region: str) -> Permissions:
    """Return what the table of subjects grants to `user`."""
    if user.role is Role.ANALYTICS:
        return _analytics(inbox_prefix(Role.ANALYTICS))
    if user.role is Role.OPERATOR:
        return Permissions(_STATISTICS, (f"{inbox_prefix(user.role)}.>",), responses=False)
    publish = tuple(dict.fromkeys(_fill(row, user, region) for row in SUBJECTS if row.publisher is user.role))
    subscribe = [
        f"{_fill(row, user, region)} {user.role.value}" if row.queue else _fill(row, user, region)
        for row in SUBJECTS
        if row.consumer is user.role
    ]
    if user.role is Role.GATEWAY:
        subscribe += [CONNECTION_LOST, f"{inbox_prefix(user.role, user.instance)}.>"]
    return Permissions(publish, tuple(subscribe), responses=user.role in WORKERS)


def server_config(users: Sequence[User], *, region: str, listen: Listen) -> str:
    """Return the configuration file's text."""
    chat = [user for user in users if user.role in (Role.GATEWAY, *WORKERS)]
    return f"""# Generated from schemas/subjects.py by `lethe keys new` and `lethe up`; do not edit.
listen: "{listen.host}:{listen.port}"
server_name: "lethe-{region}"
{f'ports_file_dir: "{listen.ports_file_dir}"' if listen.ports_file_dir else ""}
max_payload: 64KB
max_pending: 8MB
write_deadline: "2s"
ping_interval: "5s"
ping_max: 2
lame_duck_duration: "30s"
lame_duck_grace_period: "2s"
debug: false
trace: false
logtime: true
{_tls(listen)}
jetstream {{
  store_dir: "{listen.store_dir}"
  max_memory_store: 16MB
  max_file_store: {listen.max_store_bytes}
  sync_interval: always
}}
accounts {{
  CHAT {{
    jetstream: disabled
    users: [
{_users(chat, region)}
    ]
    imports: [
      {{ service: {{ account: FACTS, subject: "{FACT_SUBJECTS}" }} }}
      {{ stream: {{ account: SYS, subject: "{CONNECTION_LOST}" }} }}
    ]
  }}
  FACTS {{
    jetstream: {{ max_memory: 16MB, max_file: {listen.max_store_bytes}, max_streams: 1, max_consumers: 8 }}
    users: [
{_users((u for u in users if u.role is Role.ANALYTICS), region)}
    ]
    exports: [ {{ service: "{FACT_SUBJECTS}", accounts: [CHAT] }} ]
  }}
  SYS {{
    users: [
{_users((u for u in users if u.role is Role.OPERATOR), region)}
    ]
    exports: [ {{ stream: "{CONNECTION_LOST}", accounts: [CHAT] }} ]
  }}
}}
system_account: SYS
"""


def account_of(role: Role) -> Account:
    """Return the account that a role's user lives in."""
    return {Role.ANALYTICS: Account.FACTS, Role.OPERATOR: Account.SYS}.get(role, Account.CHAT)


def _analytics(inbox: str) -> Permissions:
    """Return the JetStream calls that reading one stream needs, and no other."""
    stream = FACT_STREAM
    calls = (
        f"STREAM.INFO.{stream}",
        f"STREAM.CREATE.{stream}",
        f"STREAM.UPDATE.{stream}",
        f"CONSUMER.CREATE.{stream}.>",
        f"CONSUMER.CREATE.{stream}",
        f"CONSUMER.INFO.{stream}.>",
        f"CONSUMER.DELETE.{stream}.>",
        f"CONSUMER.MSG.NEXT.{stream}.>",
    )
    return Permissions(tuple(f"$JS.API.{call}" for call in calls), (f"{inbox}.>",), responses=False)


def _fill(row: Subject, user: User, region: str) -> str:
    """Return the row's subject as this user may use it; what is not the user's own is a wildcard."""
    own = user.instance if user.role is Role.GATEWAY else "*"
    return row.pattern.format(region=region, gateway=own, worker="*", token="*")  # noqa: S106  # a subject's token, no secret


def _users(users: Iterable[User], region: str) -> str:
    return "\n".join(_user(user, permissions(user, region)) for user in users)


def _user(user: User, allowed: Permissions) -> str:
    responses = (
        f'\n          allow_responses: {{ max: -1, expires: "{RESPONSE_EXPIRY_S}s" }}' if allowed.responses else ""
    )
    return f"""      {{ nkey: {user.public_key}  # {user.role.value} {user.instance}
        permissions: {{
          publish: {{ allow: [{_quoted(allowed.publish)}] }}
          subscribe: {{ allow: [{_quoted(allowed.subscribe)}] }}{responses}
        }} }}"""


def _quoted(subjects: Iterable[str]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)


def _tls(listen: Listen) -> str:
    if not listen.tls_cert:
        return "# no TLS: loopback only; every role refuses plain NATS elsewhere"
    return f'tls {{ cert_file: "{listen.tls_cert}", key_file: "{listen.tls_key}", timeout: 2 }}'
