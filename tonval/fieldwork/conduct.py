"""THE transactions of an interview: a call begins, a reply comes, a leg ends, a message arrives.

Each locks the interview, runs the pure machine, and writes what came of it with events, deltas and outbox rows, all
or nothing. Nothing is sent here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from tonval.fieldwork import corrections, ledger
from tonval.fieldwork.arrivals import Arrival, Call, hearing
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.calls import receptions
from tonval.fieldwork.corrections import Seen
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.messaging import conversations
from tonval.fieldwork.messaging.written import Inbound
from tonval.fieldwork.voice import dictating
from tonval.store.tables import interviews, legs, turns
from tonval.surveys.interview import Interview, ReplyRejected
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.record import plain, utterance_from, wait_from
from tonval.surveys.turns import Corrected, Dial, Hearing, HungUp, Reply, TimedOut, Utterance, Wait

__all__ = ["Call", "Inbound", "ReplyRejected"]

MOST_BEHIND: Final = timedelta(hours=24)
"""How long an interview is kept open for replies that are still to be fetched."""

# Statements of every call and message, built once: see ledger.
_OPEN_LEG: Final = insert(legs)
_KNOWN_LEG: Final = select(legs.c.id).where(legs.c.provider == bindparam("provider"), legs.c.ref == bindparam("ref"))
_OF_LEG: Final = (legs.c.turn_no, legs.c.ended_at, legs.c.reception, legs.c.dictation, legs.c.caller)
_LOCK_LEG: Final = (
    select(*ledger.CASE, interviews.c.disposition, *_OF_LEG, legs.c.started_at.label("began"))
    .select_from(legs.outerjoin(interviews, legs.c.interview == interviews.c.id))
    .where(legs.c.id == bindparam("leg"))
    .with_for_update(of=legs)
)
_TOUCH_LEG: Final = (
    update(legs).where(legs.c.id == bindparam("leg")).values(turn_no=bindparam("turn"), touched_at=bindparam("at"))
)
_END_LEG: Final = (
    update(legs).where(legs.c.id == bindparam("leg")).values(ended_at=bindparam("at"), cause=bindparam("why"))
)
_STORE_TURN: Final = insert(turns)
_STORED_TURN: Final = (
    select(turns.c.turn, legs.c.started_at)
    .join(legs, legs.c.id == turns.c.leg)
    .where(turns.c.leg == bindparam("leg"), turns.c.turn_no == bindparam("turn"))
)


class UnknownLeg(LookupError):
    """There is no such call."""


@dataclass(frozen=True, slots=True)
class Conducted:
    """One stored turn of a leg: say it, then wait, or hang up where there is nothing to wait for.

    ``began`` is when the call did: recordings made later are not heard in it. ``queue`` is where its own recordings
    are looked for first.
    """

    leg: str
    turn_no: int
    interview: str | None
    survey: str
    version: int
    says: tuple[Utterance, ...]
    wait: Hearing | None
    began: datetime | None = None
    queue: str = ""


def begin_call(office: Field, call: Call) -> Conducted:
    """Answer a call: its first turn. The same (provider, ref) again gives the same turn."""
    return office.unit.attempt(lambda tx: _begin_call(tx, office, call))


def _begin_call(tx: Connection, office: Field, call: Call) -> Conducted:
    known = _leg_id(tx, call.provider, call.ref)
    if known is not None:
        return _stored(tx, known, 1)
    arrival, before = _receive(tx, office, call)
    leg = office.fresh_id("leg")
    now = office.now()
    row: dict[str, Any] = {"id": leg, "provider": call.provider, "ref": call.ref, "interview": arrival.interview}
    row |= {"node": call.node, "turn_no": 1, "caller": call.caller, "started_at": now}
    tx.execute(_OPEN_LEG, row | {"touched_at": now + _away(arrival.wait), **before})
    return _store(tx, office, leg, 1, arrival, now)


def _receive(tx: Connection, office: Field, call: Call) -> tuple[Arrival, dict[str, Any]]:
    """The first turn, and what the leg keeps of it where no interview does."""
    if dictating.is_meant(office, call):
        asked, dictation = dictating.receive(office, call)
        return asked, {"reception": None, "dictation": dictating.record(dictation)}
    arrival, kept = receptions.begin(tx, office, call)
    return arrival, {"reception": receptions.record(kept) if kept else None, "dictation": None}


def resume(office: Field, leg: str, reply: Reply, turn_no: int) -> Conducted:
    """Go on after the reply to turn ``turn_no``; the answer is stored when this returns.

    A repeated ``turn_no`` gives the turn that followed it then, whatever the reply. Raises ``UnknownLeg``, or
    ``ReplyRejected`` when the leg is not at that turn or has nothing to ask.
    """
    with office.unit.begin() as tx:
        row = _lock(tx, leg)
        if turn_no < row.turn_no:
            return _stored(tx, leg, turn_no + 1)
        if turn_no > row.turn_no:
            raise ReplyRejected(f"the call is at turn {row.turn_no}, not {turn_no}")
        following = _store(tx, office, leg, turn_no + 1, _go_on(tx, office, leg, row, reply), row.began)
    if following.wait is None:
        office.ring("follow_up")
    return following


def _go_on(tx: Connection, office: Field, leg: str, row: Row[Any], reply: Reply) -> Arrival:
    """The turn that follows, of the interview or of what comes before it."""
    if row.id is not None:
        turn = ledger.advance(tx, office, ledger.case_from(row), reply)
        return Arrival(row.id, turn.interview.form, turn.interview.version, turn.says, hearing(turn.wait), row.queue)
    if row.dictation is not None:
        return dictating.resume(tx, office, leg, row.dictation, row.caller, reply)
    if row.reception is None:
        raise ReplyRejected("nobody was asked in this call")
    return receptions.resume(tx, office, leg, receptions.kept_from(row.reception, row.caller), reply, row.began)


def end_leg(office: Field, leg: str, cause: str) -> None:
    """The call is over: keep what was answered and end the interview. A second time changes nothing."""
    with office.unit.begin() as tx:
        row = _lock(tx, leg)
        if row.ended_at is not None:
            return
        tx.execute(_END_LEG, {"leg": leg, "at": office.now(), "why": cause})
        if row.id is not None and row.disposition is None:
            ledger.advance(tx, office, ledger.case_from(row), HungUp())
        elif row.id is None and row.reception is not None:
            receptions.leave(tx, office, leg, receptions.kept_from(row.reception, row.caller))
        elif row.dictation is not None:
            dictating.leave(tx, office, leg, row.dictation)
    office.ring("follow_up")


def receive_message(office: Field, inbound: Inbound) -> None:
    """Take a message in: a command is obeyed, anything else answers the open question. Repeating it changes nothing."""
    if office.unit.attempt(lambda tx: conversations.take_in(tx, office, inbound)):
        office.ring("message")
        office.ring("follow_up")


def correct(
    office: Field,
    interview: str,
    question: str,
    value: int | None,
    *,
    by: Actor,
    reason: str,
    seen: Seen = ...,
) -> None:
    """Staff put an answer right after the end, on any channel; ``None``: there was no answer.

    ``seen`` is the answer that stood when she looked, where that is known. The deed is written into the audit log and
    nothing is sent to the customer. Raises ``ReplyRejected`` with a sentence, and nothing has changed.
    """
    reply = Corrected(question, value)
    with office.unit.begin() as tx:
        corrections.correct(tx, office, interview, reply, by=by, reason=reason, seen=seen)
    office.ring("follow_up")


def expire_due(office: Field, limit: int = 200, heard_until: datetime | None = None) -> int:
    """End the interviews whose window has passed; gives how many. One that somebody is answering now has its say.

    An interview by SMS has passed only where everything that customers wrote by then has been heard: ``heard_until``
    (aware; ``None``: now), and a day ago at the earliest.
    """
    now = office.now()
    heard = min(now, max(heard_until or now, now - MOST_BEHIND))
    passed = or_(
        interviews.c.expires_at <= heard, and_(interviews.c.expires_at <= now, interviews.c.channel != Channel.SMS)
    )
    wanted = select(interviews.c.id).where(interviews.c.disposition.is_(None), interviews.c.expires_at <= now, passed)
    with office.unit.begin() as tx:
        ids = list(tx.execute(wanted.limit(limit).with_for_update(skip_locked=True)).scalars())
        for interview in ids:
            ledger.advance(tx, office, ledger.load(tx, interview), TimedOut())
    if ids:
        office.ring("follow_up")
    return len(ids)


def interview_of(office: Field, interview: str) -> tuple[Form, Interview]:
    """An interview as it stands, with the form it was begun on."""
    with office.unit.read() as tx:
        state = ledger.load(tx, interview).interview
        return form_of(tx, office.centre, state.form, state.version), state


def leg_of(office: Field, provider: str, ref: str) -> str | None:
    """The leg of a provider's call id."""
    with office.unit.read() as tx:
        return _leg_id(tx, provider, ref)


