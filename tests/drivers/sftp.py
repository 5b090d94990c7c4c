"""OpenSSH's sftp and sftp-server talking over pipes: a real sender for the drop folder, without a daemon."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server")


def _command(*options: str) -> list[str]:
    server = next(path for path in SERVERS if Path(path).exists())
    return ["sftp", "-q", "-D", server, *options, "-b", "-"]


def send(*commands: str) -> None:
    """Do these commands, such as ``put a b``, and wait for their end."""
    told = "".join(f"{command}\n" for command in commands)
    subprocess.run(_command(), input=told, text=True, check=True, capture_output=True)


@contextmanager
def sending(kbits: int, *commands: str) -> Iterator[subprocess.Popen[str]]:
    """The same at so many kilobits a second; the sender is killed at the end of the block if it is not done."""
    options = ("-l", str(kbits), "-B", "1024")
    with subprocess.Popen(
        _command(*options), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as sender:
        assert sender.stdin is not None
        sender.stdin.write("".join(f"{command}\n" for command in commands))
        sender.stdin.close()
        sender.stdin = None
        try:
            yield sender
        finally:
            sender.kill()
