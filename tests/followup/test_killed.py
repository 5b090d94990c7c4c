"""Workers that die in the middle, and several at once, as real processes on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from tests.followup.conftest import Office
from tonval.store.tables import alerts, outbox

INTERVIEWS = 40
ROOT = Path(__file__).parents[2]


@contextmanager
def worker(database_url: str, ahead: int) -> Iterator[subprocess.Popen[str]]:
    """A worker whose clock is so many seconds ahead: what another one held has run out by then."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("mailing.py")), database_url, str(ahead)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def poor_answers(office: Office) -> None:
    for _ in range(INTERVIEWS):
        office.talk(("recommend", "nps", 2))


def raised(office: Office) -> list[str]:
    with office.field.unit.read() as tx:
        return list(tx.execute(select(alerts.c.id)).scalars())


def left(office: Office) -> list[str]:
    with office.field.unit.read() as tx:
        return list(tx.execute(select(outbox.c.ref).where(outbox.c.state != "done")).scalars())


def test_after_kills_every_alert_is_there_once_and_mailed_and_at_most_one_mail_a_kill_twice(
    office: Office, database_url: str
) -> None:
    poor_answers(office)
    mailed: list[str] = []
    kills = 4
    for life in range(kills):
        with worker(database_url, life * 120) as process:
            assert process.stdout is not None
            mailed += [process.stdout.readline().strip() for _ in range(3 + life)]
            process.kill()
            mailed += process.stdout.read().split()
    with worker(database_url, kills * 120) as last:
        mailed += last.communicate(timeout=60)[0].split()
    assert left(office) == []
    assert len(raised(office)) == INTERVIEWS
    assert set(mailed) == set(raised(office))
    assert sum(times - 1 for times in Counter(mailed).values()) <= kills


def test_three_workers_at_once_raise_and_mail_each_alert_exactly_once(office: Office, database_url: str) -> None:
    poor_answers(office)
    with worker(database_url, 0) as one, worker(database_url, 0) as two, worker(database_url, 0) as three:
        mailed = [line for process in (one, two, three) for line in process.communicate(timeout=60)[0].split()]
    assert len(raised(office)) == INTERVIEWS
    assert sorted(mailed) == sorted(raised(office))
