"""The nursery: a small process that has loaded the cell's code once and forks cells on demand.

It is started afresh, not forked from the conductor, so that cells do not carry the conductor's memory; and it forks,
so that the cells share theirs. Nobody waits for its children: a cell that dies is known by its socket pair.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tonval.ivr.sip.caller import Patience
from tonval.ivr.sip.link import CellSettings, Link
from tonval.ivr.sip.messages import Capacity
from tonval.ivr.sip.ports import CellPorts


def plain_settings(settings: CellSettings, log: Path) -> dict[str, Any]:
    """The order for one cell, as JSON values; the cell's own words and the library's go to ``log``."""
    return {"cell": asdict(settings), "log": str(log)}


def plain_count(wanted: int, log: Path) -> dict[str, Any]:
    """The order for a process that counts how many calls the library holds."""
    return {"count": wanted, "log": str(log)}


def main(descriptor: int) -> None:
    """Serve orders that come over ``descriptor`` (a SEQPACKET socket), each with the child's end of a socket pair.

    Answers each with the child's process id. Ends when the conductor is gone.
    """
    _ignore_signals()
    from tonval.ivr.sip import cell  # noqa: F401  loaded before the first fork, so that all share it

    gc.freeze()
    with socket.socket(fileno=descriptor) as conductor:
        while True:
            order, ends, _, _ = socket.recv_fds(conductor, 65536, 1)
            if not order:
                return
            child = os.fork()
            if child == 0:
                conductor.close()
                _be_child(json.loads(order), socket.socket(fileno=ends[0]))
            os.close(ends[0])
            conductor.send(str(child).encode())


def _ignore_signals() -> None:
    """Ctrl-C and a service's stop reach every process of the group; the conductor alone decides what they mean."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def _be_child(order: dict[str, Any], end: socket.socket) -> None:
    """Run one child to its end; never returns, for the stack above belongs to the nursery."""
    code = 1
    try:
        _redirect(order["log"])
        _work(order, end)
        code = 0
    except BaseException:  # noqa: BLE001  the process ends here; its log says why
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _work(order: dict[str, Any], end: socket.socket) -> None:
    from tonval.ivr.sip.cell import serve
    from tonval.ivr.sip.library import count_calls

    if "count" in order:
        Link(end).send(Capacity(count_calls(order["count"])))
        return
    told = order["cell"]
    serve(
        CellSettings(
            host=told["host"],
            ports=CellPorts(**told["ports"]),
            calls=told["calls"],
            allow=tuple(told["allow"]),
            patience=Patience(**told["patience"]),
        ),
        end,
    )


def _redirect(log: str) -> None:
    """Standard output and error into the log file: the library writes there, and not always in UTF-8."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    sys.stderr.reconfigure(errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
