"""THE transactions of an interview: a call begins, a reply comes, a leg ends, a message arrives.

Each locks the interview, runs the pure machine, and writes what came of it with events, deltas and outbox rows, all
or nothing. Nothing is sent here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, bindparam, insert, select, update

from tonval.fieldwork import arrivals, ledger
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.optouts import opt_in
from tonval.fieldwork.outgoing import queue_message
from tonval.fieldwork.refusing import refuse
from tonval.store.tables import interviews, legs, messages, turns
from tonval.store.upsert import insert_new
from tonval.surveys.answers.commands import wishes_no_more
from tonval.surveys.interview import Interview, ReplyRejected
from tonval.surveys.phrases import PHRASES
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.record import plain, utterance_from, wait_from
from tonval.surveys.turns import AskDigits, HungUp, OptedOut, Reply, Text, TimedOut, Utterance, Wait

__all__ = ["Call", "ReplyRejected"]

TEXT_WINDOW: Final = timedelta(hours=72)
"""How long after an interview a further message still belongs to it."""

# Statements of every call and message, built once: see ledger.
_OPEN_LEG: Final = insert(legs)
_KNOWN_LEG: Final = select(legs.c.id).where(legs.c.provider == bindparam("provider"), legs.c.ref == bindparam("ref"))
_LOCK_LEG: Final = (
    select(*ledger.CASE, interviews.c.disposition, legs.c.turn_no, legs.c.ended_at)
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
_STORED_TURN: Final = select(turns.c.turn).where(turns.c.leg == bindparam("leg"), turns.c.turn_no == bindparam("turn"))
_ATTACH: Final = (
    update(messages)
    .where(messages.c.provider == bindparam("by"), messages.c.ref == bindparam("known_as"))
    .values(interview=bindparam("of_interview"))
)
_THREAD: Final = (
    select(*ledger.CASE, interviews.c.disposition, interviews.c.language)
    .where(interviews.c.thread == bindparam("thread"), interviews.c.started_at > bindparam("since"))
    .order_by(interviews.c.disposition.is_(None).desc(), interviews.c.started_at.desc())
    .limit(1)
    .with_for_update()
)


class UnknownLeg(LookupError):
    """There is no such call."""


@dataclass(frozen=True, slots=True)
class Conducted:
    """One stored turn of a leg: say it, then wait, or hang up where there is nothing to wait for."""

    leg: str
    turn_no: int
    interview: str | None
    survey: str
    version: int
    says: tuple[Utterance, ...]
    wait: AskDigits | None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message from a customer; ``keyword`` when the whole of it is a command.

    ``handled``: the provider has obeyed the command and confirmed it itself.
    """

    provider: str
    ref: str
    sender: str
    recipient: str
    body: str
    at: datetime
    keyword: Literal["stop", "start", "help"] | None = None
    handled: bool = False


def begin_call(office: Field, call: Call) -> Conducted:
    """Answer a call: its first turn. The same (provider, ref) again gives the same turn."""
    return office.unit.attempt(lambda tx: _begin_call(tx, office, call))


def _begin_call(tx: Connection, office: Field, call: Call) -> Conducted:
    known = _leg_id(tx, call.provider, call.ref)
    if known is not None:
        return _stored(tx, known, 1)
    arrival = arrivals.receive(tx, office, call)
    leg = office.fresh_id("leg")
    now = office.now()
    row: dict[str, Any] = {"id": leg, "provider": call.provider, "ref": call.ref, "interview": arrival.interview}
    row |= {"node": call.node, "turn_no": 1, "caller": call.caller, "started_at": now, "touched_at": now}
    tx.execute(_OPEN_LEG, row)
    first = Conducted(leg, 1, arrival.interview, arrival.survey, arrival.version, arrival.says, arrival.wait)
    _store(tx, first, now)
    return first


def resume(office: Field, leg: str, reply: Reply, turn_no: int) -> Conducted:
    """Go on after the reply to turn ``turn_no``; the answer is stored when this returns.

    A repeated ``turn_no`` gives the turn that followed it then, whatever the reply. Raises ``UnknownLeg``, or
    ``ReplyRejected`` when the leg is not at that turn or has nothing to ask.
    """
    with office.unit.begin() as tx:
        row = _lock(tx, leg)
        if turn_no < row.turn_no:
            return _stored(tx, leg, turn_no + 1)
        if turn_no > row.turn_no or row.id is None:
            raise ReplyRejected(f"the call is at turn {row.turn_no}, not {turn_no}")
        turn = ledger.advance(tx, office, ledger.case_from(row), reply)
        form = turn.interview
        following = Conducted(leg, turn_no + 1, row.id, form.form, form.version, turn.says, _keys(turn.wait))
        _store(tx, following, office.now())
    if following.wait is None:
        office.ring("follow_up")
    return following


def end_leg(office: Field, leg: str, cause: str) -> None:
    """The call is over: keep what was answered and end the interview. A second time changes nothing."""
    with office.unit.begin() as tx:
        row = _lock(tx, leg)
        if row.ended_at is not None:
            return
        tx.execute(_END_LEG, {"leg": leg, "at": office.now(), "why": cause})
        if row.id is not None and row.disposition is None:
            ledger.advance(tx, office, ledger.case_from(row), HungUp())
    office.ring("follow_up")


