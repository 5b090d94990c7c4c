"""Takes a file in a process of its own, and waits for a line on its input before it counts a chunk: to be killed there.

Run as ``python -m tests.intake.taker DATABASE FILE``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.intake.intake import small_office, take
from tonval.intake import taking
from tonval.store.unit import open_unit


def main(url: str, path: str) -> None:
    """Take the file, asking before each count."""
    count = taking._Step.count

    def asking(step: Any, *arguments: Any) -> bool:
        print("reported", flush=True)
        sys.stdin.readline()
        return count(step, *arguments)

    taking._Step.count = asking  # type: ignore[method-assign]
    take(small_office(open_unit(url)).field, Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
