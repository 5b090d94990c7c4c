"""How fast a month is replayed with another file, and what memory that takes.

Writes so many reported interactions of 30 days (one in three of them invited, three for each person), then replays
them with a lower talk time and a longer cap. ``python bench/replay.py [--rows N] [--url URL]``. The database of
``--url`` is emptied first; without it an SQLite file in a temporary folder is used.
"""

from __future__ import annotations

import argparse
import platform
import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy
from sqlalchemy import insert, text

from tonval.fieldwork.field import Field
from tonval.fieldwork.replaying.replay import CHUNK, READ, replay
from tonval.fieldwork.routing import read_centre
from tonval.store import tables
from tonval.store.unit import Unit, open_unit

BEGINS = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=30)
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {}}
defaults: {cap: CAP, min_talk: TALK, languages: [sv, en], quiet_hours: "21:00-08:00"}
queues:
  support: {survey: nps, channel: sms, from: "+46701740605", agent_quota: 20}
  sales:   {survey: nps, channel: sms, from: "+46701740605", fallback: [email], sample: 2}
surveys:
  nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP slutar.", en: "How likely? STOP"}}]}
"""


def main() -> None:
    """Run all of it and print what was seen."""
    asked = _arguments()
    with TemporaryDirectory() as folder:
        unit = open_unit(asked.url or f"sqlite:///{folder}/tonval.db")
        with unit.begin() as tx:
            tables.metadata.drop_all(tx)
            tables.metadata.create_all(tx)
        versions = f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"
        _say("machine", f"{platform.machine()}, {versions}, {unit.engine.dialect.name}, seed {asked.seed}")
        _fill(unit, asked.rows, random.Random(asked.seed))
        _explain(unit)
        _measure(unit, asked.rows)
        unit.engine.dispose()


def _measure(unit: Unit, rows: int) -> None:
    field = cast("Field", SimpleNamespace(unit=unit, now=lambda: ENDS))
    centre = read_centre(FILE.replace("CAP", "45d").replace("TALK", "5s"))
    for name in ("first time", "again, telephone numbers known"):
        start, worked = perf_counter(), process_time()
        n = (found := replay(field, centre, BEGINS, ENDS)).all.total
        took, worked = perf_counter() - start, process_time() - worked
        _say(name, f"{n:,} in {took:.1f} s, {n / took:,.0f} a second; {n / worked:,.0f} a second of its processor")
    _say("invited", f"{found.all.invited[0]:,} → {found.all.invited[1]:,}")
    peaks = []
    for days in (15, 30):
        tracemalloc.start()
        found = replay(field, centre, ENDS - timedelta(days=days), ENDS)
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
        _say(f"most memory, {days} days, {found.all.total:,} interactions", f"{peaks[-1]:.1f} MiB")


def _fill(unit: Unit, rows: int, chance: random.Random) -> None:
    people = [_person(n, chance) for n in range(max(1, rows // 3))]
    _insert(unit, tables.contacts, iter(people))
    told = [_told(n, rows, chance.choice(people), chance) for n in range(rows)]
    _insert(unit, tables.interactions, (row for row, _ in told))
    _insert(unit, tables.invitations, (invitation for _, invitation in told if invitation))
    stop = {"channel": "sms", "created_at": BEGINS + timedelta(days=10), "source": "message"}
    _insert(unit, tables.opt_outs, ({**stop, "address": each["phone"]} for each in people[::50]))


def _person(n: int, chance: random.Random) -> dict[str, Any]:
    named = {"id": f"con_{n:08}", "phone": f"+4670{1_000_000 + n:07}", "email": f"c{n}@example.org"}
    empty = dict.fromkeys(("name", "language", "tier", "unit", "zone"))
    return {**named, **empty, "attributes": {}, "created_at": BEGINS, "seen_at": BEGINS}


def _told(n: int, rows: int, person: dict[str, Any], chance: random.Random) -> tuple[dict[str, Any], Any]:
    at = BEGINS + timedelta(days=30) * (n / rows)
    queue, agent, talk = chance.choice(["support", "sales"]), f"agent{chance.randrange(200)}", chance.randrange(300)
    customer = {"phone": person["phone"], "email": person["email"], "language": "sv", "attributes": {"order": n}}
    report = {"id": f"call-{n}", "kind": "call", "queue": queue, "agent": agent, "customer": customer}
    report |= {"talk_seconds": talk, "ended_at": at.isoformat(), "direction": "in", "ended_by": "customer"}
    invited = talk >= 200
    decision: dict[str, Any] = {"outcome": "suppressed", "rule": "min_talk", "detail": "short", "config": "0" * 12}
    if invited:
        decision = {
            "outcome": "invited",
            "channel": "sms",
            "survey": "nps",
            "invitation": f"inv_{n}",
            "config": "0" * 12,
        }
        decision["due_at"] = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    row = {"id": n + 1, "kind": "call", "ref": f"call-{n}", "queue": queue, "agent": agent, "contact": person["id"]}
    row |= {"ticket": None, "created_at": at, "reported_at": at, "ended_at": at, "report": report, "decision": decision}
    row |= {"disposition": "complete" if invited else "suppressed", "rule": decision.get("rule"), "demo": False}
    return row, _invitation(row, person) if invited else None


def _invitation(row: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
    of = {"id": f"inv_{row['id']}", "interaction": row["id"], "contact": person["id"], "address": person["phone"]}
    how = {"channel": "sms", "survey": "nps", "queue": row["queue"], "agent": row["agent"], "language": "sv"}
    when = {"due_at": row["created_at"], "created_at": row["created_at"], "settled_at": row["created_at"]}
    return {**of, **how, **when, "sender": "+46701740605", "ways": [], "state": "asked"}


def _insert(unit: Unit, table: sqlalchemy.Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, 10_000)):
        with unit.begin() as tx:
            tx.execute(insert(table), some)
    with unit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _explain(unit: Unit) -> None:
    """The plan of the reading query in the middle of the month."""
    values = {"at": BEGINS + timedelta(days=15), "after": 100, "until": ENDS, "chunk": CHUNK}
    query = READ.params(values).compile(unit.engine, compile_kwargs={"literal_binds": True})
    how = "EXPLAIN QUERY PLAN" if unit.engine.dialect.name == "sqlite" else "EXPLAIN"
    with unit.read() as tx:
        for row in tx.execute(text(f"{how} {str(query).replace(':', chr(92) + ':')}")):
            print(f"    {row[-1]}")


def _say(what: str, figure: object) -> None:
    print(f"{what:48} {figure}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url")
    return parser.parse_args()


if __name__ == "__main__":
    main()
