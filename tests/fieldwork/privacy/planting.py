"""Customers planted through every door of a centre, so that they can be looked for afterwards, wherever they are."""

from __future__ import annotations

import itertools
import json
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from tests.fieldwork.office import Office
from tests.intake.intake import order_of
from tests.web.house import open_site
from tonval.fieldwork import asking, books, conduct, ledger
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.calling_back.call_backs import offered
from tonval.fieldwork.calls import speeches
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.invitations import report
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.periodic import lists
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.respondents import Customer
from tonval.intake.folders import Folders
from tonval.intake.originals import HomePapers
from tonval.intake.starting import start
from tonval.intake.taking import advance
from tonval.sms import inbound
from tonval.store import tables as t
from tonval.store.tables import TALLY_KEY
from tonval.store.unit import Unit
from tonval.surveys.turns import Choice, Digits, Entry, Go

OURS = "+46701740605"
STAFF = Actor("usr_1", "Maria")
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
defaults: {cap: 30d, languages: [sv, en], min_talk: 15s}
queues:
  support: {survey: calls, channel: keypad}
  sales: {survey: nps, channel: sms, from: "+46701740605", delay: 2m}
  care:
    survey: care
    channel: email
    call_back: {hours: {monday-sunday: "00:00-24:00"}, places: 10000, notice: 0s, days: 5}
surveys:
  calls:
    questions: [{id: helped, scale: nki, text: {sv: "Hur gick det, {customer}?", en: "How did it go, {customer}?"}}]
  nps:
    questions:
      - {id: recommend, scale: nps, text: {sv: "Hur troligt, {customer}? STOPP.", en: "How likely, {customer}? STOP"}}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
  care:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
      - {id: more, scale: text, text: {sv: "Något mer?", en: "Anything else?"}}
      - {id: call, scale: call_back, text: {sv: "Får vi ringa dig?", en: "May we call you?"}}
