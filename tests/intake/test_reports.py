"""A row becomes what the API would have been sent, and is refused in the words of its own file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.intake import QUEUES
from tonval.fieldwork.centre import Centre
from tonval.fieldwork.interactions import Interaction, read_interaction
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.intake.headings import CONTACTS, INTERACTIONS
from tonval.intake.plan import Plan
from tonval.intake.reports import Misfit, Reader
from tonval.intake.tables import Row

CENTRE: Centre = read_centre(QUEUES)
COLUMNS = {
    "Nr": "id",
    "Mobil": "customer.phone",
    "Mejl": "customer.email",
    "Slut": "ended_at",
    "Tid": "talk_seconds",
    "Ort": "attributes.site",
    "Typ": "kind",
    "Svar": "reply_sent",
    "Kö": "queue",
}
CELLS = {"Nr": "7", "Mobil": "0701740606", "Slut": "2026-11-22 10:00", "Tid": "3:04", "Ort": "Umeå", "Kö": "sales"}


def _read(settings: dict[str, str] | None = None, **cells: str | None) -> Interaction | Misfit:
    reader = Reader(Plan(INTERACTIONS, COLUMNS, settings or {}), CENTRE)
    return reader.interaction(Row(17, {**CELLS, **cells}))


def test_a_row_is_read_as_the_api_reads_a_report() -> None:
    reported = {
        "kind": "call",
        "id": "7",
        "queue": "sales",
        "customer": {"phone": "0701740606", "attributes": {"site": "Umeå"}},
        "ended_at": "2026-11-22T10:00:00+01:00",
        "talk_seconds": 184.0,
    }
    assert _read() == read_interaction(Reading(reported, ""), CENTRE)


def test_local_times_are_the_centres_and_phones_its_countrys() -> None:
    read = _read()
    assert isinstance(read, Interaction)
    assert read.ended_at == datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert read.customer.phone == "+46701740606"
    assert read.talk == timedelta(seconds=184)


def test_settings_stand_for_columns_that_are_not_there_and_for_empty_cells() -> None:
    read = _read({"queue": "sales", "agent": "bo", "country": "US"}, Kö=None, Mobil="(202) 555-0143")
    assert isinstance(read, Interaction)
    assert (read.queue, read.agent, read.customer.phone) == ("sales", "bo", "+12025550143")


def test_kinds_are_known_in_other_languages() -> None:
    read = _read(Typ="Ärende", Svar="ja")
    assert isinstance(read, Interaction)
    assert read.kind == "ticket"
    assert read.ticket is not None
    assert read.ticket.reply_sent is True


@pytest.mark.parametrize(
    ("cells", "field", "sentence"),
    [
        ({"Mobil": "12"}, "customer.phone", "“Mobil” cannot be used: “12” is not a telephone number of its country."),
        ({"Slut": "soon"}, "ended_at", "“Slut” is no time we can read; write it like 2026-11-22 09:03."),
        ({"Tid": "3 minuter"}, "talk_seconds", "“Tid” is no length of time; write seconds, m:ss or h:mm:ss."),
        ({"Svar": "kanske"}, "reply_sent", "“Svar” must be yes or no."),
        ({"Kö": "Sälj"}, "queue", "“Kö” names “Sälj”, and there is no such queue."),
        ({"Mejl": "eva"}, "customer.email", "“Mejl” cannot be used: “eva” is not an e-mail address."),
        ({"Nr": "7" * 300}, "id", "“Nr” is longer than 200 characters."),
    ],
)
def test_a_refused_row_says_which_column_and_why(cells: dict[str, str], field: str, sentence: str) -> None:
    (value,) = cells.values()
    assert _read(**cells) == Misfit(17, sentence, field, value)


def test_a_field_without_a_column_is_named_itself() -> None:
    assert _read(Kö=None) == Misfit(17, "“Kö” is missing.", "queue", None)
    reader = Reader(Plan(INTERACTIONS, {"Mobil": "customer.phone"}, {}), CENTRE)
    assert reader.interaction(Row(3, CELLS)) == Misfit(3, "The queue is missing.", "queue", None)


def test_a_row_without_an_id_is_named_after_what_it_says() -> None:
    first, again, other = _read(Nr=None), _read(Nr=None), _read(Nr=None, Mobil="0701740607")
    assert isinstance(first, Interaction)
    assert isinstance(other, Interaction)
    assert first == again
    assert first.ref.startswith("row-")
    assert first.ref != other.ref


def test_the_same_moment_written_otherwise_is_the_same_row() -> None:
    assert _read(Nr=None) == _read(Nr=None, Slut="22.11.2026 10:00:00", Tid="184")


def test_date_and_time_of_day_in_two_columns_are_one_time() -> None:
    plan = Plan(INTERACTIONS, {"Datum": "ended_at", "Klockslag": "ended_at", "T": "customer.phone"}, {"queue": "sales"})
    cells = {"Datum": "2026-11-22", "Klockslag": "10:00", "T": "0701740606"}
    read = Reader(plan, CENTRE).interaction(Row(2, cells))
    assert isinstance(read, Interaction)
    assert read.ended_at == datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_a_contact_needs_an_address() -> None:
    reader = Reader(Plan(CONTACTS, {"T": "customer.phone", "N": "customer.name"}), CENTRE)
    assert reader.customer(Row(2, {"T": "0701740606", "N": "Eva"})) == Customer(phone="+46701740606", name="Eva")
    assert reader.customer(Row(3, {"T": None, "N": "Eva"})) == Misfit(
        3, "The row has neither a phone number nor an e-mail address."
    )


@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(max_size=20)))
def test_any_cells_become_a_report_or_a_sentence(cells: dict[str, str]) -> None:
    read = _read(**cells)
    assert isinstance(read, Interaction) or read.sentence.endswith(".")
