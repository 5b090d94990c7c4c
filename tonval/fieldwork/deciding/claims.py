"""What stands when a batch is decided, read and locked; and what the decisions have taken, written back.

Two that want the same place wait for each other at the person's row. A person without a row is claimed by inserting
it: the one who comes second fails on the key and decides again (``Unit.attempt``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select, tuple_, update

from tonval.fieldwork.deciding import caps as limits
from tonval.fieldwork.deciding.by_call import refusable
from tonval.fieldwork.deciding.decide import AgentDay, Case, Standing, agent_day
from tonval.fieldwork.deciding.eligibility import possible_ways
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import suppressions
from tonval.store.among import among, listed
from tonval.store.bulk import insert_all
from tonval.store.tables import caps, interactions, quotas
from tonval.store.upsert import insert_new
from tonval.surveys.dispositions import Disposition

_TICKETS: Final = (
    select(interactions.c.ticket)
    .distinct()
    .where(
        interactions.c.ticket.in_(bindparam("tickets", expanding=True)),
        interactions.c.disposition.not_in((Disposition.SUPPRESSED, Disposition.NOT_OFFERED)),
    )
)
_CLAIM_AGAIN: Final = (
    update(caps).where(caps.c.person == bindparam("who")).values(asked=bindparam("asked"), claim=bindparam("claim"))
)
_COUNT: Final = (
    update(quotas)
    .where(quotas.c.queue == bindparam("q"), quotas.c.agent == bindparam("a"), quotas.c.day == bindparam("d"))
    .values(n=bindparam("n"))
)
_QUOTA: Final = tuple_(quotas.c.queue, quotas.c.agent, quotas.c.day)


def standing(tx: Connection, office: Field, cases: Sequence[Case], *, lock: bool = True) -> Standing:
    """What is known of everybody in ``cases``; locked until the transaction ends, unless it is only looked at."""
    people = sorted({case.person for case in cases if case.person})
    asked = {row.person: dict(row.asked) for row in _asked(tx, people, lock=lock)}
    ways, owners = _addresses(cases), _owners(cases)
    erased = suppressions.known_of(tx, {*owners, *(address for address, _ in ways)}, office.now())
    return Standing(
        refused=refused(tx, ways, erased.refusals),
        quotas=_quotas(tx, office, cases, lock=lock),
        asked=_remembered(erased, owners, asked),
        tickets=_tickets(tx, cases),
        held=frozenset(asked),
    )


def take(tx: Connection, found: Standing, claims: Mapping[str, str], counted: Collection[AgentDay]) -> None:
    """Write what the decisions took: ``claims`` maps each person asked to her invitation; ``found`` is what now holds.

    ``counted`` are the quotas that were read.
    """
    again = [person for person in sorted(claims) if person in found.held]
    fresh = [person for person in sorted(claims) if person not in found.held]
    if again:
        tx.execute(_CLAIM_AGAIN, [{"who": each, "asked": found.asked[each], "claim": claims[each]} for each in again])
    insert_all(tx, caps, [{"person": each, "asked": found.asked[each], "claim": claims[each]} for each in fresh])
    if counted:
        tx.execute(_COUNT, [{"q": q, "a": a, "d": d, "n": found.quotas[q, a, d]} for q, a, d in sorted(counted)])


def take_also(tx: Connection, person: str, scopes: Iterable[str]) -> None:
    """Enter further scopes for the person's present claim: the survey went out another way than was planned."""
    for row in _asked(tx, [person], lock=True):
        asked = {**row.asked, **dict.fromkeys(scopes, max(row.asked.values(), default=0))}
        tx.execute(update(caps).where(caps.c.person == person).values(asked=asked))


def asked_of(tx: Connection, person: str) -> Mapping[str, int]:
    """When the person was asked last, by scope (``caps``); locked until the transaction ends."""
    return next((dict(row.asked) for row in _asked(tx, [person], lock=True)), {})


def give_back(tx: Connection, person: str | None, invitation: str) -> None:
    """Undo the claim of an invitation that nobody was ever asked by, unless another has been made since."""
    if person is None:
        return
    held = select(caps.c.asked).where(caps.c.person == person, caps.c.claim == invitation).with_for_update()
    asked = tx.execute(held).scalar()
    if asked is not None:
        tx.execute(update(caps).where(caps.c.person == person).values(asked=limits.unask(asked)))


def _remembered(
    erased: suppressions.Known, owners: Mapping[str, str], asked: Mapping[str, dict[str, int]]
) -> dict[str, dict[str, int]]:
    """With what is still known of those who were erased since they were asked last."""
    found = dict(asked)
    for address, person in owners.items():
        if address in erased.asked:
            found[person] = limits.join(erased.asked[address], found.get(person, {}))
    return found


def _owners(cases: Iterable[Case]) -> dict[str, str]:
    """Whose an address is, of those that customers were reported with."""
    return {address: case.person for case in cases if case.person for address in _of_customer(case)}


def _of_customer(case: Case) -> tuple[str, ...]:
    customer = case.interaction.customer
    return tuple(address for address in (customer.phone, customer.email) if address)


def _asked(tx: Connection, people: Sequence[str], *, lock: bool) -> Sequence[Any]:
    return tx.execute(_of(tx.dialect.name, lock), {"people": listed(tx, people)}).all() if people else ()


@lru_cache(maxsize=4)
def _of(dialect: str, lock: bool) -> Select[Any]:
    """Locked in one order everywhere, so that two batches wait for each other and do not deadlock."""
    query = select(caps.c.person, caps.c.asked).where(among(dialect, caps.c.person, "people")).order_by(caps.c.person)
    return query.with_for_update() if lock else query


def _addresses(cases: Iterable[Case]) -> set[tuple[str, str]]:
    """Every address and channel that may come to be used."""
    ways = ((case, way) for case in cases for way in possible_ways(case.queue, case.interaction.customer))
    return {(way.address, refusable(case.queue, case.interaction, way.channel)) for case, way in ways if way.address}


def _quotas(tx: Connection, office: Field, cases: Sequence[Case], *, lock: bool) -> dict[AgentDay, int]:
    limited = [case for case in cases if case.queue.agent_quota is not None and case.interaction.under_quota]
    days = sorted({agent_day(office.centre, case, office.now()) for case in limited})
    if not days:
        return {}
    for queue, agent, day in days if lock else ():
        insert_new(tx, quotas, {"queue": queue, "agent": agent, "day": day, "n": 0})
    query = select(quotas).where(_QUOTA.in_(days)).order_by(quotas.c.queue, quotas.c.agent, quotas.c.day)
    rows: Sequence[Any] = tx.execute(query.with_for_update() if lock else query).all()
    return {(row.queue, row.agent, row.day): row.n for row in rows}


def _tickets(tx: Connection, cases: Iterable[Case]) -> set[str]:
    named = sorted({case.interaction.ticket.id for case in cases if case.interaction.ticket})
    return set(tx.execute(_TICKETS, {"tickets": named}).scalars()) if named else set()
