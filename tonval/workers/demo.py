"""Believable answers for trying things out: acted out through the real transactions, marked, and removable.

Nothing of it leaves the house: its messages are delivered to the console in the transaction that writes them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, select, update

from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.addresses import PhoneNumber
from tonval.fieldwork.centre import Caps, Queue, Quiet, Sip, Trunk
from tonval.fieldwork.conduct import Conducted
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.second import expected_number
from tonval.fieldwork.sending import REMIND
from tonval.followup import alerts
from tonval.sms import inbound
from tonval.stats import fold, record, tally
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.store.upsert import insert_new
from tonval.surveys.questionnaire import Channel, Question
from tonval.workers.demo_calls import HANGS_UP_FIRST, called_up, reply_to
from tonval.workers.demo_pages import Answering, fill_in, interview_about
from tonval.workers.demo_words import COMMENTS, NAMES, UNITS

Tick = Callable[[int], None]
_LONGEST: Final = timedelta(hours=1)
"""A play that begins later than this before now could end in the future."""

_NO_CAP: Final = Caps(person=timedelta(0))
"""A day is not played in the order of its hours: somebody asked this afternoon may be asked this morning."""

_TRUNK: Final = Trunk("sip:demo.example", caller=PhoneNumber("+46846500100"))
"""Where the calls of the demo seem to go out; nobody is called."""

_NUMBERS: Final = tuple(f"+1{area}55501{line:02d}" for area in range(201, 211) for line in range(100))
"""Kept for fiction (555-01xx), and not the ones that people try Tonval out with: demo and trial never meet."""
"""Customers' numbers, from the range that PTS keeps for fiction."""


@dataclass(frozen=True, slots=True)
class _Agent:
    id: str
    name: str
    unit: str
    skill: float  # added to every customer's mood
    drift: float  # by which the skill changes over the whole time


@dataclass(slots=True)
class _Stage:
    """The office of a past day: its clock stands where the play is, its bell is silent."""

    office: Field
    chance: random.Random
    time: datetime
    field: Field = field(init=False)

    def __post_init__(self) -> None:
        numbers = {name: replace(number, provider="console") for name, number in self.office.centre.numbers.items()}
        queues = {name: _at_ease(queue) for name, queue in self.office.centre.queues.items()}
        centre = replace(self.office.centre, numbers=numbers, queues=queues, sip=Sip(trunk=_TRUNK))
        mail_from = self.office.mail_from or "survey@demo.example"
        quiet = replace(self.office, centre=centre, now=lambda: self.time, ring=lambda kind: None, mail_from=mail_from)
        self.field = replace(quiet, demo=True)

    def wait(self, length: timedelta) -> None:
        self.time += length

    def pass_time(self, low: float, high: float) -> None:
        self.time += timedelta(seconds=self.chance.uniform(low, high))


def _at_ease(queue: Queue) -> Queue:
    """The queue without caps and quiet hours; who is called is called once, at any hour and as often as we like."""
    calling = queue.calling and replace(
        queue.calling, quiet=Quiet(), retry=(), caller=_TRUNK.caller, per_minute=1000, per_day=100_000, never=()
    )
    return replace(queue, caps=_NO_CAP, quiet=Quiet(), calling=calling)


class _OneTransaction(Unit):
    """A unit whose transactions are all parts of one, so that a day of play is one commit."""

    def __init__(self, unit: Unit, tx: Connection) -> None:
        super().__init__(unit.engine)
        self._tx = tx

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        yield self._tx

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._tx


def fill(office: Field, *, days: int, agents: int, seed: int, tick: Tick = lambda steps: None) -> int:
    """Act out ``days`` days of ``agents`` agents; gives the interviews. The same seed gives the same answers."""
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    crew = [_hire(chance, number) for number in range(agents)]
    today = office.now().replace(hour=0, minute=0, second=0, microsecond=0)
    stage, before = _Stage(office, chance, today), _made(office)
    for past in range(days - 1, -1, -1):
        with office.unit.begin() as tx:
            stage.field = replace(stage.field, unit=_OneTransaction(office.unit, tx))
            _play_day(stage, tx, crew, today - timedelta(days=past), 1 - past / max(days, 1), tick)
    return _made(office) - before


