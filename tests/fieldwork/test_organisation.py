import pytest

from tests.fieldwork.office import Office
from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Verdict
from tonval.fieldwork.organisation import all_members, put, tree
from tonval.fieldwork.places import Crooked, Line, Member, Place
from tonval.fieldwork.plans import Plan

TREE = [
    Line(2, {"unit": "north", "name": "North"}),
    Line(3, {"unit": "north/lulea", "name": "Luleå"}),
    Line(4, {"unit": "south", "name": "South"}),
]
CREW = [
    Line(2, {"agent": "kim", "name": "Kim Berg", "unit": "north/lulea"}),
    Line(3, {"agent": "lo", "name": "Lo Dahl", "unit": "north"}),
]


def counts(plan: Plan) -> tuple[int, int, int]:
    return plan.added, plan.changed, plan.same


def places_of(office: Office) -> dict[str, int]:
    return {place.path: n for place, n in tree(office.field) if place.path.startswith(("north", "south"))}


def test_a_tree_and_its_agents_are_written_once(office: Office) -> None:
    assert counts(put(office.field, "units", TREE, CONSOLE)) == (3, 0, 0)
    assert counts(put(office.field, "units", TREE, CONSOLE)) == (0, 0, 3)
    assert counts(put(office.field, "agents", CREW, CONSOLE)) == (2, 0, 0)
    assert counts(put(office.field, "agents", CREW, CONSOLE)) == (0, 0, 2)
    assert places_of(office) == {"north": 2, "north/lulea": 1, "south": 0}
    assert audit.verify(office.field) == Verdict(2, None)


def test_names_and_places_can_change(office: Office) -> None:
    put(office.field, "units", TREE, CONSOLE)
    put(office.field, "agents", CREW, CONSOLE)
    assert counts(put(office.field, "units", [Line(2, {"unit": "south", "name": "The South"})], CONSOLE)) == (0, 1, 0)
    moved = [Line(2, {"agent": "kim", "name": "Kim Berg", "unit": "south"})]
    assert counts(put(office.field, "agents", moved, CONSOLE)) == (0, 1, 0)
    assert (Place("south", "The South"), 1) in tree(office.field)
    assert Member("kim", "Kim Berg", "south") in all_members(office.field)


def test_one_wrong_row_keeps_all_from_being_written(office: Office) -> None:
    put(office.field, "units", TREE, CONSOLE)
    with pytest.raises(Crooked):
        put(office.field, "units", [Line(2, {"unit": "east"}), Line(3, {"unit": "west/x"})], CONSOLE)
    with pytest.raises(Crooked):
        put(office.field, "agents", [*CREW, Line(4, {"agent": "mo", "unit": "east"})], CONSOLE)
    assert places_of(office) == {"north": 0, "north/lulea": 0, "south": 0}
    assert audit.verify(office.field) == Verdict(1, None)
