"""Texts of other customers that name somebody who was erased: read in the background, her number and address masked.

There is no index of words, so an erasure leaves a search (``searches``) that a chore carries on, some texts at a time:
what customers wrote and what colleagues noted. Those who are looked for from the same text on are looked for together.
What is masked is what ``persons`` knows as a way to write the number or address; names, which others share, are not.
Her addresses stay in the search, sealed, until its last text was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Select, delete, func, insert, select, text, update

from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import receipts
from tonval.fieldwork.privacy.persons import Person, national_of, person_of
from tonval.fieldwork.privacy.receipts import Others
from tonval.store import tables as t
from tonval.store.among import one_of

BATCH: Final = 2000
SHORTEST: Final = 6
"""Characters of a text that could hold a number or an address at all."""

_S: Final = t.searches.c
_OTHERS: Final = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Place:
    """Texts that are read in the order of ``key``. ``number``: the key is one. ``only`` spares those of nobody."""

    key: Column[Any]
    column: Column[Any]
    number: bool = False
    only: str = ""

    def batch(self, after: str) -> Select[Any]:
        """The next texts, by key."""
        begun = self.key > (int(after or 0) if self.number else after)
        wanted = select(self.key, self.column).where(begun).order_by(self.key).limit(BATCH)
        return wanted.where(text(self.only)) if self.only else wanted


PLACES: Final = (
    Place(t.messages.c.id, t.messages.c.body, only=f"direction = 'in' AND length(body) >= {SHORTEST}"),
    Place(t.events.c.id, t.events.c.data, number=True, only="kind = 'CommentLeft'"),
    Place(t.call_backs.c.id, t.call_backs.c.note, only="note IS NOT NULL"),
    Place(t.reasons.c.entry, t.reasons.c.words, number=True),
)


def want(tx: Connection, office: Field, erasure: str, addresses: Collection[str]) -> None:
    """Have the texts of others read for her, in the transaction of her erasure."""
    row = {"erasure": erasure, "addresses": sorted(addresses), "created_at": office.now()}
    tx.execute(insert(t.searches), {**row, "place": 0, "after": "", "read": 0, "hidden": 0})


def search(office: Field, batches: int = 5) -> int:
    """Carry on with what is looked for, at most so many batches; gives how many texts were masked."""
    hidden = 0
    for _ in range(batches):
        found = _step(office)
        if found is None:
            break
        hidden += found
    return hidden


def search_all(office: Field) -> None:
    """Until nothing is looked for any more."""
    while _step(office) is not None:
        pass


def _step(office: Field) -> int | None:
    """One batch of the place that is least far, for all who are looked for there; ``None``: nothing is to be done."""
    with office.unit.read() as tx:
        waiting = tx.execute(select(t.searches).order_by(_S.place, _S.after, _S.erasure)).all()
        if not waiting:
            return None
        first = waiting[0]
        together = [row for row in waiting if (row.place, row.after) == (first.place, first.after)]
        rows = tx.execute(PLACES[first.place].batch(first.after)).all()
    sought = Sought([person_of(row.addresses) for row in together])
    hits = {row[0]: whom for row in rows if (whom := sought.in_text(_written(row[1])))}
    return office.unit.attempt(lambda tx: _write(tx, together, rows, hits, sought))


class Sought:
    """Several persons, told from texts in a quick look before each of their notations is tried."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self._persons = persons
        self._digits = [
            (national_of(each), n) for n, one in enumerate(persons) for each in one.addresses if "@" not in each
        ]
        self._mails = [(each.lower(), n) for n, one in enumerate(persons) for each in one.addresses if "@" in each]

    def in_text(self, written: str) -> frozenset[int]:
        """The places of those whom the text names."""
        digits, lower = _OTHERS.sub("", written), written.lower()
        may = {n for own, n in self._digits if own in digits} if len(digits) >= SHORTEST else set[int]()
        may |= {n for own, n in self._mails if own in lower} if "@" in written else set[int]()
        return frozenset(n for n in may if self._persons[n].is_in(written))

    def person(self, whom: Iterable[int]) -> Person:
        """These as one, to be masked at once."""
        return person_of({each for n in whom for each in self._persons[n].addresses})


