"""Kill and restart for a long time, and count that nothing is lost: ``make soak MINUTES=10``."""

from __future__ import annotations

import argparse
import sys
import time

from tests.end_to_end.killing import surveys_under_fire


def main() -> int:
    """Rounds of a hundred surveys, a new seed each, until the time is over; 1 when anything was lost or doubled."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--each", type=int, default=34, help="surveys by each of SIP, Twilio and SMS in a round")
    arguments.add_argument("--seed", type=int, default=1)
    wanted = arguments.parse_args()
    end, seed, bad = time.monotonic() + 60 * wanted.minutes, wanted.seed, 0
    while time.monotonic() < end:
        outcome = surveys_under_fire(wanted.each, seed)
        doubled = [number for number, times in outcome.questions.items() if times > 1]
        taken = sum(len(customer.taken) for customer in outcome.customers)
        bad += bool(outcome.lost() or doubled or outcome.recount != "0 differences")
        print(
            f"seed {seed}: {len(outcome.customers)} surveys, {taken} answers taken, killed {' '.join(outcome.killed)}; "
            f"lost {outcome.lost()}, SMS doubled {len(doubled)}, recount {outcome.recount}",
            flush=True,
        )
        seed += 1
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
