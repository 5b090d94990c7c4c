"""An import is taken back whole, as long as nothing has changed since what it changed."""

from __future__ import annotations

import pytest

from tests.fieldwork.test_organisation import CREW, TREE
from tests.web.house import Clock, open_house, rate_call
from tonval.fieldwork import audit, restructuring, taking_back
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import Overtaken, all_members, plan, put, tree
from tonval.fieldwork.places import Line
from tonval.fieldwork.taking_back import CannotTakeBack, Record, as_it_was, records, take_back
from tonval.store.unit import Unit


@pytest.fixture
def office(unit: Unit) -> Field:
    """A small centre with units, of which the last import is agents."""
    field = open_house(unit, Clock())
    put(field, "units", TREE, CONSOLE)
    put(field, "agents", CREW, CONSOLE)
    return field


def standing(office: Field) -> tuple[object, object]:
    return tree(office), all_members(office)


def test_what_an_import_added_renamed_and_moved_is_as_it_was_before(office: Field) -> None:
    before = standing(office)
    rows = [{"agent": "kim", "name": "Kim", "unit": "south"}, {"agent": "lo", "unit": ""}, {"agent": "new"}]
    put(office, "agents", [Line(n, row) for n, row in enumerate(rows, 2)], CONSOLE)
    newest = records(office)[0]
    assert (newest.kind, len(newest.changes), newest.stands, newest.back) == ("agents", 3, True, False)
    rows_before = [("agent", "name", "unit"), ("kim", "Kim Berg", "north/lulea"), ("lo", "Lo Dahl", "north")]
    assert list(as_it_was(newest)) == rows_before
    take_back(office, newest.id, CONSOLE)
    assert standing(office) == before
    assert records(office)[0].back and not records(office)[1].back
    with pytest.raises(CannotTakeBack, match="Something has changed"):
        take_back(office, newest.id, CONSOLE)
    assert audit.verify(office).fault is None


def test_all_imports_are_taken_back_one_after_the_other(unit: Unit) -> None:
    office = open_house(unit, Clock())
    before = standing(office)
    put(office, "units", TREE, CONSOLE)
    put(office, "agents", CREW, CONSOLE)
    agents_import, units_import = records(office)
    with pytest.raises(CannotTakeBack, match="not empty any more"):
        take_back(office, units_import.id, CONSOLE)
    take_back(office, agents_import.id, CONSOLE)
    take_back(office, units_import.id, CONSOLE)
    assert standing(office) == before


def newest(office: Field) -> Record:
    return records(office)[0]


def test_an_import_cannot_be_taken_back_when_something_has_changed_it(office: Field) -> None:
    restructuring.move(office, "north", "south", CONSOLE)
    assert not newest(office).stands
    before = standing(office)
    with pytest.raises(CannotTakeBack, match="Something has changed it since"):
        take_back(office, newest(office).id, CONSOLE)
    assert standing(office) == before


def test_an_agent_who_has_had_a_contact_is_not_taken_away(office: Field) -> None:
    rate_call(office, "kim", ["2", "5"], "call-1")
    before = standing(office)
    with pytest.raises(CannotTakeBack, match="“kim” has contacts or a user by now"):
        take_back(office, newest(office).id, CONSOLE)
    assert standing(office) == before


def test_nobody_is_put_back_into_a_unit_that_is_gone(office: Field) -> None:
    put(office, "agents", [Line(2, {"agent": "kim", "unit": "south"})], CONSOLE)
    restructuring.remove(office, "north/lulea", CONSOLE)
    with pytest.raises(CannotTakeBack, match="north/lulea” is no longer there"):
        take_back(office, newest(office).id, CONSOLE)


def test_what_is_no_import_is_not_found(office: Field) -> None:
    assert taking_back.find(office, 999) is None
    with pytest.raises(KeyError):
        take_back(office, 999, CONSOLE)


def test_a_plan_that_was_overtaken_is_not_carried_out(office: Field) -> None:
    rows = [Line(2, {"agent": "kim", "name": "Kim", "unit": "south"})]
    seen = plan(office, "agents", rows)
    put(office, "agents", [Line(2, {"agent": "kim", "name": "Kim Ek"})], CONSOLE)
    before = standing(office)
    with pytest.raises(Overtaken) as overtaken:
        put(office, "agents", rows, CONSOLE, seen.digest)
    assert overtaken.value.plan.changes[0].before == ("Kim Ek", "north/lulea")
    assert standing(office) == before
    put(office, "agents", rows, CONSOLE, overtaken.value.plan.digest)
    assert standing(office) != before


def test_a_row_that_leaves_something_out_keeps_it(office: Field) -> None:
    assert plan(office, "agents", [Line(2, {"agent": "kim"})]).changes == ()
    assert plan(office, "units", [Line(2, {"unit": "north"})]).changes == ()
