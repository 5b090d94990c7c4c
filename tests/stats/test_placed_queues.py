"""Queues that belong to a unit: contacts without an agent go with them, and other branches of the tree see neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.house import SITES, Clock, open_house, rate_call
from tonval.fieldwork import belonging
from tonval.fieldwork.belonging import is_foreign, placed_queues
from tonval.fieldwork.field import Field
from tonval.stats.conversations import conversations
from tonval.stats.ledger import Wanted, counted, entries
from tonval.stats.places import queue_names, sees_survey
from tonval.stats.queries import Filter
from tonval.stats.queues import queue_rows
from tonval.stats.responses import responses
from tonval.stats.scope import Scope
from tonval.store.unit import Unit

DAY = Clock().time.date()
TODAY = Filter(DAY, DAY)

STHLM, GBG, SWEDEN, TEAM = "se/sthlm", "se/gbg", "se", "se/sthlm/blue"


@pytest.fixture
def office(unit: Unit) -> Field:
    """Nobody's calls in each kind of queue; Anna of Stockholm has helped out in Gothenburg's."""
    house = open_house(unit, Clock(), SITES)
    for queue in ("support", "sodermalm", "majorna"):
        rate_call(house, None, ["3", "3"] if queue == "support" else ["3"], f"nobody-{queue}", queue)
    rate_call(house, "anna", ["5"], "anna-majorna", "majorna")
    return house


def scope(office: Field, *units: str) -> Scope:
    return Scope(units=units or None, placed=placed_queues(office.centre))


SEEN = [
    (STHLM, {"nobody-sodermalm", "anna-majorna"}),
    (GBG, {"nobody-majorna"}),
    (SWEDEN, {"nobody-sodermalm", "nobody-majorna", "anna-majorna"}),
    (TEAM, set()),
]


@pytest.mark.parametrize(("place", "calls"), SEEN)
def test_a_contact_belongs_to_its_agent_else_to_its_queue(office: Field, place: str, calls: set[str]) -> None:
    hers = scope(office, place)
    named = {f"simulator:{call}" for call in calls}
    assert {row.ref for row in entries(office.unit, hers, Wanted()).rows} == named
    assert sum(row.n for row in counted(office.unit, hers, Wanted())) == len(named)
    assert {row.interaction and row.interaction[1] for row in responses(office.unit, hers).rows} == named
    assert len(conversations(office.unit, hers, TODAY).rows) == len(named)


@pytest.mark.parametrize(
    ("place", "queues"),
    [(STHLM, ["sodermalm"]), (GBG, ["majorna"]), (SWEDEN, ["majorna", "sodermalm"]), (TEAM, [])],
)
def test_numbers_by_queue_are_not_told_of_another_branch(office: Field, place: str, queues: list[str]) -> None:
    assert [row.queue for row in queue_rows(office.unit, scope(office, place), TODAY)] == queues


@pytest.mark.parametrize(
    ("narrowed", "calls"), [(STHLM, {"nobody-sodermalm", "anna-majorna"}), (GBG, {"nobody-majorna"})]
)
def test_who_sees_everything_narrows_to_a_unit_in_the_same_way(office: Field, narrowed: str, calls: set[str]) -> None:
    wanted = Wanted(unit=narrowed)
    assert {row.ref for row in entries(office.unit, scope(office), wanted).rows} == {f"simulator:{c}" for c in calls}
    assert len(conversations(office.unit, scope(office), Filter(DAY, DAY, unit=narrowed)).rows) == len(calls)


@pytest.mark.parametrize(
    ("place", "queues", "surveys"),
    [
        ((), ["support", "sales", "sodermalm", "majorna", "slottsskogen"], {"soder-nki", "major-nki", "sales-nps"}),
        ((STHLM,), ["support", "sales", "sodermalm"], {"soder-nki", "sales-nps"}),
        ((TEAM,), ["support", "sales", "sodermalm"], {"soder-nki", "sales-nps"}),
        ((GBG,), ["support", "sales", "majorna", "slottsskogen"], {"major-nki", "sales-nps"}),
        (("",), ["support", "sales"], {"sales-nps"}),
        (("no",), ["support", "sales"], {"sales-nps"}),
    ],
)
def test_a_queue_is_met_in_its_own_branch_alone(
    office: Field, place: tuple[str, ...], queues: list[str], surveys: set[str]
) -> None:
    hers = scope(office, *place)
    assert list(queue_names(office.centre, hers)) == queues
    known = {"soder-nki", "major-nki", "sales-nps"}
    assert {survey for survey in known if sees_survey(office.centre, hers, survey)} == surveys


def test_an_agent_meets_the_queues_of_where_she_belongs(office: Field) -> None:
    anna = Scope(agent="anna", home=STHLM, placed=placed_queues(office.centre))
    assert list(queue_names(office.centre, anna)) == ["support", "sales", "sodermalm"]
    assert {row.ref for row in entries(office.unit, anna, Wanted()).rows} == {"simulator:anna-majorna"}


def test_a_queue_whose_unit_is_not_in_the_tree_is_told(unit: Unit) -> None:
    house = open_house(unit, Clock(), SITES.replace("unit: se/sthlm}\n  majorna", "unit: se/malmo}\n  majorna"))
    with unit.read() as tx:
        assert belonging.astray(tx, house.centre) == (("sodermalm", "se/malmo"),)


PATHS = st.lists(st.sampled_from(["se", "sthlm", "gbg", "a"]), min_size=1, max_size=4).map("/".join)


@given(PATHS, PATHS)
def test_two_places_are_foreign_to_each_other_or_one_leads_to_the_other(one: str, other: str) -> None:
    leads = one.split("/") == other.split("/")[: one.count("/") + 1]
    comes = other.split("/") == one.split("/")[: other.count("/") + 1]
    assert is_foreign(one, other) is is_foreign(other, one) is not (leads or comes)
    assert not is_foreign("", one)
    assert is_foreign(one, "")
