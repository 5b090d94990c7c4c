"""What a long blocklist costs: looking up a batch of customers, and claiming messages that are due.

Looks up 500 customers against lists of a thousand and a million patterns, a tenth of them prefixes and domains, then
claims messages beside as many that wait for the morning. ``python bench/refusals.py [--url URL]``. The database of
``--url`` is emptied first; without it an SQLite file in a temporary folder is used.
"""

from __future__ import annotations

import argparse
import platform
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy
from sqlalchemy import insert

from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import messages
from tonval.store import tables
from tonval.store.unit import Unit, open_unit

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SIZES = (1_000, 1_000_000)
BATCH = 500
WAITING = 100_000


def main() -> None:
    """Run all of it and print what was seen."""
    asked = _arguments()
    with TemporaryDirectory() as folder:
        unit = open_unit(asked.url or f"sqlite:///{folder}/tonval.db")
        with unit.begin() as tx:
            tables.metadata.drop_all(tx)
            tables.metadata.create_all(tx)
        _say(
            "machine", f"{platform.machine()}, Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"
        )
        _say("database", unit.engine.dialect.name)
        _say("seed", asked.seed)
        _measure(unit, asked.largest, random.Random(asked.seed))
        unit.engine.dispose()


def _measure(unit: Unit, largest: int, chance: random.Random) -> None:
    patterns, standing, took = _patterns(chance), 0, {}
    for size in (size for size in SIZES if size <= largest):
        _fill(unit, tables.blocklist, (_entry(text) for text in islice(patterns, size - standing)))
        standing = size
        took[size] = _time(f"{BATCH} customers against {size:,} patterns", lambda: _look_up(unit, chance))
    _say("longest list to shortest", f"{max(took.values()) / min(took.values()):.2f} times the time")
    _claim(unit, chance)


def _look_up(unit: Unit, chance: random.Random) -> None:
    pairs = [(_number(chance) if chance.random() < 0.7 else _mail(chance), "sms") for _ in range(BATCH)]
    with unit.read() as tx:
        refused(tx, pairs)


def _claim(unit: Unit, chance: random.Random) -> None:
    """Messages that are due, beside those of the next morning: they are due only then."""
    ids = count(1)
    due = (_message(next(ids), chance, NOW - timedelta(seconds=n)) for n in range(20_000))
    later = (_message(next(ids), chance, NOW + timedelta(hours=9)) for _ in range(WAITING))
    _fill(unit, tables.messages, due)
    _fill(unit, tables.messages, later)
    fields = SimpleNamespace(unit=unit, now=lambda: NOW, fresh_id=lambda prefix: f"{prefix}_{next(ids)}")
    start, claimed = perf_counter(), 0
    while batch := messages.claim_due(cast("Field", fields), 100):
        claimed += len(batch)
    _say("claimed, 100 at a time", f"{claimed:,} messages, {claimed / (perf_counter() - start):,.0f} a second")


def _patterns(chance: random.Random) -> Iterator[str]:
    for n in count():
        match n % 20:
            case 0:
                yield f"+46{n + 10_000_000}*"
            case 1:
                yield f"*@m{n}.example.com"
            case _:
                yield f"+4670{n + 10_000_000}"


def _entry(pattern: str) -> dict[str, Any]:
    return {"pattern": pattern, "channel": "*", "reason": "", "created_at": NOW, "author": None}


def _message(n: int, chance: random.Random, due_at: datetime) -> dict[str, Any]:
    row = dict.fromkeys(("direction", "purpose", "provider", "body"), "x") | {"direction": "out", "purpose": "question"}
    row |= {"id": f"msg_{n:08}", "sender": "+46701740605", "recipient": _number(chance), "segments": 1}
    return row | {"state": "queued", "due_at": due_at, "created_at": NOW, "changed_at": NOW}


def _number(chance: random.Random) -> str:
    return f"+4670{chance.randrange(90_000_000, 99_999_999)}"


def _mail(chance: random.Random) -> str:
    return f"c{chance.randrange(10**6)}@m{chance.randrange(10**7)}.example.org"


def _fill(unit: Unit, table: sqlalchemy.Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, 10_000)):
        with unit.begin() as tx:
            tx.execute(insert(table), some)
    with unit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # what autovacuum does on a database that has lived for a while


def _time(what: str, work: Callable[[], object], times: int = 25) -> float:
    took = []
    for _ in range(times):
        start = perf_counter()
        work()
        took.append(perf_counter() - start)
    _say(what, f"{median(took) * 1000:.2f} ms (median of {times}, slowest {max(took) * 1000:.2f})")
    return median(took)


def _say(what: str, figure: object) -> None:
    print(f"{what:48} {figure}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url")
    return parser.parse_args()


if __name__ == "__main__":
    main()
