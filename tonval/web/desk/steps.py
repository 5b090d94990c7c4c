"""A conversation's timeline in words: each entry a line, each message a bubble with its delivery mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, assert_never

from tonval.fieldwork import links
from tonval.fieldwork.addresses import masked
from tonval.fieldwork.field import Field
from tonval.stats.timeline import CallBegan, CallEnded, Entry, Happened, Messaged, Spoken
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    AnswerReplaced,
    AnswerWithdrawn,
    CallBackWished,
    CallBackWithdrawn,
    CommentLeft,
    CommentWithdrawn,
    Event,
    InterviewBegun,
    InterviewEnded,
    NothingHeard,
    QuestionAsked,
    ReplyUnclear,
)

NO_LINKS: Final[Mapping[str, str]] = MappingProxyType({})
PROVIDERS: Final = {"sip": "over SIP", "twilio": "over Twilio", "simulator": "from the simulator"}
CAUSES: Final = {"hung up": "the customer hung up", "completed": "the call was over"}
ENDINGS: Final = {
    Disposition.COMPLETE: "Complete: every question was answered",
    Disposition.PARTIAL: "Partial: what was answered is kept",
    Disposition.BREAK_OFF: "Broken off before the first answer",
    Disposition.REFUSED: "The customer does not want to be asked",
    Disposition.NO_ANSWER: "Nobody answered",
    Disposition.EXPIRED: "No answer came in time",
    Disposition.SUPPRESSED: "Not asked",
    Disposition.NOT_OFFERED: "Not offered",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline: when, how long since the beginning, what happened; ``kind`` picks the dot."""

    at: datetime
    since: timedelta
    kind: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message; ``mark`` and ``sign`` say how far it has come, ``why`` what went wrong.

    ``link`` is the part of the body that can be followed, ``subject`` that of a letter.
    """

    id: str
    at: datetime
    direction: str
    body: str
    mark: str
    sign: str
    why: str
    link: str = ""
    subject: str = ""


def steps_of(timeline: Iterable[Entry]) -> list[Step]:
    """The timeline without the messages, which are shown as bubbles."""
    entries = [entry for entry in timeline if not isinstance(entry, Messaged)]
    start = entries[0].at if entries else None
    told = ((entry, _told(entry)) for entry in entries)
    return [Step(entry.at, entry.at - start, *words) for entry, words in told if words and start]


def bubbles_of(field: Field, timeline: Iterable[Entry], tried: Mapping[str, str] = NO_LINKS) -> list[Bubble]:
    """The messages of a conversation, oldest first; a customer's link is seen by nobody but her.

    ``tried`` maps interviews to the links of customers whom the reader plays.
    """
    said = [entry for entry in timeline if isinstance(entry, Messaged)]
    return [_bubble(field, entry, tried.get(entry.interview or "", "")) for entry in said]


def _told(entry: CallBegan | Spoken | Happened | CallEnded) -> tuple[str, str, str] | None:
    match entry:
        case CallBegan(provider=provider):
            return "began", f"The call came in {PROVIDERS.get(provider, provider)}", ""
        case Spoken(utterance=said):
            return "spoken", f"“{said.text}”", f"{said.slot}, {said.language}"
        case Happened(event=event):
            return event_words(event)
        case CallEnded(cause=cause):
            return "ended", "Hung up", CAUSES.get(cause or "", cause or "")
        case _:
            assert_never(entry)


def event_words(event: Event) -> tuple[str, str, str] | None:
    """Kind, title and detail of an event; ``None`` for what the spoken question says already."""
    match event:
        case AnswerGiven(question, _, value, said):
            return "answered", f"Answered {value} to “{question}”", f"read from “{said}”, stored as {value}"
        case AnswerReplaced(question, _, before, value, said):
            return "answered", f"Changed {before} to {value} for “{question}”", f"read from “{said}”, stored as {value}"
        case AnswerWithdrawn(question, _, value):
            return "answered", f"Took back {value} for “{question}”", ""
        case CommentWithdrawn(question, text):
            return "answered", f"Took back the words about “{question}”", text
        case CallBackWished(_, moment, phone):
            return "answered", "Wants to be called back", f"{moment:%Y-%m-%d %H:%M} UTC, {masked(phone)}"
        case CallBackWithdrawn():
            return "answered", "Does not want to be called back", ""
        case CommentLeft(question, text):
            return "answered", f"Wrote about “{question}”", text
        case ReplyUnclear(question, said, why):
            return "unclear", f"“{said}” is no answer to “{question}”", why
        case NothingHeard(question):
            return "silent", f"Nothing was heard after “{question}”", ""
        case InterviewEnded(disposition):
            return "finished", ENDINGS[Disposition(disposition)], ""
        case InterviewBegun() | QuestionAsked():
            return None
        case _:
            assert_never(event)


_MARKS: Final = {
    "received": ("received", "check"),
    "queued": ("waits to be sent", "clock"),
    "sending": ("being sent", "clock"),
    "unknown": ("sent, outcome not known yet", "clock"),
    "accepted": ("accepted by the operator", "check"),
    "sent": ("sent", "check"),
    "delivered": ("delivered", "checks"),
    "undelivered": ("not delivered", "x"),
    "failed": ("not sent", "x"),
}


def _bubble(field: Field, message: Messaged, link: str) -> Bubble:
    mark, sign = _MARKS.get(message.state, (message.state, "clock"))
    followed = link if message.direction == "out" and links.PLACEHOLDER in message.body else ""
    body = message.body.replace(links.PLACEHOLDER, followed) if followed else message.body
    shown = links.unseen(field, body) if message.direction == "out" else body
    about = message.subject or ""
    return Bubble(message.id, message.at, message.direction, shown, mark, sign, message.error or "", followed, about)
