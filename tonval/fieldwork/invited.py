"""What became of one invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from tonval.fieldwork.belonging import unit_of
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import Agent
from tonval.store.tables import agents, interactions, interviews, invitations

_WANTED: Final = (
    select(
        invitations.c.id,
        invitations.c.state,
        invitations.c.channel,
        invitations.c.survey,
        invitations.c.queue,
        invitations.c.agent,
        invitations.c.due_at,
        interactions.c.kind,
        interactions.c.ref,
        interactions.c.decision,
        interactions.c.disposition,
        interviews.c.id.label("interview"),
        func.coalesce(agents.c.unit, "").label("unit"),
    )
    .outerjoin(interactions, interactions.c.id == invitations.c.interaction)
    .outerjoin(interviews, interviews.c.invitation == invitations.c.id)
    .outerjoin(agents, agents.c.id == invitations.c.agent)
    .where(invitations.c.id == bindparam("invitation"))
)


class UnknownInvitation(LookupError):
    """There is no such invitation."""

    def __init__(self, invitation: str) -> None:
        super().__init__(f"there is no invitation with the id “{invitation}”")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with what was decided and how it ended. ``response`` is the id of what was said, once begun.

    ``unit`` is where it belongs (``belonging``), ``""`` where that is nowhere.
    """

    id: str
    state: str
    channel: str
    survey: str
    queue: str
    agent: str
    due_at: datetime
    interaction: tuple[str, str] | None
    decision: dict[str, Any] | None
    disposition: str | None
    response: str | None
    unit: str


def find_invitation(office: Field, invitation: str) -> Invited:
    """The invitation as it stands. Raises ``UnknownInvitation``."""
    with office.unit.read() as tx:
        row = tx.execute(_WANTED, {"invitation": invitation}).one_or_none()
    if row is None:
        raise UnknownInvitation(invitation)
    return Invited(
        *row[:7],
        interaction=None if row.kind is None else (row.kind, row.ref),
        decision=row.decision,
        disposition=row.disposition,
        response=row.interview and row.interview.replace("itv_", "res_", 1),
        unit=unit_of(office.centre, row.queue, Agent(row.agent, "", row.unit)),
    )
