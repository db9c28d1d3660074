"""What stands before Litestar: it takes turns alone, and answers every refusal and every fault by a problem."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.problems import Refused
from gateway.routes import turns
from gateway.routes.turns import Turns
from schemas.public import ProblemCode

BODY = b'{"session": "1.a.b.c", "message": "hello"}'
JSON = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


class Log:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def exception(self, event: str, *, exc_info: Exception) -> None:
        self.said.append(f"{event} {type(exc_info).__name__}")


async def asked(log: Log, *, method: str = "POST", path: str = "/v1/turns", body: bytes = BODY) -> tuple[int, Any]:
    """Return status and body of the answer; 0 where the request went on to the application behind."""
    sent: list[Any] = []
    passed: list[str] = []

    async def behind(scope: Any, _: Any, __: Any) -> None:
        passed.append(scope["path"])

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "method": method, "path": path, "headers": JSON}
    parts: Any = SimpleNamespace(log=log)
    await Turns(behind, parts)(scope, receive, send)  # type: ignore[arg-type]
    if passed:
        return 0, None
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.mark.parametrize("method, path", [("GET", "/v1/turns"), ("POST", "/v1/sessions"), ("POST", "/v1/turns/x")])
async def test_what_is_no_turn_goes_on(method: str, path: str) -> None:
    assert await asked(Log(), method=method, path=path) == (0, None)


@pytest.mark.parametrize("path", ["/v1/turns/", "//v1/turns", "/v1//turns"])
async def test_slashes_more_make_no_other_path(path: str) -> None:
    status, problem = await asked(Log(), path=path, body=b"{")
    assert (status, problem["code"]) == (400, "invalid_request")


async def test_a_fault_before_the_answer_begins_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    async def begun(*_: Any) -> Any:
        async def failing(*_: Any) -> None:
            raise KeyError("Jeanne")

        return failing

    monkeypatch.setattr(turns, "begun", begun)
    log = Log()
    status, problem = await asked(log)
    assert (status, problem["code"], log.said) == (500, "internal", ["request_failed KeyError"])


async def test_a_fault_after_it_began_is_left_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def begun(*_: Any) -> Any:
        async def failing(_: Any, __: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise KeyError("Jeanne")

        return failing

    monkeypatch.setattr(turns, "begun", begun)
    with pytest.raises(KeyError):
        await asked(Log())


async def test_a_refusal_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any) -> None:
        raise Refused(ProblemCode.OVERLOADED)

    monkeypatch.setattr(turns, "begun", refuse)
    log = Log()
    status, problem = await asked(log)
    assert (status, problem["code"], log.said) == (503, "overloaded", [])


async def test_a_body_that_is_no_turn_is_refused_by_its_field() -> None:
    status, problem = await asked(Log(), body=b'{"session": "Jeanne"}')
    assert (status, problem["code"], problem["detail"]) == (400, "invalid_request", "invalid: message")


async def test_a_fault_of_ours_is_logged_by_its_type_and_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise KeyError("Jeanne")

    monkeypatch.setattr(turns, "begun", fail)
    log = Log()
    status, problem = await asked(log)
    assert (status, problem["code"], log.said) == (500, "internal", ["request_failed KeyError"])
    assert "Jeanne" not in json.dumps(problem)
