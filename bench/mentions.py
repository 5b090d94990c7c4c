"""How long it takes to read what others wrote for somebody who was erased.

    python -m bench.mentions [--texts 1000000] [--seed 1] [--databases sqlite postgresql]

So many messages of other customers, of 20 to 160 characters, every tenth with a number in it and one in ten thousand
with hers. One person is looked for through the first tenth of them and through all, then ten at once. Given are seconds
and own processor time for 100,000 texts each, and how both compare: the same everywhere, if it grows with the texts and
with nothing else.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select, text

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.erasing import opened  # noqa: E402
from tests.fieldwork.office import Office  # noqa: E402
from tests.fieldwork.privacy.planting import FILE, OURS, people  # noqa: E402
from tonval.fieldwork.privacy import mentions  # noqa: E402
from tonval.fieldwork.routing import read_centre  # noqa: E402
from tonval.store import tables as t  # noqa: E402
from tonval.store.bulk import insert_all  # noqa: E402

TOGETHER: Final = 2000
WORDS: Final = ("tack", "det gick bra", "men", "jag fick vänta", "länge", "på svar", "ingen ringde mig", "hälsningar")
SOUGHT: Final = people(10)
FORMS: Final = ("ring {spelled} efter klockan tolv", "mejla {email}", "min brors nummer är {phone}")


def texts(number: int, seed: int) -> Iterator[str]:
    """What others wrote."""
    chance = random.Random(seed)
    for n in range(number):
        said = " ".join(chance.choices(WORDS, k=chance.randint(2, 18)))
        if n % 10_000 == 0:
            one = chance.choice(SOUGHT)
            said += " " + chance.choice(FORMS).format(spelled=one.spelled, email=one.email, phone=one.phone)
        elif n % 10 == 0:
            said += f" 0{chance.randrange(10**8, 10**9)}"
        yield said


def plant(office: Office, bodies: Iterator[str], first: int, number: int) -> None:
    """So many more messages, of nobody who is looked for."""
    at = office.time
    about = {"channel": "sms", "provider": "twilio", "direction": "in", "purpose": "inbound", "state": "received"}
    about |= {"sender": "+12125550000", "recipient": OURS, "segments": 1}
    when = {"due_at": at, "created_at": at, "changed_at": at}
    for begin in range(first, first + number, TOGETHER):
        some = range(begin, min(begin + TOGETHER, first + number))
        rows: list[dict[str, Any]] = [
            {"id": f"m{n:08d}", "ref": f"r{n}", "body": next(bodies), **about, **when} for n in some
        ]
        with office.field.unit.begin() as tx:
            insert_all(tx, t.messages, rows)
    with office.field.unit.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def searched(office: Office, number: int) -> tuple[float, float, int]:
    """Seconds and own processor time for 100,000 texts while so many persons are looked for, and texts masked."""
    for place, one in enumerate(SOUGHT[:number]):
        with office.field.unit.begin() as tx:
            mentions.want(tx, office.field, f"era_{place}", (one.phone, one.email))
    with office.field.unit.read() as tx:
        hundred_thousands = tx.execute(select(func.count()).select_from(t.messages)).scalar_one() / 1e5
    began, own, hidden = time.perf_counter(), time.process_time(), 0
    while mentions.searching(office.field):
        hidden += mentions.search(office.field, 1000)
    return (time.perf_counter() - began) / hundred_thousands, (time.process_time() - own) / hundred_thousands, hidden


def run(database: str, number: int, seed: int) -> None:
    """Plant, and look through it."""
    with tempfile.TemporaryDirectory() as folder, opened(database, Path(folder)) as unit:
        office, bodies, tenth = Office(unit, read_centre(FILE)), texts(number, seed), number // 10
        plant(office, bodies, 0, tenth)
        told = [(f"one person, {tenth:,} texts", searched(office, 1))]
        plant(office, bodies, tenth, number - tenth)
        told.append((f"one person, {number:,} texts", searched(office, 1)))
        told.append((f"ten persons at once, {number:,} texts", searched(office, len(SOUGHT))))
    first = told[0][1]
    for what, (seconds, own, hidden) in told:
        ratios = f"{seconds / first[0]:.2f} and {own / first[1]:.2f} of the first"
        print(f"  {what}: {seconds:.2f} s for 100,000, own {own:.2f} s; {ratios}; {hidden} masked", flush=True)


def main() -> None:
    """All databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    for database in given.databases:
        print(f"{database}, seed {given.seed}, Python {platform.python_version()}", flush=True)
        run(database, given.texts, given.seed)


if __name__ == "__main__":
    main()
