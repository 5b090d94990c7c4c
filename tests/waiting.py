"""Waiting for something to become true, with a bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(predicate: Callable[[], T], seconds: float = 60.0, *, every: float = 0.02) -> T:
    """The first true result of ``predicate``, asked again every ``every`` seconds; AssertionError after ``seconds``."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not (seen := predicate()):
        if time.monotonic() > end:
            name = getattr(predicate, "__name__", repr(predicate))
            raise AssertionError(f"{name} was still {seen!r} after {seconds:g} s")
        pause.wait(every)
    return seen
