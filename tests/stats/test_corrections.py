"""Customers change their minds: whatever they do, the tally holds what they left standing, on the day it was given."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, union_all

from tests.fieldwork.office import Office
from tests.stats.giving import NOON, Giver
from tests.surveys.test_paging import NAMES, PAGE, SURVEY, Page, sent
from tonval.fieldwork.ledger import Opening, advance, load, open_interview
from tonval.fieldwork.links import make_links
from tonval.fieldwork.respondents import Agent
from tonval.fieldwork.routing import read_centre
from tonval.stats.rebuild import check, rebuild
from tonval.stats.squash import squash
from tonval.store.tables import tally, tally_deltas
from tonval.store.unit import Unit
from tonval.surveys.questionnaire import Channel
from tonval.surveys.scales import ANSWERED, CHOICES
from tonval.surveys.state import Interview, ReplyRejected

STEPS = st.lists(st.tuples(PAGE, st.sampled_from([0, 0, 0, 7, 40])), max_size=12)
"""Pages that are sent in, and how many hours the customer takes for each."""
WITHOUT_CALLS = "\n".join(line for line in SURVEY.splitlines() if "call_back" not in line)
Counts = Counter[tuple[str, date, int]]


@pytest.mark.parametrize("layout", ["one", "all"])
def test_the_tally_is_what_stands_on_the_day_it_was_first_given(unit: Unit, layout: str) -> None:
    office = Office(unit, read_centre(WITHOUT_CALLS.replace("LAYOUT", layout)))
    standing: Counts = Counter()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(STEPS, st.booleans())
    def customers_come_and_go(steps: list[tuple[Page, int]], tidied: bool) -> None:
        standing.update(answer_pages(office, steps))
        if tidied:
            squash(unit, limit=5)
        assert counts(unit) == +standing

    customers_come_and_go()
    assert check(unit) == []
    assert rebuild(unit).corrected == 0
    assert counts(unit) == +standing


def answer_pages(office: Office, steps: list[tuple[Page, int]]) -> Counts:
    """One customer goes through her survey; gives what stands in the end, told from the machine's states alone."""
    form = office.field.centre.forms["care"]
    opening = Opening(form, Channel.LINK, "care", Agent("anna", "Anna", "se"), "en", None, None, None)
    with office.field.unit.begin() as tx:
        interview, turn = open_interview(tx, office.field, opening)
        make_links(tx, office.field, interview, form.page.open_for)
    days: dict[tuple[str, int], date] = {}
    state = turn.interview
    for page, hours in steps:
        office.pass_time(hours=hours)
        with office.field.unit.begin() as tx:
            try:
                reply = sent(page, state.offered or NAMES)
                state = advance(tx, office.field, load(tx, interview), reply).interview
            except ReplyRejected:
                continue
        today = office.time.astimezone(UTC).date()
        days = {key: days.get(key, today) for key in _keys(state)}
    return Counter((key[0], days[key], value) for key, value in _keys(state).items())


def _keys(state: Interview) -> dict[tuple[str, int], int]:
    """What each answer is known by while it changes: the question, and the option of a multiple choice."""
    return {(had.question, had.value if had.scale == CHOICES else 0): had.value for had in state.answers}


def counts(unit: Unit) -> Counts:
    """What the tally says, deltas included."""
    both = union_all(
        *(select(table.c.question, table.c.day, table.c.score, table.c.n) for table in (tally, tally_deltas))
    )
    found: Counter[Any] = Counter()
    with unit.read() as connection:
        for *cell, n in connection.execute(both):
            found[tuple(cell)] += n
    assert min(found.values(), default=0) >= 0
    return +found


def test_a_correction_after_midnight_counts_on_the_day_of_the_answer(giver: Giver) -> None:
    talk = giver.interview(channel="link")
    talk.answer(2, at=NOON)
    talk.correct(4, at=NOON + timedelta(days=1))
    talk.correct(5, at=NOON + timedelta(days=2))
    assert counts(giver.unit) == {("helped", NOON.date(), 5): 1}
    talk.take_back(at=NOON + timedelta(days=3))
    assert counts(giver.unit) == {}
    talk.answer(3, at=NOON + timedelta(days=4))
    talk.correct(1, at=NOON + timedelta(days=5))
    assert counts(giver.unit) == {("helped", date(2026, 11, 26), 1): 1}
    assert check(giver.unit) == []
    assert rebuild(giver.unit).cells == 1


def test_each_option_of_a_multiple_choice_goes_back_to_its_own_day(giver: Giver) -> None:
    talk, days = giver.interview(channel="link"), [NOON + timedelta(days=n) for n in range(3)]
    for value, at in ((ANSWERED, days[0]), (1, days[0]), (2, days[1])):
        talk.answer(value, question="reasons", scale=CHOICES, at=at)
    talk.take_back(question="reasons", value=2, at=days[2])
    assert counts(giver.unit) == {("reasons", NOON.date(), ANSWERED): 1, ("reasons", NOON.date(), 1): 1}
    assert check(giver.unit) == []


def test_a_correction_whose_delta_was_lost_is_found_and_put_right(giver: Giver) -> None:
    talk = giver.interview(channel="link")
    talk.answer(2)
    talk.correct(5)
    with giver.unit.begin() as tx:
        tx.execute(tally_deltas.delete().where(tally_deltas.c.n < 0))
    (wrong,) = check(giver.unit)
    assert (wrong.cell["score"], wrong.tallied, wrong.recounted) == (2, 1, 0)
    assert rebuild(giver.unit).answers == 1
    assert counts(giver.unit) == {("helped", NOON.date(), 5): 1}
