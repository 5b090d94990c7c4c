"""The one ledger: every interaction with its disposition and rule, counted, listed and found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
from tonval.stats.paging import Order, Page, cut
from tonval.stats.responses import PAGE, among, named_agent
from tonval.stats.scope import EVERYTHING, Scope, below
from tonval.store.tables import agents, contacts, interactions, invitations
from tonval.store.unit import Unit

LONGEST_SEARCH: Final = 254

_I: Final = interactions.c
_NAMES: Final = ("id", "kind", "ref", "queue", "agent", "created_at", "decision", "disposition", "rule")
_COLUMNS: Final = (*(_I[name] for name in _NAMES), named_agent(), agents.c.unit, _I.contact, contacts.c.name)
_INVITED: Final = (invitations.c.channel, invitations.c.state)
_ADDRESSES: Final = (contacts.c.phone, contacts.c.email)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which interactions: those that came in on the UTC days ``start`` to ``end``, both included, ``None``: all.

    Where given, only those of one queue, of a unit with all below it, with one disposition or rule, of some
    ``contacts`` (ids), or the ``rows`` (ids) themselves; ``name`` is a part of the customer's name.
    """

    start: date | None = None
    end: date | None = None
    queue: str | None = None
    unit: str | None = None
    disposition: str | None = None
    rule: str | None = None
    contacts: frozenset[str] | None = None
    rows: frozenset[int] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One interaction. ``at`` is when it came in, ``customer`` her name; ``decision`` as SURFACE.md has it.

    ``channel`` is the way the customer is asked by now, which changes where the first did not reach her; ``waiting``
    until it is tried. Without an invitation there is none.
    """

    id: int
    kind: str
    ref: str
    queue: str
    agent: str
    agent_name: str
    unit: str
    contact: str | None
    customer: str | None
    phone: str | None
    email: str | None
    at: datetime
    decision: dict[str, Any]
    disposition: str
    rule: str | None
    channel: str | None
    waiting: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many interactions of a queue have this disposition, and for suppressed ones this rule."""

    queue: str
    disposition: str
    rule: str | None
    n: int


def counted(unit: Unit, scope: Scope, wanted: Wanted) -> tuple[Count, ...]:
    """Every interaction once: by queue, disposition and rule, the largest first. Their sum is the total."""
    by = (_I.queue, _I.disposition, _I.rule)
    query = select(*by, func.count()).where(_conditions(scope, wanted)).group_by(*by)
    with unit.read() as connection:
        found = [Count(*row) for row in connection.execute(query)]
    return tuple(sorted(found, key=lambda row: (-row.n, row.queue, row.disposition, row.rule or "")))


def entries(unit: Unit, scope: Scope, wanted: Wanted, cursor: str | None = None, limit: int = PAGE) -> Page[Entry]:
    """Interactions, newest first. Raises ``BadCursor``."""
    query = Order(_I.created_at, _I.id).page(entry_query(scope, wanted), cursor, limit)
    with unit.read() as connection:
        rows, after = cut(connection.execute(query).all(), limit, "created_at", "id")
    return Page(tuple(_entry(row) for row in rows), after)


def entries_of(connection: Connection, scope: Scope, wanted: Wanted, limit: int = PAGE) -> tuple[Entry, ...]:
    """The latest interactions, oldest first."""
    query = entry_query(scope, wanted).order_by(_I.created_at.desc(), _I.id.desc()).limit(limit)
    return tuple(_entry(row) for row in connection.execute(query))[::-1]


def entry(connection: Connection, scope: Scope, kind: str, ref: str) -> Entry | None:
    """One interaction by its name, ``None`` when there is none in scope."""
    query = entry_query(scope, Wanted()).where(_I.kind == kind, _I.ref == ref)
    row = connection.execute(query).one_or_none()
    return None if row is None else _entry(row)


def seek(unit: Unit, wanted: Wanted, text: str, country: str) -> Wanted:
    """``wanted`` narrowed to what a person typed: a telephone number, e-mail address, interaction, ticket or name.

    An address or id is looked for at all times, a name within the period. National numbers are read with ``country``.
    """
    text = text.replace("\0", "").strip()[:LONGEST_SEARCH]
    with unit.read() as connection:
        people = _people(connection, text, country)
        rows = _named(connection, text)
    if people:
        return replace(wanted, start=None, end=None, contacts=people)
    if rows or _is_address(text, country):
        return replace(wanted, start=None, end=None, rows=rows)
    return replace(wanted, name=text)


