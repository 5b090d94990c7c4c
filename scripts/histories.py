"""Try histories of all that may happen on PostgreSQL; the tests try them on SQLite. ``make soak`` runs this too."""

from __future__ import annotations

import argparse
import sys
import time

from sqlalchemy import make_url

from tests.drivers.postgres import Server, private_server
from tests.fieldwork.test_interleavings import try_histories
from tonval.store.migrate import migrate
from tonval.store.unit import open_unit


def main() -> int:
    """New histories until the time is over; the first that breaks a promise is shown, and how it came to that."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--examples", type=int, default=20, help="histories between two looks at the clock")
    wanted = arguments.parse_args()
    end, tried = time.monotonic() + 60 * wanted.minutes, 0
    with private_server() as server:
        template = _with_tables(server)
        while not tried or time.monotonic() < end:
            try_histories(lambda: server.fresh(template), wanted.examples)
            tried += wanted.examples
            print(f"{tried} histories on PostgreSQL, every promise kept", flush=True)
    return 0


def _with_tables(server: Server) -> str:
    """The name of a database with the tables in it."""
    url = server.fresh()
    unit = open_unit(url)
    migrate(unit)
    unit.engine.dispose()
    return str(make_url(url).database)


if __name__ == "__main__":
    sys.exit(main())
