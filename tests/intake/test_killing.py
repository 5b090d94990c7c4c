"""A process that takes a file is killed with SIGKILL: the next one goes on, and every row is counted once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from tests.intake.intake import call, phone, small_office, take, write
from tonval.intake.runs import DONE, RUNNING, recent_runs
from tonval.intake.taking import CHUNK
from tonval.store.tables import invitations
from tonval.store.unit import open_unit


def test_a_killed_take_is_gone_on_with_and_counted_exactly(database_url: str, tmp_path: Path) -> None:
    rows = [call(number, phone="" if number >= 94 else phone(number)) for number in range(2 * CHUNK + 3)]
    path = write(tmp_path / "calls.csv", [*rows, call(0)])
    command = [sys.executable, "-m", "tests.intake.taker", database_url, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as taker:
        assert taker.stdin is not None
        assert taker.stdout is not None
        assert taker.stdout.readline() == "reported\n"
        print(file=taker.stdin, flush=True)
        assert taker.stdout.readline() == "reported\n"  # the second chunk is reported and not counted
        taker.kill()
    unit = open_unit(database_url)
    office = small_office(unit).field
    (run,) = recent_runs(office)
    assert (run.state, run.taken) == (RUNNING, CHUNK)
    run = take(office, path)
    assert run.state == DONE
    assert run.outcomes == {"invited": 94, "suppressed": 909, "repeated": 1, "rules": {"no_address": 909}}
    with unit.read() as tx:
        assert tx.execute(select(func.count()).select_from(invitations)).scalar() == 94
    unit.engine.dispose()
