"""What is kept long enough is forgotten, class by class, and no number changes by it."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fieldwork.privacy.planting import FILE, Garden, people, tallied, traces_of
from tonval.fieldwork.privacy import retention, terms
from tonval.fieldwork.privacy.terms import in_words
from tonval.fieldwork.routing import read_centre
from tonval.stats import rebuild
from tonval.store.unit import Unit
from tonval.surveys.document import BrokenDocument
from tonval.translations.telling import told_in


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
    [
        ("24 months", 720),
        ("90d", 90),
        ("2 years", 730),
        ("1 week", 7),
        ("6 months after the last contact", 180),
        ("24 månader", 720),
        ("1 ÅR efter senaste kontakten", 365),
        ("90 dagar", 90),
        ("24 meses", 720),
        ("2 años después del último contacto", 730),
        ("90 días", 90),
        ("24 kuud", 720),
        ("2 aastat", 730),
        ("3 nädalat pärast viimast kontakti", 21),
        ("90 päeva", 90),
        ("P24M", 720),
        ("p2y", 730),
        ("P90D", 90),
        ("P4W", 28),
    ],
)
def test_lengths_are_read_as_people_write_them(written: str, days: int) -> None:
    centre = read_centre(f"{FILE}retention: {{addresses: {written}}}\n")
    assert centre.retention["addresses"] == timedelta(days=days)


@pytest.mark.parametrize(
    "written",
    ["soon", "0 days", "3 days", "12", "[1]", "-5 days", "6 months after the flood", "P", "PT5M", "3 dagar", "x år"],
)
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


@pytest.mark.parametrize("name", sorted(retention._SWEEPS))
def test_whoever_is_killed_while_forgetting_has_done_a_batch_whole_or_not_at_all(
    garden: Garden, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    one, other = people(2)
    garden.write(one, f"hej från {one.name}")
    garden.report(one, "sales", talk_seconds=3)
    garden.report(other, "sales", talk_seconds=3)
    garden.office.pass_time(days=800)
    before = {each.name: each.number for each in retention.ripe(garden.field)}

    def killed(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        patched.setattr(retention, "_note", killed)
        patched.setattr(retention, "forget", killed)
        retention._SWEEPS[name](garden.field, garden.office.time - timedelta(days=720))
    assert {each.name: each.number for each in retention.ripe(garden.field)} == before
    retention.sweep(garden.field)
    assert [each for each in retention.ripe(garden.field) if each.number] == []


@pytest.mark.parametrize("written", ["for ever", "För alltid", "para siempre", "igavesti"])
def test_for_ever_is_read_in_every_language(written: str) -> None:
    assert read_centre(f"{FILE}retention: {{words: {written}}}\n").retention["words"] is None


@pytest.mark.parametrize(
    ("typed", "in_file"),
    [
        ("24 månader", "24 months"),
        ("2 años", "2 years"),
        ("90 päeva", "90 days"),
        ("igavesti", "for ever"),
        ("6 månader efter senaste kontakten", "6 months after the last contact"),
        ("P24M", "P24M"),
        ("1 week", "1 week"),
        ("6 months after the last contact", "6 months after the last contact"),
        ("om ett tag", "om ett tag"),
    ],
)
def test_the_file_says_it_in_english(typed: str, in_file: str) -> None:
    assert terms.in_file(typed) == in_file
    assert terms.on_page(in_file) == in_file


@pytest.mark.parametrize(
    ("in_file", "language", "shown"),
    [
        ("1 week", "sv", "1 vecka"),
        ("3 weeks", "es", "3 semanas"),
        ("3 weeks", "et", "3 nädalat"),
        ("6 months after the last contact", "sv", "6 månader efter senaste kontakten"),
        ("2 years after the last contact", "es", "2 años después del último contacto"),
        ("90 days after the last contact", "et", "90 päeva pärast viimast kontakti"),
        ("for ever", "sv", "för alltid"),
        ("P24M", "sv", "P24M"),
    ],
)
def test_a_page_shows_it_in_the_readers_language_and_sends_it_back_as_it_was(
    in_file: str, language: str, shown: str
) -> None:
    assert told_in(language, terms.on_page(in_file)) == shown
    assert terms.in_file(shown) == in_file


@given(st.sampled_from(sorted(terms._UNIT)), st.integers(0, 99999))
def test_whatever_unit_is_written_its_english_is_as_long(word: str, number: int) -> None:
    written = f"{number} {word}"
    assert terms.length_of(terms.in_file(written)) == terms.length_of(written)


@given(st.text(max_size=30))
def test_any_text_is_a_length_or_none(written: str) -> None:
    try:
        terms.length_of(written)
    except ValueError:
        assert terms.in_file(written) == terms.on_page(written) == written or terms._without_after(written) != written


def _end_what_is_open(garden: Garden) -> None:
    from tonval.fieldwork import asking, conduct

    while asking.ask_due(garden.field):
        pass
    conduct.end_idle_legs(garden.field, garden.office.time)
    garden.office.pass_time(days=20)
    conduct.expire_due(garden.field)
    asking.close_unclaimed(garden.field)
