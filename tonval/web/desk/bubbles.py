"""Messages as bubbles: how far each has come, what it costs, which question it belongs to, and why it was read so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from tonval.fieldwork import links
from tonval.fieldwork.field import Field
from tonval.stats.corrections import Correction
from tonval.stats.said import in_words
from tonval.stats.timeline import Entry, Happened, Messaged
from tonval.surveys.events import QuestionAsked
from tonval.surveys.scales import SCALES
from tonval.surveys.sentences import sentence
from tonval.web.desk.happenings import About
from tonval.web.desk.readings import CORRECTABLE, Why, scale_of, why_read
from tonval.web.numerals import decimal

NO_LINKS: Final[Mapping[str, str]] = MappingProxyType({})
_WITH_A_QUESTION: Final = frozenset({"question", "reminder"})


@dataclass(frozen=True, slots=True)
class Mended:
    """A correction in words: ``from 9 to 3``."""

    change: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message; ``mark`` and ``sign`` say how far it has come, ``since`` when; ``fault`` is what went wrong.

    ``link`` is the part of the body that can be followed. ``question`` is the id of the question it belongs to,
    ``asks`` its words; ``waits_for`` is when a message that waits may go out. ``correct`` is the question whose answer
    this reply is, where it may be put right.
    """

    id: str
    at: datetime
    direction: str
    body: str
    mark: str
    sign: str
    since: datetime
    fault: str
    link: str
    subject: str
    sender: str
    size: str
    question: str
    asks: str
    purpose: str
    waits_for: datetime | None
    why: Why | None
    correct: str
    mended: tuple[Mended, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The messages of one interview, oldest first, among what else happened; ``interview`` "" where there is none."""

    interview: str
    about: About
    entries: tuple[Entry, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def messages(self) -> tuple[Messaged, ...]:
        """What was written."""
        return tuple(each for each in self.entries if isinstance(each, Messaged))


@dataclass(frozen=True, slots=True)
class _Line:
    """One message in its exchange: what ``follows`` it, its question, and whether it is the last word on that."""

    message: Messaged
    follows: Sequence[Messaged]
    question: str
    is_last_word: bool


def bubbles_of(field: Field, exchange: Exchange, tried: Mapping[str, str] = NO_LINKS) -> list[Bubble]:
    """The messages, oldest first; a customer's link is seen by nobody but her.

    ``tried`` maps interviews to the links of customers whom the reader plays.
    """
    return [_bubble(field, exchange, line, _followed(line.message, tried)) for line in _lines(exchange)]


def _lines(exchange: Exchange) -> Iterator[_Line]:
    said, asked = exchange.messages, questions_of(exchange.entries)
    last = {asked[each.id]: each.id for each in said if _is_reply(each, asked[each.id], exchange.about)}
    for place, each in enumerate(said, 1):
        yield _Line(each, said[place:], asked[each.id], last.get(asked[each.id]) == each.id)


def questions_of(entries: Iterable[Entry]) -> dict[str, str]:
    """The question that each message (id) belongs to, "" for none: the one that was asked last before it."""
    found, current = {}, ""
    for each in entries:
        if isinstance(each, Happened) and isinstance(each.event, QuestionAsked):
            current = each.event.question
        elif isinstance(each, Messaged):
            found[each.id] = _question(each, current)
    return found


def mended(correction: Correction, about: About) -> Mended:
    """A correction in words."""
    scale = scale_of(about.form, correction.question)
    before, now = (
        sentence("no answer") if value is None else about.answer(correction.question, scale, value)
        for value in (correction.before, correction.value)
    )
    return Mended(
        sentence("from %(before)s to %(now)s", before=before, now=now), correction.by, correction.at, correction.reason
    )


def _question(message: Messaged, current: str) -> str:
    if message.direction == "out":
        return current if message.purpose in _WITH_A_QUESTION else ""
    reading = message.reading or {}
    return reading.get("question") or ("" if reading.get("as") in _COMMANDS else current)


_COMMANDS: Final = frozenset({"stop", "start", "help", "unattached", "late"})


def _is_reply(message: Messaged, question: str, about: About) -> bool:
    """Whether it is, or may have been meant as, an answer in numbers."""
    read_as = (message.reading or {}).get("as")
    return bool(question) and read_as in CORRECTABLE and scale_of(about.form, question) in SCALES


def _bubble(field: Field, exchange: Exchange, line: _Line, followed: str) -> Bubble:
    message, about = line.message, exchange.about
    mark, sign = mark_of(message)
    fault = (message.error or "") if message.direction == "out" else ""
    own = [each for each in exchange.corrections if line.is_last_word and each.question == line.question]
    return Bubble(
        id=message.id,
        at=message.at,
        direction=message.direction,
        body=_body(field, message, followed),
        mark=mark,
        sign=sign,
        since=message.changed_at,
        fault=fault,
        link=followed,
        subject=message.subject or "",
        sender=message.sender,
        size=_size(field, message),
        question=line.question,
        asks=_words(line.question, about),
        purpose=_PURPOSES.get(message.purpose, ""),
        waits_for=_waits_for(field, message),
        why=why_read(message, line.follows, about) if message.direction == "in" else None,
        correct=line.question if line.is_last_word and exchange.interview else "",
        mended=tuple(mended(each, about) for each in own),
    )


def _words(question: str, about: About) -> str:
    asked = about.form.question(question) if about.form and question else None
    return in_words(asked.text, about.language) if asked else ""


_PURPOSES: Final = {
    "reminder": sentence("Reminder"),
    "thanks": sentence("Thanks"),
    "confirmation": sentence("Confirmation"),
}

_MARKS: Final = {
    "received": ("received", "check"),
    "queued": (sentence("waits to be sent"), "clock"),
    "sending": (sentence("being sent"), "clock"),
    "unknown": (sentence("sent, outcome not known yet"), "clock"),
    "accepted": (sentence("accepted by the operator"), "check"),
    "sent": ("sent", "check"),
    "delivered": ("delivered", "checks"),
    "undelivered": (sentence("not delivered"), "x"),
    "failed": (sentence("not sent"), "x"),
}
_LETTER_MARKS: Final = {
    "accepted": (sentence("handed to the mail server"), "check"),
    "undelivered": (sentence("came back"), "x"),
}


def mark_of(message: Messaged) -> tuple[str, str]:
    """How far a message has come, and the sign for it."""
    marks = {**_MARKS, **_LETTER_MARKS} if message.subject is not None else _MARKS
    return marks.get(message.state, (message.state, "clock"))


def _followed(message: Messaged, tried: Mapping[str, str]) -> str:
    """The customer's link, where the reader plays her."""
    link = tried.get(message.interview or "", "")
    return link if message.direction == "out" and links.PLACEHOLDER in message.body else ""


def _body(field: Field, message: Messaged, followed: str) -> str:
    body = message.body.replace(links.PLACEHOLDER, followed) if followed else message.body
    return links.unseen(field, body) if message.direction == "out" else body


def _size(field: Field, message: Messaged) -> str:
    """How many SMS it takes, and what it is reckoned to cost."""
    if message.subject is not None:
        return ""
    size = sentence("%(n)s SMS", n=message.segments)
    if not message.cost or not field.centre.texting.currency:
        return size
    return sentence(
        "%(size)s, about %(cost)s %(currency)s",
        size=size,
        cost=decimal(message.cost / 10_000, 2),
        currency=field.centre.texting.currency,
    )


def _waits_for(field: Field, message: Messaged) -> datetime | None:
    """When it may go out, where that is not now."""
    if message.state != "queued":
        return None
    moments = [each for each in (message.due_at, message.open_from) if each is not None]
    latest = max(moments, default=None)
    return latest if latest is not None and latest > field.now() else None
