"""Logging: one JSON object a line, never the text of a question or an exception's message."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from service.tracing import trace_ids


def configure_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Sends everything logged, by structlog and by the standard library, to `stream` (standard error) as JSON.

    Run uvicorn with `log_config=None, access_log=False`: its own access lines repeat query strings.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_trace_ids,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for talkative in ("mcp", "alembic", "httpx", "httpx2", "slack_sdk"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def add_trace_ids(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: ties a line to the trace that it was logged in."""
    return {**event, **trace_ids()}


def describe_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: replaces `exc_info` by what `described` says of it."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    return {**event, **described(error)} if isinstance(error, BaseException) else event


def described(error: BaseException) -> dict[str, Any]:
    """The class of an error and where it was raised, without its message: that may quote a question."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return {"exception": f"{type(error).__module__}.{type(error).__qualname__}", "frames": frames}
