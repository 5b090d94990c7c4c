"""An office with alert rules, people who may be told, and customers who end their interviews."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from tests.stats.giving import Giver, Talk
from tonval.fieldwork.centre import Centre
from tonval.fieldwork.field import Field, Recorded
from tonval.fieldwork.routing import read_centre
from tonval.followup import alerts
from tonval.store.tables import users
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import InterviewEnded

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

QUEUES = """
country: SE
queues: {sales: {survey: care, channel: keypad}}
surveys:
  care:
    questions:
      - {id: recommend, scale: nps, text: {sv: "Rekommenderar du oss?", en: "Would you recommend us?"}}
      - {id: helped, scale: nki, text: {sv: "Fick du hjälp?", en: "Were you helped?"}}
agents: {anna: {name: Anna, unit: se/sthlm}}
"""


@dataclass
class Office:
    """The field, and hands on its clock, its bell and its visitors."""

    field: Field
    giver: Giver
    moment: list[datetime]
    rung: list[str] = field(default_factory=list)

    def later(self, wait: timedelta) -> None:
        """Put the clock forward."""
        self.moment[0] += wait

    def talk(self, *answers: tuple[str, str, int], comment: str | None = None, **place: Any) -> Talk:
        """An interview with these answers (question, scale, value), ended."""
        talk = self.giver.interview(**{"queue": "sales", "unit": "se/sthlm", **place})
        for question, scale, value in answers:
            talk.answer(value, question=question, scale=scale)
        if comment:
            talk.comment(comment)
        talk.end()
        self.note_end(talk)
        return talk

    def note_end(self, talk: Talk) -> None:
        """What runs in the transaction that ends the interview."""
        where = ("survey", "version", "channel", "queue", "agent", "unit", "language")
        place = {name: talk.place[name] for name in where}
        with self.field.unit.begin() as tx:
            alerts.note_end(tx, Recorded(InterviewEnded(Disposition.COMPLETE), self.moment[0], talk.id, **place))

    def user(self, name: str, role: str, unit: str = "", email: str | None = None) -> None:
        """Somebody who may sign in."""
        row = {"id": f"usr_{name}", "name": name, "role": role, "unit": unit, "email": email}
        with self.field.unit.begin() as tx:
            tx.execute(insert(users).values(**row, password="-", created_at=NOON))


def centre() -> Centre:
    """The centre above, with its form in the version that the interviews were begun on."""
    read = read_centre(QUEUES)
    return replace(read, forms={name: replace(form, version=3) for name, form in read.forms.items()})


@pytest.fixture
def office(unit: Unit) -> Office:
    moment, rung, numbers = [NOON], list[str](), itertools.count(1)
    here = Field(
        unit=unit,
        centre=centre(),
        now=lambda: moment[0],
        fresh_id=lambda prefix: f"{prefix}_{next(numbers):04}",
        handlers={},
        ring=rung.append,
        segments=lambda text: 1,
    )
    giver = Giver(unit)
    giver.agent("anna", unit="se/sthlm")
    return Office(here, giver, moment, rung)
