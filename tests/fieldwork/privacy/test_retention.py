"""What is kept long enough is forgotten, class by class, and no number changes by it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fieldwork.privacy.planting import FILE, Garden, people, tallied, traces_of
from tonval.fieldwork.privacy import retention, terms
from tonval.fieldwork.privacy.terms import in_words
from tonval.fieldwork.routing import read_centre
from tonval.stats import rebuild
from tonval.store.unit import Unit
from tonval.surveys.document import BrokenDocument


def test_everything_that_leads_to_a_person_goes_by_its_age(garden: Garden, unit: Unit, home: Path) -> None:
    customers = people(6)
    garden.plant(customers)
    before = tallied(unit)
    assert {each.name: each.number for each in retention.ripe(garden.field) if each.number} == {}
    garden.office.pass_time(days=370)
    _end_what_is_open(garden)
    told = {each.name: each.number for each in retention.ripe(garden.field)}
    assert told["addresses"] == 6 and told["words"] == 0 and told["voice"] > 0 and told["messages"] > 0
    retention.sweep(garden.field)
    left = {hit.partition(":")[0] for hit in traces_of(customers, unit, home / "nowhere")}
    assert left <= {"import_faults.value", "import_faults.sentence", "idempotent.body"}
    garden.office.pass_time(days=400)
    retention.sweep(garden.field)
    assert [each for each in retention.ripe(garden.field) if each.number] == []
    assert tallied(unit) == before and rebuild.check(unit) == []


def test_who_was_heard_of_again_is_kept(garden: Garden) -> None:
    one, other = people(2)
    for each in (one, other):
        garden.report(each, "sales")
    garden.office.pass_time(days=300)
    garden.send_all()
    garden.report(other, "sales", talk_seconds=3)
    garden.office.pass_time(days=100)
    _end_what_is_open(garden)
    assert {each.name: each.number for each in retention.ripe(garden.field)}["addresses"] == 1


@pytest.mark.parametrize(
    ("written", "days"),
    [("24 months", 720), ("90d", 90), ("2 years", 730), ("1 week", 7), ("6 months after the last contact", 180)],
)
def test_lengths_are_read_as_people_write_them(written: str, days: int) -> None:
    centre = read_centre(f"{FILE}retention: {{addresses: {written}}}\n")
    assert centre.retention["addresses"] == timedelta(days=days)


@pytest.mark.parametrize("written", ["soon", "0 days", "3 days", "12", "[1]", "-5 days", "6 months after the flood"])
def test_a_length_that_is_none_is_a_fault_at_its_line(written: str) -> None:
    with pytest.raises(BrokenDocument) as broken:
        read_centre(f"{FILE}retention:\n  addresses: {written}\n")
    (fault,) = broken.value.faults
    assert fault.line == FILE.count("\n") + 2 and fault.sentence.startswith("retention.addresses: ")


def test_what_is_kept_for_ever_is_never_ripe(garden: Garden) -> None:
    office = garden.office.with_centre(read_centre(f"{FILE}retention: {{words: for ever, addresses: for ever}}\n"))
    assert {each.name for each in retention.ripe(office)} == terms.USUAL_RETENTION.keys() - {"words", "addresses"}


@pytest.mark.parametrize(
    ("days", "words"), [(720, "24 months"), (365, "1 year"), (30, "1 month"), (7, "7 days"), (1, "1 day")]
)
def test_lengths_are_told_as_the_file_would_say_them(days: int, words: str) -> None:
    assert in_words(timedelta(days=days)) == words


def _end_what_is_open(garden: Garden) -> None:
    from tonval.fieldwork import asking, conduct

    while asking.ask_due(garden.field):
        pass
    conduct.end_idle_legs(garden.field, garden.office.time)
    garden.office.pass_time(days=20)
    conduct.expire_due(garden.field)
    asking.close_unclaimed(garden.field)
