"""The conductor's hand on its cells: it has them forked, hears their facts, notices a dead one and starts another."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import structlog

import tonval
from tonval.ivr.sip.carrier import CannotStart
from tonval.ivr.sip.link import CellSettings
from tonval.ivr.sip.messages import Capacity, Fact, Heartbeat, Order, decode_fact, encode
from tonval.ivr.sip.nursery import plain_count, plain_settings

_DEAF: Final = 15.0
"""Seconds without a heartbeat after which a cell counts as stuck and is killed."""

_RESTART: Final = 0.5
_LATEST_RESTART: Final = 10.0

log = structlog.get_logger()


class Nursery:
    """The process that forks cells; started anew when it is gone."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None

    def fork(self, order: dict[str, Any]) -> tuple[int, socket.socket]:
        """A new child for ``order``: its process id and our end of the socket pair. Raises ``OSError``."""
        ours, theirs = socket.socketpair()
        try:
            return self._ask(order, theirs), ours
        except OSError:
            ours.close()
            self.close()
            raise
        finally:
            theirs.close()

    def close(self) -> None:
        """Let it go; its children live on until their own ends close."""
        if self._end is not None:
            self._end.close()
        if self._process is not None:
            self._process.wait()
        self._end = self._process = None

    def _ask(self, order: dict[str, Any], theirs: socket.socket) -> int:
        if self._end is None:
            self._end = self._start()
        socket.send_fds(self._end, [json.dumps(order).encode()], [theirs.fileno()])
        answer = self._end.recv(64)
        if not answer:
            raise ConnectionError("the nursery is gone")
        return int(answer)

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = str(Path(tonval.__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        program = f"from tonval.ivr.sip.nursery import main; main({theirs.fileno()})"
        with theirs, self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": path},
            )
        return ours


class CellHand:
    """One cell, across all its lives."""

    def __init__(self, index: int, settings: CellSettings, log: Path) -> None:
        self.index = index
        self.settings = settings
        self.life = 0
        self.pid: int | None = None
        self.end: socket.socket | None = None
        self.heard_at = 0.0
        self.restart_at: float | None = None
        self.log = log
        self._reading: socket.socket | None = None
        self._unread = b""
        self._sending = threading.Lock()
        self._pause = _RESTART

    def start(self, nursery: Nursery) -> None:
        """Begin a new life. Raises ``OSError`` when there is nobody to fork it."""
        self.pid, self.end = nursery.fork(plain_settings(self.settings, self.log))
        self.end.settimeout(5)
        self._reading = self.end.dup()
        self._reading.setblocking(False)
        self.life += 1
        self._unread = b""
        self.restart_at = None
        self.heard_at = time.monotonic()

    def send(self, order: Order, life: int) -> None:
        """Give an order to the cell of that life; one that is over needs none. Any thread may."""
        with self._sending, contextlib.suppress(OSError):
            if self.end is not None and life == self.life:
                self.end.sendall(encode(order))

    def facts(self) -> Iterator[Fact]:
        """What the cell said. Raises ``ConnectionError`` when it is gone."""
        if self._reading is None:
            return
        try:
            read = self._reading.recv(65536)
        except BlockingIOError:
            return
        if not read:
            raise ConnectionError("the cell has ended")
        self.heard_at = time.monotonic()
        *lines, self._unread = (self._unread + read).split(b"\n")
        for line in lines:
            fact = decode_fact(line)
            if isinstance(fact, Heartbeat):
                self._pause = _RESTART
            yield fact

    def bury(self) -> None:
        """The cell is gone: close our end and plan its next life, a little later each time it dies young."""
        with self._sending:
            for end in (self.end, self._reading):
                if end is not None:
                    end.close()
            self.end = self._reading = self.pid = None
        self.restart_at = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LATEST_RESTART)

    def kill_if_deaf(self) -> None:
        """A cell whose loop stands still holds callers in silence: better a new one."""
        if self.pid is not None and time.monotonic() - self.heard_at > _DEAF:
            log.error("cell is stuck", cell=self.index, pid=self.pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def check_capacity(nursery: Nursery, wanted: int, log: Path) -> None:
    """Have a process place ``wanted`` calls. Raises ``CannotStart`` when the library holds fewer in one process."""
    _, end = nursery.fork(plain_count(wanted, log))
    with end, end.makefile("rb") as lines:
        end.settimeout(20)
        fact = decode_fact(lines.readline() or b"[]")
    held = fact.calls if isinstance(fact, Capacity) else 0
    if held < wanted:
        raise CannotStart(
            f"the SIP library holds {held} calls in one process, not {wanted}: set TONVAL_SIP_CALLS_PER_CELL to {held} "
            "or less; more calls come from more cells (TONVAL_SIP_CELLS)"
        )
