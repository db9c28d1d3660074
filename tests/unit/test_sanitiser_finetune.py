"""The fine-tuned reader: learnt from messages, kept as a change of Rampart's weights, put together anew."""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from schemas.taxonomy import SPOKEN
from workers.sanitiser.rampart import Rampart, Vocabulary, source
from workers.sanitiser.training.assemble import assemble
from workers.sanitiser.training.base import EMBEDDINGS, OUT, Matrix, floats, is_moved, plain
from workers.sanitiser.training.change import changed, save
from workers.sanitiser.training.corpus import parts_of
from workers.sanitiser.training.dataset import Example, examples

ROOT = Path(__file__).parents[2]
needs_uv = pytest.mark.skipif(shutil.which("uv") is None, reason="uv installs what trains; install it")
TEXT = "hi im sarah jones, how much is botox in gent?"


@pytest.fixture(scope="module")
def base() -> dict[str, Matrix]:
    return floats(plain(source()))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


@pytest.fixture(scope="module")
def untrained(base: dict[str, Matrix]) -> dict[str, Matrix]:
    random = np.random.default_rng(0)
    out = random.standard_normal((384, 3), dtype=np.float32) * np.float32(0.3)
    moved = {name: values for name, values in base.items() if is_moved(name)}
    return moved | {f"{OUT}.weight": out, f"{OUT}.bias": np.zeros(3, dtype=np.float32)}


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What only who trains has, in a folder of its own."""
    folder = tmp_path_factory.mktemp("training")
    lock = ROOT / "deploy" / "train.lock"
    install = ["uv", "pip", "install", "--quiet", "--target", folder, "--no-deps", "--require-hashes", "-r", lock]
    subprocess.run(install, check=True, timeout=300)
    return folder


def alone[T](training: Path, work: Callable[..., T], *args: Any) -> T:
    """Return what `work` does in a process of its own, which finds what is in the folder `training`."""
    sys.path.append(str(training))  # the new process has the path of this one
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as one:
            return one.submit(work, *args).result()
    finally:
        sys.path.remove(str(training))


def _learnt(moved: dict[str, Matrix], still: dict[str, Matrix], ids: Any) -> Any:
    from workers.sanitiser.training.encoder import scores  # noqa: PLC0415  # JAX

    return np.exp(np.asarray(scores(moved, still, ids)))


@needs_uv
@pytest.mark.long
def test_what_is_trained_is_what_is_run(base, vocabulary, untrained, training: Path, tmp_path: Path):
    """The function that learns and the ONNX file give the same, but for what eight bits lose."""
    change, model = tmp_path / "change.npz", tmp_path / "model.onnx"
    save(untrained, base, change)
    assert assemble(model, change=change) == model.stat().st_size
    assert set(tmp_path.iterdir()) == {change, model}
    pieces = vocabulary.pieces(TEXT)
    ids = np.array([[vocabulary.opening, *pieces.ids, vocabulary.closing, 0, 0]], dtype=np.int32)
    learnt = alone(training, _learnt, untrained, {name: base[name] for name in EMBEDDINGS}, ids)[0, 1:-3]
    run = Rampart.load(model).shares(pieces.ids)
    assert np.abs(run - learnt).mean() < 0.06
    assert np.abs(learnt - learnt.mean(axis=0)).mean() > 0.15, "pieces differ, or nothing was compared"


def test_a_change_is_kept_in_four_bits_and_new_weights_as_they_are(base, untrained, tmp_path: Path):
    name = "bert.encoder.layer.0.output.dense.weight"
    random = np.random.default_rng(1)
    moved = dict(untrained)
    moved[name] = base[name] + random.standard_normal(base[name].shape, dtype=np.float32) * np.float32(0.01)
    save(moved, base, tmp_path / "change.npz")
    kept = changed(base, tmp_path / "change.npz")
    assert kept.keys() == moved.keys()
    assert kept[f"{OUT}.weight"] == pytest.approx(moved[f"{OUT}.weight"], abs=1e-3)
    lost = np.abs(kept[name] - moved[name])
    assert lost.max() <= np.abs(moved[name] - base[name]).max(axis=0).max() / 7
    assert lost.mean() < 0.003


def test_a_change_of_other_weights_is_refused(base, untrained, tmp_path: Path):
    save(untrained, base, tmp_path / "change.npz")
    with pytest.raises(ValueError, match="other weights"):
        changed({}, tmp_path / "change.npz")


def test_a_change_that_is_missing_is_named(base, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="lethe train sanitiser"):
        changed(base, tmp_path / "none.npz")


def _messages() -> list[Example]:
    lines = ["thanks {name:Thandekile} {location:Gent}", "{name:bo} here from {location:gent}", "how much is botox"]
    return [Example(parts_of(lines[i % 3]), frozenset(), i, written=True) for i in range(24)]


def _lesson() -> tuple[list[int], int]:
    from workers.sanitiser.training.finetune import UNJUDGED, lessons  # noqa: PLC0415  # JAX

    first = lessons(_messages(), Vocabulary.load(), seed=1)[0]
    return first.classes[first.classes != UNJUDGED].tolist(), len(first.pieces)


@needs_uv
@pytest.mark.long
def test_each_word_is_judged_by_its_first_piece(training: Path):
    judged, pieces = alone(training, _lesson)
    assert judged == [0, 1, 2]
    assert pieces > len(judged)


def _tuned() -> list[dict[str, Matrix]]:
    from workers.sanitiser.training.finetune import fine_tuned, lessons  # noqa: PLC0415  # JAX

    vocabulary, base = Vocabulary.load(), floats(plain(source()))
    given = lessons(_messages(), vocabulary, seed=3)
    return [fine_tuned(given, base, vocabulary, seed=3) for _ in range(2)]


@needs_uv
@pytest.mark.long
def test_the_same_messages_and_seed_give_the_same_weights_and_they_move(base, training: Path):
    one, same = alone(training, _tuned)
    assert one.keys() == same.keys()
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert all(is_moved(name) for name in one)
    name = "bert.encoder.layer.1.output.dense.weight"
    assert not np.array_equal(one[name], base[name])


def test_versions_of_a_message_share_its_number_and_one_is_as_written(tmp_path: Path):
    for language in SPOKEN:
        (tmp_path / f"{language.value}.txt").write_text("i am {name:ann}\n{name:bo} here", "utf-8")
    made = list(examples([tmp_path], staff=frozenset(), seed=1))
    by_source: dict[int, list[Example]] = {}
    for example in made:
        by_source.setdefault(example.source, []).append(example)
    assert [sum(example.written for example in group) for group in list(by_source.values())[:8]] == [1] * 8
    assert len(next(iter(by_source.values()))) == 4
    assert made[0].written
    assert not made[-1].written
