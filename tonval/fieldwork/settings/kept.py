"""What is set up in the browser, piece by piece, and where the file says the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from tonval.fieldwork.addition import parted
from tonval.fieldwork.field import Field
from tonval.fieldwork.layers import says, steps_of
from tonval.store.tables import configured
from tonval.surveys.document import read_document

FILE: Final = "file"
PAGE: Final = "page"
USUAL: Final = "usual"
"""Where a piece comes from: queues.yaml, a page of the desk, or Tonval's own default."""

_C: Final = configured.c
_WANTED: Final = select(configured).where(_C.path == bindparam("path"))


@dataclass(frozen=True, slots=True)
class Kept:
    """One piece as it stands: ``body`` as queues.yaml would write it, ``None`` where nothing is said.

    ``origin`` says where from. What the file says is on ``line`` of it and cannot be changed here; what stands hidden
    beneath it does not count. ``seen`` is what a change must give back: so two editors do not overwrite one another.
    """

    path: str
    body: Any
    origin: str
    line: int = 0
    changed_at: datetime | None = None
    author: str | None = None
    seen: str = ""


def kept(office: Field, path: str) -> Kept:
    """The piece of this path. Raises ``KeyError`` for a path that leads nowhere."""
    steps_of(path)
    said = _in_file(office, path)
    if said is not None:
        return said
    with office.unit.read() as tx:
        return standing(tx, path)


def kept_under(office: Field, above: str) -> tuple[Kept, ...]:
    """Every piece whose path begins with ``above`` and a slash, such as all ``queues``: the file's, then the others."""
    here: Any = read_document(_text(office)).data
    for step in above.split("/"):
        here = here.get(step) if isinstance(here, dict) else None
    names = here if isinstance(here, dict) else {}
    of_file = [each for name in names if (each := _in_file(office, f"{above}/{name}"))]
    known = {each.path for each in of_file}
    with office.unit.read() as tx:
        rows = [row for row in tx.execute(select(configured).order_by(_C.path)) if row.path.startswith(f"{above}/")]
    return (*of_file, *(_kept(row) for row in rows if row.path not in known))


def standing(tx: Connection, path: str, *, lock: bool = False) -> Kept:
    """The piece as the browser has it, whatever the file says."""
    row = tx.execute(_WANTED.with_for_update() if lock else _WANTED, {"path": path}).one_or_none()
    return _kept(row) if row else Kept(path, None, USUAL)


def line_in_file(office: Field, path: str) -> int:
    """On which line of the file the piece stands; 0: it does not."""
    said = _in_file(office, path)
    return said.line if said else 0


def digest_of(body: Any) -> str:
    """A name for the body, the order of its names included: of groups the first counts. Nothing for none."""
    if body is None:
        return ""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()[:16]


def _in_file(office: Field, path: str) -> Kept | None:
    root, steps = read_document(_text(office)), steps_of(path)
    if not says(root.data, steps):
        return None
    here: Any = root.data
    for step in steps:
        here = here.get(step) if isinstance(here, dict) else None
    return Kept(path, here, FILE, root.line(steps))


def _text(office: Field) -> str:
    return parted(office.file.document)[0]


def _kept(row: Any) -> Kept:
    return Kept(row.path, row.body, PAGE, 0, row.changed_at, row.author, digest_of(row.body))
