"""A child that cannot outlive its parent, even when that is killed with -9 (Linux: prctl(2), PR_SET_PDEATHSIG)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded in the parent: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tie_to_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ``parent`` dies; leave at once if it already has."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def tied_here() -> Callable[[], None]:
    """A ``preexec_fn`` that ties the child to this process. Start such children from the main thread only."""
    parent = os.getpid()
    return lambda: tie_to_parent(parent)