def _written(value: Any) -> str:
    """A text, or the one within a comment."""
    return str(value.get("text") or "") if isinstance(value, Mapping) else value or ""


def _write(
    tx: Connection,
    together: Sequence[Row[Any]],
    rows: Sequence[Any],
    hits: Mapping[Any, frozenset[int]],
    sought: Sought,
) -> int:
    """Mask the hits, and note how far the searches have come; nothing where another worker has done so meanwhile."""
    first = together[0]
    still = (
        one_of(tx, _S.erasure, [row.erasure for row in together])
        & (_S.place == first.place)
        & (_S.after == first.after)
    )
    held = tx.execute(select(_S.erasure).where(still).order_by(_S.erasure).with_for_update()).scalars().all()
    if len(held) != len(together):
        return 0
    for key, whom in hits.items():
        _MASKS[first.place](tx, key, sought.person(whom))
    done = len(rows) < BATCH
    last = first.place + 1 == len(PLACES)
    for n, row in enumerate(together):
        named = sum(n in whom for whom in hits.values())
        far = {"place": first.place + done, "after": "" if done else str(rows[-1][0])}
        counted = {"read": _S.read + len(rows), "hidden": _S.hidden + named}
        tx.execute(update(t.searches).where(_S.erasure == row.erasure).values(**far, **counted))
        if done and last:
            _finish(tx, row.erasure)
    return len(hits)


def _finish(tx: Connection, erasure: str) -> None:
    row = tx.execute(delete(t.searches).where(_S.erasure == erasure).returning(_S.read, _S.hidden)).one()
    receipts.complete(tx, erasure, Others(row.read, row.hidden, done=True))


def _mask_message(tx: Connection, message: str, person: Person) -> None:
    """The message, and what was made of it: the events and comments of its interview say the same."""
    m = t.messages.c
    row = tx.execute(select(m.body, m.reading, m.interview).where(m.id == message)).one()
    values = {"body": person.hidden(row.body), "reading": person.hidden_in(row.reading)}
    tx.execute(update(t.messages).where(m.id == message).values(values))
    if row.interview:
        _mask_interview(tx, row.interview, person)


def _mask_event(tx: Connection, event: int, person: Person) -> None:
    _mask_interview(tx, tx.execute(select(t.events.c.interview).where(t.events.c.id == event)).scalar_one(), person)


def _mask_interview(tx: Connection, interview: str, person: Person) -> None:
    w, e = t.interviews.c, t.events.c
    state = tx.execute(select(w.state).where(w.id == interview).with_for_update()).scalar_one()
    comments = [{**each, "text": person.hidden(each["text"])} for each in state.get("comments", ())]
    if comments != list(state.get("comments", ())):
        tx.execute(update(t.interviews).where(w.id == interview).values(state={**state, "comments": comments}))
    for row in tx.execute(select(e.id, e.data).where(e.interview == interview)).all():
        left = {name: person.hidden(own) if name in _SAID and own else own for name, own in row.data.items()}
        if left != row.data:
            tx.execute(update(t.events).where(e.id == row.id).values(data=left))


_SAID: Final = ("text", "said")
"""What of an event are a customer's words."""


def _mask_text(key: Column[Any], column: Column[Any]) -> Callable[[Connection, Any, Person], None]:
    def mask(tx: Connection, row: Any, person: Person) -> None:
        before = tx.execute(select(column).where(key == row)).scalar()
        if before:
            tx.execute(update(column.table).where(key == row).values({column: person.hidden(before)}))

    return mask


_MASKS: Final[tuple[Callable[[Connection, Any, Person], None], ...]] = (
    _mask_message,
    _mask_event,
    _mask_text(t.call_backs.c.id, t.call_backs.c.note),
    _mask_text(t.reasons.c.entry, t.reasons.c.words),
)
"""How each of ``PLACES`` is masked."""


def searching(office: Field) -> int:
    """How many are still looked for."""
    with office.unit.read() as tx:
        return tx.execute(select(func.count()).select_from(t.searches)).scalar_one()
