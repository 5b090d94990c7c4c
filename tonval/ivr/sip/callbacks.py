"""Callbacks from a library that knows no exceptions."""

from __future__ import annotations

import functools
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final, TypeVar

_LONG: Final = re.compile(r"[0-9]{6,}")
_Callback = TypeVar("_Callback", bound=Callable[..., None])


def guarded(callback: _Callback) -> _Callback:
    """No exception may pass into the library, and none may be kept: its traceback would hold the call."""

    @functools.wraps(callback)
    def guard(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:  # noqa: BLE001
            note(traceback.format_exc())

    return guard  # type: ignore[return-value]


def note(text: str) -> None:
    """One remark for the cell's log, without what may be a number or a PIN."""
    sys.stderr.write(_LONG.sub("•••", text.rstrip()) + "\n")
    sys.stderr.flush()
