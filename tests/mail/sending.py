"""A program that sends the letters that are due until none is left: ``python sending.py DATABASE SMTP AHEAD``.

Its clock runs ``AHEAD`` seconds before the stage's, so that what another one held has run out by then.
"""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import replace
from datetime import timedelta

from tests.mail.stage import BEGINNING, SENDER, Stage
from tonval.mail.sender import Post, send_batch
from tonval.mail.smtp import mail_server
from tonval.store.unit import open_unit


def main(database: str, url: str, ahead: float) -> None:
    """Print ``ready``, send all that is due, print how many, in how many seconds, and in how many of the processor."""
    numbers = itertools.count()
    start = time.monotonic()
    office = replace(
        Stage(open_unit(database)).office,
        now=lambda: BEGINNING + timedelta(seconds=ahead + time.monotonic() - start),
        fresh_id=lambda prefix: f"{prefix}_{time.time_ns():x}{next(numbers)}",
    )
    post = Post(mail_server(url), SENDER)
    print("ready", flush=True)
    sent, begun, cpu = 0, time.perf_counter(), time.process_time()
    while batch := send_batch(office, post):
        sent += batch
    print(sent, time.perf_counter() - begun, time.process_time() - cpu, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
