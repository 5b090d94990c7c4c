"""Every webhook one to five times, shuffled, to four workers: answered alike each time, taken once.

    python bench/repeats.py [--deliveries 10000] [--seed 1] [--databases sqlite postgresql]

Keys of calls, replies by SMS, reports on messages and ends of calls, on two houses of two workers each over one
database; repeats come beside the first one or much later. Afterwards every answer, message and tally is counted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers.postgres import private_server  # noqa: E402
from tests.drivers.repeats import Repeated, repeat  # noqa: E402

A_CONTACT = 17
"""Deliveries for a call and an SMS conversation: six webhooks, nearly three times each."""


def main() -> None:
    """Exit 1 when anything was doubled, lost or answered in two ways."""
    options = _options()
    outcomes = [_run(kind, options.deliveries // A_CONTACT + 1, options.seed) for kind in options.databases]
    sys.exit(not all(outcome.good for outcome in outcomes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    options: argparse.Namespace = parser.parse_args()
    return options


def _run(kind: str, each: int, seed: int) -> Repeated:
    with tempfile.TemporaryDirectory() as home:
        if kind == "sqlite":
            outcome = repeat(Path(home), None, each, seed)
        else:
            with private_server({"max_connections": "60"}) as server:
                outcome = repeat(Path(home), server.fresh(), each, seed)
    told = ", ".join(f"{name} {count}" for name, count in asdict(outcome).items()).replace("_", " ")
    print(f"{kind}: seed {seed}, {told}")
    return outcome


if __name__ == "__main__":
    main()
