"""The line index agrees with the TOML reader about what stands in a document."""

import tomllib
from pathlib import Path

import pytest

from schemas.clinic_lines import line_index, line_of, toml_or_fault

DEMOS = sorted((Path(__file__).parents[2] / "deploy" / "clinics").glob("*.toml"))

ODD = '''\
title = "a # is no remark here [nor a table]"   # but this is

"quoted key" = 1
a.b.c = 2
a . d = 3
text = """
[not.a.table]
key = "no key"
escaped \\""" still inside""""
raw = \'\'\'
x = 1 \\\'\'\'
list = [
  1,        # one
  [2, 3],
  { x = 4, y = { z = 5 } },

  "]", \']\',
]
date = 2026-12-24 09:00:00
[plain.table]
key = true
[[items]]
name = "first"
[items.sub]
deep = 1
[[items.variants]]
price = "1"
[[items]]
[[items.variants]]
price = { from = "2", to = "3" }
[[items.variants]]
'''

LINES = {
    ("title",): 1,
    ("quoted key",): 3,
    ("a", "b", "c"): 4,
    ("a", "d"): 5,
    ("text",): 6,
    ("raw",): 10,
    ("list", 0): 13,
    ("list", 1, 1): 14,
    ("list", 2, "y", "z"): 15,
    ("list", 4): 17,
    ("date",): 19,
    ("plain", "table"): 20,
    ("items", 0, "sub", "deep"): 25,
    ("items", 0, "variants", 0, "price"): 27,
    ("items", 1): 28,
    ("items", 1, "variants", 0, "price", "to"): 30,
    ("items", 1, "variants", 1): 31,
}


def _paths(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from _paths(child, (*path, step))


@pytest.mark.parametrize("path,line", LINES.items(), ids=str)
def test_a_path_is_found_on_its_line(path, line):
    assert line_index(ODD)[path] == line


def test_every_path_that_the_reader_knows_is_indexed_and_no_other():
    known = {path for path in _paths(tomllib.loads(ODD)) if path}
    implied = {("plain",), ("items", 0), ("items", 1)}

    assert known - implied <= set(line_index(ODD))
    assert set(line_index(ODD)) <= known


@pytest.mark.parametrize("file", DEMOS, ids=lambda file: file.stem)
def test_every_field_of_a_demo_clinic_has_its_line(file):
    source = file.read_text("utf-8")
    lines = line_index(source)
    rows = source.splitlines()

    for path in _paths(tomllib.loads(source)):
        if path and isinstance(path[-1], str):
            assert path[-1] in rows[lines[path] - 1]


def test_what_is_missing_is_placed_at_the_table_around_it():
    assert line_of(line_index(ODD), ("items", 1, "name")) == 28
    assert line_of(line_index(ODD), ("nothing",)) == 1


@pytest.mark.parametrize(
    "source,line",
    [
        pytest.param("a = 1\nb = \n", 2, id="on a line"),
        pytest.param("a = 1\nb = [1,\n2\n", 3, id="at the end of the document"),
        pytest.param("a = 1\nb = 'x", 2, id="at the end without a line break"),
    ],
)
def test_a_fault_of_syntax_carries_its_line(source, line):
    data, fault = toml_or_fault(source)

    assert data == {}
    assert fault is not None
    assert fault.line == line
    assert "(at" not in fault.reason
