"""What a decision costs as the history grows: one report and batches of 500, on SQLite and on PostgreSQL.

    python bench/decisions.py [--sizes 10000 1000000] [--seed 1] [--databases sqlite postgresql]

The history is written straight into the tables: a third as many customers as contacts, one contact in three invited.
Then reports are decided beside it, half of them of customers who are known; the ratio compares with the smallest size.
The customers who are reported have numbers that North America keeps for fiction (555-01xx), the others numbers of no
country.
No HTTP is in between: see decisions_http.py. PostgreSQL is a private server with its usual settings.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers.postgres import private_server  # noqa: E402
from tonval.fieldwork import invitations  # noqa: E402
from tonval.fieldwork.addresses import PhoneNumber, is_mobile  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.fieldwork.forms import publish  # noqa: E402
from tonval.fieldwork.interactions import Interaction, read_interaction  # noqa: E402
from tonval.fieldwork.reading import Reading  # noqa: E402
from tonval.fieldwork.respondents import Customer  # noqa: E402
from tonval.fieldwork.routing import read_centre  # noqa: E402
from tonval.opening import HANDLERS, fresh_id  # noqa: E402
from tonval.store.migrate import migrate  # noqa: E402
from tonval.store.sealed import Sealed  # noqa: E402
from tonval.store.sweeping import Swept, seal_all  # noqa: E402
from tonval.store.unit import Unit, open_unit  # noqa: E402

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {min_talk: 15s, cap: 0, quiet_hours: "21:00-08:00", languages: [sv]}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605", delay: 2m}
surveys:
  nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10. STOPP avslutar."}}]}
"""
SINGLES, BATCHES, BATCH = 300, 10, 500

NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT :low UNION ALL SELECT n + 1 FROM numbers WHERE n < :high)",
    "postgresql": "WITH numbers AS (SELECT generate_series(CAST(:low AS bigint), CAST(:high AS bigint)) AS n)",
}
DECISION = '{"outcome": "invited", "channel": "sms", "survey": "nps", "invitation": "inv", "config": "0123456789ab"}'
REPORT = (
    '{"id": "c", "kind": "call", "queue": "sales", "agent": "anna", "customer": {"phone": "+46"}, "talk_seconds": 184}'
)
HISTORY = (
    (
        "people",
        (
            "INSERT INTO contacts (id, phone, attributes, created_at, seen_at) {numbers}"
            " SELECT 'con_' || n, '+9990' || n,"
            " '{{}}', '2026-06-01', '2026-10-01' FROM numbers"
        ),
    ),
    (
        "people",
        (
            "INSERT INTO caps (person, asked, claim) {numbers}"
            " SELECT 'con_' || n, '{{\"*\": 1759305600, \"channel:sms\": 1759305600}}', 'inv_' || n FROM numbers"
        ),
    ),
    (
        "contacts",
        (
            "INSERT INTO interactions (kind, ref, queue, agent, contact, created_at, reported_at, ended_at, report,"
            " decision, disposition, demo) {numbers} SELECT 'call', 'old-' || n, 'sales', 'a' || (n % 500),"
            " 'con_' || (n % :people), '2026-10-01', '2026-10-01', '2026-10-01', '{report}', '{decision}', 'expired',"
            " false FROM numbers"
        ),
    ),
    (
        "people",
        (
            "INSERT INTO invitations (id, interaction, contact, address, channel, survey, queue, agent, sender, state,"
            " due_at, created_at) {numbers} SELECT 'inv_' || n, n + 1, 'con_' || n, '+9990' || n, 'sms', 'nps',"
            " 'sales', 'anna', '+46701740605', 'asked', '2026-10-01', '2026-10-01' FROM numbers"
        ),
    ),
    (
        "people",
        (
            "INSERT INTO outbox (kind, ref, state, due_at, attempts) {numbers}"
            " SELECT 'invite', 'inv_' || n, 'done', '2026-10-01', 1 FROM numbers"
        ),
    ),
)
STEP = 200_000
SEALED = (
    Swept("contacts", ("id",), {"phone": Sealed()}),
    Swept("invitations", ("id",), {"address": Sealed()}),
)
"""What the history's statements wrote open."""


