"""Senders that die in the middle, and several at once, as real processes on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.drivers.smtp import Mailbox, mail_server
from tests.mail.stage import Stage
from tests.waiting import wait_until
from tonval.mail import sender

LETTERS = 300
ROOT = Path(__file__).parents[2]


@contextmanager
def sending(database_url: str, mailbox: Mailbox, ahead: int) -> Iterator[subprocess.Popen[str]]:
    """A sender whose clock is so many seconds ahead: what another one held has run out by then."""
    command = [sys.executable, str(Path(__file__).with_name("sending.py")), database_url, mailbox.url, str(ahead)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def people() -> list[str]:
    return [f"c{number}@example.org" for number in range(LETTERS)]


def settle(stage: Stage) -> None:
    """Long after everything: what is in doubt is given up."""
    for _ in range(2):
        stage.pass_time(hours=6)
        sender.settle_doubtful(stage.office)


def test_after_kills_nobody_has_two_letters_and_each_kill_loses_one_at_most_that_says_so(
    stage: Stage, database_url: str
) -> None:
    stage.queue(*people())
    kills = (40, 120, 200)
    with mail_server(keeps=False) as mailbox:
        for life, enough in enumerate(kills):
            with sending(database_url, mailbox, life * 120) as process:
                wait_until(lambda enough=enough: len(mailbox.ledger) >= enough, 60)
                process.kill()
        with sending(database_url, mailbox, len(kills) * 120) as last:
            last.communicate(timeout=120)
    settle(stage)
    states = Counter(stage.states())
    assert max(Counter(mailbox.ledger).values()) == 1
    assert LETTERS - len(mailbox.ledger) <= len(kills)
    assert set(states) <= {"accepted", "failed"}
    assert states["failed"] <= len(kills)
    told = {row.ref: (row.state, row.error) for row in stage.rows()}
    lost = set(told) - set(mailbox.ledger)
    assert {told[ref] for ref in lost} <= {("failed", sender.NEVER_ANSWERED)}
    assert stage.undelivered() == []


def test_two_senders_at_once_give_each_customer_one_letter(stage: Stage, database_url: str) -> None:
    stage.queue(*people())
    with (
        mail_server(keeps=False) as mailbox,
        sending(database_url, mailbox, 0) as one,
        sending(database_url, mailbox, 0) as two,
    ):
        for process in (one, two):
            process.communicate(timeout=120)
    assert (len(mailbox.ledger), len(set(mailbox.ledger))) == (LETTERS, LETTERS)
    assert set(stage.states()) == {"accepted"}
