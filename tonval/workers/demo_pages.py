"""How the customers of the demo fill in survey pages: page by page, with an open mind and not always to the end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from tonval.fieldwork import ledger
from tonval.fieldwork.field import Field
from tonval.store.tables import interactions, interviews
from tonval.surveys import scales
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.state import Interview
from tonval.surveys.turns import Choice, Entry
from tonval.workers.demo_words import COMMENTS

GOES_ON: Final = 0.94
"""How likely a customer sends in the page she has before her."""


@dataclass(frozen=True, slots=True)
class Answering:
    """A customer at the page of her interview: what she thinks, on a question's scale; whether she is in no hurry."""

    interview: str
    score: Callable[[Question], int]
    to_the_end: bool


def interview_about(office: Field, ref: str) -> str | None:
    """The interview about a call, if anybody was asked."""
    with office.unit.read() as tx:
        wanted = select(interviews.c.id).join(interactions).where(interactions.c.ref == ref)
        return tx.execute(wanted).scalar()


def fill_in(office: Field, chance: random.Random, who: Answering, wait: Callable[[], None]) -> None:
    """Answer the pages of an interview until it is over or the customer has had enough; ``wait`` lets time pass."""
    with office.unit.begin() as tx:
        case = ledger.load(tx, who.interview)
        form = office.centre.forms[case.interview.form]
        while case.interview.disposition is None and (who.to_the_end or chance.random() < GOES_ON):
            wait()
            page = tuple(_entries(chance, form, case.interview, who))
            ledger.advance(tx, office, case, Choice(case.interview.offered[0], page))
            case = ledger.load(tx, who.interview)


def _entries(chance: random.Random, form: Form, interview: Interview, who: Answering) -> Iterator[Entry]:
    """What she puts into the fields of the page; she wants no call."""
    offered = [form.question(name) for name in interview.offered]
    for question in filter(None, offered):
        if question.options:
            most = 1 if question.scale == scales.CHOICE else 2
            codes = [option.code for option in question.options]
            yield Entry(question.id, tuple(chance.sample(codes, chance.randint(1, min(most, len(codes))))))
        elif question.numbers is not None:
            yield Entry(question.id, (who.score(question),))
        elif question.scale == scales.FREE_TEXT and chance.random() < 0.4:
            yield Entry(question.id, text=chance.choice(COMMENTS[_mood(interview)]))


def _mood(interview: Interview) -> int:
    """Which kind of words go with the answers so far: unhappy, so-so, happy."""
    rated = [(answer, scales.SCALES[answer.scale]) for answer in interview.answers if answer.scale in scales.SCALES]
    if not rated:
        return 1
    shares = [(answer.value - scale.lowest) / (scale.highest - scale.lowest) for answer, scale in rated]
    return min(2, int(sum(shares) / len(shares) * 3))