"""
AREAS = (202, 212, 213, 303, 305, 312, 404, 415, 503, 617, 702, 713)
WAV = b"RIFF" + b"a voice" * 20


@dataclass(frozen=True)
class Planted:
    """One customer, and how she would be found again."""

    number: int
    phone: str
    email: str
    name: str

    @property
    def stops(self) -> bool:
        """Whether she has said stop by SMS."""
        return self.number % 3 == 0

    @property
    def is_blocked(self) -> bool:
        """Whether staff have put her on the blocklist."""
        return self.number % 5 == 4

    @property
    def spelled(self) -> str:
        """Her number as people write it."""
        own = self.phone[2:]
        return f"{own[:3]}-{own[3:6]} {own[6:8]} {own[8:]}"


def people(number: int) -> list[Planted]:
    """So many customers with numbers that North America keeps for fiction."""
    return [_planted(each) for each in range(number)]


def _planted(number: int) -> Planted:
    area, last = AREAS[number // 100], number % 100
    letters = "".join(reversed([string.ascii_lowercase[number // 26**place % 26] for place in range(3)]))
    return Planted(number, f"+1{area}55501{last:02d}", f"vera.{letters}@example.com", f"Vera Planta{letters}")


class Garden:
    """A centre with its home in ``home``, and the customers that are planted in it."""

    def __init__(self, office: Office, home: Path) -> None:
        self.office, self.home = office, home
        self.papers = HomePapers(home, lambda run: False)
        office.field = replace(office.field, mail_from="Nordlys <care@nordlys.example>")
        self._refs = itertools.count(1)
        self._api = _client(office.field)

    @property
    def field(self) -> Field:
        """The field office."""
        return self.office.field

    def plant(self, customers: Sequence[Planted]) -> None:
        """Everybody through every door, a month between two of them so that no cap stands in the way."""
        self._by_message(customers)
        self.office.pass_time(days=31)
        self._by_page(customers)
        self.office.pass_time(days=31)
        self._by_call(customers)
        self._by_file(customers)
        self._by_staff(customers)
        self._waiting(customers)
        self._in_logs(customers)

    def document(self, one: Planted, queue: str, **more: Any) -> dict[str, Any]:
        """A report of a contact that has just ended."""
        ended = self.office.time.strftime("%Y-%m-%dT%H:%M:%SZ")
        customer = {"phone": one.phone, "email": one.email, "name": one.name, "language": "en", "tier": "gold"}
        customer["attributes"] = {"account": f"of {one.name}", "mail": one.email}
        about = {"id": f"ref-{next(self._refs)}", "kind": "call", "queue": queue, "agent": f"agent{one.number % 7}"}
        words = {"note": f"{one.name} was angry"}
        return {**about, "customer": customer, "ended_at": ended, "talk_seconds": 120, **words, **more}

    def report(self, one: Planted, queue: str, **more: Any) -> dict[str, Any]:
        """Report it, and give the decision."""
        document = Reading(self.document(one, queue, **more), "")
        decision: dict[str, Any] = report(self.field, read_interaction(document, self.field.centre)).body["decision"]
        return decision

    def send_all(self) -> None:
        """Whatever is due goes out."""
        while asking.ask_due(self.field):
            pass
        while batch := messages.claim_due(self.field, 100):
            for each in batch:
                messages.mark_accepted(self.field, each.id, each.attempt, f"SM-{each.id}")

    def write(self, one: Planted, body: str) -> None:
        """A message from her."""
        known = {"provider": "twilio", "ref": f"MO-{next(self._refs)}", "sender": one.phone, "recipient": OURS}
        inbound.receive(self.field, **known, body=body, at=self.office.time)

    def repeat(self, one: Planted, key: str) -> None:
        """A contact reported by HTTP, under a key of the other system's own."""
        answer = self._api.post(
            "/api/v1/interactions", json=self.document(one, "sales"), headers={"Idempotency-Key": key}
        )
        assert answer.status_code == 201, answer.get_data(as_text=True)

    def _by_message(self, customers: Sequence[Planted]) -> None:
        for one in customers:
            self.repeat(one, f"key-{one.number}")
        self.office.pass_time(minutes=3)
        self.send_all()
        for one in customers:
            self.write(one, str(one.number % 11))
            self.write(one, f"Ring mig på {one.spelled} eller {one.email}, hälsar {one.name}")
            self.office.pass_time(seconds=1)
        self.office.pass_time(hours=1)
        for one in customers:
            self.write(one, f"Jag menade {(one.number + 1) % 11}, mvh {one.name}, {one.phone}")

    def _by_page(self, customers: Sequence[Planted]) -> None:
        for one in customers:
            assert self.report(one, "care")["outcome"] == "invited"
        self.send_all()
        for one in customers:
            for interview in self._open_pages(one):
                self._answer_page(interview, one)

    def _answer_page(self, interview: str, one: Planted) -> None:
        with self.field.unit.read() as tx:
            slot = offered(tx, self.field, "care", interview)[0]
        entries = (
            Entry("helped", (1 + one.number % 5,)),
            Entry("more", text=f"{one.name} här, skriv till {one.email.upper()}"),
            Entry("call", moment=slot.opens, phone=one.phone),
        )
        with self.field.unit.begin() as tx:
            for entry in entries[: 2 + one.number % 2]:
                case = ledger.load(tx, interview)
                ledger.advance(tx, self.field, case, Choice(entry.question, (entry,), Go.NEXT))

    def _open_pages(self, one: Planted) -> list[str]:
        joined = t.interviews.join(t.invitations, t.invitations.c.id == t.interviews.c.invitation)
        wanted = select(t.interviews.c.id).select_from(joined).where(t.invitations.c.address == one.email)
        with self.field.unit.read() as tx:
            return list(tx.execute(wanted).scalars())

    def _by_call(self, customers: Sequence[Planted]) -> None:
        for one in customers:
            call = Call("sip", f"{next(self._refs)}@pbx", "support", agent="anna", caller=one.phone, language="en")
            turn = conduct.begin_call(self.field, call)
            speeches.take_in(self.field, turn.leg, 1, timedelta(seconds=3), wav=WAV + one.name.encode())
            if one.number % 4:
                conduct.resume(self.field, turn.leg, Digits(str(1 + one.number % 5)), turn.turn_no)
            if one.number % 8:  # the others are still on the line
                conduct.end_leg(self.field, turn.leg, "hung up")

    def _by_file(self, customers: Sequence[Planted]) -> None:
        path = self.home / "contacts.csv"
        rows = [f"f-{one.number};sales;{one.phone};{one.name};180" for one in customers]
        rows += [f"g-{one.number};nowhere {one.phone};{one.phone};{one.name};180" for one in customers]
        path.write_text("\n".join(["Samtals-ID;Kö;Telefon;Kund;Samtalstid", *rows, ""]))
        run = start(self.field, order_of(self.field, path))
        assert advance(self.field, run, path).state == "done"
        folders = Folders(self.home / "intake")
        folders.make()
        path.rename(folders.uploads / f"{run.id}-contacts.csv")
        folders.keep(f".uploads/{run.id}-contacts.csv", "pbx", run.id, "contacts.csv")

    def _by_staff(self, customers: Sequence[Planted]) -> None:
        for one in customers:
            lists.put_contact(self.field, Customer(phone=one.phone), ["everybody"])
            if one.stops:
                self.write(one, "STOP")
            if one.is_blocked:
                entry = books.Entry(one.phone, "*", f"{one.name} asked for it", self.office.time, "maria")
                books.add(self.field, books.BLOCKLIST, [entry], STAFF)
        self.send_all()

    def _waiting(self, customers: Sequence[Planted]) -> None:
        """Some have been called on again and are still to be asked: with their caps over, an invitation waits."""
        self.office.pass_time(days=31)
        for one in customers:
            if not one.stops and not one.is_blocked:
                assert self.report(one, "sales")["outcome"] == "invited"
        self.office.pass_time(minutes=3)
        asking.ask_due(
            self.field, 7
        )  # some have an interview and a queued message, the others an invitation that waits
        for one in customers[::10]:
            early = {"sender": OURS, "recipient": one.phone}
            messages.status_changed(self.field, "twilio", f"SM-none-{one.number}", None, "sent", None, **early)

    def _in_logs(self, customers: Sequence[Planted]) -> None:
        folder = self.home / "log"
        folder.mkdir(exist_ok=True)
        (folder / "worker.log").write_text("".join(f"INFO could not send to {one.phone}\n" for one in customers))


