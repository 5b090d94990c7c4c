"""Callers who are received before the survey, and customers we call: carried through the reception's steps.

A reception is kept with its leg. Where it ends in the survey, the interview begins in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from tonval.fieldwork import arrivals, invitations
from tonval.fieldwork.arrivals import Arrival, Call
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.deciding.eligibility import Suppressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.store.tables import interactions, legs
from tonval.surveys.dispositions import Disposition
from tonval.surveys.reception import NEVER_AGAIN, Outcome, Received, Reception, Step, Terms, go_on, receive
from tonval.surveys.record import plain, reception_from
from tonval.surveys.turns import DialEnded, Digits, HungUp, Reply, TimedOut

TALKED: Final = DialEnded(timedelta(seconds=1))
"""What is known of a talk that a telephone system connected: that there was one."""

BACK_WITHIN: Final = timedelta(hours=4)
"""How long a caller whom we sent to an agent may be away before her call counts as a new one."""

UNHEARD: Final = timedelta(seconds=2)
"""Before this nobody has heard which key ends all calls: it is a tone in a machine's greeting, and asked for again."""

DECLINED: Final = Suppressed("declined", "the caller was offered the survey before the agent and pressed no key for it")
NO_AGENT: Final = Suppressed("no_agent", "nobody took the call")

GUARDED: Final = Terms((Step.GUARD,), greets=False)
"""How a customer we call is received."""

