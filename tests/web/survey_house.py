"""A centre whose customers answer on the survey page, and customers who do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.house import QUEUES
from tonval.fieldwork import ledger
from tonval.fieldwork.centre import LINK
from tonval.fieldwork.conduct import interview_of
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import make_links, token_of
from tonval.fieldwork.respondents import Agent
from tonval.store.tables import events
from tonval.surveys.events import Event
from tonval.surveys.interview import Interview
from tonval.surveys.record import event_from

SURVEYS = """
  care:
    title: {sv: "Om din kontakt med oss", en: "About your contact with us", ar: "عن تواصلك معنا"}
    languages: [sv, en, ar]
    page: {colours: {accent: "#e4572e"}, open_for: 14d, frames: ["https://www.example.com", "https://*.example.net"]}
    questions:
      - {id: recommend, scale: nps, required: true,
         text: {sv: "Hur troligt är det att du rekommenderar {brand} till en vän eller kollega?",
                en: "How likely are you to recommend {brand} to a friend or colleague?",
                ar: "ما مدى احتمال أن توصي صديقًا بـ {brand}؟"}}
      - {id: why, scale: text, when: recommend <= 6,
         text: {sv: "Vad kunde vi ha gjort bättre?", en: "What could we have done better?",
                ar: "ماذا كان يمكننا أن نحسّن؟"}}
      - {id: good, scale: choices, text: {sv: "Vad var bra?", en: "What was good?", ar: "ما الذي كان جيدًا؟"},
         options: [{id: quick, text: {sv: "Det gick fort", en: "It was quick", ar: "السرعة"}},
                   {id: kind, text: {sv: "Vänligt bemötande", en: "Kindness", ar: "اللطف"}}]}
      - {id: call, scale: call_back, when: recommend <= 6,
         text: {sv: "Får vi ringa upp dig?", en: "May we call you?", ar: "هل يمكننا الاتصال بك؟"}}
    reactions:
      - {when: recommend <= 6,
         say: {sv: "Det var tråkigt att höra.", en: "We are sorry to hear that.", ar: "نأسف لذلك."}}
    thanks:
      promoter: {sv: "Tack! Så roligt att höra.", en: "Thank you! Lovely to hear.", ar: "شكرًا! يسعدنا ذلك."}
  plain:
    languages: [sv]
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du av {agent}?"}, hint: {sv: "Tänk på samtalet."}}
      - {id: easy, scale: ces, text: {sv: "Hur lätt var det?"}}
      - {id: total, scale: nki10, text: {sv: "Hur nöjd är du totalt?"}}
      - {id: solved, scale: yes_no, text: {sv: "Löste vi ditt ärende?"}}
      - {id: about, scale: choice, text: {sv: "Vad gällde det?"},
         options: [{id: bill, text: {sv: "Fakturan"}}, {id: move, text: {sv: "Flytt"}}]}
  whole:
    languages: [sv]
    page: {layout: all}
    questions:
      - {id: helped, scale: nki, required: true, text: {sv: "Hur bra hjälp fick du?"}}
      - {id: what, scale: text, required: true, when: helped <= 2, text: {sv: "Vad gick fel?"}}
      - {id: good, scale: choices, text: {sv: "Vad var bra?"},
         options: [{id: quick, text: {sv: "Det gick fort"}}, {id: kind, text: {sv: "Bemötandet"}}]}
"""
QUEUE = """
  care: {survey: care, channel: link, from: "+46701740605",
         call_back: {hours: {monday-friday: "09:00-12:00"}, notice: 1h, days: 5}}
periodic:
"""
FILE = QUEUES.replace("\nperiodic:\n", QUEUE).rstrip("\n") + SURVEYS
ANNA = Agent("anna", "Anna Lind", "se/sthlm")


def ask(office: Field, survey: str = "care", language: str = "sv") -> str:
    """Begin an interview on the survey page; its token."""
    return ask_many(office, 1, survey, language)[0]


def ask_many(office: Field, many: int, survey: str = "care", language: str = "sv") -> list[str]:
    """Begin so many interviews on the survey page; their tokens."""
    form, tokens = office.centre.forms[survey], []
    opening = ledger.Opening(form, LINK, "care", ANNA, language, None, None, None)
    with office.unit.begin() as tx:
        for _ in range(many):
            interview, _ = ledger.open_interview(tx, office, opening)
            make_links(tx, office, interview, timedelta(days=14))
            tokens.append(token_of(office.link_key, "survey", interview))
    return tokens


def interview_behind(office: Field, token: str) -> str:
    """The id of the interview whose token this is."""
    with office.unit.read() as tx:
        ids = tx.execute(select(events.c.interview).distinct()).scalars()
        return next(each for each in ids if token_of(office.link_key, "survey", each) == token)


def state_of(office: Field, token: str) -> Interview:
    """The interview as it stands."""
    return interview_of(office, interview_behind(office, token))[1]


def events_of(office: Field, token: str) -> tuple[Event, ...]:
    """What happened in it, in order."""
    wanted = select(events.c.data).where(events.c.interview == interview_behind(office, token)).order_by(events.c.seq)
    with office.unit.read() as tx:
        return tuple(event_from(data) for data in tx.execute(wanted).scalars())


def send(client: FlaskClient, token: str, at: str, go: str = "next", **fields: Any) -> TestResponse:
    """Send a page in: ``recommend=9``, ``call__phone="…"`` for the number to call."""
    data: dict[str, Any] = {"at": at, "go": go}
    data |= {f"q.{name.replace('__', '.')}": value for name, value in fields.items()}
    return client.post(f"/s/{token}", data=data)


def customer(site: Flask) -> FlaskClient:
    """A browser that keeps no cookies and is not signed in."""
    return site.test_client(use_cookies=False)


def spoken(response: TestResponse) -> str:
    """The page without its style and script, on one line."""
    bare = re.sub(r"<(style|script|title)>.*?</\1>", "", response.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", bare).split())
