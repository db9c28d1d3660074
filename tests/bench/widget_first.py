"""How long the first words of an answer take from the gateway's socket to the visitor's screen."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from typing import Any, Final, NamedTuple, Self

from playwright.sync_api import Browser

from tests.embedded import Embedded, opened

QUESTION: Final = "how much is botox for the forehead?"
WARM_UP: Final = 3
WATCH: Final = """
const shown = (window.shown = []);
const seen = new WeakSet();
const now = () => performance.timeOrigin + performance.now();
new MutationObserver(() => {
  for (const bubble of document.querySelectorAll(".assistant .bubble")) {
    if (seen.has(bubble) || !bubble.textContent.trim()) continue;
    seen.add(bubble);
    const times = [now(), null];
    shown.push(times);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel(); // heard after the frame has been painted
      port1.onmessage = () => { times[1] = now(); };
      port2.postMessage(0);
    });
  }
}).observe(document, { childList: true, characterData: true, subtree: true });
"""
ASK: Final = """async (question) => {
  const [input, form, send] = ["message", "composer", "send"].map((id) => document.getElementById(id));
  const before = shown.length;
  input.value = question;
  input.dispatchEvent(new Event("input"));
  form.requestSubmit();
  const ended = () => shown.length > before && shown.at(-1)[1] && !send.hidden;
  while (!ended()) await new Promise((again) => setTimeout(again, 50));
}"""
"""By the page's own means: a driver that looks for elements meanwhile takes the time that is measured."""


class Tap:
    """Passes what goes to the gateway and back, and notes when each answer's first words left it.

    It reads the gateway's bytes a loopback's hop after they were written; what it takes to pass them on is counted.
    """

    def __init__(self, target: int) -> None:
        """`target` is a port of 127.0.0.1."""
        self._target, self._pumps = target, set[asyncio.Task[None]]()
        self.words_at: list[float] = []
        """Seconds since the epoch."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        for source, sink in ((reader, back), (there, writer)):
            self._pumps.add(asyncio.create_task(self._pump(source, sink)))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # one side is gone: the browser closed its tab
            while data := await source.read(65_536):
                if b"event: delta" in data:
                    self.words_at.append(time.time())
                sink.write(data)
                await sink.drain()
        sink.close()


class First(NamedTuple):
    """Milliseconds after the gateway wrote the first words."""

    in_page: list[float]
    """Until they stood in the page."""
    painted: list[float]
    """Until the frame that shows them had been painted."""

    def quantiles(self) -> dict[str, tuple[float, float]]:
        """Return p50 and p95 of each."""
        return {name: (_cut(values, 50), _cut(values, 95)) for name, values in self._asdict().items()}


def first_words(browser: Browser, embedded: Embedded, *, turns: int) -> First:
    """Ask so many times, one after the other, in one chat on the clinic's page; the network is a `Tap`."""
    tab = browser.new_page()
    tab.add_init_script(WATCH)
    tab.goto(embedded.lumiere.page("/first", head=embedded.tag(at=embedded.far)))
    opened(tab)
    frame = next(frame for frame in tab.frames if "/embed/" in frame.url)
    for _ in range(WARM_UP + turns):
        frame.evaluate(ASK, QUESTION)
    shown: list[Any] = frame.evaluate("() => shown")
    tab.close()
    written = embedded.network.words_at[-turns:]
    times = shown[-turns:]
    return First(
        *([at - said * 1000 for at, said in zip(column, written, strict=True)] for column in zip(*times, strict=True))
    )


def _cut(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
