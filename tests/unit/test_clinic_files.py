"""The watched folder: an edit is live within a second, a faulty one changes nothing."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from schemas.clinic import Clinic, ClinicFault
from schemas.clinic_files import ClinicFiles, check_file

DEMO = Path(__file__).parents[2] / "deploy" / "clinics" / "huidkliniek-noord.toml"
LIVE_WITHIN_S = 1.0
PATIENCE_S = 4.0
"""Below the rescan's five seconds: what these tests see was notified."""
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / DEMO.name).write_bytes(DEMO.read_bytes())
    return tmp_path


@pytest.fixture(name="file")
def _file(folder: Path) -> Path:
    return folder / DEMO.name


@contextlib.asynccontextmanager
async def _watched(files: ClinicFiles):
    """Watch `files`; give the queue of what `on_change` was told."""
    told: asyncio.Queue = asyncio.Queue()
    task = asyncio.create_task(files.watch(lambda *change: told.put_nowait(change)))
    await asyncio.sleep(0)  # the watch stands after the task's first step
    try:
        yield told
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _noord(files: ClinicFiles) -> Clinic:
    clinic = files.get("huidkliniek-noord")
    assert clinic is not None
    return clinic


async def _next(told: asyncio.Queue, within_s: float = PATIENCE_S):
    return await asyncio.wait_for(told.get(), within_s)


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_folder_is_loaded_by_id(folder):
    files = ClinicFiles.load(folder)

    assert files.ids() == ("huidkliniek-noord",)
    assert _noord(files).name == "Huidkliniek Noord"
    assert files.get("zonnehof") is None


def test_an_empty_folder_has_no_clinics(tmp_path):
    assert ClinicFiles.load(tmp_path).ids() == ()


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        ClinicFiles.load(tmp_path / "nowhere")


def test_a_faulty_file_at_start_is_named(folder, file):
    file.rename(folder / "zonnehof.toml")

    with pytest.raises(ClinicFault, match=r"zonnehof\.toml:\n  line 7: id: ") as raised:
        ClinicFiles.load(folder)
    assert raised.value.file_id == "zonnehof"


def test_other_files_and_editors_temporary_files_are_left_out(folder):
    (folder / ".#draft.toml").write_text("no clinic")
    (folder / "README.md").write_text("no clinic")

    assert ClinicFiles.load(folder).ids() == ("huidkliniek-noord",)


def test_extra_origins_come_after_the_files_own_and_once(folder):
    own = "https://www.huidkliniek-noord.example"

    origins = _noord(ClinicFiles.load(folder, extra_origins=(ORIGIN, own))).allowed_origins

    assert origins == (own, "https://huidkliniek-noord.example", ORIGIN)


def test_checking_a_file_lists_its_faults_by_line(file):
    assert check_file(file) == []

    _edit(file, 'price = "139.00"', "price = 139.0")

    assert [fault.field for fault in check_file(file)] == ["treatments[14].price"]


def test_a_byte_order_mark_is_no_fault(file):
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert check_file(file) == []


def test_another_encoding_is_a_fault_with_its_line(file):
    file.write_bytes(b'id = "x"\nname = "Klinik f\xfcr Haut"\n')

    assert [(fault.line, fault.reason) for fault in check_file(file)] == [
        (2, "not UTF-8; save the file with the encoding UTF-8")
    ]


async def test_an_edit_is_live_within_a_second_with_its_extra_origins(folder, file):
    files = ClinicFiles.load(folder, extra_origins=(ORIGIN,))
    async with _watched(files) as told:
        _edit(file, 'name = "Huidkliniek Noord"', 'name = "Kliniek Noorderlicht"')

        assert await _next(told, LIVE_WITHIN_S) == ("huidkliniek-noord", None)
    clinic = _noord(files)
    assert clinic.name == "Kliniek Noorderlicht"
    assert ORIGIN in clinic.allowed_origins


async def test_a_faulty_edit_is_refused_with_its_reasons_and_the_old_stays(folder, file):
    files = ClinicFiles.load(folder)
    before = files.get("huidkliniek-noord")
    async with _watched(files) as told:
        _edit(file, 'accent = "#1d4e6f"', 'accent = "blue"')

        clinic_id, faults = await _next(told)
        assert (clinic_id, [fault.field for fault in faults]) == ("huidkliniek-noord", ["widget.accent"])
        assert files.get("huidkliniek-noord") is before

        _edit(file, 'accent = "blue"', 'accent = "#0000ff"')
        assert await _next(told) == ("huidkliniek-noord", None)
    assert _noord(files).widget.accent == "#0000ff"


async def test_a_file_replaced_by_renaming_is_live(folder, file):
    """Editors and mounted configuration write a new file and move it over the old one."""
    files = ClinicFiles.load(folder)
    async with _watched(files) as told:
        draft = folder / "draft"
        draft.write_bytes(file.read_bytes())
        _edit(draft, "percent = 20", "percent = 30")
        draft.replace(file)

        assert await _next(told) == ("huidkliniek-noord", None)
    deposit = _noord(files).deposit
    assert deposit is not None
    assert deposit.percent == 30


async def test_a_new_file_is_a_new_clinic_and_a_removed_one_is_gone(folder, file):
    files = ClinicFiles.load(folder)
    async with _watched(files) as told:
        text = file.read_text("utf-8").replace('id = "huidkliniek-noord"', 'id = "zonnehof"')
        (folder / "zonnehof.toml").write_text(text, "utf-8")
        assert await _next(told) == ("zonnehof", None)
        assert files.ids() == ("huidkliniek-noord", "zonnehof")

        file.unlink()
        assert await _next(told) == ("huidkliniek-noord", None)
    assert files.ids() == ("zonnehof",)


async def test_a_new_faulty_file_is_refused_and_the_others_stay(folder):
    files = ClinicFiles.load(folder)
    async with _watched(files) as told:
        (folder / "zonnehof.toml").write_text('id = "zonnehof"\n')

        clinic_id, faults = await _next(told)
    assert clinic_id == "zonnehof"
    assert all(fault.reason.startswith("missing; expected ") for fault in faults)
    assert files.ids() == ("huidkliniek-noord",)
