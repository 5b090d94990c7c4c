"""The waves of periodic surveys: everybody on a contact list is reported once in each period, some at a time.

One step is one transaction: the contacts, what was decided on each, how far the wave has come and what it counts. A
step that is cut off has not happened, so that nobody is reported twice, left out or counted wrong. The list is gone
through twice: the second look finds those whose contact was merged into one that the first had passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, select, update

from tonval.fieldwork.centre import Centre, Program, Queue
from tonval.fieldwork.contacts import DORMANT
from tonval.fieldwork.deciding.decide import places
from tonval.fieldwork.deciding.eligibility import Eligible, consider
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import WAVE, Interaction
from tonval.fieldwork.invitations import Reported, take_in
from tonval.fieldwork.periodic.lists import Member, members
from tonval.fieldwork.periodic.periods import Period, period_of, share
from tonval.fieldwork.respondents import Customer
from tonval.store import outbox
from tonval.store.tables import contacts, imports, interactions, waves
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

LOOK_AGAIN: Final = timedelta(minutes=1)
"""When a wave that cannot go on looks again."""

LONGEST: Final = timedelta(days=93)
"""No period lasts longer."""

STALE_IMPORT: Final = timedelta(minutes=15)
"""An import that has not moved for so long holds up no wave."""

_I: Final = interactions.c
_W: Final = waves.c
_HERE: Final = and_(_W.program == bindparam("of_program"), _W.period == bindparam("of_period"))
_HOLD: Final = (
    select(contacts.c.id)
    .where(contacts.c.id.in_(bindparam("some", expanding=True)))
    .order_by(contacts.c.id)
    .with_for_update()
)
_WAKE: Final = (
    update(contacts)
    .where(contacts.c.id.in_(bindparam("some", expanding=True)), contacts.c.seen_at <= bindparam("dormant"))
    .values(seen_at=bindparam("now"))
)
_HAD: Final = select(_I.contact, _I.ref).where(_I.contact.in_(bindparam("some", expanding=True)), _I.kind == WAVE)
_IMPORTING: Final = select(imports.c.id).where(
    imports.c.list == bindparam("list"), imports.c.state == "running", imports.c.touched_at > bindparam("lately")
)


@dataclass(frozen=True, slots=True)
class Wave:
    """One period of a program. ``cursor`` is the last contact seen to, ``outcomes`` what ``count`` gives."""

    program: str
    period: str
    list: str
    cursor: str
    outcomes: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None

    def ref(self, contact: str) -> str:
        """The id of the interaction by which the contact is asked."""
        return f"{self.prefix}{contact}"

    @property
    def prefix(self) -> str:
        """What the ids of all its interactions begin with."""
        return f"{self.program}/{self.period}/"


def start_due(office: Field) -> int:
    """Begin the wave of the running period for each program that can begin; gives how many have."""
    running = {name: running_period(office, each) for name, each in office.centre.programs.items()}
    with office.unit.read() as tx:
        due = [
            program
            for name, program in office.centre.programs.items()
            if find_wave(tx, name, running[name].label) is None and why_not_begin(tx, office, program) is None
        ]
    begun = sum(_begin(office, program, running[program.name]) for program in due)
    if begun:
        office.ring(WAVE)
    return begun


def go_on(office: Field, limit: int = 100) -> int:
    """Take the wave that has waited longest on by up to ``limit`` contacts; gives how many waves, one or none."""
    worked, invited = office.unit.attempt(lambda tx: _step(tx, office, limit))
    if invited:
        office.ring("invite")
    return worked


def running_period(office: Field, program: Program) -> Period:
    """The program's period that it is now."""
    return period_of(program.every, office.now(), office.centre.zone)


def find_wave(tx: Connection, program: str, period: str) -> Wave | None:
    """The wave, once it has begun."""
    row = tx.execute(select(waves).where(_HERE), {"of_program": program, "of_period": period}).one_or_none()
    return wave_from(row) if row else None


def wave_from(row: Row[Any]) -> Wave:
    """The wave of a whole row."""
    return Wave(**{each.name: getattr(row, each.name) for each in fields(Wave)})


