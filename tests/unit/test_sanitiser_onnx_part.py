"""A part of an ONNX model: what it needs and nothing else, and the same values."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx as _onnx
import onnxruntime as _onnxruntime  # pyright: ignore[reportMissingTypeStubs]
import pytest

from workers.sanitiser.onnx_part import part
from workers.sanitiser.rampart import INPUTS, LAYERS, LOGITS, Rampart, states_of

onnx: Any = _onnx
onnxruntime: Any = _onnxruntime


def model() -> bytes:
    """Return a model that makes b of x and a weight, c of b and another, d of x."""
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [
        helper.make_node("Mul", ["x", "two"], ["b"]),
        helper.make_node("Add", ["b", "one"], ["c"]),
        helper.make_node("Neg", ["x"], ["d"]),
    ]
    weights = [onnx.numpy_helper.from_array(np.full(300, n, np.float32), name) for name, n in (("two", 2), ("one", 1))]
    ends = {name: helper.make_tensor_value_info(name, floats, [300]) for name in "xcd"}
    graph = helper.make_graph(nodes, "all", [ends["x"]], [ends["c"], ends["d"]], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def made(of: bytes, **values: Any) -> list[Any]:
    return onnxruntime.InferenceSession(of, providers=["CPUExecutionProvider"]).run(None, values)


X = np.arange(300, dtype=np.float32)


def test_the_lower_part_makes_what_lies_between_and_holds_no_more():
    lower = part(model(), ["x"], ["b"])
    graph = onnx.load_model_from_string(lower).graph
    assert ([node.op_type for node in graph.node], [tensor.name for tensor in graph.initializer]) == (["Mul"], ["two"])
    assert np.array_equal(made(lower, x=X)[0], 2 * X)


def test_the_upper_part_goes_on_from_there():
    upper = part(model(), ["x", "b"], ["c"])
    graph = onnx.load_model_from_string(upper).graph
    assert ([value.name for value in graph.input], [tensor.name for tensor in graph.initializer]) == (["b"], ["one"])
    assert np.array_equal(made(upper, b=X)[0], X + 1)


def test_several_outputs_come_in_the_order_asked_for():
    assert [values[1] for values in made(part(model(), ["x"], ["d", "b"]), x=X)] == [-1, 2]


@pytest.mark.parametrize(
    "broken",
    [b"", b"model", model()[:-1], b"\xff" * 20, b"\x07"],
    ids=["nothing", "no buffer", "cut short", "a number without an end", "an unknown kind of field"],
)
def test_what_is_no_model_is_refused(broken: bytes):
    with pytest.raises(ValueError, match=r"no .*(model|buffer)"):
        part(broken, ["x"], ["b"])


def test_a_value_that_the_model_does_not_make_is_refused():
    with pytest.raises(ValueError, match="no such value"):
        part(model(), ["x"], ["e"])


def test_the_two_halves_of_rampart_make_what_the_whole_does():
    whole, between = Rampart.file().read_bytes(), states_of(LAYERS[-1])
    ids = np.array([[101, 2000, 1500, 3000, 102]], dtype=np.int64)
    fed = dict(zip(INPUTS, (ids, np.ones_like(ids), np.zeros_like(ids)), strict=True))
    (states,) = made(part(whole, INPUTS, [between]), **fed)
    upper = onnxruntime.InferenceSession(part(whole, [*INPUTS, between], [LOGITS]), providers=["CPUExecutionProvider"])
    values = fed | {between: states}
    (logits,) = upper.run(None, {value.name: values[value.name] for value in upper.get_inputs()})
    assert np.allclose(logits, made(whole, **fed)[0], atol=1e-4)
