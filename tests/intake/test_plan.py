"""Which column is which: guessed from headings in four languages, remembered, refused in words when it will not do."""

from __future__ import annotations

import pytest

from tonval.intake.headings import CONTACTS, FIELDS, INTERACTIONS, guess, is_field
from tonval.intake.plan import Plan, faults, planned, told_dates
from tonval.intake.tables import Row


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Telefon", "customer.phone"),
        ("Mobil", "customer.phone"),
        ("TELEFONNR.", "customer.phone"),
        ("Teléfono", "customer.phone"),
        ("Telefoninumber", "customer.phone"),
        ("E-post", "customer.email"),
        ("e_mail", "customer.email"),
        ("Correo electrónico", "customer.email"),
        ("Kö", "queue"),
        ("Cola", "queue"),
        ("Järjekord", "queue"),
        ("Handläggare", "agent"),
        ("Agente", "agent"),
        ("Samtalstid", "talk_seconds"),
        ("Duración", "talk_seconds"),
        ("Kestus", "talk_seconds"),
        ("Sluttid", "ended_at"),
        ("Fecha", "ended_at"),
        ("Ärendenummer", "ticket"),
        ("customer.phone", "customer.phone"),
        ("customer_phone", "customer.phone"),
        ("talk_seconds", "talk_seconds"),
        ("attributes.site", "attributes.site"),
        ("Attributes.Site", "attributes.Site"),
    ],
)
def test_a_heading_says_what_its_column_holds(heading: str, field: str) -> None:
    assert guess([heading], INTERACTIONS) == {heading: field}


@pytest.mark.parametrize("heading", ["Nummer", "Kommentar", "", "attributes.", "Kanal", "kundnummer"])
def test_a_heading_that_may_mean_anything_is_left_out(heading: str) -> None:
    assert guess([heading], INTERACTIONS) == {}


def test_every_field_is_found_by_its_own_name() -> None:
    assert guess(FIELDS, INTERACTIONS) == {field: field for field in FIELDS}


def test_the_first_of_two_columns_for_one_field_has_it() -> None:
    assert guess(["Mobil", "Telefon"], INTERACTIONS) == {"Mobil": "customer.phone"}


def test_contacts_have_no_queue_and_no_talk_time() -> None:
    assert guess(["Telefon", "Kö", "Samtalstid", "Namn"], CONTACTS) == {
        "Telefon": "customer.phone",
        "Namn": "customer.name",
    }


def test_an_attribute_needs_a_name() -> None:
    assert is_field("attributes.site")
    assert not is_field("attributes.")
    assert not is_field("site")


def test_the_remembered_plan_is_used_when_its_columns_are_there() -> None:
    last = Plan(INTERACTIONS, {"A": "customer.phone"}, {"queue": "sales"})
    assert planned(["A", "B"], INTERACTIONS, last) == (last, True)


def test_other_headings_are_guessed_and_the_settings_kept() -> None:
    last = Plan(INTERACTIONS, {"A": "customer.phone"}, {"queue": "sales"})
    assert planned(["Telefon"], INTERACTIONS, last) == (
        Plan(INTERACTIONS, {"Telefon": "customer.phone"}, {"queue": "sales"}),
        False,
    )


@pytest.mark.parametrize(
    ("columns", "settings", "said"),
    [
        ({"Kö": "queue"}, {}, "No column holds a phone number"),
        ({"Telefon": "customer.phone"}, {}, "No column says the queue, and none is set"),
        ({"Telefon": "customer.phone"}, {"queue": "nowhere"}, "no queue called “nowhere”"),
        ({"Telefon": "customer.phone", "Mobil": "customer.phone"}, {"queue": "sales"}, "Several columns"),
        ({"Telefon": "customer.phone", "Kö": "phone"}, {"queue": "sales"}, "cannot be read as “phone”"),
        ({"Telefon": "customer.phone", "Fax": "agent"}, {"queue": "sales"}, "no column “Fax”"),
        ({"Telefon": "customer.phone"}, {"queue": "sales", "speed": "9"}, "no setting “speed”"),
        ({"Telefon": "customer.phone"}, {"queue": "sales", "dates": "whatever"}, "day-first or month-first"),
    ],
)
def test_a_plan_that_will_not_do_says_why(columns: dict[str, str], settings: dict[str, str], said: str) -> None:
    (fault,) = faults(Plan(INTERACTIONS, columns, settings), ["Telefon", "Mobil", "Kö"], ["sales"])
    assert said in fault


def test_a_plan_with_an_address_and_a_queue_will_do() -> None:
    assert faults(Plan(INTERACTIONS, {"T": "customer.phone"}, {"queue": "sales"}), ["T"], ["sales"]) == []
    assert faults(Plan(CONTACTS, {"T": "customer.email"}), ["T"], []) == []


def _dates(*texts: str) -> tuple[Plan, str]:
    rows = [Row(number, {"Slut": text}) for number, text in enumerate(texts, start=2)]
    return told_dates(Plan(INTERACTIONS, {"Slut": "ended_at"}), rows)


def test_days_over_twelve_tell_the_order_of_the_whole_file() -> None:
    assert _dates("03/04/2026", "21/11/2026")[0].settings == {"dates": "day-first"}
    assert _dates("03/04/2026", "11/21/2026")[0].settings == {"dates": "month-first"}


def test_dates_that_nobody_can_tell_are_asked_about() -> None:
    plan, untold = _dates("03/04/2026", "04/03/2026")
    assert plan.settings == {}
    assert "day first or month first" in untold


def test_dates_of_both_orders_in_one_file_are_refused() -> None:
    assert "day first and dates with the month first" in _dates("21/11/2026", "11/21/2026")[1]


def test_other_dates_need_no_order() -> None:
    assert _dates("2026-11-22", "22.11.2026 10:00") == (Plan(INTERACTIONS, {"Slut": "ended_at"}), "")
