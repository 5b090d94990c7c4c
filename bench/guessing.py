"""Passwords guessed from many addresses at several web workers over one database, while the owner comes and goes (S9).

    python bench/guessing.py [--guesses 100000] [--hours 5] [--seed 1] [--databases sqlite postgresql]

The workers are applications of their own, as gunicorn's are, driven in this process so that the clock can be moved: the
guesses are spread evenly over the hours. Every guess comes from another address, at one of five accounts. The owner of
one signs in again from her known device every ten minutes. Exit 1 when a limit was passed or she was kept out.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import structlog

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers.guessing import besiege  # noqa: E402
from tests.drivers.postgres import private_server  # noqa: E402
from tests.web.house import PASSWORD, Clock, open_house  # noqa: E402
from tonval.fieldwork.colleagues import people  # noqa: E402
from tonval.store.migrate import migrate  # noqa: E402
from tonval.store.unit import open_unit  # noqa: E402

ACCOUNTS = ("eva", "anna", "bo", "karin", "nils")
MOST = 20


def main() -> None:
    """One line for each kind of database."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # not a line for each guess
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {"sqlite": f"sqlite:///{home}/tonval.db"}
        if "postgresql" in options.databases:
            urls["postgresql"] = stack.enter_context(private_server()).fresh()
        held = [_attack(kind, urls[kind], options) for kind in options.databases]
    sys.exit(not all(held))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guesses", type=int, default=100_000)
    parser.add_argument("--hours", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    options: argparse.Namespace = parser.parse_args()
    return options


def _attack(kind: str, url: str, options: argparse.Namespace) -> bool:
    unit, clock = open_unit(url), Clock()
    migrate(unit)
    office = open_house(unit, clock)
    for name in ACCOUNTS:
        people.add_user(office, name, PASSWORD)
    began = perf_counter()
    siege = besiege(
        office, clock, ACCOUNTS, options.guesses, hours=options.hours, workers=2, dice=random.Random(options.seed)
    )
    took, looked = perf_counter() - began, sum(len(times) for times in siege.looked_at.values())
    unit.engine.dispose()
    kept_out = siege.owner.total() - siege.owner[302]
    print(
        f"{kind}, seed {options.seed}: {options.guesses:,} guesses over {options.hours:g} h at {len(ACCOUNTS)} accounts"
    )
    print(f"  {looked} passwords looked at, at most {siege.most_in_an_hour()} of an account in any hour")
    print(f"  answers {dict(siege.answers)}, {options.guesses / took:,.0f} guesses a second")
    print(f"  the owner came {siege.owner.total()} times and was kept out {kept_out} times", flush=True)
    return siege.most_in_an_hour() <= MOST and kept_out == 0


if __name__ == "__main__":
    main()
