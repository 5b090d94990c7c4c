"""Who is called: a customer of a reported call who hung up first, and nobody else by any door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fieldwork.dialling.house import EVA, dialled, hang_up
from tests.fieldwork.dialling.house import house as house
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import interaction
from tonval.fieldwork import conduct, invitations, requests
from tonval.fieldwork.centre import Sip
from tonval.fieldwork.deciding.by_call import is_called
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.respondents import Customer


@pytest.mark.parametrize("said", ["customer", "Caller", " customer "])
def test_who_hung_up_first_is_called(house: Office, said: str) -> None:
    assert hang_up(house, report={"ended_by": said})["call"] is True
    assert [(row.number, row.state) for row in dialled(house)] == [(EVA, "waiting")]


@pytest.mark.parametrize(
    "more",
    [
        {"report": {"ended_by": "agent"}},
        {"report": {}},
        {"queue": "plain"},
        {"kind": "ticket"},
        {"kind": "purchase"},
        {"survey": "nki"},
    ],
)
def test_nobody_else_is_called(house: Office, more: dict[str, Any]) -> None:
    assert "call" not in hang_up(house, **more)
    assert dialled(house) == []


@pytest.mark.parametrize("about", [None, {"kind": "call", "id": "a"}])
def test_a_wish_for_a_survey_has_nobody_called_whatever_it_says(house: Office, about: dict[str, str] | None) -> None:
    hang_up(house, report={"ended_by": "agent"}, talk=timedelta(seconds=1))
    wish = {"queue": "support", "customer": {"phone": EVA}, "kind": "call", "ended_by": "customer"}
    said = Reading(wish | ({"interaction": about} if about else {}), "")
    with pytest.raises(Faulty):  # the queue asks on the line alone, and there nobody can be sent a survey
        requests.ask(house.field, requests.read_request(said, house.field.centre, "r1"))
    assert dialled(house) == []


def test_no_interaction_of_a_wish_is_one_to_call_about(house: Office) -> None:
    wish = Reading({"queue": "support", "customer": {"phone": EVA}, "ended_by": "customer"}, "")
    read = requests.read_request(wish, house.field.centre, "r1")
    queue = house.field.centre.queues["support"]
    for kind in (None, ("call", "a")):
        told = requests.interaction_of(replace(read, about=kind), queue, Customer(phone=EVA))
        assert not is_called(queue, told)


def test_who_is_on_the_line_is_not_called(house: Office) -> None:
    conduct.begin_call(house.field, conduct.Call("sip", "1", "support", queue="support", caller=EVA))
    assert dialled(house) == []


def test_a_report_that_comes_twice_makes_one_call(house: Office) -> None:
    hang_up(house)
    hang_up(house)
    assert len(dialled(house)) == 1


def test_looking_at_what_would_be_decided_calls_nobody(house: Office) -> None:
    told = interaction(house, queue="support", report={"ended_by": "customer"})
    (decision,) = invitations.preview(house.field, [told])
    assert decision["call"] is True
    assert dialled(house) == []


@pytest.mark.parametrize(
    ("phone", "rule"),
    [
        (None, "no_address"),
        ("+46900123456", "premium_number"),  # a Swedish premium number
        ("+4520123456", "country_off"),
        ("+881612345678", "premium_number"),
        ("+46701740691", "never_called"),
        ("+46846500120", None),  # a land line can be called
        ("+46701740606", None),
    ],
)
def test_numbers_are_refused_by_the_lists_of_sms_and_the_queues_own(
    house: Office, phone: str | None, rule: str | None
) -> None:
    decision = hang_up(house, phone=phone)
    assert decision.get("rule") == rule
    assert len(dialled(house)) == (rule is None)
    assert "SMS" not in decision.get("detail", "")


def test_the_usual_rules_hold(house: Office) -> None:
    assert hang_up(house, "short", talk=timedelta(seconds=9))["rule"] == "min_talk"
    assert hang_up(house, "first")["outcome"] == "invited"
    assert hang_up(house, "second")["rule"] == "frequency_cap"


def test_nobody_is_called_about_a_contact_of_last_week(house: Office) -> None:
    old = hang_up(house, ended_at=house.time - timedelta(days=2, seconds=1))
    assert (old["rule"], old["detail"]) == (
        "no_allowed_time",
        "the contact ended more than 2 days ago: that is too late for a call",
    )
    assert hang_up(house, "b", ended_at=house.time - timedelta(days=2))["call"] is True


def test_hours_are_the_customers_own(house: Office) -> None:
    abroad = Customer(phone=EVA, zone="America/New_York")  # 4 in the morning there
    assert hang_up(house, customer=abroad)["due_at"] == "2026-11-22T14:00:00Z"


def test_a_queue_that_cannot_call_for_want_of_a_provider_says_so(house: Office) -> None:
    centre = house.field.centre
    numbers = {name: replace(each, provider="console") for name, each in centre.numbers.items()}
    house.field = replace(house.field, centre=replace(centre, numbers=numbers, sip=Sip()), renewal=None)
    decision = hang_up(house, queue="sales")
    assert (decision["rule"], decision["detail"]) == ("no_address", "the queue has no line to call from")
