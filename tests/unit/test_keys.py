"""Key material: fresh, for its owner's eyes, rotated with overlap."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.keys import edge_file, new_keys, rotate, seed_file, session_file, users
from schemas.sealing import EDGES, EdgeSeal, Unsealable
from schemas.subjects import Role

TO = {"subject": "s", "reply": "r"}


def test_every_file_is_for_its_owner_only_and_every_key_its_own(tmp_path: Path) -> None:
    new_keys(tmp_path, gateways=("gw1", "gw-2"))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in (tmp_path, tmp_path / "nats", tmp_path / "edges")} == {0o700}
    assert len({file.read_text() for file in files}) == len(files) == 2 + 5 + len(EDGES) + 2


def test_the_users_are_those_whose_seeds_lie_there(tmp_path: Path) -> None:
    new_keys(tmp_path, gateways=("gw1", "gw-2"))
    found = users(tmp_path)
    assert {(u.role, u.instance) for u in found if u.instance} == {(Role.GATEWAY, "gw1"), (Role.GATEWAY, "gw-2")}
    assert {u.role for u in found} == set(Role)
    assert all(u.public_key.startswith("U") for u in found)
    assert seed_file(tmp_path, Role.GATEWAY, "gw-2").read_text().startswith("SU")


def test_a_rotation_keeps_what_was_sealed_a_moment_ago_and_no_more(tmp_path: Path) -> None:
    new_keys(tmp_path)
    file = edge_file(tmp_path, EDGES[0])
    box = EdgeSeal(file.read_text).seal(b"x", **TO)
    assert set(rotate(tmp_path)) == {session_file(tmp_path), *(edge_file(tmp_path, edge) for edge in EDGES)}
    after = EdgeSeal(file.read_text)
    assert after.open(box, **TO) == b"x"
    assert after.seal(b"x", **TO)[:4] != box[:4]
    rotate(tmp_path)
    assert len(file.read_text().splitlines()) == 2
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Unsealable):
        EdgeSeal(file.read_text).open(box, **TO)


def test_an_empty_line_costs_no_key(tmp_path: Path) -> None:
    new_keys(tmp_path)
    file = edge_file(tmp_path, EDGES[0])
    file.write_text("\n" + file.read_text())
    box = EdgeSeal(file.read_text).seal(b"x", **TO)
    rotate(tmp_path)
    assert EdgeSeal(file.read_text).open(box, **TO) == b"x"
