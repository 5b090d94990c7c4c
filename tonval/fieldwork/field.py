"""What fieldwork needs from outside, handed in by app.py: the database, queues, time, ids, handlers, the bell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.renewal import Renewal
from tonval.store.unit import Unit
from tonval.surveys.events import Event
from tonval.surveys.lint.gauges import NO_GAUGES, Gauges


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as it was written, with what the tally and the rules need to know about its interview.

    ``late``: the interview had ended before. ``ended``: it is over now.
    """

    event: Event
    at: datetime
    interview: str
    survey: str
    version: int
    channel: str
    queue: str
    agent: str
    unit: str
    language: str
    late: bool = False
    ended: bool = False


Handler = Callable[[Connection, Recorded], None]
Handlers = Mapping[type, tuple[Handler, ...]]
"""Event type to the handlers that run in the transaction that writes the event."""


@dataclass(frozen=True, slots=True)
class Field:
    """The field office: everything a transaction may use.

    It never changes but for ``centre``, which ``renew`` exchanges. Who has pieces of work going on beside one another
    gives each a copy of its own: ``replace(office)``.
    """

    unit: Unit
    centre: Centre
    now: Callable[[], datetime]
    fresh_id: Callable[[str], str]  # prefix to a new id: "leg" -> "leg_01jd…"
    handlers: Handlers
    ring: Callable[[str], None]  # kind of work: rung after a commit, may be lost, never raises
    segments: Callable[[str], int]  # how many SMS a text takes
    demo: bool = False
    link_key: bytes = b"a key for trying out"  # what links are computed with; app.py derives it from the secret key
    audit_key: bytes = b"a key for trying out"  # what the audit log is sealed with; derived likewise
    people_key: bytes = b"a key for trying out"  # what one-time links and second factors are computed with; likewise
    public_url: str = "http://localhost"  # where customers and colleagues find the pages, without a slash at the end
    mail_from: str | None = None  # who letters to customers come from; None: no mail can be sent
    renewal: Renewal | None = None  # None: the centre stays as it was handed in
    gauges: Gauges = NO_GAUGES  # what the channels know of texts, for the lint of surveys

    @property
    def file(self) -> Centre:
        """The centre as the file alone describes it."""
        return self.renewal.file if self.renewal else self.centre

    def renew(self, *, at_once: bool = False) -> bool:
        """Take up what was published and assigned in the browser; tells whether there was any.

        Call it between two pieces of work, never inside a transaction: it opens its own. It looks every two seconds at
        most, unless ``at_once``.
        """
        if self.renewal is None:
            return False
        newest, before = self.renewal.newest(self.centre, at_once=at_once), self.centre
        object.__setattr__(self, "centre", newest)  # the one thing that is ever exchanged
        return newest is not before