_LATELY: Final = (
    select(legs.c.id, legs.c.reception)
    .where(legs.c.caller == bindparam("caller"), legs.c.reception.is_not(None), legs.c.started_at > bindparam("since"))
    .order_by(legs.c.started_at.desc())
    .limit(1)
)
_NAMED: Final = select(legs.c.id, legs.c.reception).where(
    legs.c.id == bindparam("leg"), legs.c.reception.is_not(None), legs.c.started_at > bindparam("since")
)
_MOVE: Final = (
    update(legs).where(legs.c.id == bindparam("leg")).values(reception=bindparam("kept"), interview=bindparam("begun"))
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A reception as its leg keeps it: with the call as it came in, and the queue that received it."""

    call: Call
    queue: str
    reception: Reception


def begin(tx: Connection, office: Field, call: Call) -> tuple[Arrival, Kept | None]:
    """The first turn of a call: a reception's where there is one, else the survey's or a goodbye."""
    queue = arrivals.queue_of(office, call)
    if call.dial is not None and dialling.answered(tx, office, call.dial, call.ref) is None:
        return arrivals.say_goodbye(office, call, queue), None
    if call.dial is not None:
        return _received(tx, office, call, queue, replace(GUARDED, words=_words(queue)))
    if queue.reception is None:
        return arrivals.receive(tx, office, call), None
    before = _sent_away(tx, office, call)
    if before is not None:
        return _back(tx, office, call, before)
    if call.agent or call.interaction or call.reception:
        return _received(tx, office, call, queue, _language_alone(queue.reception))
    return _received(tx, office, call, queue, queue.reception)


def resume(tx: Connection, office: Field, leg: str, kept: Kept, reply: Reply, began: datetime | None = None) -> Arrival:
    """The next turn after ``reply`` in a call that ``began`` then (aware). Raises ``ReplyRejected``."""
    early = began is not None and office.now() - began < UNHEARD
    turn = go_on(kept.reception, TimedOut() if early and _says_never(kept, reply) else reply)
    arrival, after = _settle(tx, office, kept, turn)
    tx.execute(_MOVE, {"leg": leg, "kept": record(after), "begun": arrival.interview})
    return arrival


def _says_never(kept: Kept, reply: Reply) -> bool:
    return kept.reception.step is Step.GUARD and reply == Digits(NEVER_AGAIN)


def leave(tx: Connection, office: Field, leg: str, kept: Kept) -> None:
    """The caller has hung up. While she talks with the agent that is told by who connected them."""
    if kept.reception.step not in (Step.CONNECTED, Step.OVER):
        resume(tx, office, leg, kept, HungUp())


def record(kept: Kept) -> dict[str, Any]:
    """As JSON; the caller's number stands with the leg alone."""
    call = {name: value for name, value in asdict(kept.call).items() if name != "caller"}
    return {"call": call, "queue": kept.queue, "reception": plain(kept.reception)}


def kept_from(data: Mapping[str, Any], caller: str | None) -> Kept:
    """What ``record`` wrote."""
    return Kept(Call(**data["call"], caller=caller), data["queue"], reception_from(data["reception"]))


def _received(tx: Connection, office: Field, call: Call, queue: Queue, terms: Terms) -> tuple[Arrival, Kept | None]:
    known = call.language or arrivals.language_of(tx, call.caller)
    fills = {"brand": office.centre.brand}
    turn = receive(terms, language=known or usual_language(office, queue), known=known is not None, fills=fills)
    return _settle(tx, office, Kept(call, queue.name, turn.reception), turn)


def _settle(tx: Connection, office: Field, kept: Kept, turn: Received) -> tuple[Arrival, Kept]:
    """What the caller hears next; where the reception has ended, what comes of it."""
    after = replace(kept, reception=turn.reception)
    queue = office.centre.queues.get(kept.queue) or arrivals.queue_of(office, kept.call)
    if turn.outcome is None:
        return Arrival(None, queue.survey, 0, turn.says, turn.wait, queue.name), after
    arrival = _end(tx, office, after, turn.outcome, queue)
    return replace(arrival, says=turn.says + arrival.says), after


def _end(tx: Connection, office: Field, kept: Kept, outcome: Outcome, queue: Queue) -> Arrival:
    over = Arrival(None, queue.survey, 0, (), None, queue.name)
    if kept.call.dial is not None:
        return _end_ours(tx, office, kept, outcome) or over
    match outcome:
        case Outcome.SURVEY:
            return arrivals.receive(tx, office, _talked_with(kept), kept.reception.talk or None)
        case Outcome.DECLINED:
            _note(tx, office, kept, queue, Disposition.REFUSED, DECLINED)
        case Outcome.LEFT if kept.reception.talk and kept.reception.taking_part is not False:
            _report_left(tx, office, kept, queue)
        case Outcome.UNCONNECTED:
            _note(tx, office, kept, queue, Disposition.NOT_OFFERED, NO_AGENT)
        case _:
            pass
    return over


def _end_ours(tx: Connection, office: Field, kept: Kept, outcome: Outcome) -> Arrival | None:
    """A customer we called has pressed a key, or nobody has."""
    dial = kept.call.dial
    assert dial is not None, "it is our call"
    invitation = dialling.over(tx, office, dial, outcome)
    return arrivals.begin_invited(tx, office, kept.call, invitation) if invitation else None


def _talked_with(kept: Kept) -> Call:
    reception = kept.reception
    return replace(kept.call, agent=reception.agent or kept.call.agent, language=reception.language)


def _note(tx: Connection, office: Field, kept: Kept, queue: Queue, disposition: Disposition, why: Suppressed) -> None:
    """Write an interaction nobody is asked about, with how it ended: no rule of ours kept her from being asked."""
    row = arrivals.note(tx, office, _talked_with(kept), queue, why)
    tx.execute(update(interactions).where(interactions.c.id == row).values(disposition=disposition, rule=None))


def _report_left(tx: Connection, office: Field, kept: Kept, queue: Queue) -> None:
    """She hung up first: as if the telephone system had reported it, so that she can be asked by another way."""
    call = _talked_with(kept)
    told = Interaction(
        ref=arrivals.ref_of(call),
        kind="call",
        queue=queue.name,
        agent=call.agent,
        customer=Customer(phone=call.caller, language=call.language),
        ended_at=office.now(),
        talk=kept.reception.talk,
        report={"ended_by": "customer", "direction": "inbound"},
    )
    invitations.take_in(tx, office, [told])


def _sent_away(tx: Connection, office: Field, call: Call) -> Kept | None:
    """The reception of this caller whom we sent to an agent: the one that is named, else her latest.

    Who comes without a word of where she has been is a caller like any other.
    """
    since = office.now() - BACK_WITHIN
    if call.reception:
        row = tx.execute(_NAMED, {"leg": call.reception, "since": since}).one_or_none()
    elif call.caller and (call.agent or call.interaction):
        row = tx.execute(_LATELY, {"caller": call.caller, "since": since}).one_or_none()
    else:
        return None
    before = kept_from(row.reception, call.caller) if row else None
    if row is None or before is None or before.reception.step is not Step.CONNECTED:
        return None
    done = replace(before, reception=replace(before.reception, step=Step.OVER))
    tx.execute(update(legs).where(legs.c.id == row.id).values(reception=record(done)))
    return before


def _back(tx: Connection, office: Field, call: Call, before: Kept) -> tuple[Arrival, Kept | None]:
    """She comes back from the agent, and need not be asked again what she has said."""
    again = replace(before, call=replace(call, language=before.reception.language))
    if before.reception.taking_part is not False:
        return arrivals.receive(tx, office, again.call), None
    return _settle(tx, office, again, go_on(before.reception, TALKED))


def _language_alone(terms: Terms) -> Terms:
    """After the agent only the language is left to ask."""
    return replace(
        terms, steps=tuple(step for step in terms.steps if step is Step.LANGUAGE), lines=(), queue="", greets=False
    )


def _words(queue: Queue) -> Mapping[str, Any]:
    return queue.reception.words if queue.reception else {}


def usual_language(office: Field, queue: Queue) -> str:
    """What its callers are spoken to in before anything is known of them."""
    form = office.centre.forms.get(queue.survey)
    offered = queue.reception.languages if queue.reception else ()
    return next(iter(offered or (form.languages if form else office.centre.languages) or ("en",)))
