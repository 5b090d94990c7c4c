"""Replays that somebody started in the browser: how far each has come, and what it found.

They are kept in the outbox, as work that is done: no worker takes them up, the process that starts one carries it out.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.field import Field
from tonval.fieldwork.replaying.replay import replay
from tonval.fieldwork.replaying.replayed import document
from tonval.store.tables import outbox

KIND: Final = "replay"
CHANGES: Final = 50
KEPT: Final = 20
"""So many of the last results are kept."""

NOTED_EVERY: Final = timedelta(seconds=1)
SILENT: Final = timedelta(minutes=2)
"""One that has not moved for so long is not going to."""

_O: Final = outbox.c
_COLUMNS: Final = (_O.id, _O.ref, _O.due_at, _O.payload)
_ONE: Final = select(*_COLUMNS).where(_O.kind == KIND, _O.ref == bindparam("run"))
_LAST: Final = select(*_COLUMNS).where(_O.kind == KIND).order_by(_O.id.desc())
_NOTE: Final = update(outbox).where(_O.kind == KIND, _O.ref == bindparam("run")).values(payload=bindparam("told"))

log = logging.getLogger(__name__)


class Busy(Exception):
    """Another replay is running; ``run`` is its id."""

    def __init__(self, run: str) -> None:
        super().__init__("another replay is running")
        self.run = run


@dataclass(frozen=True, slots=True)
class Run:
    """One replay: ``words`` says what was tried, ``share`` is how far it is, ``result`` as ``replayed.document``.

    ``state`` is running, done, failed, or silent when its process must have died.
    """

    id: str
    words: str
    author: str
    started_at: datetime
    state: str
    share: float
    result: Mapping[str, Any] | None


def start(office: Field, words: str, author: str) -> str:
    """Note that a replay begins; gives its id. Raises ``Busy``."""
    run = office.fresh_id("rpl")
    row = {"kind": KIND, "ref": run, "state": "done", "due_at": office.now()}
    told = _told(office, words, author, "running", 0.0)
    with office.unit.begin() as tx:
        rows = tx.execute(_LAST).all()
        going = next((each.ref for each in rows if _run(office, each).state == "running"), None)
        if going is not None:
            raise Busy(going)
        tx.execute(insert(outbox).values(**row, payload=told))
        tx.execute(delete(outbox).where(_O.id.in_([each.id for each in rows[KEPT - 1 :]])))
    return run


def carry_out(office: Field, run: str, centre: Centre, since: datetime, until: datetime) -> None:
    """Replay, noting now and then how far it has come, and keep the result. Never raises: nobody would hear it."""
    started = find_run(office, run)
    if started is None:
        return
    noted = office.now()

    def note(share: float) -> None:
        nonlocal noted
        if office.now() - noted >= NOTED_EVERY:
            noted = office.now()
            _note(office, run, _told(office, started.words, started.author, "running", share))

    try:
        found = replay(office, centre, since, until, note, changes=CHANGES)
    except Exception:
        log.exception("replay failed run=%s", run)
        _note(office, run, _told(office, started.words, started.author, "failed", 0.0))
    else:
        told = _told(office, started.words, started.author, "done", 1.0)
        _note(office, run, {**told, "result": document(found)})


def find_run(office: Field, run: str) -> Run | None:
    """The replay as it stands."""
    with office.unit.read() as tx:
        row = tx.execute(_ONE, {"run": run}).one_or_none()
    return _run(office, row) if row else None


def recent_runs(office: Field) -> list[Run]:
    """The last replays, the newest first."""
    with office.unit.read() as tx:
        return [_run(office, row) for row in tx.execute(_LAST.limit(KEPT))]


def _run(office: Field, row: Any) -> Run:
    told = row.payload
    silent = told["state"] == "running" and office.now() - datetime.fromisoformat(told["touched_at"]) > SILENT
    state = "silent" if silent else told["state"]
    return Run(row.ref, told["words"], told["author"], row.due_at, state, told["share"], told.get("result"))


def _told(office: Field, words: str, author: str, state: str, share: float) -> dict[str, Any]:
    now = office.now().isoformat()
    return {"words": words, "author": author, "state": state, "share": share, "touched_at": now}


def _note(office: Field, run: str, told: Mapping[str, Any]) -> None:
    with office.unit.begin() as tx:
        tx.execute(_NOTE, {"run": run, "told": told})
