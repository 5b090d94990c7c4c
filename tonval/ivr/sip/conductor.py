"""The conductor: cells report what callers do, fieldwork says what comes next, and the conductor carries it between.

One thread listens to all cells; a few others talk to fieldwork, where commits are waited for. The facts of one call
are dealt with in order, those of different calls side by side.
"""

from __future__ import annotations

import selectors
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import structlog

from tonval.fieldwork.addresses import BadAddress, phone_number
from tonval.fieldwork.arrivals import Call
from tonval.ivr.sip.caller import Cause
from tonval.ivr.sip.carrier import CannotStart, Carrier, Conducted, DatabaseAway, SipSettings
from tonval.ivr.sip.cells import CellHand, Nursery, check_capacity
from tonval.ivr.sip.link import CellSettings
from tonval.ivr.sip.messages import (
    Answer,
    Drain,
    Fact,
    Failed,
    Gathered,
    HangUp,
    Invited,
    LegEnded,
    Opened,
    Order,
    Play,
    Refuse,
    Stop,
)
from tonval.ivr.sip.ports import BadPorts, plan_ports
from tonval.ivr.sip.prompt_files import PromptFiles
from tonval.ivr.sip.talk import Talk, TalkFact

_THREADS: Final = 4
_LISTEN: Final = 0.2
_OPENING: Final = 5.0
_UNAVAILABLE, _SERVER_ERROR = 503, 500

