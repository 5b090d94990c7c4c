"""STOP, START and HELP by SMS: obeyed at once, confirmed where that is news, and never so often that machines talk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, text

from tonval.fieldwork import ledger
from tonval.fieldwork.deciding.refusals import ALL_CHANNELS
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.messaging.outgoing import CONFIRMATION, queue_message
from tonval.fieldwork.messaging.written import Inbound, is_in_time
from tonval.fieldwork.optouts import opt_in
from tonval.fieldwork.refusing import ON_PAGE, refuse
from tonval.store.tables import Moment, contacts, interviews, invitations, messages, opt_outs
from tonval.surveys.heard import Heard, Taken
from tonval.surveys.phrases import built_in
from tonval.surveys.questionnaire import Channel
from tonval.surveys.record import interview_from
from tonval.surveys.saying import say
from tonval.surveys.turns import OptedOut

SOURCE: Final = "message"
"""Where an opt-out came from, as the book of opt-outs has it."""

AN_HOUR: Final = timedelta(hours=1)
MOST: Final = {"help": 1, "stopped": 3, "started": 3}
"""How often the same confirmation goes to one customer within an hour."""

_SAME: Final = (
    select(func.count())
    .select_from(messages)
    .where(
        text("messages.purpose = 'confirmation'"),  # the index of confirmations in its own words, for SQLite
        messages.c.recipient == bindparam("customer"),
        messages.c.sender == bindparam("number"),
        messages.c.body == bindparam("words"),
        messages.c.created_at > bindparam("since", type_=Moment),
    )
)
_REFUSED_ALL: Final = select(opt_outs.c.address).where(
    opt_outs.c.address == bindparam("address"), opt_outs.c.channel == ALL_CHANNELS
)
_LAST_LINK: Final = (
    select(interviews.c.state, interviews.c.language)
    .join(invitations, invitations.c.id == interviews.c.invitation)
    .where(ON_PAGE, invitations.c.address == bindparam("address"), invitations.c.channel == Channel.LINK)
    .order_by(interviews.c.started_at.desc())
    .limit(1)
)
_ADDRESSES: Final = select(contacts.c.phone, contacts.c.email).where(contacts.c.phone == bindparam("phone"))

_HEARD: Final = {
    "stop": Heard(Taken.STOP, "The message asks for no more messages.", rule="stop"),
    "start": Heard(Taken.START, "The message asks for messages again.", rule="start"),
    "help": Heard(Taken.HELP, "The message asks who writes, or for help.", rule="help"),
}


def obey(tx: Connection, office: Field, inbound: Inbound, thread: Any) -> Heard:
    """Do what the keyword says. ``thread`` is the row of the customer's last interview on this number, or ``None``."""
    assert inbound.keyword is not None
    if inbound.keyword == "stop":
        stop(tx, office, inbound, thread)
    elif inbound.keyword == "start":
        news = opt_in(tx, inbound.sender, Channel.SMS, office.now())
        _confirm(tx, office, inbound, thread, "started" if news else None)
    else:
        _confirm(tx, office, inbound, thread, "help")
    return _HEARD[inbound.keyword]


def stop(tx: Connection, office: Field, inbound: Inbound, thread: Any) -> None:
    """Nothing more is asked; what was answered, even in the same message, stays."""
    if inbound.everywhere:
        known = _addresses(tx, inbound.sender)
        news = sum(refuse(tx, office, address, ALL_CHANNELS, SOURCE) for address in known) > 0
    else:
        general = tx.execute(_REFUSED_ALL, {"address": inbound.sender}).first()
        news = refuse(tx, office, inbound.sender, Channel.SMS, SOURCE) and general is None
    case = ledger.load(tx, thread.id) if thread is not None and thread.disposition is None else None
    if case is not None and case.interview.disposition is None:
        ledger.advance(tx, office, case, OptedOut())  # of a number that is not the centre's any more
    _confirm(tx, office, inbound, thread, "stopped" if news else None)


def _addresses(tx: Connection, phone: str) -> tuple[str, ...]:
    """Where the customer can be reached, as far as we know."""
    known = tx.execute(_ADDRESSES, {"phone": phone}).one_or_none()
    return (phone, known.email) if known is not None and known.email else (phone,)


def _confirm(tx: Connection, office: Field, inbound: Inbound, thread: Any, slot: str | None) -> None:
    if slot is None or inbound.handled:
        return
    words = _words(tx, office, thread or _last_link(tx, inbound.sender), slot)
    between = {"customer": inbound.sender, "number": inbound.recipient}
    since = {"words": words, "since": office.now() - AN_HOUR}
    if tx.execute(_SAME, {**between, **since}).scalar_one() < MOST[slot]:
        interview = thread.id if is_in_time(inbound, thread) else None
        told = (inbound.recipient, inbound.sender, words, CONFIRMATION, interview)
        queue_message(tx, office, *told, heard_by=inbound.provider)


def _last_link(tx: Connection, phone: str) -> Any:
    """The survey whose link she got last: a link is in no thread, and yet she may answer it with a command."""
    return tx.execute(_LAST_LINK, {"address": phone}).one_or_none()


def _words(tx: Connection, office: Field, thread: Any, slot: str) -> str:
    """The survey's own words in the customer's language; the built-in ones where she was asked nothing yet."""
    if thread is not None:
        interview = replace(interview_from(thread.state), channel=Channel.SMS)  # however it was asked
        said = say(form_of(tx, office.centre, interview.form, interview.version), interview, slot)
        if said:
            return said[0].text
    usual = next((form.languages[0] for form in office.centre.forms.values()), "en")
    language = thread.language if thread is not None else usual
    return built_in(slot, language)
