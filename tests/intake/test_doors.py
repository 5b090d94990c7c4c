"""The drop folder: whole files are taken once and answered; what is half, hidden, hostile or no file is left alone."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tests.intake.intake import call, write
from tonval.fieldwork.field import Field
from tonval.intake import doors
from tonval.intake.doors import look_in, take_due
from tonval.intake.folders import EMPTY, KEPT, STILL, Folders, is_plain
from tonval.intake.headings import CONTACTS
from tonval.intake.plan import Plan
from tonval.intake.runs import DONE, FAILED, RUNNING, Run, recent_runs, remember
from tonval.store.tables import outbox
from tonval.store.unit import open_unit


@pytest.fixture
def folders(tmp_path: Path, desk: Office) -> Folders:
    """A drop folder with one source, and an office whose clock agrees with the files'."""
    desk.time = datetime.now(UTC)
    made = Folders(tmp_path / "intake")
    made.make(["pbx"])
    return made


def _drop(folders: Folders, name: str = "calls.csv", rows: list[list[str]] | None = None, source: str = "pbx") -> Path:
    (folders.root / source).mkdir(exist_ok=True)
    return write(folders.root / source / name, rows or [call(1), call(2, phone="12"), call(3, phone="=1+1")])


def _work(office: Office, folders: Folders) -> Run:
    """Wait, look, and work until nothing is left; gives the newest run."""
    office.pass_time(minutes=1)
    look_in(office.field, folders)
    for _ in range(20):
        take_due(office.field, folders, 100)
        office.pass_time(seconds=1)
    return recent_runs(office.field)[0]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_taken_answered_and_kept(desk: Office, folders: Folders) -> None:
    path = _drop(folders)
    content = path.read_bytes()
    run = _work(desk, folders)
    assert (run.state, run.source, run.name, run.author) == (DONE, "pbx", "calls.csv", None)
    assert _names(path.parent) == ["calls.csv.done"]
    report = path.with_name("calls.csv.done").read_text("utf-8")
    assert "rows: 3\ninvited: 1\nrefused: 2\n" in report
    assert "3,customer.phone,“Telefon” cannot be used: “12” is not a telephone number of its country.,12\n" in report
    assert report.endswith("'=1+1\n")
    (kept,) = (folders.root / ".kept" / "pbx").iterdir()
    assert kept.read_bytes() == content


def test_what_is_not_the_senders_is_nobody_elses(desk: Office, folders: Folders) -> None:
    _drop(folders)
    _work(desk, folders)
    for path in (".taking", ".kept", ".uploads", ".kept/pbx"):
        assert (folders.root / path).stat().st_mode & 0o777 == 0o700


def test_a_file_that_was_just_written_is_left_alone(desk: Office, folders: Folders) -> None:
    path = _drop(folders)
    assert look_in(desk.field, folders) == 0
    assert path.exists()
    desk.time += STILL + timedelta(minutes=1)
    assert look_in(desk.field, folders) == 1


def test_an_empty_file_has_longer_to_begin(desk: Office, folders: Folders) -> None:
    path = folders.root / "pbx" / "calls.csv"
    path.touch()
    desk.time += STILL
    assert look_in(desk.field, folders) == 0
    desk.time += EMPTY
    run = _work(desk, folders)
    assert run.state == FAILED
    assert "The file is empty." in path.with_name("calls.csv.err").read_text("utf-8")


def test_an_old_modification_time_does_not_make_a_file_whole(desk: Office, folders: Folders) -> None:
    os.utime(_drop(folders), (0, 0))
    assert look_in(desk.field, folders) == 0


