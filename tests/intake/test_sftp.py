"""Files that a real OpenSSH server writes: slow ones are taken whole, and those that are renamed into place at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.drivers.sftp import send, sending
from tests.fieldwork.office import Office
from tests.intake.intake import call, write
from tonval.intake.doors import look_in, take_due
from tonval.intake.folders import Folders
from tonval.intake.runs import DONE, recent_runs


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A drop folder with one source."""
    made = Folders(tmp_path / "intake")
    made.make(["pbx"])
    return made


def _look(desk: Office, folders: Folders) -> int:
    desk.time = datetime.now(UTC)
    return look_in(desk.field, folders)


def _take(desk: Office, folders: Folders) -> None:
    desk.time = datetime.now(UTC)
    desk.pass_time(minutes=1)
    look_in(desk.field, folders)
    take_due(desk.field, folders, 1)


def test_a_slow_upload_is_never_taken_half(desk: Office, folders: Folders, tmp_path: Path) -> None:
    local = write(tmp_path / "calls.csv", [call(number, phone="") for number in range(400)])
    there = folders.root / "pbx" / "calls.csv"
    sizes = set()
    with sending(64, f"put {local} {there}") as sender:
        while sender.poll() is None:
            assert _look(desk, folders) == 0
            sizes.add(there.stat().st_size if there.exists() else 0)
        assert sender.returncode == 0
    assert len(sizes) > 3, "the chore looked while the file grew"
    _take(desk, folders)
    (run,) = recent_runs(desk.field)
    assert (run.state, run.taken) == (DONE, 400)


def test_an_upload_under_a_working_name_is_taken_when_it_is_renamed(
    desk: Office, folders: Folders, tmp_path: Path
) -> None:
    local = write(tmp_path / "calls.csv", [call(1)])
    working, there = folders.root / "pbx" / "calls.csv.filepart", folders.root / "pbx" / "calls.csv"
    send(f"put {local} {working}")
    _take(desk, folders)
    assert working.exists()
    send(f"rename {working} {there}")
    _take(desk, folders)
    assert [run.taken for run in recent_runs(desk.field)] == [1]
    send(f"get {there}.done {tmp_path / 'report'}")
    assert "invited: 1" in (tmp_path / "report").read_text("utf-8")


def test_times_that_the_sender_keeps_do_not_make_an_upload_whole(
    desk: Office, folders: Folders, tmp_path: Path
) -> None:
    local = write(tmp_path / "calls.csv", [call(1)])
    send(f"put -p {local} {folders.root / 'pbx' / 'calls.csv'}")
    assert _look(desk, folders) == 0


def test_a_sender_that_goes_on_writing_to_a_taken_file_is_told(desk: Office, folders: Folders, tmp_path: Path) -> None:
    there = write(folders.root / "pbx" / "calls.csv", [call(1)])
    desk.time = datetime.now(UTC)
    desk.pass_time(minutes=1)
    with there.open("a") as writing:
        look_in(desk.field, folders)
        writing.write("call-2;sales;0701740607;anna;3:04;2026-11-22 09:30\n")
        take_due(desk.field, folders, 1, turn=-1)  # the digest is taken, and the first chunk
        writing.flush()
        take_due(desk.field, folders, 1)
    assert "changed while it was being taken" in there.with_name("calls.csv.err").read_text("utf-8")
