"""Logs: one JSON line an event on stderr, from an allow-list of fields.

An event is a static snake_case name in the past tense. A field that is not in `LOGGABLE`, or whose
value has another form, is replaced by its name in `dropped`: a line may lose a number, it cannot
gain a text. Libraries log through `logging`; of their records only logger, level and place are
kept, since their messages may quote what a visitor wrote. Exceptions show types and places.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

_WORD: Final = re.compile(r"[A-Za-z0-9_.:/<>*+-]{0,80}")
"""Identifiers of ours: ids, enum members, subjects, module names. No space: a sentence does not fit."""
_EVENT: Final = re.compile(r"[a-z0-9_]{1,60}")

LOGGABLE: Final[Mapping[str, type | re.Pattern[str]]] = {
    "attempt": int,
    "capacity": int,
    "clinic": _WORD,
    "code": _WORD,
    "count": int,
    "duration_ms": int,
    "error": _WORD,
    "event": _EVENT,
    "exception": re.compile(r"[A-Za-z0-9_.:/<>* \n-]{0,4000}"),
    "exit_code": int,
    "field": _WORD,
    "findings": int,
    "held": int,
    "instance": _WORD,
    "intent": _WORD,
    "kind": _WORD,
    "language": _WORD,
    "level": _WORD,
    "line": int,
    "logger": _WORD,
    "noticed_ms": int,
    "outcome": _WORD,
    "path": _WORD,
    "place": _WORD,
    "port": int,
    "reason": _WORD,
    "region": _WORD,
    "rows": int,
    "sequence": int,
    "service": _WORD,
    "stage": _WORD,
    "subject": _WORD,
    "timestamp": _WORD,
    "topic": _WORD,
    "turn_id": _WORD,
    "worker": _WORD,
}
"""Every field that may stand in a log line, with its form."""


def configure(service: str, *, level: str = "INFO", instance: str = "") -> structlog.stdlib.BoundLogger:
    """Set up this process' logging and its handlers of last resort; return its logger.

    Raises:
        ValueError: `level` is no level.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError("log level: must be one of DEBUG INFO WARNING ERROR")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _places_only,
            keep_loggable,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log = structlog.get_logger().bind(service=service, **({"instance": instance} if instance else {}))
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler(log)]
    root.setLevel(number if number <= logging.DEBUG else logging.WARNING)
    _catch_the_rest(log)
    return log


def keep_loggable(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what may not be logged by its name in `dropped`."""
    dropped = sorted(name for name, value in event.items() if not _is_loggable(name, value))
    for name in dropped:
        del event[name]
    if dropped:
        event["dropped"] = [name if name in LOGGABLE else "unknown" for name in dropped]
    return event


def _is_loggable(name: str, value: Any) -> bool:
    form = LOGGABLE.get(name)
    if form is None:
        return False
    if isinstance(form, re.Pattern):
        return isinstance(value, str) and form.fullmatch(value) is not None
    return isinstance(value, int)


def places(error: BaseException) -> str:
    """Return the types and places of `error` and its causes, innermost last: never a value or message.

    E.g. ``"Unsealable workers.router.handler:41 schemas.codec:38"``.
    """
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 5:  # noqa: PLR2004  # causes beyond five say nothing new
        frames = traceback.walk_tb(seen.__traceback__)
        where = " ".join(f"{frame.f_globals.get('__name__', '?')}:{number}" for frame, number in frames)
        lines.append(f"{type(seen).__name__} {where}"[:700])
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def _places_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn `exc_info` into types and places."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exception()
    if isinstance(found, BaseException):
        event["exception"] = places(found)
    return event


class _LibraryHandler(logging.Handler):
    """Keeps of a library's record its logger, level and place; its message may quote a visitor."""

    def __init__(self, log: Any) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)  # libraries invent levels
        self._log.log(level, "library_logged", **fields)


def _catch_the_rest(log: Any) -> None:
    """Send what nobody caught through the same filter: the default hooks print values."""

    def uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            return
        log.error("exception_uncaught", exc_info=error)

    def warned(_: Warning | str, category: type[Warning], filename: str, line: int, *__: Any) -> None:
        log.warning("library_warned", kind=category.__name__, place=f"{filename.rsplit('/', 1)[-1]}:{line}")

    sys.excepthook = uncaught
    threading.excepthook = lambda args: log.error("exception_uncaught", exc_info=args.exc_value)
    sys.unraisablehook = lambda args: log.error("exception_unraisable", exc_info=args.exc_value)
    warnings.showwarning = warned


def catch_loop_errors(log: Any) -> None:
    """Do the same for the running event loop, whose default handler prints task reprs.

    Raises:
        RuntimeError: No loop runs.
    """

    def failed(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        log.error("loop_failed", exc_info=context.get("exception"))

    asyncio.get_running_loop().set_exception_handler(failed)
