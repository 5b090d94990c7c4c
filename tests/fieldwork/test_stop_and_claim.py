"""STOP and a claim at the same moment: one is held up at each of its statements in turn while the other runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import count

import pytest
from sqlalchemy import Engine, event, insert, select

from tests.fieldwork.office import BEGINNING, Office
from tonval.fieldwork.messaging import messages
from tonval.sms import inbound
from tonval.store.tables import messages as table

OURS = "+46701740605"
A_MOMENT = 0.15
"""Seconds the other one has to get through, else it is taken to be waiting: what is right does not hang on it."""

MOST = 40
"""No claim and no STOP has so many statements."""


class Hold:
    """Holds a thread up before its statement number ``place``, its commit counted among them, until ``go``."""

    def __init__(self, place: int) -> None:
        self.place, self.seen = place, count()
        self.held: int | None = None
        self.stands, self.go = threading.Event(), threading.Event()
        self.reached = False

    def run(self, work: Callable[[], None]) -> None:
        """Do the work, in the thread that is to be held up."""
        self.held = threading.get_ident()
        try:
            work()
        finally:
            self.stands.set()

    def look(self, *_: object) -> None:
        """The engine's events come here."""
        if threading.get_ident() == self.held and next(self.seen) == self.place:
            self.reached = True
            self.stands.set()
            self.go.wait(60)


@contextmanager
def _watched(engine: Engine, hold: Hold) -> Iterator[None]:
    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, hold.look)
    yield
    for name in ("before_cursor_execute", "commit"):
        event.remove(engine, name, hold.look)


def _queue(office: Office, person: str) -> None:
    row = {"id": f"m{person}", "direction": "out", "purpose": "question", "provider": "console", "sender": OURS}
    row |= {"recipient": person, "body": "?", "segments": 1, "state": "queued", "due_at": BEGINNING}
    with office.field.unit.begin() as tx:
        tx.execute(insert(table), row | {"created_at": BEGINNING, "changed_at": BEGINNING})


def _stop(office: Office, person: str) -> None:
    inbound.receive(
        office.field, provider="console", ref=person, sender=person, recipient=OURS, body="STOP", at=BEGINNING
    )


def _claimed(office: Office) -> list[str]:
    """Who would be asked now: the confirmation of a STOP goes out too, and asks nothing."""
    return [message.recipient for message in messages.claim_due(office.field, 10) if message.body == "?"]


def _state(office: Office, person: str) -> str:
    with office.field.unit.read() as tx:
        return str(tx.execute(select(table.c.state).where(table.c.id == f"m{person}")).scalar_one())


def _interleave(office: Office, hold: Hold, first: Callable[[], None], other: Callable[[], None]) -> bool:
    """Run ``first`` up to the hold, then ``other``, then let go; whether ``other`` was through before that."""
    with _watched(office.field.unit.engine, hold), ThreadPoolExecutor(2) as threads:
        held: Future[None] = threads.submit(hold.run, first)
        hold.stands.wait(60)
        beside = threads.submit(other)
        through = bool(wait([beside], A_MOMENT).done)
        hold.go.set()
        held.result(60)
        beside.result(60)
    return through


@pytest.mark.parametrize("held", ["claim", "stop"])
def test_nothing_is_claimed_once_a_stop_has_committed_whatever_the_moment(office: Office, held: str) -> None:
    for place in range(MOST):
        person, asked, hold = f"+467017406{place + 10:02}", list[str](), Hold(place)
        claim = lambda: asked.extend(_claimed(office))  # noqa: B023, E731
        stop = lambda: _stop(office, person)  # noqa: B023, E731
        _queue(office, person)
        through = _interleave(office, hold, *((claim, stop) if held == "claim" else (stop, claim)))
        if held == "claim" and hold.reached and through:
            assert asked == [], f"claimed after the STOP had committed, which came before statement {place}"
        assert _claimed(office) == []
        assert _state(office, person) == ("sending" if asked else "failed")
        if not hold.reached:
            break
    assert 5 < place < MOST - 1, "too few moments were tried for this to mean anything"
