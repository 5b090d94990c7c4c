"""A field office with letters to send, on a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from tonval.fieldwork import forms, ledger, links
from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.outgoing import queue_letter
from tonval.fieldwork.respondents import Agent
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import messages, outbox
from tonval.store.unit import Unit, open_unit
from tonval.surveys.questionnaire import Channel

BEGINNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SENDER = "Nordlys <care@nordlys.example>"
CENTRE = """
brand: Nordlys
defaults: {languages: [sv, en]}
queues:
  support: {survey: care, channel: email}
surveys:
  care:
    questions:
      - id: recommend
        scale: nps
        text: {sv: "Hur troligt är det att du rekommenderar {brand}?", en: "How likely are you to recommend {brand}?"}
        low: {sv: Inte alls troligt, en: Not at all likely}
        high: {sv: Mycket troligt, en: Very likely}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
"""


class Stage:
    """The office, and looks into its letters."""

    def __init__(self, unit: Unit, centre: str = CENTRE) -> None:
        self.time = BEGINNING
        self.rung: list[str] = []
        numbers = count(1)
        self.office = Field(
            unit=unit,
            centre=forms.publish(unit, read_centre(centre), self.time),
            now=lambda: self.time,
            fresh_id=lambda prefix: f"{prefix}_{next(numbers):06d}",
            handlers={},
            ring=self.rung.append,
            segments=lambda body: 1,
            public_url="https://survey.example.com",
            mail_from=SENDER,
        )

    def pass_time(self, **length: float) -> None:
        """Let the clock run on: ``seconds=5``."""
        self.time += timedelta(**length)

    def queue(
        self, *people: str, allowed: Window | None = None, body: str = "Hej!\n\nHur gick det?\n\n{link}"
    ) -> list[str]:
        """A letter to each of the people, due now; gives their interviews."""
        with self.office.unit.begin() as tx:
            form = self.office.centre.forms["care"]
            asked = []
            for person in people:
                opening = ledger.Opening(
                    form, Channel.EMAIL, "support", Agent("anna", "Anna", "se"), "sv", None, None, None
                )
                interview, _ = ledger.open_interview(tx, self.office, opening)
                links.make_links(tx, self.office, interview, timedelta(days=14))
                queue_letter(tx, self.office, person, "Hur gick det?", body, interview, allowed=allowed)
                asked.append(interview)
            return asked

    def rows(self) -> list[Any]:
        """The letters, oldest first."""
        with self.office.unit.read() as tx:
            return list(tx.execute(select(messages).where(messages.c.channel == "email").order_by(messages.c.id)))

    def states(self) -> list[str]:
        """The state of each letter, oldest first."""
        return [row.state for row in self.rows()]

    def undelivered(self) -> list[str]:
        """The interviews for which another way is tried."""
        with self.office.unit.read() as tx:
            return list(tx.execute(select(outbox.c.ref).where(outbox.c.kind == "undelivered")).scalars())


@contextmanager
def stage_on(url: str) -> Iterator[Stage]:
    """A stage on the database at ``url``."""
    unit = open_unit(url)
    yield Stage(unit)
    unit.engine.dispose()
