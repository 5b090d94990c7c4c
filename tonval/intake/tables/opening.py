"""Which reader a file gets: by what it holds, then by what it is called."""

from __future__ import annotations

from pathlib import Path

from tonval.intake.tables.delimited import Delimited
from tonval.intake.tables.rows import BadFile, Table


def open_table(path: Path, name: str) -> Table:
    """The table at ``path``, which its sender called ``name``. Raises BadFile with a sentence for the sender."""
    if not path.is_file():
        raise BadFile("There is no such file.")
    if not path.stat().st_size:
        raise BadFile("The file is empty.")
    return Delimited(path)
