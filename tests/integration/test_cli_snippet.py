"""`lethe clinic snippet`: a tag to paste on stdout, all advice on stderr."""

from __future__ import annotations

import html.parser
from pathlib import Path

import pytest

from gateway.releases import read_releases
from tests.deployment import called, lethe
from tests.small_clinic import GOOD

GATEWAY = "https://chat.example"
ACCENT = 'accent = "#112233"'
"""As the small clinic's file has it."""


class Tags(html.parser.HTMLParser):
    """The start tags of a text, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def attributes(text: str) -> dict[str, str | None]:
    ((tag, found),) = Tags(text).tags
    assert tag == "script"
    return found


@pytest.fixture
def clinics(tmp_path: Path) -> Path:
    (tmp_path / "zonnehof.toml").write_text(GOOD, "utf-8")
    return tmp_path


def test_the_tag_pins_the_newest_release() -> None:
    done = lethe("clinic", "snippet", "clinique-lumiere", "--gateway", GATEWAY)
    newest, *_ = read_releases()
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    tag = attributes(done.stdout)
    assert tag["src"] == f"{GATEWAY}/{newest.file}"
    assert (tag["integrity"], tag["crossorigin"]) == (newest.integrity, "anonymous")
    assert tag["referrerpolicy"] == "no-referrer"
    assert "async" in tag


def test_the_tag_says_what_the_clinics_file_says(clinics: Path) -> None:
    told_more = 'accent = "#123456"\nposition = "left"\nscheme = "dark"\noffset_px = 8'
    (clinics / "zonnehof.toml").write_text(GOOD.replace(ACCENT, told_more), "utf-8")
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics), "--language", "nl")
    told = {name: value for name, value in attributes(done.stdout).items() if name.startswith("data-")}
    assert told.pop("data-phone")
    assert told == {
        "data-clinic": "zonnehof",
        "data-language": "nl",
        "data-position": "left",
        "data-accent": "#123456",
        "data-scheme": "dark",
        "data-offset": "8",
    }


def test_what_is_the_default_is_left_out(clinics: Path) -> None:
    (clinics / "zonnehof.toml").write_text(GOOD.replace(ACCENT, ""), "utf-8")
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics))
    told = {name for name in attributes(done.stdout) if name.startswith("data-")}
    assert told == {"data-clinic", "data-phone"}


def test_advice_goes_to_stderr_with_the_policy_and_the_tag_that_follows(clinics: Path) -> None:
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics), "--gateway", GATEWAY)
    newest, *_ = read_releases()
    assert f"script-src {GATEWAY}/{newest.file}; frame-src {GATEWAY}" in done.stderr
    follows = attributes(done.stderr)
    assert follows["src"] == f"{GATEWAY}/widget.js"
    assert "integrity" not in follows
    assert "allowed_origins" not in done.stderr
    assert "not https" not in done.stderr


def test_a_chat_that_no_page_may_show_is_warned_of(clinics: Path) -> None:
    shown = next(line for line in GOOD.splitlines() if line.startswith("allowed_origins"))
    (clinics / "zonnehof.toml").write_text(GOOD.replace(shown, "allowed_origins = []"), "utf-8")
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics), "--gateway", GATEWAY)
    assert "warning: allowed_origins: empty" in done.stderr


def test_a_gateway_without_https_is_warned_of(clinics: Path) -> None:
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics))
    assert attributes(done.stdout)["src"].startswith("http://127.0.0.1:8000/widget.")  # type: ignore[union-attr]
    assert "warning: --gateway: not https" in done.stderr


@pytest.mark.parametrize("gateway", ["chat.nl", "ftp://chat.nl", "https://chat.nl/chat", "https://chat.nl?x", '"x'])
def test_what_is_no_gateway_is_refused_and_not_quoted(clinics: Path, gateway: str) -> None:
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics), "--gateway", gateway)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--gateway: an address such as" in done.stderr
    assert gateway not in done.stderr


def test_an_unknown_clinic_is_wrong_usage(clinics: Path) -> None:
    done = called("clinic", "snippet", "nobody", "--clinics", str(clinics))
    assert (done.returncode, done.stdout) == (2, "")
    assert "ID: no such clinic" in done.stderr


def test_a_faulty_clinic_file_is_said_with_its_fault(clinics: Path) -> None:
    (clinics / "zonnehof.toml").write_text(GOOD.replace("allowed_origins", "alowed_origins"), "utf-8")
    done = called("clinic", "snippet", "zonnehof", "--clinics", str(clinics))
    assert (done.returncode, done.stdout) == (1, "")
    assert "alowed_origins" in done.stderr
