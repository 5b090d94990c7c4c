"""One person among a million messages: what is read to erase her, what it takes, and what the indexes by address cost.

    python -m bench.by_address [--messages 1000000] [--seed 1] [--databases sqlite postgresql]

Contacts with an interaction, an invitation, an interview, a call and five messages each; then some of them are found
and erased, first without and then with the indexes of migration 0011, which is also how the plans are shown. Last,
messages, calls and invitations are written with and without them in turn: processor time here and, on PostgreSQL, the
time of the whole round, each the best of five.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.erasing import opened  # noqa: E402
from tests.fieldwork.office import Office  # noqa: E402
from tests.fieldwork.privacy.planting import FILE, OURS, STAFF  # noqa: E402
from tonval.fieldwork.privacy.erase import Order, erase  # noqa: E402
from tonval.fieldwork.privacy.gather import look  # noqa: E402
from tonval.fieldwork.routing import read_centre  # noqa: E402
from tonval.store import tables as t  # noqa: E402
from tonval.store.bulk import insert_all  # noqa: E402
from tonval.store.unit import Unit  # noqa: E402

EACH: Final = 5
TOGETHER: Final = 2000
ERASED: Final = 10
ROWS: Final = 4000
WRITERS: Final = ("messages", "legs", "invitations")

_MIGRATION: Any = import_module("tonval.store.migrations.versions.0011_by_address")
ADDED: Final = [index for index in _MIGRATION.ADDED if index[1] in (*WRITERS, "dials", "call_backs")]


def phone(number: int) -> str:
    """A number of fiction, with digits enough for everybody."""
    return f"+1212555{number:08d}"


def rows_of(office: Office, people: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """What stands of these customers, by table."""
    at, found = office.time - timedelta(days=30), {name: list[dict[str, Any]]() for name in _TABLES}
    for n in people:
        found["contacts"].append(
            {"id": f"c{n}", "phone": phone(n), "name": f"Vera {n}", "attributes": {}, "created_at": at, "seen_at": at}
        )
        found["interactions"].append(
            {"id": n + 1, "kind": "call", "ref": f"r{n}", "queue": "sales", "agent": "a", "contact": f"c{n}"}
            | {"created_at": at, "disposition": "complete", "demo": False}
        )
        found["invitations"].append(_invitation(n, at))
        found["interviews"].append(_interview(n, at))
        found["legs"].append(_leg(n, at))
        found["messages"] += [_message(n, k, at) for k in range(EACH)]
    return found


_TABLES: Final = ("contacts", "interactions", "invitations", "interviews", "legs", "messages")


def _invitation(n: int, at: Any) -> dict[str, Any]:
    about = {"interaction": n + 1, "contact": f"c{n}", "address": phone(n), "channel": "sms", "survey": "nps"}
    return {"id": f"v{n}", **about, "queue": "sales", "agent": "a", "state": "asked", "due_at": at, "created_at": at}


def _interview(n: int, at: Any) -> dict[str, Any]:
    about = {"survey": "nps", "version": 1, "channel": "sms", "queue": "sales", "agent": "a", "unit": "", "seq": 0}
    more = {"language": "en", "interaction": n + 1, "contact": f"c{n}", "invitation": f"v{n}", "answered": 1}
    ended = {"state": {}, "disposition": "complete", "started_at": at, "ended_at": at, "demo": False}
    return {"id": f"w{n}", "thread": f"{phone(n)}>{OURS}", **about, **more, **ended}


def _leg(n: int, at: Any) -> dict[str, Any]:
    about = {"provider": "sip", "ref": f"{n}@pbx", "turn_no": 1, "caller": phone(n)}
    return {"id": f"l{n}", **about, "started_at": at, "touched_at": at, "ended_at": at}


def _message(n: int, k: int, at: Any) -> dict[str, Any]:
    own = {"direction": "in", "sender": phone(n), "recipient": OURS, "purpose": "inbound", "state": "received"}
    ours = {"direction": "out", "sender": OURS, "recipient": phone(n), "purpose": "question", "state": "delivered"}
    about = {"provider": "twilio", "ref": f"{n}.{k}", "body": "9, all went well", "segments": 1, "interview": f"w{n}"}
    when = {"due_at": at, "created_at": at, "changed_at": at}
    return {"id": f"m{n}.{k}", "channel": "sms", **about, **(own if k % 2 else ours), **when}


def plant(office: Office, unit: Unit, number: int) -> None:
    """Everybody, some at a time."""
    for first in range(0, number, TOGETHER):
        found = rows_of(office, range(first, min(number, first + TOGETHER)))
        with unit.begin() as tx:
            for name in _TABLES:
                insert_all(tx, t.metadata.tables[name], found[name])
    with unit.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def change(unit: Unit, *, there: bool) -> None:
    """Make the indexes of the migration, or take them away."""
    with unit.begin() as tx:
        operations = Operations(MigrationContext.configure(tx))
        with operations.context(operations.migration_context):
            for index in ADDED:
                if there:
                    _MIGRATION._create(*index)
                else:
                    operations.drop_index(index[0], index[1])
            for index in _MIGRATION.REPLACED:
                if there:
                    operations.drop_index(index[0], index[1])
                else:
                    _MIGRATION._create(*index)
        if tx.dialect.name == "postgresql":
            tx.execute(text("ANALYZE"))


def erasures(office: Office, people: Sequence[int]) -> str:
    """Find and erase some; the middle and the slowest in milliseconds."""
    looks = [_seconds(lambda n=n: look(office.field, (phone(n),))) for n in people]
    taken = [_seconds(lambda n=n: erase(office.field, Order((phone(n),), STAFF))) for n in people]
    return " ".join(
        f"{what} {statistics.median(each) * 1000:.1f} ms, slowest {max(each) * 1000:.1f}"
        for what, each in (("found in", looks), ("erased in", taken))
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plans(unit: Unit) -> Iterator[str]:
    """How the statements by address are carried out."""
    how = "EXPLAIN QUERY PLAN" if unit.engine.dialect.name == "sqlite" else "EXPLAIN"
    for table, column, more in (
        ("messages", "sender", " AND direction = 'in'"),
        ("messages", "recipient", " AND direction = 'out'"),
        ("legs", "caller", ""),
        ("invitations", "address", ""),
        ("invitations", "contact", ""),
    ):
        some = "IN (SELECT value FROM json_each('[\"x\"]'))" if "QUERY" in how else "= ANY (ARRAY['x']::varchar[])"
        with unit.read() as tx:
            asked = f"{how} SELECT id FROM {table} WHERE {column} {some}{more}"
            lines = [str(row[-1]).strip() for row in tx.execute(text(asked))]
        yield f"    {table}.{column}: {lines[0]}"


def writing(office: Office, unit: Unit, seed: int) -> Iterator[str]:
    """Written with and without in turn, one transaction for each customer as at the door, and all rolled back."""
    best = {there: dict.fromkeys(WRITERS, (1e9, 1e9)) for there in (True, False)}
    people = random.Random(seed).sample(range(10**7, 9 * 10**7), ROWS)
    for _ in range(5):
        for there in (False, True):
            change(unit, there=there)
            for name in WRITERS:
                best[there][name] = min(best[there][name], _written(office, unit, name, people))
    for name in WRITERS:
        (before, own_before), (after, own_after) = best[False][name], best[True][name]
        each = f"{before / ROWS * 1e6:.0f} → {after / ROWS * 1e6:.0f} µs a row"
        yield f"    {name}: {each}, ratio {after / before:.2f}; own processor time {own_after / own_before:.2f}"


def _written(office: Office, unit: Unit, name: str, people: Sequence[int]) -> tuple[float, float]:
    rows = [_alone(row) for row in rows_of(office, people)[name][:ROWS]]
    with unit.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        began, own = time.perf_counter(), time.process_time()
        _one_by_one(connection, name, rows)
        connection.rollback()
    return time.perf_counter() - began, time.process_time() - own


def _one_by_one(connection: Connection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    statement = t.metadata.tables[name].insert()
    for row in rows:
        connection.execute(statement, row)


def _alone(row: dict[str, Any]) -> dict[str, Any]:
    """Without what other rows would have to stand for."""
    return {name: None if name in ("interview", "contact", "interaction") else value for name, value in row.items()}


def main() -> None:
    """All databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    number = given.messages // EACH
    for database in given.databases:
        with tempfile.TemporaryDirectory() as folder, opened(database, Path(folder)) as unit:
            office = Office(unit, read_centre(FILE))
            print(f"{database}, seed {given.seed}: planted in {_seconds(lambda: plant(office, unit, number)):.0f} s")  # noqa: B023
            some = random.Random(given.seed).sample(range(number), 2 * ERASED)
            for there, people in ((False, some[:ERASED]), (True, some[ERASED:])):
                change(unit, there=there) if not there else print(f"  made in {_made(unit):.1f} s")
                print(f"  {'with' if there else 'without'}: {erasures(office, people)}", flush=True)
                print("\n".join(plans(unit)), flush=True)
            print("  writing, without → with")
            print("\n".join(writing(office, unit, given.seed)), flush=True)


def _made(unit: Unit) -> float:
    return _seconds(lambda: change(unit, there=True))


if __name__ == "__main__":
    main()
