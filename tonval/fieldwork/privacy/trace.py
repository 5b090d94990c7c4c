"""Finding a person: from her addresses to every row that is hers, through whatever ties rows to one another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    String,
    cast,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)

from tonval.fieldwork.privacy.classes import Holding, Link
from tonval.fieldwork.privacy.persons import Person, person_of
from tonval.store import tables as t
from tonval.store.among import among, listed, one_of

Found = dict[Link, set[Any]]


@dataclass(frozen=True, slots=True)
class Trace:
    """The person, and the ids of what is hers by what they name; ``addresses`` are under ``Link.ADDRESS``."""

    person: Person
    ids: Mapping[Link, frozenset[Any]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of her but what she was looked for by."""
        return not any(ids for link, ids in self.ids.items() if link is not Link.ADDRESS)


_C, _V, _I, _W, _L, _M = (
    table.c for table in (t.contacts, t.invitations, t.interactions, t.interviews, t.legs, t.messages)
)
Step = tuple[Link, Column[Any], Column[Any], Link]

_STEPS: Final[tuple[Step, ...]] = (
    (Link.INVITATION, _V.id, _V.contact, Link.CONTACT),
    (Link.INVITATION, _V.id, _V.address, Link.ADDRESS),
    (Link.INTERACTION, _V.interaction, _V.id, Link.INVITATION),
    (Link.INTERACTION, _I.id, _I.contact, Link.CONTACT),
    (Link.INVITATION, _V.id, _V.interaction, Link.INTERACTION),
    (Link.MESSAGE, _M.id, _M.sender, Link.ADDRESS),
    (Link.MESSAGE, _M.id, _M.recipient, Link.ADDRESS),
    (Link.LEG, _L.id, _L.caller, Link.ADDRESS),
    (Link.INTERVIEW, _W.id, _W.contact, Link.CONTACT),
    (Link.INTERVIEW, _W.id, _W.interaction, Link.INTERACTION),
    (Link.INTERVIEW, _L.interview, _L.id, Link.LEG),
    (Link.INTERVIEW, _M.interview, _M.id, Link.MESSAGE),
    (Link.INTERACTION, _W.interaction, _W.id, Link.INTERVIEW),
    (Link.LEG, _L.id, _L.interview, Link.INTERVIEW),
    (Link.MESSAGE, _M.id, _M.interview, Link.INTERVIEW),
)
"""What is found, by which column, and the column and ids it is looked up by. None leads from a row to a contact."""

_TIES: Final = tuple(step for step in _STEPS if step[3] is not Link.ADDRESS)
"""The same without those that look her addresses up."""

_ONLY: Final = {_M.sender: text("messages.direction = 'in'"), _M.recipient: text("messages.direction = 'out'")}
"""The customer's end of a message, as the indexes by address have it: written out, for else they are not used."""


def trace(tx: Connection, addresses: Collection[str]) -> Trace:
    """Everything that is the person's who has one of the addresses (E.164, lower case).

    A contact's other address is hers as well. A contact that has lost its number to silence (``contacts.DORMANT``) is
    hers where it was invited by that number.
    """
    found: Found = {link: set() for link in Link}
    found[Link.ADDRESS] |= set(addresses)
    names = _take_contacts(tx, found) | _take_freed(tx, found)
    _follow(tx, found, _STEPS, found)
    while fresh := _in_threads(tx, found) - found[Link.INTERVIEW]:
        found[Link.INTERVIEW] |= fresh
        _follow(tx, found, _STEPS, {Link.INTERVIEW: fresh})
    names |= _named_in(tx, found)
    return Trace(person_of(found[Link.ADDRESS], names), {link: frozenset(ids) for link, ids in found.items()})


def trace_contact(tx: Connection, contact: str) -> Trace:
    """What is tied to one contact, with her addresses. What merely names them elsewhere is not looked for."""
    found: Found = {link: set() for link in Link}
    found[Link.CONTACT] = {contact}
    row = tx.execute(select(_C.phone, _C.email, _C.name).where(_C.id == contact)).one()
    found[Link.ADDRESS] = {address for address in (row.phone, row.email) if address}
    _follow(tx, found, _TIES, found)
    names = {row.name, *_named_in(tx, found)}
    return Trace(person_of(found[Link.ADDRESS], names), {link: frozenset(ids) for link, ids in found.items()})


