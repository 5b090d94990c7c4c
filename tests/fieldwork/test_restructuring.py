"""Units renamed, moved and removed by hand: who belongs to one goes with it, numbers of the past do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from tests.web.house import Clock, open_house, rate_call
from tonval.fieldwork import audit, restructuring, settings
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.colleagues import keys, people
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import put, tree
from tonval.fieldwork.places import Line
from tonval.fieldwork.restructuring import PlaceFault
from tonval.stats.rebuild import check
from tonval.store.tables import agents, api_keys, call_backs, interviews, tally, units, users
from tonval.store.unit import Unit

TREE = [("north", "North"), ("north/lulea", "Luleå"), ("northern", "Another"), ("south", "South")]
PASSWORD = "correct horse battery"


@pytest.fixture
def office(unit: Unit) -> Field:
    """A small centre with two branches, and an agent in one."""
    field = open_house(unit, Clock())
    put(field, "units", [Line(n, {"unit": path, "name": name}) for n, (path, name) in enumerate(TREE, 2)], CONSOLE)
    put(field, "agents", [Line(2, {"agent": "kim", "name": "Kim", "unit": "north/lulea"})], CONSOLE)
    return field


def paths(office: Field) -> set[str]:
    return {place.path for place, _ in tree(office)} - {"se", "se/sthlm", "se/gbg"}


def call_back(office: Field, interview: str, state: str) -> dict[str, object]:
    now = office.now()
    times = {"opens_at": now, "closes_at": now + timedelta(hours=1), "created_at": now, "changed_at": now}
    about = {"question": "helped", "phone": "+46701740606", "queue": "support", "agent": "kim", "unit": "north/lulea"}
    return {"id": f"cbk_{state}", "interview": interview, "state": state, **about, **times}


def test_whoever_belongs_to_a_unit_goes_with_it(office: Field) -> None:
    people.add_user(office, "lead", PASSWORD, role="supervisor", unit="north")
    people.add_user(office, "neighbour", PASSWORD, role="supervisor", unit="northern")
    raw = keys.make_key(office, "bi", ["read"], unit="north/lulea")
    rated = {state: rate_call(office, "kim", ["2", "5"], state) for state in ("planned", "missed", "done")}
    with office.unit.begin() as tx:
        tx.execute(insert(call_backs), [call_back(office, interview, state) for state, interview in rated.items()])
    assert restructuring.move(office, "north", "south", CONSOLE) == "south/north"
    assert paths(office) == {"south", "south/north", "south/north/lulea", "northern"}
    with office.unit.read() as tx:
        assert tx.execute(select(agents.c.unit).where(agents.c.id == "kim")).scalar() == "south/north/lulea"
        assert dict(tx.execute(select(users.c.name, users.c.unit)).all()) == {
            "lead": "south/north",
            "neighbour": "northern",
        }
        assert tx.execute(select(api_keys.c.unit)).scalar() == "south/north/lulea"
        kept = {row.state: row.unit for row in tx.execute(select(call_backs.c.state, call_backs.c.unit))}
    assert kept == {"planned": "south/north/lulea", "missed": "south/north/lulea", "done": "north/lulea"}
    found = keys.check_key(office, raw)
    assert found is not None and found.unit == "south/north/lulea"
    assert audit.verify(office).fault is None


def test_a_move_changes_no_number_of_the_past(office: Field) -> None:
    rate_call(office, "kim", ["2", "5"], "before")
    with office.unit.read() as tx:
        counted = tx.execute(select(tally).order_by(*tally.c)).all()
    restructuring.move(office, "north", "south", CONSOLE)
    with office.unit.read() as tx:
        assert tx.execute(select(tally).order_by(*tally.c)).all() == counted
        assert set(tx.execute(select(interviews.c.unit)).scalars()) == {"north/lulea"}
    assert check(office.unit) == []
    rate_call(office, "kim", ["4", "4"], "after")
    with office.unit.read() as tx:
        assert set(tx.execute(select(interviews.c.unit)).scalars()) == {"north/lulea", "south/north/lulea"}
    assert check(office.unit) == []


@pytest.mark.parametrize(
    ("path", "under", "why"),
    [
        ("north", "north", "cannot lie within itself"),
        ("north", "north/lulea", "cannot lie within itself"),
        ("north", "atlantis", "There is no unit “atlantis”"),
        ("atlantis", "north", "There is no unit “atlantis”"),
        ("se/gbg", "south", "“se/gbg” is managed by queues.yaml"),
        ("se", "south", "“se” is managed by queues.yaml"),
    ],
)
def test_a_unit_that_cannot_be_moved_says_why(office: Field, path: str, under: str, why: str) -> None:
    before = paths(office)
    with pytest.raises(PlaceFault, match=why):
        restructuring.move(office, path, under, CONSOLE)
    assert paths(office) == before


def test_a_unit_is_not_moved_onto_another_nor_too_deep(office: Field) -> None:
    put(office, "units", [Line(2, {"unit": "south/lulea", "name": "Luleå too"})], CONSOLE)
    with pytest.raises(PlaceFault, match="There is a unit “south/lulea” already"):
        restructuring.move(office, "north/lulea", "south", CONSOLE)
    deep = ["south/lulea" + "/x" * n for n in range(1, 11)]
    put(office, "units", [Line(n, {"unit": path}) for n, path in enumerate(deep, 2)], CONSOLE)
    with pytest.raises(PlaceFault, match="13 deep; 12 is the most"):
        restructuring.move(office, "north", deep[-1][:-2], CONSOLE)


def test_settings_that_name_a_unit_stand_in_its_way(office: Field) -> None:
    groups = {"Leads": {"role": "supervisor", "unit": "south"}}
    settings.change(office, {"sign_in/groups": groups}, {}, CONSOLE)
    with pytest.raises(PlaceFault, match=r"sign_in\.groups\.Leads"):
        restructuring.move(office, "south", "north", CONSOLE)
    with pytest.raises(PlaceFault, match="not empty"):
        restructuring.remove(office, "south", CONSOLE)
    assert restructuring.look_at(office, "south")[1].settings == ("sign_in.groups.Leads",)


def test_a_unit_is_renamed_and_keeps_its_path(office: Field) -> None:
    restructuring.rename(office, "north", "The North", CONSOLE)
    restructuring.rename(office, "north", "The North", CONSOLE)  # nothing to do, nothing to note
    assert restructuring.look_at(office, "north")[0].name == "The North"
    assert audit.verify(office).whole == 3
    for name in ("", "x" * 101, "two\nlines"):
        with pytest.raises(PlaceFault, match="at most 100"):
            restructuring.rename(office, "north", name, CONSOLE)
    with pytest.raises(PlaceFault, match=r"queues\.yaml"):
        restructuring.rename(office, "se", "Svea", CONSOLE)


def test_an_empty_unit_is_removed_and_no_other(office: Field) -> None:
    for path in ("north", "north/lulea"):
        with pytest.raises(PlaceFault, match="not empty"):
            restructuring.remove(office, path, CONSOLE)
    person = people.add_user(office, "lead", PASSWORD, role="supervisor", unit="south")
    with pytest.raises(PlaceFault, match="not empty"):
        restructuring.remove(office, "south", CONSOLE)
    with office.unit.begin() as tx:
        tx.execute(update(users).where(users.c.id == person.id).values(ended_at=office.now()))
    restructuring.remove(office, "south", CONSOLE)
    assert "south" not in paths(office)
    with pytest.raises(PlaceFault, match="There is no unit"):
        restructuring.remove(office, "south", CONSOLE)


def test_a_path_with_the_signs_of_a_pattern_takes_no_neighbour_along(office: Field) -> None:
    rows = [{"unit": "a_b"}, {"unit": "a_b/x"}, {"unit": "acb"}, {"unit": "acb/x"}]
    put(office, "units", [Line(n, row) for n, row in enumerate(rows, 2)], CONSOLE)
    restructuring.move(office, "a_b", "south", CONSOLE)
    with office.unit.read() as tx:
        assert {"acb", "acb/x", "south/a_b", "south/a_b/x"} <= set(tx.execute(select(units.c.path)).scalars())