def why_not_begin(tx: Connection, office: Field, program: Program) -> str | None:
    """What keeps the program's wave from beginning now, as a sentence."""
    if not members(tx, program.list, "", 1):
        return sentence("Nobody is on the list “%(list)s”.", list=program.list)
    return why_not_go_on(office.centre, program) or _importing(tx, office, program.list)


def why_not_go_on(centre: Centre, program: Program | None) -> str | None:
    """What keeps a wave from going on, as a sentence; no program: it has been taken out of the file."""
    queue = centre.queues.get(program.queue) if program else None
    if program is None or queue is None:
        return sentence("It is no longer in queues.yaml.")
    if queue.off:
        return sentence("The queue %(name)s is switched off.", name=queue.name)
    if queue.survey in centre.off or queue.survey not in centre.forms:
        return sentence("The survey %(survey)s is switched off.", survey=queue.survey)
    return None


def reports(office: Field, program: Program, period: Period, wave: Wave, some: Iterable[Member]) -> list[Interaction]:
    """What is reported of each member: an interaction that nobody had, for the program's queue."""
    queue = office.centre.queues[program.queue]
    told = (_report(wave, queue, member) for member in some)
    return [_in_time(office.centre, program, period, wave, queue, each) for each in told]


def _begin(office: Field, program: Program, period: Period) -> bool:
    """Two clocks begin it once: the wave's key is the program and the period."""
    told = {"program": program.name, "period": period.label}
    row = {**told, "list": program.list, "cursor": "", "outcomes": count({}, ()), "started_at": office.now()}
    with office.unit.begin() as tx:
        begun = insert_new(tx, waves, row)
        if begun:
            ref = f"{program.name}/{period.label}"
            outbox.put(tx, WAVE, ref, office.now(), {**told, "look": 1})
    return begun


@dataclass(frozen=True, slots=True)
class _Turn:
    """A wave that is due, with its claimed work and its program, where the file still has it."""

    row: outbox.Row
    wave: Wave
    program: Program | None


def _step(tx: Connection, office: Field, limit: int) -> tuple[int, bool]:
    """One step of one wave; gives how many waves were due, one or none, and whether anybody was invited."""
    rows = outbox.claim(tx, WAVE, office.now(), 1, office.fresh_id("att"))
    if not rows:
        return 0, False
    wave = find_wave(tx, rows[0].payload["program"], rows[0].payload["period"])
    assert wave is not None, "the work is written with its wave"
    turn = _Turn(rows[0], wave, office.centre.programs.get(wave.program))
    if _is_over(office, turn):
        _end(tx, office, turn, sentence("the period was over"))
    elif obstacle := why_not_go_on(office.centre, turn.program):
        outbox.postpone(tx, turn.row.id, office.now() + LOOK_AGAIN, obstacle)
    elif here := [member.contact for member in members(tx, wave.list, wave.cursor, limit)]:
        return 1, _ask_some(tx, office, turn, here)
    else:
        _at_the_end(tx, office, turn)
    return 1, False


def _is_over(office: Field, turn: _Turn) -> bool:
    """A program that is gone may come back while its period lasts."""
    if turn.program is None:
        return office.now() - turn.wave.started_at > LONGEST
    return running_period(office, turn.program).label != turn.wave.period


def _ask_some(tx: Connection, office: Field, turn: _Turn, here: Sequence[str]) -> bool:
    """Report the next members of the list; gives whether anybody was invited."""
    wave, program = turn.wave, turn.program
    assert program is not None, "without a program the wave does not go on"
    some = _not_yet(tx, wave, _held(tx, office, wave, here))
    taken = take_in(tx, office, reports(office, program, running_period(office, program), wave, some))
    outcomes = count(wave.outcomes, (answer for answer in taken.values() if answer.created))
    _move(tx, wave, cursor=here[-1], outcomes=outcomes)
    outbox.postpone(tx, turn.row.id, office.now(), sentence("goes on"))
    return bool(outcomes["invited"] > wave.outcomes["invited"])


