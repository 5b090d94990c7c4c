"""The conductor: cells report what callers do, fieldwork says what comes next, and the conductor carries it between.

One thread listens to all cells; a few others talk to fieldwork, where commits are waited for. The facts of one call
are dealt with in order, those of different calls side by side.
"""

from __future__ import annotations

import selectors
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import structlog

from tonval.fieldwork.calls.dialling import ToDial
from tonval.ivr.sip.caller import Cause
from tonval.ivr.sip.carriage import Carriage
from tonval.ivr.sip.carrier import CannotStart, Carrier, DatabaseAway, SipSettings
from tonval.ivr.sip.cells import CellHand, Nursery, check_capacity
from tonval.ivr.sip.link import CellSettings
from tonval.ivr.sip.messages import (
    Account,
    Allow,
    Answered,
    Drain,
    Fact,
    Failed,
    Gathered,
    Invited,
    LegEnded,
    Opened,
    Order,
    Place,
    Recorded,
    Ringing,
    Stop,
    Untaken,
)
from tonval.ivr.sip.neighbours import Neighbours
from tonval.ivr.sip.ports import BadPorts, plan_ports
from tonval.ivr.sip.talk import Talk, TalkFact
from tonval.surveys.sentences import sentence

_THREADS: Final = 4
_LISTEN: Final = 0.2
_OPENING: Final = 5.0
_FLUSH: Final = 1.0
_LOOK: Final = 1.0
"""Seconds between looks for calls of ours that are due, and for peers that were set up."""

log = structlog.get_logger()


def run(
    settings: SipSettings, carrier: Carrier, *, stop: threading.Event, hurry: threading.Event | None = None
) -> None:
    """Be a SIP node until ``stop`` is set, then drain; ``hurry`` cuts the draining short.

    Raises ``CannotStart`` when the settings cannot work: ports taken, more calls than the library holds.
    """
    conductor = Conductor(settings, carrier)
    try:
        conductor.open()
        while not stop.is_set():
            conductor.go_round()
        conductor.drain(hurry or threading.Event())
    finally:
        conductor.close()


