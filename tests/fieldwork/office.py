"""A field office on a test's database, with a clock that stands still until it is moved and ids that count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import publish
from tonval.fieldwork.renewal import Renewal
from tonval.opening import GAUGES, HANDLERS
from tonval.sms.segments import measure
from tonval.store.tables import events
from tonval.store.unit import Unit
from tonval.surveys.events import Event
from tonval.surveys.record import event_from

BEGINNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Office:
    """``field`` is the office; ``rung`` the bells it rang."""

    def __init__(self, unit: Unit, centre: Centre) -> None:
        self.time = BEGINNING
        self.rung: list[str] = []
        ids = count(1)
        file = publish(unit, centre, self.time)
        self.field = Field(
            unit=unit,
            centre=file,
            now=lambda: self.time,
            fresh_id=lambda prefix: f"{prefix}_{next(ids):06d}",
            handlers=HANDLERS,
            ring=self.rung.append,
            segments=lambda body: measure(body).segments,
            renewal=Renewal(unit, file, lambda: self.time, lambda: self.time.timestamp()),
            gauges=GAUGES,
        )

    def pass_time(self, **length: float) -> None:
        """Let the clock run on: ``hours=2``."""
        self.time += timedelta(**length)

    def with_centre(self, centre: Centre) -> Field:
        """The same office after its file has changed."""
        file = publish(self.field.unit, centre, self.time)
        renewal = Renewal(self.field.unit, file, lambda: self.time, lambda: self.time.timestamp())
        changed = replace(self.field, centre=file, renewal=renewal)
        changed.renew(at_once=True)
        return changed

    def events(self, interview: str) -> tuple[Event, ...]:
        """The events of an interview, in order."""
        wanted = select(events.c.data).where(events.c.interview == interview).order_by(events.c.seq)
        with self.field.unit.read() as tx:
            return tuple(event_from(data) for data in tx.execute(wanted).scalars())