def contact_of(unit: Unit, *, phone: str | None = None, email: str | None = None) -> frozenset[str]:
    """The contacts (ids) that have the address; E.164, lower case."""
    keys = [column == value for column, value in zip(_ADDRESSES, (phone, email), strict=True) if value]
    with unit.read() as connection:
        return frozenset(connection.execute(select(contacts.c.id).where(and_(true(), *keys))).scalars())


def _people(connection: Connection, text: str, country: str) -> frozenset[str]:
    key = contacts.c.email == text.lower() if "@" in text else contacts.c.phone == _number(text, country)
    return frozenset(connection.execute(select(contacts.c.id).where(key)).scalars())


def _number(text: str, country: str) -> str:
    try:
        return phone_number(text, country)
    except BadAddress:
        return ""


def _is_address(text: str, country: str) -> bool:
    """Whether it can be no name: nobody by that address is known, and that is the answer."""
    try:
        return bool(_number(text, country) or ("@" in text and email_address(text)))
    except BadAddress:
        return False


def _named(connection: Connection, text: str) -> frozenset[int]:
    """The interactions with this id, of whatever kind, and those of the ticket with it."""
    by_id = select(_I.id).where(_I.kind.in_(select(_kinds().c.kind)), _I.ref == text)
    by_ticket = select(_I.id).where(_I.ticket == text)
    return frozenset(row for query in (by_id, by_ticket) for row in connection.execute(query).scalars())


def _kinds() -> Any:
    """Every kind there is, each found by one step in the index of kind and id, however many interactions have it."""
    first = select(func.min(_I.kind).label("kind")).cte("kinds", recursive=True)
    following = select(func.min(_I.kind)).where(_I.kind > first.c.kind).scalar_subquery()
    return first.union_all(select(following).where(first.c.kind.is_not(None)))


def entry_query(scope: Scope, wanted: Wanted) -> Select[Any]:
    """Interactions with agent, contact and invitation, as an ``Entry`` is made from them."""
    joined = interactions.outerjoin(agents, _I.agent == agents.c.id).outerjoin(contacts, _I.contact == contacts.c.id)
    joined = joined.outerjoin(invitations, invitations.c.interaction == _I.id)
    query = select(*_COLUMNS, *_INVITED, *_ADDRESSES).select_from(joined).where(_conditions(scope, wanted))
    return query if wanted.name is None else query.where(_is_called(wanted.name))


def _conditions(scope: Scope, wanted: Wanted) -> ColumnElement[bool]:
    here = among(_I.created_at, wanted.start, wanted.end) & _whose(scope, wanted.unit)
    for name in ("queue", "disposition", "rule"):
        value = getattr(wanted, name)
        here = here if value is None else here & (_I[name] == value)
    if wanted.contacts is not None:
        here &= _I.contact.in_(wanted.contacts) if wanted.contacts else false()
    if wanted.rows is not None:
        here &= _I.id.in_(wanted.rows) if wanted.rows else false()
    return here


def _whose(scope: Scope, unit: str | None) -> ColumnElement[bool]:
    """The agents in question, looked up once: there are few of them beside their interactions."""
    if scope == EVERYTHING and unit is None:
        return true()
    theirs = scope.allows(agents.c.unit, agents.c.id)
    theirs = theirs if unit is None else theirs & below(agents.c.unit, unit)
    return or_(_I.agent.in_(select(agents.c.id).where(theirs)), scope.nameless(_I.agent, _I.queue, unit))


def _is_called(name: str) -> ColumnElement[bool]:
    """SQLite knows no small letters but a to z, so the name is also tried as people write names."""
    folded = func.lower(contacts.c.name).contains(name.lower(), autoescape=True)
    return or_(folded, *(contacts.c.name.contains(spelt, autoescape=True) for spelt in (name, name.title())))


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        kind=row.kind,
        ref=row.ref,
        queue=row.queue,
        agent=row.agent,
        agent_name=row.agent_name or row.agent,
        unit=row.unit or "",
        contact=row.contact,
        customer=row.name,
        phone=row.phone,
        email=row.email,
        at=row.created_at,
        decision=row.decision or {},
        disposition=row.disposition,
        rule=row.rule,
        channel=row.channel,
        waiting=row.state == "waiting",
    )
