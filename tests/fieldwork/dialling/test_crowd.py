"""A crowd at the telephones: nobody is rung twice at once, and no limit is passed, whoever claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.fieldwork.dialling.house import FILE, dialled, due, hang_up
from tests.fieldwork.office import Office
from tests.fieldwork.test_crowd import THREADS, number, together
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.calls.ringing import UNDER_WAY
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import dials
from tonval.store.unit import Unit

PEOPLE = 60
WIDE = FILE.replace("countries: [SE, NO]", "countries: [SE, NO, US, CA]").replace("cap: 30d", "cap: 0")


def crowd(unit: Unit, terms: str) -> Office:
    """A centre whose calls go out by its trunk, on these terms."""
    file = WIDE.replace("{after: 10m,", f"{{after: 10m, {terms},")
    return Office(unit, read_centre(file))


def ask_at_once(work: Callable[[], None]) -> None:
    """So many of us do the same."""
    together([work] * THREADS)


def us(person: int) -> str:
    """A number of an area code in use, of those kept for fiction."""
    return number(person).replace("+1201", "+1212")


def test_thirty_two_who_claim_together_place_each_call_once(unit: Unit) -> None:
    office = crowd(unit, 'per_minute: 1000, per_day: 1000, hours: "00:00-23:59"')
    for person in range(PEOPLE):
        assert hang_up(office, str(person), phone=us(person))["outcome"] == "invited"
    office.pass_time(minutes=10)
    placed: Counter[str] = Counter()

    def place(call: ToDial) -> str:
        placed[call.number] += 1
        return call.id

    ask_at_once(lambda: while_any(lambda: dialling.place_due(office.field, "sip", place, 4)))
    assert placed == {us(person): 1 for person in range(PEOPLE)}


def test_thirty_two_who_claim_together_keep_to_the_minute(unit: Unit) -> None:
    office = crowd(unit, 'per_minute: 7, per_day: 12, hours: "00:00-23:59"')
    for person in range(20):
        hang_up(office, str(person), phone=us(person))
    office.pass_time(minutes=10)
    claimed: list[ToDial] = []
    ask_at_once(lambda: claimed.extend(due(office)))
    assert len(claimed) == 7
    office.pass_time(minutes=2)
    ask_at_once(lambda: claimed.extend(due(office)))
    assert len(claimed) == 12 == len({call.id for call in claimed})


def test_two_calls_to_one_number_never_go_on_at_once(unit: Unit) -> None:
    office = crowd(unit, 'per_minute: 1000, per_day: 1000, hours: "00:00-23:59"')
    for each in range(8):
        hang_up(office, str(each))
    office.pass_time(minutes=10)
    claimed: list[ToDial] = []
    ask_at_once(lambda: claimed.extend(due(office)))
    assert len(claimed) == 1
    assert Counter(row.state for row in dialled(office) if row.state in UNDER_WAY) == {"dialling": 1}


def test_the_database_itself_refuses_a_second_call_to_a_number(unit: Unit) -> None:
    office = crowd(unit, "per_minute: 1000")
    for each in range(2):
        hang_up(office, str(each))
    with pytest.raises(Exception, match=r"(?i)unique"), unit.begin() as tx:
        tx.execute(update(dials).values(state="dialling"))


def test_news_of_a_call_from_all_sides_make_one_next_call(unit: Unit) -> None:
    office = crowd(unit, "per_minute: 1000")
    hang_up(office)
    office.pass_time(minutes=10)
    (call,) = due(office)
    causes = ["busy", "no_answer", "unknown", "no_answer"] * 8
    together([lambda cause=cause: dialling.ended(office.field, call.id, cause) for cause in causes])  # type: ignore[misc]
    rows = dialled(office)
    assert [row.state for row in rows] == ["no-answer", "waiting"]
    assert rows[1].due_at == office.time + timedelta(hours=2)


def while_any(work: Callable[[], int]) -> None:
    """Go on until there is nothing left."""
    while work():
        pass
