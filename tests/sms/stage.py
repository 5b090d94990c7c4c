"""A field office on a fresh database whose clock stands still until it is moved, with messages to send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from tonval.fieldwork import forms
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.outgoing import queue_message
from tonval.fieldwork.routing import read_centre
from tonval.sms import inbound
from tonval.sms.segments import measure
from tonval.store.tables import messages
from tonval.store.unit import Unit, open_unit

OURS = "+46701740605"
CUSTOMER = "+46701740606"
BEGINNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CENTRE = """
numbers: {"+46701740605": {provider: twilio}, "+46701740604": {provider: console}}
defaults: {languages: [sv, en]}
queues:
  sales: {survey: sales-nps, channel: sms, from: "+46701740605"}
surveys:
  sales-nps:
    questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0-10", en: "How likely? 0-10"}}]
"""


class Stage:
    """The office, and looks into its messages."""

    def __init__(self, unit: Unit) -> None:
        self.time = BEGINNING
        numbers = count(1)
        centre = forms.publish(unit, read_centre(CENTRE), self.time)
        self.office = Field(
            unit=unit,
            centre=centre,
            now=lambda: self.time,
            fresh_id=lambda prefix: f"{prefix}_{next(numbers):04d}",
            handlers={},
            ring=lambda kind: None,
            segments=lambda body: measure(body).segments,
        )

    def pass_time(self, **length: float) -> None:
        """Let the clock run on: ``seconds=5``."""
        self.time += timedelta(**length)

    def queue(self, *bodies: str, sender: str = OURS, to: str = CUSTOMER) -> None:
        """Messages that are due now."""
        with self.office.unit.begin() as tx:
            for body in bodies:
                queue_message(tx, self.office, sender, to, body, "question", None)

    def receive(self, body: str, ref: str, sender: str = CUSTOMER) -> None:
        """A message from the customer."""
        inbound.receive(self.office, provider="twilio", ref=ref, sender=sender, recipient=OURS, body=body, at=self.time)

    def rows(self, direction: str = "out") -> list[Any]:
        """The messages, oldest first."""
        with self.office.unit.read() as tx:
            wanted = select(messages).where(messages.c.direction == direction).order_by(messages.c.id)
            return list(tx.execute(wanted))

    def states(self) -> list[str]:
        """The state of each message going out, oldest first."""
        return [row.state for row in self.rows()]


@contextmanager
def stage_on(url: str) -> Iterator[Stage]:
    """A stage on the database at ``url``."""
    unit = open_unit(url)
    yield Stage(unit)
    unit.engine.dispose()
