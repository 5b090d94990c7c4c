"""S11: a thousand customers planted through every door, erased one by one, and then looked for everywhere.

    python bench/erasing.py [--people 1000] [--seed 1] [--databases sqlite postgresql]

They come by the API, on survey pages, on the telephone, in files and in messages in which they name themselves; some
say stop, some are blocked, some are on the line or wait to be asked. Afterwards every column of every table is read,
opened and as it lies there, and every file of the home, the database itself among them. The tally is compared before
and after, and recounted. Then all are reported again. PostgreSQL is a private server with its usual settings.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers.postgres import private_server  # noqa: E402
from tests.fieldwork.office import Office  # noqa: E402
from tests.fieldwork.privacy.planting import FILE, STAFF, Garden, people, tallied, traces_of  # noqa: E402
from tonval.fieldwork.privacy import mentions  # noqa: E402
from tonval.fieldwork.privacy.erase import Order, erase  # noqa: E402
from tonval.fieldwork.routing import read_centre  # noqa: E402
from tonval.stats import rebuild  # noqa: E402
from tonval.store.migrate import migrate  # noqa: E402
from tonval.store.unit import Unit, open_unit  # noqa: E402


@contextmanager
def opened(database: str, home: Path) -> Iterator[Unit]:
    """A fresh database of the kind."""
    if database == "sqlite":
        unit = open_unit(f"sqlite:///{home / 'tonval.db'}")
        migrate(unit)
        yield unit
        unit.engine.dispose()
        return
    with private_server() as server:
        unit = open_unit(server.fresh())
        migrate(unit)
        yield unit
        unit.engine.dispose()


def run(database: str, number: int, seed: int) -> bool:
    """Plant, erase, look; tells whether everything held."""
    with tempfile.TemporaryDirectory() as folder, opened(database, Path(folder)) as unit:
        home, customers = Path(folder), people(number)
        garden = Garden(Office(unit, read_centre(FILE)), home)
        began = time.perf_counter()
        garden.plant(customers)
        print(f"{database}: {number} planted in {time.perf_counter() - began:.0f} s")
        before, there = tallied(unit), len(traces_of(customers, unit, home))
        taken, order = [], random.Random(seed).sample(customers, number)
        for one in order:
            began = time.perf_counter()
            erase(
                garden.field, Order((random.Random(one.number).choice((one.phone, one.email)),), STAFF), garden.papers
            )
            taken.append(time.perf_counter() - began)
        began = time.perf_counter()
        mentions.search_all(garden.field)
        searched = time.perf_counter() - began
        hits, same, apart = traces_of(customers, unit, home), tallied(unit) == before, rebuild.check(unit)
        again = Counter(garden.report(one, "sales").get("rule") or "invited" for one in customers)

    quantiles = statistics.quantiles(taken, n=100)
    print(f"  an erasure takes {quantiles[49] * 1000:.0f} ms, p99 {quantiles[98] * 1000:.0f} ms")
    print(f"  the texts of others were read in {searched:.1f} s")
    print(f"  places where they were found: {there} before, {len(hits)} after {hits[:5] or ''}")
    print(f"  tally {'unchanged' if same else 'CHANGED'}, recount difference {len(apart)}")
    print(f"  reported again: {dict(again)}")
    return not hits and same and not apart and not again["invited"]


def main() -> int:
    """All databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    print(f"seed {given.seed}, Python {platform.python_version()}")
    held = [run(database, given.people, given.seed) for database in given.databases]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
