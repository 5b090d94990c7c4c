"""Reading alerts for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from tonval.followup.alerts import MAIL, MOST_MAILS, mail_ref
from tonval.followup.given import Given, given_in_all
from tonval.store.tables import agents, alerts, interviews, outbox
from tonval.surveys.scales import SCALES


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert for the desk. ``highest`` is the top of the ``scale``; ``mail`` is none, waiting, sent or failed."""

    id: str
    rule: str
    interview: str
    agent: str
    agent_name: str
    queue: str
    unit: str
    channel: str
    question: str
    scale: str
    value: int
    highest: int | None
    comment: str | None
    created_at: datetime
    mail: str
    mail_detail: str | None


def list_alerts(
    tx: Connection,
    *,
    units: Sequence[str] | None,
    agent: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = 50,
) -> list[AlertRow]:
    """The newest alerts first. ``units`` are the places the reader may see with all below them, ``None`` for all.

    ``agent`` narrows to one agent; ``since`` is included, ``before`` is not (give the last row's time to page on).
    """
    found = _scoped(_select(), units, agent).order_by(alerts.c.created_at.desc(), alerts.c.id.desc()).limit(limit)
    if since is not None:
        found = found.where(alerts.c.created_at >= since)
    if before is not None:
        found = found.where(alerts.c.created_at < before)
    rows = tx.execute(found).all()
    given = given_in_all(tx, {row.interview for row in rows})
    mails = _mails(tx, [row.id for row in rows])
    return [_row(row, given.get(row.interview, Given()), mails.get(row.id, [])) for row in rows]


def count_alerts(
    tx: Connection, *, units: Sequence[str] | None, agent: str | None = None, since: datetime | None = None
) -> int:
    """How many alerts there are in the same scope."""
    found = _scoped(select(func.count()).select_from(alerts).join(interviews), units, agent)
    if since is not None:
        found = found.where(alerts.c.created_at >= since)
    return int(tx.execute(found).scalar_one())


def _select() -> Select[Any]:
    theirs = (interviews.c.agent, interviews.c.queue, interviews.c.unit, interviews.c.channel)
    return (
        select(alerts, *theirs, agents.c.name)
        .join_from(alerts, interviews)
        .outerjoin(agents, agents.c.id == interviews.c.agent)
    )


def _scoped(found: Select[Any], units: Sequence[str] | None, agent: str | None) -> Select[Any]:
    if units is not None and "" not in units:
        found = (
            found.where(or_(*(_within(unit) for unit in units))) if units else found.where(interviews.c.id.is_(None))
        )
    return found if agent is None else found.where(interviews.c.agent == agent)


def _within(unit: str) -> ColumnElement[bool]:
    return or_(interviews.c.unit == unit, interviews.c.unit.startswith(f"{unit}/", autoescape=True))


def _mails(tx: Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, str | None]]]:
    """The states of the mails of each alert."""
    refs = [mail_ref(alert, number) for alert in ids for number in range(1, MOST_MAILS + 1)]
    found = select(outbox.c.ref, outbox.c.state, outbox.c.detail)
    found = found.where(outbox.c.kind == MAIL, outbox.c.ref.in_(refs))
    states: dict[str, list[tuple[str, str | None]]] = {}
    for row in tx.execute(found):
        states.setdefault(row.ref.rpartition("/")[0], []).append((row.state, row.detail))
    return states


def _row(row: Any, given: Given, mails: Sequence[tuple[str, str | None]]) -> AlertRow:
    scale = next((answer.scale for answer in given.answers if answer.question == row.question), "")
    state, detail = _mail_state(mails)
    return AlertRow(
        id=row.id,
        rule=row.rule,
        interview=row.interview,
        agent=row.agent,
        agent_name=row.name or row.agent,
        queue=row.queue,
        unit=row.unit,
        channel=row.channel,
        question=row.question,
        scale=scale,
        value=row.value,
        highest=SCALES[scale].highest if scale in SCALES else None,
        comment=" ".join(given.comments) or None,
        created_at=row.created_at,
        mail=state,
        mail_detail=detail,
    )


def _mail_state(mails: Sequence[tuple[str, str | None]]) -> tuple[str, str | None]:
    """The worst of several: a mail that failed is what the reader must know."""
    by_state = dict(mails)
    for state, word in (("dead", "failed"), ("waiting", "waiting"), ("claimed", "waiting"), ("done", "sent")):
        if state in by_state:
            return word, by_state[state]
    return "none", None
