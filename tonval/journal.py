"""Logs: one line an event, as text or JSON, with numbers and e-mail addresses masked whoever wrote them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

_GAP: Final = r"(?:[ ./()\u00a0-]|%20){0,3}"
_NUMBER: Final = re.compile(
    rf"(?<![\w.])((?:\+|%2[Bb]|00(?=[1-9]))\d{_GAP}\d){_GAP}(?:\d{_GAP}){{4,11}}(\d{{2}})(?!\w)", re.ASCII
)
"""A number with its country: +46…, 0046…, or %2B46… as addresses of pages write it, grouped or not."""

_NATIONAL: Final = re.compile(rf"(?<![\w.:+/=-])(?:\()?0[1-9](?:{_GAP}\d){{5,8}}{_GAP}(\d{{2}})(?![\w:])", re.ASCII)
"""A number as its own country writes it: 070-174 06 06."""

_EMAIL: Final = re.compile(r"(?<![\w.+/%•-])([\w+])[\w.+%-]*(?:@|%40)((?:[\w-]+\.)+[^\W\d_]{2,})")


def set_up(form: str) -> None:
    """Send every log record to standard error in ``form``: ``text`` or ``json``."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_numbers,
    ]
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        plain = structlog.dev.plain_traceback
        last = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=shared))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    for chatty in ("alembic", "twilio", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def mask_numbers(_: object, __: str, event: EventDict) -> EventDict:
    """Leave of a number the country code and the last two digits, of an e-mail address a letter and the domain."""
    for name, value in event.items():
        event[name] = _masked(value)
    return event


def mask(text: str) -> str:
    """``text`` with every telephone number and e-mail address masked."""
    text = _NUMBER.sub(r"\1•••••\2", text)
    text = _NATIONAL.sub(r"0•••••\1", text)
    return _EMAIL.sub(r"\1•••@\2", text)


def _masked(value: Any) -> Any:
    """Fields of a line may be lists and tables of their own."""
    match value:
        case str():
            return mask(value)
        case dict():
            return {_masked(key): _masked(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(one) for one in value]
        case bytes():
            return mask(value.decode("latin-1"))
        case Exception():
            return mask(repr(value))
        case _:
            return value