def rows_of(tx: Connection, holding: Holding, found: Trace) -> ColumnElement[bool] | None:
    """The condition that a row of the table is the person's; ``None`` where none can be."""
    conditions = [
        one_of(tx, holding.table.c[column], found.ids[link]) for column, link in holding.by.items() if found.ids[link]
    ]
    return or_(*conditions) if conditions else None


def _take_contacts(tx: Connection, found: Found) -> set[str | None]:
    """The contacts with these addresses, each with its other one."""
    wanted = select(_C.id, _C.phone, _C.email, _C.name)
    by_either = (wanted.where(one_of(tx, column, found[Link.ADDRESS])) for column in (_C.phone, _C.email))
    rows = tx.execute(union_all(*by_either)).all()
    found[Link.CONTACT] |= {row.id for row in rows}
    found[Link.ADDRESS] |= {address for row in rows for address in (row.phone, row.email) if address}
    return {row.name for row in rows}


def _take_freed(tx: Connection, found: Found) -> set[str | None]:
    """Contacts whose number was given up, and that were invited by it."""
    invited = select(_V.contact).where(one_of(tx, _V.address, found[Link.ADDRESS]))
    wanted = select(_C.id, _C.name).where(_C.id.in_(invited), _C.phone.is_(None), _C.email.is_(None))
    rows = tx.execute(wanted).all()
    found[Link.CONTACT] |= {row.id for row in rows}
    return {row.name for row in rows}


def _follow(tx: Connection, found: Found, steps: tuple[Step, ...], fresh: Mapping[Link, Collection[Any]]) -> None:
    """Take every step from what is ``fresh``, and from what that has led to, until nothing more is found.

    All steps are one statement: there are as many as the longest way from row to row.
    """
    while any(fresh.values()):
        told = {f"some_{n}": listed(tx, fresh.get(by, ())) for n, (_, _, _, by) in enumerate(steps)}
        led: Found = {link: set() for link in Link}
        for n, each in tx.execute(_round(tx.dialect.name, steps), told):
            led[steps[n][0]].add(int(each) if steps[n][0] is Link.INTERACTION else each)
        fresh = {link: ids - found[link] for link, ids in led.items()}
        for link, ids in fresh.items():
            found[link] |= set(ids)


@lru_cache(maxsize=4)
def _round(dialect: str, steps: tuple[Step, ...]) -> CompoundSelect[Any]:
    """What each step leads to, with the step's place; numbers as texts, so that all are of one kind."""
    return union_all(*(_led_to(dialect, n, step) for n, step in enumerate(steps)))


def _led_to(dialect: str, n: int, step: Step) -> Select[int, str]:
    _, gives, column, _ = step
    here = gives.is_not(None) & among(dialect, column, f"some_{n}") & _ONLY.get(column, true())
    return select(literal(n), cast(gives, String)).where(here)


def _in_threads(tx: Connection, found: Found) -> set[Any]:
    """Interviews by SMS with one of her numbers, on any number of ours that has written to her."""
    between = select(_M.sender, _M.recipient, _M.direction).where(one_of(tx, _M.id, found[Link.MESSAGE])).distinct()
    threads = {
        f"{row.sender}>{row.recipient}" if row.direction == "in" else f"{row.recipient}>{row.sender}"
        for row in (tx.execute(between) if found[Link.MESSAGE] else ())
    }
    own = {thread for thread in threads if thread.partition(">")[0] in found[Link.ADDRESS]}
    return set(tx.execute(select(_W.id).where(one_of(tx, _W.thread, own))).scalars()) if own else set()


def _named_in(tx: Connection, found: Found) -> set[str | None]:
    """What she was called in reports and interviews, where it was otherwise than now."""
    reports = select(_I.report).where(one_of(tx, _I.id, found[Link.INTERACTION]), _I.report.is_not(None))
    states = select(_W.state).where(one_of(tx, _W.id, found[Link.INTERVIEW]))
    customers = (report.get("customer") for report in tx.execute(reports).scalars() if report)
    names = {each.get("name") for each in customers if isinstance(each, Mapping)}
    names |= {state.get("fills", {}).get("customer") for state in tx.execute(states).scalars()}
    return {name for name in names if isinstance(name, str)}
