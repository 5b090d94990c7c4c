"""Files to take in, and a small centre to take them into."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from tests.fieldwork.office import Office
from tonval.fieldwork.field import Field
from tonval.fieldwork.routing import read_centre
from tonval.intake.headings import INTERACTIONS
from tonval.intake.opening import Wishes, digest_of, open_file
from tonval.intake.runs import Run
from tonval.intake.starting import Order, start
from tonval.intake.taking import Watch, advance
from tonval.store.unit import Unit

QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console, queue: sales}}
defaults: {min_talk: 15s, cap: 30d, languages: [sv, en]}
queues:
  sales: {survey: sales-nps, channel: sms, from: "+46701740605", delay: 2m}
surveys:
  sales-nps:
    questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10. STOPP avslutar.", en: "0-10? STOP ends"}}]
"""
HEADINGS = ("Samtals-ID", "Kö", "Telefon", "Handläggare", "Samtalstid", "Sluttid")
Cells = Iterable[str]


def small_office(unit: Unit) -> Office:
    """A centre with one queue, in Sweden."""
    return Office(unit, read_centre(QUEUES))


def phone(number: int) -> str:
    """One of the Swedish numbers that are nobody's."""
    return f"070174{606 + number % 94:04d}"


def call(number: int, **changes: str) -> list[str]:
    """One row for ``HEADINGS``: a call of three minutes from a customer of her own."""
    row = {"id": f"call-{number}", "queue": "sales", "phone": phone(number), "agent": "anna"}
    return list({**row, "talk": "3:04", "ended": "2026-11-22 09:30", **changes}.values())


def write(path: Path, rows: Iterable[Cells], headings: Cells = HEADINGS, delimiter: str = ";") -> Path:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([headings, *rows])
    path.write_text(text.getvalue(), "utf-8")
    return path


def order_of(office: Field, path: Path, source: str = "pbx", kind: str = INTERACTIONS, **more: str) -> Order:
    """The order to take a file as its headings say."""
    opened = open_file(office, path, path.name, source, Wishes(kind))
    assert opened.faults == ()
    return Order(source, path.name, digest_of(path), opened.plan, **more)


def take(office: Field, path: Path, watch: Watch = lambda run: True, **more: str) -> Run:
    """Take a file in, all of it unless ``watch`` stops."""
    return advance(office, start(office, order_of(office, path, **more)), path, watch)
