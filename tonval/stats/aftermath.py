"""What came after a decision to ask: the invitation, its messages and calls, the interview and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from tonval.stats.dialled import calls_about
from tonval.stats.ledger import Entry
from tonval.stats.reasons import CHANNELS
from tonval.store.tables import events, interviews, invitations, messages, outbox
from tonval.surveys.events import AnswerGiven, CommentLeft
from tonval.surveys.naming import named
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import chain, sentence

STATES: Final = {
    "queued": sentence("waits to be sent"),
    "sending": sentence("is being sent"),
    "unknown": sentence("was sent, and nobody knows yet whether it arrived"),
    "accepted": sentence("was accepted by the operator"),
    "sent": sentence("was sent"),
    "failed": sentence("was not sent"),
    "undelivered": sentence("was not delivered"),
    "delivered": sentence("was delivered"),
}
LETTER_STATES: Final = {
    "accepted": sentence("was taken by the mail server"),
    "undelivered": sentence("came back"),
}
"""Where a letter goes other ways than an SMS."""
PURPOSES: Final = {
    "question": sentence("The question"),
    "reminder": sentence("The reminder"),
    "thanks": sentence("The thanks"),
    "confirmation": sentence("The confirmation"),
}
LINKED: Final = {Channel.LINK: sentence("The SMS with the link"), Channel.EMAIL: sentence("The letter")}
"""What asks where a page is answered."""


@dataclass(frozen=True, slots=True)
class Invited:
    """The invitation as it stands: waiting, asked or dropped. ``due_at`` is when it is looked at next, while it waits.

    ``address`` is where it goes, ``held`` why it has waited longer than was decided.
    """

    id: str
    state: str
    channel: str
    survey: str
    address: str | None
    due_at: datetime
    held: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened after; ``name`` is invited, called, asked, message, reply or ended.

    ``error`` is the provider's, or why a call was not made.
    """

    at: datetime
    name: str
    sentence: str
    interview: str | None = None
    error: str | None = None


def invited(tx: Connection, interaction: int) -> Invited | None:
    """The invitation of an interaction (row id)."""
    columns = (invitations.c[name] for name in ("id", "state", "channel", "survey", "address", "due_at"))
    row = tx.execute(select(*columns).where(invitations.c.interaction == interaction)).one_or_none()
    if row is None:
        return None
    found = Invited(row.id, row.state, row.channel, row.survey, row.address, row.due_at, held=None)
    here = (outbox.c.kind == "invite") & (outbox.c.ref == row.id) & (outbox.c.state == "waiting")
    work = tx.execute(select(outbox.c.due_at, outbox.c.detail).where(here)).one_or_none()
    return found if work is None else replace(found, due_at=work.due_at, held=work.detail)


def aftermath(tx: Connection, about: Entry) -> tuple[Event, ...]:
    """Everything that happened, oldest first."""
    told = [event for read in (_invitation, _calls, _interviews, _messages, _answers) for event in read(tx, about.id)]
    return tuple(sorted(told, key=lambda event: event.at))


def _invitation(tx: Connection, interaction: int) -> Iterator[Event]:
    wanted = select(invitations.c.created_at, invitations.c.survey).where(invitations.c.interaction == interaction)
    for row in tx.execute(wanted):
        yield Event(row.created_at, "invited", sentence("Invited to the survey %(survey)s", survey=row.survey))


def _calls(tx: Connection, interaction: int) -> Iterator[Event]:
    for call in calls_about(tx, interaction):
        yield Event(call.at, "called", call.sentence, None, call.why)


def _interviews(tx: Connection, interaction: int) -> Iterator[Event]:
    names = ("id", "channel", "survey", "started_at", "ended_at", "disposition")
    wanted = select(*(interviews.c[name] for name in names)).where(interviews.c.interaction == interaction)
    for row in tx.execute(wanted):
        channel = (
            sentence("on the line")
            if row.channel == Channel.KEYPAD
            else sentence("by %(channel)s", channel=CHANNELS.get(row.channel, row.channel))
        )
        yield Event(row.started_at, "asked", sentence("Asked %(channel)s", channel=channel), row.id)
        if row.ended_at is not None:
            yield Event(
                row.ended_at,
                "ended",
                sentence("The interview ended: %(disposition)s", disposition=named(row.disposition)),
                row.id,
            )


def _messages(tx: Connection, interaction: int) -> Iterator[Event]:
    names = ("direction", "purpose", "state", "error", "changed_at", "created_at", "interview", "subject")
    joined = messages.join(interviews, messages.c.interview == interviews.c.id)
    wanted = select(*(messages.c[name] for name in names), interviews.c.channel).select_from(joined)
    for row in tx.execute(wanted.where(interviews.c.interaction == interaction).order_by(messages.c.created_at)):
        if row.direction == "in":
            yield Event(row.created_at, "reply", sentence("The customer wrote back"), row.interview)
            continue
        yield Event(row.changed_at, "message", chain(_what(row), _how(row), between=" "), row.interview, row.error)


def _what(row: Any) -> str:
    """What a message was."""
    usual = PURPOSES.get(row.purpose, sentence("A message"))
    return LINKED.get(row.channel, usual) if row.purpose == "question" else usual


def _how(row: Any) -> str:
    """How far it has come."""
    states = STATES if row.subject is None else {**STATES, **LETTER_STATES}
    return states.get(row.state, str(row.state))


def _answers(tx: Connection, interaction: int) -> Iterator[Event]:
    """When the customer began to answer on a page; on other channels the reply itself is told."""
    first = func.min(events.c.at).label("at")
    query = select(first, events.c.interview).join(interviews, events.c.interview == interviews.c.id)
    query = query.where(interviews.c.interaction == interaction, interviews.c.channel.in_(tuple(LINKED)))
    said = (AnswerGiven.__name__, CommentLeft.__name__)
    for row in tx.execute(query.where(events.c.kind.in_(said)).group_by(events.c.interview)):
        yield Event(row.at, "reply", sentence("The customer began to answer on the page"), row.interview)
