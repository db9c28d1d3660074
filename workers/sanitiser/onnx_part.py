"""A part of an ONNX model as a model of its own, cut out without the library of that name, which is no small thing.

The format is a protocol buffer. Nodes and weights are copied as they stand, byte for byte; a node is kept where an
output of the part depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

_GRAPH: Final = 7
"""Number of the field `ModelProto.graph`."""
_NODE, _WEIGHTS, _INPUT, _OUTPUT, _VALUE = 1, 5, 11, 12, 13
"""Of `GraphProto`: nodes, initializers, what goes in, what comes out, and what is known of values in between."""
_READS, _WRITES = 1, 2
"""Of `NodeProto`: names."""
_NAME_OF_WEIGHTS: Final = 8
"""Of `TensorProto`."""
_NAME, _TYPE = 1, 2
"""Of `ValueInfoProto`."""
_FLOATS: Final = b"\x0a\x02\x08\x01"
"""`TypeProto`: a tensor of floats, of any shape."""
_VARINT, _COUNTED = 0, 2
"""How a field is written: as a number, with its length before it."""
_SIZES: Final = {1: 8, 5: 4}
"""Bytes of the fields that are written in other ways."""


class _Field(NamedTuple):
    number: int
    whole: memoryview
    content: memoryview


def part(model: bytes, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """Return what of `model` makes `outputs` of `inputs`.

    Args:
        model: One whose nodes hold no graphs of their own.
        inputs: Names of what may go in: inputs of the model, or values (floats) that its nodes make of them.
        outputs: Names of the values that come out.

    Raises:
        ValueError: It is no such model, or makes no such value.
    """
    fields = list(_fields(memoryview(model)))
    graphs = [field.content for field in fields if field.number == _GRAPH]
    if len(graphs) != 1:
        raise ValueError("no model, or one without a graph")
    rest = b"".join(field.whole for field in fields if field.number != _GRAPH)
    return rest + _counted(_GRAPH, _part(list(_fields(graphs[0])), inputs, outputs))


def _part(graph: Sequence[_Field], inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    nodes, needed = _needed([field for field in graph if field.number == _NODE], inputs, outputs)
    weights = [f for f in graph if f.number == _WEIGHTS and next(_names(f.content, _NAME_OF_WEIGHTS)) in needed]
    known = {next(_names(field.content, _NAME)): bytes(field.whole) for field in graph if field.number == _INPUT}
    ends = [known.get(name) or _counted(_INPUT, _value(name)) for name in inputs if name in needed]
    ends += [_counted(_OUTPUT, _value(name)) for name in outputs]
    changed = {_NODE, _WEIGHTS, _INPUT, _OUTPUT, _VALUE}
    rest = (field.whole for field in graph if field.number not in changed)
    return b"".join([*(field.whole for field in (*nodes, *weights)), *ends, *rest])


def _needed(nodes: Sequence[_Field], inputs: Iterable[str], outputs: Iterable[str]) -> tuple[list[_Field], set[str]]:
    """Return the nodes on which `outputs` depend, in order, and the names of everything that these read."""
    given, open_, read = set(inputs), set(outputs), set[str]()
    kept: list[_Field] = []
    for node in reversed(nodes):  # each comes after those that it reads from
        written = open_.intersection(_names(node.content, _WRITES))
        if written:
            kept.append(node)
            reads = set(_names(node.content, _READS))
            read |= reads
            open_ = (open_ - written) | (reads - given)
    if not open_.isdisjoint(outputs):
        raise ValueError("the model makes no such value")
    return kept[::-1], read


def _value(name: str) -> bytes:
    return _counted(_NAME, name.encode()) + _counted(_TYPE, _FLOATS)


def _names(message: memoryview, number: int) -> Iterator[str]:
    return (bytes(field.content).decode() for field in _fields(message) if field.number == number)


def _fields(message: memoryview) -> Iterator[_Field]:
    """Yield the fields of a message; `content` is empty where a field is a number.

    Raises:
        ValueError: It is no message.
    """
    at = 0
    while at < len(message):
        begun = at
        key, start = _varint(message, at)
        size = _SIZES.get(key & 7, 0)
        if key & 7 == _VARINT:
            _, start = _varint(message, start)
        elif key & 7 == _COUNTED:
            size, start = _varint(message, start)
        elif not size:
            raise ValueError("no protocol buffer")
        at = start + size
        if at > len(message):
            raise ValueError("no whole protocol buffer")
        yield _Field(key >> 3, message[begun:at], message[start:at])


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the number at `at`, seven bits a byte with the lowest first, and where it ends."""
    value = shift = 0
    for byte in message[at : at + 10]:
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004  # the high bit: more to come
            return value, at
        shift += 7
    raise ValueError("no protocol buffer")


def _counted(number: int, content: bytes) -> bytes:
    """Return a field that has a length."""
    out = bytearray()
    for value in (number << 3 | _COUNTED, len(content)):
        left = value
        while left > 0x7F:  # noqa: PLR2004  # seven bits
            out.append(left & 0x7F | 0x80)
            left >>= 7
        out.append(left)
    return bytes(out) + content
