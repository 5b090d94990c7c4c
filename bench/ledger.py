"""How fast the ledger is counted, listed and searched, and one contact explained, as it grows.

Fills a year with interactions of 500 agents, eight queues and as many customers as half of them, then times what the
page asks for. ``python bench/ledger.py --rows 1000000 [--url URL]``. The database of ``--url`` is emptied first;
without it an SQLite file in a temporary folder is used.
"""

from __future__ import annotations

import argparse
import platform
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import sqlalchemy
from sqlalchemy import insert

from tonval.stats.decisions import explain, not_asked
from tonval.stats.ledger import Wanted, counted, entries, seek
from tonval.stats.queries import Filter
from tonval.stats.scope import EVERYTHING, Scope
from tonval.store.tables import agents, contacts, interactions, metadata
from tonval.store.unit import Unit, open_unit

LAST = date(2026, 11, 22)
END = datetime(2026, 11, 22, 20, tzinfo=UTC)
DAYS, AGENTS, QUEUES = 365, 500, 8
FATES = (("suppressed", "frequency_cap"), ("suppressed", "min_talk"), ("complete", None), ("no-answer", None))
RARE = ("suppressed", "internal")


def main() -> None:
    """Run all of it and print what was seen."""
    asked = _arguments()
    with TemporaryDirectory() as folder:
        unit = open_unit(asked.url or f"sqlite:///{folder}/tonval.db")
        with unit.begin() as tx:
            metadata.drop_all(tx)
            metadata.create_all(tx)
        versions = f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"
        print(f"{platform.machine()}, {versions}, {unit.engine.dialect.name}, seed {asked.seed}")
        _fill(unit, asked.rows, random.Random(asked.seed))
        _measure(unit, asked.rows)
        unit.engine.dispose()


def _measure(unit: Unit, rows: int) -> None:
    team = Scope(units=("se/u7",))
    for days in (30, 90, 365):
        period = Wanted(LAST - timedelta(days=days - 1), LAST)
        _time(f"counts of {days} days", lambda period=period: counted(unit, EVERYTHING, period))
    month = Wanted(LAST - timedelta(days=29), LAST)
    year = Wanted(LAST - timedelta(days=364), LAST)
    _time("counts of 30 days, one team", lambda: counted(unit, team, month))
    _time("the latest 40", lambda: entries(unit, EVERYTHING, month, limit=40))
    _time("the latest 40 of one team", lambda: entries(unit, team, year, limit=40))
    rare = Wanted(year.start, year.end, disposition=RARE[0], rule=RARE[1])
    _time("a rule that few meet, in a year", lambda: entries(unit, EVERYTHING, rare, limit=40))
    _time("not asked, for the conversations", lambda: not_asked(unit, EVERYTHING, Filter(LAST, LAST)))
    for name, text in (
        ("number", "+46700000007"),
        ("id", f"call-{rows // 2}"),
        ("name", "Customer 7"),
        ("nobody", "Zoe"),
    ):
        _time(f"search by {name}", lambda text=text: entries(unit, EVERYTHING, seek(unit, month, text, "SE"), limit=40))
    _time("one explained", lambda: explain(unit, EVERYTHING, "call", f"call-{rows // 2}"))


def _fill(unit: Unit, rows: int, chance: random.Random) -> None:
    began = perf_counter()
    people = [{"id": f"agent-{n}", "name": f"Agent {n}", "unit": f"se/u{n % 25}", "demo": False} for n in range(AGENTS)]
    with unit.begin() as tx:
        tx.execute(insert(agents), people)
    for table, source in ((contacts, _contacts(rows // 2)), (interactions, _interactions(rows, chance))):
        while some := list(islice(source, 10_000)):
            with unit.begin() as tx:
                tx.execute(insert(table), some)
    with unit.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    print(f"{rows:,} interactions written in {perf_counter() - began:.0f} s")


def _contacts(n: int) -> Iterator[dict[str, Any]]:
    for number in range(n):
        known = {"phone": f"+467{number:08}", "name": f"Customer {number}", "attributes": {}}
        yield {"id": f"con_{number:09}", **known, "created_at": END, "seen_at": END}


def _interactions(rows: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(rows):
        at = END - timedelta(days=DAYS) * (rows - number) / rows
        disposition, rule = RARE if number % 100_003 == 0 else chance.choice(FATES)
        queue, agent = f"queue-{chance.randrange(QUEUES)}", f"agent-{chance.randrange(AGENTS)}"
        named = {"kind": "call", "ref": f"call-{number}", "queue": queue, "agent": agent}
        decision = {"outcome": "suppressed", "rule": rule, "detail": "talk time 9 s is under 15 s", "config": "0" * 12}
        known = {
            "contact": f"con_{chance.randrange(rows // 2):09}",
            "report": {**named, "talk_seconds": 9, "x": "y" * 200},
        }
        times = {"created_at": at, "reported_at": at, "ended_at": at}
        yield {**named, **known, **times, "decision": decision, "disposition": disposition, "rule": rule, "demo": False}


def _time(what: str, work: Callable[[], object], times: int = 5) -> None:
    spent = []
    for _ in range(times):
        began = perf_counter()
        work()
        spent.append(1000 * (perf_counter() - began))
    print(f"{what:<36} median {median(spent):8.1f} ms, slowest {max(spent):8.1f} ms")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--url", help="an empty database; without it SQLite in a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