def _made(office: Field) -> int:
    with office.unit.read() as tx:
        return tx.execute(select(func.count()).where(t.interviews.c.demo)).scalar_one()


def _play_day(stage: _Stage, tx: Connection, crew: list[_Agent], day: datetime, progress: float, tick: Tick) -> None:
    for agent in crew:
        row = {"id": agent.id, "name": agent.name, "unit": agent.unit, "demo": True}
        insert_new(tx, t.agents, row)
        for _ in range(stage.chance.choice(_load(day))):
            stage.time = day + timedelta(hours=stage.chance.uniform(8, 17))
            if stage.time < stage.office.now() - _LONGEST:
                _play(stage, agent, agent.skill + agent.drift * progress)
        tick(1)
    _tidy(stage, tx, day)


def _load(day: datetime) -> tuple[int, ...]:
    """How many customers an agent has on such a day: fewer at the weekend."""
    return (0, 0, 0, 1) if day.weekday() > 4 else (1, 2, 2, 3)


def _play(stage: _Stage, agent: _Agent, skill: float) -> None:
    queue = stage.chance.choice([queue for queue in stage.field.centre.queues.values() if _plays(stage, queue)])
    mood = min(1.0, max(0.0, stage.chance.gauss(0.72 + skill, 0.24)))
    if queue.channel == Channel.KEYPAD:
        _call(stage, agent, queue, mood)
    elif Channel(queue.channel).on_page:
        _visit(stage, agent, queue, mood)
    else:
        _write(stage, agent, queue, mood)


def _plays(stage: _Stage, queue: Queue) -> bool:
    return queue.survey in stage.field.centre.forms and not queue.off


def _call(stage: _Stage, agent: _Agent, queue: Queue, mood: float) -> None:
    if queue.calling and stage.chance.random() < HANGS_UP_FIRST:
        about = (queue, agent.id, stage.chance.choice(_NUMBERS))
        turn = called_up(stage.field, stage.chance, about, stage.wait)
    else:
        language = stage.chance.choice(("sv", "sv", "sv", "en"))
        ref = stage.field.fresh_id("demo")
        call = conduct.Call("simulator", ref, queue.name, queue=queue.name, agent=agent.id, language=language)
        turn = conduct.begin_call(stage.field, call)
    if turn is not None:
        _answer_call(stage, queue, turn, mood)


def _answer_call(stage: _Stage, queue: Queue, turn: Conducted, mood: float) -> None:
    while turn.wait is not None and stage.chance.random() > 0.06:
        stage.pass_time(3, 9)
        said = reply_to(stage.field, stage.chance, turn, lambda slot: _key(stage, queue, slot, mood), mood)
        turn = conduct.resume(stage.field, turn.leg, said, turn.turn_no)
    stage.pass_time(1, 3)
    conduct.end_leg(stage.field, turn.leg, "hangup")


def _key(stage: _Stage, queue: Queue, slot: str, mood: float) -> str:
    form = stage.field.centre.forms[queue.survey]
    asked = next(question for question in form.questions if question.slot == slot)
    return "9" if stage.chance.random() < 0.02 and asked.scale == "nki" else str(_score(stage, asked, mood))


def _score(stage: _Stage, question: Question, mood: float) -> int:
    scale = question.numbers
    assert scale is not None
    felt = scale.lowest + (mood + stage.chance.gauss(0, 0.08)) * (scale.highest - scale.lowest)
    return min(scale.highest, max(scale.lowest, round(felt)))


