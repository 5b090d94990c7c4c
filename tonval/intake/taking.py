"""Rows become reports, some hundreds at a time; a run that was killed goes on where it was, and its counts stay exact.

Reporting is one transaction and counting the next. Whoever is killed in between reports the same rows again, which
changes nothing; that they were this run's own is read from the reports, so that they are not counted as repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from tonval.fieldwork import invitations
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.invitations import Refused, Reported
from tonval.fieldwork.periodic.lists import put_on
from tonval.fieldwork.respondents import Customer
from tonval.intake.headings import CONTACTS
from tonval.intake.opening import digest_of
from tonval.intake.reports import ORIGIN, Misfit, Reader
from tonval.intake.runs import CONTACTS_TAKEN, DONE, FAILED, REFUSED, REPEATED, RULES, RUNNING, Run, run_of
from tonval.intake.starting import end
from tonval.intake.tables import BadFile, Row, RowFault, Table, open_table
from tonval.store.tables import import_faults, imports, interactions
from tonval.surveys.sentences import sentence

CHUNK: Final = 500
"""Rows in one transaction."""

_COUNT: Final = (
    update(imports)
    .where(imports.c.id == bindparam("run"), imports.c.rows == bindparam("before"), imports.c.state == RUNNING)
    .values({name: bindparam(f"new_{name}") for name in ("rows", "progress", "outcomes", "touched_at")})
)
_FAULT: Final = insert(import_faults)
_OWN: Final = select(interactions.c.kind, interactions.c.ref, interactions.c.report[ORIGIN].as_string()).where(
    interactions.c.kind == bindparam("kind"), interactions.c.ref.in_(bindparam("refs", expanding=True))
)

Rows = Sequence[Row | RowFault]
Watch = Callable[[Run], bool]
"""Is told how far a run is after each chunk; says whether to go on now."""


def advance(office: Field, run: Run, path: Path, watch: Watch = lambda run: True) -> Run:
    """Take the rows that are left, until ``watch`` says to stop; gives the run as it then stands.

    A file that cannot be read to its end, or that was not the same at the end as at the beginning, is ``failed`` and
    says which rows were taken. Two that advance the same run do the same rows; one of them counts.
    """
    try:
        with open_table(path, run.name) as table:
            for rows in _chunks(table.rows(after=max(run.rows, 1))):
                run = _advance_by(office, run, table, rows)
                if run.state != RUNNING or not watch(run):
                    return run
        return _finish(office, run, path)
    except BadFile as bad:
        where = sentence(" (row %(row)s)", row=bad.row) if bad.row else ""
        return _fail(office, run, f"{bad.sentence}{where}")


def _chunks(rows: Iterator[Row | RowFault]) -> Iterator[list[Row | RowFault]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _advance_by(office: Field, run: Run, table: Table, rows: Rows) -> Run:
    reader = Reader(run.plan, office.centre)
    step = _Step(office, run, rows[-1].number, table.progress())
    if run.plan.kind == CONTACTS:
        return _take_contacts(step, [_read(row, reader.customer) for row in rows])
    return _take_interactions(step, [_read(row, lambda row: reader.interaction(row, run.id)) for row in rows])


def _read(row: Row | RowFault, read: Callable[[Row], Any]) -> Any:
    return Misfit(row.number, row.sentence) if isinstance(row, RowFault) else read(row)


class _Overtaken(Exception):
    """Somebody else has counted these rows."""


class _Step:
    """One chunk of a run: where it ends, and how its outcome is written once, whoever else takes the same rows."""

    def __init__(self, office: Field, run: Run, rows: int, progress: float) -> None:
        self.office, self.run = office, run
        self._rows, self._progress = rows, progress

    def count(self, tx: Connection, found: Counter[str], rules: Counter[str], unfit: Iterable[Misfit]) -> bool:
        """Whether this was the first to count the chunk."""
        unfit = list(unfit)
        found[REFUSED] += len(unfit)
        total = _added(self.run.outcomes, found, rules)
        values = {"run": self.run.id, "before": self.run.rows, "new_rows": self._rows, "new_progress": self._progress}
        values |= {"new_outcomes": total, "new_touched_at": self.office.now()}
        if tx.execute(_COUNT, values).rowcount != 1:
            return False
        if unfit:
            tx.execute(_FAULT, [_fault(self.run.id, each) for each in unfit])
        return True

    def after(self) -> Run:
        """The run as it stands now."""
        with self.office.unit.read() as tx:
            return run_of(tx, self.run.id) or self.run


def _take_interactions(step: _Step, read: list[Interaction | Misfit]) -> Run:
    reports = [each for each in read if isinstance(each, Interaction)]
    answers = invitations.report_many(step.office, reports) if reports else []
    own = _own(step, reports, answers)
    unfit = [each for each in read if isinstance(each, Misfit)]
    found: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for report, answer in zip(reports, answers, strict=True):
        if isinstance(answer, Refused):
            unfit.append(_misfit(report, answer))
        elif answer.created or report.report.get(ORIGIN) in own:
            found[answer.body["decision"]["outcome"]] += 1
            rules.update(filter(None, [answer.body["decision"].get("rule")]))
        else:
            found[REPEATED] += 1
    with step.office.unit.begin() as tx:
        step.count(tx, found, rules, unfit)
    return step.after()


def _own(step: _Step, reports: Sequence[Interaction], answers: Sequence[Reported | Refused]) -> set[str]:
    """The rows among the repeated ones that this very run reported, in a try that was killed before it counted."""
    repeated = [
        report
        for report, answer in zip(reports, answers, strict=True)
        if isinstance(answer, Reported) and not answer.created
    ]
    found: set[str] = set()
    with step.office.unit.read() as tx:
        for kind in {report.kind for report in repeated}:
            refs = [report.ref for report in repeated if report.kind == kind]
            found.update(origin for _, _, origin in tx.execute(_OWN, {"kind": kind, "refs": refs}) if origin)
    return {origin for origin in found if origin.startswith(f"{step.run.id}/")}


def _take_contacts(step: _Step, read: list[Customer | Misfit]) -> Run:
    """Contacts are made, merged and counted in one transaction."""
    customers = [each for each in read if isinstance(each, Customer)]
    unfit = [each for each in read if isinstance(each, Misfit)]

    def take(tx: Connection) -> None:
        known = [contact.id for contact in know_contacts(tx, step.office, customers) if contact]
        if step.run.list:
            put_on(tx, step.office, step.run.list, set(known))
        if not step.count(tx, Counter({CONTACTS_TAKEN: len(known)}), Counter(), unfit):
            raise _Overtaken

    with suppress(_Overtaken):
        step.office.unit.attempt(take)
    return step.after()


def _finish(office: Field, run: Run, path: Path) -> Run:
    """Done, unless somebody was still writing to the file."""
    if digest_of(path) != run.digest:
        return _fail(office, run, sentence("The file was changed while it was being taken."))
    with office.unit.begin() as tx:
        end(tx, office, run.id, DONE)
        return run_of(tx, run.id) or run


def _fail(office: Field, run: Run, why: str) -> Run:
    taken = (
        sentence("Rows 2 to %(rows)s were taken, and none after them.", rows=run.rows)
        if run.rows
        else sentence("No row was taken.")
    )
    again = sentence(" Send the whole file again: what was taken is not asked about twice.") if run.rows else ""
    with office.unit.begin() as tx:
        end(tx, office, run.id, FAILED, f"{why} {taken}{again}")
        return run_of(tx, run.id) or run


def _added(outcomes: Any, found: Counter[str], rules: Counter[str]) -> dict[str, Any]:
    """The counts so far and these; nothing that is zero."""
    before = {name: number for name, number in outcomes.items() if name != RULES}
    total = {name: number for name, number in (Counter(before) + found).items() if number}
    by_rule = Counter(outcomes.get(RULES, {})) + rules
    return {**total, RULES: dict(by_rule)} if by_rule else total


def _misfit(report: Interaction, refused: Refused) -> Misfit:
    number = int(str(report.report[ORIGIN]).rpartition("/")[2])
    return Misfit(number, f"{refused.detail[:1].upper()}{refused.detail[1:]}.", refused.field, report.queue)


def _fault(run_id: str, unfit: Misfit) -> dict[str, Any]:
    value = unfit.value[:200] if unfit.value else None
    return {"import_id": run_id, "row": unfit.number, "field": unfit.field, "sentence": unfit.sentence, "value": value}
