"""Forgetting a person: in one transaction everywhere in the database, files first, with a receipt that names nobody.

Files go before the database is touched: whoever is killed in between has erased too little and not too much, and the
same command again does the rest. What the transaction does is done whole or not at all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, or_, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.deciding.past import longest_cap
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import write_in
from tonval.fieldwork.privacy import mentions, receipts, settle, suppressions
from tonval.fieldwork.privacy.classes import PERSONAL, Data, Link
from tonval.fieldwork.privacy.clear import clear, clear_passing
from tonval.fieldwork.privacy.papers import Destroyed, NoPapers, Papers
from tonval.fieldwork.privacy.receipts import Receipt
from tonval.fieldwork.privacy.suppressions import Kept
from tonval.fieldwork.privacy.trace import Trace, trace
from tonval.store import leftovers
from tonval.store.keyring import lookup
from tonval.store.tables import contacts

NO_PAPERS: Final = NoPapers()


@dataclass(frozen=True, slots=True)
class Order:
    """Who is to be erased, by one of her ``addresses`` (E.164, lower case) or all, and by whom.

    ``for_ever``: she is never to be asked again either. ``again``: from a backup that was restored.
    """

    addresses: tuple[str, ...]
    by: Actor
    for_ever: bool = False
    again: bool = False


def erase(office: Field, order: Order, papers: Papers = NO_PAPERS) -> Receipt:
    """Erase everything about the person everywhere. Again, or when nothing is known of her: a receipt that says so.

    Numbers stay as they are: every score, and what the tally is counted from. The texts of others in which she is
    named are read afterwards (``mentions``); the receipt says how far that has come.
    """
    with office.unit.read() as tx:
        found = trace(tx, order.addresses)
    destroyed = papers.destroy(found.person, found.ids[Link.LEG])
    receipt = office.unit.attempt(lambda tx: _erase(tx, office, order, found, destroyed))
    with office.unit.read() as tx:
        papers.note(_entry(tx, receipt))
    leftovers.empty_log(office.unit)
    office.ring("follow_up")
    return receipt


def forget(tx: Connection, office: Field, found: Trace, classes: frozenset[Data]) -> dict[str, int]:
    """Take these classes out of everything that is hers, and keep by hash what forbids asking her.

    For a transaction of somebody else's, who has seen to it that nothing is going on with her.
    """
    longest = longest_cap(office.centre.queues.values())
    addresses = found.person.addresses
    wanted = suppressions.forbidding(tx, addresses, found.ids[Link.CONTACT], office.now(), longest)
    suppressions.keep(tx, wanted, [lookup(tx, address) for address in addresses])
    return clear(tx, found, classes)


def _erase(tx: Connection, office: Field, order: Order, seen: Trace, destroyed: Destroyed) -> Receipt:
    write_in(tx)  # claims that have begun come first; those that begin now find nobody
    found = _locked(tx, order.addresses, seen)
    interviews = found.ids[Link.INTERVIEW]
    settle.end_receptions(tx, found)
    ended = settle.end_interviews(tx, office, interviews)
    settle.drop_invitations(tx, office, found.ids[Link.INVITATION])
    withdrawn = settle.withdraw_messages(tx, office, found.ids[Link.MESSAGE])
    settle.withdraw_call_backs(tx, office, interviews)
    settle.shut_links(tx, office, interviews)
    kept = _remember(tx, office, order, found)
    receipt = Receipt(
        id=office.fresh_id("era"),
        at=office.now(),
        by=order.by,
        digests=tuple(sorted(lookup(tx, address) for address in found.person.addresses)),
        rows=clear(tx, found, PERSONAL) | clear_passing(tx, found.person),
        files=destroyed.files,
        kept=kept,
        ended=ended,
        withdrawn=withdrawn,
        waiting=destroyed.waiting,
        again=order.again,
    )
    receipts.write(tx, receipt)
    mentions.want(tx, office, receipt.id, found.person.addresses)
    audit.note(tx, office, order.by, Deed("person.erased", "person", receipt.id, {"hash": receipt.digests[0]}))
    return receipt


def _locked(tx: Connection, addresses: Collection[str], seen: Trace) -> Trace:
    """The person with everything that is hers, once nobody else can add to it; ``seen`` is what was found before."""
    hers = or_(contacts.c.phone.in_(addresses), contacts.c.email.in_(addresses))
    tx.execute(select(contacts.c.id).where(hers).order_by(contacts.c.id).with_for_update()).all()
    settle.lock(tx, seen)
    found = trace(tx, addresses)
    while found.ids[Link.LEG] - seen.ids[Link.LEG]:
        settle.lock(tx, found)
        seen, found = found, trace(tx, addresses)
    return found


def _remember(tx: Connection, office: Field, order: Order, found: Trace) -> dict[str, int]:
    """What still forbids asking her; the claims of invitations that came to nothing were given back before."""
    addresses, now, longest = found.person.addresses, office.now(), longest_cap(office.centre.queues.values())
    digests = [lookup(tx, address) for address in addresses]
    wanted = suppressions.forbidding(tx, addresses, found.ids[Link.CONTACT], now, longest)
    kinds = (suppressions.ERASED, suppressions.OPTED_OUT) if order.for_ever else (suppressions.ERASED,)
    wanted += [Kept(digest, kind, suppressions.ALL, now) for digest in digests for kind in kinds]
    return suppressions.keep(tx, wanted, digests)


def _entry(tx: Connection, receipt: Receipt) -> dict[str, object]:
    """What the list beside the database keeps: enough to do it again to a backup from before."""
    about = {"receipt": receipt.id, "at": receipt.at.isoformat(), "digests": list(receipt.digests)}
    return {**about, "suppressions": suppressions.listed_for(tx, receipt.digests, receipt.at)}
