"""What holds in the ledger at any time, whatever a test did."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from tonval.fieldwork.links import LENGTH, digest_of
from tonval.store.tables import (
    call_back_slots,
    call_backs,
    dials,
    interactions,
    interviews,
    invitations,
    links,
    messages,
)
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel

SHOWN: Final = 5

_I: Final = interactions.c
_PENDING: Final = _I.disposition == Disposition.PENDING
_SUPPRESSED: Final = _I.disposition == Disposition.SUPPRESSED
_WAITING: Final = exists().where(invitations.c.interaction == _I.id, invitations.c.state == "waiting")
_OPEN: Final = exists().where(interviews.c.interaction == _I.id, interviews.c.disposition.is_(None))
_INTERVIEWED: Final = exists().where(interviews.c.interaction == _I.id)
_CALLED: Final = exists().where(
    invitations.c.interaction == _I.id, dials.c.invitation == invitations.c.id, dials.c.ended_at.is_not(None)
)
_LATEST: Final = (
    select(interviews.c.disposition)
    .where(interviews.c.interaction == _I.id)
    .order_by(interviews.c.started_at.desc(), interviews.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_OPEN_ONES: Final = (
    select(func.count())
    .select_from(interviews)
    .where(interviews.c.interaction == _I.id, interviews.c.disposition.is_(None))
    .scalar_subquery()
)

BROKEN: Final[dict[str, ColumnElement[bool]]] = {
    "has no disposition that is known": _I.disposition.not_in(list(Disposition)),
    "is suppressed without a rule, or has a rule and is not": _I.rule.is_not(None) != _SUPPRESSED,
    "is pending, and nobody waits or is being asked": and_(_PENDING, ~or_(_WAITING, _OPEN)),
    "is not pending, and somebody waits or is being asked": and_(~_PENDING, or_(_WAITING, _OPEN)),
    "is suppressed, and an invitation is not dropped": and_(
        _SUPPRESSED, exists().where(invitations.c.interaction == _I.id, invitations.c.state != "dropped")
    ),
    "ended otherwise than its last interview": and_(_INTERVIEWED, ~_OPEN, ~_WAITING, _I.disposition != _LATEST),
    "was answered without an interview": and_(
        ~_INTERVIEWED,
        ~and_(_I.disposition == Disposition.REFUSED, _I.decision["rule"].as_string() == "declined"),
        ~and_(_I.disposition.in_((Disposition.REFUSED, Disposition.NO_ANSWER)), _CALLED),
        _I.disposition.not_in((Disposition.PENDING, Disposition.SUPPRESSED, Disposition.NOT_OFFERED)),
    ),
    "is asked in two interviews at once": _OPEN_ONES > 1,
}
"""What is wrong with an interaction, and which ones it is wrong with."""


_IN_SLOT: Final = (
    select(func.count())
    .select_from(call_backs)
    .where(
        call_backs.c.queue == call_back_slots.c.queue,
        call_backs.c.opens_at == call_back_slots.c.opens_at,
        call_backs.c.state != "withdrawn",
    )
    .scalar_subquery()
)
_MISCOUNTED: Final = select(call_back_slots).where(call_back_slots.c.taken != _IN_SLOT).limit(SHOWN)


_ON_PAGE: Final = interviews.c.channel.in_([channel for channel in Channel if channel.on_page])
_DOORS: Final = {
    purpose: select(func.count())
    .select_from(links)
    .where(links.c.interview == interviews.c.id, links.c.purpose == purpose)
    .scalar_subquery()
    for purpose in ("survey", "stop")
}
_UNLINKED: Final = select(interviews.c.id).where(_ON_PAGE, or_(*(count != 1 for count in _DOORS.values()))).limit(SHOWN)
_REMINDED: Final = (
    select(messages.c.interview)
    .where(messages.c.purpose == "reminder")
    .group_by(messages.c.interview)
    .having(func.count() > 1)
    .limit(SHOWN)
)
_WRITTEN: Final = (
    select(messages.c.id, messages.c.body, messages.c.subject)
    .join(interviews, interviews.c.id == messages.c.interview)
    .where(_ON_PAGE, messages.c.direction == "out")
)
_LIKE_A_TOKEN: Final = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}")


def _page_faults(tx: Connection) -> list[str]:
    """What is wrong with surveys on pages: their links, their one reminder, and what is kept of their messages."""
    kept = set(tx.execute(select(links.c.digest)).scalars())
    return [
        *(f"{interview} has not one link to its page and one to stop" for interview in tx.execute(_UNLINKED).scalars()),
        *(f"{interview} has two reminders" for interview in tx.execute(_REMINDED).scalars()),
        *(
            f"{row.id} is stored with a token"
            for row in (tx.execute(_WRITTEN) if kept else ())
            for found in _LIKE_A_TOKEN.findall(f"{row.body} {row.subject}")
            if digest_of(found) in kept
        ),
    ]


def faults_of(unit: Unit) -> list[str]:
    """Every interaction and slot that is not in order, with what is wrong; two looks when there are none at all."""
    with unit.read() as tx:
        if miscounted := tx.execute(_MISCOUNTED).all():
            return [
                f"{row.queue} at {row.opens_at} counts {row.taken} call-backs, and has others" for row in miscounted
            ]
        if faults := _page_faults(tx):
            return faults
        if tx.execute(select(_I.id).limit(1)).first() is None:
            return []
        return [
            f"{row.kind} {row.ref} ({row.disposition}) {wrong}"
            for wrong, found in BROKEN.items()
            for row in tx.execute(select(_I.kind, _I.ref, _I.disposition).where(found).limit(SHOWN))
        ]
