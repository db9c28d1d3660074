# ruff: noqa: S608  # the statements are tests' own
"""A ClickHouse server with the users that Lethe ships, and what each of them is answered."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import httpx

from analytics.store import Store, migrations
from deploy.cli.clinic_sql_user import rendered
from tests.fixtures_clickhouse import Server, clickhouse

USERS = Path(__file__).parents[1] / "deploy" / "clickhouse" / "users.xml"
TOPICS = frozenset({"none", "clinic", "lip_filler", "thread_lift"})
KEEPER, WRITER, READER = "lethe_keeper", "lethe_writer", "lethe_reader"
DENIED, READONLY, QUOTA_EXCEEDED = 497, 164, 201
PATIENCE_S = 60


class Answer(NamedTuple):
    """What a user was told."""

    text: str
    """Rows as tab-separated lines, or the error."""
    code: int | None
    """ClickHouse's error code; None: no error."""
    read: tuple[int, int, int]
    """Rows and bytes read, and rows that were to be read: sent with every answer."""

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.text.splitlines()]


class Asker:
    """Asks a server as one of its users; everybody's password is the user's name."""

    def __init__(self, url: str) -> None:
        self.address = url
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_S)

    def ask(self, user: str, sql: str, **settings: str) -> Answer:
        headers = {"X-ClickHouse-User": user}
        if user != "default":
            headers["X-ClickHouse-Key"] = user
        # Whole answers: otherwise an error half way would come as the end of a good one.
        reply = self._client.post("/", params={"wait_end_of_query": "1", **settings}, content=sql, headers=headers)
        read = json.loads(reply.headers.get("X-ClickHouse-Summary", "{}"))
        code = reply.headers.get("X-ClickHouse-Exception-Code")
        rows, size, to_read = (int(read.get(name, 0)) for name in ("read_rows", "read_bytes", "total_rows_to_read"))
        return Answer(reply.text, None if code is None else int(code), (rows, size, to_read))

    def rows(self, user: str, sql: str) -> list[list[str]]:
        answer = self.ask(user, sql)
        assert answer.code is None, answer.text
        return answer.rows

    def run(self, user: str, *statements: str) -> None:
        for statement in statements:
            self.rows(user, statement)

    def close(self) -> None:
        self._client.close()


def sha256(user: str) -> str:
    return hashlib.sha256(user.encode()).hexdigest()


def passwords() -> dict[str, str]:
    names = {name: f"lethe_{name.lower()}" for name in ("KEEPER", "WRITER", "READER")}
    return {f"LETHE_CLICKHOUSE_{name}_SHA256": sha256(user) for name, user in names.items()}


def clinic_users(clinic: str) -> str:
    return rendered("users-xml", {"clinic": clinic, "sha256": sha256(f"lethe_clinic_{clinic}")})


def users_file(*clinics: str) -> str:
    """Return the shipped users with those of some clinics, one file as a server merges them."""
    root = ET.parse(USERS).getroot()  # noqa: S314  # a file of this repository
    users = root.find("users")
    assert users is not None
    for clinic in clinics:
        own = ET.fromstring(clinic_users(clinic)).find("users")  # noqa: S314  # as above
        assert own is not None
        users.extend(own)
    return ET.tostring(root, encoding="unicode")


def statements(sql: str) -> list[str]:
    return [piece.strip() for piece in sql.split(";\n") if piece.strip()]


def make_views(asker: Asker, clinic: str) -> None:
    asker.run(KEEPER, *statements(rendered("views", {"clinic": clinic})))


def publish(
    asker: Asker, clinic: str, *, days: int, turns: int, topic: str = "lip_filler", since: str = "2026-01-05"
) -> None:
    """Publish as many blocks, one a day (for 700 days, then again), of `turns`, then one more, and so on."""
    closed = f"toDate('{since}') + {min(days, 700) - 1}"
    asker.run(
        KEEPER,
        f"""INSERT INTO lethe.released (clinic, source, tree, since, day, ending, topic, turns, firsts)
        SELECT '{clinic}', 'visitor', 'topic', toDate('{since}') + number % 700 AS gathered, gathered, 'answered',
            '{topic}', {turns} + number, 5 FROM numbers({days})""",
        f"""INSERT INTO lethe.released_until (clinic, source, timezone, closed, first, k)
        VALUES ('{clinic}', 'visitor', 'Europe/Brussels', {closed}, '{since}', 5)""",
    )


@contextlib.contextmanager
def server_with_users(folder: Path, users: str) -> Iterator[tuple[Server, Asker]]:
    """Run a migrated server with a users file's users."""
    with clickhouse(folder, users, passwords()) as server:
        asker = Asker(server.url().replace("default:@", ""))
        asyncio.run(migrate(server.url(KEEPER, KEEPER)))
        try:
            yield server, asker
        finally:
            asker.close()


async def migrate(url: str) -> None:
    keeper = await Store.open(url=url)
    try:
        done = await keeper.migrate(TOPICS)
        assert done == [*(migration.name for migration in migrations()), "topics"]
        assert await keeper.migrate(TOPICS) == []
        await keeper.migrate(frozenset({*TOPICS, "botulinum_toxin"}))
    finally:
        await keeper.close()


def tables(asker: Asker) -> Sequence[str]:
    return [name for (name,) in asker.rows("default", "SELECT name FROM system.tables WHERE database = 'lethe'")]
