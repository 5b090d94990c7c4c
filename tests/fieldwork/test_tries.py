"""Tries are counted for all workers together, in every hour and not from hour to hour."""

from __future__ import annotations

import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.fieldwork.office import Office
from tonval.fieldwork.colleagues import tries
from tonval.fieldwork.colleagues.tries import Limit
from tonval.store import tables as t

ACCOUNT = Limit("account karin", 3, 3600)
ADDRESS = Limit("address 192.0.2.1", 5, 3600)


def test_so_many_are_let_through_and_no_more(office: Office) -> None:
    assert [tries.allow(office.field, [ACCOUNT]) for _ in range(5)] == [True, True, True, False, False]


def test_the_limit_holds_in_every_hour_and_not_from_hour_to_hour(office: Office) -> None:
    assert tries.allow(office.field, [ACCOUNT])
    office.pass_time(minutes=59)
    assert [tries.allow(office.field, [ACCOUNT]) for _ in range(3)] == [True, True, False]
    office.pass_time(minutes=2)
    assert [tries.allow(office.field, [ACCOUNT]) for _ in range(2)] == [True, False]


def test_the_wait_is_told_to_the_second_until_there_is_room_again(office: Office) -> None:
    for _ in range(3):
        tries.allow(office.field, [ACCOUNT])
        office.pass_time(minutes=1)
    assert not tries.allow(office.field, [ADDRESS, ACCOUNT])
    seconds = tries.wait(office.field, [ADDRESS, ACCOUNT])
    assert seconds == 57 * 60
    office.pass_time(seconds=seconds - 1)
    assert not tries.allow(office.field, [ACCOUNT])
    office.pass_time(seconds=1)
    assert tries.allow(office.field, [ACCOUNT])


def test_what_is_refused_for_one_limit_counts_for_none(office: Office) -> None:
    for _ in range(10):
        tries.allow(office.field, [ADDRESS, ACCOUNT])
    other = Limit("account bo", 3, 3600)
    assert [tries.allow(office.field, [ADDRESS, other]) for _ in range(4)] == [True, True, False, False]


def test_workers_that_count_at_once_let_no_more_through(office: Office) -> None:
    let_in = []

    def try_it() -> None:
        let_in.append(tries.allow(office.field, [ADDRESS, ACCOUNT]))

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in.count(True) == 3


def test_a_refused_try_writes_nothing_and_what_was_tried_is_not_kept(office: Office) -> None:
    for _ in range(4):
        tries.allow(office.field, [ACCOUNT])
    with office.field.unit.read() as tx:
        (row,) = tx.execute(select(t.tries)).all()
    assert len(row.times) == 3
    assert "karin" not in str(row)


def test_what_counts_no_more_is_forgotten(office: Office) -> None:
    tries.allow(office.field, [ACCOUNT])
    office.pass_time(minutes=59)
    tries.allow(office.field, [ADDRESS])
    assert tries.purge(office.field) == 0
    office.pass_time(minutes=1)
    assert tries.purge(office.field) == 1
    office.pass_time(hours=1)
    assert tries.purge(office.field) == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(0, 2000), max_size=30), st.uuids())
def test_in_no_hour_are_there_more_than_the_limit(office: Office, waits: list[float], which: object) -> None:
    limit, allowed = Limit(f"account {which}", 3, 3600), []
    for wait in waits:
        office.pass_time(seconds=wait)
        if tries.allow(office.field, [limit]):
            allowed.append(office.time.timestamp())
    for at in range(len(allowed) - 3):
        assert allowed[at + 3] - allowed[at] >= 3600
