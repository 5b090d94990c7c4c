"""Kamailio with the configuration of deploy/kamailio, in front of some cells, for the length of a block."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.drivers.sip_node import answers
from tests.waiting import wait_until

CONFIG = Path(__file__).parent.parent.parent / "deploy" / "kamailio" / "kamailio.cfg"


@contextmanager
def kamailio(ports: Sequence[int], folder: Path) -> Iterator[int]:
    """Dispatch to the cells on these ports; gives the port to call."""
    program = shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin")
    assert program, "kamailio is not installed: apt install kamailio"
    cells = folder / "cells.list"
    cells.write_text("".join(f"1 sip:127.0.0.1:{port}\n" for port in ports))
    own = _free_port()
    settings = {
        "TONVAL_LISTEN": f"udp:127.0.0.1:{own}",
        "TONVAL_CELLS": f'"{cells}"',
        "TONVAL_CALLERS": '"127.0.0.1/32"',
    }
    defines = [word for name, value in settings.items() for word in ("-A", f"{name}={value}")]
    with (folder / "kamailio.log").open("wb") as log:
        command = [program, "-f", str(CONFIG), "-DD", "-E", "-m", "32", "-M", "4", "-Y", str(folder), *defines]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until(lambda: answers(own).startswith(b"SIP/2.0 200"))
        yield own
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
