"""What a call needs to go on by itself while the database is away: the centre in memory, and its reception in hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from tonval.fieldwork import arrivals
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.calls import receptions
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import dictating
from tonval.store.tables import legs
from tonval.surveys import reception as machine
from tonval.surveys.reception import Received, Reception, Step, receive
from tonval.surveys.turns import Dial, Reply, Utterance


@dataclass(frozen=True, slots=True)
class Through:
    """A caller who is put through to the agents of ``queue`` and not asked: what she hears, then who is rung."""

    queue: str
    survey: str
    says: tuple[Utterance, ...]
    wait: Dial


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands in the reception of ``queue``: for which key she is asked after how many ``misses``."""

    queue: str
    language: str
    step: Step
    misses: int = 0


def put_through(office: Field, call: Call) -> Through | None:
    """How somebody who calls for an agent reaches one, without a look at the database; ``None``: not by us.

    Who comes back from an agent, was called by us or records prompts wants nothing that can be had without it.
    """
    queue = arrivals.queue_of(office, call)
    after_an_agent = call.agent or call.interaction or call.reception or call.dial
    if queue.reception is None or after_an_agent or dictating.is_meant(office, call):
        return None
    language = call.language or receptions.usual_language(office, queue)
    fills = {"brand": office.centre.brand}
    turn = receive(replace(queue.reception, steps=()), language=language, known=True, fills=fills)
    return Through(queue.name, queue.survey, turn.says, turn.wait) if isinstance(turn.wait, Dial) else None


def gone_on(office: Field, at: Standing, reply: Reply) -> Received | None:
    """What follows her reply, without a look at the database; ``None``: nobody is asked for that key in this queue.

    The same machine on the same reply comes to what fieldwork will once it hears of it.
    """
    queue = office.centre.queues.get(at.queue)
    terms = queue.reception if queue else None
    if terms is None or at.step not in terms.steps:
        return None
    fills = {"brand": office.centre.brand}
    return machine.go_on(Reception(terms, at.language, at.step, at.misses, fills=fills), reply)


def reception_of(office: Field, leg: str) -> Reception | None:
    """The reception of a call as it stands; ``None`` where it has none, or has got beyond it."""
    with office.unit.read() as tx:
        row = tx.execute(select(legs.c.reception, legs.c.interview).where(legs.c.id == leg)).one()
    known = row.reception and row.interview is None
    return receptions.kept_from(row.reception, None).reception if known else None
