"""The sanitiser's model is put together while its image is built, and its role reads it from there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.weights import weights
from tests.contract.test_roles import ROOT, STAGES, chain
from workers.sanitiser.rampart import Rampart

WEIGHTS = "/weights/rampart.onnx"
MAKES = re.compile(r'^RUN mkdir /weights && /venv/bin/python -c "(.+)"$')


def program() -> str:
    """Return the Python that the stage runs."""
    return next(hit[1] for line in STAGES["rampart"].lines if (hit := MAKES.match(line)))


def test_the_role_reads_what_the_stage_writes():
    assert f"Path('{WEIGHTS}')" in program()
    assert "COPY --from=rampart /weights /weights" in STAGES["sanitiser"].lines
    assert STAGES["sanitiser"].environment()["LETHE_RAMPART"] == WEIGHTS
    assert f"LETHE_RAMPART: ${{LETHE_RAMPART:-{WEIGHTS}}}" in (ROOT / "docker-compose.yml").read_text("utf-8")


def test_what_makes_the_weights_is_not_in_the_image():
    assert [stage for stage in chain("sanitiser") if stage in {STAGES["rampart"], STAGES["sanitiser-packages"]}] == []
    assert "onnx==" not in re.findall(
        r"^\S+==", (ROOT / "deploy/docker/sanitiser.lock").read_text("utf-8"), re.MULTILINE
    )


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder that is gone afterwards: the environment is large, and pytest keeps `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("uv") is None, reason="uv installs the stage's locks; install it")
def test_the_stage_makes_a_model_from_its_locks_and_its_files_alone(empty: Path):
    """What the build does, without an engine."""
    python = empty / "venv" / "bin" / "python"
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, empty / "venv"], check=True)
    for lock in ("sanitiser", "rampart"):
        install = ["uv", "pip", "install", "--quiet", "--python", python, "--no-deps", "--require-hashes"]
        subprocess.run([*install, "-r", ROOT / "deploy" / "docker" / f"{lock}.lock"], check=True, timeout=300)
    app, made = empty / "app", empty / "rampart.onnx"
    for source, target in STAGES["rampart"].copies():
        if not source.endswith(".lock"):
            (app / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, app / target)
    code = program().replace(WEIGHTS, str(made))
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([python, "-c", code], cwd=app, env=environ, check=True, timeout=120, capture_output=True)
    text = "yesterday siobhan kavanagh told me about it"
    assert likeliest(Rampart.load(made), text) == likeliest(Rampart.load(weights()), text)


def likeliest(rampart: Rampart, text: str) -> list[int]:
    return rampart.shares(rampart.pieces(text).ids).argmax(axis=1).tolist()
