"""The ledger: every interaction is counted once, listed newest first, and found by what people know of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.stats.deciding import EVA, LAND, MAIL, QUEUES, report
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.conduct import Call, Inbound
from tonval.fieldwork.routing import read_centre
from tonval.stats.customers import customer
from tonval.stats.ledger import Wanted, contact_of, counted, entries, seek
from tonval.stats.paging import BadCursor
from tonval.stats.scope import EVERYTHING, Scope
from tonval.store.tables import interactions
from tonval.store.unit import Unit

BO = "+46701740607"
ALL = Wanted()


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with a queue for every rule."""
    return Office(unit, read_centre(QUEUES))


def mixed(office: Office) -> None:
    """One of everything: asked and answered, waiting, suppressed by two rules, and a caller on the line."""
    report(office, "call-1", customer={"phone": EVA, "name": "Eva Berg", "email": MAIL})
    office.pass_time(minutes=2)
    asking.ask_due(office.field)
    conduct.receive_message(office.field, Inbound("console", "in-1", EVA, "+46701740605", "9", office.time))
    report(office, "call-2", talk_seconds=3)
    report(office, "call-3", "closed", agent="bo")
    report(office, "t-1", "tickets", kind="ticket", reply_sent=True, customer={"phone": BO, "name": "Åsa Ek"})
    conduct.begin_call(office.field, Call("sip", "s-1", "phone", agent="bo"))


def refs(office: Office, wanted: Wanted = ALL, scope: Scope = EVERYTHING) -> list[str]:
    return [row.ref for row in entries(office.field.unit, scope, wanted).rows]


def test_the_counts_add_up_to_all_interactions(office: Office) -> None:
    mixed(office)
    rows = counted(office.field.unit, EVERYTHING, Wanted())
    with office.field.unit.read() as tx:
        assert (
            sum(row.n for row in rows) == tx.execute(select(func.count()).select_from(interactions)).scalar_one() == 5
        )
    assert {(row.queue, row.disposition, row.rule) for row in rows} == {
        ("sales", "complete", None),
        ("sales", "suppressed", "min_talk"),
        ("closed", "suppressed", "queue_off"),
        ("tickets", "pending", None),
        ("phone", "pending", None),
    }


def test_the_newest_come_first_and_pages_join_without_a_gap(office: Office) -> None:
    for number in range(7):
        report(office, f"call-{number}", talk_seconds=1)
        office.pass_time(seconds=number % 2)
    unit = office.field.unit
    seen, cursor = [], None
    while True:
        page = entries(unit, EVERYTHING, Wanted(), cursor, limit=3)
        seen += [row.ref for row in page.rows]
        if (cursor := page.next) is None:
            break
    assert seen == [f"call-{number}" for number in reversed(range(7))]
    with pytest.raises(BadCursor):
        entries(unit, EVERYTHING, Wanted(), "nonsense")


def test_the_list_is_narrowed_by_period_queue_unit_disposition_and_rule(office: Office) -> None:
    mixed(office)
    today = office.time.date()
    assert refs(office, Wanted(today, today)) == ["sip:s-1", "t-1", "call-3", "call-2", "call-1"]
    assert refs(office, Wanted(start=today + timedelta(days=1))) == []
    assert refs(office, Wanted(queue="closed")) == ["call-3"]
    assert refs(office, Wanted(unit="se/gbg")) == ["sip:s-1", "call-3"]
    assert refs(office, Wanted(disposition="suppressed")) == ["call-3", "call-2"]
    assert refs(office, Wanted(rule="min_talk")) == ["call-2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (EVA, ["call-3", "call-2", "call-1"]),
        ("070-174 06 06", ["call-3", "call-2", "call-1"]),
        (" Eva@Example.com ", ["call-3", "call-2", "call-1"]),
        ("t-1", ["t-1"]),
        ("sip:s-1", ["sip:s-1"]),
        ("eva", ["call-3", "call-2", "call-1"]),
        ("åsa", ["t-1"]),
        ("Åsa Ek", ["t-1"]),
        (LAND, []),
        ("nobody@example.com", []),
        ("100%", []),
        ("call", []),
    ],
)
def test_an_interaction_is_found_by_what_is_known_of_it(office: Office, text: str, found: list[str]) -> None:
    mixed(office)
    today = office.time.date()
    assert refs(office, seek(office.field.unit, Wanted(today, today), text, "SE")) == found


def test_a_ticket_is_found_with_the_contacts_about_it(office: Office) -> None:
    report(office, "t-9", "tickets", kind="ticket", reply_sent=True)
    report(office, "call-9", "tickets", ticket="t-9")
    assert sorted(refs(office, seek(office.field.unit, Wanted(), "t-9", "SE"))) == ["call-9", "t-9"]


def test_an_address_is_looked_for_at_all_times_and_a_name_within_the_period(office: Office) -> None:
    mixed(office)
    tomorrow = office.time.date() + timedelta(days=1)
    wanted = Wanted(start=tomorrow, end=tomorrow)
    assert refs(office, seek(office.field.unit, wanted, EVA, "SE")) == ["call-3", "call-2", "call-1"]
    assert refs(office, seek(office.field.unit, wanted, "Eva", "SE")) == []


def test_nobody_sees_or_counts_what_is_outside_her_scope(office: Office) -> None:
    mixed(office)
    team, anna = Scope(units=("se/sthlm",)), Scope(agent="anna")
    for scope in (team, anna):
        assert refs(office, scope=scope) == ["t-1", "call-2", "call-1"]
        assert sum(row.n for row in counted(office.field.unit, scope, Wanted())) == 3
        assert refs(office, seek(office.field.unit, Wanted(), "call-3", "SE"), scope) == []


def test_a_queue_or_survey_that_is_off_is_none_that_may_ask_a_customer(office: Office) -> None:
    report(office, "call-1")
    (eva,) = contact_of(office.field.unit, phone=EVA)
    known = customer(office.field.unit, EVERYTHING, office.field.centre, eva, office.time)
    assert known is not None
    queues = {queue for rest in known.rests for queue in rest.queues}
    assert queues == set(office.field.centre.queues) - {"closed", "resting"}


def test_a_contact_is_found_by_either_address(office: Office) -> None:
    mixed(office)
    unit = office.field.unit
    assert contact_of(unit, phone=EVA) == contact_of(unit, email=MAIL) == contact_of(unit, phone=EVA, email=MAIL)
    assert contact_of(unit, phone=LAND) == frozenset()
    assert refs(office, Wanted(contacts=frozenset())) == []


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_looked_for_without_an_error(office: Office, text: str) -> None:
    assert refs(office, seek(office.field.unit, Wanted(), text, "SE")) == []
