"""What lies in the database, its log and the lines that are logged: a customer's number and address stand in none."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.fieldwork.office import Office
from tests.intake.intake import order_of
from tests.web.house import open_site
from tonval import journal
from tonval.fieldwork import asking, conduct, ledger
from tonval.fieldwork.calling_back.call_backs import offered
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.routing import read_centre
from tonval.intake.starting import start
from tonval.intake.taking import advance
from tonval.sms import inbound
from tonval.stats.scope import EVERYTHING
from tonval.stats.threads import thread
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.turns import Choice, Digits, Entry, Go

OURS = "+46701740605"
EVA = "+46701740666"
MAIL = "eva.planterad@example.com"
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
defaults: {cap: 30d, languages: [en], min_talk: 15s}
queues:
  support: {survey: calls, channel: keypad}
  sales: {survey: nps, channel: sms, from: "+46701740605", delay: 2m, fallback: [email]}
  care:
    survey: care
    channel: email
    call_back: {hours: {monday-sunday: "00:00-24:00"}, places: 100, notice: 0s, days: 5}
surveys:
  calls: {questions: [{id: helped, scale: nki, text: {en: "How did it go?"}}]}
  nps: {questions: [{id: recommend, scale: nps, text: {en: "How likely, 0-10? STOP ends"}}]}
  care:
    questions:
      - {id: helped, scale: nki, text: {en: "How did it go?"}}
      - {id: why, scale: text, when: 'helped < 3 and account = "x"', text: {en: "Why?"}}
      - {id: call, scale: call_back, text: {en: "May we call you?"}}
"""
NUMBER = re.compile(rb"70[^0-9]{0,3}174[^0-9]{0,3}06[^0-9]{0,3}66")
ADDRESS = re.compile(rb"eva.{0,3}planterad", re.IGNORECASE)


class House:
    """A centre in which one customer meets every door that takes an address."""

    def __init__(self, unit: Unit, folder: Path) -> None:
        self.office, self.folder = Office(unit, read_centre(FILE)), folder
        self.office.field = replace(self.office.field, mail_from="Nordlys <care@nordlys.example>")
        self.field = self.office.field
        self.api = _client(self.office)

    def report(self, ref: str, queue: str, **customer: Any) -> None:
        """By the API, once and again."""
        ended = self.office.time.strftime("%Y-%m-%dT%H:%M:%SZ")
        about = {"phone": "070-174 06 66", "email": MAIL, "attributes": {"account": EVA}, **customer}
        told = {"id": ref, "kind": "call", "queue": queue, "customer": about, "ended_at": ended, "talk_seconds": 99}
        for _ in "12":
            answer = self.api.post("/api/v1/interactions", json=told, headers={"Idempotency-Key": ref})
            assert answer.status_code in (200, 201), answer.get_data(as_text=True)

    def meet(self) -> None:
        """Every door in turn, a month between two of them."""
        for door in (self._by_message, self._by_page, self._by_call, self._by_file, self._by_staff):
            door()
            self.office.pass_time(days=31)

    def send(self) -> None:
        """What is due goes out."""
        self.office.pass_time(minutes=3)
        asking.ask_due(self.field)
        for each in messages.claim_due(self.field, 100):
            messages.mark_accepted(self.field, each.id, each.attempt, f"SM-{each.id}")

    def write(self, body: str) -> None:
        """A message from her."""
        known = {"provider": "twilio", "ref": f"MO-{body}", "sender": EVA, "recipient": OURS}
        inbound.receive(self.field, **known, body=body, at=self.office.time)

    def _by_message(self) -> None:
        self.report("one", "sales")
        self.send()
        self.write("9")
        early = {"sender": OURS, "recipient": EVA}
        messages.status_changed(self.field, "twilio", "SM-none", None, "sent", None, **early)
        self.api.post("/api/v1/interactions", json={"id": "x", "queue": "sales", "customer": {"phone": f"{EVA}12345"}})
        self.api.post("/api/v1/invitations", json={"id": "y", "survey": "nps", "customer": {"phone": EVA}})

    def _by_page(self) -> None:
        self.report("two", "care")
        self.send()
        with self.field.unit.read() as tx:
            interview = tx.execute(select(t.interviews.c.id).where(t.interviews.c.channel == "email")).scalar_one()
            slot = offered(tx, self.field, "care", interview)[0]
        for entry in (Entry("helped", (4,)), Entry("call", moment=slot.opens, phone=EVA)):
            with self.field.unit.begin() as tx:
                ledger.advance(tx, self.field, ledger.load(tx, interview), Choice(entry.question, (entry,), Go.NEXT))

    def _by_call(self) -> None:
        for ref in ("a", "b"):
            turn = conduct.begin_call(self.field, Call("sip", f"{ref}@pbx", "support", caller=EVA))
            if ref == "a":
                conduct.resume(self.field, turn.leg, Digits("5"), turn.turn_no)
            conduct.end_leg(self.field, turn.leg, "hung up")

    def _by_file(self) -> None:
        path = self.folder / "contacts.csv"
        rows = f"f;sales;{EVA};180\ng;{EVA};{EVA};180\nh;sales;{EVA}99999;180\n"
        path.write_text(f"Samtals-ID;Kö;Telefon;Samtalstid\n{rows}")
        assert advance(self.field, start(self.field, order_of(self.field, path)), path).refused == 2
        path.unlink()

    def _by_staff(self) -> None:
        for book in ("blocklist", "optouts"):
            key = "pattern" if book == "blocklist" else "address"
            for who in (EVA, MAIL, f"{EVA}*")[: 3 if book == "blocklist" else 2]:
                answer = self.api.post(f"/api/v1/{book}", json={key: who})
                assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        self.report("three", "sales")
        self.write("STOP")
        self.write("START")
        self.send()


