"""A wave over a contact list: members decided a second, on a fresh SQLite file or on ``--database URL``.

A tenth of the members are in a cap, a hundredth blocked, the rest are invited over ten days outside quiet hours.
``--members 10000 --seed 1``.
"""

from __future__ import annotations

import argparse
import platform
import random
import tempfile
from datetime import UTC, datetime
from time import perf_counter

from sqlalchemy import insert

from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import publish
from tonval.fieldwork.periodic import lists, programs, waves
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.opening import HANDLERS, fresh_id
from tonval.store.migrate import migrate
from tonval.store.tables import blocklist, caps
from tonval.store.unit import Unit, open_unit

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
QUEUES = """
country: SE
defaults: {cap: 30d, quiet_hours: "21:00-08:00", quiet_days: [saturday, sunday], languages: [en]}
queues: {relations: {survey: nps, channel: email}}
periodic: {relations: {queue: relations, list: customers, every: month, spread: 10d}}
surveys: {nps: {questions: [{id: recommend, scale: nps, text: {en: "How likely?"}}]}}
"""


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--members", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        unit = open_unit(options.database or f"sqlite:///{folder}/tonval.db")
        migrate(unit)
        office = _office(unit)
        _fill(office, options.members, random.Random(options.seed))
        print(
            f"seed {options.seed}, {unit.engine.dialect.name}, {platform.machine()}, Python {platform.python_version()}"
        )
        _look_ahead(office)
        _run(office, options.members)


def _office(unit: Unit) -> Field:
    centre = publish(unit, read_centre(QUEUES), NOW)
    return Field(unit, centre, lambda: NOW, fresh_id, HANDLERS, lambda kind: None, lambda text: 1)


def _fill(office: Field, number: int, dice: random.Random) -> None:
    for start in range(0, number, 1000):
        some = [Customer(email=f"c{n}@example.com") for n in range(start, min(start + 1000, number))]
        with office.unit.begin() as tx:
            people = [contact.id for contact in know_contacts(tx, office, some) if contact]
            lists.put_on(tx, office, "customers", people)
            capped = dice.sample(people, len(people) // 10)
            lately = {"*": int(NOW.timestamp()) - 86_400}
            tx.execute(insert(caps), [{"person": each, "asked": lately, "claim": ""} for each in capped])
            blocked = dice.sample(some, len(some) // 100)
            row = {"channel": "*", "reason": "", "created_at": NOW}
            tx.execute(insert(blocklist), [row | {"pattern": each.email} for each in blocked])


def _look_ahead(office: Field) -> None:
    began = perf_counter()
    seen = programs.preview(office, office.centre.programs["relations"])
    print(f"preview of {seen.looked_at:,}: {perf_counter() - began:.2f} s")


def _run(office: Field, number: int) -> None:
    steps = []
    began = perf_counter()
    waves.start_due(office)
    while True:
        step = perf_counter()
        if not waves.go_on(office):
            break
        steps.append(perf_counter() - step)
    spent = perf_counter() - began
    with office.unit.read() as tx:
        wave = waves.find_wave(tx, "relations", "2026-11")
    steps.sort()
    print(f"wave of {number:,}: {spent:.1f} s, {number / spent:,.0f} members/s; {dict(wave.outcomes) if wave else {}}")
    print(f"a step of 100: p50 {steps[len(steps) // 2] * 1000:.0f} ms, max {steps[-1] * 1000:.0f} ms")


if __name__ == "__main__":
    main()
