"""Whole files: every row is invited, suppressed, repeated or refused, and counted once whatever happens in between."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.intake.intake import call, order_of, phone, take, write
from tonval.fieldwork import invitations
from tonval.fieldwork.field import Field
from tonval.intake import opening, taking
from tonval.intake.headings import CONTACTS, INTERACTIONS
from tonval.intake.opening import Wishes, open_file
from tonval.intake.previews import preview
from tonval.intake.runs import DONE, FAILED, RUNNING, Run, first_misfits, misfits, remembered, run_of
from tonval.intake.starting import TakenBefore, start
from tonval.intake.taking import CHUNK, advance
from tonval.store.tables import contacts, imports, interactions, list_members
from tonval.store.tables import invitations as invited

OTHER = "070174{:04d}"


def _count(office: Field, table: object) -> int:
    with office.unit.read() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[call-overload]


def _stopping(after: int) -> taking.Watch:
    """Stops after so many rows."""
    return lambda run: run.taken < after


def test_every_row_of_a_file_has_one_outcome(office: Office, tmp_path: Path) -> None:
    rows = [call(1), call(2, talk="0:09"), call(3, phone="12"), call(1), call(4, phone=phone(1)), [], call(5)]
    run = take(office.field, write(tmp_path / "calls.csv", rows))
    assert run.state == DONE
    assert run.outcomes == {
        "invited": 2,
        "suppressed": 2,
        "repeated": 1,
        "refused": 1,
        "rules": {"min_talk": 1, "frequency_cap": 1},
    }
    (refused,) = misfits(office.field, run.id)
    assert (refused.number, refused.field, refused.value) == (4, "customer.phone", "12")
    assert run.taken == 6
    assert _count(office.field, interactions) == 4


def test_a_row_that_is_no_row_is_refused_by_its_number(desk: Office, tmp_path: Path) -> None:
    run = take(desk.field, write(tmp_path / "calls.csv", [call(1), ["a", "b"], call(2)]))
    assert run.outcomes["refused"] == 1
    assert [each.number for each in misfits(desk.field, run.id)] == [3]


def test_the_very_same_file_is_not_taken_again(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [call(1)])
    first = take(office.field, path)
    with pytest.raises(TakenBefore, match=r"taken on 2026-11-22 10:00 CET as “calls\.csv”") as before:
        take(office.field, path.rename(tmp_path / "again.csv"))
    assert before.value.run == first
    assert _count(office.field, imports) == 1


def test_another_source_may_send_the_same_file_and_nobody_is_asked_twice(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [call(1), call(2)])
    take(office.field, path)
    run = take(office.field, path, source="crm")
    assert run.outcomes == {"repeated": 2}
    assert _count(office.field, invited) == 2


def test_rows_without_ids_are_known_again_in_another_file(desk: Office, tmp_path: Path) -> None:
    headings = ("Telefon", "Kö", "Sluttid")
    take(desk.field, write(tmp_path / "one.csv", [[phone(1), "sales", "2026-11-22 09:30"]], headings))
    rows = [[phone(1), "sales", "22.11.2026 09:30"], [phone(2), "sales", "2026-11-22 09:30"]]
    run = take(desk.field, write(tmp_path / "two.csv", rows, headings))
    assert run.outcomes == {"repeated": 1, "invited": 1}


def test_a_stopped_run_goes_on_at_its_chunk(office: Office, tmp_path: Path) -> None:
    rows = [call(number, phone="" if number % 3 else phone(number)) for number in range(2 * CHUNK + 7)]
    path = write(tmp_path / "calls.csv", rows)
    run = take(office.field, path, _stopping(CHUNK))
    assert (run.state, run.rows, run.taken) == (RUNNING, CHUNK + 1, CHUNK)
    assert 0 < run.progress < 1
    again = take(office.field, path)
    assert (again.id, again.state, again.taken, again.progress) == (run.id, DONE, 2 * CHUNK + 7, 1.0)
    assert "repeated" not in again.outcomes


class _Killed(BaseException):
    """As if the process were gone."""


def test_a_run_killed_between_reporting_and_counting_still_counts_exactly(office: Office, tmp_path: Path) -> None:
    rows = [call(1), call(2, talk="0:09"), call(1), call(3, phone="12"), call(4)]
    path = write(tmp_path / "calls.csv", rows)
    with mock.patch.object(taking._Step, "count", side_effect=_Killed), pytest.raises(_Killed):
        take(office.field, path)
    assert _count(office.field, interactions) == 3
    run = take(office.field, path)
    expected = {"invited": 2, "suppressed": 1, "repeated": 1, "refused": 1, "rules": {"min_talk": 1}}
    assert run.outcomes == expected


def test_two_that_take_one_file_at_once_count_it_once(office: Office, tmp_path: Path) -> None:
    rows = [call(number, phone="" if number % 9 else phone(number)) for number in range(CHUNK + 5)]
    path = write(tmp_path / "calls.csv", rows)
    run = start(office.field, order_of(office.field, path))
    report_many = invitations.report_many
    other: list[Run] = []

    def overtake(field: Field, reports: list[invitations.Interaction]) -> object:
        """While one is reporting, the other takes the whole file."""
        if not other:
            other.append(run)
            other.append(advance(office.field, run, path))
        return report_many(field, reports)

    with mock.patch.object(taking.invitations, "report_many", overtake):
        last = advance(office.field, run, path)
    assert last.state == other[-1].state == DONE
    assert last.outcomes == other[-1].outcomes
    assert last.taken == CHUNK + 5
    assert "repeated" not in last.outcomes


def test_a_file_that_cannot_be_read_to_its_end_says_what_was_taken(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [call(1), call(2)])
    path.write_text(path.read_text() + '"call-3;sales\n' + "x;" * 20, "utf-8")
    with mock.patch.object(opening, "SAMPLE", 1):  # beyond what is looked at before a file is taken
        run = take(office.field, path)
    assert run.state == FAILED
    assert run.detail is not None
    assert "never closed" in run.detail
    assert _count(office.field, interactions) == run.taken


def test_a_file_that_failed_is_taken_again_from_its_first_row(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [call(1), call(2, phone="12")])
    with mock.patch.object(taking, "digest_of", return_value="other"):
        failed = take(office.field, path)
    assert failed.state == FAILED
    assert failed.detail is not None
    assert "changed while it was being taken. Rows 2 to 3 were taken" in failed.detail
    run = take(office.field, path)
    assert (run.id, run.state, run.detail) == (failed.id, DONE, None)
    assert run.outcomes == {"invited": 1, "refused": 1}
    assert _count(office.field, invited) == 1


def test_the_columns_used_last_are_remembered_for_the_source(desk: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [call(1)])
    columns = {"Telefon": "customer.phone", "Handläggare": "attributes.who"}
    wishes = Wishes(INTERACTIONS, columns, {"queue": "sales"})
    opened = open_file(desk.field, path, path.name, "pbx", wishes)
    order = order_of(desk.field, path)
    start(desk.field, taking_order := type(order)("pbx", path.name, order.digest, opened.plan))
    again = open_file(desk.field, path, path.name, "pbx", Wishes(INTERACTIONS))
    assert again.remembered
    assert again.plan == opened.plan == remembered(desk.field, "pbx") == taking_order.plan
    assert not open_file(desk.field, path, path.name, "crm", Wishes(INTERACTIONS)).remembered


def test_contacts_are_known_and_put_on_a_list(office: Office, tmp_path: Path) -> None:
    rows = [["Eva", phone(1), ""], ["Bo", "", "bo@example.com"], ["Ann", "", ""], ["Eva Ek", phone(1), ""]]
    path = write(tmp_path / "people.csv", rows, ("Namn", "Telefon", "E-post"))
    run = take(office.field, path, kind=CONTACTS, list="members")
    assert run.outcomes == {"contacts": 3, "refused": 1}
    assert _count(office.field, contacts) == 2
    assert _count(office.field, list_members) == 2


def test_contacts_taken_by_two_at_once_are_counted_once(office: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", [["Eva", phone(1)]], ("Namn", "Telefon"))
    run = start(office.field, order_of(office.field, path, kind=CONTACTS))
    assert advance(office.field, run, path).outcomes == {"contacts": 1}
    assert advance(office.field, run, path).outcomes == {"contacts": 1}


def test_the_preview_is_what_comes_of_the_file(office: Office, tmp_path: Path) -> None:
    take(office.field, write(tmp_path / "before.csv", [call(1)]))
    rows = [call(1), call(2), call(3, talk="9"), call(4, phone="12"), call(5, phone=phone(2)), call(2)]
    path = write(tmp_path / "calls.csv", rows)
    before = _count(office.field, interactions), _count(office.field, contacts)
    seen = preview(office.field, open_file(office.field, path, path.name, "pbx", Wishes(INTERACTIONS)))
    assert (_count(office.field, interactions), _count(office.field, contacts)) == before
    run = take(office.field, path)
    assert {**seen.outcomes, "rules": dict(seen.rules)} == run.outcomes
    assert list(seen.misfits) == first_misfits(office.field, run.id, 10)


def test_a_run_is_read_back_as_it_was_written(desk: Office, tmp_path: Path) -> None:
    run = take(desk.field, write(tmp_path / "calls.csv", [call(1)]), author="admin")
    with desk.field.unit.read() as tx:
        assert run_of(tx, run.id) == run
        assert run_of(tx, "imp_none") is None
    assert run.author == "admin"
