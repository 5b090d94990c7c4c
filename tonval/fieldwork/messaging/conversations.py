"""A message from a customer, in the transaction of ``conduct``: kept first, then obeyed, answered, or left as it is.

docs/conversations.md tells what becomes of which.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from tonval.fieldwork import ledger
from tonval.fieldwork.deciding.refusals import ALL_CHANNELS
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import commands
from tonval.fieldwork.messaging.outgoing import queue_message
from tonval.fieldwork.messaging.readings import to_json
from tonval.fieldwork.messaging.written import Inbound, answered_never, is_in_time
from tonval.store.tables import Moment, interviews, messages, opt_outs
from tonval.store.upsert import insert_new
from tonval.surveys.answers.commands import wishes_no_more
from tonval.surveys.dispositions import Disposition
from tonval.surveys.heard import Heard, Taken
from tonval.surveys.interview import ReplyRejected, Turn
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import Text

APART: Final = timedelta(minutes=2)
"""How far a provider's clock may be behind ours: a reply from before its question is none."""

MOST_NOTED: Final = 5
"""So many corrections of one interview are confirmed; a machine that answers with ever new numbers is left alone."""

# Statements of every message, built once: see ledger.
_NOTE: Final = (
    update(messages)
    .where(messages.c.provider == bindparam("by"), messages.c.ref == bindparam("known_as"))
    .values(interview=bindparam("of_interview"), reading=bindparam("read_as", type_=messages.c.reading.type))
)
_THREADS: Final = (
    select(*ledger.CASE, interviews.c.disposition, interviews.c.language, interviews.c.expires_at)
    .where(interviews.c.thread == bindparam("between"), interviews.c.started_at <= bindparam("begun", type_=Moment))
    .order_by(interviews.c.disposition.is_(None).desc(), interviews.c.started_at.desc())
    .limit(2)
    .with_for_update()
)
_ASKED: Final = (
    select(messages.c.id)
    .where(messages.c.interview == bindparam("asked"), messages.c.claimed_at <= bindparam("by_then", type_=Moment))
    .limit(1)
)
_NOTED: Final = select(func.count()).where(
    messages.c.interview == bindparam("told"),
    messages.c.direction == "in",
    messages.c.reading["as"].as_string() == Taken.CORRECTION,
)
_REFUSED: Final = select(opt_outs.c.address).where(
    opt_outs.c.address == bindparam("address"), opt_outs.c.channel.in_((Channel.SMS, ALL_CHANNELS))
)


def take_in(tx: Connection, office: Field, inbound: Inbound) -> bool:
    """Take a message in; ``False``, and nothing changed, when it is known."""
    if not _keep(tx, office, inbound):
        return False
    if why := answered_never(office.centre, inbound.sender):
        _note(tx, inbound, None, Heard(Taken.UNATTACHED, why))
        return True
    written = replace(inbound, at=min(inbound.at, office.now()))
    thread = _thread(tx, written)
    attached = thread if is_in_time(written, thread) else None
    heard = _hear(tx, office, written, thread, attached)
    if heard.taken is Taken.UNATTACHED:
        attached = None
    _note(tx, inbound, attached and attached.id, heard)
    return True


def _hear(tx: Connection, office: Field, inbound: Inbound, thread: Any, attached: Any) -> Heard:
    if inbound.keyword is not None:
        return commands.obey(tx, office, inbound, thread)
    heard = _answer(tx, office, inbound, attached) if attached is not None else _unattached(thread)
    if wishes_no_more(inbound.body):
        commands.stop(tx, office, inbound, thread)
    return heard


def _answer(tx: Connection, office: Field, inbound: Inbound, thread: Any) -> Heard:
    """The machine hears it; after the end only while the customer wants to hear from us."""
    if thread.disposition is not None and tx.execute(_REFUSED, {"address": inbound.sender}).first():
        return Heard(Taken.UNATTACHED, sentence("It came after the customer had said stop."))
    try:
        turn = ledger.advance(tx, office, ledger.case_from(thread), Text(inbound.body))
    except ReplyRejected as rejected:
        return Heard(Taken.UNATTACHED, f"{rejected}.")
    _say(tx, office, inbound, thread.id, turn)
    assert turn.heard is not None, sentence("a text is always read as something")
    return turn.heard


def _say(tx: Connection, office: Field, inbound: Inbound, interview: str, turn: Turn) -> None:
    if turn.heard is not None and turn.heard.taken is Taken.CORRECTION and _is_noted_enough(tx, interview):
        return
    for utterance in turn.says:
        asks = turn.wait is not None and utterance.slot != "corrected"
        purpose = "question" if asks else "thanks"
        between = (inbound.recipient, inbound.sender)
        queue_message(tx, office, *between, utterance.text, purpose, interview, heard_by=inbound.provider)


def _is_noted_enough(tx: Connection, interview: str) -> bool:
    return bool(tx.execute(_NOTED, {"told": interview}).scalar_one() >= MOST_NOTED)


def _unattached(thread: Any) -> Heard:
    """Why a message belongs to no interview; ``thread`` is the last there was before it."""
    if thread is None:
        return Heard(Taken.UNATTACHED, sentence("Nothing that an SMS can answer was asked from this number before it."))
    if thread.disposition == Disposition.REFUSED:
        return Heard(Taken.UNATTACHED, sentence("It came after the customer had said stop."))
    return Heard(Taken.UNATTACHED, sentence("It came when the time to answer was over."))


def _thread(tx: Connection, inbound: Inbound) -> Any:
    """The customer's open interview on this number, locked, else her last one; begun before she wrote.

    While the question of the open one waits to go out, she writes about the one before it, if that is in time.
    """
    then = inbound.at + APART
    rows = tx.execute(_THREADS, {"between": f"{inbound.sender}>{inbound.recipient}", "begun": then}).all()
    waits = len(rows) == 2 and rows[0].disposition is None and is_in_time(inbound, rows[1])
    if waits and tx.execute(_ASKED, {"asked": rows[0].id, "by_then": then}).first() is None:
        return rows[1]
    return next(iter(rows), None)


def _note(tx: Connection, inbound: Inbound, interview: str | None, heard: Heard) -> None:
    values = {"by": inbound.provider, "known_as": inbound.ref}
    tx.execute(_NOTE, {**values, "of_interview": interview, "read_as": to_json(heard)})


def _keep(tx: Connection, office: Field, inbound: Inbound) -> bool:
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