def _at_the_end(tx: Connection, office: Field, turn: _Turn) -> None:
    """Look through the list again, once no import adds to it; after that the wave has ended."""
    wave, row = turn.wave, turn.row
    if row.payload["look"] > 1:
        _end(tx, office, turn, sentence("everybody was seen to"))
    elif waits := _importing(tx, office, wave.list):
        outbox.postpone(tx, row.id, office.now() + LOOK_AGAIN, waits)
    else:
        _move(tx, wave, cursor="")
        outbox.put(tx, WAVE, f"{row.ref}/again", office.now(), {**row.payload, "look": 2})
        outbox.done(tx, [row.id])


def _end(tx: Connection, office: Field, turn: _Turn, detail: str) -> None:
    _move(tx, turn.wave, ended_at=office.now())
    outbox.done(tx, [turn.row.id], detail)


def _move(tx: Connection, wave: Wave, **values: Any) -> None:
    tx.execute(update(waves).where(_HERE).values(values), {"of_program": wave.program, "of_period": wave.period})


def _held(tx: Connection, office: Field, wave: Wave, here: Sequence[str]) -> list[Member]:
    """The members as they are once nobody else can merge them. A list keeps its contacts awake, however silent."""
    held = set(tx.execute(_HOLD, {"some": here}).scalars())
    tx.execute(_WAKE, {"some": here, "dormant": office.now() - DORMANT, "now": office.now()})
    found = members(tx, wave.list, wave.cursor, len(here))
    return [member for member in found if member.contact in held]


def _not_yet(tx: Connection, wave: Wave, some: Sequence[Member]) -> list[Member]:
    """Without those who have had their turn in this wave, be it as a contact that was merged into them since."""
    rows = tx.execute(_HAD, {"some": [member.contact for member in some]})
    had = {row.contact for row in rows if row.ref.startswith(wave.prefix)}
    return [member for member in some if member.contact not in had]


def count(before: Mapping[str, Any], answers: Iterable[Reported]) -> dict[str, Any]:
    """The outcomes with those of further reports: ``invited``, ``suppressed``, and under ``rules`` why not."""
    outcomes = Counter({"invited": before.get("invited", 0), "suppressed": before.get("suppressed", 0)})
    rules = Counter(before.get("rules", {}))
    for answer in answers:
        decision = answer.body["decision"]
        outcomes[decision["outcome"]] += 1
        rules.update([decision["rule"]] if "rule" in decision else [])
    return {**outcomes, "rules": dict(rules)}


def _importing(tx: Connection, office: Field, name: str) -> str | None:
    running = tx.execute(_IMPORTING, {"list": name, "lately": office.now() - STALE_IMPORT}).first()
    return sentence("An import into the list “%(name)s” is still running.", name=name) if running else None


def _report(wave: Wave, queue: Queue, member: Member) -> Interaction:
    """``report`` is the document by which any other system would have reported the same."""
    customer, ref = member.customer, wave.ref(member.contact)
    known = {each.name: getattr(customer, each.name) for each in fields(Customer)}
    agent = _agent(customer)
    told: dict[str, Any] = {"kind": WAVE, "id": ref, "queue": queue.name, "program": wave.program}
    told |= {"period": wave.period, "list": wave.list, "agent": agent}
    told["customer"] = {name: value for name, value in known.items() if value}
    return Interaction(ref, WAVE, queue.name, agent, customer, ended_at=None, talk=None, report=told)


def _agent(customer: Customer) -> str | None:
    """The customer's own agent, where an attribute names one: the answers count for her."""
    named = customer.attributes.get("agent")
    return named.strip()[:200] or None if isinstance(named, str) else None


def _in_time(
    centre: Centre, program: Program, period: Period, wave: Wave, queue: Queue, told: Interaction
) -> Interaction:
    """The same with the moment that is the customer's share of the spread, where there is one to be asked at."""
    begins, ends = wave.started_at + queue.delay, period.begins + program.spread
    found = consider(centre, queue, told) if begins < ends else None
    if not isinstance(found, Eligible):
        return told
    where = places(centre, found.ways[0], told.customer.zone)
    moment = share(told.ref, queue.quiet, where, begins, ends)
    return replace(told, not_before=moment, report={**told.report, "not_before": moment.isoformat()})
