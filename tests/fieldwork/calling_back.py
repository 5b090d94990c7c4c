"""A centre that calls back, and customers who wish it on their pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from tests.fieldwork.office import Office
from tonval.fieldwork import ledger
from tonval.fieldwork.calling_back.call_backs import offered
from tonval.fieldwork.calling_back.opening import Slot
from tonval.fieldwork.centre import LINK, Centre
from tonval.fieldwork.links import make_links
from tonval.fieldwork.respondents import know_agent
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import call_back_slots, call_backs
from tonval.surveys.turns import Choice, Entry, Go

PHONE = "+46701740611"
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {cap: 0}
queues:
  care:
    survey: care
    channel: link
    from: "+46701740605"
    call_back: {hours: {monday-friday: "09:00-12:00"}, places: 1, notice: 1h, days: 4}
  other: {survey: care, channel: link, from: "+46701740605"}
surveys:
  care:
    questions:
      - {id: helped, scale: nki, text: "How well were you helped?"}
      - {id: call, scale: call_back, text: "May we call you?"}
      - {id: more, scale: text, text: "Anything else?"}
"""


def centre(places: int = 1) -> Centre:
    """Nordlys, open on weekday mornings, with so many places in each hour."""
    return read_centre(FILE.replace("places: 1", f"places: {places}"))


def begin(office: Office, queue: str = "care") -> str:
    """An interview on a page, with its first answer given and its call-back question on the page; its id."""
    form = office.field.centre.forms["care"]
    with office.field.unit.begin() as tx:
        anna = know_agent(tx, office.field, "anna")
        opening = ledger.Opening(form, LINK, queue, anna, "en", None, None, None)
        interview, _ = ledger.open_interview(tx, office.field, opening)
        make_links(tx, office.field, interview, timedelta(days=14))
    send(office, interview, Entry("helped", (2,)), at="helped", go=Go.NEXT)
    return interview


def send(office: Office, interview: str, entry: Entry, at: str = "call", go: Go = Go.KEEP) -> None:
    """Send in a page, as the customer does."""
    with office.field.unit.begin() as tx:
        case = ledger.load(tx, interview)
        ledger.advance(tx, office.field, case, Choice(at, (entry,), go))


def wish(office: Office, interview: str, moment: datetime | None, phone: str = PHONE) -> None:
    """Choose a time; ``None``: take it back."""
    send(office, interview, Entry("call", moment=moment, phone=phone) if moment else Entry("call"))


def times(office: Office, interview: str, queue: str = "care") -> tuple[Slot, ...]:
    """What is offered to the interview."""
    with office.field.unit.read() as tx:
        return offered(tx, office.field, queue, interview)


def planned(office: Office) -> dict[str, datetime]:
    """The planned call-backs: interview to time."""
    wanted = select(call_backs.c.interview, call_backs.c.opens_at).where(call_backs.c.state == "planned")
    with office.field.unit.read() as tx:
        return {row.interview: row.opens_at for row in tx.execute(wanted)}


def taken(office: Office) -> dict[datetime, int]:
    """The places taken in each slot that has any."""
    wanted = select(call_back_slots.c.opens_at, call_back_slots.c.taken).where(call_back_slots.c.taken != 0)
    with office.field.unit.read() as tx:
        return {row.opens_at: row.taken for row in tx.execute(wanted)}
