"""Requests that may be sent again: the first answer is kept for a day and given to every repetition.

After draft-ietf-httpapi-idempotency-key-header. Two transactions stand around the work and none over it: should a
process die in between, the work is done again, and is itself harmless when repeated.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, bindparam, delete, select, update

from tonval.fieldwork.field import Field
from tonval.store.tables import idempotent
from tonval.store.upsert import insert_new

LEASE: Final = timedelta(seconds=60)
"""How long a request counts as being answered; after that its process has died, and a repetition may take over."""

KEPT: Final = timedelta(hours=24)
WORTH_PACKING: Final = 2000

_I: Final = idempotent.c
_THIS: Final = and_(_I.key == bindparam("this_key"), _I.token == bindparam("this_token"))
_OPEN: Final = and_(_THIS, _I.status.is_(None), _I.created_at == bindparam("since"))
_FOUND: Final = select(_I.request, _I.status, _I.body, _I.created_at).where(_THIS)
_TAKE_OVER: Final = update(idempotent).where(_OPEN).values(created_at=bindparam("now"))
_KEEP: Final = update(idempotent).where(_OPEN).values(status=bindparam("answered"), body=bindparam("packed"))
_RELEASE: Final = delete(idempotent).where(_OPEN)


class StillAnswering(Exception):
    """The same request is being answered at this moment."""


class OtherRequest(Exception):
    """The token was used for another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: HTTP status and body."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a request, held since a moment."""

    key: str
    token: str
    since: datetime

    def named(self) -> dict[str, object]:
        """As the statements want it."""
        return {"this_key": self.key, "this_token": self.token, "since": self.since}


def claim(office: Field, key: str, token: str, request: str) -> Claim | Answer:
    """The right to answer, or what was answered before.

    ``key`` is whose token it is, ``request`` a hash of all that was asked. Raises ``StillAnswering``, ``OtherRequest``.
    """
    mine = Claim(key, token, office.now())
    row = {"key": key, "token": token, "request": request, "created_at": mine.since}
    with office.unit.begin() as tx:
        if insert_new(tx, idempotent, row):
            return mine
        found = tx.execute(_FOUND, {"this_key": key, "this_token": token}).one_or_none()
        if found is not None and found.request != request:
            raise OtherRequest
        if found is not None and found.status is not None:
            return Answer(found.status, unpacked(found.body))
        if found is None or found.created_at > mine.since - LEASE:
            raise StillAnswering
        stale = Claim(key, token, found.created_at).named()
        if tx.execute(_TAKE_OVER, {**stale, "now": mine.since}).rowcount != 1:
            raise StillAnswering
    return mine


def keep(office: Field, held: Claim, answer: Answer) -> None:
    """Remember what was answered; without effect where somebody else has taken over."""
    packed = {"answered": answer.status, "packed": _packed(answer.body)}
    with office.unit.begin() as tx:
        tx.execute(_KEEP, {**held.named(), **packed})


def release(office: Field, held: Claim) -> None:
    """Nothing was done: the request may be sent again at once."""
    with office.unit.begin() as tx:
        tx.execute(_RELEASE, held.named())


def purge(office: Field) -> int:
    """Forget answers older than ``KEPT``; gives how many."""
    with office.unit.begin() as tx:
        return tx.execute(delete(idempotent).where(_I.created_at < office.now() - KEPT)).rowcount


def _packed(body: str) -> str:
    """A bulk answer repeats itself a thousand times; packed it takes a tenth of the room. JSON is never base64."""
    return body if len(body) < WORTH_PACKING else base64.b64encode(zlib.compress(body.encode())).decode()


def unpacked(text: str) -> str:
    """A body as it was answered."""
    return text if text[:1] in "{[" else zlib.decompress(base64.b64decode(text)).decode()
