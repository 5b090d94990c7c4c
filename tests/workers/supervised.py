"""A supervisor with the parts named on the command line, as a program: `supervised.py HOME PATIENCE name=code …`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tonval.workers.child import Part
from tonval.workers.supervise import Supervisor


def _say(line: str) -> None:
    print(line, flush=True)


def _part(word: str) -> Part:
    name, code = word.split("=", 1)
    ready = home / f"{name}.ready"
    return Part(name, (sys.executable, "-c", code), lambda pid: ready.exists(), round=int(name[-1]), patience=patience)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    patience = float(sys.argv[2])
    parts = [_part(word) for word in sys.argv[3:]]
    environment = dict(os.environ) | {"HERE": str(home)}
    supervisor = Supervisor(parts, environment=environment, logs=home / "log", say=_say)
    sys.exit(supervisor.run(ready=lambda: _say("ready")))
