"""Running ffmpeg on a short leash: no shell, no network, no files written, limited time, processor and memory."""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

import imageio_ffmpeg

from tonval.audio.faults import AudioError

LEASH = {
    resource.RLIMIT_CPU: 5,  # seconds; five minutes of any accepted format take under one
    resource.RLIMIT_AS: 1 << 30,  # bytes; 60 MB are used
    resource.RLIMIT_FSIZE: 0,  # sound leaves through a pipe, so no file may be written
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 64,
}
PATIENCE = 20.0
"""Seconds by the clock after which ffmpeg is stopped, on a machine too busy to let it use its processor time."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of ffmpeg left: its exit status, the bytes of its output and what it remarked."""

    status: int
    output: bytes
    remarks: str


@cache
def binary() -> str:
    """Where ffmpeg is: the one in the imageio-ffmpeg wheel, else on PATH. Raises AudioError when there is none."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as fault:
        if found := shutil.which("ffmpeg"):
            return found
        raise AudioError("ffmpeg is missing; install it, or reinstall Tonval's Python packages") from fault


def run(*arguments: str, data: bytes = b"", lend: tuple[int, ...] = ()) -> Ran:
    """Run ffmpeg with ``arguments``, ``data`` on its input and the open files ``lend``; any exit status is returned.

    The environment is empty, so no proxy, report file or locale of ours reaches it. Raises AudioError when ffmpeg
    cannot be started or does not end in time.
    """
    command = [binary(), "-hide_banner", "-nostats", *arguments]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=lend,
            env={},
            cwd="/",
        )
    except OSError as fault:
        raise AudioError("ffmpeg could not be started; run `tonval doctor`") from fault
    with process:
        _leash(process.pid)
        output, remarks = _listen(process, data)
    return Ran(process.returncode, output, remarks.decode(errors="replace"))


def _leash(pid: int) -> None:
    """Limits are set from outside: code run between fork and exec could hang in a program with threads."""
    for limit, most in LEASH.items():
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            resource.prlimit(pid, limit, (most, most))


def _listen(process: subprocess.Popen[bytes], data: bytes) -> tuple[bytes, bytes]:
    try:
        return process.communicate(data, timeout=PATIENCE)
    except subprocess.TimeoutExpired as fault:
        process.kill()
        raise AudioError("The sound took too long to convert; try again, or send it in another format") from fault
