"""A centre that calls those who hung up first, by its trunk."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tonval.fieldwork import conduct
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import dials, interactions, invitations
from tonval.store.unit import Unit

EVA, TRUNK, TWILIO = "+46701740606", "+46846500110", "+46701740605"
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
sip: {trunk: {address: "sip:pbx.example", caller: "+46846500110"}}
sms: {countries: [SE, NO]}
defaults: {cap: 30d, languages: [sv, en], survey: nki}
queues:
  support: {channel: keypad, call: {after: 10m, retry: [2h, 1d], never: ["+4670174069*"]}}
  sales:   {channel: keypad, call: {from: "+46701740605", hours: "10:00-18:00", per_minute: 2, per_day: 3}}
  plain:   {channel: keypad}
surveys:
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}]}
"""


@pytest.fixture
def house(unit: Unit) -> Office:
    """The centre, at ten in the morning in Stockholm."""
    return Office(unit, read_centre(FILE))


def hang_up(office: Office, ref: str = "a", *, phone: str | None = EVA, **more: Any) -> dict[str, Any]:
    """Report a call that the customer ended, and give the decision."""
    usual = {"queue": "support", "customer": Customer(phone=phone, language="sv"), "report": {"ended_by": "customer"}}
    return decide(office, ref, **(usual | more))


def due(office: Office, provider: str = "sip", limit: int = 10) -> list[ToDial]:
    """The calls that are ours to place now."""
    return dialling.claim(office.field, provider, limit)


def call_up(office: Office, ref: str = "a", **more: Any) -> ToDial:
    """She has hung up, and her call is due."""
    hang_up(office, ref, **more)
    office.pass_time(minutes=10)
    (call,) = due(office)
    return call


def pick_up(office: Office, call: ToDial) -> Conducted:
    """She answers: the first turn of our call."""
    dialling.placed(office.field, call.id, f"ref-{call.id}")
    coming = Call("sip", f"ref-{call.id}", call.queue, queue=call.queue, caller=call.number, dial=call.id)
    return conduct.begin_call(office.field, coming)


def dialled(office: Office) -> list[Any]:
    """Every call, in the order they were tried."""
    with office.field.unit.read() as tx:
        return list(tx.execute(select(dials).order_by(dials.c.created_at, dials.c.attempt)))


def states(office: Office) -> list[str]:
    """How far each call has come."""
    return [row.state for row in dialled(office)]


def ending(office: Office, ref: str = "a") -> tuple[str, str]:
    """The state of the invitation and the disposition of the interaction."""
    joined = select(invitations.c.state, interactions.c.disposition).join_from(invitations, interactions)
    with office.field.unit.read() as tx:
        row = tx.execute(joined.where(interactions.c.ref == ref)).one()
    return row.state, row.disposition
