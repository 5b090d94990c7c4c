"""A centre that calls back, for its pages: customers of Anna (Stockholm) and Bo (Gothenburg) who wish to be called."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from tests.web.house import QUEUES
from tonval.fieldwork import ledger
from tonval.fieldwork.calling_back.call_backs import offered
from tonval.fieldwork.calling_back.opening import Slot
from tonval.fieldwork.centre import LINK
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import make_links
from tonval.fieldwork.respondents import know_agent
from tonval.store.tables import contacts
from tonval.surveys.turns import Choice, Entry, Go

QUEUE = """
  care:
    survey: care
    channel: link
    from: "+46701740605"
    call_back: {hours: {monday-friday: "09:00-12:00"}, notice: 1h, days: 30}
periodic:
"""
SURVEY = """
  care:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}
      - {id: more, scale: text, text: {sv: "Något mer?", en: "Anything else?"}}
      - {id: call, scale: call_back, text: {sv: "Får vi ringa dig?", en: "May we call you?"}}
"""
FILE = QUEUES.replace("\nperiodic:\n", QUEUE) + SURVEY.lstrip("\n")


def wish(office: Field, agent: str, name: str, moment: datetime, phone: str = "+46701740611") -> str:
    """A customer who was not helped well chooses a time; the id of the call-back."""
    with office.unit.begin() as tx:
        anna = know_agent(tx, office, agent)
        contact = office.fresh_id("con")
        seen = {"created_at": office.now(), "seen_at": office.now(), "attributes": {}}
        tx.execute(insert(contacts), {"id": contact, "name": name, **seen})
        opening = ledger.Opening(office.centre.forms["care"], LINK, "care", anna, "en", None, contact, None)
        interview, _ = ledger.open_interview(tx, office, opening)
        make_links(tx, office, interview, timedelta(days=14))
        for entry in (
            Entry("helped", (2,)),
            Entry("more", text="I waited long."),
            Entry("call", (), "", moment, phone),
        ):
            case = ledger.load(tx, interview)
            ledger.advance(tx, office, case, Choice(entry.question, (entry,), Go.NEXT))
    return interview.replace("itv_", "cbk_", 1)


def first_slots(office: Field) -> tuple[Slot, ...]:
    """The times that can be had now."""
    with office.unit.read() as tx:
        return offered(tx, office, "care", "")
