"""Containers of the images that docker-compose.yml names, confined as it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from testcontainers.core.container import DockerContainer

ROOT: Final = Path(__file__).parents[1]
_USERS: Final = ("KEEPER", "WRITER", "READER")


def service(name: str, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a service of docker-compose.yml; variables are `environ`'s, those it needs are filled anyhow."""
    needed = {"LETHE_CLINICS": "/clinics", "LETHE_PUBLIC_URL": "https://figures.example"}
    needed |= {f"LETHE_CLICKHOUSE_{user}_SHA256": "0" for user in _USERS}
    command = [Path(sys.executable).with_name("docker-compose"), "-f", ROOT / "docker-compose.yml", "config"]
    given = os.environ | needed | dict(environ or {})
    run = subprocess.run([*command, "--format", "json"], env=given, capture_output=True, check=True)
    return json.loads(run.stdout)["services"][name]


def container(described: Mapping[str, Any], *, user: str) -> DockerContainer:
    """Return a container of a service's image, not yet started."""
    made = DockerContainer(described["image"]).with_kwargs(
        user=user,
        read_only=described["read_only"],
        cap_drop=described["cap_drop"],
        security_opt=described["security_opt"],
    )
    for mount in described.get("tmpfs", ()):
        path, _, options = mount.partition(":")
        made.with_tmpfs_mount(path, options)
    return made