def main() -> None:
    """Fill, measure, print."""
    asked = _arguments()
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {asked.seed}, batches of {BATCH}")
    for database in asked.databases:
        smallest: tuple[float, float] | None = None
        for size in asked.sizes:
            with _empty(database) as unit:
                _fill(unit, size)
                costs = _measure(unit, size, random.Random(asked.seed))
            smallest = smallest or costs
            _print(database, size, costs, smallest)


def _print(database: str, size: int, costs: tuple[float, float], smallest: tuple[float, float]) -> None:
    single, batch = costs
    alone = f"one report {single * 1e3:6.2f} ms ({1 / single:6.0f}/s, {single / smallest[0]:.2f} x)"
    many = f"in batches {batch * 1e6:6.0f} µs ({1 / batch:6.0f}/s, {batch / smallest[1]:.2f} x)"
    print(f"{database:10} {size:>11,} contacts: {alone}, {many}", flush=True)


def _measure(unit: Unit, size: int, chance: random.Random) -> tuple[float, float]:
    """Median seconds of one report alone, and of one row of a batch."""
    field, fresh = _field(unit), iter(range(10**9))
    areas = [area for area in range(201, 990) if is_mobile(PhoneNumber(f"+1{area}5550100"))][:100]
    numbers = [f"+1{area}55501{line:02d}" for area in areas for line in range(100)]

    def report() -> Interaction:
        document: dict[str, Any] = {"id": f"new-{next(fresh)}", "kind": "call", "queue": "sales", "agent": "anna"}
        document |= {
            "customer": {"phone": chance.choice(numbers), "language": "sv"},
            "talk_seconds": 184,
        }
        return read_interaction(Reading(document, ""), field.centre)

    known = [replace(report(), customer=Customer(phone=number), ref=number) for number in numbers[::2]]
    for start in range(0, len(known), BATCH):
        invitations.report_many(field, known[start : start + BATCH])
    singles = [_time(lambda: invitations.report(field, report())) for _ in range(SINGLES)]
    batches = [_time(lambda: invitations.report_many(field, [report() for _ in range(BATCH)])) for _ in range(BATCHES)]
    return statistics.median(singles), statistics.median(batches) / BATCH


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _fill(unit: Unit, size: int) -> None:
    """Some hundred thousand rows a transaction; the contacts' ids count from 0, the interactions' from 1."""
    numbers = NUMBERS[unit.engine.dialect.name]
    counts = {"people": max(size // 3, 1), "contacts": size}
    for counted, statement in HISTORY:
        written = statement.format(numbers=numbers, report=REPORT, decision=DECISION).replace(": ", "\\: ")
        for low in range(0, counts[counted], STEP):
            values: dict[str, Any] = {"low": low, "high": min(low + STEP, counts[counted]) - 1}
            with unit.begin() as tx:
                tx.execute(text(written), values | ({"people": counts["people"]} if ":people" in statement else {}))
    with unit.begin() as tx:
        for swept in SEALED:
            seal_all(tx, swept)
    with unit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _field(unit: Unit) -> Field:
    return Field(
        unit=unit,
        centre=publish(unit, read_centre(FILE), NOW),
        now=lambda: NOW + timedelta(minutes=1),
        fresh_id=fresh_id,
        handlers=HANDLERS,
        ring=lambda kind: None,
        segments=lambda body: 1,
    )


@contextmanager
def _empty(database: str) -> Iterator[Unit]:
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            unit = open_unit(f"sqlite:///{folder}/tonval.db")
            migrate(unit)
            yield unit
            unit.engine.dispose()
        return
    with private_server() as server:
        unit = open_unit(server.fresh())
        migrate(unit)
        yield unit
        unit.engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