def tallied(unit: Unit) -> dict[tuple[Any, ...], int]:
    """Every cell of the tally with its count."""
    found: dict[tuple[Any, ...], int] = {}
    with unit.read() as tx:
        for table in (t.tally, t.tally_deltas):
            cells = [table.c[name] for name in TALLY_KEY]
            for *cell, number in tx.execute(select(*cells, func.sum(table.c.n)).group_by(*cells)):
                found[tuple(cell)] = found.get(tuple(cell), 0) + int(number)
    return {cell: number for cell, number in found.items() if number}


def _client(field: Field) -> FlaskClient:
    raw = keys.make_key(field, "pbx", ["read", "report"])
    client = open_site(field).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
    return client


def traces_of(customers: Sequence[Planted], unit: Unit, home: Path) -> list[str]:
    """Every place where one of them can still be found: in any column, sealed or not, or in any file of the home.

    It has its own idea of how a number is written, so that it does not overlook what the eraser does.
    """
    sought = _Sought(customers)
    return [*_in_tables(sought, unit), *_in_files(sought, home)]


class _Sought:
    def __init__(self, customers: Sequence[Planted]) -> None:
        self._digits = re.compile("|".join(one.phone[2:] for one in customers))
        words = (re.escape(word.casefold()) for one in customers for word in (one.email, one.name))
        self._words = re.compile("|".join(words))

    def hit(self, value: str) -> str | None:
        """What of them is in the text."""
        found = self._digits.search(re.sub(r"\D", "", value)) or self._words.search(value.casefold())
        return found[0] if found else None

    def hit_in_bytes(self, value: bytes) -> str | None:
        """The same in a file, whose numbers stand beside one another."""
        decoded = value.decode("latin-1")
        close = re.sub(r"(?<=\d)[ ()/.-]{1,2}(?=\d)", "", decoded)
        found = self._digits.search(close) or self._words.search(decoded.casefold())
        return found[0] if found else None


def _in_tables(sought: _Sought, unit: Unit) -> Iterator[str]:
    with unit.read() as tx:
        for table in t.metadata.sorted_tables:
            for opened in (select(table), text(f'SELECT * FROM "{table.name}"')):
                for row in tx.execute(opened):
                    for name, value in row._mapping.items():
                        hit = sought.hit(_written(value))
                        if hit:
                            yield f"{table.name}.{name}: {hit}"


def _written(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value, default=str, ensure_ascii=False)


def _in_files(sought: _Sought, home: Path) -> Iterator[str]:
    for path in sorted(home.rglob("*")):
        if path.is_file() and (hit := sought.hit_in_bytes(path.read_bytes())):
            yield f"{path.relative_to(home)}: {hit}"
