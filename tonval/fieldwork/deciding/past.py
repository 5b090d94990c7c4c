"""What was known of people in a past that another file has made: it moves on with each contact. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from tonval.fieldwork.centre import Centre, Queue
from tonval.fieldwork.deciding import caps
from tonval.fieldwork.deciding.decide import Asking, Case, Standing, decide
from tonval.fieldwork.deciding.eligibility import Suppressed

FEW: Final = 10_000
"""So many people are remembered without a look at who may be forgotten."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody was asked about the interaction of this ``row``; ``counted`` by the agent's quota."""

    row: int
    person: str | None
    channel: str
    survey: str
    queue: str
    agent: str
    ticket: str | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Dropped:
    """The invitation came to nothing: the person's place and the ticket are free again."""

    row: int
    person: str | None
    ticket: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The survey went out by another channel than was planned."""

    person: str
    channel: str


Event = Invited | Dropped | Moved


@dataclass(slots=True)
class Past:
    """``standing`` as it is at the moment; what is known to come later waits for its time.

    It remembers whoever was asked within the longest cap, the tickets asked about and one day's quotas; never the
    interactions.
    """

    centre: Centre
    standing: Standing = field(default_factory=Standing)
    _held: dict[str, int] = field(default_factory=dict)  # person to the interaction that has her place
    _coming: list[tuple[datetime, int, Event]] = field(default_factory=list)
    _noted: int = 0
    _day: date = date.min
    _crowd: int = FEW

    def happen(self, event: Event, at: datetime) -> None:
        """Enter what was so, whatever the file says."""
        match event:
            case Invited():
                self._invited(event, at)
            case Dropped():
                self._dropped(event)
            case Moved(person, channel):
                asked = self.standing.asked.get(person)
                if asked:
                    asked[f"channel:{channel}"] = max(asked.values())
            case _:
                assert_never(event)

    def expect(self, event: Event, at: datetime) -> None:
        """It will happen ``at`` its time."""
        self._noted += 1
        heappush(self._coming, (at, self._noted, event))

    def move_on(self, now: datetime) -> None:
        """Let everything happen that was to happen until ``now``."""
        while self._coming and self._coming[0][0] <= now:
            at, _, event = heappop(self._coming)
            self.happen(event, at)
        day = now.astimezone(ZoneInfo(self.centre.zone)).date()
        if day != self._day:
            self._begin_day(day, now)

    def decide(self, case: Case, row: int, now: datetime) -> Suppressed | Asking:
        """What the centre would have decided on the case, entered at once."""
        decision = decide(self.centre, self.standing, case, now)
        if isinstance(decision, Asking) and case.person is not None:
            self._held[case.person] = row
        return decision

    def _invited(self, event: Invited, at: datetime) -> None:
        if event.ticket is not None:
            self.standing.tickets.add(event.ticket)
        if event.counted:
            day = (event.queue, event.agent, at.astimezone(ZoneInfo(self.centre.zone)).date())
            self.standing.quotas[day] = self.standing.quotas.get(day, 0) + 1
        if event.person is not None:
            asked = self.standing.asked.get(event.person, {})
            self.standing.asked[event.person] = caps.ask(asked, event.channel, event.survey, event.queue, at)
            self._held[event.person] = event.row

    def _dropped(self, event: Dropped) -> None:
        if event.ticket is not None:
            self.standing.tickets.discard(event.ticket)
        if event.person is not None and self._held.get(event.person) == event.row:
            self.standing.asked[event.person] = caps.unask(self.standing.asked[event.person])

    def _begin_day(self, day: date, now: datetime) -> None:
        """Yesterday's quotas are over; once people are many, those are forgotten whom no cap protects any more."""
        self._day = day
        quotas = self.standing.quotas
        self.standing.quotas = {each: n for each, n in quotas.items() if each[2] >= day}
        if len(self.standing.asked) > 2 * self._crowd:
            since = int((now - longest_cap(self.centre.queues.values())).timestamp())
            asked = self.standing.asked
            self.standing.asked = {one: when for one, when in asked.items() if max(when.values(), default=0) >= since}
            self._held = {one: row for one, row in self._held.items() if one in self.standing.asked}
            self._crowd = max(FEW, len(self.standing.asked))


def longest_cap(queues: Iterable[Queue]) -> timedelta:
    """How long ago somebody may have been asked and still be left alone for it."""
    every = (queue.caps for queue in queues)
    return max((max(cap.person, cap.channel, cap.survey, cap.queue) for cap in every), default=timedelta(0))
