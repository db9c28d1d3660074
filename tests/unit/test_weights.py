"""The sanitiser's model: put together once, and only where no other is named."""

from pathlib import Path

import pytest

from deploy import weights as module
from deploy.weights import weights


def test_it_is_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("LETHE_RAMPART", raising=False)
    made = []
    monkeypatch.setattr(module, "_make", lambda target: (made.append(target), target.write_bytes(b"x")))
    assert weights(tmp_path) == weights(tmp_path) == made[0]
    assert len(made) == 1


def test_a_file_that_is_named_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("LETHE_RAMPART", "/weights/rampart.onnx")
    assert weights(tmp_path) == Path("/weights/rampart.onnx")
    assert not list(tmp_path.iterdir())


def test_without_what_makes_it_the_error_names_the_setting(tmp_path, monkeypatch):
    monkeypatch.delenv("LETHE_RAMPART", raising=False)
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(FileNotFoundError, match="LETHE_RAMPART"):
        weights(tmp_path)


def test_another_change_makes_another_file(tmp_path, monkeypatch):
    monkeypatch.delenv("LETHE_RAMPART", raising=False)
    monkeypatch.setattr(module, "_make", lambda target: target.write_bytes(b"x"))
    before = weights(tmp_path)
    change = tmp_path / "reader.npz"
    change.write_bytes(b"another")
    monkeypatch.setattr(module, "_CHANGE", change)
    assert weights(tmp_path) != before