def receive_message(office: Field, inbound: Inbound) -> None:
    """Take a message in: a command is obeyed, anything else answers the open question. Repeating it changes nothing."""
    if office.unit.attempt(lambda tx: _take_in(tx, office, inbound)):
        office.ring("message")
        office.ring("follow_up")


def _take_in(tx: Connection, office: Field, inbound: Inbound) -> bool:
    """``False`` when the message is known."""
    if not _keep_message(tx, office, inbound):
        return False
    thread = _thread(tx, office, inbound)
    if thread is not None:
        tx.execute(_ATTACH, {"by": inbound.provider, "known_as": inbound.ref, "of_interview": thread.id})
    if inbound.keyword is not None:
        _obey(tx, office, inbound, thread)
        return True
    if thread is not None and thread.disposition is None:
        _answer(tx, office, inbound, thread)
    if wishes_no_more(inbound.body):
        _stop(tx, office, inbound, thread)
    return True


def expire_due(office: Field, limit: int = 200) -> int:
    """End the interviews whose window has passed; gives how many. One that somebody is answering now has its say."""
    overdue = interviews.c.disposition.is_(None) & (interviews.c.expires_at <= office.now())
    wanted = select(interviews.c.id).where(overdue).limit(limit).with_for_update(skip_locked=True)
    with office.unit.begin() as tx:
        ids = list(tx.execute(wanted).scalars())
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


def _keys(wait: Wait | None) -> AskDigits | None:
    return wait if isinstance(wait, AskDigits) else None


def _store(tx: Connection, turn: Conducted, now: datetime) -> None:
    body = {
        "interview": turn.interview,
        "survey": turn.survey,
        "version": turn.version,
        "says": [plain(utterance) for utterance in turn.says],
        "wait": plain(turn.wait, Wait) if turn.wait else None,
    }
    tx.execute(_STORE_TURN, {"leg": turn.leg, "turn_no": turn.turn_no, "turn": body, "at": now})
    if turn.turn_no > 1:
        tx.execute(_TOUCH_LEG, {"leg": turn.leg, "turn": turn.turn_no, "at": now})


def _stored(tx: Connection, leg: str, turn_no: int) -> Conducted:
    body = tx.execute(_STORED_TURN, {"leg": leg, "turn": turn_no}).scalar_one()
    says = tuple(utterance_from(utterance) for utterance in body["says"])
    wait = _keys(wait_from(body["wait"])) if body["wait"] else None
    return Conducted(leg, turn_no, body["interview"], body["survey"], body["version"], says, wait)


def _keep_message(tx: Connection, office: Field, inbound: Inbound) -> bool:
    """Store the message; ``False`` when it is stored already."""
    row = {
        "id": office.fresh_id("msg"),
        "direction": "in",
        "purpose": "inbound",
        "provider": inbound.provider,
        "ref": inbound.ref,
        "sender": inbound.sender,
        "recipient": inbound.recipient,
        "body": inbound.body,
        "segments": office.segments(inbound.body),
        "state": "received",
        "due_at": inbound.at,
        "created_at": inbound.at,
        "changed_at": office.now(),
    }
    return insert_new(tx, messages, row)


def _thread(tx: Connection, office: Field, inbound: Inbound) -> Any:
    """The customer's open interview on this number, locked, else the last one within the window, else ``None``."""
    thread = f"{inbound.sender}>{inbound.recipient}"
    return tx.execute(_THREAD, {"thread": thread, "since": office.now() - 2 * TEXT_WINDOW}).one_or_none()


def _obey(tx: Connection, office: Field, inbound: Inbound, thread: Any) -> None:
    """STOP outranks any question and is confirmed once; START lifts it; HELP says who we are."""
    if inbound.keyword == "stop":
        _stop(tx, office, inbound, thread)
    elif inbound.keyword == "start":
        _confirm(tx, office, inbound, thread, "started" if opt_in(tx, inbound.sender, "sms") else None)
    else:
        _confirm(tx, office, inbound, thread, "help")


def _stop(tx: Connection, office: Field, inbound: Inbound, thread: Any) -> None:
    """Nothing more is asked; what was answered, even in the same message, stays."""
    news = refuse(tx, office, inbound.sender, Channel.SMS, "message")
    case = ledger.load(tx, thread.id) if thread is not None else None
    if case is not None and case.interview.disposition is None:
        ledger.advance(tx, office, case, OptedOut())
    _confirm(tx, office, inbound, thread, "stopped" if news else None)


def _confirm(tx: Connection, office: Field, inbound: Inbound, thread: Any, slot: str | None) -> None:
    if slot is None or inbound.handled:
        return
    usual = next((form.languages[0] for form in office.centre.forms.values()), "en")
    language = thread.language if thread is not None else usual
    text = PHRASES[slot].get(language, PHRASES[slot]["en"])
    interview = thread.id if thread is not None else None
    queue_message(tx, office, inbound.recipient, inbound.sender, text, "confirmation", interview)


def _answer(tx: Connection, office: Field, inbound: Inbound, thread: Any) -> None:
    turn = ledger.advance(tx, office, ledger.case_from(thread), Text(inbound.body))
    purpose = "question" if turn.wait is not None else "thanks"
    for utterance in turn.says:
        queue_message(tx, office, inbound.recipient, inbound.sender, utterance.text, purpose, thread.id)
