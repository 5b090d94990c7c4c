"""What a customer gave in an interview, as it stands: what was corrected or taken back is not among it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from tonval.store.tables import interviews
from tonval.surveys.record import interview_from
from tonval.surveys.state import Answer, Speech


@dataclass(frozen=True, slots=True)
class Given:
    """The answers that stand, the latest last, the words that were left, and what was spoken."""

    answers: tuple[Answer, ...] = ()
    comments: tuple[str, ...] = ()
    speeches: tuple[Speech, ...] = ()


def given_in(tx: Connection, interview: str) -> Given:
    """The answers and comments of one interview."""
    return given_in_all(tx, [interview]).get(interview, Given())


def given_in_all(tx: Connection, wanted: Iterable[str]) -> dict[str, Given]:
    """The same for several; an interview that nobody knows is missing."""
    found = select(interviews.c.id, interviews.c.state).where(interviews.c.id.in_(tuple(wanted)))
    states = {row.id: interview_from(row.state) for row in tx.execute(found)}
    return {
        key: Given(state.answers, tuple(said.text for said in state.comments), state.speeches)
        for key, state in states.items()
    }
