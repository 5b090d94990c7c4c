"""What it costs a decision to know who was erased: one statement for all of it, two as before, and none, in one run.

    python -m bench.erased_lookups [--rounds 15] [--seed 1] [--databases sqlite postgresql]

Each round decides two hundred reports one by one in each of the three ways, in turn. The figures are the medians of a
decision's whole time and of this process' own, and their ratios to none.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, bindparam, or_, select

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.decisions import _empty, _field  # noqa: E402
from tonval.fieldwork import invitations  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.fieldwork.interactions import read_interaction  # noqa: E402
from tonval.fieldwork.privacy import suppressions  # noqa: E402
from tonval.fieldwork.reading import Reading  # noqa: E402
from tonval.store.among import among, listed  # noqa: E402
from tonval.store.keyring import lookup  # noqa: E402
from tonval.store.tables import Moment  # noqa: E402

TOGETHER = 200
_S = suppressions._S
_ASKED = {
    dialect: select(_S.digest, _S.asked).where(
        _S.kind == suppressions.ASKED,
        or_(_S.until.is_(None), _S.until > bindparam("now", type_=Moment)),
        among(dialect, _S.digest, "digests"),
    )
    for dialect in ("sqlite", "postgresql")
}


def two_statements(tx: Connection, addresses: Collection[str], now: datetime) -> suppressions.Known:
    """As it was: what was refused, and when she was asked, each by itself."""
    refusals = suppressions.refusals_of(tx, addresses)
    digests = {lookup(tx, address): address for address in addresses}
    rows = tx.execute(_ASKED[tx.dialect.name], {"digests": listed(tx, digests), "now": now})
    return suppressions.Known(refusals, {digests[row.digest]: row.asked for row in rows})


def nothing(tx: Connection, addresses: Collection[str], now: datetime) -> suppressions.Known:
    """As if nobody could be erased."""
    return suppressions.Known({}, {})


WAYS: dict[str, Callable[[], Any]] = {
    "none": lambda: patch.object(suppressions, "known_of", nothing),
    "two": lambda: patch.object(suppressions, "known_of", two_statements),
    "one": nullcontext,
}


def decide(field: Field, numbers: Iterator[int], chance: random.Random) -> tuple[float, float]:
    """Decide some reports; whole and own seconds of each."""
    documents = [
        {"id": f"r{next(numbers)}", "kind": "call", "queue": "sales", "agent": "anna", "talk_seconds": 184}
        | {"customer": {"phone": f"+1{chance.randrange(201, 989)}5550{chance.randrange(100, 200)}", "language": "sv"}}
        for _ in range(TOGETHER)
    ]
    read = [read_interaction(Reading(each, ""), field.centre) for each in documents]
    began, own = time.perf_counter(), time.process_time()
    for each in read:
        invitations.report(field, each)
    return (time.perf_counter() - began) / TOGETHER, (time.process_time() - own) / TOGETHER


@contextmanager
def measured(database: str) -> Iterator[Field]:
    """An office on an empty database."""
    with _empty(database) as unit:
        yield _field(unit)


def main() -> None:
    """All databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    for database in given.databases:
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        numbers, chance = iter(range(10**9)), random.Random(given.seed)
        with measured(database) as field:
            decide(field, numbers, chance)
            for _ in range(given.rounds):
                for way, patched in WAYS.items():
                    with patched():
                        taken[way].append(decide(field, numbers, chance))
        _print(database, taken)


def _print(database: str, taken: dict[str, list[tuple[float, float]]]) -> None:
    middles = {way: [statistics.median(each) for each in zip(*times, strict=True)] for way, times in taken.items()}
    for way, (whole, own) in middles.items():
        ratios = f"{whole / middles['none'][0]:.3f} and {own / middles['none'][1]:.3f} × none"
        print(f"{database:10} {way:5} {whole * 1e6:6.0f} µs, own {own * 1e6:6.0f} µs: {ratios}", flush=True)


if __name__ == "__main__":
    main()
