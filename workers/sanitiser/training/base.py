"""Rampart's weights as plain matrices: unpacked from the four bits in blocks in which its package has them.

Needs `onnx` (a development dependency), so it runs where the reader is trained or images are built, never in a
running sanitiser.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 4
ZERO: Final = 8
"""The stored value that stands for nought."""

LAYERS: Final = 3
"""Of six: fine-tuned, the lower half left no more of what unseen writers put than all of them, at half the work."""
EMBEDDED: Final = "bert.embeddings"
EMBEDDINGS: Final = tuple(f"{EMBEDDED}.{kind}_embeddings.weight" for kind in ("word", "position", "token_type"))
"""Not moved by fine-tuning: most pieces are in no message that the reader learns from."""
OUT: Final = "reader"
"""Prefix of what makes outside, name and place of the last layer's values."""

type Matrix = NDArray[np.float32]


def layer(number: int) -> str:
    """Return the prefix of the weights of layer `number`, counted from nought."""
    return f"bert.encoder.layer.{number}"


def is_moved(name: str) -> bool:
    """Return whether fine-tuning moves the weights of that name."""
    within = (OUT, f"{EMBEDDED}.LayerNorm", *(layer(number) for number in range(LAYERS)))
    return name.startswith(tuple(f"{prefix}." for prefix in within))


def plain(source: Path) -> Any:
    """Return the ONNX model in `source` (Rampart's q4 file), each matrix under its layer's name, input × output.

    Raises:
        ModuleNotFoundError: `onnx` is not installed.
        ValueError: `source` is quantised in another way than expected.
        OSError: It cannot be read.
    """
    onnx: Any = importlib.import_module("onnx")
    model = onnx.load(str(source))
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[Any] = []
    packed: set[str] = set()
    for node in graph.node:
        if node.op_type != "MatMulNBits":
            nodes.append(node)
            continue
        settings = {attribute.name: attribute.i for attribute in node.attribute}
        if settings["bits"] != BITS or len(node.input) != 3:  # noqa: PLR2004  # input, weights, scales: no zero points
            raise ValueError("not the quantisation that Rampart 1.4.0 has")
        weights, scales = (onnx.numpy_helper.to_array(stored[name]) for name in node.input[1:])
        name = _weight(node.name)
        graph.initializer.append(onnx.numpy_helper.from_array(matrix(weights, scales, settings["K"]), name))
        nodes.append(onnx.helper.make_node("MatMul", [node.input[0], name], node.output, name=node.name))
        packed.update(node.input[1:])
    kept = [tensor for tensor in graph.initializer if tensor.name not in packed]
    for field, values in ((graph.node, nodes), (graph.initializer, kept)):
        del field[:]
        field.extend(values)
    return model


def floats(model: Any) -> dict[str, Matrix]:
    """Return the weights of a `plain` model by name, the quantised embeddings as floats."""
    helper: Any = importlib.import_module("onnx").numpy_helper
    stored: dict[str, Any] = {tensor.name: helper.to_array(tensor) for tensor in model.graph.initializer}
    found: dict[str, Matrix] = {}
    for name, values in stored.items():
        if name.endswith("_quantized"):
            name = name.removesuffix("_quantized")  # noqa: PLW2901  # the name that the floats have
            values = (values.astype(np.float32) - float(stored[f"{name}_zero_point"])) * float(stored[f"{name}_scale"])  # noqa: PLW2901
        if values.dtype == np.float32 and values.ndim:
            found[name] = values
    return found


def matrix(weights: Any, scales: Any, rows: int) -> Matrix:
    """Return the float matrix (`rows` × columns) that 4-bit `weights` (columns × blocks × bytes) stand for.

    Two values a byte, the lower half first; each block has one of `scales`.
    """
    values = np.empty((*weights.shape[:-1], weights.shape[-1] * 2), dtype=np.float32)
    values[..., 0::2], values[..., 1::2] = weights & 0x0F, weights >> BITS
    scaled = (values - ZERO) * scales.reshape(weights.shape[0], -1)[..., None]
    return np.ascontiguousarray(scaled.reshape(weights.shape[0], -1)[:, :rows].T)


def _weight(node: str) -> str:
    """Return the name of the matrix of `node`: "/bert/encoder/layer.0/output/dense/MatMul_Q4" as its bias is named."""
    return node.rpartition("/")[0].strip("/").replace("/", ".") + ".weight"
