"""SIPp, the traffic generator, as a caller: it plays the scenarios in tests/sipp and says how the calls went."""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SCENARIOS = Path(__file__).parent.parent / "sipp"


@dataclass(frozen=True, slots=True)
class Played:
    """How many calls went through the whole scenario and how many did not; ``report`` is what SIPp printed."""

    good: int
    failed: int
    report: str


def play(
    scenario: str,
    port: int,
    rows: Sequence[Sequence[str]],
    *,
    together: int = 4,
    transport: str = "u1",
    own: str = "127.0.0.1",
    target: str = "127.0.0.1",
    seconds: int = 60,
    sounds: Mapping[str, bytes] | None = None,
) -> Played:
    """One call for each row (its cells are the scenario's fields), at most so many ``together``, begun all at once.

    ``sounds`` are the files a scenario plays, 8 kHz A-law by name.
    Needs ``sipp`` (Debian ``sip-tester``) and, for keys, the right to open raw sockets.
    """
    program = shutil.which("sipp")
    assert program, "sipp is not installed: apt install sip-tester"
    with tempfile.TemporaryDirectory() as folder:
        fields = Path(folder) / "fields.csv"
        fields.write_text("SEQUENTIAL\n" + "".join(";".join(row) + "\n" for row in rows))
        for name, samples in (sounds or {}).items():
            (Path(folder) / name).write_bytes(samples)
        command = [program, f"{target}:{port}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-inf", str(fields)]
        command += [
            "-i",
            own,
            "-mi",
            own,
            "-p",
            str(_free_port(own)),
            "-t",
            transport,
            "-m",
            str(len(rows)),
            "-l",
            str(together),
        ]
        command += ["-r", "400", "-nostdin", "-timeout", str(seconds), "-mp", str(_free_media_port(own))]
        done = subprocess.run(command, capture_output=True, cwd=folder, timeout=seconds + 20, check=False)
    report = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
    return Played(_count("Successful call", report), _count("Failed call", report), report)


def _free_port(own: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind((own, 0))
        return int(trial.getsockname()[1])


def _free_media_port(own: str) -> int:
    """SIPp binds a few ports from here on and gives up when one is taken. Below those that are handed out to anyone."""
    while True:
        first = random.randrange(10_000, 16_000, 8)
        if all(_is_free(own, first + number) for number in range(6)):
            return first


def _is_free(own: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((own, port))
        except OSError:
            return False
    return True


def _count(name: str, report: str) -> int:
    found = re.findall(rf"{name}\s*\|\s*\d+\s*\|\s*(\d+)", report)
    return int(found[-1]) if found else -1