def _write(stage: _Stage, agent: _Agent, queue: Queue, mood: float) -> None:
    number, answers = stage.chance.choice(_NUMBERS), stage.chance.random() < 0.55
    if not answers and stage.time + _window(stage, queue) > stage.office.now():
        return  # it would still be open, and stand in the way of a real survey to the same number
    ours = expected_number(stage.field, queue, number) or ""
    _report(stage, agent, queue, Customer(phone=number, language="sv"))
    if answers:
        stage.pass_time(20, 1500)
        _answer(stage, queue, (number, ours), mood)
    else:
        stage.time += _window(stage, queue)
    conduct.expire_due(stage.field)


def _window(stage: _Stage, queue: Queue) -> timedelta:
    return stage.field.centre.forms[queue.survey].window


def _visit(stage: _Stage, agent: _Agent, queue: Queue, mood: float) -> None:
    """A customer who gets a link, or a letter where she has an address, and comes to the page or not."""
    number, comes = stage.chance.choice(_NUMBERS), stage.chance.random() < 0.4
    email = f"{number[1:]}@demo.example" if stage.chance.random() < 0.5 or queue.sender is None else None
    asked, now = stage.time + queue.delay, stage.office.now()
    closes = asked + stage.field.centre.forms[queue.survey].page.open_for
    if asked + _LONGEST > now or (closes > now and not comes):
        return  # it would end in the future, or still be open
    ref = _report(stage, agent, queue, Customer(phone=number, email=email, language="sv"))
    interview = interview_about(stage.field, ref)
    if comes and interview is not None:
        stage.pass_time(60, 1500)
        answering = Answering(interview, lambda question: _score(stage, question, mood), closes > now)
        fill_in(stage.field, stage.chance, answering, lambda: stage.pass_time(5, 60))
    if closes <= now:
        stage.time = closes
        conduct.expire_due(stage.field)


def _report(stage: _Stage, agent: _Agent, queue: Queue, customer: Customer) -> str:
    """A call that has ended, and the question about it when it is due; gives the call's id."""
    ref, ended = stage.field.fresh_id("demo"), stage.time
    contact = Interaction(ref, "call", queue.name, agent.id, customer, ended, timedelta(minutes=4), {})
    invitations.report(stage.field, contact)
    stage.time = ended + queue.delay
    asking.ask_due(stage.field)
    return ref


def _answer(stage: _Stage, queue: Queue, thread: tuple[str, str], mood: float) -> None:
    """Reply to each question of a survey; ``thread`` is the customer's number and ours."""
    customer, ours = thread
    for question in stage.field.centre.forms[queue.survey].asked_on(Channel.SMS):
        body = stage.chance.choice(COMMENTS[int(mood * 2.99)])
        if question.numbers is not None:
            said = str(_score(stage, question, mood))
            body = f"{said}, {body}" if stage.chance.random() < 0.25 else said
        inbound.receive(
            stage.field,
            provider="console",
            ref=stage.field.fresh_id("demo"),
            sender=customer,
            recipient=ours,
            body=body,
            at=stage.time,
        )
        stage.pass_time(5, 60)


def _tidy(stage: _Stage, tx: Connection, day: datetime) -> None:
    """The day's messages have arrived, its alerts are raised, and nobody real is asked, or not asked, because of it."""
    ours = select(t.interviews.c.id).where(t.interviews.c.demo)
    tx.execute(
        update(t.messages)
        .where(t.messages.c.state == "queued", t.messages.c.interview.in_(ours))
        .values(state="delivered")
    )
    invited = select(t.invitations.c.id).join(t.interactions).where(t.interactions.c.demo)
    tx.execute(delete(t.caps).where(t.caps.c.claim.in_(invited)))
    tx.execute(delete(t.outbox).where(t.outbox.c.kind == "invite", t.outbox.c.ref.in_(invited)))
    tx.execute(delete(t.outbox).where(t.outbox.c.kind == REMIND, t.outbox.c.ref.in_(ours)))
    stage.time = min(stage.office.now(), day + timedelta(hours=18))
    alerts.apply_due(stage.field, 1000, mail_from=None)


