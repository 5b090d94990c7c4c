"""A backup that was restored brings people back; the list beside the database knows them by their hashes."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from tests.fieldwork.office import Office
from tests.fieldwork.privacy.planting import FILE, STAFF, Garden, people, traces_of
from tonval import parts
from tonval.config import load_config
from tonval.fieldwork import books, optouts
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.privacy import changes, mentions
from tonval.fieldwork.privacy.again import erase_again
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.papers import NoPapers
from tonval.fieldwork.routing import read_centre
from tonval.intake.originals import HomePapers
from tonval.store import tables as t
from tonval.store.leftovers import empty_log
from tonval.store.unit import Unit, open_unit

PHONE: Final = "+46701740606"


@pytest.fixture
def lone(sqlite_url: str) -> Iterator[Unit]:
    """SQLite, whose backup is a file."""
    opened = open_unit(sqlite_url)
    yield opened
    opened.engine.dispose()


def test_who_was_erased_is_erased_again_from_a_restored_backup(lone: Unit, tmp_path: Path) -> None:
    garden = Garden(Office(lone, read_centre(FILE)), tmp_path)
    one, other = customers = people(2)
    garden.plant(customers)
    empty_log(lone)
    shutil.copy(tmp_path / "tonval.db", tmp_path / "backup")
    garden.office.pass_time(hours=1)
    erase(garden.field, Order((one.phone,), STAFF, for_ever=True), garden.papers)
    lone.engine.dispose()
    for name in ("tonval.db", "tonval.db-wal", "tonval.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "backup").rename(tmp_path / "tonval.db")
    assert traces_of([one], lone, tmp_path), "the backup has brought her back"
    (receipt,) = erase_again(garden.field, STAFF, garden.papers)
    assert receipt.again
    mentions.search_all(garden.field)
    assert traces_of([one], lone, tmp_path) == []
    assert traces_of([other], lone, tmp_path) != []
    assert garden.report(one, "care")["rule"] == "opted_out"


def test_who_was_reported_anew_since_is_left_as_she_is(lone: Unit, tmp_path: Path) -> None:
    garden = Garden(Office(lone, read_centre(FILE)), tmp_path)
    one, *_ = people(1)
    garden.report(one, "sales")
    erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    garden.office.pass_time(days=40)
    garden.report(one, "sales")
    assert erase_again(garden.field, STAFF, garden.papers) == []
    assert traces_of([one], lone, tmp_path) != []


@dataclass
class Beside(NoPapers):
    """The list of erasures, which no backup takes back."""

    entries: list[Mapping[str, Any]] = field(default_factory=list)

    def note(self, entry: Mapping[str, Any]) -> None:
        """Add to it."""
        self.entries.append(entry)

    def noted(self) -> Iterator[Mapping[str, Any]]:
        """All of it."""
        return iter(self.entries)


CHANGED: Final = (
    *(t.contacts, t.opt_outs, t.blocklist, t.suppressions, t.erasures),
    *(t.searches, t.outbox, t.audit, t.audit_head),
)
"""What the story of one customer writes into."""


class Story:
    """One customer, a list, and a backup of the database, which is taken while it is empty."""

    def __init__(self, office: Office) -> None:
        self.office, self.papers = office, Beside()
        self._names = itertools.count()
        self.back_up()

    def tell(self, *steps: str) -> None:
        """Each step by its name, a minute after the one before."""
        for step in steps:
            self.office.pass_time(minutes=1)
            getattr(self, step)()

    def know(self) -> None:
        """She is reported."""
        row = {"id": f"con_{next(self._names)}", "phone": PHONE, "name": "Eva", "attributes": {}}
        moments = dict.fromkeys(("created_at", "seen_at"), self.office.time)
        with self.office.field.unit.begin() as tx:
            if not tx.execute(select(t.contacts.c.id)).all():
                tx.execute(insert(t.contacts).values(**row, **moments))

    def opt_out(self) -> None:
        """STOP."""
        with self.office.field.unit.begin() as tx:
            optouts.opt_out(tx, PHONE, "sms", self.office.time, "message")

    def opt_in(self) -> None:
        """START."""
        with self.office.field.unit.begin() as tx:
            optouts.opt_in(tx, PHONE, "sms", self.office.time)

    def block(self) -> None:
        """A colleague puts her on the blocklist."""
        entry = books.Entry(PHONE, "*", "by letter", self.office.time, "maria")
        books.add(self.office.field, books.BLOCKLIST, [entry], STAFF)

    def unblock(self) -> None:
        """And takes her off it."""
        books.remove(self.office.field, books.BLOCKLIST, PHONE, "*", STAFF)

    def erase(self) -> None:
        """She is erased."""
        erase(self.office.field, Order((PHONE,), STAFF), self.papers)

    def work(self) -> None:
        """A worker writes what waits into the list."""
        changes.list_due(self.office.field, self.papers)

    def back_up(self) -> None:
        """Everything as it is now."""
        with self.office.field.unit.read() as tx:
            self._backup = {table: [dict(row._mapping) for row in tx.execute(select(table))] for table in CHANGED}

    def restore(self) -> None:
        """The backup in place of the database, and what the manual says is to be done then."""
        self.work()
        with self.office.field.unit.begin() as tx:
            for table in reversed(CHANGED):
                tx.execute(delete(table))
            for table in CHANGED:
                if self._backup[table]:
                    tx.execute(insert(table), self._backup[table])
        self.again()

    def again(self) -> None:
        """`tonval erase --again`."""
        erase_again(self.office.field, STAFF, self.papers)

    @property
    def is_refused(self) -> bool:
        """Whether she may not be asked."""
        with self.office.field.unit.read() as tx:
            return bool(refused(tx, [(PHONE, "sms")]))

    @property
    def is_known(self) -> bool:
        """Whether she stands anywhere by her number."""
        with self.office.field.unit.read() as tx:
            places = (t.contacts.c.phone, t.opt_outs.c.address, t.blocklist.c.pattern)
            return any(tx.execute(select(column)).all() for column in places)


STORIES: dict[str, tuple[Sequence[str], bool]] = {
    "she opted out, and never took it back": (("opt_out", "back_up", "erase", "restore"), True),
    "she opted out after the backup": (("know", "back_up", "opt_out", "erase", "restore"), True),
    "she took it back after her erasure": (("opt_out", "back_up", "erase", "opt_in", "restore"), False),
    "… and opted out after the backup": (("know", "back_up", "opt_out", "erase", "opt_in", "restore"), False),
    "… and the backup is from between": (("opt_out", "erase", "back_up", "opt_in", "restore"), False),
    "she took it back before her erasure": (("opt_out", "back_up", "opt_in", "erase", "restore"), False),
    "she took it back, and opted out anew": (("opt_out", "back_up", "erase", "opt_in", "opt_out", "restore"), True),
    "she opted out after her erasure alone": (("know", "back_up", "erase", "opt_out", "restore"), True),
    "two backups are restored": (("opt_out", "back_up", "erase", "opt_in", "restore", "opt_out", "restore"), True),
    "she was blocked": (("block", "back_up", "erase", "restore"), True),
    "she was blocked, and is so no more": (("block", "back_up", "erase", "unblock", "restore"), False),
    "nothing was restored, and the worker is slow": (("opt_out", "erase", "opt_in", "again"), False),
    "nothing was restored, and she opted out anew": (("opt_out", "erase", "opt_in", "opt_out", "again"), True),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "refused_then"), STORIES.values(), ids=STORIES)
def test_the_last_word_holds_whatever_backup_is_restored(unit: Unit, steps: Sequence[str], refused_then: bool) -> None:
    story = Story(Office(unit, read_centre(FILE)))
    story.tell(*steps)
    assert story.is_refused is refused_then
    story.tell("again", "restore")
    assert story.is_refused is refused_then
    assert not story.is_known


STEPS = st.lists(
    st.sampled_from(("know", "opt_out", "opt_in", "erase", "back_up", "restore", "again", "work")), max_size=9
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
@example(["opt_out", "back_up", "erase", "restore", "opt_in", "restore"])
@example(["erase", "back_up", "opt_out", "restore", "opt_in", "opt_out", "restore"])
def test_in_whatever_order_what_she_said_since_her_erasure_outlives_every_backup(unit: Unit, steps: list[str]) -> None:
    """Until she was erased a backup holds what it holds, as for everybody; from then on her last word."""
    story = Story(Office(unit, read_centre(FILE)))
    erased = wants_none = kept = False
    for step in steps:
        story.tell(step)
        match step:
            case "opt_out" | "opt_in":
                wants_none = step == "opt_out"
            case "erase":
                erased = True
            case "back_up":
                kept = wants_none
            case "restore" if not erased:
                wants_none = kept
        assert story.is_refused is wants_none, step
    _empty(unit)


def _empty(unit: Unit) -> None:
    with unit.begin() as tx:
        for table in reversed(CHANGED):
            tx.execute(delete(table))


def test_a_worker_writes_what_was_lifted_into_the_list_at_home(unit: Unit, tmp_path: Path) -> None:
    office = Office(unit, read_centre(FILE)).field
    papers = HomePapers(tmp_path, lambda run: False)
    erase(office, Order((PHONE,), STAFF, for_ever=True), papers)
    books.remove(office, books.OPT_OUTS, PHONE, "*", STAFF)
    config = load_config({"TONVAL_HOME": str(tmp_path)})
    assert parts.duties(config, office)[changes.KIND](10) == 1
    assert [entry.get("refuses") for entry in papers.noted()] == [None, False]
    assert parts.duties(config, office)[changes.KIND](10) == 0
