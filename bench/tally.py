"""How fast numbers are read and deltas squashed.

Fills the tally with answers of 500 agents over 400 days, then times the agent report over 90 days and one agent, the
squash, and on a small part the recount from events. ``python bench/tally.py --answers 10000000 [--url URL]``.
The database of ``--url`` is emptied first; without it an SQLite file in a temporary folder is used.
"""

from __future__ import annotations

import argparse
import platform
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import sqlalchemy
from sqlalchemy import delete, func, insert, select

from tonval.stats.agents import agent_row, agent_rows, agent_trend
from tonval.stats.queries import Filter, counted, version
from tonval.stats.rebuild import check
from tonval.stats.results import results
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.squash import squash
from tonval.store.tables import TALLY_KEY, agents, events, interviews, metadata, tally, tally_deltas
from tonval.store.unit import Unit, open_unit
from tonval.surveys.events import AnswerGiven, Event
from tonval.surveys.record import plain

LAST = date(2026, 11, 22)
DAYS, AGENTS = 400, 500
INTERVIEWS = 250_000
QUESTIONS = (
    ("support", "care", "helped", "nki"),
    ("support", "care", "manner", "nki"),
    ("sales", "offer", "recommend", "nps"),
)
WEIGHTS = {"nki": (range(1, 6), (4, 6, 15, 35, 40)), "nps": (range(11), (2, 1, 1, 2, 2, 4, 5, 10, 18, 20, 35))}
Cell = tuple[Any, ...]


def main() -> None:
    """Run all of it and print what was seen."""
    asked = _arguments()
    with TemporaryDirectory() as folder:
        unit = open_unit(asked.url or f"sqlite:///{folder}/tonval.db")
        with unit.begin() as tx:
            metadata.drop_all(tx)
            metadata.create_all(tx)
        _say(
            "machine", f"{platform.machine()}, Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"
        )
        _say("database", _database(unit))
        _say("seed", asked.seed)
        _measure(unit, asked.answers, random.Random(asked.seed))
        unit.engine.dispose()


def _measure(unit: Unit, answers: int, chance: random.Random) -> None:
    cells = _fill(unit, answers, chance)
    _say("tally", f"{answers:,} answers in {cells:,} cells")
    quarter = Filter(LAST - timedelta(days=89), LAST)
    one = f"agent-{chance.randrange(AGENTS):03}"
    with unit.read() as connection:
        _time("agent report, 90 days, in the database", lambda: counted(connection, EVERYTHING, quarter, "agent"))
    _time("agent report, 90 days, whole", lambda: agent_rows(unit, EVERYTHING, quarter))
    with unit.read() as connection:
        _time("one agent, 90 days, in the database", lambda: counted(connection, EVERYTHING, quarter, agent=one))
    _time("one agent, 90 days, whole", lambda: agent_row(unit, EVERYTHING, quarter, one))
    _time("one agent's trend by day, whole", lambda: agent_trend(unit, EVERYTHING, quarter, one))
    asked = min(answers, INTERVIEWS)
    _ask(unit, asked, chance)
    _say("interviews", f"{asked:,} of one survey in 90 days")
    _time("a survey's answers, 90 days, whole", lambda: results(unit, EVERYTHING, "care", quarter))
    _time("a survey's answers for a team, whole", lambda: results(unit, Scope(units=("se/03",)), "care", quarter))
    _time("has anything changed", lambda: version(unit))
    _squash(unit, min(answers, 200_000), chance)
    _recount(unit, min(answers, 50_000), chance)


