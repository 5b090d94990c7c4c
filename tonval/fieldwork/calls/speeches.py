"""What customers spoke: the sound is stored before the machine hears of it, and kept or left out as they decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from tonval.fieldwork.field import Field
from tonval.store.tables import interviews, legs, speeches
from tonval.store.upsert import insert_new
from tonval.surveys.events import CommentSpoken, Event, SpeechDropped
from tonval.surveys.turns import Recording

HEARD, KEPT, DROPPED, EXPIRED = "heard", "kept", "dropped", "expired"

_S: Final = speeches.c
_WANTED: Final = _S.state.in_((HEARD, KEPT)) & _S.wav.is_(None)
_DECIDE: Final = (
    update(speeches)
    .where(_S.id == bindparam("speech"))
    .values(state=bindparam("verdict"), interview=bindparam("of"), question=bindparam("asked"))
)
_OVER: Final = (
    select(legs.c.id)
    .join(interviews, interviews.c.id == legs.c.interview)
    .where(legs.c.id == _S.leg, interviews.c.disposition.is_not(None))
    .exists()
)
_REFUSE: Final = (
    update(speeches).where(_S.id == bindparam("speech"), _S.state == HEARD, _OVER).values(state=DROPPED, wav=None)
)


def name_of(leg: str, turn_no: int) -> str:
    """What a recording is called: its call and turn alone make the name, so that nobody need be asked for it."""
    return f"rec_{leg.removeprefix('leg_')}_{turn_no}"


def take_in(
    office: Field, leg: str, turn_no: int, length: timedelta, *, wav: bytes | None = None, ref: str | None = None
) -> Recording:
    """Store what was spoken in this turn of a call; a second time changes nothing. Gives the reply for ``resume``.

    ``wav`` is mono, 16 bit, 8 kHz; where it is still with the provider, ``ref`` is its name there. Of what comes when
    the interview has ended, as because she was erased while she spoke, no sound is kept.
    """
    name = name_of(leg, turn_no)
    row: dict[str, Any] = {"id": name, "leg": leg, "state": HEARD, "seconds": length.total_seconds(), "ref": ref}
    with office.unit.begin() as tx:
        insert_new(tx, speeches, {**row, "wav": wav, "created_at": office.now()})  # waits for who has locked the call
        tx.execute(_REFUSE, {"speech": name})
        (seconds,) = tx.execute(select(_S.seconds).where(_S.id == name)).one()
    return Recording(name, timedelta(seconds=seconds))


def decide(tx: Connection, interview: str, events: Iterable[Event]) -> None:
    """Note what became of what was spoken; the sound of what is left out is gone at once."""
    for event in events:
        match event:
            case CommentSpoken(question, recording):
                tx.execute(_DECIDE, {"speech": recording, "verdict": KEPT, "of": interview, "asked": question})
            case SpeechDropped(question, recording):
                tx.execute(_DECIDE, {"speech": recording, "verdict": DROPPED, "of": interview, "asked": question})
                tx.execute(update(speeches).where(_S.id == recording).values(wav=None))
            case _:
                pass


def wav_of(office: Field, speech: str) -> bytes | None:
    """The sound: mono, 16 bit, 8 kHz; ``None`` where it is not here, or not any more."""
    with office.unit.read() as tx:
        return tx.execute(select(_S.wav).where(_S.id == speech)).scalar()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A recording that the provider still has under the name ``ref``; ``wanted``: its sound is still to be fetched."""

    id: str
    ref: str
    wanted: bool


def fetched(office: Field, speech: str, wav: bytes) -> None:
    """The sound has come from the provider; that of a recording that was left out meanwhile is not kept."""
    with office.unit.begin() as tx:
        tx.execute(update(speeches).where(_S.id == speech, _WANTED).values(wav=wav))


def gone_elsewhere(office: Field, speech: str) -> None:
    """The provider has it no longer."""
    with office.unit.begin() as tx:
        tx.execute(update(speeches).where(_S.id == speech).values(ref=None))


def unfetched(office: Field, limit: int = 20) -> list[Elsewhere]:
    """Recordings that the provider still has, oldest first."""
    held = select(_S.id, _S.ref, _WANTED.label("wanted")).where(_S.ref.is_not(None)).order_by(_S.created_at)
    with office.unit.read() as tx:
        return [Elsewhere(row.id, row.ref, bool(row.wanted)) for row in tx.execute(held.limit(limit))]


def expire(office: Field, before: datetime, limit: int = 500) -> int:
    """Let go of the sound of comments older than ``before``, and of what nobody decided about; gives how many."""
    old = select(_S.id).where(_S.created_at < before, _S.wav.is_not(None)).limit(limit)
    with office.unit.begin() as tx:
        ids = list(tx.execute(old).scalars())
        if ids:
            tx.execute(update(speeches).where(_S.id.in_(ids)).values(wav=None, state=EXPIRED))
    return len(ids)


def seconds_kept(office: Field) -> float:
    """How much sound is stored, in seconds."""
    with office.unit.read() as tx:
        return float(tx.execute(select(func.sum(_S.seconds)).where(_S.wav.is_not(None))).scalar() or 0)
