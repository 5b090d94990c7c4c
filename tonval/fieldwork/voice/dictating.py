"""Prompts spoken into a telephone: a PIN is given on a page, good once, and the call that brings it records a prompt.

Who guesses PINs gets a few tries from a number, and all together have few in an hour: with ten PINs given out at a time
a hundred guesses find one of a million with a chance of one in a thousand.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.arrivals import Arrival, Call
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.calls.speeches import DROPPED
from tonval.fieldwork.colleagues import tries
from tonval.fieldwork.colleagues.roles import ROLES, Permission
from tonval.fieldwork.colleagues.tries import Limit
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import takes
from tonval.fieldwork.voice.takes import Place
from tonval.store import outbox
from tonval.store.tables import Moment, dictations, legs, speeches, users
from tonval.surveys.dictation import (
    PIN_LENGTH,
    Admitted,
    Dictated,
    Dictation,
    Heard,
    Refused,
    Step,
    begin,
    go_on,
)
from tonval.surveys.record import dictation_from, plain
from tonval.surveys.state import ReplyRejected
from tonval.surveys.turns import Digits, HungUp, Recording, Reply, TimedOut

LINE: Final = "record"
"""What is dialled to record a prompt, where no queue or survey is called so."""

KIND: Final = "dictation"
"""The kind of work that takes in what was kept."""

LASTS: Final = timedelta(minutes=15)
WRONG, WRONG_OF_ALL, HOUR = 5, 100, 3600

WAITING, CALLING, KEPT, TAKEN, REFUSED = "waiting", "calling", "kept", "taken", "refused"

_D: Final = dictations.c
_NOW: Final = bindparam("now", type_=Moment)
_FIND: Final = (
    select(_D.id, users.c.role)
    .join(users, users.c.id == _D.user)
    .where(_D.digest == bindparam("pin"), _D.state == WAITING, _D.expires_at > _NOW, users.c.ended_at.is_(None))
)
_CLAIM: Final = update(dictations).where(_D.id == bindparam("one"), _D.state == WAITING).values(state=CALLING)
_KEEP: Final = (
    update(dictations).where(_D.id == bindparam("one"), _D.state == CALLING).values(state=KEPT, speech=bindparam("ref"))
)
_MOVE: Final = update(legs).where(legs.c.id == bindparam("leg")).values(dictation=bindparam("kept"))
_LATEST: Final = (
    select(_D.state, _D.fault, _D.version, _D.created_at, _D.expires_at)
    .where(_D.survey == bindparam("survey"), _D.slot == bindparam("slot"), _D.language == bindparam("language"))
    .order_by(_D.created_at.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """What has become of the latest PIN that was given for a prompt; ``fault`` says why what was kept is refused."""

    state: str
    fault: str | None
    version: int | None
    created_at: datetime
    expires_at: datetime


def give_pin(office: Field, place: Place, by: Actor) -> str:
    """Six digits that let the colleague ``by`` record this prompt once, within ``LASTS``. Raises ``UnknownPrompt``."""
    takes.words_of(office, place)
    now = office.now()
    row = {"survey": place.survey, "slot": place.slot, "language": place.language, "user": by.id, "state": WAITING}
    with office.unit.begin() as tx:
        audit.note(tx, office, by, Deed("prompt.pin", "prompt", str(place), {}))
        pin = _fresh(tx, office)
        made = {**row, "id": office.fresh_id("dic"), "digest": _digest(office, pin), "created_at": now}
        tx.execute(insert(dictations), {**made, "expires_at": now + LASTS})
    return pin


def progress(office: Field, place: Place) -> Progress | None:
    """How far the latest recording by telephone of this prompt has come."""
    with office.unit.read() as tx:
        row = tx.execute(
            _LATEST, {"survey": place.survey, "slot": place.slot, "language": place.language}
        ).one_or_none()
    return Progress(*row) if row else None


def is_meant(office: Field, call: Call) -> bool:
    """Whether somebody calls to record a prompt."""
    taken = LINE in office.centre.queues or LINE in office.centre.surveys
    return not taken and LINE in (call.dialled, call.queue)


def receive(office: Field, call: Call) -> tuple[Arrival, Dictation]:
    """Ask for the PIN."""
    turn = begin(call.language or next(iter(office.centre.languages), "en"))
    return _arrival(turn), turn.dictation


def resume(
    tx: Connection, office: Field, leg: str, kept: Mapping[str, Any], caller: str | None, reply: Reply
) -> Arrival:
    """The next turn after ``reply``; what is kept is taken in after the commit. Raises ``ReplyRejected``."""
    before = dictation_from(kept)
    turn = go_on(before, _heard(tx, office, before, caller, reply))
    after = turn.dictation
    tx.execute(_MOVE, {"leg": leg, "kept": plain(after)})
    if after.step is Step.OVER:
        _end(tx, office, leg, after)
    return _arrival(turn)


def leave(tx: Connection, office: Field, leg: str, kept: Mapping[str, Any]) -> None:
    """The call has ended; only what she has kept is."""
    dictation = dictation_from(kept)
    if dictation.step is not Step.OVER:
        resume(tx, office, leg, kept, None, HungUp())


def record(dictation: Dictation) -> dict[str, Any]:
    """As JSON, to be kept with the leg."""
    kept: dict[str, Any] = plain(dictation)
    return kept


def _heard(tx: Connection, office: Field, dictation: Dictation, caller: str | None, reply: Reply) -> Heard:
    match reply:
        case Digits(digits) if dictation.step is Step.PIN:
            return _admit(tx, office, digits, caller)
        case Digits() | Recording() | TimedOut() | HungUp():
            return reply
        case _:
            raise ReplyRejected(f"{type(reply).__name__} came while a prompt is recorded")


def _admit(tx: Connection, office: Field, digits: str, caller: str | None) -> Admitted | Refused:
    limits = (Limit(f"PIN from {caller or 'nowhere'}", WRONG, HOUR), Limit("PIN", WRONG_OF_ALL, HOUR))
    if not tries.has_room(tx, office, limits):
        return Refused(again=False)
    row = tx.execute(_FIND, {"pin": _digest(office, digits), "now": office.now()}).first()
    may = row is not None and Permission.CHANGE_PROMPTS in ROLES[row.role].permissions
    if row is not None and may and tx.execute(_CLAIM, {"one": row.id}).rowcount == 1:
        return Admitted(row.id)
    tries.count(tx, office, limits)
    return Refused(again=tries.has_room(tx, office, limits))


def _end(tx: Connection, office: Field, leg: str, dictation: Dictation) -> None:
    """Keep what she has kept, and let go of what else she said."""
    said = update(speeches).where(speeches.c.leg == leg)
    if dictation.kept and tx.execute(_KEEP, {"one": dictation.task, "ref": dictation.ref}).rowcount == 1:
        outbox.put(tx, KIND, dictation.task, office.now())
        said = said.where(speeches.c.id != dictation.ref)
    tx.execute(said.values(state=DROPPED, wav=None))


def _arrival(turn: Dictated) -> Arrival:
    return Arrival(None, "", 0, turn.says, turn.wait)


def _fresh(tx: Connection, office: Field) -> str:
    """A PIN that nobody else has now."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"
        if tx.execute(_FIND, {"pin": _digest(office, pin), "now": office.now()}).first() is None:
            return pin


def _digest(office: Field, pin: str) -> str:
    return hmac.digest(office.people_key, f"PIN {pin}".encode(), "sha256").hex()