class Conductor:
    """A node's cells and the calls on them."""

    def __init__(self, settings: SipSettings, carrier: Carrier) -> None:
        self._settings = settings
        self._carrier = carrier
        self._logs = settings.home / "log"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._carriage = Carriage(settings, carrier)
        self._nursery = Nursery(self._logs / "sip-nursery.log")
        self._hands = self._plan_cells()
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sip")
        self._talks: dict[tuple[int, int, int], Talk] = {}
        self._neighbours = Neighbours(settings, carrier)
        self._flush_at = self._look_at = 0.0
        self._placed = 0
        self._draining = False
        self._opened = 0
        self._why = ""

    def open(self) -> None:
        """Check what the library holds, end what was lost, start the cells. Raises ``CannotStart``."""
        check_capacity(self._nursery, self._settings.calls_per_cell, self._logs / "sip-capacity.log")
        lost = self._settle_the_past()
        for hand in self._hands:
            self._start(hand)
        until = time.monotonic() + _OPENING
        while self._opened < len(self._hands):
            if time.monotonic() > until:
                raise CannotStart(self._why or f"not all SIP cells opened; see {self._logs}")
            self.go_round()
        log.info("sip node is open", node=self._settings.node, cells=len(self._hands), lost_legs=lost)

    def go_round(self) -> None:
        """Deal with what the cells say, and see to those that are dead or stuck."""
        for key, _ in self._selector.select(_LISTEN):
            self._listen(key.data)
        now = time.monotonic()
        for hand in self._hands:
            hand.kill_if_deaf()
            if hand.restart_at is not None and now >= hand.restart_at:
                self._start(hand)
        if now >= self._look_at:
            self._look_at = now + _LOOK
            self._look_around()
        self._place_claimed()
        if self._carriage.waiting and now >= self._flush_at:
            self._flush_at = now + _FLUSH
            self._pool.submit(self._carriage.flush)

    def drain(self, hurry: threading.Event) -> None:
        """Refuse new calls and let the others finish, for as long as the settings give them."""
        self._draining = True
        self._tell_all(Drain())
        until = time.monotonic() + self._settings.drain_seconds
        while self._talks and time.monotonic() < until and not hurry.is_set():
            self.go_round()

    def close(self) -> None:
        """Hang up what is left, wait for the cells to say goodbye and for every leg's end to be written."""
        self._draining = True
        self._tell_all(Stop(Cause.STOPPED))
        for hand in self._hands:
            hand.restart_at = None
        until = time.monotonic() + 5
        while any(hand.end is not None for hand in self._hands) and time.monotonic() < until:
            for key, _ in self._selector.select(_LISTEN):
                self._listen(key.data)
                key.data.restart_at = None
        for hand in self._hands:
            self._lose_talks(hand, Cause.STOPPED)
        self._pool.shutdown(wait=True)
        self._carriage.outgoing.put_all_back(sentence("The telephone node was stopped."))
        self._carriage.flush()
        self._nursery.close()
        self._selector.close()

    def _settle_the_past(self) -> int:
        """Hand in what an earlier life had spooled, then end the legs it lost."""
        self._carriage.flush()
        self._carriage.clear_away()
        try:
            return self._carrier.end_lost_legs(self._settings.node)
        except DatabaseAway as away:
            raise CannotStart(f"the database cannot be reached: {away}") from None

    def _plan_cells(self) -> list[CellHand]:
        settings = self._settings
        allow = tuple(str(network) for network in settings.networks())
        try:
            plan = plan_ports(settings.port, settings.cells, settings.calls_per_cell)
        except BadPorts as bad:
            raise CannotStart(str(bad)) from None
        return [
            CellHand(
                index,
                CellSettings(settings.host, ports, settings.calls_per_cell, allow, settings.patience),
                self._logs / f"sip-cell-{index}.log",
            )
            for index, ports in enumerate(plan)
        ]

    def _look_around(self) -> None:
        """Have the peers and the trunk read anew, and calls of ours claimed where there is room for them."""
        allowed = self._neighbours.allowed()
        for hand in self._hands:
            if hand.settings.allow != allowed:
                hand.settings = replace(hand.settings, allow=allowed)
                hand.send(Allow(allowed), hand.life)
        self._pool.submit(self._neighbours.look)
        room = 0 if self._draining or self._neighbours.exit is None else self._room()
        if room > 0:
            self._pool.submit(self._carriage.outgoing.claim, room)

    def _room(self) -> int:
        """How many calls of ours may be placed: half the places of the cells that live are the callers'."""
        calls = self._settings.calls_per_cell
        places = calls * sum(hand.end is not None for hand in self._hands)
        ours = sum(talk.dial is not None for talk in self._talks.values())
        return min(places // 2 - ours, places - len(self._talks))

    def _place_claimed(self) -> None:
        while (to_dial := self._carriage.outgoing.next()) is not None:
            self._place(to_dial)

    def _place(self, to_dial: ToDial) -> None:
        """By the living cell that has the most room."""
        way = self._neighbours.exit
        calls = {hand: sum(talk.hand is hand for talk in self._talks.values()) for hand in self._hands}
        free = [hand for hand in self._hands if hand.end is not None and calls[hand] < self._settings.calls_per_cell]
        if way is None or not free or self._draining:
            self._pool.submit(self._carriage.outgoing.put_back, to_dial, sentence("No place was free."))
            return
        self._placed += 1
        hand, number = min(free, key=lambda each: calls[each]), -self._placed
        self._talks[hand.index, hand.life, number] = Talk(hand, hand.life, number, dial=to_dial)
        ring = 1000 * to_dial.ring.total_seconds()
        by = Account(way.proxy, way.user, way.password)
        hand.send(Place(number, way.uri(to_dial.number), by, to_dial.caller, ring), hand.life)

    def _start(self, hand: CellHand) -> None:
        try:
            hand.start(self._nursery)
        except OSError as failed:
            log.warning("cell could not be started", cell=hand.index, why=str(failed))
            hand.bury()
            return
        self._selector.register(_end_of(hand), selectors.EVENT_READ, hand)

    def _listen(self, hand: CellHand) -> None:
        try:
            for fact in hand.facts():
                self._hear(hand, fact)
        except OSError:
            self._bury(hand)

    def _bury(self, hand: CellHand) -> None:
        """A cell is gone: its calls are over, and what was answered in them counts at once."""
        self._selector.unregister(_end_of(hand))
        log.info("cell ended", cell=hand.index, calls=self._lose_talks(hand, Cause.CELL_LOST))
        hand.bury()

    def _lose_talks(self, hand: CellHand, cause: str) -> int:
        lost = [key for key, talk in self._talks.items() if talk.hand is hand]
        for key in lost:
            self._post(self._talks.pop(key), LegEnded(key[2], str(cause)))
        return len(lost)

    def _hear(self, hand: CellHand, fact: Fact) -> None:
        match fact:
            case Invited(call):
                talk = Talk(hand, hand.life, call)
                self._talks[hand.index, hand.life, call] = talk
                self._post(talk, fact)
            case Gathered(call) | Recorded(call) | Untaken(call) | Ringing(call) | Answered(call):
                self._post(self._talks[hand.index, hand.life, call], fact)
            case LegEnded(call):
                self._post(self._talks.pop((hand.index, hand.life, call)), fact)
            case Opened(port):
                self._opened += 1
                log.info("cell is open", cell=hand.index, port=port, pid=hand.pid)
            case Failed(why):
                self._why = why
                log.error("cell could not open", cell=hand.index, why=why)
            case _:
                pass  # a heartbeat was noted by the hand; that a call is ready changes nothing here

    def _post(self, talk: Talk, fact: TalkFact) -> None:
        talk.post(fact, self._pool, self._carriage.work)

    def _tell_all(self, order: Order) -> None:
        for hand in self._hands:
            hand.send(order, hand.life)


def _end_of(hand: CellHand) -> int:
    return -1 if hand.end is None else hand.end.fileno()