def _fill(unit: Unit, answers: int, chance: random.Random) -> int:
    """The tally of so many answers, spread evenly over days, drawn cell by cell."""
    with unit.begin() as tx:
        tx.execute(
            insert(agents), [{"id": f"agent-{n:03}", "name": f"Agent {n}", "unit": _unit(n)} for n in range(AGENTS)]
        )
    cells = 0
    for days in range(DAYS):
        counts = Counter(_cells(answers // DAYS, LAST - timedelta(days=days), chance))
        cells += len(counts)
        with unit.begin() as tx:
            tx.execute(insert(tally), [_row(cell, n) for cell, n in counts.items()])
    _settle(unit)
    return cells


def _ask(unit: Unit, asked: int, chance: random.Random) -> None:
    """Interviews of the last 90 days: one in three is answered to its end, one in six in part."""
    for first in range(0, asked, 20_000):
        rows = [_asked_once(number, chance) for number in range(first, min(asked, first + 20_000))]
        with unit.begin() as tx:
            tx.execute(insert(interviews), rows)
    _settle(unit)


def _asked_once(number: int, chance: random.Random) -> dict[str, Any]:
    came, who = chance.choice(("complete", "complete", "partial", None, "expired", "expired")), chance.randrange(AGENTS)
    at = datetime.combine(LAST, datetime.min.time(), UTC) - timedelta(seconds=chance.randrange(89 * 86_400))
    place = {"survey": "care", "version": 1, "channel": "link", "queue": "support", "language": "sv"}
    answered = 2 if came in ("complete", "partial") else 0
    row = {"id": f"itv_a{number:08}", "agent": f"agent-{who:03}", "unit": _unit(who), "state": {}, "seq": 3}
    return {**place, **row, "answered": answered, "disposition": came, "started_at": at}


def _cells(answers: int, day: date, chance: random.Random) -> Iterator[Cell]:
    for _ in range(answers):
        queue, survey, question, scale = chance.choice(QUESTIONS)
        number = chance.randrange(AGENTS)
        scores, weights = WEIGHTS[scale]
        score = chance.choices(scores, weights)[0]
        channel = "sms" if scale == "nps" else "keypad"
        yield f"agent-{number:03}", queue, _unit(number), survey, question, scale, channel, "sv", day, score


def _unit(number: int) -> str:
    return f"se/{number % 20:02}"


def _row(cell: Cell, n: int) -> dict[str, Any]:
    return {**dict(zip(TALLY_KEY, cell, strict=True)), "n": n}


def _settle(unit: Unit) -> None:
    """What autovacuum does on a database that has lived for a while."""
    with unit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if _is_postgresql(unit) else "ANALYZE")


def _squash(unit: Unit, answers: int, chance: random.Random) -> None:
    rows = [_row(cell, 1) for cell in _cells(answers, LAST, chance)]
    with unit.begin() as tx:
        tx.execute(insert(tally_deltas), rows)
    start = perf_counter()
    while squash(unit):
        pass
    _say("squash", f"{answers / (perf_counter() - start):,.0f} answers/s")


def _recount(unit: Unit, answers: int, chance: random.Random) -> None:
    """Events that fit a tally of their own, folded again."""
    with unit.begin() as tx:
        tx.execute(delete(tally))
    cells = _cells(answers, LAST, chance)
    number = 0
    while chunk := list(islice(cells, 5_000)):
        with unit.begin() as tx:
            tx.execute(insert(interviews), [_interview(number + n, cell) for n, cell in enumerate(chunk)])
            tx.execute(insert(events), [_event(number + n, cell) for n, cell in enumerate(chunk)])
            tx.execute(insert(tally_deltas), [_row(cell, 1) for cell in chunk])
        number += len(chunk)
    squash(unit, limit=answers // 2)
    start = perf_counter()
    differences = check(unit)
    rate = answers / (perf_counter() - start)
    _say("recount", f"{rate:,.0f} answers/s, {len(differences)} differences")
    with unit.read() as connection:
        _say("events", connection.execute(select(func.count()).select_from(events)).scalar_one())


def _interview(number: int, cell: Cell) -> dict[str, Any]:
    place = {name: value for name, value in zip(TALLY_KEY, cell, strict=True) if name in interviews.c}
    at = datetime.combine(LAST, datetime.min.time(), UTC)
    row = {"id": f"itv_{number:08}", "version": 1, "state": {}, "seq": 1, "answered": 1, "disposition": "complete"}
    return {**place, **row, "started_at": at, "ended_at": at}


def _event(number: int, cell: Cell) -> dict[str, Any]:
    given = dict(zip(TALLY_KEY, cell, strict=True))
    answer = AnswerGiven(given["question"], given["scale"], given["score"], str(given["score"]))
    at = datetime.combine(LAST, datetime.min.time(), UTC)
    row = {"interview": f"itv_{number:08}", "seq": 1, "at": at, "kind": "AnswerGiven"}
    return {**row, "data": plain(answer, Event)}


def _time(what: str, run: Callable[[], object], times: int = 11) -> None:
    """The median and the worst of some runs after one to warm up."""
    run()
    took = sorted(_timed(run) for _ in range(times))
    _say(what, f"{1000 * median(took):.2f} ms (worst of {times}: {1000 * took[-1]:.2f})")


def _timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def _database(unit: Unit) -> str:
    with unit.read() as connection:
        query = "SHOW server_version" if _is_postgresql(unit) else "SELECT sqlite_version()"
        return f"{unit.engine.dialect.name} {connection.exec_driver_sql(query).scalar_one()}"


def _is_postgresql(unit: Unit) -> bool:
    return unit.engine.dialect.name == "postgresql"


def _say(what: str, seen: object) -> None:
    print(f"{what:<42} {seen}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="a database that may be emptied")
    return parser.parse_args()


if __name__ == "__main__":
    main()
