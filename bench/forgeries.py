"""Forged and altered webhooks against `tonval web`: none is accepted, none leaves a row, what is genuine comes through.

    python bench/forgeries.py [--forgeries 10000] [--seed 1]

The forgeries are of the kinds in tests/drivers/forgeries.py, sent as bytes over connections of their own. Then the
genuine ones come, and come four times again: they must be answered with the same bytes and change nothing.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

from sqlalchemy import func, select

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.drivers.answering import (  # noqa: E402
    TWILIO,
    ask_by_sms,
    flow_of,
    key_pressed,
    open_calls,
    reported,
    text_written,
)
from tests.drivers.forgeries import FORGERIES, Fields, Webhook  # noqa: E402
from tests.drivers.served import Served, settings, web  # noqa: E402
from tonval import opening  # noqa: E402
from tonval.config import load_config  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.fieldwork.voice import takes  # noqa: E402
from tonval.store.tables import metadata  # noqa: E402

EACH = 25
"""How many genuine webhooks of each kind there are to forge after and to play again."""


def main() -> None:
    """Exit 1 when anything was accepted, changed, or answered otherwise."""
    options = _options()
    with tempfile.TemporaryDirectory() as home:
        environment = settings(Path(home))
        office = opening.open_field(load_config(environment))
        takes.draft_missing(office)
        originals, dice = _originals(office), random.Random(options.seed)
        with web(environment) as server:
            sys.exit(_attack(office, server, originals, options.forgeries, dice, options.seed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forgeries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options: argparse.Namespace = parser.parse_args()
    return options


def _originals(office: Field) -> list[tuple[str, Fields]]:
    """Webhooks whose forgeries would matter: answers that are waited for, reports about messages of ours."""
    questions = ask_by_sms(office, 2 * EACH)
    legs = open_calls(office, EACH + EACH // 5)
    voice = [key_pressed(leg, 1, "45") for leg in legs[:EACH]]
    flow = [each for number, leg in enumerate(legs[EACH:], EACH) for each in flow_of(leg, number)]
    texts = [text_written(number, "9 Excellent på måndag") for number in range(EACH)]
    reports = [reported(message, number, "delivered") for number, message in enumerate(questions[EACH:])]
    return [*voice, *flow, *texts, *reports]


def _attack(
    office: Field, server: Served, originals: list[tuple[str, Fields]], count: int, dice: random.Random, seed: int
) -> bool:
    before = _rows(office)
    kinds = list(islice(cycle(FORGERIES), count))
    forged = [FORGERIES[kind](TWILIO, *dice.choice(originals), dice) for kind in kinds]
    shots = server.drive([each.wire() for each in forged])
    accepted = Counter(kind for kind, shot in zip(kinds, shots, strict=True) if shot.status // 100 == 2)
    statuses = Counter(shot.status for shot in shots)
    print(f"seed {seed}: {count} forgeries of {len(FORGERIES)} kinds, answered {dict(sorted(statuses.items()))}")
    print(f"accepted {accepted.total()} {dict(accepted) or ''}, rows left {_rows(office) - before}")
    touched = _rows(office) != before
    return bool(accepted) or touched or not _play_again(office, server, originals, dice)


def _play_again(office: Field, server: Served, originals: list[tuple[str, Fields]], dice: random.Random) -> bool:
    """Whether the genuine ones are taken once, however often they come."""
    genuine: list[Webhook] = [TWILIO.webhook(*each) for each in originals]
    first = [(shot.status, shot.body) for shot in server.drive([each.wire() for each in genuine])]
    taken, after = sum(status in (200, 204) for status, _ in first), _rows(office)
    order = [number for number in range(len(genuine)) for _ in range(4)]
    dice.shuffle(order)
    again = server.drive([genuine[number].wire() for number in order])
    alike = sum((shot.status, shot.body) == first[number] for number, shot in zip(order, again, strict=True))
    print(f"genuine {taken} of {len(genuine)} taken; played again {alike} of {len(order)} alike, ", end="")
    print(f"rows left by that {_rows(office) - after}")
    return taken == len(genuine) and alike == len(order) and _rows(office) == after


def _rows(office: Field) -> int:
    with office.unit.read() as tx:
        counts = [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables]
    return sum(counts)


if __name__ == "__main__":
    main()