def _client(office: Office) -> FlaskClient:
    client = open_site(office.field).test_client()
    raw = keys.make_key(office.field, "pbx", ["read", "report", "admin"])
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
    return client


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as both forms write it."""
    said, before = io.StringIO(), (logging.root.handlers[:], logging.root.level)
    handlers = []
    for form in ("text", "json"):
        journal.set_up(form)
        handlers += logging.root.handlers
    for handler in handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(said)
    logging.root.handlers[:] = handlers
    yield said
    logging.root.handlers[:], logging.root.level = before[0], before[1]


def test_a_customer_who_met_every_door_stands_nowhere(unit: Unit, tmp_path: Path, logged: io.StringIO) -> None:
    house = House(unit, tmp_path)
    house.meet()
    lain = b"".join(_lain(unit, tmp_path))
    assert [lain[max(0, hit.start() - 60) : hit.end()] for hit in NUMBER.finditer(lain)] == []
    assert [lain[max(0, hit.start() - 60) : hit.end()] for hit in ADDRESS.finditer(lain)] == []
    said = logged.getvalue().encode()
    assert len(said) > 500 and NUMBER.search(said) is None and ADDRESS.search(said) is None
    assert _told(unit) >= {
        *("contacts.phone", "contacts.email", "contacts.attributes", "interactions.report", "invitations.address"),
        *("invitations.ways", "blocklist.pattern", "opt_outs.address", "interviews.thread", "interviews.state"),
        *("legs.caller", "events.data", "messages.sender", "messages.recipient", "reports.recipient"),
        *("call_backs.phone", "import_faults.value", "interactions.decision"),
    }
    assert len(thread(unit, EVERYTHING, OURS, EVA).parts) > 0


def _lain(unit: Unit, folder: Path) -> Iterator[bytes]:
    """Every byte of SQLite's files; of PostgreSQL every row as it writes it out."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
    with unit.read() as tx:
        for table in t.metadata.sorted_tables:
            for row in tx.execute(text(f'SELECT * FROM "{table.name}"')):
                yield "\t".join(_written(value) for value in row).encode() + b"\n"


def _written(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def _told(unit: Unit) -> set[str]:
    """The columns in which whoever has the key finds her."""
    found = set()
    with unit.read() as tx:
        for table in t.metadata.sorted_tables:
            for row in tx.execute(select(table)):
                cells = {name: str(value).encode() for name, value in row._mapping.items()}
                found |= {
                    f"{table.name}.{name}"
                    for name, cell in cells.items()
                    if NUMBER.search(cell) or ADDRESS.search(cell)
                }
    return found


def _names_her(cell: bytes) -> bool:
    return bool(NUMBER.search(cell) or ADDRESS.search(cell))
