"""The next way to ask somebody whom the one before did not reach: a letter that came back, calls nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, update

from tonval.fieldwork.deciding import caps, claims
from tonval.fieldwork.deciding.eligibility import Way
from tonval.fieldwork.deciding.refusals import Refusal, refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import texting
from tonval.fieldwork.sending import obstacle
from tonval.store import outbox
from tonval.store.tables import interactions, invitations
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel

_BY_SMS: Final = (Channel.SMS, Channel.LINK)


def ways_left(invitation: Any) -> tuple[Way, ...]:
    """The ways of an invitation's row that have not been tried."""
    return tuple(Way(**each) for each in invitation.ways or ())


def wait_again(tx: Connection, office: Field, invitation: Any, ways: Sequence[Way]) -> None:
    """The locked ``invitation`` is due anew by the first of ``ways``, and looked at again as any that is due."""
    following, *rest = ways
    values = {**asdict(following), "ways": [asdict(way) for way in rest], "state": "waiting"}
    tx.execute(update(invitations).where(invitations.c.id == invitation.id).values(values))
    if invitation.contact:
        claims.take_also(tx, invitation.contact, [caps.by_channel(following.channel)])
    pending = update(interactions).where(interactions.c.id == invitation.interaction)
    tx.execute(pending.values(disposition=Disposition.PENDING))
    outbox.put(tx, "invite", invitation.id, office.now())
    outbox.again(tx, "invite", invitation.id, office.now())


def take(tx: Connection, office: Field, invitation: Any) -> Way | None:
    """Have it wait for the first way left that is set up, allowed, not refused, and closed by no cap of its channel."""
    ways, form = ways_left(invitation), office.centre.forms.get(invitation.survey)
    if form is None or not ways:
        return None
    shut, late = closed(tx, office, ways), _over_caps(tx, office, invitation, ways)
    for place, way in enumerate(ways):
        if obstacle(office, form, way) is None and (way.address or "", way.channel) not in shut | late:
            wait_again(tx, office, invitation, ways[place:])
            return way
    return None


def closed(tx: Connection, office: Field, ways: Sequence[Way]) -> dict[tuple[str, str], Refusal]:
    """The ways that the customer has refused, or that the file allows no more, by address and channel."""
    found = refused(tx, {(way.address or "", way.channel) for way in ways})
    for way in ways:
        why = texting.refused(office.centre.texting, way.address or "") if way.channel in _BY_SMS else None
        if why is not None:
            found[way.address or "", way.channel] = why
    return found


def _over_caps(tx: Connection, office: Field, invitation: Any, ways: Sequence[Way]) -> dict[tuple[str, str], Any]:
    """The ways by whose channel she was asked a short while ago. The person's own cap is held by the invitation."""
    queue = office.centre.queues.get(invitation.queue)
    if queue is None or not queue.caps.channel or not invitation.contact:
        return {}
    asked, about = claims.asked_of(tx, invitation.contact), (invitation.survey, queue.name, office.now())
    found = {}
    for way in ways:
        scope = caps.by_channel(way.channel)
        by_it = {scope: asked[scope]} if scope in asked else {}
        found[way.address or "", way.channel] = caps.over_cap(by_it, queue.caps, way.channel, *about)
    return {pair: why for pair, why in found.items() if why is not None}
