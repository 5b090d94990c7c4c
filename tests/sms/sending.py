"""A program that sends the SMS that are due until none is left: ``python -m tests.sms.sending DATABASE URL AHEAD``.

``URL`` is a stand-in for Twilio, or ``console``. Its clock runs ``AHEAD`` seconds before the stage's.
"""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import replace
from datetime import timedelta

from tests.sms.stage import BEGINNING, Stage
from tonval.sms.console.provider import Console
from tonval.sms.providers import Providers
from tonval.sms.sender import send_batch
from tonval.sms.twilio.provider import TwilioMessages
from tonval.store.unit import open_unit


def main(database: str, url: str, ahead: float) -> None:
    """Print ``ready``, send all there is; print the tries, the seconds, and those of the processor."""
    numbers = itertools.count()
    start = time.monotonic()
    office = replace(
        Stage(open_unit(database)).office,
        now=lambda: BEGINNING + timedelta(seconds=ahead + time.monotonic() - start),
        fresh_id=lambda prefix: f"{prefix}_{time.time_ns():x}{next(numbers)}",
    )
    ways: Providers = {"console": Console(), "twilio": Console() if url == "console" else _twilio(url)}
    print("ready", flush=True)
    waits = [timedelta(0)]
    tries, begun, cpu = 0, time.perf_counter(), time.process_time()
    while waits:
        time.sleep(max(0.0, waits.pop().total_seconds()))
        while batch := send_batch(office, ways, later=waits.append):
            tries += batch
    print(tries, time.perf_counter() - begun, time.process_time() - cpu, flush=True)


def _twilio(url: str) -> TwilioMessages:
    return TwilioMessages("AC1", "secret", "https://survey.example.com", url)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
