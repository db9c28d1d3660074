"""A whole Lethe with clinics of our own, their sites and a model that does as told, and what a visitor does there."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.clinic_site import ClinicSite
from tests.deployment import ROOT, Deployment
from tests.fault_proxy import FaultProxy
from tests.loop_thread import LoopThread
from tests.scripted_provider import Script, ScriptedProvider
from tests.small_clinic import ASKING, FEW_TURNS, GOOD, TIGHT

LUMIERE, NOORD = "clinique-lumiere", "huidkliniek-noord"
PATIENCE_S = 60
POEM = "please write a little poem about the sea"
"""For the AI provider; every other question here is answered from the clinic's file."""
_VERSES = Script(tokens=("The sea is wide and calm today.\n",) * 3)


class Embedded:
    """`lethe up`, a site for each demo clinic, one for both, a stranger's, and a network that can be cut.

    It serves the demo clinics and `tests/small_clinic.py`'s, from files that a test may edit if it puts them back.
    """

    def __init__(self, folder: Path, network: Callable[[int], Any] = FaultProxy) -> None:
        """`network` takes the gateway's port and has one of its own, by which `far` reaches it."""
        self._folder, self._opened, self._network = folder, ExitStack(), network
        self.clinics = folder / "clinics"
        self.lumiere, self.noord, self.both, self.stranger = map(ClinicSite, ("lumiere", "noord", "both", "stranger"))
        self.loop = LoopThread()
        self.provider = ScriptedProvider()

    def __enter__(self) -> Self:
        for part in (self.loop, self.lumiere, self.noord, self.both, self.stranger):
            self._opened.enter_context(part)
        self.loop.open(self.provider)
        self.plays()
        env = {"LETHE_LLM_BASE_URL": self.provider.base_url, "LETHE_LLM_API_KEY": "k", "LETHE_LLM_MODEL": "scripted"}
        self.deployment = Deployment(self._folder, "--clinics", str(self.clinics), env=env)
        self.network = self.loop.open(self._network(self.deployment.port))
        self.clinics.mkdir()
        _copy(LUMIERE, self.clinics, self.lumiere.origin, self.both.origin, self.far)
        _copy(NOORD, self.clinics, self.noord.origin, self.both.origin)
        for name, text in ((ASKING, GOOD), (TIGHT, FEW_TURNS)):
            (self.clinics / f"{name}.toml").write_text(text, "utf-8")
        self._opened.enter_context(self.deployment)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def gateway(self) -> str:
        return self.deployment.gateway

    @property
    def far(self) -> str:
        """The gateway as it is reached through `network`."""
        return f"http://127.0.0.1:{self.network.port}"

    def tag(self, clinic: str = LUMIERE, *, at: str = "", **data: str) -> str:
        """Return the script tag of `clinic`, with further `data-…`; the script comes from the gateway `at`."""
        more = "".join(f' data-{name}="{value}"' for name, value in data.items())
        script = f"{at or self.gateway}/widget.js"
        return f'<script src="{script}" data-clinic="{clinic}"{more} async referrerpolicy="no-referrer"></script>'

    def plays(self, **script: Any) -> None:
        """Have the provider answer with verses, as `script` says (`tests/scripted_provider.py`)."""
        self.loop.call(self.provider.play, dataclasses.replace(_VERSES, **script))

    def gate(self) -> asyncio.Event:
        """Have the provider stop after its first verse until the returned event is set, by `let`."""
        event = asyncio.Event()
        self.plays(wait_after=1, goes_on=event)
        return event

    def let(self, event: asyncio.Event) -> None:
        """Set `event`, where its loop is; answers after this one are whole again."""
        self.loop.call(event.set)
        self.plays()

    def kill_gateway(self) -> None:
        """End the gateway at once; it is started again as `lethe up` does."""
        said = (self._folder / "up.err").read_text()
        os.kill(int(re.findall(r"gateway\s+ready.*pid (\d+)", said)[-1]), signal.SIGKILL)

    def wait_for_gateway(self) -> None:
        """Return once the gateway answers again."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.gateway}/readyz").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)  # it is being started
        raise TimeoutError


def _copy(clinic: str, folder: Path, *origins: str) -> None:
    """Copy the demo clinic's file, with `origins` as the only ones that may show its chat."""
    listed = ", ".join(f'"{origin}"' for origin in origins)
    written = (ROOT / "deploy" / "clinics" / f"{clinic}.toml").read_text("utf-8")
    changed = re.sub(
        r"^allowed_origins = \[.*?\]", f"allowed_origins = [{listed}]", written, flags=re.MULTILINE | re.DOTALL
    )
    (folder / f"{clinic}.toml").write_text(changed, "utf-8")


def launcher(page: Page, clinic: str = LUMIERE) -> Locator:
    """Return the launcher's button, which is in its shadow root."""
    return page.locator(f'lethe-chat[clinic="{clinic}"] button[aria-expanded]')


def chat(page: Page, clinic: str = LUMIERE) -> FrameLocator:
    """Return the conversation in its frame."""
    return page.frame_locator(f'lethe-chat iframe[src*="/embed/{clinic}"]')


def opened(page: Page, clinic: str = LUMIERE) -> FrameLocator:
    """Open the clinic's chat as a visitor does, and return the conversation once it is there."""
    launcher(page, clinic).click()
    expect(chat(page, clinic).get_by_role("textbox")).to_be_focused()
    return chat(page, clinic)


def ask(conversation: FrameLocator | Page, text: str) -> None:
    """Send `text`."""
    conversation.get_by_role("textbox").fill(text)
    conversation.get_by_role("textbox").press("Enter")


def answers(conversation: FrameLocator | Page) -> Locator:
    """Return the assistant's bubbles."""
    return conversation.locator(".assistant .bubble")
