"""What a replay has found: by queue and rule what was decided and what would have been. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

INVITED: Final = "invited"


@dataclass(frozen=True, slots=True)
class Change:
    """One interaction with its first decision and the one that the other file would have made."""

    kind: str
    ref: str
    queue: str
    at: datetime
    was: Mapping[str, Any]
    would_be: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moves:
    """How many went from one outcome to the other: ``invited`` or a rule's name, was and would be, to a count."""

    counts: Mapping[tuple[str, str], int]

    @property
    def total(self) -> int:
        """All interactions."""
        return sum(self.counts.values())

    @property
    def changed(self) -> int:
        """Those whose outcome or rule would have been another."""
        return sum(n for (was, would_be), n in self.counts.items() if was != would_be)

    @property
    def invited(self) -> tuple[int, int]:
        """How many were invited, and would have been."""
        return self.of(INVITED)

    def of(self, outcome: str) -> tuple[int, int]:
        """How many had this outcome, and would have had it."""
        was = sum(n for (one, _), n in self.counts.items() if one == outcome)
        would_be = sum(n for (_, other), n in self.counts.items() if other == outcome)
        return was, would_be

    def rules(self) -> Iterator[tuple[str, int, int]]:
        """Each rule that suppressed anybody, before or after, those that change most first."""
        names = {name for pair in self.counts for name in pair} - {INVITED}
        found = [(name, *self.of(name)) for name in names]
        return iter(sorted(found, key=lambda each: (-abs(each[2] - each[1]), -each[1], each[0])))


@dataclass(frozen=True, slots=True)
class Replay:
    """A period as it was decided and as ``config`` would have decided it.

    ``kept`` were not decided anew, ``otherwise`` are asked by another way or survey, ``retimed`` at another moment;
    ``more`` and ``less`` are people who would have been asked more or less often. ``decided_by`` counts the
    interactions by the configuration that decided them, ``days`` is invitations before and after by day of the centre.
    ``changes`` are the last of those that changed.
    """

    config: str
    since: datetime
    until: datetime
    queues: Mapping[str, Moves]
    kept: int
    otherwise: int
    retimed: int
    more: int
    less: int
    decided_by: Mapping[str, int]
    days: Mapping[date, tuple[int, int]]
    changes: tuple[Change, ...]

    @property
    def all(self) -> Moves:
        """All queues together."""
        counts: Counter[tuple[str, str]] = Counter()
        for moves in self.queues.values():
            counts.update(moves.counts)
        return Moves(counts)

    @property
    def changed(self) -> int:
        """Interactions on which the decision would have been another in any respect."""
        return self.all.changed + self.otherwise + self.retimed

    @property
    def a_day(self) -> tuple[float, float]:
        """Invitations a day, as it was and as it would have been."""
        days = max((self.until - self.since).total_seconds() / 86_400, 1 / 24)
        was, would_be = self.all.invited
        return was / days, would_be / days


class Count:
    """Counts decisions as they come, in memory that does not grow with them: only with people and days that differ."""

    def __init__(self, queue: str | None, changes: int) -> None:
        self._only = queue
        self._queues: dict[str, Counter[tuple[str, str]]] = {}
        self._people: Counter[str] = Counter()
        self._kept = self._otherwise = self._retimed = 0
        self._decided_by: Counter[str] = Counter()
        self._days: dict[date, list[int]] = {}
        self._changes: deque[Change] = deque(maxlen=changes)

    def add(self, change: Change, person: str | None, day: date, *, kept: bool = False) -> None:
        """One interaction, decided anew or ``kept`` as it was. ``day`` is that of its decision."""
        if self._only not in (None, change.queue):
            return
        was, would_be = outcome_of(change.was), outcome_of(change.would_be)
        self._queues.setdefault(change.queue, Counter())[was, would_be] += 1
        self._decided_by[str(change.was.get("config", ""))] += 1
        self._kept += kept
        invited = self._days.setdefault(day, [0, 0])
        invited[0] += was == INVITED
        invited[1] += would_be == INVITED
        if not kept:
            self._compare(change, person, was, would_be)

    def result(self, config: str, since: datetime, until: datetime) -> Replay:
        """What was found so far."""
        return Replay(
            config=config,
            since=since,
            until=until,
            queues={name: Moves(self._queues[name]) for name in sorted(self._queues)},
            kept=self._kept,
            otherwise=self._otherwise,
            retimed=self._retimed,
            more=sum(n > 0 for n in self._people.values()),
            less=sum(n < 0 for n in self._people.values()),
            decided_by=dict(self._decided_by.most_common()),
            days={day: (before, after) for day, (before, after) in sorted(self._days.items())},
            changes=tuple(reversed(self._changes)),
        )

    def _compare(self, change: Change, person: str | None, was: str, would_be: str) -> None:
        if was != would_be:
            if person is not None and INVITED in (was, would_be):
                self._people[person] += 1 if would_be == INVITED else -1
        elif any(change.was.get(name) != change.would_be.get(name) for name in ("channel", "survey")):
            self._otherwise += 1
        elif change.was.get("due_at") != change.would_be.get("due_at"):
            self._retimed += 1
        else:
            return
        self._changes.append(change)


def outcome_of(decision: Mapping[str, Any]) -> str:
    """``invited``, or the rule that suppressed."""
    return str(decision.get("rule") or INVITED)


def document(found: Replay) -> dict[str, Any]:
    """The whole result as plain values, for programs and to be kept."""
    return {
        "config": found.config,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "decided_by": dict(found.decided_by),
        "queues": {name: _counts(moves) for name, moves in found.queues.items()},
        "all": _counts(found.all),
        "kept": found.kept,
        "otherwise": found.otherwise,
        "retimed": found.retimed,
        "people": {"more_often": found.more, "less_often": found.less},
        "invitations_a_day": [round(each, 2) for each in found.a_day],
        "days": [{"day": day.isoformat(), "invited": list(counts)} for day, counts in found.days.items()],
        "changes": [_change(each) for each in found.changes],
    }


def _counts(moves: Moves) -> dict[str, Any]:
    rules = {name: [before, after] for name, before, after in moves.rules()}
    pairs = [{"was": one, "would_be": other, "n": n} for (one, other), n in sorted(moves.counts.items())]
    counted = {"contacts": moves.total, "changed": moves.changed, "invited": list(moves.invited)}
    return {**counted, "rules": rules, "moves": pairs}


def _change(each: Change) -> dict[str, Any]:
    named = {"kind": each.kind, "id": each.ref, "queue": each.queue, "at": each.at.isoformat()}
    would_be = {name: value for name, value in each.would_be.items() if name != "invitation"}
    return {**named, "was": dict(each.was), "would_be": would_be}
