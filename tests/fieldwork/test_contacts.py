"""Who is one person: contacts merged by number or address, and numbers that have gone to somebody else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tonval.fieldwork import optouts
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.respondents import Customer
from tonval.store import tables as t

ONE, TWO = "+46701740606", "+46701740607"
EVA, ADAM = "eva@example.com", "adam@example.com"


def know(office: Office, *customers: Customer) -> list[str | None]:
    with office.field.unit.begin() as tx:
        return [contact and contact.id for contact in know_contacts(tx, office.field, customers)]


def contact(office: Office, phone: str) -> dict[str, object]:
    with office.field.unit.read() as tx:
        return dict(tx.execute(select(t.contacts).where(t.contacts.c.phone == phone)).one()._mapping)


SAME = [
    ("the same number", [Customer(ONE), Customer(ONE)]),
    ("the same address", [Customer(email=EVA), Customer(email=EVA)]),
    ("an address learnt later", [Customer(ONE), Customer(ONE, EVA), Customer(email=EVA)]),
    ("a number learnt later", [Customer(email=EVA), Customer(ONE, EVA), Customer(ONE)]),
    ("two known apart", [Customer(ONE), Customer(email=EVA), Customer(ONE, EVA), Customer(email=EVA)]),
]
OTHERS = [
    ("two numbers", [Customer(ONE), Customer(TWO)]),
    ("two who share an address", [Customer(ONE, EVA), Customer(TWO, EVA)]),
    ("a number with another's address", [Customer(ONE, EVA), Customer(TWO, ADAM), Customer(ONE, ADAM)]),
]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
@pytest.mark.parametrize("customers", [case for _, case in SAME], ids=[name for name, _ in SAME])
def test_one_person_is_one_contact(office: Office, customers: list[Customer], together: bool) -> None:
    found = know(office, *customers) if together else [know(office, each)[0] for each in customers]
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.contacts.c.id)).scalars().all() == [found[-1]]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
@pytest.mark.parametrize("customers", [case for _, case in OTHERS], ids=[name for name, _ in OTHERS])
def test_two_people_stay_two(office: Office, customers: list[Customer], together: bool) -> None:
    found = know(office, *customers) if together else [know(office, each)[0] for each in customers]
    assert found[0] != found[1]
    with office.field.unit.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.contacts)).scalar_one() == 2


def test_nobody_is_made_of_no_address(office: Office) -> None:
    assert know(office, Customer(name="Eva")) == [None]


def test_what_is_learnt_is_added_and_what_is_not_said_stays(office: Office) -> None:
    know(office, Customer(ONE, name="Eva", language="sv", attributes={"site": "Madrid"}))
    know(office, Customer(ONE, tier="gold", unit="se/sthlm", zone="Europe/Madrid", attributes={"since": 2019}))
    known = contact(office, ONE)
    assert (known["name"], known["language"], known["tier"], known["unit"]) == ("Eva", "sv", "gold", "se/sthlm")
    assert (known["zone"], known["attributes"]) == ("Europe/Madrid", {"site": "Madrid", "since": 2019})


def test_two_that_turn_out_to_be_one_keep_the_later_asking(office: Office) -> None:
    assert decide(office, "call-1")["outcome"] == "invited"
    know(office, Customer(email=EVA))
    know(office, Customer(ONE, EVA))
    office.pass_time(days=1)
    assert decide(office, "call-2")["rule"] == "frequency_cap"
    with office.field.unit.read() as tx:
        (person,) = tx.execute(select(t.contacts.c.id)).scalars()
        assert tx.execute(select(t.caps.c.person)).scalars().all() == [person]
        assert set(tx.execute(select(t.interactions.c.contact)).scalars()) == {person}


def test_a_number_silent_for_half_a_year_begins_afresh_but_its_opt_out_stays(office: Office) -> None:
    know(office, Customer(ONE, name="Eva"))
    office.pass_time(days=181)
    (fresh,) = know(office, Customer(ONE))
    assert contact(office, ONE)["id"] == fresh
    assert contact(office, ONE)["name"] is None
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, ONE, "sms", office.time, "message")
    office.pass_time(days=181)
    assert decide(office)["rule"] == "opted_out"


def test_a_number_heard_of_now_and_then_stays_with_its_owner(office: Office) -> None:
    (first,) = know(office, Customer(ONE))
    for _ in range(3):
        office.pass_time(days=170)
        assert know(office, Customer(ONE)) == [first]


def test_a_silent_number_with_the_same_address_is_still_the_same_person(office: Office) -> None:
    (first,) = know(office, Customer(ONE, EVA))
    office.pass_time(days=400)
    assert know(office, Customer(ONE, EVA)) == [first]


customers = st.builds(
    Customer,
    phone=st.sampled_from([None, ONE, TWO, "+46701740608"]),
    email=st.sampled_from([None, EVA, ADAM]),
    name=st.sampled_from([None, "Eva"]),
)


@given(st.lists(st.lists(customers, min_size=1, max_size=4), max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_address_leads_to_one_contact_whatever_is_reported(office: Office, batches: list[list[Customer]]) -> None:
    for batch in batches:
        for customer, found in zip(batch, know(office, *batch), strict=True):
            assert (found is None) == (customer.phone is None and customer.email is None)
            if customer.phone:
                assert contact(office, customer.phone)["id"] == found
