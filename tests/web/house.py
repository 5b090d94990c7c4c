"""A small installation to look at: a clock that is set by hand, people of every role, answers by the real path."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.conduct import Call, Inbound
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import publish
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.renewal import Renewal
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.opening import HANDLERS
from tonval.store.unit import Unit
from tonval.surveys.turns import Digits
from tonval.web import site
from tonval.web.settings import WebSettings

PASSWORD = "correct horse battery"
CUSTOMER = "+46701740606"
NUMBER = "+46701740605"

QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console, queue: sales}}
defaults: {min_talk: 15s, cap: 30d, languages: [sv, en]}
units: {se: Sweden, se/sthlm: Stockholm, se/gbg: Gothenburg}
agents:
  anna: {name: Anna Lind, unit: se/sthlm}
  bo: {name: Bo Ek, unit: se/gbg}
queues:
  support: {survey: support-nki, channel: keypad}
  sales: {survey: sales-nps, channel: sms, from: "+46701740605", delay: 2m}
periodic:
  relations: {queue: sales, list: customers, every: month, spread: 10d}
surveys:
  support-nki:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}
      - {id: manner, scale: nki, text: {sv: "Hur blev du bemött?", en: "How were you treated?"}}
    prompts: {welcome: {sv: "Tack för att du ringde.", en: "Thank you for calling."}}
  sales-nps:
    questions:
      - {id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10. STOPP avslutar.", en: "How likely? 0-10. STOP ends"}}
"""

SITES = QUEUES.replace(
    "periodic:\n",
    """\
  sodermalm: {survey: soder-nki, channel: keypad, unit: se/sthlm}
  majorna: {survey: major-nki, channel: keypad, unit: se/gbg}
  slottsskogen: {survey: sales-nps, channel: sms, from: "+46701740605", unit: se/gbg}
periodic:
  haga: {queue: slottsskogen, list: customers, every: month, spread: 10d}
""",
).replace(
    "surveys:\n",
    """\
surveys:
  soder-nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}]}
  major-nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur var det?", en: "How was it?"}}]}
""",
)
"""The same with queues that belong to a unit: one of Stockholm, two of Gothenburg."""

FOREIGN = ("majorna", "slottsskogen", "major-nki", "haga")
"""What of it nobody of Stockholm meets."""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    time: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **length: float) -> None:
        """Let time pass."""
        self.time += timedelta(**length)


def open_house(unit: Unit, clock: Callable[[], datetime], queues: str = QUEUES) -> Field:
    """A field on an empty database, with the surveys of the file published."""
    numbers = itertools.count(1)
    file = publish(unit, read_centre(queues), clock())
    return Field(
        unit=unit,
        centre=file,
        renewal=Renewal(unit, file, clock),
        now=clock,
        fresh_id=lambda prefix: f"{prefix}_{next(numbers):026d}",
        handlers=HANDLERS,
        ring=lambda kind: None,
        segments=lambda text: 1,
    )


def open_site(office: Field, **settings: Any) -> Flask:
    """The site without a server in front."""
    app = Flask("tonval.web", static_folder=None)
    site.register(app, office, WebSettings(secret_key="a key for tests only", **settings))
    return app


def add_people(office: Field) -> Mapping[str, Person]:
    """An admin, a supervisor of Stockholm, and the agent Anna, each with ``PASSWORD``."""
    wanted: tuple[tuple[str, dict[str, str]], ...] = (
        ("admin", {"role": "admin"}),
        ("sam", {"role": "supervisor", "unit": "se/sthlm"}),
        ("anna", {"role": "agent", "agent": "anna", "unit": "se/sthlm"}),
    )
    return {name: people.add_user(office, name, PASSWORD, **more) for name, more in wanted}


def rate_call(office: Field, agent: str | None, keys: Iterable[str], ref: str, queue: str = "support") -> str:
    """A call to the queue that answers with ``keys`` and hangs up; gives the interview's id."""
    turn = conduct.begin_call(office, Call(provider="simulator", ref=ref, dialled=queue, agent=agent))
    for key in keys:
        turn = conduct.resume(office, turn.leg, Digits(key), turn.turn_no)
    conduct.end_leg(office, turn.leg, "hung up")
    assert turn.interview is not None
    return turn.interview


def rate_message(office: Field, clock: Clock, agent: str, body: str, ref: str, phone: str = CUSTOMER) -> None:
    """An interaction reported to the sales queue, its question asked when due, and the customer's reply."""
    interaction = Interaction(
        ref=ref,
        kind="call",
        queue="sales",
        agent=agent,
        customer=Customer(phone=phone, language="en"),
        ended_at=clock(),
        talk=timedelta(minutes=3),
        report={},
    )
    invitations.report(office, interaction)
    clock.forward(minutes=3)
    asking.ask_due(office)
    conduct.receive_message(office, Inbound("console", f"in-{ref}", phone, NUMBER, body, clock()))
