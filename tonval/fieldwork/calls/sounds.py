"""Sound that a provider still holds: fetched, kept here, then deleted there, so that nobody else has a copy.

What is to be done stands in the outbox until all of it is: whoever is killed in between has it done by the next.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import bindparam, select, update

from tonval.fieldwork.calls import speeches
from tonval.fieldwork.conduct import UnknownLeg
from tonval.fieldwork.field import Field
from tonval.store import outbox
from tonval.store.outbox import Row
from tonval.store.tables import legs
from tonval.store.tables import speeches as rows
from tonval.surveys.turns import Recording

KIND: Final = "speech"
AT_ONCE: Final = 5
"""Recordings that a worker holds at a time: they must all be done within the lease of the outbox."""

LADDER: Final = tuple(timedelta(seconds=pause) for pause in (2, 5, 15, 60, 300, 900, 1800)) + 24 * (timedelta(hours=1),)
"""Pauses between tries: a day in all."""


_LET_GO: Final = update(rows).where(rows.c.ref == bindparam("named")).values(ref=None)


class SoundAway(Exception):
    """The provider does not give the sound, or will not delete it, now; the sentence is for people."""


class Holder(Protocol):
    """The provider's store of recordings. Both raise ``SoundAway``."""

    def fetch(self, ref: str) -> bytes:
        """The sound: WAV, mono, 16 bit, 8 kHz."""
        ...

    def delete(self, ref: str) -> None:
        """Gone for good; what was gone before is fine."""
        ...


def take_in(office: Field, leg: str, turn_no: int, length: timedelta, ref: str) -> Recording:
    """Store that something was spoken which the provider knows as ``ref``: see ``speeches.take_in``.

    Raises ``UnknownLeg``.
    """
    with office.unit.read() as tx:
        if tx.execute(select(legs.c.id).where(legs.c.id == leg)).first() is None:
            raise UnknownLeg(f"there is no call {leg}")
    return speeches.take_in(office, leg, turn_no, length, ref=ref)


def want(office: Field, ref: str, speech: str | None) -> None:
    """Have the provider's recording ``ref`` fetched for ``speech``, or only deleted; a second time changes nothing."""
    with office.unit.begin() as tx:
        outbox.put(tx, KIND, ref, office.now(), {"speech": speech})
    office.ring(KIND)


def want_forgotten(office: Field) -> int:
    """Want what was stored by somebody who was killed before she could say so; gives how many there are to fetch."""
    forgotten = speeches.unfetched(office)
    for each in forgotten:
        want(office, each.ref, each.id)
    return len(forgotten)


def bring_home(office: Field, holder: Holder, limit: int = AT_ONCE) -> int:
    """Fetch what is due, and delete it there; gives how many were tried."""
    with office.unit.begin() as tx:
        claimed = outbox.claim(tx, KIND, office.now(), min(limit, AT_ONCE), office.fresh_id("att"))
    for row in claimed:
        _bring(office, holder, row)
    return len(claimed)


def heard_in_call(office: Field, holder: Holder | None, speech: str) -> bytes | None:
    """What was spoken in a call that goes on, fetched now where it is not here yet; ``None`` where it cannot be had."""
    wanted = select(rows.c.wav, rows.c.ref).join(legs, legs.c.id == rows.c.leg).where(rows.c.id == speech)
    with office.unit.read() as tx:
        row = tx.execute(wanted.where(legs.c.ended_at.is_(None))).one_or_none()
    if row is None or row.wav is not None or row.ref is None or holder is None:
        return row.wav if row else None
    try:
        wav = holder.fetch(row.ref)
    except SoundAway:
        return None
    speeches.fetched(office, speech, wav)
    return wav


def spoken_by(office: Field, provider: str, speech: str) -> bytes | None:
    """What was spoken in a call by this provider; ``None`` where there is no such sound."""
    wanted = select(rows.c.wav).join(legs, legs.c.id == rows.c.leg).where(rows.c.id == speech)
    with office.unit.read() as tx:
        return tx.execute(wanted.where(legs.c.provider == provider)).scalar()


def is_call_of(office: Field, provider: str, leg: str) -> bool:
    """Whether this provider carries, or carried, the call."""
    wanted = select(legs.c.id).where(legs.c.id == leg, legs.c.provider == provider)
    with office.unit.read() as tx:
        return tx.execute(wanted).first() is not None


def _bring(office: Field, holder: Holder, row: Row) -> None:
    speech = (row.payload or {}).get("speech")
    try:
        if speech and _is_wanted(office, speech):
            speeches.fetched(office, speech, holder.fetch(row.ref))
        holder.delete(row.ref)
    except SoundAway as away:
        _later(office, row, str(away))
        return
    with office.unit.begin() as tx:
        tx.execute(_LET_GO, {"named": row.ref})
        outbox.forget(tx, [row.id])


def _is_wanted(office: Field, speech: str) -> bool:
    """Whether its sound is still to come: not when it is here, nor when the customer has left it out."""
    wanted = rows.c.state.in_((speeches.HEARD, speeches.KEPT)) & rows.c.wav.is_(None)
    with office.unit.read() as tx:
        return tx.execute(select(rows.c.id).where(rows.c.id == speech, wanted)).first() is not None


def _later(office: Field, row: Row, why: str) -> None:
    with office.unit.begin() as tx:
        if row.attempts > len(LADDER):
            tx.execute(_LET_GO, {"named": row.ref})
            outbox.give_up(tx, row.id, why)
        else:
            outbox.postpone(tx, row.id, office.now() + LADDER[row.attempts - 1], why)
