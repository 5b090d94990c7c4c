"""What sealing costs: values sealed and opened, rows written and found, beside the same columns left open, in one run.

``python -m bench.sealing [--rows 20000] [--database URL]``. Time is the process' own: what the disk takes is the same.
"""

from __future__ import annotations

import argparse
import itertools
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, delete, select

from tests.fieldwork.office import Office
from tests.fieldwork.test_at_rest import FILE
from tonval.fieldwork import conduct
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.routing import read_centre
from tonval.store.among import among, listed
from tonval.store.bulk import insert_all
from tonval.store.migrate import migrate
from tonval.store.ring import Ring, fresh_ring
from tonval.store.tables import opt_outs
from tonval.store.unit import open_unit
from tonval.surveys.turns import Digits

SEED = 20261122
TOGETHER = 500
CALLS = 300


def main() -> None:
    """Print a table of figures, each open and sealed, with their ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--database")
    asked = options.parse_args()
    _values(fresh_ring())
    with tempfile.TemporaryDirectory() as folder:
        unit = open_unit(asked.database or f"sqlite:///{folder}/tonval.db", "the secret of the bench")
        migrate(unit)
        numbers = [_number(n) for n in random.Random(SEED).sample(range(asked.rows), asked.rows)]
        callers = map(_number, itertools.count())
        plain, sealed = _rounds(Office(unit, read_centre(FILE)).field, numbers, callers)
    print(f"seed {SEED}, {asked.rows} rows, {unit.engine.dialect.name}; rows in a second of this process' own time")
    print(f"{'':24}{'open':>10}{'sealed':>10}{'ratio':>8}")
    for what in plain:
        print(f"{what:24}{plain[what]:10.0f}{sealed[what]:10.0f}{sealed[what] / plain[what]:8.2f}")


def _values(ring: Ring) -> None:
    sealed = ring.seal("address", "+46701740606")
    for name, work in (
        ("seal", lambda: ring._seal("address", "+46701740606")),
        ("unseal", lambda: ring.unseal("address", sealed)),
        ("lookup", lambda: ring.lookup("+46701740606")),
    ):
        print(f"{name:8}{_microseconds(work):6.2f} µs a value")


def _microseconds(work: Callable[[], Any], rounds: int = 100_000) -> float:
    began = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - began) / rounds * 1e6


def _rounds(office: Field, numbers: Sequence[str], callers: Iterator[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Open and sealed in turn, three times; the best of each."""
    plain: dict[str, float] = {}
    sealed: dict[str, float] = {}
    for _ in range(3):
        with patch.object(Ring, "seal", lambda ring, purpose, text: text):
            _keep_best(plain, _figures(office, numbers, callers))
        _keep_best(sealed, _figures(office, numbers, callers))
    return plain, sealed


def _keep_best(best: dict[str, float], found: dict[str, float]) -> None:
    best |= {what: max(figure, best.get(what, 0)) for what, figure in found.items()}


def _figures(office: Field, numbers: Sequence[str], callers: Iterator[str]) -> dict[str, float]:
    one = select(opt_outs.c.address).where(opt_outs.c.address == numbers[0])
    unit = office.unit
    with unit.begin() as tx:
        tx.execute(delete(opt_outs))
    answered = _rate(CALLS, lambda: _calls(office, callers))
    with unit.begin() as tx:
        written = _rate(len(numbers), lambda: _write(tx, numbers))
    with unit.read() as tx:
        read = _rate(len(numbers), lambda: tx.execute(select(opt_outs.c.address)).all())
        listing = select(opt_outs.c.address).where(among(tx.dialect.name, opt_outs.c.address, "some"))
        some = numbers[:TOGETHER]
        found = _rate(TOGETHER * 20, lambda: [tx.execute(listing, {"some": listed(tx, some)}).all() for _ in range(20)])
        single = _rate(2000, lambda: [tx.execute(one).scalar_one() for _ in range(2000)])
    rates = {"written in bulk": written, "read": read, "found, 500 at a time": found}
    return rates | {"found one by one": single, "calls answered": answered}


def _write(tx: Connection, numbers: Sequence[str]) -> None:
    now = datetime.now(UTC)
    for start in range(0, len(numbers), TOGETHER):
        some = numbers[start : start + TOGETHER]
        insert_all(tx, opt_outs, [{"address": n, "channel": "sms", "created_at": now, "source": "bench"} for n in some])


def _number(n: int) -> str:
    """A number that North America keeps for fiction."""
    return f"+1{201 + n // 100}55501{n % 100:02}"


def _calls(office: Field, callers: Iterator[str]) -> None:
    """Calls with a key pressed in each: who it is, whether she may be asked, the answer and the end."""
    for caller in itertools.islice(callers, CALLS):
        turn = conduct.begin_call(office, Call("sip", secrets.token_hex(8), "support", caller=caller))
        conduct.resume(office, turn.leg, Digits("5"), turn.turn_no)
        conduct.end_leg(office, turn.leg, "hung up")


def _rate(count: int, work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


if __name__ == "__main__":
    main()
