"""The sanitiser's quick weights: made once, and only where nothing else is named."""

from pathlib import Path

from deploy import weights as module
from deploy.weights import weights


def test_they_are_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("LETHE_RAMPART", raising=False)
    made = []
    monkeypatch.setattr(module, "_make", lambda target: (made.append(target), target.write_bytes(b"x")))
    assert weights(tmp_path) == weights(tmp_path) == made[0]
    assert len(made) == 1


def test_a_file_that_is_named_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("LETHE_RAMPART", "/weights/rampart.onnx")
    assert weights(tmp_path) == Path("/weights/rampart.onnx")
    assert not list(tmp_path.iterdir())


def test_without_what_makes_them_the_installed_ones_do(tmp_path, monkeypatch):
    monkeypatch.delenv("LETHE_RAMPART", raising=False)
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    assert weights(tmp_path) is None
