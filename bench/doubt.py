"""What becomes of messages whose provider took them and never said so.

    python bench/doubt.py [--lost 1000] [--seed 1] [--database both]

The stand-in for Twilio (tests/drivers/twilio_api.py) accepts a message and then answers 500, cuts the connection or
hangs, so many times among messages that go well; others it refuses to take and hangs. Then the lists are looked
through, as the clock does it. Counted are doubled messages, those settled within ten minutes, and those left.
"""

from __future__ import annotations

import argparse
import platform
import random
from collections import Counter
from tempfile import TemporaryDirectory

from tests.drivers.postgres import private_server
from tests.drivers.twilio_api import FINE, Behaviour, TwilioApi
from tests.sms.stage import Stage
from tonval.sms.sender import GIVE_UP_AFTER, resolve, send_batch
from tonval.sms.twilio.provider import TwilioMessages
from tonval.store.migrate import migrate
from tonval.store.unit import open_unit

SHARE = 0.3
"""Of the requests that go wrong. A provider at which most do is left alone, and few messages come into doubt."""


def main() -> None:
    """Run it on each database and print what was seen."""
    asked = _arguments()
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {asked.seed}, {asked.lost} taken and lost")
    if asked.database != "postgresql":
        with TemporaryDirectory() as folder:
            _measure(f"sqlite:///{folder}/tonval.db", asked)
    if asked.database != "sqlite":
        with private_server({"max_connections": "60"}) as server:
            _measure(server.fresh(), asked)


def _measure(url: str, asked: argparse.Namespace) -> None:
    unit = open_unit(url)
    migrate(unit)
    stage, plan = Stage(unit), _plan(asked)
    for number in range(len(plan)):
        stage.queue(f"nummer {number}", to=f"+1{201 + number // 100 % 10}55501{number % 100:02d}")
    with TwilioApi() as api:
        api.now = lambda: stage.time
        api.behave(*plan)
        ways = {"twilio": TwilioMessages("AC1", "secret", "https://survey.example.com", api.url, patience=0.5)}
        while "queued" in stage.states():
            send_batch(stage.office, ways)
            stage.pass_time(seconds=1)
        in_doubt, waited = stage.states().count("unknown"), 0
        while waited < GIVE_UP_AFTER.total_seconds() and "unknown" in stage.states():
            stage.pass_time(seconds=5)
            waited += 5
            resolve(stage.office, ways)
        _tell(url, stage, api, (in_doubt, waited))
    unit.engine.dispose()


def _plan(asked: argparse.Namespace) -> list[Behaviour]:
    """What becomes of each request: so many taken and lost, a hundredth of that neither taken nor answered."""
    dice = random.Random(asked.seed)
    lost = [Behaviour(then=("500", "reset", "hang")[number % 3]) for number in range(asked.lost)]
    lost += [Behaviour(accept=False, then="reset") for _ in range(asked.lost // 100)]
    plan = lost + [FINE] * int(len(lost) * (1 - SHARE) / SHARE)
    dice.shuffle(plan)
    return plan


def _tell(url: str, stage: Stage, api: TwilioApi, doubt: tuple[int, int]) -> None:
    in_doubt, waited = doubt
    got, states = Counter(api.bodies()), Counter(stage.states())
    lost = [row for row in stage.rows() if row.body in got and row.state not in ("accepted", "sent", "delivered")]
    print(f"{url.partition(':')[0]}: {sum(states.values()):,} messages, {in_doubt:,} in doubt after sending")
    print(f"  sent twice                       {sum(times > 1 for times in got.values())}")
    print(f"  taken, and not settled           {len(lost)} after {waited} s")
    print(f"  states                           {', '.join(f'{state} {n:,}' for state, n in sorted(states.items()))}")
    print(f"  failed, as the desk tells it     {Counter(row.error for row in stage.rows() if row.state == 'failed')}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lost", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
