"""Refusals: every code has a status, a title and a sentence; none quotes what was sent."""

from __future__ import annotations

import msgspec
import pytest
from litestar.exceptions import ClientException, HTTPException, NotFoundException

from gateway.problems import Refused, answer, on_http_error
from schemas.public import STATUS, Problem, ProblemCode
from schemas.taxonomy import ErrorCode


@pytest.mark.parametrize("code", ProblemCode, ids=lambda code: code.value)
def test_every_code_is_a_whole_problem(code: ProblemCode) -> None:
    problem = Refused(code, retry_after_s=7).problem
    response = answer(problem)
    assert msgspec.json.decode(response.content, type=Problem) == problem
    assert (response.status_code, response.headers["retry-after"]) == (STATUS[code], "7")
    assert problem.title
    assert problem.detail
    assert "{" not in problem.detail


def test_every_way_to_fail_can_be_a_refusal() -> None:
    assert {code.value for code in ErrorCode} <= {code.value for code in ProblemCode}


@pytest.mark.parametrize(
    "error, status",
    [
        (NotFoundException("Jeanne"), 404),
        (ClientException("Jeanne"), 400),
        (HTTPException("Jeanne", status_code=500), 500),
    ],
    ids=["not-found", "bad", "ours"],
)
def test_what_the_framework_refuses_is_not_quoted(error: HTTPException, status: int) -> None:
    response = on_http_error(None, error)  # type: ignore[arg-type]
    assert response.status_code == status
    assert b"Jeanne" not in response.content
