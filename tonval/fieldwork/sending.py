"""How a survey goes out by each channel: its interview is begun, and the first message waits for its hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from tonval.fieldwork import ledger
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.deciding.eligibility import Way
from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import PLACEHOLDER, link_for, make_links, put_in
from tonval.fieldwork.messaging.outgoing import QUESTION, REMINDER, queue_letter, queue_message
from tonval.fieldwork.messaging.sticky import thread
from tonval.fieldwork.respondents import Agent, know_agent
from tonval.store import outbox
from tonval.store.tables import contacts, invitations
from tonval.surveys.page_words import words
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.state import Interview

REMIND: Final = "remind"
"""The work of reminding, in the outbox: its ref is the interview."""

BELLS: Final = ("message", "letter")
"""What is rung when something has been asked."""


@dataclass(frozen=True, slots=True)
class Due:
    """One invitation, locked, with the way it takes now, those that are left, and what is known of its recipient."""

    row: Any
    way: Way
    spare: tuple[Way, ...]
    zone: str | None
    queue: Queue


@dataclass(frozen=True, slots=True)
class Words:
    """The slots (surveys.page_words) of one message: a link, or a letter."""

    link: str
    subject: str
    text: str


WORDS: Final[Mapping[str, Words]] = {
    QUESTION: Words("link", "mail.subject", "mail.text"),
    REMINDER: Words("remind.link", "remind.subject", "remind.text"),
}


def due_of(tx: Connection, office: Field, invitation: str) -> Due:
    """The invitation, locked."""
    locked = select(invitations).where(invitations.c.id == invitation).with_for_update()
    row = tx.execute(locked).one()
    zone = select(contacts.c.zone).where(contacts.c.id == row.contact)
    queue = office.centre.queues.get(row.queue) or Queue(row.queue, row.survey, row.channel)
    way = Way(row.channel, row.address, row.sender)
    spare = tuple(Way(**each) for each in row.ways or ())
    return Due(row, way, spare, tx.execute(zone).scalar() if row.contact else None, queue)


def obstacle(office: Field, form: Form, way: Way) -> str | None:
    """Why the survey cannot be sent this way; ``None`` when it can."""
    if way.channel not in _SENDERS:
        return f"this installation has no way to send a survey by {way.channel}"
    if way.channel == Channel.EMAIL and office.mail_from is None:
        return "no mail server is set up to send a survey by email"
    if not form.asked_on(Channel(way.channel)):
        return f"no question of the survey {form.id} can be answered by {way.channel}"
    return None


def send(tx: Connection, office: Field, due: Due, allowed: Window) -> None:
    """Begin the interview and queue what asks for it, to go out in the hours that are allowed now.

    Raises ``ledger.ThreadOpen``, with nothing begun, where the customer has another one open on the way's number.
    """
    _SENDERS[due.way.channel](tx, office, due, allowed if due.queue.quiet else None)


def thread_of(way: Way) -> str | None:
    """What only one open interview may have: customer and number, where the answers come as messages."""
    return thread(str(way.address), str(way.sender)) if way.channel == Channel.SMS else None


def send_to_page(
    tx: Connection, office: Field, way: Way, asked: tuple[str, Form, Interview], purpose: str, allowed: Window | None
) -> None:
    """Queue the SMS or the letter that leads to the page of an interview (its id, form and state)."""
    interview, form, state = asked
    slots = WORDS[purpose]
    said = partial(words, form, language=state.language, fills=state.fills)
    if way.channel == Channel.EMAIL:
        subject, text = said(slots.subject), said(slots.text)
        queue_letter(tx, office, str(way.address), subject, text, interview, purpose=purpose, allowed=allowed)
        return
    body = with_link(said(slots.link))
    measured = put_in(office, body, interview, link_for(office, interview, form.page.address))
    sender, customer = str(way.sender), str(way.address)
    queue_message(tx, office, sender, customer, body, purpose, interview, measured=measured, allowed=allowed)


def with_link(text: str) -> str:
    """The text with a place for the link: at its end where it names none."""
    return text if PLACEHOLDER in text else f"{text} {PLACEHOLDER}".lstrip()


def _send_text(tx: Connection, office: Field, due: Due, allowed: Window | None) -> None:
    interview, turn = ledger.open_interview(tx, office, _opening(tx, office, due))
    sender, customer = str(due.way.sender), str(due.way.address)
    for utterance in turn.says:
        queue_message(tx, office, sender, customer, utterance.text, QUESTION, interview, allowed=allowed)


def _send_page(tx: Connection, office: Field, due: Due, allowed: Window | None) -> None:
    """A survey that asks this customer nothing is over at once: nothing is sent."""
    opening = _opening(tx, office, due)
    interview, turn = ledger.open_interview(tx, office, opening)
    page = opening.form.page
    make_links(tx, office, interview, page.open_for)
    if turn.wait is None:
        return
    send_to_page(tx, office, due.way, (interview, opening.form, turn.interview), QUESTION, allowed)
    if page.reminder:
        outbox.put(tx, REMIND, interview, office.now() + page.reminder)


def _opening(tx: Connection, office: Field, due: Due) -> ledger.Opening:
    agent = know_agent(tx, office, due.row.agent)
    return ledger.Opening(
        form=office.centre.forms[due.row.survey],
        channel=Channel(due.way.channel),
        queue=due.row.queue,
        agent=Agent(agent.id, agent.name, agent.unit),
        language=due.row.language,
        interaction=due.row.interaction,
        contact=due.row.contact,
        invitation=due.row.id,
        thread=thread_of(due.way),
    )


_SENDERS: Final[Mapping[str, Callable[[Connection, Field, Due, Window | None], None]]] = {
    Channel.SMS: _send_text,
    Channel.LINK: _send_page,
    Channel.EMAIL: _send_page,
}
"""How a survey is sent by each channel that reaches somebody who is not on the line."""
