"""Kill and restart for a long time, and count that nothing is lost: ``make soak MINUTES=10``."""

from __future__ import annotations

import argparse
import sys
import time

from tests.end_to_end.killing import PARTS, Outcome, surveys_under_fire


def main() -> int:
    """Rounds of a hundred surveys, a new seed each, until the time is over; 1 when anything was lost or doubled."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--each", type=int, default=34, help="surveys by each of SIP, Twilio and SMS in a round")
    arguments.add_argument("--kills", type=int, default=2, help="how often each part is killed in a round, at most")
    arguments.add_argument("--pause", type=float, default=4, help="seconds from one kill to the next")
    arguments.add_argument("--seed", type=int, default=1)
    wanted = arguments.parse_args()
    end, rounds = time.monotonic() + 60 * wanted.minutes, list[Outcome]()
    while time.monotonic() < end:
        seed = wanted.seed + len(rounds)
        rounds.append(surveys_under_fire(wanted.each, seed, PARTS * wanted.kills, wanted.pause))
        print(f"seed {seed}: {_told(rounds[-1:])}; killed {' '.join(rounds[-1].killed)}", flush=True)
    print(f"in all: {_told(rounds)}")
    return int(any(map(_bad, rounds)))


def _bad(outcome: Outcome) -> bool:
    return bool(outcome.lost() or outcome.doubled() or outcome.after_stop or outcome.recount != "0 differences")


def _told(rounds: list[Outcome]) -> str:
    customers = [customer for outcome in rounds for customer in outcome.customers]
    taken = sum(len(customer.taken) for customer in customers)
    corrected = sum(customer.corrected is not None for customer in customers)
    lost = [interaction for outcome in rounds for interaction in outcome.lost()]
    return (
        f"{len(customers)} surveys, {taken} answers taken, {corrected} corrected, "
        f"{sum(customer.stopped for customer in customers)} stopped, {sum(len(each.killed) for each in rounds)} kills; "
        f"lost {lost or 0}, SMS doubled {sum(len(each.doubled()) for each in rounds)}, "
        f"claimed after STOP {sum(each.after_stop for each in rounds)}, "
        f"recounts that differ {sum(each.recount != '0 differences' for each in rounds)}"
    )


if __name__ == "__main__":
    sys.exit(main())
