"""On which line a field of a TOML file stands. TOML readers give no positions, owners of a file need them.

The scanner trusts that the document is valid (`toml_or_fault` has read it first) and walks it once: headers,
keys, arrays and inline tables, each noted with the line it begins on.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

from schemas.clinic_faults import Fault

type Path = tuple[str | int, ...]
"""Keys and 0-based positions from the document's root, e.g. ``("treatments", 2, "price", "from")``."""

_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_REMEDIES: Final = {
    "Invalid value": "write texts and amounts between straight quotes, dates and whole numbers without",
    "Expected newline": "one field a line; write texts and amounts between quotes",
    "Expected '='": 'a line is a field such as name = "…"; put quotes around names with other letters than a to z',
    "Expected ']'": "close the header's square brackets",
    "Unterminated string": "close the quotes",
    "Unclosed": "close the brackets, and put a comma between two items",
    "Illegal character": 'close the quotes on the same line; a text of several lines stands between """ and """',
    "Unescaped": "write a backslash twice",
    "Cannot": "the field or table stands twice; keep one",
    "Duplicate": "the field stands twice; keep one",
}
"""By how the TOML reader's message begins: what to do about it."""
_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')[ \t]*""")
_SCALAR: Final = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?:"{0,2})'''
    r"""|\'\'\'.*?\'\'\'(?:'{0,2})"""
    r"""|"(?:\\.|[^"\\])*"|'[^']*'|[^,\]}#\n]+""",
    re.DOTALL,
)


def toml_or_fault(source: str) -> tuple[dict[str, Any], Fault | None]:
    """Return the document's data, or {} and its fault of syntax with the line the reader names."""
    try:
        return tomllib.loads(source), None
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _AT.search(message)
        line = int(at.group(1)) if at and at.group(1) else source.rstrip("\n").count("\n") + 1
        remedy = next((advice for begin, advice in _REMEDIES.items() if message.startswith(begin)), "")
        return {}, Fault(line, "", f"not TOML: {_AT.sub('', message)}{remedy and '; '}{remedy}")
    except RecursionError:
        return {}, Fault(1, "", "not TOML: nested too deeply")


def line_index(source: str) -> Mapping[Path, int]:
    """Return the line (from 1) of every table, key, array item and inline-table key of a valid document."""
    scanner = _Scanner(source)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of `path`, or of the nearest table around it where it is missing from the file."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


class _Scanner:
    """One walk over one document."""

    def __init__(self, source: str) -> None:
        self.lines: dict[Path, int] = {}
        self._source = source
        self._at = 0
        self._breaks = [found.start() for found in re.finditer("\n", source)]
        self._counts: dict[Path, int] = {}
        """Items so far of each array of tables."""

    def document(self) -> None:
        """Walk headers and key-value pairs up to the end."""
        table: Path = ()
        self._blank()
        while self._at < len(self._source):
            if self._source[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._blank()

    def _header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]``; return the table that it opens."""
        start, is_array = self._at, self._source.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        *parents, name = self._keys()
        self._at += 2 if is_array else 1
        path: Path = ()
        for parent in parents:
            path = self._inside((*path, parent))
        path = (*path, name)
        self._note(path, start)
        if not is_array:
            return path
        self._counts[path] = self._counts.get(path, 0) + 1
        path = self._inside(path)
        self._note(path, start)
        return path

    def _inside(self, path: Path) -> Path:
        """Return the newest item of the array of tables at `path`, or `path` where it is none."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        """Read ``a.b = value`` in `table`."""
        start = self._at
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self._at += 1  # the equals sign
        self._value(path)

    def _keys(self) -> list[str]:
        """Read a dotted key."""
        keys: list[str] = []
        while found := _KEY.match(self._source, self._at):
            keys.append(found.group(1).strip("\"'"))
            self._at = found.end()
            if not self._source.startswith(".", self._at):
                break
            self._at += 1
        return keys

    def _value(self, path: Path) -> None:
        """Read a value that belongs to `path`."""
        self._blank()
        opening = self._source[self._at]
        if opening == "[":
            self._items(path)
        elif opening == "{":
            self._until("}", lambda _: self._pair(path))
        elif found := _SCALAR.match(self._source, self._at):
            self._at = found.end()

    def _items(self, path: Path) -> None:
        """Read an array, noting each item."""

        def item(position: int) -> None:
            self._note((*path, position), self._at)
            self._value((*path, position))

        self._until("]", item)

    def _until(self, closing: str, read: Callable[[int], None]) -> None:
        """Read what stands between brackets and commas, item by item, past `closing`."""
        position = 0
        self._at += 1
        self._blank()
        while self._source[self._at] != closing:
            read(position)
            position += 1
            self._blank()
            if self._source[self._at] == ",":
                self._at += 1
                self._blank()
        self._at += 1

    def _blank(self) -> None:
        """Pass white space, line breaks and comments."""
        found = _BLANK.match(self._source, self._at)
        self._at = found.end() if found else self._at

    def _note(self, path: Path, offset: int) -> None:
        """Keep the line of `offset` for `path`, unless an earlier one stands."""
        self.lines.setdefault(path, bisect.bisect_left(self._breaks, offset) + 1)
