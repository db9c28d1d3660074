"""The database, embedded (chDB) or a ClickHouse server: the same SQL, through one client.

The only module that talks to `clickhouse_connect`. Every call blocks, so all of them run in one
thread of their own, in order, and the event loop stays free. Errors keep ClickHouse's error code
and nothing else: its messages quote values and connection strings.

SQL is a file's or a literal's text (`LiteralString`); values travel as typed parameters
(``{clinic:String}``), never inside the text.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, LiteralString, NamedTuple, cast

import clickhouse_connect
import msgspec
from clickhouse_connect.driver.exceptions import ClickHouseError

from analytics import sessions

HERE: Final = Path(__file__).parent
INSERT_LIMIT_S: Final = 20
"""A server gives up an insert after this long; the client waits longer, so that it knows."""
_SEND_RECEIVE_LIMIT_S: Final = 60
_ONE_PART: Final[Mapping[str, int]] = {
    "async_insert": 0,  # a buffered insert would be joined with others and acknowledged as one
    "input_format_parallel_parsing": 0,  # parallel parsers make a block each, so a part each
    "max_insert_threads": 1,
    "max_execution_time": INSERT_LIMIT_S,
}
_LEDGER: Final[LiteralString] = """
CREATE TABLE IF NOT EXISTS lethe.migrations (number UInt16, name String, checksum String, applied DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
"""
_APPLIED: Final[LiteralString] = "SELECT number, argMax(checksum, applied) FROM lethe.migrations GROUP BY number"
_VOCABULARY: Final = 0
"""The ledger's number for the topics' constraint."""

_driver: Any = clickhouse_connect  # its options are partly typed

type Parameters = Mapping[str, Any]
"""Values of a query's ``{name:Type}``; dates as ISO text or `date`."""


class StoreFault(Exception):  # noqa: N818  # what it is
    """The database refused, failed or is away.

    Attributes:
        code: ClickHouse's error code, e.g. 469 for a violated constraint; None where it gave none.
    """

    def __init__(self, code: int | None = None) -> None:
        """Keep the code only."""
        super().__init__(f"clickhouse: {'no code' if code is None else f'code {code}'}")
        self.code = code


class MigrationChanged(Exception):  # noqa: N818  # what it is
    """A migration that has been applied is not the one in the tree any more."""


class Migration(NamedTuple):
    """One numbered file."""

    number: int
    name: str
    text: LiteralString

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_sql(folder: LiteralString, name: LiteralString) -> LiteralString:
    """Return the SQL of ``analytics/<folder>/<name>.sql``: text of the repository, as good as a literal."""
    return cast("LiteralString", (HERE / folder / f"{name}.sql").read_text("utf-8"))


def migrations() -> tuple[Migration, ...]:
    """Return every migration in order."""
    files = sorted((HERE / "migrations").glob("*.sql"))
    return tuple(
        Migration(int(file.stem[:4]), file.stem, cast("LiteralString", file.read_text("utf-8"))) for file in files
    )


class Store:
    """One open database. Calls may come from any task; they run one after another."""

    def __init__(self, client: Any, thread: ThreadPoolExecutor, *, is_server: bool) -> None:
        """Wrap an open client; use `Store.open`."""
        self._client = client
        self._thread = thread
        self._session: dict[str, str | int] = {}
        self.is_server = is_server

    @classmethod
    async def open(cls, *, data_dir: str = "", url: str = "") -> Store:
        """Open the server at `url`, or chDB in `data_dir` where `url` is "".

        Raises:
            StoreFault: The server is away or refuses, or another process has the folder open.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clickhouse")
        opener = _open_server if url else _open_chdb
        try:
            client = await asyncio.get_running_loop().run_in_executor(thread, opener, url or data_dir)
        except StoreFault:
            thread.shutdown()
            raise
        return cls(client, thread, is_server=bool(url))

    async def enter(self, session: str) -> None:
        """Open a session of a server, and write in it from now on: once it is gone, every write is refused.

        Raises:
            StoreFault: The database failed.
        """
        await self._run(lambda: sessions.open_session(self._client, session))
        self._session = sessions.within(session)

    def leave(self) -> None:
        """Have every write refused until `enter`."""
        self._session = sessions.within("none")

    async def stay(self) -> None:
        """Keep the session that this store writes in from ending by itself.

        Raises:
            StoreFault: The database failed, or the session is gone.
        """
        if self._session:
            await self.command("SELECT 1")

    async def end(self, session: str) -> None:
        """Have a server forget a session.

        Raises:
            StoreFault: `sessions.IN_USE` while something runs in it, `sessions.GONE` where there is none; or it failed.
        """
        await self._run(lambda: sessions.close_session(self._client, session))

    async def command(self, sql: LiteralString, parameters: Parameters | None = None) -> None:
        """Run a statement that returns no rows.

        Raises:
            StoreFault: It failed.
        """
        settings = dict(self._session)
        await self._run(lambda: self._client.command(sql, parameters=_plain(parameters), settings=settings))

    async def query(self, sql: LiteralString, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Return a query's rows.

        Raises:
            StoreFault: It failed, or the answer has other rows than the database says.
        """
        return await self._run(lambda: _rows(self._client.query(sql, parameters=_plain(parameters))))

    async def insert(self, table: LiteralString, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert `rows` as one block, so as one part: all of them or none, whenever the process dies.

        Enum members travel as their names, so that ClickHouse itself refuses an unknown one.

        Raises:
            StoreFault: Refused (691 an unknown enum member, 469 a constraint) or failed; nothing was stored,
                or, if the server went away, perhaps all of it.
        """
        block = b"\n".join(msgspec.json.encode(row) for row in rows)
        columns = list(rows[0])
        settings = {**_ONE_PART, **self._session}
        # A stream, as the client sends bytes a second time when the answer to the first does not come.
        await self._run(
            lambda: self._client.raw_insert(
                table, column_names=columns, insert_block=io.BytesIO(block), settings=settings, fmt="JSONEachRow"
            )
        )

    async def migrate(self, topics: frozenset[str]) -> list[str]:
        """Apply what has not been applied, state the known topics, and return the names of what was done.

        A migration cut short is applied again: each of its statements says IF NOT EXISTS.

        Raises:
            MigrationChanged: An applied file was edited.
            StoreFault: A statement failed.
        """
        await self.command("CREATE DATABASE IF NOT EXISTS lethe")
        await self.command(_LEDGER)
        applied: dict[int, str] = {row[0]: row[1] for row in await self.query(_APPLIED)}
        done: list[str] = []
        for migration in migrations():
            known = applied.get(migration.number)
            if known is None:
                await self._apply(migration)
                done.append(migration.name)
            elif known != migration.checksum:
                raise MigrationChanged(migration.name)
        vocabulary = Migration(_VOCABULARY, "topics", _topic_constraint(topics))
        if applied.get(_VOCABULARY) != vocabulary.checksum:
            await self._apply(vocabulary)
            done.append(vocabulary.name)
        return done

    async def _apply(self, migration: Migration) -> None:
        for statement in _statements(migration.text):
            await self.command(statement)
        await self.command(
            "INSERT INTO lethe.migrations VALUES ({number:UInt16}, {name:String}, {checksum:String}, now64(6))",
            {"number": migration.number, "name": migration.name, "checksum": migration.checksum},
        )

    async def alive(self) -> bool:
        """Whether the database answers."""
        try:
            return await self.query("SELECT 1") == [(1,)]
        except StoreFault:
            return False

    async def close(self) -> None:
        """Close the client after what is running; chDB's folder is free afterwards."""
        await self._run(self._client.close)
        self._thread.shutdown()

    async def _run[T](self, call: Callable[[], T]) -> T:
        """Run `call` in the database's thread.

        A cancelled waiter does not stop it: what comes next still waits for it in the same thread.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, _faults_only, call)


def _faults_only[T](call: Callable[[], T]) -> T:
    """Call, turning the client's errors into their codes."""
    try:
        return call()
    except (ClickHouseError, OSError) as error:
        code = getattr(error, "code", None)
    raise StoreFault(code if isinstance(code, int) else None)


def _rows(answer: Any) -> list[tuple[Any, ...]]:
    """Return the rows of an answer.

    Raises:
        StoreFault: They are not as many as the server says it found: one whose disk is full cannot keep an answer
            until it is whole, and sends an empty one, with no error.
    """
    rows: list[tuple[Any, ...]] = list(answer.result_rows)
    if int(answer.summary.get("result_rows", len(rows))) != len(rows):
        raise StoreFault
    return rows


def _open_chdb(data_dir: str) -> Any:
    Path(data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    return _faults_only(lambda: _driver.get_client(interface="chdb", path=data_dir))


def _open_server(url: str) -> Any:
    # Without a session: ClickHouse lets one query a session run, and a lost connection's may still be running.
    return _faults_only(
        lambda: _driver.get_client(dsn=url, autogenerate_session_id=False, send_receive_timeout=_SEND_RECEIVE_LIMIT_S)
    )


def _plain(parameters: Parameters | None) -> dict[str, Any]:
    return dict(parameters or {})


def _statements(text: LiteralString) -> list[LiteralString]:
    """Split a migration at the semicolons that end its lines."""
    pieces = [piece.strip() for piece in text.split(";\n")]
    return [cast("LiteralString", piece) for piece in pieces if piece]


def _topic_constraint(topics: frozenset[str]) -> LiteralString:
    """Return the statements that make `topics` the only ones accepted from now on; old rows stay as they are."""
    if unsafe := [topic for topic in topics if not topic.isidentifier() or not topic.isascii()]:
        raise ValueError(f"{len(unsafe)} topics are no slugs")
    known = cast("LiteralString", ", ".join(f"'{topic}'" for topic in sorted(topics)))  # identifiers hold no quote
    return (
        "ALTER TABLE lethe.turn_facts DROP CONSTRAINT IF EXISTS topic_known;\n"
        "ALTER TABLE lethe.turn_facts ADD CONSTRAINT topic_known CHECK topic IN (" + known + ");\n"
    )
