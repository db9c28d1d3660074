"""Rampart's lower layers as a function of their weights that can be differentiated.

The arithmetic of the ONNX file (BERT: Devlin et al. 2018, https://arxiv.org/abs/1810.04805); a test compares the two.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final

from workers.sanitiser.training.base import EMBEDDED, EMBEDDINGS, LAYERS, OUT, layer

HEADS: Final = 12
DROPPED: Final = 0.1
"""Share of the values after each step that training does not see."""
_EPSILON: Final = 1e-12
_FAR: Final = -1e9


def jax() -> Any:
    """Return JAX, without types: arrays go in and come out. Only who trains has it (deploy/train.lock)."""
    return importlib.import_module("jax")


def scores(moved: Mapping[str, Any], still: Mapping[str, Any], ids: Any, key: Any = None) -> Any:
    """Return message × piece × (outside, name, place): logarithms of probabilities.

    Args:
        moved: Weights that fine-tuning moves, by name.
        still: `EMBEDDINGS`, by name.
        ids: Message × piece, the model's numbers of the pieces with its marks of begin and end; nought after the end.
        key: Of the random choice of what training does not see; everything is seen where it is None.
    """
    keys = iter([None] * (3 * LAYERS + 1) if key is None else jax().random.split(key, 3 * LAYERS + 1))
    words, positions, kinds = (still[name] for name in EMBEDDINGS)
    values = words[ids] + positions[: ids.shape[1]] + kinds[0]
    values = _seen(_normed(moved, EMBEDDED, values), next(keys))
    unseen = jax().numpy.where(ids[:, None, None, :] == 0, _FAR, 0.0)
    for number in range(LAYERS):
        prefix = layer(number)
        mixed = _attention(moved, f"{prefix}.attention", values, unseen, next(keys))
        values = _normed(moved, f"{prefix}.attention.output", values + _seen(mixed, next(keys)))
        inner = jax().nn.gelu(_dense(moved, f"{prefix}.intermediate.dense", values), approximate=False)
        outer = _dense(moved, f"{prefix}.output.dense", inner)
        values = _normed(moved, f"{prefix}.output", values + _seen(outer, next(keys)))
    return jax().nn.log_softmax(_dense(moved, OUT, values))


def _attention(weights: Mapping[str, Any], prefix: str, values: Any, unseen: Any, key: Any) -> Any:
    count, length, width = values.shape

    def heads(part: str) -> Any:
        made = _dense(weights, f"{prefix}.self.{part}", values)
        return made.reshape(count, length, HEADS, width // HEADS).transpose(0, 2, 1, 3)

    likeness = heads("query") @ heads("key").transpose(0, 1, 3, 2) / jax().numpy.sqrt(width // HEADS)
    shares = _seen(jax().nn.softmax(likeness + unseen), key)
    mixed = (shares @ heads("value")).transpose(0, 2, 1, 3).reshape(count, length, width)
    return _dense(weights, f"{prefix}.output.dense", mixed)


def _dense(weights: Mapping[str, Any], prefix: str, values: Any) -> Any:
    return values @ weights[f"{prefix}.weight"] + weights[f"{prefix}.bias"]


def _normed(weights: Mapping[str, Any], prefix: str, values: Any) -> Any:
    apart = values - values.mean(-1, keepdims=True)
    spread = jax().numpy.sqrt((apart * apart).mean(-1, keepdims=True) + _EPSILON)
    return apart / spread * weights[f"{prefix}.LayerNorm.weight"] + weights[f"{prefix}.LayerNorm.bias"]


def _seen(values: Any, key: Any) -> Any:
    """Return `values`, a share of `DROPPED` of them nought and the others larger for it; all where `key` is None."""
    if key is None:
        return values
    return values * jax().random.bernoulli(key, 1 - DROPPED, values.shape) / (1 - DROPPED)
