"""A centre that asks by links and letters, and what it has sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tonval.fieldwork import asking, ledger
from tonval.fieldwork.centre import EMAIL
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.turns import Choice, Entry

OURS, EVA, MAIL = "+46701740605", "+46701740606", "eva@example.com"
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
defaults: {cap: 0, languages: [sv, en], survey: care}
queues:
  links:   {channel: link, from: "+46701740605"}
  letters: {channel: email}
  billing: {channel: link, from: "+46701740605", prefer_email: true}
  nights:  {channel: link, from: "+46701740605", quiet_hours: "21:00-08:00", quiet_days: [tuesday]}
  either:  {channel: link, from: "+46701740605", fallback: [email, sms]}
  sales:   {survey: nps, channel: sms, from: "+46701740605", fallback: [link]}
  open:    {survey: "", channel: link, from: "+46701740605"}
  ticked:  {survey: boxes, channel: sms, from: "+46701740605", fallback: [link]}
surveys:
  care:
    page: {reminder: 3d, open_for: 10d}
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
  nps:
    link: {sv: "Svara, {customer}", en: "Answer, {customer}"}
    page: {address: "https://www.example.com/survey"}
    questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP.", en: "How likely? STOP"}}]
  boxes:
    questions:
      - id: what
        scale: choices
        text: {sv: "Vad?", en: "What?"}
        options: [{id: price, text: {sv: "Pris", en: "Price"}}, {id: tone, text: {sv: "Ton", en: "Tone"}}]
"""


@pytest.fixture
def house(unit: Unit) -> Office:
    """The centre, with a mail server."""
    office = Office(unit, read_centre(FILE))
    office.field = replace(office.field, mail_from="Nordlys <care@nordlys.example>", public_url="https://n.example")
    return office


def ask(
    office: Office, queue: str, ref: str = "a", *, email: str | None = MAIL, phone: str | None = EVA, **more: Any
) -> str:
    """Report, ask when due, and give the interview's id; empty when nobody was asked."""
    decide(office, ref, queue=queue, customer=Customer(phone=phone, email=email, language="sv", name="Eva"), **more)
    before = {row.id for row in rows(office, t.interviews)}
    asking.ask_due(office.field)
    return next((row.id for row in rows(office, t.interviews) if row.id not in before), "")


def rows(office: Office, table: Any, *where: Any) -> list[Any]:
    """The rows of a table, oldest first."""
    with office.field.unit.read() as tx:
        return list(tx.execute(select(table).where(*where).order_by(table.c.id)))


def sent(office: Office, interview: str | None = None) -> list[Any]:
    """Messages that went or go out, oldest first."""
    m = t.messages.c
    return rows(office, t.messages, m.direction == "out", *([m.interview == interview] if interview else []))


def answer(office: Office, interview: str, question: str = "helped", *, code: int = 4, text: str = "") -> None:
    """Send in the page of one question."""
    entry = Entry(question, (code,) if not text else (), text=text)
    with office.field.unit.begin() as tx:
        ledger.advance(tx, office.field, ledger.load(tx, interview), Choice(question, (entry,)))


def ended(office: Office, interview: str) -> str | None:
    """The interview's disposition."""
    (row,) = rows(office, t.interviews, t.interviews.c.id == interview)
    return row.disposition  # type: ignore[no-any-return]


def by_mail(row: Any) -> bool:
    """Whether a message is a letter."""
    return bool(row.channel == EMAIL)
