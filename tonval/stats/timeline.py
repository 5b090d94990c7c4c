"""One conversation from beginning to end: what was said, pressed and written, and what the machine made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from tonval.fieldwork.calls.receptions import kept_from
from tonval.fieldwork.calls.ringing import State
from tonval.stats.conversations import Conversation, conversation_of, told
from tonval.stats.corrections import Correction, corrections
from tonval.stats.dialled import Called, calls_about
from tonval.stats.said import forms_at, in_words
from tonval.stats.scope import Scope
from tonval.stats.voices import sounds_of
from tonval.store.tables import events, interviews, legs, messages, turns
from tonval.store.unit import Unit
from tonval.surveys.events import Event
from tonval.surveys.questionnaire import Form
from tonval.surveys.reception import Reception
from tonval.surveys.record import event_from, interview_from, utterance_from
from tonval.surveys.state import Interview
from tonval.surveys.turns import Utterance
from tonval.surveys.wording import fill


@dataclass(frozen=True, slots=True)
class CallBegan:
    """The call came in, over ``provider`` (sip, twilio, simulator); ``ours``: it was we who called."""

    at: datetime
    provider: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something was played to the caller."""

    at: datetime
    turn_no: int
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the interview, the ``seq``-th."""

    at: datetime
    seq: int
    event: Event


@dataclass(frozen=True, slots=True)
class Messaged:
    """A text message or a letter: ``direction`` is in or out, ``state`` how far it has come, as of ``changed_at``.

    Where its ``body`` has ``{link}`` its customer reads a link of her own. ``cost`` is reckoned, in 1/10,000 of the
    centre's currency. ``reading`` is what a customer's message was taken for (fieldwork.readings). One that waits goes
    out from ``due_at`` on, in the hours from ``open_from`` on.
    """

    at: datetime
    id: str
    direction: str
    purpose: str
    body: str
    segments: int
    state: str
    error: str | None
    changed_at: datetime
    provider: str
    interview: str | None
    subject: str | None
    sender: str = ""
    recipient: str = ""
    cost: int | None = None
    reading: Mapping[str, Any] | None = None
    due_at: datetime | None = None
    open_from: datetime | None = None


MESSAGED: Final = tuple(messages.c[each.name if each.name != "at" else "created_at"] for each in fields(Messaged))
"""The columns a ``Messaged`` is made from."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call of ours to the customer, who had hung up before she could be asked."""

    at: datetime
    called: Called


@dataclass(frozen=True, slots=True)
class Received:
    """The caller was received before the survey; ``ours`` where it was we who called."""

    at: datetime
    reception: Reception
    ours: bool


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call was over, and why."""

    at: datetime
    cause: str | None


Entry = CallBegan | Dialled | Received | Spoken | Happened | Messaged | CallEnded
"""Each has a time ``at``."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with its timeline, oldest entry first, and its ``form`` where that is there still.

    ``reactions`` are the words that an answer called for, ``corrections`` what staff has put right, oldest first.
    """

    conversation: Conversation
    form: Form | None
    reactions: tuple[str, ...]
    timeline: tuple[Entry, ...]
    corrections: tuple[Correction, ...] = ()


def conversation(unit: Unit, scope: Scope, interview: str) -> Talk | None:
    """The conversation of an interview id (``itv_…``), ``None`` when there is none in scope."""
    with unit.read() as connection:
        row = connection.execute(told(scope).where(interviews.c.id == interview)).one_or_none()
        if row is None:
            return None
        entries = [entry for read in _READERS for entry in read(connection, interview)]
        state = interview_from(row.state)
        forms, sounds = forms_at(connection, [(row.survey, row.version)]), sounds_of(connection, [state])
        corrected = corrections(connection, [interview])
    form = forms.get((row.survey, row.version))
    return Talk(
        conversation_of(row, state, forms, sounds),
        form,
        _reactions(form, state),
        tuple(sorted(entries, key=lambda entry: entry.at)),
        corrected,
    )


def _reactions(form: Form | None, state: Interview) -> tuple[str, ...]:
    """What was said, with its placeholders filled."""
    said = [form.reactions[place - 1].say for place in state.said] if form else []
    return tuple(fill(in_words(words, state.language), state.fills) for words in said)


def _began(connection: Connection, interview: str) -> Iterator[Entry]:
    query = select(legs.c.started_at, legs.c.provider, legs.c.reception).where(legs.c.interview == interview)
    for row in connection.execute(query):
        ours = row.reception is not None and kept_from(row.reception, None).call.dial is not None
        yield CallBegan(row.started_at, row.provider, ours)


def _dialled(connection: Connection, interview: str) -> Iterator[Entry]:
    about = connection.execute(select(interviews.c.interaction).where(interviews.c.id == interview)).scalar()
    for called in calls_about(connection, about) if about is not None else ():
        if called.state is not State.TALKED:  # this very call
            yield Dialled(called.at, called)


def _received(connection: Connection, interview: str) -> Iterator[Entry]:
    """Told where it ended: with the beginning of the survey."""
    query = select(legs.c.reception, interviews.c.started_at).join(interviews, interviews.c.id == legs.c.interview)
    for row in connection.execute(query.where(legs.c.interview == interview, legs.c.reception.is_not(None))):
        kept = kept_from(row.reception, None)
        yield Received(row.started_at, kept.reception, kept.call.dial is not None)


def _happened(connection: Connection, interview: str) -> Iterator[Entry]:
    query = select(events.c.at, events.c.seq, events.c.data).where(events.c.interview == interview)
    for row in connection.execute(query.order_by(events.c.seq)):
        yield Happened(row.at, row.seq, event_from(row.data))


def _spoken(connection: Connection, interview: str) -> Iterator[Entry]:
    joined = turns.join(legs, turns.c.leg == legs.c.id)
    query = select(turns.c.at, turns.c.turn_no, turns.c.turn).select_from(joined).where(legs.c.interview == interview)
    for row in connection.execute(query.order_by(turns.c.at, turns.c.turn_no)):
        for said in row.turn["says"]:
            yield Spoken(row.at, row.turn_no, utterance_from(said))


def _messaged(connection: Connection, interview: str) -> Iterator[Entry]:
    query = select(*MESSAGED).where(messages.c.interview == interview)
    for row in connection.execute(query.order_by(messages.c.created_at, messages.c.id)):
        yield Messaged(*row)


def _ended(connection: Connection, interview: str) -> Iterator[Entry]:
    query = select(legs.c.ended_at, legs.c.cause).where(legs.c.interview == interview, legs.c.ended_at.is_not(None))
    for row in connection.execute(query):
        yield CallEnded(row.ended_at, row.cause)


_READERS: tuple[Callable[[Connection, str], Iterator[Entry]], ...] = (
    _dialled,
    _began,
    _received,
    _happened,
    _spoken,
    _messaged,
    _ended,
)
"""In the order that entries of one moment are told: the answer, then the next question."""