def remove(office: Field) -> int:
    """Take all demo data away, its numbers included; gives how many interviews it was."""
    ours = select(t.interviews.c.id).where(t.interviews.c.demo)
    with office.unit.begin() as tx:
        _uncount(tx)
        legs = _legs(ours)
        for spoken in (t.turns, t.speeches):
            tx.execute(delete(spoken).where(spoken.c.leg.in_(legs)))
        tx.execute(delete(t.legs).where(t.legs.c.id.in_(legs)))
        tx.execute(delete(t.outbox).where(t.outbox.c.ref.in_(ours)))
        _free_slots(tx, ours)
        for table in (t.legs, t.alerts, t.messages, t.events, t.call_backs, t.links):
            tx.execute(delete(table).where(table.c.interview.in_(ours)))
        gone = tx.execute(delete(t.interviews).where(t.interviews.c.demo)).rowcount
        _remove_contacts(tx)
        tx.execute(delete(t.agents).where(t.agents.c.demo, t.agents.c.id.not_in(select(t.interactions.c.agent))))
    return int(gone)


def _legs(ours: Select[Any]) -> Select[Any]:
    """The calls of ours, those to customers who have not begun to answer among them."""
    invited = select(t.invitations.c.id).join(t.interactions).where(t.interactions.c.demo)
    dialled = select(t.dials.c.id).where(t.dials.c.invitation.in_(invited))
    by_us = (t.legs.c.provider == "simulator") & t.legs.c.ref.in_(dialled)
    return select(t.legs.c.id).where(t.legs.c.interview.in_(ours) | by_us)


def _free_slots(tx: Connection, ours: Select[Any]) -> None:
    """Give up the places that call-backs of ours have taken."""
    slot, own = t.call_back_slots.c, t.call_backs.c
    here = (own.queue == slot.queue, own.opens_at == slot.opens_at, own.state != "withdrawn", own.interview.in_(ours))
    held = select(func.count()).select_from(t.call_backs).where(*here).scalar_subquery()
    tx.execute(update(t.call_back_slots).values(taken=slot.taken - held))


def _remove_contacts(tx: Connection) -> None:
    """The interactions, their invitations, and the contacts that nothing else mentions."""
    ours = select(t.interactions.c.id).where(t.interactions.c.demo)
    refs = select(t.invitations.c.id).where(t.invitations.c.interaction.in_(ours))
    tx.execute(delete(t.outbox).where(t.outbox.c.kind == "invite", t.outbox.c.ref.in_(refs)))
    tx.execute(delete(t.dials).where(t.dials.c.invitation.in_(refs)))
    tx.execute(delete(t.invitations).where(t.invitations.c.interaction.in_(ours)))
    tx.execute(delete(t.interactions).where(t.interactions.c.demo))
    kept = select(t.interactions.c.contact).where(t.interactions.c.contact.is_not(None))
    tx.execute(delete(t.contacts).where(t.contacts.c.phone.in_(_NUMBERS), t.contacts.c.id.not_in(kept)))


def _uncount(tx: Connection) -> None:
    """Minus one for every answer that goes: the tally is corrected, never edited."""
    counts: Counter[tally.Delta] = Counter()
    for piece in fold.folded(tx, t.interviews.c.demo):
        counts.update(piece)
    record.write(tx, (replace(delta, n=-n) for delta, n in counts.items() if n))


def _hire(chance: random.Random, number: int) -> _Agent:
    first, last = NAMES[number % len(NAMES)]
    suffix = "" if number < len(NAMES) else str(number // len(NAMES) + 1)
    unit = UNITS[number % len(UNITS)]
    name = f"{first} {last} {suffix}".strip()
    return _Agent(f"{first}.{last}{suffix}".lower(), name, unit, chance.gauss(0, 0.09), chance.gauss(0, 0.05))
