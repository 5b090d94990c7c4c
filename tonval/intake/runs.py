"""Import runs as they stand in the database: what was taken from which file, how far, and which rows were refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from tonval.fieldwork.field import Field
from tonval.intake.plan import Plan
from tonval.intake.reports import Misfit
from tonval.store.tables import import_faults, imports, sources
from tonval.store.upsert import insert

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
PAGE: Final = 1000

INVITED: Final = "invited"
SUPPRESSED: Final = "suppressed"
REPEATED: Final = "repeated"
REFUSED: Final = "refused"
CONTACTS_TAKEN: Final = "contacts"
RULES: Final = "rules"


@dataclass(frozen=True, slots=True)
class Run:
    """One file on its way in. ``rows`` is the number of the last row that was seen to; the headings are row 1.

    ``author`` is who took it; ``None`` where it lay in the drop folder. ``outcomes`` counts rows, and under ``rules``
    the suppressed ones by rule.
    """

    id: str
    source: str
    name: str
    digest: str
    plan: Plan
    list: str | None
    author: str | None
    state: str
    rows: int
    progress: float
    outcomes: Mapping[str, Any]
    detail: str | None
    created_at: datetime
    touched_at: datetime
    ended_at: datetime | None

    @property
    def taken(self) -> int:
        """How many rows have an outcome."""
        return sum(self.outcomes.get(name, 0) for name in (INVITED, SUPPRESSED, REPEATED, REFUSED, CONTACTS_TAKEN))

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return int(self.outcomes.get(REFUSED, 0))


def run_of(tx: Connection, run_id: str) -> Run | None:
    """The run with this id."""
    return _one(tx, select(imports).where(imports.c.id == run_id))


def run_of_bytes(tx: Connection, source: str, digest: str) -> Run | None:
    """The run that took this very content for this source."""
    return _one(tx, select(imports).where(imports.c.source == source, imports.c.digest == digest))


def recent_runs(office: Field, limit: int = 50) -> list[Run]:
    """The newest runs first."""
    wanted = select(imports).order_by(imports.c.created_at.desc(), imports.c.id.desc()).limit(limit)
    with office.unit.read() as tx:
        return [_run(row) for row in tx.execute(wanted)]


def misfits(office: Field, run_id: str) -> Iterator[Misfit]:
    """Every refused row in order, some thousand at a time so that a million fit."""
    after = 0
    while rows := _misfits_after(office, run_id, after, PAGE):
        yield from rows
        after = rows[-1].number


def first_misfits(office: Field, run_id: str, limit: int) -> list[Misfit]:
    """The first refused rows."""
    return _misfits_after(office, run_id, 0, limit)


def _misfits_after(office: Field, run_id: str, after: int, limit: int) -> list[Misfit]:
    columns = import_faults.c
    wanted = select(columns.row, columns.sentence, columns.field, columns.value)
    wanted = wanted.where(columns.import_id == run_id, columns.row > after).order_by(columns.row).limit(limit)
    with office.unit.read() as tx:
        return [Misfit(*row) for row in tx.execute(wanted)]


def remembered(office: Field, source: str) -> Plan | None:
    """How the last file of this source was read."""
    wanted = select(sources.c.kind, sources.c.columns, sources.c.settings).where(sources.c.name == source)
    with office.unit.read() as tx:
        row = tx.execute(wanted).one_or_none()
    return Plan(*row) if row else None


def known_sources(office: Field) -> list[str]:
    """Every source whose columns are remembered."""
    with office.unit.read() as tx:
        return list(tx.execute(select(sources.c.name).order_by(sources.c.name)).scalars())


def remember(tx: Connection, office: Field, source: str, plan: Plan) -> None:
    """Keep the plan for the source's next file."""
    values: dict[str, Any] = {"kind": plan.kind, "columns": dict(plan.columns), "settings": dict(plan.settings)}
    values["changed_at"] = office.now()
    row = insert(tx, sources).values(name=source, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


def _one(tx: Connection, wanted: Select[Any]) -> Run | None:
    row = tx.execute(wanted).one_or_none()
    return _run(row) if row else None


def _run(row: Any) -> Run:
    found = dict(row._mapping)
    plan = Plan(found.pop("kind"), found.pop("columns"), found.pop("settings"))
    return Run(plan=plan, **found)
