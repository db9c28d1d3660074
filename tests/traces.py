"""Looks for a text where it must not be: in files, and in the memory of running processes."""

from __future__ import annotations

import base64
import os
import secrets
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

_CHUNK = 16 * 1024 * 1024


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(count))


_RUN = "zq" + _letters(12)
"""How every canary of this run begins, so that one search looks for all of them."""


def new_canary() -> str:
    """Return 26 random letters: no word, no number, no name."""
    return _RUN + _letters(12)


def encodings(text: str) -> dict[str, bytes]:
    """Return `text` as it may lie about; base64 at its three alignments."""
    raw = text.encode()
    forms = {
        "utf-8": raw,
        "utf-16": text.encode("utf-16-le"),
        "utf-32": text.encode("utf-32-le"),
        "hex": raw.hex().encode(),
        "reversed": raw[::-1],
    }
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw)
        forms[f"base64+{offset}"] = whole[4 if offset else 0 : len(whole) // 4 * 4 - 4]
    return forms


def in_files(folders: Iterable[Path], texts: Iterable[str]) -> list[str]:
    """Return where any of `texts` stands in the files of `folders`, in any encoding."""
    needles = _needles(texts)
    found: list[str] = []
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            data = file.read_bytes()
            found += [f"{file.name}: {name}" for name, needle in needles if needle in data]
    return found


def in_memory(pid: int, texts: Iterable[str]) -> list[str]:
    """Return which of `texts` lie in the writable memory of process `pid`, in which encoding.

    Raises:
        PermissionError: This user may not read that memory; then nothing is proved.
    """
    needles = _needles(texts)
    beginnings = [needle for _, needle in _needles([_RUN])]
    found: set[str] = set()
    for data in _writable(pid):
        if any(beginning in data for beginning in beginnings):
            found |= {name for name, needle in needles if needle in data}
    return sorted(found)


def _needles(texts: Iterable[str]) -> list[tuple[str, bytes]]:
    return [(f"{text} as {form}", needle) for text in texts for form, needle in encodings(text).items()]


def _writable(pid: int) -> Iterator[bytes]:
    """Yield the contents of every writable mapping, in overlapping pieces."""
    overlap = 256
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123  # it must be unbuffered
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            for at in range(start, end, _CHUNK):
                data = _read(memory.fileno(), at, min(_CHUNK + overlap, end - at))
                if data:
                    yield data


def _read(descriptor: int, at: int, length: int) -> bytes:
    try:
        return os.pread(descriptor, length, at)
    except (OSError, OverflowError):
        return b""  # a mapping without pages, or the kernel's own
