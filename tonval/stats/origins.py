"""Which answer a correction goes back to: the latest one given to its question in the same interview."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, or_, select, true

from tonval.store.tables import events
from tonval.surveys.events import AnswerGiven
from tonval.surveys.scales import CHOICES

given: Final = events.alias("given")
NO_OTHERS: Final = true()


def moment_given(
    interview: ColumnElement[Any],
    question: ColumnElement[Any],
    scale: ColumnElement[Any],
    value: ColumnElement[Any],
    earlier: ColumnElement[bool] = NO_OTHERS,
) -> Select[Any]:
    """When that answer was given; ``earlier`` are the events that came before the correction, where others came after.

    Each option of a multiple choice is an answer of its own.
    """
    same = or_(scale != CHOICES, given.c.data["value"].as_integer() == value)
    return (
        select(given.c.at)
        .where(given.c.interview == interview, given.c.kind == AnswerGiven.__name__)
        .where(given.c.data["question"].as_string() == question, same, earlier)
        .order_by(given.c.seq.desc())
        .limit(1)
    )


ORIGIN: Final = moment_given(
    bindparam("interview", type_=String),
    bindparam("question", type_=String),
    bindparam("scale", type_=String),
    bindparam("value", type_=Integer),
)
"""The same for one correction; all of an interview's events lie side by side in one index."""
