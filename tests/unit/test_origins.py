"""Which pages may talk to the gateway: exact scheme, host and port."""

from __future__ import annotations

import pytest

from gateway.origins import require_origin
from gateway.problems import Refused
from schemas.public import ProblemCode
from tests.page_clinic import page_clinic

CLINIC = page_clinic(allowed_origins=("https://www.clinic.example", "http://127.0.0.1:9000"))


@pytest.mark.parametrize(
    "origin",
    ["https://www.clinic.example", "http://127.0.0.1:9000"],
    ids=["listed", "listed-with-its-port"],
)
def test_a_listed_origin_may(origin: str) -> None:
    require_origin(origin, CLINIC, missing_allowed=False)


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("https://evil.example", id="another-site"),
        pytest.param("https://www.clinic.example.evil.example", id="ours-as-its-beginning"),
        pytest.param("https://evil-www.clinic.example", id="ours-as-its-end"),
        pytest.param("https://sub.www.clinic.example", id="a-host-below-ours"),
        pytest.param("https://clinic.example", id="a-host-above-ours"),
        pytest.param("http://www.clinic.example", id="another-scheme"),
        pytest.param("https://www.clinic.example:8443", id="another-port"),
        pytest.param("http://127.0.0.1", id="no-port"),
        pytest.param("http://127.0.0.1:90000", id="ours-and-a-digit-more"),
        pytest.param("HTTPS://WWW.CLINIC.EXAMPLE", id="upper-case"),
        pytest.param("https://www.clinic.example/", id="a-path"),
        pytest.param("https://www.clinic.example https://evil.example", id="two"),
        pytest.param("null", id="a-sandboxed-page"),
        pytest.param("", id="empty"),
        pytest.param("http://chat.example", id="our-own-host-by-another-scheme"),
        pytest.param("https://chat.example", id="what-the-host-header-says"),
        pytest.param("*", id="a-star"),
    ],
)
def test_any_other_origin_is_refused_with_the_clinics_contact(origin: str) -> None:
    with pytest.raises(Refused) as caught:
        require_origin(origin, CLINIC, missing_allowed=True)
    assert caught.value.problem.code is ProblemCode.ORIGIN_NOT_ALLOWED
    assert caught.value.problem.actions
    assert "evil" not in caught.value.problem.detail


def test_a_missing_origin_is_for_command_lines_where_they_are_allowed() -> None:
    require_origin(None, CLINIC, missing_allowed=True)
    with pytest.raises(Refused):
        require_origin(None, CLINIC, missing_allowed=False)
