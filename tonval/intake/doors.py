"""Files that nobody waits beside: the clock claims what lies in the drop folder, workers take a file in turns."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.intake.folders import Claimed, Folders
from tonval.intake.headings import INTERACTIONS
from tonval.intake.opening import Wishes, digest_of, open_file
from tonval.intake.plan import Plan
from tonval.intake.runs import DONE, FAILED, RUNNING, Run, misfits, remembered, run_of
from tonval.intake.starting import KIND, Order, TakenBefore, end, refuse, start
from tonval.intake.tables import BadFile
from tonval.intake.taking import advance
from tonval.intake.told import report
from tonval.store import outbox
from tonval.store.tables import outbox as work
from tonval.surveys.sentences import sentence

TURN: Final = 5.0
"""Seconds a worker takes rows before messages and mails have their turn."""

ELSEWHERE: Final = timedelta(seconds=30)
"""When to look again for a file that is not on this machine."""

_LOOKS: Final = 100  # then it is gone

log = logging.getLogger(__name__)


def look_in(office: Field, folders: Folders) -> int:
    """The clock's chore: claim every file that lies still and hand it to the workers; gives how many.

    Two clocks do no harm: one rename succeeds, and one row of work is written. What was claimed by somebody who was
    killed is handed over now.
    """
    folders.make()
    for source, name in folders.ready(office.now()):
        folders.claim(source, name, office.fresh_id("imp"))
    handed = _hand_over(office, list(folders.claimed()))
    if handed:
        office.ring(KIND)
    folders.sweep(office.now())
    return handed


def take_due(office: Field, folders: Folders, limit: int, turn: float = TURN) -> int:
    """The worker's duty: go on with one file for ``turn`` seconds. Gives 0, so that other work comes in between."""
    with office.unit.begin() as tx:
        rows = outbox.claim(tx, KIND, office.now(), min(limit, 1), office.fresh_id("att"))
    for row in rows:
        claimed = Claimed(*(row.payload[name] for name in ("run", "source", "name", "file")))
        _go_on(office, folders, row, claimed, time.monotonic() + turn)
    return 0


def _hand_over(office: Field, claimed: Sequence[Claimed]) -> int:
    ids = [each.id for each in claimed]
    with office.unit.read() as tx:
        there = set(tx.execute(select(work.c.ref).where(work.c.kind == KIND, work.c.ref.in_(ids))).scalars())
    fresh = [each for each in claimed if each.id not in there]
    if fresh:
        with office.unit.begin() as tx:
            for each in fresh:
                payload = {"run": each.id, "source": each.source, "name": each.name, "file": each.file}
                outbox.put(tx, KIND, each.id, office.now(), payload)
    return len(fresh)


def _go_on(office: Field, folders: Folders, row: outbox.Row, claimed: Claimed, until: float) -> None:
    try:
        run = _advanced(office, claimed, folders.path(claimed.file), until)
    except FileNotFoundError:
        return _look_later(office, row, claimed)
    except TakenBefore as before:
        return _put_away(office, folders, row, claimed, [f"{before}\n"], DONE)
    if run.state != RUNNING:
        return _put_away(office, folders, row, claimed, _told(office, run), run.state)
    with office.unit.begin() as tx:
        outbox.postpone(tx, row.id, office.now(), f"{run.taken} rows taken")
    return office.ring(KIND)


def _told(office: Field, run: Run) -> Iterator[str]:
    return report(run, misfits(office, run.id), clock(office.centre.zone))


def _advanced(office: Field, claimed: Claimed, path: Path, until: float) -> Run:
    """The run after its turn. What goes wrong without being the database's fault ends it: it would go wrong again."""
    with office.unit.read() as tx:
        run = run_of(tx, claimed.id)
    try:
        run = run or _begun(office, claimed, path)
        return advance(office, run, path, lambda _: time.monotonic() < until) if run.state == RUNNING else run
    except (SQLAlchemyError, FileNotFoundError, TakenBefore):
        raise
    except Exception as error:
        log.exception("import %s cannot go on", claimed.id)
        return _failed(
            office, claimed, path, run, sentence("Tonval could not go on: %(error)s.", error=type(error).__name__)
        )


def _begun(office: Field, claimed: Claimed, path: Path) -> Run:
    """The run of a file from the drop folder: as the source's last file was read, else as its headings say."""
    known = remembered(office, claimed.source)
    digest, kind = digest_of(path), known.kind if known else INTERACTIONS
    order = Order(claimed.source, claimed.name, digest, known or Plan(kind, {}))
    try:
        opened = open_file(office, path, claimed.name, claimed.source, Wishes(kind))
    except BadFile as bad:
        return refuse(office, order, claimed.id, bad.sentence)
    order = Order(claimed.source, claimed.name, digest, opened.plan)
    if opened.faults:
        how = sentence("Open it on the page Imports, say what its columns are, and take it there.")
        return refuse(office, order, claimed.id, f"{' '.join(opened.faults)} {how}")
    return start(office, order, claimed.id)


def _put_away(
    office: Field, folders: Folders, row: outbox.Row, claimed: Claimed, lines: Iterable[str], state: str
) -> None:
    """Report and keep the original, then let go of the work: whoever is killed in between does it again."""
    if claimed.file.startswith(".taking/"):
        folders.answer(claimed.source, claimed.name, lines, good=state == DONE)
    folders.keep(claimed.file, claimed.source, claimed.id, claimed.name)
    with office.unit.begin() as tx:
        outbox.done(tx, [row.id], state)


def _look_later(office: Field, row: outbox.Row, claimed: Claimed) -> None:
    """Another machine may have it; and it may have been put away by somebody who was killed right after."""
    with office.unit.begin() as tx:
        run = run_of(tx, claimed.id)
        if run is not None and run.state != RUNNING:
            outbox.done(tx, [row.id], run.state)
        elif row.attempts < _LOOKS:
            outbox.postpone(tx, row.id, office.now() + ELSEWHERE, "the file is not on this machine")
        else:
            end(tx, office, claimed.id, FAILED, sentence("The file is gone."))
            outbox.give_up(tx, row.id, "the file is gone")


def _failed(office: Field, claimed: Claimed, path: Path, run: Run | None, why: str) -> Run:
    if run is None:
        order = Order(claimed.source, claimed.name, digest_of(path), Plan(INTERACTIONS, {}))
        return refuse(office, order, claimed.id, why)
    with office.unit.begin() as tx:
        end(tx, office, run.id, FAILED, why)
        return run_of(tx, run.id) or run
