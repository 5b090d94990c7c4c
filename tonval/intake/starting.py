"""A run begins: the very same file is taken once for each source, and one that failed may be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import Connection, delete, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.intake import runs
from tonval.intake.plan import Plan
from tonval.intake.runs import DONE, FAILED, RUNNING, Run, remember, run_of, run_of_bytes
from tonval.store import outbox
from tonval.store.tables import import_faults, imports
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

FOLDER: Final = Actor("folder", sentence("drop folder"))
"""Whoever lays files into the drop folder."""

KIND = "import"
"""The outbox kind of files that a worker takes."""


class TakenBefore(Exception):
    """This very file was taken for this source before; ``run`` is that time."""

    def __init__(self, run: Run, zone: tzinfo) -> None:
        super().__init__(
            sentence(
                "This very file was taken on %(created_at)s as “%(name)s” (%(id)s). Nothing was done now.",
                created_at=f"{run.created_at.astimezone(zone):%Y-%m-%d %H:%M %Z}",
                name=run.name,
                id=run.id,
            )
        )
        self.run = run


@dataclass(frozen=True, slots=True)
class Order:
    """A file to be taken: ``digest`` is that of its bytes, ``list`` a contact list to put its contacts on.

    ``by`` is who has it taken. ``file`` is where a worker finds it, seen from the intake folder; ``None`` where
    whoever orders takes it himself.
    """

    source: str
    name: str
    digest: str
    plan: Plan
    list: str | None = None
    author: str | None = None
    file: str | None = None
    by: Actor = FOLDER


def start(office: Field, order: Order, run_id: str | None = None) -> Run:
    """Begin to take a file, or go on where an earlier try was killed. Raises ``TakenBefore``.

    One that failed before is taken again from its first row: rows reported then come as repeated, unless they were
    this file's own.
    """
    with office.unit.begin() as tx:
        run = _begin(tx, office, order, run_id or office.fresh_id("imp"))
        remember(tx, office, order.source, order.plan)
        told = {"name": order.name, "source": order.source}
        audit.note(tx, office, order.by, Deed("import.started", "import", run.id, told))
        if order.file:
            _queue(tx, office, run, order.file)
    if order.file:
        office.ring(KIND)
    return run


def refuse(office: Field, order: Order, run_id: str, detail: str) -> Run:
    """Note a file that cannot be taken, with the reason. Raises ``TakenBefore``."""
    with office.unit.begin() as tx:
        run = _begin(tx, office, order, run_id)
        end(tx, office, run.id, FAILED, detail)
        return _known(run_of(tx, run.id))


def end(tx: Connection, office: Field, run_id: str, state: str, detail: str | None = None) -> None:
    """The run has come to its end, whatever it was."""
    values: dict[str, Any] = {"state": state, "detail": detail, "ended_at": office.now(), "touched_at": office.now()}
    if state == DONE:
        values["progress"] = 1.0
    tx.execute(update(imports).where(imports.c.id == run_id, imports.c.state == RUNNING).values(values))


def _begin(tx: Connection, office: Field, order: Order, run_id: str) -> Run:
    fresh = {"id": run_id, "digest": order.digest, "source": order.source, "created_at": office.now()}
    insert_new(tx, imports, {**fresh, **_beginning(office, order)})
    run = _known(run_of_bytes(tx, order.source, order.digest) or run_of(tx, run_id))
    if run.state == DONE and run.id != run_id:
        raise TakenBefore(run, clock(office.centre.zone))
    if run.state == FAILED:
        _begin_anew(tx, office, order, run)
        run = _known(run_of(tx, run.id))
    return run


def _beginning(office: Field, order: Order) -> dict[str, Any]:
    return {
        "kind": order.plan.kind,
        "name": order.name,
        "columns": dict(order.plan.columns),
        "settings": dict(order.plan.settings),
        "list": order.list,
        "author": order.author,
        "state": RUNNING,
        "rows": 0,
        "progress": 0.0,
        "outcomes": {},
        "touched_at": office.now(),
    }


def _begin_anew(tx: Connection, office: Field, order: Order, run: Run) -> None:
    values = {**_beginning(office, order), "detail": None, "ended_at": None}
    tx.execute(delete(import_faults).where(import_faults.c.import_id == run.id))
    tx.execute(update(imports).where(imports.c.id == run.id).values(values))


def _queue(tx: Connection, office: Field, run: Run, file: str) -> None:
    """A row of its own for each try: the one of the last try is done."""
    payload = {"run": run.id, "source": run.source, "name": run.name, "file": file}
    outbox.put(tx, KIND, office.fresh_id("take"), office.now(), payload)


def _known(run: runs.Run | None) -> Run:
    assert run is not None, "it was written in this transaction"
    return run
