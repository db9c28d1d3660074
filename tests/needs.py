"""System parts that some tests need, how to see whether they are there, and how to install them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Final, NamedTuple

CHROMIUM: Final = "/usr/bin/chromium"
CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Instead of the driver's own list, which also turns off how browsers part frames' storage by site.
    "--disable-features=HttpsUpgrades,MediaRouter,OptimizationHints,Translate",
)


class Part(NamedTuple):
    present: Callable[[], bool]
    install: str
    optional_in_ci: bool = False
    """A Docker engine, whose tests each have a twin on the embedded server; and the rights of root."""


def _engine_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        return subprocess.run([docker, "info"], capture_output=True, timeout=5, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


PARTS: Final = {
    "docker": Part(_engine_answers, "start a Docker engine", optional_in_ci=True),
    "chromium": Part(lambda: os.path.exists(CHROMIUM), "apt-get install -y chromium"),  # noqa: PTH110
    "openssl": Part(lambda: shutil.which("openssl") is not None, "apt-get install -y openssl"),
    "npm": Part(lambda: shutil.which("npm") is not None, "apt-get install -y npm"),
    "mount": Part(lambda: sys.platform == "linux" and os.geteuid() == 0, "run them as root", optional_in_ci=True),
}
