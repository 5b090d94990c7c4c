"""What reading a reply takes, by kind of reply and for long hostile texts, and how much of the corpus is read.

    python bench/replies.py [--seed 1] [--rounds 20]

The corpus is tests/surveys/corpus. Time is the processor's, of ``read_text`` alone: commands are looked for in all nine
languages, then the reply is read. The ratio of a long text says whether time grows faster than length.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.surveys.corpus import Row, Unseen, question, rows, unseen  # noqa: E402
from tonval.surveys.answers import Score, read_text  # noqa: E402
from tonval.surveys.answers.commands import Keyword, keyword  # noqa: E402

HOSTILE = {
    "numbers": "9 ",
    "digits": "9",
    "ranges": "9-",
    "half a wish": "vill inte ",
    "STOP over and over": "stop sending ",
    "articles": "en ",
    "keycaps": "🔟",
    "accents alone": "\u0301",
    "scales": "on a scale of 0-10 ",
    "letters": "e",
}
SHORT, LONG = 1_000, 10_000


def main() -> None:
    """Read, measure, print."""
    asked = _arguments()
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {asked.seed}")
    known = list(rows())
    random.Random(asked.seed).shuffle(known)
    _print_shares(known)
    _print_unseen()
    _print_times(known, asked.rounds)
    _print_hostile()


def _print_shares(known: list[Row]) -> None:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in known:
        groups[row.language].append(row)
    for language, here in sorted(groups.items()):
        valued = [row for row in here if row.value is not None]
        right = sum(_value(row) == row.value for row in valued)
        guessed = sum(_value(row) is not None for row in here if row.value is None)
        print(
            f"{language}: {right} of {len(valued)} answers read right, {guessed} of {len(here) - len(valued)} guessed"
        )


def _print_unseen() -> None:
    """The halves of the held-out replies: one the reader was tuned on, one it was not."""
    for half in ("tuned", "held"):
        for part in ("stop", "scores", "beside", "ambiguous"):
            here = [one for one in unseen() if (one.half, one.part) == (half, part)]
            wrong = sum(_is_wrong(one) for one in here)
            groups = {one.language: [other for other in here if other.language == one.language] for one in here}
            each = ", ".join(f"{name} {sum(map(_is_read, of))} of {len(of)}" for name, of in sorted(groups.items()))
            right = sum(map(_is_read, here))
            share = f"{right} of {len(here)} as a person reads ({right / len(here):.1%})"
            print(f"{half}, {part}: {share}, {wrong} wrong; {each}")


def _is_read(one: Unseen) -> bool:
    if one.part == "stop":
        return keyword(one.text) is Keyword.STOP
    return keyword(one.text) is None and _score(one) == one.value


def _is_wrong(one: Unseen) -> bool:
    if one.part == "stop":
        return _score(one) is not None
    return keyword(one.text) is not None or _score(one) not in (None, one.value)


def _score(one: Unseen) -> int | None:
    return _value(Row(one.text, one.language, "nps", one.value, ""))


def _value(row: Row) -> int | None:
    reading = read_text(question(row.scale, row.language), row.text, row.language)
    return reading.value if isinstance(reading, Score) else None


def _print_times(known: list[Row], rounds: int) -> None:
    asked = [(question(row.scale, row.language), row.text, row.language) for row in known]
    costs = []
    for _ in range(rounds):
        for one in asked:
            started = time.process_time()
            read_text(*one)
            costs.append((time.process_time() - started) * 1e6)
    cuts = statistics.quantiles(costs, n=100)
    print(f"a reading: median {cuts[49]:.0f} µs, 99 % within {cuts[98]:.0f} µs, n = {len(costs):,}")


def _print_hostile() -> None:
    asked = question("nps", "sv")
    for name, unit in HOSTILE.items():
        short, long = (
            _best(lambda size=size: read_text(asked, (unit * size)[:size], "sv"))  # type: ignore[misc]  # noqa: B023
            for size in (SHORT, LONG)
        )
        print(f"{LONG:,} signs of {name}: {long * 1e3:.1f} ms, {long / short:.1f} x the time of {SHORT:,}")


def _best(work: Callable[[], object]) -> float:
    costs = []
    for _ in range(5):
        started = time.process_time()
        work()
        costs.append(time.process_time() - started)
    return min(costs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
