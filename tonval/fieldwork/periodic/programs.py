"""Periodic surveys to look at: the programs of the file, how their waves came out, and what the next would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from tonval.fieldwork import invitations
from tonval.fieldwork.centre import Program
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import WAVE
from tonval.fieldwork.periodic.lists import members
from tonval.fieldwork.periodic.periods import Period, following
from tonval.fieldwork.periodic.waves import (
    Wave,
    find_wave,
    reports,
    running_period,
    wave_from,
    why_not_begin,
    why_not_go_on,
)
from tonval.store.tables import interactions, list_members, waves
from tonval.surveys.dispositions import Disposition

PREVIEWED: Final = 1000
"""How many members a preview looks at."""

ANSWERED: Final = frozenset({Disposition.COMPLETE, Disposition.PARTIAL})
_MARGIN: Final = timedelta(hours=1)  # for clocks that differ between hosts
_I: Final = interactions.c
_ENDED: Final = (
    select(_I.disposition, func.count().label("n"))
    .where(_I.created_at >= bindparam("since"), _I.created_at <= bindparam("until"), _I.kind == WAVE)
    .where(func.substr(_I.ref, 1, bindparam("length")) == bindparam("prefix"))
    .group_by(_I.disposition)
)
_LATEST: Final = select(waves).order_by(waves.c.started_at.desc(), waves.c.program).limit(bindparam("most"))
_MEMBERS: Final = select(func.count()).where(list_members.c.list == bindparam("list"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A program now: its list's size, the wave of its running ``period`` once begun, and the period ``after``.

    ``waits`` says what keeps the wave from beginning or going on, where something does.
    """

    program: Program
    members: int
    period: Period
    after: Period
    wave: Wave | None
    waits: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """How a wave came out so far. ``size`` is the list's now; ``waits`` as in ``Standing``, while it runs.

    ``invited``, ``suppressed`` and ``rules`` are what was decided; ``dropped`` of the invited were not asked after all,
    ``waiting`` have not answered yet, ``answered`` finished with answers.
    """

    wave: Wave
    size: int
    waits: str | None
    ended: Mapping[str, int]

    @property
    def invited(self) -> int:
        """Those whom the wave decided to ask."""
        return int(self.wave.outcomes["invited"])

    @property
    def suppressed(self) -> int:
        """Those whom it decided not to ask."""
        return int(self.wave.outcomes["suppressed"])

    @property
    def rules(self) -> list[tuple[str, int]]:
        """Why not, the most frequent rule first."""
        return Counter(self.wave.outcomes["rules"]).most_common()

    @property
    def answered(self) -> int:
        """Those who finished the survey with answers."""
        return sum(self.ended.get(each, 0) for each in ANSWERED)

    @property
    def waiting(self) -> int:
        """Those who may answer yet."""
        return self.ended.get(Disposition.PENDING, 0)

    @property
    def dropped(self) -> int:
        """The invited who were not asked after all: they opted out, or the survey was taken away."""
        return max(0, self.ended.get(Disposition.SUPPRESSED, 0) - self.suppressed)

    @property
    def share(self) -> float:
        """How much of the list has been seen to, 0 to 1."""
        return 1.0 if self.wave.ended_at else (self.invited + self.suppressed) / max(self.size, 1)

    @property
    def rate(self) -> float | None:
        """The response rate: those who answered among those invited."""
        return self.answered / self.invited if self.invited else None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the wave of ``period`` would decide now on the first ``looked_at`` of ``size`` members.

    ``first`` and ``last`` are when the first and the last of them would be asked.
    """

    program: Program
    period: Period
    size: int
    looked_at: int
    invited: int
    rules: list[tuple[str, int]]
    first: datetime | None
    last: datetime | None


def standings(office: Field) -> list[Standing]:
    """Every program of the file, by name."""
    programs = sorted(office.centre.programs.values(), key=lambda program: program.name)
    with office.unit.read() as tx:
        return [_standing(tx, office, program) for program in programs]


def courses(office: Field, limit: int = 12) -> list[Course]:
    """The latest waves, the newest first."""
    with office.unit.read() as tx:
        found = [wave_from(row) for row in tx.execute(_LATEST, {"most": limit})]
        return [_course(tx, office, wave) for wave in found]


def preview(office: Field, program: Program, limit: int = PREVIEWED) -> Preview:
    """The next wave's decisions by what is known now: the running period's while that has not begun.

    A coming wave is decided by the clock of its beginning. Nothing is written or held.
    """
    with office.unit.read() as tx:
        standing = _standing(tx, office, program)
        some = members(tx, program.list, "", limit)
    period = standing.after if standing.wave else standing.period
    begins = max(period.begins, office.now())
    wave = Wave(program.name, period.label, program.list, "", {}, begins, None)
    then = replace(office, now=lambda: begins)
    told = invitations.preview(then, reports(then, program, period, wave, some)) if some else []
    due = [datetime.fromisoformat(each["due_at"]) for each in told if "due_at" in each]
    rules = Counter(each["rule"] for each in told if "rule" in each).most_common()
    size, first, last = standing.members, min(due, default=None), max(due, default=None)
    return Preview(program, period, size, len(some), len(due), rules, first, last)


def _standing(tx: Connection, office: Field, program: Program) -> Standing:
    period = running_period(office, program)
    wave = find_wave(tx, program.name, period.label)
    waits = why_not_go_on(office.centre, program) if wave else why_not_begin(tx, office, program)
    after = following(program.every, period, office.centre.zone)
    return Standing(program, _size(tx, program.list), period, after, wave, waits)


def _course(tx: Connection, office: Field, wave: Wave) -> Course:
    until = (wave.ended_at or office.now()) + _MARGIN
    wanted = {"since": wave.started_at - _MARGIN, "until": until, "prefix": wave.prefix, "length": len(wave.prefix)}
    ended = {row.disposition: row.n for row in tx.execute(_ENDED, wanted)}
    waits = None if wave.ended_at else why_not_go_on(office.centre, office.centre.programs.get(wave.program))
    return Course(wave, _size(tx, wave.list), waits, ended)


def _size(tx: Connection, name: str) -> int:
    return tx.execute(_MEMBERS, {"list": name}).scalar_one()
