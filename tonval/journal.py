"""Logs: one line an event, as text or JSON, with telephone numbers masked whoever wrote them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, Processor

_NUMBER: Final = re.compile(r"(?<![\w.])(\+\d{2})\d{4,11}(\d{2})(?!\w)")


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
        last = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=shared))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.INFO)
    for chatty in ("alembic", "twilio", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def mask_numbers(_: object, __: str, event: EventDict) -> EventDict:
    """Leave of a telephone number in E.164 the country code and the last two digits."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _NUMBER.sub(r"\1•••••\2", value)
    return event
