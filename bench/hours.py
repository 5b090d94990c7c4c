"""R10: quiet hours about every change of every clock from 2024 to 2035, and what a question about them costs.

Each case asks when a person may be reached, lets the clock be stepped by up to two hours, asks again before sending as
a sender does, and holds the moment of sending against the plain rule. ``--cases 1000000 --seed 1``.
"""

from __future__ import annotations

import argparse
import platform
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from statistics import median
from time import perf_counter

from tests.fieldwork.deciding.clocks import FIRST, HOUR, LAST, MINUTE, ZONES, changes, is_allowed
from tonval.fieldwork.centre import HOLIDAYS, WEEKDAYS, Quiet
from tonval.fieldwork.deciding.hours import is_open, next_window
from tonval.fieldwork.deciding.zones import Places, clock, places_of

# Numbers kept for fiction.
NUMBERS = {
    "Swedish": tuple(f"+46701740{n}" for n in range(605, 700)),
    "British": tuple(f"+447700900{n:03}" for n in range(1000)),
    "American": tuple(f"+1{area}55501{n:02}" for area in range(201, 240) for n in range(100)),
}


def main() -> None:
    """Print the figures; fail when anybody was reached in quiet hours."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    print(f"seed {options.seed}, {platform.machine()}, Python {platform.python_version()}")
    outside = sweep(options.cases, random.Random(options.seed))
    speed(random.Random(options.seed))
    if outside:
        raise SystemExit(f"{outside} sends outside")


def sweep(cases: int, chance: random.Random) -> int:
    """Run the cases, as many about each change: how many sends fell in quiet hours or were put off for nothing."""
    about = list(occasions(chance))
    done = outside = unlike = unreachable = 0
    started = perf_counter()
    while done < cases:
        zone, change = about[done * len(about) // cases]
        quiet, places = a_quiet(zone, change, chance), some_places(zone, chance)
        for _ in range(min(-(-cases // len(about)), cases - done)):
            moment, step = change + chance.uniform(-26, 26) * HOUR, chance.uniform(-2, 2) * HOUR
            sent = send(quiet, places, moment, step)
            outside += sent is not None and not is_allowed(quiet, places, sent)
            unlike += is_open(quiet, places, moment) != is_allowed(quiet, places, moment)
            unreachable += sent is None
            done += 1
    print(f"{len(ZONES)} zones, {len(about)} occasions, {done} cases in {perf_counter() - started:.0f} s")
    print(f"outside {outside}, unlike the plain rule {unlike}, never allowed {unreachable}")
    return outside + unlike


def occasions(chance: random.Random) -> Iterator[tuple[str, datetime]]:
    """Every change of every zone, and one moment of each zone without any."""
    for zone in ZONES:
        for change in changes(zone) or (FIRST + chance.random() * (LAST - FIRST),):
            yield zone, change


def a_quiet(zone: str, change: datetime, chance: random.Random) -> Quiet:
    """Hours that begin or end about the change by the zone's clock, now and then with quiet days."""
    near = change + chance.choice((0, 0, 1, -1, 30, -30, 60, -60, 90)) * MINUTE
    edge = near.astimezone(clock(zone)).time().replace(second=0, microsecond=0)
    other = time(chance.randrange(24), chance.randrange(60))
    days = frozenset(chance.sample((*WEEKDAYS, HOLIDAYS), chance.choice((0, 0, 1, 2, 7))))
    return Quiet(edge, other, days) if chance.random() < 0.5 else Quiet(other, edge, days)


def some_places(zone: str, chance: random.Random) -> Places:
    """The zone, in one case of four with another."""
    zones = (zone, chance.choice(ZONES)) if chance.random() < 0.25 else (zone,)
    return Places(zones, chance.choice(("SE", "US", "EG", "XX")))


def send(quiet: Quiet, places: Places, moment: datetime, step: timedelta) -> datetime | None:
    """When, by a clock that is stepped after the question, the message goes out."""
    found = next_window(quiet, places, moment)
    if found is None:
        return None
    now = max(moment, found.opens) + step
    if is_open(quiet, places, now):
        return now
    later = next_window(quiet, places, now)
    return later and max(now, later.opens)


def speed(chance: random.Random) -> None:
    """Microseconds for each kind of question, the median of seven rounds."""
    night, sweden = Quiet(time(21), time(8), frozenset({HOLIDAYS})), Places(("Europe/Stockholm",), "SE")
    moments = [datetime(2026, 6, 1, tzinfo=UTC) + chance.random() * timedelta(days=20) for _ in range(10_000)]
    timed("next_window, one zone", [lambda at=at: next_window(night, sweden, at) for at in moments])
    wide = places_of("SE", "Europe/Stockholm", phone="+18005550123", zone=None)
    timed(f"next_window, {len(wide.zones)} zones", [lambda at=at: next_window(night, wide, at) for at in moments])
    fresh = [Quiet(time(21), time(8, 0, 0, n)) for n in range(100)]
    timed("next_window, never asked", [lambda quiet=q: next_window(quiet, sweden, moments[0]) for q in fresh], rounds=1)
    for name, numbers in NUMBERS.items():
        asked = [lambda phone=n: places_of("SE", "Europe/Stockholm", phone=phone, zone=None) for n in numbers]
        timed(f"places_of, {name}, never seen", asked, rounds=1)
        timed(f"places_of, {name}", asked)


def timed(what: str, questions: list[Callable[[], object]], rounds: int = 7) -> None:
    taken = []
    for _ in range(rounds):
        started = perf_counter()
        for question in questions:
            question()
        taken.append((perf_counter() - started) / len(questions) * 1e6)
    print(f"{what}: {median(taken):.1f} µs")


if __name__ == "__main__":
    main()
