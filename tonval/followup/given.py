"""What a customer gave in an interview, read from its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from tonval.store.tables import events
from tonval.surveys.events import AnswerGiven, CommentLeft
from tonval.surveys.record import event_from


@dataclass(frozen=True, slots=True)
class Given:
    """Answers in the order they were given, and the words that were left."""

    answers: tuple[AnswerGiven, ...] = ()
    comments: tuple[str, ...] = ()


def given_in(tx: Connection, interview: str) -> Given:
    """The answers and comments of one interview."""
    return given_in_all(tx, [interview]).get(interview, Given())


def given_in_all(tx: Connection, interviews: Iterable[str]) -> dict[str, Given]:
    """The same for several; an interview without answers and comments is missing."""
    kinds = (AnswerGiven.__name__, CommentLeft.__name__)
    found = select(events.c.interview, events.c.data).where(
        events.c.interview.in_(tuple(interviews)), events.c.kind.in_(kinds)
    )
    answers: dict[str, list[AnswerGiven]] = {}
    comments: dict[str, list[str]] = {}
    for row in tx.execute(found.order_by(events.c.interview, events.c.seq)):
        match event_from(row.data):
            case AnswerGiven() as answer:
                answers.setdefault(row.interview, []).append(answer)
            case CommentLeft(text=text):
                comments.setdefault(row.interview, []).append(text)
            case _:
                pass  # the query reads no other kinds
    return {key: Given(tuple(answers.get(key, ())), tuple(comments.get(key, ()))) for key in answers | comments}