def end_lost_legs(office: Field, node: str) -> int:
    """End the legs that a SIP node held when it died; gives how many."""
    return _end_all(office, legs.c.node == node, "node lost")


def end_idle_legs(office: Field, before: datetime) -> int:
    """End the legs that nothing has been heard of since ``before``; gives how many."""
    return _end_all(office, legs.c.touched_at < before, "idle")


def _end_all(office: Field, which: Any, cause: str) -> int:
    with office.unit.read() as tx:
        lost = list(tx.execute(select(legs.c.id).where(which, legs.c.ended_at.is_(None)).limit(500)).scalars())
    for leg in lost:
        end_leg(office, leg, cause)
    return len(lost)


def _leg_id(tx: Connection, provider: str, ref: str) -> str | None:
    return tx.execute(_KNOWN_LEG, {"provider": provider, "ref": ref}).scalar()


def _lock(tx: Connection, leg: str) -> Any:
    """The leg and its interview's row, locked. ``id`` is the interview, ``None`` when nobody was asked."""
    row = tx.execute(_LOCK_LEG, {"leg": leg}).one_or_none()
    if row is None:
        raise UnknownLeg(f"there is no call {leg}")
    return row


def _store(tx: Connection, office: Field, leg: str, turn_no: int, turn: Arrival, began: datetime) -> Conducted:
    """Keep the turn: asked for again, it is the same."""
    body = {
        "interview": turn.interview,
        "survey": turn.survey,
        "version": turn.version,
        "says": [plain(utterance) for utterance in turn.says],
        "wait": plain(turn.wait, Wait) if turn.wait else None,
        "queue": turn.queue,
    }
    now = office.now()
    tx.execute(_STORE_TURN, {"leg": leg, "turn_no": turn_no, "turn": body, "at": now})
    if turn_no > 1:
        tx.execute(_TOUCH_LEG, {"leg": leg, "turn": turn_no, "at": now + _away(turn.wait)})
    about = (turn.interview, turn.survey, turn.version, turn.says, turn.wait, began, turn.queue)
    return Conducted(leg, turn_no, *about)


def _away(wait: Hearing | None) -> timedelta:
    """For how long nothing need be heard of a call: while its caller talks with an agent."""
    return receptions.BACK_WITHIN if isinstance(wait, Dial) else timedelta(0)


def _stored(tx: Connection, leg: str, turn_no: int) -> Conducted:
    body, began = tx.execute(_STORED_TURN, {"leg": leg, "turn": turn_no}).one()
    says = tuple(utterance_from(utterance) for utterance in body["says"])
    wait = hearing(wait_from(body["wait"]) if body["wait"] else None)
    about = (body["interview"], body["survey"], body["version"], says, wait, began, body.get("queue", ""))
    return Conducted(leg, turn_no, *about)