_log = structlog.get_logger()


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
        self._files = PromptFiles(settings.home / "cache" / "prompts", carrier.audio_for)
        self._nursery = Nursery(self._logs / "sip-nursery.log")
        self._hands = self._plan_cells()
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sip")
        self._talks: dict[tuple[int, int, int], Talk] = {}
        self._unended: list[_Unended] = []
        self._opened = 0
        self._why = ""

    def open(self) -> None:
        """Check what the library holds, end what was lost, start the cells. Raises ``CannotStart``."""
        check_capacity(self._nursery, self._settings.calls_per_cell, self._logs / "sip-capacity.log")
        lost = self._carrier.end_lost_legs(self._settings.node)
        for hand in self._hands:
            self._start(hand)
        until = time.monotonic() + _OPENING
        while self._opened < len(self._hands):
            if time.monotonic() > until:
                raise CannotStart(self._why or f"not all SIP cells opened; see {self._logs}")
            self.go_round()
        _log.info("sip node is open", node=self._settings.node, cells=len(self._hands), lost_legs=lost)

    def go_round(self) -> None:
        """Deal with what the cells say, and see to those that are dead or stuck."""
        for key, _ in self._selector.select(_LISTEN):
            self._listen(key.data)
        now = time.monotonic()
        for hand in self._hands:
            hand.kill_if_deaf()
            if hand.restart_at is not None and now >= hand.restart_at:
                self._start(hand)
        self._end_again(now)

    def drain(self, hurry: threading.Event) -> None:
        """Refuse new calls and let the others finish, for as long as the settings give them."""
        self._tell_all(Drain())
        until = time.monotonic() + self._settings.drain_seconds
        while self._talks and time.monotonic() < until and not hurry.is_set():
            self.go_round()

    def close(self) -> None:
        """Hang up what is left, wait for the cells to say goodbye and for every leg's end to be written."""
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
        self._nursery.close()
        self._selector.close()

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

    def _start(self, hand: CellHand) -> None:
        try:
            hand.start(self._nursery)
        except OSError as failed:
            _log.error("cell could not be started", cell=hand.index, why=str(failed))
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
        _log.info("cell ended", cell=hand.index, calls=self._lose_talks(hand, Cause.CELL_LOST))
        hand.bury()

    def _lose_talks(self, hand: CellHand, cause: str) -> int:
        lost = [key for key, talk in self._talks.items() if talk.hand is hand]
        for key in lost:
            self._post(self._talks.pop(key), LegEnded(key[2], cause))
        return len(lost)

    def _hear(self, hand: CellHand, fact: Fact) -> None:
        match fact:
            case Invited(call):
                talk = Talk(hand, hand.life, call)
                self._talks[hand.index, hand.life, call] = talk
                self._post(talk, fact)
            case Gathered(call):
                self._post(self._talks[hand.index, hand.life, call], fact)
            case LegEnded(call):
                self._post(self._talks.pop((hand.index, hand.life, call)), fact)
            case Opened(port):
                self._opened += 1
                _log.info("cell is open", cell=hand.index, port=port, pid=hand.pid)
            case Failed(why):
                self._why = why
                _log.error("cell could not open", cell=hand.index, why=why)
            case _:
                pass  # a heartbeat was noted by the hand; that a call is ready changes nothing here

    def _post(self, talk: Talk, fact: TalkFact) -> None:
        talk.post(fact, self._pool, self._work)

    # In the pool's threads from here on.

    def _work(self, talk: Talk, fact: TalkFact) -> None:
        log = _log.bind(cell=talk.hand.index, call=talk.call, leg=talk.leg)
        try:
            match fact:
                case Invited():
                    self._begin(talk, fact)
                case Gathered():
                    self._resume(talk, fact)
                case LegEnded():
                    self._end(talk, fact)
        except Exception:  # whatever it was, this call must not stay in silence
            log.exception("call failed", fact=type(fact).__name__)
            talk.order(Refuse(talk.call, _SERVER_ERROR) if talk.leg is None else HangUp(talk.call, Cause.FAILED))

    def _begin(self, talk: Talk, invited: Invited) -> None:
        try:
            first = self._carrier.begin_call(self._call(invited))
        except DatabaseAway:
            _log.warning("call refused: the database is away", call=talk.call)
            talk.order(Refuse(talk.call, _UNAVAILABLE))
            return
        talk.leg = first.leg
        talk.order(Answer(talk.call))
        self._say(talk, first)

    def _resume(self, talk: Talk, gathered: Gathered) -> None:
        if talk.leg is not None:
            self._say(talk, self._carrier.resume(talk.leg, gathered.reply, gathered.turn_no))

    def _end(self, talk: Talk, ended: LegEnded) -> None:
        if talk.leg is None:
            return
        try:
            self._carrier.end_leg(talk.leg, ended.cause)
        except DatabaseAway:
            self._unended.append(_Unended(talk.leg, ended.cause, time.monotonic() + 1))
        _log.info("call ended", leg=talk.leg, cause=ended.cause)

    def _say(self, talk: Talk, turn: Conducted) -> None:
        clips = tuple(self._files.clip(turn.survey, utterance) for utterance in turn.says)
        talk.order(Play(talk.call, turn.turn_no, clips, turn.wait))

    def _call(self, invited: Invited) -> Call:
        return Call(
            provider="sip",
            ref=invited.ref,
            dialled=_dialled(invited),
            queue=invited.queue,
            agent=invited.agent,
            interaction=invited.interaction,
            language=invited.language,
            caller=_e164(invited.caller, self._settings.country),
            node=self._settings.node,
        )

    def _end_again(self, now: float) -> None:
        """Legs whose end could not be written are ended again until it can."""
        due = [unended for unended in self._unended if now >= unended.at]
        for unended in due:
            self._unended.remove(unended)
            self._pool.submit(self._end_later, unended)

    def _end_later(self, unended: _Unended) -> None:
        try:
            self._carrier.end_leg(unended.leg, unended.cause)
        except DatabaseAway:
            self._unended.append(_Unended(unended.leg, unended.cause, time.monotonic() + 1))

    def _tell_all(self, order: Order) -> None:
        for hand in self._hands:
            hand.send(order, hand.life)


@dataclass(frozen=True, slots=True)
class _Unended:
    """A leg whose end is still to be written, next tried ``at``."""

    leg: str
    cause: str
    at: float


def _end_of(hand: CellHand) -> int:
    return -1 if hand.end is None else hand.end.fileno()


def _dialled(invited: Invited) -> str:
    """The name in the request, unless that is a mere number and the PBX names the one that was dialled before."""
    if invited.diverted and not any(letter.isalpha() for letter in invited.dialled):
        return invited.diverted
    return invited.dialled


def _e164(number: str | None, country: str) -> str | None:
    try:
        return phone_number(number, country) if number else None
    except BadAddress:
        return None  # an extension, or withheld