NAMES = (
    *(".hidden", ".calls.csv.swp", "calls.csv.part", "calls.csv.filepart", "calls.csv.TMP", "calls.csv~"),
    *("calls.csv.done", "calls.csv.err", "line\nbreak.csv", "bell\x07.csv", "x" * 201),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_such_a_name_is_left_alone(desk: Office, folders: Folders, name: str) -> None:
    path = _drop(folders, name)
    desk.pass_time(days=1)
    assert look_in(desk.field, folders) == 0
    assert path.exists()


def test_a_name_that_is_no_text_is_left_alone(desk: Office, folders: Folders) -> None:
    path = _drop(folders)
    os.link(path, os.fsencode(path) + b"\xff.csv")
    path.unlink()
    desk.pass_time(days=1)
    assert look_in(desk.field, folders) == 0


@pytest.mark.parametrize("name", ["samtal v.47.csv", "återkoppling.xlsx", "$(reboot).csv", "--help"])
def test_an_odd_name_that_is_plain_text_is_no_hindrance(name: str) -> None:
    assert is_plain(name)


def test_links_folders_and_pipes_are_never_followed(desk: Office, folders: Folders, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.csv", [call(1)])
    there = folders.root / "pbx"
    (there / "link.csv").symlink_to(secret)
    (there / "folder.csv").mkdir()
    os.mkfifo(there / "pipe.csv")
    (folders.root / "linked").symlink_to(tmp_path, target_is_directory=True)
    desk.pass_time(days=1)
    assert look_in(desk.field, folders) == 0
    assert _names(there) == ["folder.csv", "link.csv", "pipe.csv"]
    assert secret.exists()


def test_a_link_slipped_in_after_the_look_is_not_read(desk: Office, folders: Folders, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.csv", [call(1)])
    (folders.root / "pbx" / "calls.csv").symlink_to(secret)
    assert folders.claim("pbx", "calls.csv", "imp_1") is None
    assert list(folders.claimed()) == []
    assert secret.exists()


def test_a_link_in_the_reports_place_is_replaced_and_not_written_through(
    desk: Office, folders: Folders, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("untouched")
    path = _drop(folders)
    report = path.with_name("calls.csv.done")
    report.symlink_to(secret)
    _work(desk, folders)
    assert secret.read_text() == "untouched"
    assert not report.is_symlink()
    assert "rows: 3" in report.read_text("utf-8")


def test_a_folder_whose_name_is_no_source_is_not_looked_into(desk: Office, folders: Folders) -> None:
    _drop(folders, source="Pbx 2")
    desk.pass_time(days=1)
    assert look_in(desk.field, folders) == 0


def test_headings_that_do_not_say_enough_are_answered_with_what_is_missing(desk: Office, folders: Folders) -> None:
    path = write(folders.root / "pbx" / "calls.csv", [["1", "2"]], ("Kolumn A", "Kolumn B"))
    run = _work(desk, folders)
    assert run.state == FAILED
    answer = path.with_name("calls.csv.err").read_text("utf-8")
    assert "No column holds a phone number or an e-mail address" in answer
    assert "No column says the queue" in answer
    assert "Open it on the page Imports" in answer
    assert _names(folders.root / ".kept" / "pbx") == [f"{run.id}-calls.csv"]


def test_a_broken_file_is_answered_and_does_not_stop_the_others(desk: Office, folders: Folders) -> None:
    (folders.root / "pbx" / "a.xlsx").write_bytes(b"PK\x03\x04" + bytes(200))
    _drop(folders, "b.csv")
    _work(desk, folders)
    assert _names(folders.root / "pbx") == ["a.xlsx.err", "b.csv.done"]


def test_a_fault_of_ours_ends_the_run_and_says_so(desk: Office, folders: Folders) -> None:
    path = _drop(folders)
    with mock.patch.object(doors, "advance", side_effect=ZeroDivisionError):
        run = _work(desk, folders)
    assert (run.state, run.detail) == (FAILED, "Tonval could not go on: ZeroDivisionError.")
    assert "ZeroDivisionError" in path.with_name("calls.csv.err").read_text("utf-8")


def test_the_same_file_again_is_answered_with_when_it_was_taken(desk: Office, folders: Folders) -> None:
    _drop(folders)
    first = _work(desk, folders)
    path = _drop(folders, "again.csv")
    assert _work(desk, folders) == first
    assert f"({first.id}). Nothing was done now." in path.with_name("again.csv.done").read_text("utf-8")
    assert len(list((folders.root / ".kept" / "pbx").iterdir())) == 2


def test_the_next_days_file_under_the_same_name_replaces_the_report(desk: Office, folders: Folders) -> None:
    write(folders.root / "pbx" / "calls.csv", [["1"]], ("Kolumn",))
    _work(desk, folders)
    path = _drop(folders)
    _work(desk, folders)
    assert _names(path.parent) == ["calls.csv.done"]


def test_columns_remembered_for_the_source_are_used(desk: Office, folders: Folders) -> None:
    with desk.field.unit.begin() as tx:
        remember(tx, desk.field, "pbx", Plan(CONTACTS, {"Kolumn A": "customer.phone"}))
    write(folders.root / "pbx" / "people.csv", [["0701740606"]], ("Kolumn A",))
    assert _work(desk, folders).outcomes == {"contacts": 1}


def test_what_a_killed_clock_has_claimed_is_handed_over_by_the_next(desk: Office, folders: Folders) -> None:
    _drop(folders)
    assert folders.claim("pbx", "calls.csv", "imp_killed") is not None
    run = _work(desk, folders)
    assert (run.id, run.state, run.taken) == ("imp_killed", DONE, 3)


def test_a_worker_killed_before_it_answered_is_followed_by_one_that_does(desk: Office, folders: Folders) -> None:
    path = _drop(folders)
    with mock.patch.object(Folders, "answer", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        _work(desk, folders)
    desk.pass_time(minutes=2)  # its lease ends
    assert _work(desk, folders).state == DONE
    assert _names(path.parent) == ["calls.csv.done"]


def test_a_long_file_is_taken_in_turns(desk: Office, folders: Folders) -> None:
    _drop(folders, rows=[call(number, phone="") for number in range(1300)])
    desk.pass_time(minutes=1)
    look_in(desk.field, folders)
    states = []
    for _ in range(4):
        assert take_due(desk.field, folders, 100, turn=0) == 0
        states.append(recent_runs(desk.field)[0].state)
    assert states == [RUNNING, RUNNING, RUNNING, DONE]


def test_two_clocks_and_two_workers_take_each_file_once(
    database_url: str, office: Office, folders: Folders, desk: Office
) -> None:
    office.time = desk.time
    for number in range(6):
        _drop(folders, f"{number}.csv", [call(10 * number + place) for place in range(3)])
    office.pass_time(minutes=1)
    errors: list[Exception] = []
    gate = threading.Barrier(4)
    threads = [
        threading.Thread(target=_rush, args=(office.field, database_url, folders, gate, errors, name))
        for name in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    runs = recent_runs(office.field)
    assert sorted(run.name for run in runs) == [f"{number}.csv" for number in range(6)]
    assert {(run.state, run.taken, run.outcomes.get("repeated")) for run in runs} == {(DONE, 3, None)}


def _rush(
    office: Field, url: str, folders: Folders, gate: threading.Barrier, errors: list[Exception], name: str
) -> None:
    unit = open_unit(url)
    ids = count(1)
    own = replace(office, unit=unit, fresh_id=lambda prefix: f"{prefix}_{name}{next(ids):05d}")
    try:
        gate.wait()
        look_in(own, folders)
        for _ in range(12):
            take_due(own, folders, 1)
    except Exception as error:  # noqa: BLE001 - the test tells it
        errors.append(error)
    finally:
        unit.engine.dispose()


def test_what_has_been_kept_long_enough_is_deleted(desk: Office, folders: Folders) -> None:
    _drop(folders)
    _work(desk, folders)
    upload = folders.uploads / "imp_1-forgotten.csv"
    upload.touch()
    desk.time += KEPT - timedelta(hours=1)
    look_in(desk.field, folders)
    assert upload.exists()
    desk.pass_time(hours=2)
    look_in(desk.field, folders)
    assert not upload.exists()
    assert list((folders.root / ".kept" / "pbx").iterdir()) == []


def test_a_file_that_is_on_no_machine_is_given_up_in_the_end(desk: Office, folders: Folders) -> None:
    _drop(folders)
    desk.pass_time(minutes=1)
    look_in(desk.field, folders)
    (claimed,) = folders.claimed()
    (folders.root / claimed.file).unlink()
    for _ in range(101):
        take_due(desk.field, folders, 1)
        desk.pass_time(minutes=1)
    assert recent_runs(desk.field) == []
    with desk.field.unit.read() as tx:
        assert tx.execute(select(outbox.c.state, outbox.c.detail)).one() == ("dead", "the file is gone")
