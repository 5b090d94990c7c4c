"""baresip, an independent telephone (Debian ``baresip-core``), steered over its control port."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import socket
import subprocess
from pathlib import Path

from tests.drivers import sound
from tests.waiting import wait_until

_CONFIG = """\
sip_listen 127.0.0.1:0
call_max_calls 1
audio_player aubridge,nobody
snd_path {folder}
audio_source aufile,{folder}/said.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp}-{rtp_last}
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


class Baresip:
    """One telephone in ``folder``. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("baresip")
        assert program, "baresip is not installed: apt install baresip-core"
        modules = next(path for path in Path("/usr/lib").glob("**/baresip/modules"))
        control = _free_port()
        rtp = random.randrange(10_000, 15_900, 2)
        config = _CONFIG.format(folder=folder, modules=modules, control=control, rtp=rtp, rtp_last=rtp + 100)
        (folder / "config").write_text(config)
        (folder / "accounts").write_text("<sip:eva@127.0.0.1>;regint=0;audio_codecs=PCMA;dtmfmode=rtpevent\n")
        (folder / "contacts").touch()
        (folder / "said.wav").write_bytes(sound.tone(300, 30.0, 0.05))
        with (folder / "baresip.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-f", str(folder), "-4", "-n", "127.0.0.1"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._control = wait_until(lambda: _connect(control))
        self._control.setblocking(False)
        self._said = b""

    def __enter__(self) -> Baresip:
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._process.terminate()
        self._process.wait()

    def order(self, command: str, parameters: str = "") -> None:
        """Give a command of its menu: ``dial``, ``sndcode``, ``hangup``."""
        body = json.dumps({"command": command, "params": parameters}).encode()
        self._control.sendall(b"%d:%s," % (len(body), body))

    def wait_for(self, event: str) -> None:
        """Wait until it reported an event such as ``CALL_ESTABLISHED``."""
        wait_until(lambda: f'"{event}"'.encode() in self._events())

    def _events(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            self._said += self._control.recv(65536)
        return self._said


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _connect(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port))
    except ConnectionRefusedError:
        return None
